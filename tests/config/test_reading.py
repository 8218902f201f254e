"""A configuration is read exactly as it is written, or refused with everything that is wrong with it."""

from __future__ import annotations

import functools
import hashlib
import importlib
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import torch
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from autograder.config import Certificate, Config, Settings
from autograder.config_file import read_config
from autograder.errors import ConfigError
from autograder.sandbox.watch import ForbiddenWatch

SHIPPED = Path(__file__).parents[2] / "grading_config.yaml"
MINIMAL = "assignment:\n  name: nets\n  title: Nets\n  solution: nets.ipynb\n"  # what follows it begins on line 5
QUESTIONS = {
    "linear", "linear_use", "linear_torch", "relu", "sigmoid", "activations_use", "activations_torch",
    "net", "net_use", "torchnet", "torchnet_use", "softmax", "mnist",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the solution notebook that MINIMAL names."""
    (tmp_path / "nets.ipynb").write_text("{}")
    return tmp_path


def mistakes(folder: Path, content: str | bytes) -> list[str]:
    """The lines of the error that `content` gives, without the file's name, which each begins with."""
    path = folder / "grading_config.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ConfigError) as caught:
        read_config(path)
    lines = str(caught.value).split("\n")
    assert all(line.startswith(str(path)) for line in lines)
    return [line.removeprefix(str(path)).removeprefix(", ") for line in lines]


RULE = "rules:\n- name: a\n  title: A\n  applies: {relu: [ReLU]}\n  forbidden: [torch.nn]\n"
RUN = "training:\n  question: mnist\n  run:\n    "
DIGEST = '"0123456789abcdef"'
CERTIFICATE = (
    RUN + f"certificate: {{settings: {DIGEST}, code: {DIGEST}, runs: 3, failures: 0, bound: 0.1, confidence: 0.9, "
    'method: m, seed: 1, torch: "2", date: "2026-01-01"}\n'
)
CELL = "training:\n  question: mnist\n  cell:\n    "


@pytest.mark.parametrize(
    ("text", "line", "key", "fragments"),
    [
        # unknown keys
        ("execution:\n  cell_second: 1\n", 6, "execution.cell_second", "not a key of `execution`; did you mean `cell_seconds`?"),
        ("scoring: {zzz: 1}\n", 5, "scoring.zzz", "is not a key of `scoring`; expected one of `decimals`"),
        ("excution: {}\n", 5, "excution", "is not a key of the file; did you mean `execution`?"),
        ("path: x\n", 5, "path", "is not a key of the file"),
        ("digest: x\n", 5, "digest", "is not a key of the file"),
        ("tolerances:\n  float16: {rtol: 0.1, atol: 0}\n", 6, "tolerances.float16", "is not a key of `tolerances`; did you mean"),
        (RULE + "  shar: 0\n", 10, "rules[0].shar", "is not a key of `rules[0]`; did you mean `share`?"),
        (RUN + "step: 1\n", 8, "training.run.step", "did you mean `steps`?"),
        # wrong types, and nothing that becomes the right one by itself
        ('execution:\n  cell_seconds: "5"\n', 6, "execution.cell_seconds", 'must be a number|the text "5" (remove the quotes)'),
        ("execution:\n  cell_seconds: 1e3\n", 6, "execution.cell_seconds", 'must be a number|the text "1e3"|YAML wants a point'),
        ("execution:\n  cell_seconds: yes\n", 6, "execution.cell_seconds", "must be a number, found yes|true or false"),
        ("execution:\n  cell_seconds: 1:30\n", 6, "execution.cell_seconds", "must be a plain decimal number, found 1:30"),
        ("execution:\n  cell_seconds:\n", 6, "execution.cell_seconds", "must be a number, found nothing"),
        ("execution:\n  cell_seconds:\n    [1]\n", 6, "execution.cell_seconds", "must be a number, found a list of 1"),
        ("execution:\n", 5, "execution", "must be a mapping of keys to values, found nothing"),
        ("scoring: {decimals: 010}\n", 5, "scoring.decimals", "must be a plain decimal number, found 010"),
        ("sandbox:\n  open_files: yes\n", 6, "sandbox.open_files", "must be a whole number, found yes"),
        ("sandbox:\n  open_files: !!int x\n", 6, "sandbox.open_files", 'must be what its tag|found "x"'),
        ("sandbox:\n  open_files: !!int\n", 6, "sandbox.open_files", 'must be what its tag|found ""'),
        ("sandbox:\n  open_files: !!bool x\n", 6, "sandbox.open_files", 'must be what its tag|found "x"'),
        ("sandbox: {uids: 62000}\n", 5, "sandbox.uids", "must be a list, found 62000"),
        ("sandbox: {uids: [62000]}\n", 5, "sandbox.uids", "entry 2 of|is missing"),
        ("sandbox: {uids: [62000, 62001, 62002]}\n", 5, "sandbox.uids", "must hold 2 entries, found a list of 3"),
        (RUN + "steps: 938.0\n", 8, "training.run.steps", "must be a whole number, found 938.0"),
        (CELL + "snapshot: 2024-01-01\n", 8, "training.cell.snapshot", "must be text|found a date; text needs quotes"),
        (CELL + "literals:\n      epochs: two\n", 9, "training.cell.literals.epochs", 'must be a number, found the text "two"'),
        (CELL + "literals: {on: 1}\n", 8, "training.cell.literals", "a key must be text (put it in quotes), found on"),
        ("rules: {name: a}\n", 5, "rules", "must be a list, found a mapping"),
        (RULE.replace("torch.nn", "torch.nn, 3"), 9, "rules[0].forbidden[1]", "must be text, found 3"),
        (RULE.replace("[ReLU]", "ReLU"), 8, "rules[0].applies.relu", 'must be a list, found the text "ReLU"'),
        # values that cannot be meant
        ("execution: {cell_seconds: -1}\n", 5, "execution.cell_seconds", "must be more than 0, found -1"),
        ("execution: {cell_seconds: .inf}\n", 5, "execution.cell_seconds", "must be a finite number, found .inf"),
        ("execution: {cell_seconds: .nan}\n", 5, "execution.cell_seconds", "must be a finite number, found .nan"),
        ("execution: {output_kib: 0}\n", 5, "execution.output_kib", "must be at least 1, found 0"),
        ("sandbox: {memory_mib: 9999999}\n", 5, "sandbox.memory_mib", "must be at most 1048576, found 9999999"),
        ("sandbox:\n  uids: [62001, 62000]\n", 6, "sandbox.uids", "must begin with the smaller user id"),
        ("sandbox:\n  uids:\n  - 62000\n  - 0\n", 8, "sandbox.uids[1]", "must be at least 1000, found 0"),
        ("tolerances: {float32: {rtol: 1, atol: 0}}\n", 5, "tolerances.float32.rtol", "must be less than 1, found 1"),
        (RULE + "  share: 2\n", 10, "rules[0].share", "must be at most 1, found 2"),
        (RULE.replace("torch.nn", ""), 9, "rules[0].forbidden", "must hold at least 1 entry, found a list of 0"),
        (RULE.replace("torch.nn", "torch."), 9, "rules[0].forbidden[0]", 'must be a dotted name|found the text "torch."'),
        (RULE.replace("relu:", "re lu:"), 8, "rules[0].applies.re lu", 'the key must be a name|found "re lu"'),
        (RULE + RULE[7:], 5, "rules", "must have a different `name` for every rule"),
        (RUN + "attempts: 0\n", 8, "training.run.attempts", "must be at least 1, found 0"),
        (RUN + "certificate: nnoe\n", 8, "training.run.certificate", "must be a mapping that `autograder calibrate` wrote, or"),
        (RUN + "certificate:\n", 8, "training.run.certificate", "or `none`, found nothing"),
        (CERTIFICATE.replace(DIGEST, "abc", 1), 8, "training.run.certificate.settings", "must be 16 hexadecimal digits"),
        (CERTIFICATE.replace("runs", "rnus: 1, runs", 1), 8, "training.run.certificate.rnus", "did you mean `runs`?"),
        (CERTIFICATE.replace("runs: 3, ", ""), 8, "training.run.certificate.runs", "is missing"),
        (RUN + "threshold: 120\n", 8, "training.run.threshold", "must be at most 100, found 120"),
        (CELL + "snapshot: a.b\n", 8, "training.cell.snapshot", 'must be a Python name, found the text "a.b"'),
        ("gradescope:\n  public: shown\n", 6, "gradescope.public", "must be 'visible', 'hidden'|found the text \"shown\""),
        ('late: {due: "2026-03-01T23:59"}\n', 5, "late.due", "must be a date and a time with its zone, such as|found the text"),
        ("late: {due: 2026-03-01T23:59:00+01:00}\n", 5, "late.due", "must be text|found a date; text needs quotes"),
        ("late: {per_day: 10}\n", 5, "late.per_day", "must be at most 1, found 10"),
        ("late:\n  free_days: 1.5\n", 6, "late.free_days", "must be a whole number, found 1.5"),
        ("late:\n  on_gradescope: 1\n", 6, "late.on_gradescope", "must be true or false, found 1"),
        ("late: {per_days: 0.1}\n", 5, "late.per_days", "did you mean `per_day`?"),
        # missing
        ("training:\n  run: {}\n", 5, "training.question", "is missing; it has no default"),
        ("tolerances:\n  float64:\n    atol: 0\n", 6, "tolerances.float64.rtol", "is missing"),
        ("tolerances:\n  float64: {rtol: 0, atol: 0}\n", 5, "tolerances", "must hold both `float32` and `float64`"),
        # twice: YAML itself would take the last
        ("scoring: {decimals: 1}\nscoring: {decimals: 2}\n", 6, "scoring", "must be given once, found here again after line 5"),
        ("scoring: {decimals: 1, decimals: 2}\n", 5, "scoring.decimals", "must be given once"),
        ("training: {question: a, cell: &c {literals: *c}}\n", 5, "training.cell.literals", "contains itself"),
        ("execution: {<<: 5}\n", 5, "execution", "must merge (`<<`) a mapping"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_line_key_expected_and_found(folder: Path, text: str, line: int, key: str, fragments: str) -> None:
    """You are led to the line and the key, and told what to write; one mistake is one line, without a library's jargon."""
    told = mistakes(folder, MINIMAL + text)
    assert len(told) == 1, told
    assert told[0].startswith(f"line {line}: ")
    assert f"`{key}`" in told[0]
    assert [part for part in fragments.split("|") if part not in told[0]] == []
    assert not re.search(r"Input should|pydantic|tuple|dict\b", told[0])


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(folder: Path) -> None:
    """You need not repair one mistake to see the next, whatever their kinds."""
    told = mistakes(
        folder,
        "assignment:\n  name: a b\n  solution: none.ipynb\n"
        "execution:\n  cell_seconds: '5'\n  cel: 1\n"
        "scoring: {decimals: 1}\nscoring: {decimals: 9}\n",
    )
    assert [re.sub(r"^line (\d+): .*?`(.*?)`.*", r"\1 \2", line) for line in told] == [
        "1 assignment.title", "2 assignment.name", "3 assignment.solution",
        "5 execution.cell_seconds", "6 execution.cel", "8 scoring.decimals", "8 scoring",
    ]  # fmt: skip


def test_a_required_section_is_asked_for(folder: Path) -> None:
    """A file without the assignment does not become some default assignment."""
    assert mistakes(folder, "scoring: {decimals: 1}\n") == [
        "line 1: `assignment` is missing; it has no default and must be given"
    ]


@pytest.mark.parametrize(
    ("content", "start", "fragment"),
    [
        ("a: [1\n", "line 2, column 1: ", "is not valid YAML"),
        ("a: 1\n b: 2\n", "line 2, column 3: ", "is not valid YAML"),
        ("a:\n\t- b\n", "line 2, column 1: ", "is not valid YAML"),
        ("a: *b\n", "line 1, column 4: ", "undefined alias"),
        ("a: 1\n---\nb: 1\n", "line 2, column 1: ", "found another document"),
        ("a: 1\nb: \x01\n", "line 2: ", "the control character U+0001"),
        ("[" * 5000, ": ", "nested too deeply"),
        (b"a: 1\nb: caf\xe9\n", "line 2: ", "is not UTF-8: found the byte 0xe9"),
        ("", "line 1: ", "the file is empty; expected the sections `assignment`"),
        ("# only this\n", "line 1: ", "the file is empty"),
        ("\n- a\n", "line 2: ", "the file must be a mapping with the sections `assignment`"),
        ("text\n", "line 1: ", 'found the text "text"'),
    ],
)
def test_a_file_that_is_no_configuration_is_refused(folder: Path, content: str | bytes, start: str, fragment: str) -> None:
    """What is wrong with the file as a whole is said with its place, and only that."""
    told = mistakes(folder, content)
    assert len(told) == 1
    assert told[0].startswith(start)
    assert fragment in told[0]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A wrong --config is seen at once: you get the path and what to do, or the system's reason, not a trace."""
    no_file = "there is no such file; .*--config.*autograder new NAME"
    for path, reason in ((tmp_path / "none.yaml", no_file), (tmp_path, "cannot be read: .*directory")):
        with pytest.raises(ConfigError, match=rf"^{re.escape(str(path))}: {reason}"):
            read_config(path)


def test_the_solution_must_exist_where_it_is_needed(tmp_path: Path) -> None:
    """A misspelt solution is found while the file is read; a machine that only grades need not have it."""
    (told,) = mistakes(tmp_path, MINIMAL)
    assert told.startswith("line 4: `assignment.solution` must be the solution notebook")
    assert str(tmp_path / "nets.ipynb") in told
    assert read_config(tmp_path / "grading_config.yaml", check_files=False).assignment.solution == Path("nets.ipynb")


@pytest.mark.parametrize("value", ["''", ".", "/"])
def test_generated_files_cannot_go_over_the_configuration_itself(folder: Path, value: str) -> None:
    """A folder that is emptied and written anew must be one with a name."""
    (told,) = mistakes(folder, MINIMAL + f"  template: {value}\n")
    assert told.startswith("line 5: `assignment.template` must name a file or folder")


def test_what_yaml_offers_may_be_used(folder: Path) -> None:
    """Anchors, aliases, merge keys, a byte order mark, whole numbers for decimals: what is written is what you get."""
    path = folder / "grading_config.yaml"
    text = MINIMAL + (
        "tolerances:\n  float32: &t {rtol: 0.5, atol: 0}\n  float64:\n    <<: *t\n    rtol: 0.25\n"
        "sandbox: {uids: [2000, 2001]}\nexecution: {cell_seconds: 7}\n"
        "rules:\n- {name: a, title: A, applies: &a {<<: {relu: [A]}, relu: [B]}, forbidden: [torch.nn]}\n"
        "- {name: b, title: B, applies: *a, forbidden: [torch.nn]}\n"
        "training: {question: q, cell: {literals: {epochs: 3, rate: 0.5}}}\n"
    )
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    config = read_config(path)
    assert config.tolerances["float64"].model_dump() == {"rtol": 0.25, "atol": 0}
    assert config.sandbox.uids == (2000, 2001)
    assert config.execution.cell_seconds == 7
    assert [rule.applies for rule in config.rules] == [{"relu": ("B",)}, {"relu": ("B",)}]
    assert config.training is not None
    assert [(name, repr(value)) for name, value in config.training.cell.literals.items()] == [("epochs", "3"), ("rate", "0.5")]


def test_a_result_can_be_traced_to_the_file(folder: Path) -> None:
    """The configuration knows its file, the file's digest, and that relative paths start beside it."""
    path = folder / "grading_config.yaml"
    path.write_text(MINIMAL)
    config = read_config(path)
    assert config.path == path
    assert config.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert config.resolve(config.assignment.solution) == folder / "nets.ipynb"


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused_with_a_place(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Whatever slips while you edit, you get a configuration or a message; never a trace."""
    lines = SHIPPED.read_text().splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    kept = lines[at][: data.draw(st.integers(0, len(lines[at])))]
    lines[at] = kept + data.draw(
        st.text(max_size=4) | st.sampled_from([": ", "- ", "[", "{", "*a", "&a", "!!int ", "'", "? ", "<<: ", "1:2"])
    )
    path = tmp_path_factory.mktemp("damaged") / "c.yaml"
    path.write_bytes("\n".join(lines).encode())
    try:
        read_config(path, check_files=False)
    except ConfigError as error:
        assert all(re.match(rf"{re.escape(str(path))}(, line \d+(, column \d+)?)?: ", line) for line in str(error).split("\n"))


@pytest.fixture(scope="module")
def shipped() -> Config:
    """The configuration of this assignment, read without complaint."""
    return read_config(SHIPPED)


def test_the_shipped_file_is_about_this_assignment(shipped: Config) -> None:
    """It names the notebook and folders of the course, and rules and training name questions of the course."""
    assignment = shipped.assignment
    assert (assignment.name, assignment.title) == ("neural-networks", "Neural networks from scratch")
    assert (assignment.solution, assignment.template, assignment.dist) == (
        Path("solutions/neural_networks.ipynb"), Path("student_template"), Path("dist"),
    )  # fmt: skip
    assert {question for rule in shipped.rules for question in rule.applies} <= QUESTIONS
    assert shipped.training is not None
    assert shipped.training.question in QUESTIONS


def inside(kind: Any) -> type[BaseModel] | None:
    """The model that a field holds, alone, in a list or in a mapping."""
    return next((arg for arg in (kind, *get_args(kind)) if isinstance(arg, type) and issubclass(arg, BaseModel)), None)


def undocumented(model: type[BaseModel], value: Any, key: str = "") -> Iterator[str]:
    """Keys of the model, and of all models below it, that the file does not hold."""
    for name, field in model.model_fields.items():
        if name not in value:
            yield f"{key}{name}"
        elif part := inside(field.annotation):
            held = value[name]
            if name == "tolerances":  # a mapping of parts
                held = list(held.values())
            for entry in held if isinstance(held, list) else [held]:
                yield from undocumented(part, entry, f"{key}{name}.")


def test_every_key_is_in_the_shipped_file() -> None:
    """You can find every setting by reading the file: none is known to the program alone."""
    written = yaml.safe_load(SHIPPED.read_text())
    assert list(undocumented(Settings, written)) == []
    del written["training"]["run"]["steps"], written["rules"][0]["share"], written["tolerances"]["float64"]["atol"]
    assert list(undocumented(Settings, written)) == ["tolerances.atol", "rules.share", "training.run.steps"]


def comments() -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Key of each setting in the shipped file, with its comment: beside it, else in the lines right above."""
    lines = SHIPPED.read_text().splitlines()

    def walk(node: yaml.Node, key: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
        if isinstance(node, yaml.MappingNode) and key[-1:] not in (("applies",), ("literals",)):
            for name, child in node.value:
                yield from walk(child, (*key, name.value))
                at = name.start_mark.line
                _, _, beside = lines[at].partition(" # ")
                above = itertools.takewhile(lambda line: line.lstrip().startswith("#"), reversed(lines[:at]))
                yield (*key, name.value), beside or " ".join(line.strip(" #") for line in reversed([*above]))
        elif key == ("rules",):
            for at, child in enumerate(node.value):
                yield from walk(child, (*key, at))

    root = yaml.compose(SHIPPED.read_text(), Loader=yaml.SafeLoader)
    assert root is not None
    yield from walk(root, ())


def test_every_key_of_the_shipped_file_is_explained() -> None:
    """Beside a key, or in the lines right above it, stands what it is."""
    obvious = {("assignment",), ("tolerances", "float32"), ("tolerances", "float64")}
    assert {key for key, comment in comments() if not comment} <= obvious


def test_the_defaults_that_comments_name_are_the_defaults() -> None:
    """A key left out has the value that its comment names, and a key whose comment names none must be given."""
    rule = {"name": "r", "title": "R", "applies": {"q": ["A"]}, "forbidden": ["a"]}
    required = {"assignment": {"name": "n", "title": "T", "solution": "s"}, "rules": [rule], "training": {"question": "q"}}
    defaults: Any = Settings.model_validate(required).model_dump(mode="json")
    named = set()
    for key, comment in comments():
        if match := re.search(r"Default (\[.*?\]|\{.*?\}|[^\s,:;]+?)[,:;.]*(?=\s|$)", comment):
            assert yaml.safe_load(match[1]) == functools.reduce(lambda part, name: part[name], key, defaults), key
            named.add(key)
    sections = {"assignment", "execution", "sandbox", "tolerances", "rules", "training", "scoring", "gradescope", "cell", "run"}
    sections |= {"late", "gradebook"}
    sections |= {"feedback", "certificate", *Certificate.model_fields}  # the last is written by a command, and then whole
    unnamed = {key for key, _ in comments() if key not in named and key[-1] not in sections | {"float32", "float64"}}
    given = {("assignment", name) for name in required["assignment"]} | {("rules", 0, name) for name in rule}
    assert unnamed == given | {("training", "question")}


def test_every_forbidden_name_exists(shipped: Config) -> None:
    """A misspelt name would forbid nothing, so each is looked up in the installed torch."""
    for rule in shipped.rules:
        for name in rule.forbidden:
            top, *parts = name.split(".")
            thing: Any = importlib.import_module(top)
            for part in parts:
                thing = getattr(thing, part)


def test_basic_operations_are_not_forbidden(shipped: Config) -> None:
    """The usual ways to write the answers by hand break no rule at run time."""
    x, zero = torch.randn(4, 3), torch.tensor(0.0)
    with ForbiddenWatch(shipped.rules[0].forbidden, {}) as watch:
        weight, bias = torch.randn_like(torch.empty(3, 5)), torch.rand_like(torch.zeros(5))
        y = torch.addmm(bias, x, weight) + x @ weight + torch.einsum("ij,jk->ik", x, weight)
        torch.maximum(y, zero), torch.where(y > 0, y, zero), y.clamp(min=0), y * (y > 0), y.masked_fill(y < 0, 0)
        1 / (1 + torch.exp(-y)), (torch.tanh(y / 2) + 1) / 2
        torch.exp(y - torch.logsumexp(y, 1, keepdim=True)), y.exp() / y.exp().sum(1, keepdim=True), y.max(1).values
        with torch.no_grad():
            weight -= 0.1 * (x.T @ y)
        torch.softmax(y, 1)
    assert list(watch.seen) == ["torch.softmax"]
