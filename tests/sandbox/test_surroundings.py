"""Cells written for Jupyter, Colab, Kaggle or a GPU go on in a worker: what is missing is answered for, what is wrong is not."""

from __future__ import annotations

import pytest

from autograder.sandbox.session import CellRun, Session, Worker
from tests.sandbox.launching import refusal, run, tell

ROOTS = (
    "'../data'", "'./data'", "'data/mnist'", "'/content/data'", "'/content/drive/MyDrive/x'", "'/kaggle/input/mnist'", "'~/data'",
    "'/usr/share/x'", "'C:\\\\Users\\\\me'", "pathlib.Path('..') / 'd'",
)  # fmt: skip


def ok(worker: Worker, source: str) -> CellRun:
    """Run a cell, which must reach its end: the last line leaves a mark."""
    ended = run(worker, f"{source}\nreached = {source!r}")
    assert ended.status == "ok", (source, ended.error, ended.line)
    assert tell(worker, "reached") == source
    return ended


def value(worker: Worker, expression: str, source: str) -> object:
    """The value of an expression after a cell that must reach its end."""
    ok(worker, source)
    return tell(worker, expression)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("!pip install -q torch", "!pip install -q torch"),
        ("!git clone https://example.com/x.git && cd x", "!git clone"),
        ("%pip install numpy", "%pip install numpy"),
        ("%conda install numpy", "%conda install numpy"),
        ("%tensorflow_version 2.x", "%tensorflow_version 2.x"),
        ("%load_ext tensorboard", "%load_ext tensorboard"),
        ("%config InlineBackend.figure_format = 'retina'", "InlineBackend"),
        ("print?", "help"),
        ("??print", "help"),
        ("%debug", "%debug"),
        ("%store x", "%store"),
        ("%matplotlib notebook", ""),
        ("%matplotlib qt", ""),
        ("%load_ext autoreload\n%autoreload 2", ""),
        ("get_ipython().magic('matplotlib inline')", ""),
        ("import os; os.system('nvidia-smi')", "nvidia-smi"),
    ],
)
def test_a_line_that_only_jupyter_can_serve_is_noted_and_the_cell_goes_on(worker: Worker, line: str, said: str) -> None:
    """Commands, installs, help, extensions and unknown magics cost nothing, and the output says what was not done."""
    output = ok(worker, f"before = 1\n{line}").output
    assert said in output if said else output == ""


@pytest.mark.parametrize(
    ("cell", "expression", "expected"),
    [
        ("x = !ls\ny = %sx ls", "[list(x), '\\n'.join(x), list(y)]", [[], "", []]),
        ("%time y = 5\n%timeit -n 1000 y + 1", "y", 5),
        ("%cd /content/x\n%cd nowhere\n%cd -q ..", "os.path.basename(os.getcwd())", "content"),
        ("%env SIZE=3", "os.environ['SIZE']", "3"),
        ("r = [subprocess.call('ls'), subprocess.run(['ls'], check=True).returncode, os.system('ls')]", "r", [0, 0, 0]),
        ("r = [subprocess.check_output('ls'), subprocess.run('ls', capture_output=True, text=True).stdout]", "r", [b"", ""]),
        ("r = [os.popen('ls').read(), subprocess.Popen(['ls'], stdout=subprocess.PIPE).communicate()]", "r", ["", (b"", None)]),
        ("!mkdir -p models/x", "os.path.isdir('models/x')", True),
        ("import asyncio\nawait asyncio.sleep(0)\nz = 1", "z", 1),
        ("n = 0\nif __name__ == '__main__':\n    n = 1\nexit()\nquit()", "n", 1),
    ],
)
def test_what_jupyter_binds_is_bound(worker: Worker, cell: str, expression: str, expected: object) -> None:
    """Output of commands is empty and they succeed; what a magic sets is set."""
    assert value(worker, expression, f"import os, subprocess\n{cell}") == expected


