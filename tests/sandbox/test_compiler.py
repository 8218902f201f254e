"""Torch's compiler is imported when somebody compiles something, and is then the real one; each test has a process of its own."""

from __future__ import annotations

import subprocess
import sys

from autograder.sandbox.session import Worker
from tests.samples import ROOT
from tests.sandbox.launching import run

BEGIN = """
import inspect, sys, torch
from autograder.sandbox import compiler
compiler.import_torchvision()
import torchvision
model = torch.nn.Linear(3, 2)
optimizers = [kind(model.parameters(), lr=0.1) for kind in (torch.optim.SGD, torch.optim.Adam)]

def train():
    before = model.weight.detach().clone()
    for optimizer in optimizers:
        optimizer.zero_grad()
        model(torch.ones(4, 3)).backward(torch.ones(4, 2))
        optimizer.step()
    assert not torch.equal(before, model.weight)

train()
inspect.getmodule(sys._getframe())  # asks every module there is for its file
"""
REAL = """
import types
assert not compiler.is_put_off()
found = sys.modules["torch._dynamo"]
assert found is torch._dynamo and type(found) is types.ModuleType and found.config and found.utils.is_compile_supported
assert sys.modules["torch._dynamo.utils"] is found.utils and found.utils.__spec__.name == "torch._dynamo.utils"
assert type(found.utils.__spec__.loader).__name__ == "SourceFileLoader"
train()
"""
USES = (
    "import torch._dynamo.utils",
    "import torch._dynamo.config as settings; assert settings.__spec__.loader and settings.suppress_errors is False",
    "from torch._dynamo import config",
    "from torch._dynamo import *",
    "torch._dynamo.reset()",
    "assert torch.compiler.disable(train) is not train",
    "assert torch.compile(lambda x: 2 * x + 1, backend='eager')(torch.ones(2)).tolist() == [3, 3]",
)
EACH = """
import os, traceback
for use in {uses!r}:
    pid = os.fork()
    if pid == 0:
        try:
            exec(use + {ends!r}, globals())
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), use, flush=True)
"""
"""A process of its own for each use."""


def _run(script: str) -> str:
    """What a script printed that must end well."""
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_training_with_torch_needs_no_compiler() -> None:
    """Layers, backward with a gradient, optimizers, and a debugger that looks at all modules leave it unloaded; sympy as well."""
    _run(f"{BEGIN}\ntrain()\nassert compiler.is_put_off() and not {{'torch._inductor', 'sympy'}} & sys.modules.keys()")


def test_asking_for_deterministic_algorithms_needs_no_compiler() -> None:
    """What computes obeys at once, and can be told otherwise; the compiler is told when it is loaded, and changes nothing."""
    scatter = "torch.zeros(3, 3).put_(torch.tensor([0]), torch.ones(1))"  # which no deterministic algorithm is known for
    asked = f"""
import warnings
torch.use_deterministic_algorithms(True)
assert torch.are_deterministic_algorithms_enabled() and compiler.is_put_off() and "torch._inductor" not in sys.modules
try:
    {scatter}
    raise SystemExit("put_ was let through")
except RuntimeError as error:
    assert "deterministic" in str(error)
torch.use_deterministic_algorithms(True, warn_only=True)
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    {scatter}
assert len(told) == 1 and compiler.is_put_off()
for first in (False, True):
    torch.use_deterministic_algorithms(first)
    assert torch.are_deterministic_algorithms_enabled() is first
try:
    torch.use_deterministic_algorithms("yes")
    raise SystemExit("a word was taken for a yes")
except TypeError:
    pass
torch.set_deterministic_debug_mode("warn")  # of which the compiler is told nothing, with and without us
from torch._inductor import config
assert torch.is_deterministic_algorithms_warn_only_enabled()
assert not compiler.is_put_off() and config.deterministic is True and torch.are_deterministic_algorithms_enabled()
torch.use_deterministic_algorithms(False)
assert config.deterministic is False and not torch.are_deterministic_algorithms_enabled()
"""
    _run(f"{BEGIN}\n{asked}")


def test_whoever_uses_it_gets_the_real_one() -> None:
    """Once, whole, under both of its names; torch's own functions are left out of compiling by it from then on.

    Each use is the first of its process, forked from one that has come as far as having trained.
    """
    ends = f"{REAL}\nassert hasattr(torch.optim.Optimizer.zero_grad.__wrapped__, '__dynamo_disable')"
    said = _run(f"{BEGIN}\n{EACH.format(uses=USES, ends=ends)}")
    assert said.splitlines() == [f"0 {use}" for use in USES]


def test_shapes_that_are_not_numbers_are_compared_by_torch() -> None:
    """The stand-in answers for plain shapes alone, and as torch does."""
    pairs = [((1, 2), (1, 2)), ((1, 2), (2, 1)), ((1,), (1, 2)), ((), ())]
    asked = (
        f"pairs = {pairs}\nfrom torch.fx.experimental.symbolic_shapes import expect_true, sym_eq\n"
        "before = [expect_true(sym_eq(*pair)) for pair in pairs]\nassert compiler.is_put_off()\n"
        "from torch.fx.experimental.symbolic_shapes import ShapeEnv, sym_eq as real\nassert not compiler.is_put_off()\n"
        "assert before == [real(*pair) for pair in pairs] and real is not sym_eq\n"
        "assert sym_eq((1, 2, (3,)), [1, 2, (3,)]) is True"
    )
    _run(f"{BEGIN}\n{asked}")


def test_a_torchvision_that_wants_more_of_it_gets_all() -> None:
    """Another release may import something else: then everything is imported as ever."""
    script = (
        "import sys, torch\nfrom autograder.sandbox import compiler\nimport types\n"
        "compiler._utils = lambda: types.ModuleType('torch._dynamo.utils')\n"
        "compiler.import_torchvision()\nimport torchvision, torch._dynamo.utils\n"
        "assert not compiler.is_put_off() and torchvision.datasets.MNIST and torch._dynamo.config"
    )
    _run(script)


def test_a_submission_that_compiles_is_served(worker: Worker) -> None:
    """In a confined worker, too."""
    ended = run(worker, "import torch\nprint(torch.compile(lambda x: 2 * x + 1, backend='eager')(torch.ones(2)).tolist())")
    assert ended.status == "ok" and ended.output == "[3.0, 3.0]\n", (ended.error, ended.output)
