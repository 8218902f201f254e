"""A complete notebook as people bring it from Colab: what it does besides the assignment's work, before, inside and after it."""

from __future__ import annotations

METADATA = {
    "kernelspec": {"display_name": "conda-env-dl2024", "language": "python", "name": "conda-env-dl2024-py"},
    "colab": {"provenance": [], "gpuType": "T4"},
    "accelerator": "GPU",
}

_FIRST = (
    """!pip install -q torchsummary seaborn
%matplotlib notebook
%load_ext autoreload
%autoreload 2
%tensorflow_version 2.x
%config InlineBackend.figure_format = 'retina'
gpu = !nvidia-smi
print('\\n'.join(gpu))
""",
    """from google.colab import drive, files
drive.mount('/content/drive')
%cd /content/drive/MyDrive/course
import os
os.makedirs('/content/drive/MyDrive/course/models', exist_ok=True)
for name in files.upload():
    print(name)
""",
    """%%bash
git clone https://example.com/course.git
""",
    """import subprocess, sys
subprocess.check_call([sys.executable, '-m', 'pip', 'install', 'tqdm'])
os.chdir('/kaggle/working')
student = input('Your name: ')
""",
)

_LAST = (
    """torch.save({'weight': layers[0].weight, 'bias': layers[0].bias}, '/content/drive/MyDrive/course/models/net.pt')
plt.savefig('/content/figures/loss.png')
files.download('/content/figures/loss.png')
torch.cuda.empty_cache()
display(torch.cuda.get_device_name(0))
""",
    """import asyncio
await asyncio.sleep(0)
if __name__ == '__main__':
    print('done')
exit()
sys.exit()
""",
)

_EDITS = (
    ("import matplotlib.pyplot as plt", """import matplotlib.pyplot as plt
plt.switch_backend('TkAgg')
import numpy as np, random
import seaborn as sns
from torchsummary import summary
from torch.utils.tensorboard import SummaryWriter
from tqdm.notebook import tqdm
sns.set_theme()
writer = SummaryWriter('/content/runs')
random.seed(42); np.random.seed(42); torch.manual_seed(42); torch.cuda.manual_seed_all(42)
torch.backends.cudnn.deterministic = True
torch.use_deterministic_algorithms(True)
device = torch.device('cuda:0')"""),
    ("class Linear(object):", "%%time\nclass Linear(object):"),
    ("self.weight = std * torch.randn_like(self.weight)", "self.weight = std * torch.randn_like(self.weight).to(device)"),
    ("layer = Linear(in_features, out_features)", "layer = Linear(in_features, out_features)\n%timeit layer.forward(x)\nlayer?"),
    ("torch_net = TorchNet(in_features, hidden_dim, out_features)",
     "torch_net = torch.compile(TorchNet(in_features, hidden_dim, out_features).cuda())\nsummary(torch_net, (in_features,))"),
    ("datasets.MNIST('../data', train=True", "datasets.MNIST('/content/drive/MyDrive/data', train=True"),
    ("datasets.MNIST('../data', train=False", "datasets.MNIST('/content/data', train=False"),
    ("batch_size=64, shuffle=True)", "batch_size=64, shuffle=True, num_workers=4, pin_memory=True)"),
    ("# TODO: the network's dimensions.", "%%capture log\n# TODO: the network's dimensions."),
    ("for epoch in range(epochs):", "for epoch in tqdm(range(epochs), desc='epochs'):"),
    ("        y_pred = net.forward(x_batch)\n        loss, grad = CrossEntropyLoss(y_batch, y_pred)\n        train_losses",
     "        x_batch, y_batch = x_batch.to(device, non_blocking=True), y_batch.cuda()\n        torch.cuda.synchronize()\n"
     "        y_pred = net.forward(x_batch)\n        loss, grad = CrossEntropyLoss(y_batch, y_pred)\n"
     "        writer.add_scalar('loss', loss)\n        train_losses"),
)  # fmt: skip


def colab_style(complete: list[str]) -> list[str]:
    """The code cells of a complete notebook, with all of this added; one cell is indented as a whole."""
    cells = list(complete)
    for old, new in _EDITS:
        (place,) = (index for index, cell in enumerate(cells) if old in cell)
        cells[place] = cells[place].replace(old, new, 1)
    cells = [cell.replace("\n", "\n ").join((" ", "")) if cell.startswith("class ReLU") else cell for cell in cells]
    return [*_FIRST, *cells, *_LAST]