@pytest.mark.parametrize("magic", ["%%time", "%%capture", "%%capture x", "\n%%time\n%%capture --no-stderr x", "%%memit"])
def test_a_cell_magic_around_python_is_as_if_it_were_not_there(worker: Worker, magic: str) -> None:
    """The cell's names are bound, and an error is raised with its own line."""
    assert value(worker, "b", f"{magic}\nb = 2") == 2
    ended = run(worker, f"{magic}\nb = 3\n1 / 0")
    assert (ended.status, ended.line, tell(worker, "b")) == ("raised", magic.count("\n") + 3, 3)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("%%bash --out x\necho hi", "%%bash"),
        ("%%sh\necho hi", "%%sh"),
        ("%%script false\nx = (", "%%script"),
        ("%%html\n<b>x</b>", "HTML"),
        ("%%javascript\nalert(1)", "Javascript"),
        ("%%sql\nselect * from x", "%%sql"),
    ],
)
def test_a_cell_in_another_language_does_no_harm(worker: Worker, cell: str, said: str) -> None:
    """It ends well and says what it was."""
    ended = run(worker, cell)
    assert ended.status == "ok" and said in ended.output


def test_a_module_that_the_notebook_writes_can_be_imported(worker: Worker) -> None:
    """The folder of the notebook is where Python looks first."""
    run(worker, "%%writefile helper.py\ndef f():\n    return 42")
    assert value(worker, "helper.f()", "import helper") == 42


def test_colab_and_kaggle_are_answered_for(worker: Worker) -> None:
    """Mounting, uploads, secrets, pictures: nothing is there, and nothing fails; a notebook that asks is told that it is not."""
    output = ok(
        worker,
        "from google.colab import drive, files, output, userdata\nfrom google.colab.patches import cv2_imshow\nimport os\n"
        "from kaggle_secrets import UserSecretsClient\ndrive.mount('/content/drive', force_remount=True)\n"
        "for name in files.upload().keys():\n    raise ValueError\nfiles.download('x')\ncv2_imshow(1)\noutput.clear()\n"
        "os.environ['A'] = userdata.get('k')\nos.environ['B'] = UserSecretsClient().get_secret('k')",
    ).output
    assert "Colab" in output and "Kaggle" in output
    asks = "import sys\ntry:\n    import google.colab\n    there = True\nexcept ImportError:\n    there = False"
    assert value(worker, "[there, 'google.colab' in sys.modules, os.path.exists('/content')]", asks) == [False] * 3


def test_what_shows_things_shows_nothing_and_fails_at_nothing(worker: Worker) -> None:
    """Back-ends, styles, widgets, progress bars, and places in IPython that have moved."""
    ok(
        worker,
        "import matplotlib\nmatplotlib.use('TkAgg')\nimport matplotlib.pyplot as plt\nplt.switch_backend('Qt5Agg')\n"
        "plt.style.use('no-such-style')\nplt.plot([1])\nplt.show()\nplt.pause(1000)\n"
        "from IPython.core.display import display, HTML\nfrom IPython.display import clear_output, set_matplotlib_formats\n"
        "set_matplotlib_formats('svg')\ndisplay(HTML('x'))\nclear_output(wait=True)\n"
        "from ipywidgets import interact\ninteract(lambda n: n, n=(0, 3))",
    )
    bars = (
        "from tqdm.notebook import tqdm\nimport tqdm.auto as auto, tqdm as whole\nseen = [n for n in tqdm(range(3), desc='x')]\n"
        "with tqdm(total=2) as bar:\n    bar.update(2); bar.set_postfix(loss=1)\n"
        "seen += [bar.n, len(tqdm([1])), *whole.trange(2)]"
    )
    assert value(worker, "seen", bars) == [0, 1, 2, 2, 1, 0, 1]


def test_mnist_is_found_under_any_root(worker: Worker) -> None:
    """The data that is there, with and without a download, also for a class made of MNIST's; other data sets fail as ever."""
    source = (
        "import pathlib\nfrom torchvision import datasets\nclass Mine(datasets.MNIST):\n    pass\n"
        f"found = [[kind(root, train=train, download=download).targets.tolist() for kind in (datasets.MNIST, Mine)]\n"
        f"         for root in ({', '.join(ROOTS)}) for train in (True, False) for download in (True, False)]"
    )
    assert value(worker, "found", source) == [[[7, 0, 9]] * 2] * (4 * len(ROOTS))
    assert (run(worker, "datasets.FashionMNIST('x', download=True)").error or "").startswith("RuntimeError")
    assert (run(worker, "datasets.EMNIST('x', split='letters')").error or "").startswith("RuntimeError")


