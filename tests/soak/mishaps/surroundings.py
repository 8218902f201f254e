"""Mishaps with what surrounds the work: other machines, other folders, IPython's own language, missing modules."""

from __future__ import annotations

import re

from tests.soak.mishaps.catalogue import Pick, Unfit, mishap
from tests.soak.mishaps.work import Piece, Work, is_dead

ROOTS = (
    "'./data'", "'data'", "'/content/data'", '"MNIST"', "'/kaggle/working'", "'~/.pytorch/MNIST_data/'",
    "'/content/drive/MyDrive/hw 1/data'",
    "root='../data'", "root='C:\\\\Users\\\\me\\\\data'", "__import__('pathlib').Path('..') / 'data'",
    "__import__('os').path.join(__import__('os').getcwd(), 'data')",
)  # fmt: skip
MODULES = (
    "import seaborn as sns\nsns.set_theme(style='darkgrid')", "import sklearn", "from sklearn.metrics import accuracy_score",
    "from torchsummary import summary", "import tensorflow as tf", "import cv2", "from utils import plot_images, set_seed",
    "import d2l.torch as d2l", "import wandb\nwandb.init(project='mnist')", "import pytorch_lightning as pl", "import graphviz",
    "from torchviz import make_dot", "import plotly.express as px", "import helper", "from scipy.stats import norm",
    "import seaborn as sns, numpy as np", "import xgboost as xgb; import pandas as pd",
)  # fmt: skip
LINES = (
    "%matplotlib inline", "%load_ext autoreload\n%autoreload 2", "%config InlineBackend.figure_format = 'retina'",
    "!pip install torch torchvision", "!pip install -q otter-grader seaborn", "%pip install torch", "%conda install torch",
    "!nvidia-smi", "!ls -la ../data", "files = !ls", "here = %pwd", "%cd ..", "%env PYTHONHASHSEED=0", "%timeit sum(range(10))",
    "%%bash\necho hello\nls", "%%html\n<b>hi</b>", "%%javascript\nalert(1)", "%%writefile helper.py\ndef help():\n    pass",
    "%%capture\nprint('quiet')", "%%timeit\nsum(range(10))", "%who", "%whos", "%lsmagic", "%history",
    "%reset_selective -f nothing", "%debug",
    "torch.clamp?", "?torch.clamp", "torch.nn.Linear??", "help(torch.clamp)", "%notebook_magic_that_is_not_there",
    "%%unknown\nx = 0", "get_ipython().run_line_magic('matplotlib', 'inline')", "get_ipython().system('ls')",
    "%matplotlib notebook", "%matplotlib widget",
)  # fmt: skip
CELLS = (
    "import warnings\nwarnings.filterwarnings('ignore')",
    "import warnings\nwarnings.simplefilter('always')",
    "import random\nimport numpy as np\ntorch.manual_seed(0)\nnp.random.seed(0)\nrandom.seed(0)",
    "torch.backends.cudnn.deterministic = True\ntorch.backends.cudnn.benchmark = False\ntorch.use_deterministic_algorithms(True)",
    "import asyncio\nawait asyncio.sleep(0)",
    "torch.set_printoptions(precision=8, sci_mode=False)",
    "torch.set_num_threads(4)",
    "plt.rcParams['figure.figsize'] = (12, 8)\nplt.style.use('seaborn')",
    "plt.ion()\nplt.plot([1, 2, 3])\nplt.show(block=False)\nplt.savefig('figure.png')\nplt.close('all')",
    "import os\nos.environ['CUDA_VISIBLE_DEVICES'] = '0'\nos.environ['KMP_DUPLICATE_LIB_OK'] = 'TRUE'",
    "import os\nos.makedirs('../data', exist_ok=True)\nos.listdir('../data')",
    "import sys\nsys.path.append('..')\nsys.path.insert(0, '/content/drive/MyDrive')\nsys.setrecursionlimit(10000)",
    "from IPython.display import display, HTML, Image, clear_output\ndisplay(HTML('<b>hi</b>'))\nclear_output(wait=True)",
    "from IPython.core.interactiveshell import InteractiveShell\nInteractiveShell.ast_node_interactivity = 'all'",
    "import ipywidgets as widgets\nfrom ipywidgets import interact\nwidgets.IntSlider(value=3)\ninteract(lambda k: k, k=(0, 3))",
    "name = input('Your name: ')\nprint('hello', name)",
    "import getpass\nkey = getpass.getpass('key: ')",
    "import logging\nlogging.basicConfig(level=logging.DEBUG)\nlogging.debug('hi')",
    "import time\nstarted = time.time()\ntime.sleep(0.2)\nprint(f'{time.time() - started:.1f} s')",
    "import urllib.request\nurllib.request.urlretrieve('http://yann.lecun.com/exdb/mnist/x.gz', 'x.gz')",
    "import requests\nrequests.get('https://example.org', timeout=3)",
    "torch.autograd.set_detect_anomaly(True)",
    "import gc\ngc.collect()\ntorch.cuda.empty_cache()",
    "with open('notes.txt', 'w') as f:\n    f.write('hello')",
    "torch.save({'a': torch.ones(2)}, 'model.pt')\ntorch.load('model.pt')",
    "import multiprocessing\nprint(multiprocessing.cpu_count())",
    "import subprocess\nsubprocess.run(['ls'])",
    "from __future__ import annotations",
    "import matplotlib\nmatplotlib.use('TkAgg')",
    "from torch import nn, optim, Tensor\nfrom torch.nn import functional as F\nimport numpy as np",
)  # fmt: skip
COLAB = (
    "from google.colab import drive\ndrive.mount('/content/drive')",
    "from google.colab import drive\ndrive.mount('/content/drive', force_remount=True)\n%cd /content/drive/MyDrive/hw1",
    "from google.colab import drive\nimport os\ndrive.mount('/content/drive')\nos.chdir('/content/drive/MyDrive/My Notebooks')",
    "from google.colab import files\nuploaded = files.upload()\nfor fn in uploaded.keys():\n    print(fn, len(uploaded[fn]))",
    "import google.colab\nfrom google.colab.patches import cv2_imshow\nfrom google.colab import output, userdata",
    "try:\n    import google.colab\n    IN_COLAB = True\nexcept ImportError:\n    IN_COLAB = False\n"
    "if IN_COLAB:\n    !pip install otter-grader",
    "!wget -q https://example.org/data.zip\n!unzip -o data.zip -d /content/data",
    "import os\nfor dirname, _, filenames in os.walk('/kaggle/input'):\n"
    "    for filename in filenames:\n        print(os.path.join(dirname, filename))",
    "import pandas as pd\nframe = pd.read_csv('/kaggle/input/digit-recognizer/train.csv')",
    "from kaggle_datasets import KaggleDatasets\nfrom kaggle_secrets import UserSecretsClient",
    "#@title Settings { run: \"auto\" }\nsize = 30 #@param {type:\"integer\"}",
)  # fmt: skip


