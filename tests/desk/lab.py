"""Starts a real JupyterLab on a folder and drives it through a browser, as a student would: open, fill in, run, read."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jupyterlab

_SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/codemirror-extension:plugin": {"defaultConfig": {"autoClosingBrackets": False}},
}
_NOT_STUDENTS = {"@jupyter/nbgrader": True}
_CELLS = """(text) => {
  const cells = jupyterapp.shell.currentWidget.content.model.cells
  for (let at = 0; at < cells.length; at++)
    if (cells.get(at).type === 'code' && cells.get(at).sharedModel.getSource().includes(text)) return at
  return -1
}"""
_HOLDS = "(text) => jupyterapp.shell.currentWidget.content.activeCell.model.sharedModel.getSource() === text"
_READY = """() => window.jupyterapp?.shell?.currentWidget?.content?.model?.cells?.length > 10
  && jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'"""


@contextmanager
def jupyter(folder: Path, home: Path) -> Iterator[str]:
    """A JupyterLab server whose files are those of `folder`, with settings of its own in `home`; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    shared = Path(jupyterlab.__file__).parents[4] / "share" / "jupyter" / "lab"
    options = [
        "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", "--port-retries=0", "--IdentityProvider.token=",
        f"--ServerApp.root_dir={folder}", "--expose-app-in-browser", f"--app-dir={shared}",
    ]  # fmt: skip
    places = {name: str(home / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")}
    settings = home / "JUPYTER_CONFIG_DIR" / "labconfig"
    settings.mkdir(parents=True)
    (settings / "default_setting_overrides.json").write_text(json.dumps(_SETTINGS))
    (settings / "page_config.json").write_text(json.dumps({"disabledExtensions": _NOT_STUDENTS}))
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            env={**os.environ, **places, "HOME": str(home)}, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{address}/api", timeout=1).close()
                break
            except (urllib.error.URLError, OSError):
                if server.poll() is not None:
                    raise RuntimeError((home / "server.log").read_text()[-2000:]) from None
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(20)


class Desk:
    """A notebook that is open in JupyterLab."""

    def __init__(self, page: Any, address: str, notebook: str):
        self.page = page
        page.goto(f"{address}/lab/tree/{notebook}")
        page.wait_for_function(_READY, timeout=60_000)
        page.evaluate("() => jupyterapp.shell.collapseLeft()")

    def go_to(self, text: str) -> None:
        """Make the code cell that holds `text` the active one, and bring it into view."""
        at = self.page.evaluate(_CELLS, text)
        assert at >= 0, text
        self.page.evaluate(
            "(at) => { const notebook = jupyterapp.shell.currentWidget.content; notebook.activeCellIndex = at;"
            " return notebook.scrollToItem(at, 'start') }", at
        )  # fmt: skip

    def run(self, text: str) -> None:
        """Run the code cell that holds `text` with the keys that students use, and wait until it has ended."""
        self.go_to(text)
        self.page.keyboard.press("Control+Enter")
        self.page.wait_for_timeout(50)
        self.page.wait_for_function(
            "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"
            " && jupyterapp.shell.currentWidget.content.activeCell.model.executionState !== 'running'"
            " && jupyterapp.shell.currentWidget.content.activeCell.model.executionCount !== null",
            timeout=120_000,
        )

    def replace(self, text: str, edits: Mapping[str, str]) -> None:
        """Type a text with these edits, old to new, in place of what stands in the code cell that holds `text`."""
        self.go_to(text)
        source = self.page.evaluate("() => jupyterapp.shell.currentWidget.content.activeCell.model.sharedModel.getSource()")
        for old, new in edits.items():
            assert source.count(old) == 1, source
            source = source.replace(old, new)
        self.page.locator(".jp-Cell.jp-mod-active .cm-line").first.click()
        self.page.wait_for_function("() => jupyterapp.shell.currentWidget.content.activeCell.editor?.hasFocus()")
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(source)
        self.page.wait_for_function(_HOLDS, arg=source)
        self.page.keyboard.press("Escape")
        self.page.wait_for_function("() => jupyterapp.shell.currentWidget.content.mode === 'command'")

    def output(self) -> str:
        """What the active cell shows below its code, as it can be read."""
        return str(self.page.locator(".jp-Cell.jp-mod-active .jp-OutputArea").inner_text())