def test_whole_batches_of_mnist_are_what_its_images_are_one_by_one(worker: Worker) -> None:
    """Whatever a sampler asks for, and whatever a notebook has put in the place of images and labels."""
    ended = run(
        worker,
        """
import numpy, torch
from torchvision import datasets, transforms
both = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
flat = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,), (0,))])
def told(give):
    try:
        return [(image.tolist(), label, type(label)) for image, label in give()]
    except Exception as error:
        return type(error)
def of(change):
    dataset = datasets.MNIST("x", train=True, transform=both)
    dataset.data = torch.randint(256, (3, 28, 28), dtype=torch.uint8)
    change(dataset)
    return dataset
changes = {
    "none": lambda dataset: None,
    "labels in a list": lambda dataset: setattr(dataset, "targets", dataset.targets.tolist()),
    "labels that are true or false": lambda dataset: setattr(dataset, "targets", dataset.targets % 2 == 0),
    "labels with fractions": lambda dataset: setattr(dataset, "targets", dataset.targets / 2),
    "one-hot labels": lambda dataset: setattr(dataset, "targets", torch.eye(10)[dataset.targets]),
    "no deviation": lambda dataset: setattr(dataset, "transform", flat),
    "fewer": lambda dataset: setattr(dataset, "data", dataset.data[:2]),
    "another precision": lambda dataset: torch.set_default_dtype(torch.float64),
}
asked = [
    [2, 0], [], [0, 0, 1], [-1, 1], [numpy.int64(2)], [torch.tensor(1), torch.tensor(0)], [torch.tensor([1])],
    numpy.array([1, 0]), [7], [2**70], [1.5], ["a"], [True, False], [0, True],
]
for name, change in changes.items():
    dataset = of(change)
    for indices in asked:
        one, whole = (told(lambda: give(indices)) for give in (lambda i: [dataset[j] for j in i], dataset.__getitems__))
        assert one == whole, (name, indices, one, whole)
class Own(datasets.MNIST):
    def __init__(self):
        super().__init__("x", train=True)
        self.mine = self.data / 255
        del self.data, self.targets
    def __getitem__(self, i):
        return self.mine[i], i
assert [label for image, label in Own().__getitems__([2, 0])] == [2, 0]
assert [[label for image, label in dataset.__getitems__(i for i in which)] for which in ([2, 0], [1, -1])] == [[9, 7], [0, 9]]
with torch.device("meta"):
    assert [image.device.type for image, label in dataset.__getitems__([2, 0])] == ["cpu", "cpu"]
print(len(told(lambda: dataset.__getitems__([2, 0]))))
""",
    )
    assert ended.status == "ok" and ended.output == "2\n", (ended.error, ended.output)


def test_folders_of_other_machines_can_be_written_to_and_read_again(worker: Worker) -> None:
    """Below folders that do not exist here, and into folders that nobody has made yet."""
    source = (
        "import os, pathlib, shutil, torch, numpy as np\nimport matplotlib.pyplot as plt\nos.chdir('/content')\n"
        "os.makedirs('/content/a/b', exist_ok=True)\nopen('/content/a/b/f', 'w').write('x')\n"
        "torch.save([1], '/content/drive/MyDrive/net.pt')\nnp.save('C:\\\\me\\\\x.npy', np.ones(2))\n"
        "plt.savefig('/Users/me/figures/x.png')\nplt.savefig('figures/x.png')\nos.chdir('D:/uni')\n"
        "p = pathlib.Path('/kaggle/working')\np.mkdir(parents=True)\n(p / 'f').write_text('y')\n"
        "told = [open('/content/a/b/f').read(), os.listdir('/content/a'), torch.load('/content/drive/MyDrive/net.pt'),\n"
        "        float(np.load('C:\\\\me\\\\x.npy').sum()), [q.name for q in p.iterdir()],\n"
        "        os.path.exists('/Users/me/figures/x.png')]\n"
        "shutil.rmtree('/content/a')\ntold.append(os.path.exists('/content/a'))"
    )
    assert value(worker, "told", source) == ["x", ["b"], [1], 2.0, ["f"], True, False]


def test_a_place_that_cannot_be_entered_or_saved_to_costs_nothing_else(worker: Worker) -> None:
    """The notebook stays in its folder, and a network that cannot be saved is not saved."""
    here = tell(worker, "os.getcwd()", "import os")
    saves = "torch.save([1], '/usr/net.pt')\ntorch.save([1], '../data/x')"
    output = ok(worker, f"import torch\nos.chdir('no/such/folder')\n{saves}").output
    assert tell(worker, "os.getcwd()") == here
    assert "no/such/folder" in output and "/usr/net.pt" in output and "../data/x" in output