def set_up(work: Work) -> Piece:
    """The first cell that imports torch. Raises Unfit if there is none that is plain Python."""
    for cell in work.code():
        if "torch" in cell.names[0] and re.search(r"^\s*import torch\b", cell.text, re.MULTILINE):
            return cell
    raise Unfit


def _in_front(cell: Piece, text: str) -> None:
    """Put lines in front of a cell's text; its own margin and line ends are taken over."""
    if cell.text[:1] == "\ufeff" or cell.text.startswith("%%"):
        raise Unfit
    first = next((line for line in cell.text.split("\n") if line.strip()), "")
    margin = first[: len(first) - len(first.lstrip())]
    end = "\r\n" if "\r\n" in cell.text else "\n"
    cell.text = end.join([margin + line for line in text.split("\n")] + [cell.text])


@mishap("surroundings")
def missing_modules(work: Work, pick: Pick) -> None:
    """The imports begin with that of a module that is not there."""
    _in_front(set_up(work), pick.of(MODULES))


@mishap("surroundings")
def colab_in_the_imports(work: Work, pick: Pick) -> None:
    """The cell with the imports begins with what Colab or Kaggle want."""
    _in_front(set_up(work), pick.of(COLAB))


@mishap("surroundings")
def colab(work: Work, pick: Pick) -> None:
    """A cell of its own for Colab or Kaggle, at the top or between."""
    work.insert(0 if pick.flag() else pick.number(0, len(work.cells)), pick.of(COLAB))


@mishap("surroundings")
def ipython_cells(work: Work, pick: Pick) -> None:
    """Cells with magics, shell commands and questions to IPython stand between the others."""
    for _ in range(pick.number(1, 3)):
        work.insert(pick.number(0, len(work.cells)), pick.of(LINES))


@mishap("surroundings", alone="first line")
def ipython_in_cells(work: Work, pick: Pick) -> None:
    """A cell of the work, or every one, begins with a magic or a shell command."""
    line = pick.of([line for line in LINES if not line.startswith("%%")])
    for cell in pick.some([cell for cell in work.plain() if cell.text.strip()]):
        _in_front(cell, line)


@mishap("surroundings", alone="first line")
def timed(work: Work, pick: Pick) -> None:
    """A cell of the work, or every one, begins with %%time or %%capture."""
    magic = pick.of(("%%time", "%%capture", "%%capture output", "%%time\n"))
    for cell in pick.some([cell for cell in work.plain() if cell.text.strip() and not cell.text[0].isspace()]):
        _in_front(cell, magic)


@mishap("surroundings")
def scratch_set_ups(work: Work, pick: Pick) -> None:
    """Cells that set something up, ask for something, or look at something, as students have them."""
    at = work.at(set_up(work)) + 1
    for _ in range(pick.number(1, 3)):
        work.insert(pick.number(at, len(work.cells)), pick.of(CELLS))


@mishap("surroundings")
def set_up_in_the_imports(work: Work, pick: Pick) -> None:
    """The cell with the imports also sets something up."""
    cell = set_up(work)
    if cell.tree() is None:
        raise Unfit
    cell.text = f"{cell.text}\n{pick.of([text for text in CELLS if '__future__' not in text])}"


