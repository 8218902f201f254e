"""Draws docs/screenshots/desk-*.png: the template in JupyterLab, a mistake in it and what `grader.check` says of it.

python -m tests.desk.screenshots
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tests.desk.lab import Desk, jupyter
from tests.desk.test_lab import BLANKS, RELU
from tests.reports.chromium import chromium
from tests.samples import ROOT, TEMPLATE


def main() -> None:
    """Write a picture in light and one in dark."""
    with tempfile.TemporaryDirectory() as somewhere:
        folder = Path(somewhere) / "course"
        folder.mkdir()
        shutil.copy(TEMPLATE, folder)
        with jupyter(folder, Path(somewhere)) as address, chromium() as browser:
            desk = Desk(browser.new_page(viewport={"width": 1060, "height": 460}), address, TEMPLATE.name)
            desk.run("b64decode")
            desk.run("import torch.nn as nn")
            desk.replace(RELU, BLANKS)
            desk.run(RELU)
            desk.run('grader.check("relu")')
            for scheme, theme in (("light", "JupyterLab Light"), ("dark", "JupyterLab Dark")):
                desk.page.evaluate("(theme) => jupyterapp.commands.execute('apputils:change-theme', { theme })", theme)
                desk.page.wait_for_timeout(1500)
                desk.page.locator(".jp-Cell.jp-mod-active").evaluate("(cell) => cell.scrollIntoView({ block: 'center' })")
                desk.page.wait_for_timeout(300)
                desk.page.screenshot(path=ROOT / "docs" / "screenshots" / f"desk-{scheme}.png")


if __name__ == "__main__":
    main()
