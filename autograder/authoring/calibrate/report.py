"""Tells what a calibration found: the same figures and sentences for a terminal, a page and a Markdown file."""

from __future__ import annotations

import base64
import csv
import io
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table
from rich.text import Text

from autograder.authoring.calibrate.bounds import TAILS, normal_lowest
from autograder.authoring.calibrate.campaign import USUAL
from autograder.authoring.calibrate.figure import draw
from autograder.authoring.calibrate.found import Calibration, Sample
from autograder.config import Config
from autograder.reports.atomic import write_atomically
from autograder.reports.pages import render
from autograder.reports.text import count, number

PAGE, FIGURE, RUNS = "calibration.html", "calibration.png", "runs.csv"
HEADINGS = (
    "implementation", "runs", "lowest", "median", "highest", "one run passes", "a submission passes", "95 % limits", "verdict",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One implementation, in words: accuracies in %, shares in %, and whether the threshold sees it."""

    name: str
    title: str
    cells: tuple[str, ...]
    verdict: str


def rows(made: Calibration) -> tuple[Row, ...]:
    """The solution, then the wrong implementations by how often they pass."""
    accuracies = sorted(run.accuracy or 0.0 for run in made.reference)
    passed = 1 - made.failures / len(made.proof)
    bound = f"≥ 1 - {made.bound:.3g}" if made.met else "–"
    own = (str(len(made.reference)), *_spread(accuracies), _share(passed), "", bound)
    return (Row("solution", "the solution itself", own, "certified" if made.met else "not certified"), *map(_row, made.wrong))


def _row(sample: Sample) -> Row:
    low, high = sample.limits()
    shares = (_share(sample.once()), _share(sample.in_all()), f"{_share(low)} to {_share(high)}")
    verdict = "missed" if sample.in_all() > 0.5 else "caught" if sample.in_all() < 0.05 else "at times"
    return Row(
        sample.implementation.name,
        sample.implementation.title,
        (str(len(sample.runs)), *(_spread(sample.accuracies) if sample.accuracies else ("–",) * 3), *shares),
        verdict,
    )


def _spread(values: tuple[float, ...] | list[float]) -> tuple[str, str, str]:
    return f"{min(values):.2f}", f"{statistics.median(values):.2f}", f"{max(values):.2f}"


def _share(share: float) -> str:
    """In percent, to a tenth; what is not quite all or nothing does not look like it."""
    percent = 100 * share
    if 0 < percent < 0.1 or 99.9 < percent < 100:
        return "> 99.9 %" if percent > 50 else "< 0.1 %"
    return f"{number(percent, 1)} %"


def sentences(made: Calibration) -> tuple[str, ...]:
    """What was found, what it rests on, and what it does not say."""
    return tuple(_sentences(made))


def _sentences(made: Calibration) -> Iterator[str]:
    run, plan = made.run, made.plan
    sure = f"{100 * plan.confidence:g} %"
    if made.met:
        yield (
            f"With {count(run.attempts, 'attempt')}, a correct submission falls short of {run.threshold:g} % with a probability "
            f"of at most {made.bound:.3g} (asked: {plan.target:g}), with a confidence of {sure}."
        )
        yield (
            f"The proof: of {len(made.proof)} fresh runs of the solution against this threshold {made.failures} fell short, so "
            f"by the bound of Clopper and Pearson one run does so with a probability of at most {made.once:.3g}. A run that "
            f"falls short is made again with a fresh seed, up to {run.attempts} in all, and {made.once:.3g}^{run.attempts} = "
            f"{made.bound:.3g}. No assumption is made about how accuracies are distributed. The runs could be counted at "
            f"{count(len(made.looks), 'look')} fixed beforehand ({_schedule(made)}); this was look {made.look}. The doubt of "
            f"{1 - plan.confidence:.2g} is shared among the looks, a half to the first, a quarter to the next and so on, so that "
            "stopping early does not weaken the confidence."
        )
    else:
        yield f"The target is not met: {made.reason}. Nothing is certified, and the configuration is left as it is."
    values = [one.accuracy or 0.0 for one in made.reference]
    mean, spread = statistics.fmean(values), statistics.stdev(values)
    chosen = "given beforehand" if plan.threshold is not None else (
        f"chosen from {len(made.pilot)} pilot runs, which are no part of the proof, as the highest multiple of 0.5 % that by a "
        f"one-sided normal tolerance limit even a single run misses with a probability below {plan.target:g}"
    )  # fmt: skip
    yield (
        f"The threshold was {chosen}. All {len(values)} runs of the solution have a mean of {mean:.2f} % and a standard "
        f"deviation of {spread:.2f}; the lowest reached {min(values):.2f} %."
    )
    fits = "there are too few runs for Pareto fits" if made.pareto is None else (
        f"generalized Pareto fits to the lowest {100 * TAILS[0]:g} to {100 * TAILS[-1]:g} % of runs give anything from "
        f"{made.pareto[0]:.2g} to {made.pareto[1]:.2g}"
    )  # fmt: skip
    yield (
        f"For information, not as proof: a normal distribution fitted to them puts the threshold "
        f"{(mean - run.threshold) / spread if spread else 0:.1f} standard deviations below the mean, where one run falls short "
        f"with a probability of {made.normal:.2g}. Its tail may be too thin: the lowest of so many runs would lie as low as here "
        f"in {_share(normal_lowest(values))} of all such series. Free of that shape, {fits}. Hence a proof by counting."
    )
    median = statistics.median(one.seconds for one in made.reference)
    yield (
        f"Caps: {run.steps} steps, all that {count(run.epochs, 'epoch')} of batches of {run.batch_size} have. On this machine, "
        f"{USUAL} times the median run ({median:.2f} s of processor time), rounded up to 5 s and at most a fifth of what a whole "
        f"submission may take, make a cap of {run.seconds:g} s for all attempts together."
    )
    if made.missed:
        names = ", ".join(f"`{sample.implementation.name}`" for sample in made.missed)
        yield f"The threshold misses what learns as well as a correct network: {names}. Only tests on small tensors catch these."


def _schedule(made: Calibration) -> str:
    return ", ".join(f"{look.runs} runs with at most {look.failures} short" for look in made.looks)


LIMITS = (
    "It is about the solution's code with the version of torch named here. Another correct submission computes the same but for "
    "rounding; one that draws its first parameters otherwise is not covered.",
    "Attempts are independent because each draws parameters and batches from a seed of its own. Student code that sets the seed "
    "itself makes its attempts alike.",
    "Time is not part of the bound: on a machine so slow that all attempts do not fit under the cap on seconds, fewer are made.",
    "Calibration runs the solution without the sandbox, by the same test and the same loop.",
    "Wrong implementations are those of a list. Others may pass.",
)
"""What the certificate does not say."""


def table(made: Calibration) -> Table:
    """The implementations, for a terminal."""
    shown = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    shown.add_column("implementation", no_wrap=True, overflow="ellipsis")
    for heading in ("runs", "median", "one run", f"{made.run.attempts} tries", "95 % limits"):
        shown.add_column(heading, justify="right", no_wrap=True)
    shown.add_column("verdict", no_wrap=True)
    for row in rows(made):
        style = {"missed": "yellow", "not certified": "red"}.get(row.verdict)
        amount, _, median, _, *shares = row.cells
        shown.add_row(Text(row.name), amount, median, *shares, row.verdict, style=style)
    return shown


def write_reports(made: Calibration, config: Config, out: Path, markdown: Path | None) -> tuple[Path, ...]:
    """Write page, figure and a table of all runs into `out`, and with `markdown` that file with a figure beside it."""
    png = draw(made)
    page = render(
        "calibration.html.j2",
        title=config.assignment.title,
        made=made,
        rows=rows(made),
        headings=HEADINGS,
        sentences=sentences(made),
        limits=LIMITS,
        figure=f"data:image/png;base64,{base64.b64encode(png).decode()}",
        command=_command(made),
    )
    files = {out / PAGE: page, out / FIGURE: png, out / RUNS: _csv(made)}
    if markdown is not None:
        figure = markdown.with_suffix(".png")
        files |= {markdown: _markdown(made, config, figure.name).encode(), figure: png}
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content)
    return tuple(files)


def _command(made: Calibration) -> str:
    """What makes the same runs again."""
    plan = made.plan
    options = [f"--seed {plan.seed}", f"--target {plan.target:g}", f"--confidence {plan.confidence:g}"]
    options += [f"--max-attempts {plan.most_attempts}", f"--max-runs {plan.most_runs}", f"--pilot {plan.pilot}"]
    options += [f"--wrong-runs {plan.wrong_runs}", *([f"--threshold {plan.threshold:g}"] if plan.threshold is not None else [])]
    return f"autograder calibrate {' '.join(options)} --dry-run"


def _csv(made: Calibration) -> bytes:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(["implementation", "part", "seed", "passed", "accuracy", "steps", "seconds", "error"])
    parts = [("pilot", made.pilot), ("proof", made.proof), *(("wrong", sample.runs) for sample in made.wrong)]
    for part, runs in parts:
        for run in sorted(runs, key=lambda run: run.seed):
            accuracy = "" if run.accuracy is None else f"{run.accuracy:.2f}"
            line = [run.implementation, part, run.seed, int(run.passed), accuracy, run.steps, f"{run.seconds:.3f}", run.error]
            writer.writerow(line)
    return target.getvalue().encode()


def _markdown(made: Calibration, config: Config, figure: str) -> str:
    lines = [
        f"# The training run's threshold: {made.run.threshold:g} %",
        "",
        f"{config.assignment.title}. Written by `autograder calibrate --markdown` on {made.date} with torch {made.torch}; not to "
        "be edited. The same runs again:",
        "",
        f"    {_command(made)}",
        "",
        f"![Accuracy against steps, and where every run ended]({figure})",
        "",
        *(line for sentence in sentences(made) for line in (sentence, "")),
        f"| {' | '.join(HEADINGS)} |",
        f"| --- |{' ---: |' * 7} --- |",
        *(f"| `{row.name}`: {row.title} | {' | '.join(row.cells)} | {row.verdict} |" for row in rows(made)),
        "",
        'Accuracies in %. "A submission passes": one of all its attempts does; the limits are for that, by Clopper and Pearson.',
        "",
        "What the certificate does not say:",
        "",
        *(f"- {limit}" for limit in LIMITS),
    ]
    return "\n".join(lines) + "\n"