@mishap("surroundings")
def everything_imported(work: Work, pick: Pick) -> None:
    """All of torch's names are imported by star; the built-in ones are taken back."""
    cell = set_up(work)
    if cell.tree() is None:
        raise Unfit
    cell.text += "\nfrom torch import *\nfrom math import *\nfrom builtins import *"


@mishap("surroundings")
def double_precision(work: Work, pick: Pick) -> None:
    """Double precision is torch's default."""
    cell = set_up(work)
    if cell.tree() is None:
        raise Unfit
    cell.text += "\ntorch.set_default_dtype(torch.float64)"


@mishap("surroundings")
def other_root(work: Work, pick: Pick) -> None:
    """MNIST is looked for in another folder."""
    root = pick.of(ROOTS)
    cell = pick.of([cell for cell in work.code() if re.search(r"MNIST\('../data'", cell.text)])
    cell.text = cell.text.replace("MNIST('../data'", f"MNIST({root}")


@mishap("surroundings")
def download_off(work: Work, pick: Pick) -> None:
    """MNIST is not to be downloaded, or by default."""
    new = pick.of(("download=False, ", "", "download = True, "))
    cell = pick.of([cell for cell in work.code() if "MNIST(" in cell.text and "download=True, " in cell.text])
    cell.text = cell.text.replace("download=True, ", new)


@mishap("surroundings")
def loader_options(work: Work, pick: Pick) -> None:
    """The loaders have processes of their own, pinned memory and what else there is."""
    options = pick.of(
        (
            "num_workers=4, pin_memory=True", "num_workers=2", "num_workers=8, persistent_workers=True, prefetch_factor=4",
            "pin_memory=True, pin_memory_device='cuda'", "num_workers=0, timeout=0", "generator=torch.Generator().manual_seed(0)",
        )
    )  # fmt: skip
    cell = pick.of([cell for cell in work.code() if re.search(r"DataLoader\(t\w+, batch_size=\d+", cell.text)])
    cell.text = re.sub(r"(DataLoader\(t\w+, batch_size=\d+)", rf"\1, {options}", cell.text)


def _training(work: Work) -> Piece:
    cells = [cell for cell in work.plain() if "mnist" in cell.questions and "enumerate(train_loader)" in cell.text]
    if not cells:
        raise Unfit
    return cells[0]


@mishap("surroundings")
def cuda(work: Work, pick: Pick) -> None:
    """The training moves its batches to a graphics card, whether there is one or not, and the parameters with them."""
    training = _training(work)
    linear = next((cell for cell in work.plain() if "self.weight = std * torch.randn_like(self.weight)\n" in cell.text), None)
    found = pick.of(
        (
            "device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')",
            "device = 'cuda'", "device = torch.device('cuda:0')",
            "device = torch.device('mps' if torch.backends.mps.is_available() else 'cpu')",
            "device = 'cuda' if torch.cuda.is_available() else 'cpu'",
            "assert torch.cuda.is_available()\ndevice = 'cuda'",
            "device = torch.accelerator.current_accelerator() or 'cpu'",
        )
    )  # fmt: skip
    move = pick.of((".to(device)", ".cuda()", ".to('cuda')", ".to(device, non_blocking=True)", ".to('cuda:0').float()"))
    if linear is None or linear is training:
        raise Unfit
    work.insert(work.at(set_up(work)) + 1, f"{found}\nprint(device, torch.cuda.get_device_name(0))")
    linear.text = linear.text.replace(
        "self.weight = std * torch.randn_like(self.weight)\n", f"self.weight = (std * torch.randn_like(self.weight)){move}\n"
    ).replace("self.bias = torch.rand_like(self.bias)\n", f"self.bias = torch.rand_like(self.bias){move}\n")
    training.text = re.sub(r"\bx_batch\.flatten\(", f"x_batch{move}.flatten(", training.text)
    training.text = training.text.replace("one_hot(y_batch,", f"one_hot(y_batch{move.replace('.float()', '')},")


@mishap("surroundings")
def progress_bars(work: Work, pick: Pick) -> None:
    """The training loops have progress bars, of a module that may not be there."""
    line = pick.of(
        ("from tqdm import tqdm", "from tqdm.notebook import tqdm", "from tqdm.auto import tqdm",
         "from tqdm import tqdm_notebook as tqdm", "from fastprogress import progress_bar as tqdm")
    )  # fmt: skip
    training, inner = _training(work), pick.number(0, 2)
    if inner:
        training.text = training.text.replace("enumerate(train_loader)", "enumerate(tqdm(train_loader))")
    if inner != 1:
        training.text = training.text.replace("in range(epochs):", "in tqdm(range(epochs)):")
    if "tqdm" not in training.text:
        raise Unfit
    if pick.flag():
        _in_front(set_up(work), line)
    else:
        _in_front(training, line)


@mishap("surroundings")
def batch_names_shadow(work: Work, pick: Pick) -> None:
    """The training loop takes `x` and `y` for its batches."""
    training = _training(work)
    if not is_dead(work, work.at(training), "x") or re.search(r"\b[xy]\b", training.text):
        raise Unfit
    training.text = re.sub(r"\bx_batch\b", "x", re.sub(r"\by_batch\b", "y", training.text))