@pytest.mark.parametrize("path", ["none.txt", "/content/none.txt", "C:/none.txt"])
def test_a_file_that_is_not_there_is_missing_by_its_own_name(worker: Worker, path: str) -> None:
    """Reading it, or a folder, raises what it raises anywhere."""
    for source in (f"open({path!r})", f"import os; os.listdir({path!r})"):
        assert run(worker, source).error == f"FileNotFoundError: [Errno 2] No such file or directory: {path!r}"


def test_what_is_sent_to_a_gpu_is_computed_on_the_processor(worker: Worker) -> None:
    """Tensors, modules, defaults, timing and compilation; no mode is left that would slow down or hide calls."""
    source = (
        "import torch\nx = torch.ones(2, device='cuda').cuda().to('cuda:0', non_blocking=True).pin_memory()\n"
        "device = torch.device(f'cuda:{0}')\nnet = torch.nn.Linear(2, 2).cuda().to(device).to('mps')\n"
        "torch.set_default_device('cuda')\ntorch.set_default_tensor_type('torch.cuda.FloatTensor')\n"
        "name = torch.cuda.get_device_name(0)\ntorch.cuda.synchronize()\ntorch.cuda.manual_seed_all(0)\n"
        "torch.cuda.empty_cache()\n"
        "torch.cuda.reset_peak_memory_stats()\nstart = torch.cuda.Event(enable_timing=True)\nstart.record()\n"
        "@torch.compile(mode='default')\ndef twice(x):\n    return 2 * x\nnet = torch.compile(net)\n"
        "y = twice(x.type(torch.cuda.FloatTensor))\nout = net(x)"
    )
    told = "[name, str(out.device), y.tolist(), torch.cuda.max_memory_allocated(), start.elapsed_time(start)]"
    assert value(worker, told, source) == ["CPU", "cpu", [2.0, 2.0], 0, 0.0]
    assert tell(worker, "torch.overrides._get_current_function_mode_stack()", "import torch.overrides") == []


def test_names_of_devices_that_are_only_asked_about_stay(worker: Worker) -> None:
    """A notebook that looks for a GPU finds none, and what it prints or looks up is what it wrote."""
    source = (
        "import torch\ntold = [torch.device('cuda').type == 'cuda', 'cuda' in ('cuda', 'mps'), torch.cuda.is_available(),\n"
        "        getattr(torch, 'cuda').__name__, {'cuda': 1}['cuda'], torch.backends.mps.is_available(), 'cuda and mps']\n"
        "with torch.autocast('cuda'):\n    told.append(str((torch.ones(1, 1) @ torch.ones(1, 1)).dtype))"
    )
    assert value(worker, "told", source) == [False, True, False, "torch.cuda", 1, False, "cuda and mps", "torch.float32"]


def test_lines_are_told_as_written_where_a_cell_was_changed(worker: Worker) -> None:
    """An error behind changed devices and imports has the line that the student sees."""
    imports = "import torch, seaborn as sns\nfrom torchsummary import (summary,\n    other)"
    ended = run(worker, f"{imports}\nx = torch.ones(1).to('cuda')\n1 / 0")
    assert (ended.status, ended.line) == ("raised", 5)


def test_loaders_with_processes_of_their_own_are_served_in_this_one(worker: Worker) -> None:
    """By keyword or by position, with pinned memory and all that belongs to it."""
    source = (
        "from torch.utils.data import DataLoader\nfirst = DataLoader([1, 2, 3], 2, False, None, None, 4, None, True)\n"
        "second = DataLoader([1, 2, 3], batch_size=2, num_workers=4, pin_memory=True, persistent_workers=True, prefetch_factor=2)"
    )
    expected = [[[1, 2], [3]]] * 2
    assert value(worker, "[[batch.tolist() for batch in loader] for loader in (first, second)]", source) == expected


def test_a_module_that_is_not_installed_costs_only_itself(worker: Worker) -> None:
    """Its names can be called, indexed, entered, used as decorators and bases; they are empty, and no number or tensor."""
    source = (
        "import seaborn as sns, torch\nimport sklearn.metrics\nfrom torchsummary import summary\nfrom numba import jit\n"
        "from torch.utils.tensorboard import SummaryWriter\nfrom no_such_module import *\nsns.set_theme(style='dark')\n"
        "with SummaryWriter('x') as writer:\n    writer.add_scalar('loss', 1)\nsummary(torch.nn.Linear(2, 2), (2,))\n"
        "@jit\ndef one():\n    return 1\n@jit(nopython=True)\ndef two():\n    return 2\n"
        "class Mine(sns.Base):\n    pass\n"
        "told = [one(), two(), list(sns.x['y']), isinstance(1, sns.Kind), isinstance(Mine(), Mine), torch.ones(1).tolist(),\n"
        "        sorted(n for n in globals() if n.startswith('__auto'))]\n"
        "def inside():\n    import wandb\n    return wandb.init(project='x')\ninside()"
    )
    assert value(worker, "told", source) == [1, 2, [], False, True, [1.0], []]
    assert (run(worker, "sns + 1").error or "").startswith("TypeError")
    assert (run(worker, "float(sns.x)").error or "").startswith("TypeError")
    assert (run(worker, "torch.relu(sns.x)").error or "").startswith("TypeError")


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("import torch.nothing", "ModuleNotFoundError"),
        ("from torch import nothing", "ImportError"),
        ("from . import nothing", "ImportError"),
        ("Net = 1\nfrom Net import forward", "ModuleNotFoundError"),
        ("open('mine.py', 'w').write('import seaborn')\nimport mine", "ModuleNotFoundError"),
        ("try:\n    import seaborn\nexcept ValueError:\n    pass", "ModuleNotFoundError"),
    ],
)
def test_an_import_that_is_wrong_stays_an_error(worker: Worker, source: str, error: str) -> None:
    """A submodule or name that is not there, a relative import, the notebook's own names and modules, a tried import."""
    ended = run(worker, source)
    assert ended.status == "raised" and (ended.error or "").startswith(f"{error}:")


def test_an_answer_opens_no_way_to_other_programs(session: Session, worker: Worker) -> None:
    """Whoever gets past the stand-ins to the real functions meets the refusal that was there before."""
    if not any(layer.name == "system call filter" and layer.applied for layer in session.layers):
        pytest.skip("no filter in force")
    run(worker, "import importlib, os, posix, subprocess\nimportlib.reload(subprocess)")
    for call in ("subprocess.run(['/bin/true'])", "os.execv('/bin/true', ['true'])"):
        assert refusal(worker, call) == "PermissionError"
    assert tell(worker, "posix.system('true')") != 0


def test_threads_that_a_notebook_asks_for_stop_no_checkpoint(worker: Worker) -> None:
    """A fork of a process that used a second thread of torch's would wait for it for ever."""
    assert run(worker, "import torch\ntorch.set_num_threads(4)\nbig = torch.ones(600, 600)\nbig = big @ big").status == "ok"
    assert run(worker.fork(), "total = float((big @ big).sum())", seconds=8).status == "ok"


def test_a_checkpoint_answers_as_its_notebook_does(worker: Worker) -> None:
    """What is called while hidden tests run finds the same surroundings."""
    run(worker, "import torch, os\ndef f(x):\n    import seaborn\n    os.system('ls')\n    return x.cuda().to('cuda') + 1")
    called = worker.fork().namespace(seconds=5).lookup(("f",))["f"]
    import torch

    assert called(torch.ones(1)).tolist() == [2.0]


def test_a_grid_that_was_kept_ready_is_like_any_other(worker: Worker) -> None:
    """Current, numbered and sized as if it had been made; closed as any; the next one, and one in another style, is made anew."""
    told = tell(
        worker,
        "out",
        "import matplotlib, matplotlib.pyplot as plt\n"
        "out = [plt.get_fignums()]\n"
        "def grid(**options):\n"
        "    figure, axes = plt.subplots(5, 5, **options)\n"
        "    axes[4][4].imshow([[0, 1]]); axes[0, 0].axis('off')\n"
        "    out.append([plt.gcf() is figure, figure.number, axes.shape, tuple(map(float, figure.get_size_inches()))])\n"
        "    out[-1] += [len(figure.axes), figure.axes[24] is axes[4, 4]]\n"
        "grid(figsize=(5, 4)); grid(); plt.close('all'); out.append(plt.get_fignums()); grid(sharex=True)",
    )
    size = (6.4, 4.8)
    assert told == [
        [],
        [True, 1, (5, 5), (5.0, 4.0), 25, True],
        [True, 2, (5, 5), size, 25, True],
        [],
        [True, 1, (5, 5), size, 25, True],
    ]


def test_a_grid_in_another_style_is_made_anew(worker: Worker) -> None:
    """What was kept ready has the style of the start."""
    setup = "import matplotlib.pyplot as plt\nplt.style.use('dark_background')\naxes = plt.subplots(5, 5)[1]"
    assert tell(worker, "axes[0, 0].get_facecolor()", setup) == (0.0, 0.0, 0.0, 1.0)
