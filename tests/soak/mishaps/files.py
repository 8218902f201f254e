"""Mishaps with the file: old and new formats, encodings, names, scripts instead of notebooks, archives and what lies beside."""

from __future__ import annotations

from typing import Any

from tests.soak.mishaps.catalogue import Pick, Unfit, mishap
from tests.soak.mishaps.work import Work

NAMES = (
    "Copy of neural_networks", "Kopie von neural_networks (1)", "neural_networks (2)", "Untitled", "HW1 final FINAL", "作业一",
    "neural_networks.ipynb", "Übung_1_Müller", "a" * 120, "submission.v2", " leading blank", "100%_done#1", "-n",
)  # fmt: skip


@mishap("files", alone="name")
def other_name(work: Work, pick: Pick) -> None:
    """The file has another name."""
    work.form.name = pick.of(NAMES)


@mishap("files", alone="name")
def other_ending(work: Work, pick: Pick) -> None:
    """The file has another ending, as a browser or a mail program gives it."""
    work.form.suffix = pick.of((".ipynb.txt", ".ipynb.json", ".json", ".IPYNB", ".txt", ".ipynb.download"))


@mishap("files", alone="format")
def older_format(work: Work, pick: Pick) -> None:
    """The notebook is of an earlier version of the format, down to 3."""
    work.form.version = pick.of(((4, 4), (4, 3), (4, 2), (4, 1), (4, 0), (3, 0)))


@mishap("files", alone="format")
def script(work: Work, pick: Pick) -> None:
    """The work is handed in as a script: with percent marks, as Jupytext's light one, or from nbconvert."""
    kind = pick.of(("percent", "nbconvert", "light"))
    if work.counted:
        raise Unfit  # the order would be lost with the counts
    work.form.script = kind


@mishap("files", alone="JSON")
def stray_json(work: Work, pick: Pick) -> None:
    """Ids, metadata, outputs, counts or the versions are missing, or of odd types."""
    if work.form.version[0] == 3 or work.form.script:
        raise Unfit
    keys = pick.of((("id",), ("metadata",), ("outputs",), ("id", "metadata", "outputs"), ("execution_count",)))
    if "execution_count" in keys and work.counted:
        raise Unfit
    odd = pick.number(0, 3)

    def edit(document: dict[str, Any]) -> None:
        for cell in document["cells"]:
            for key in keys:
                cell.pop(key, None)
        if odd == 1:
            del document["metadata"], document["nbformat_minor"]
        elif odd == 2:
            document["nbformat"] = 5
        elif odd == 3:
            document.pop("nbformat")

    work.form.edits.append(edit)


@mishap("files")
def source_as_string(work: Work, pick: Pick) -> None:
    """The source of cells is one string, or lines without their ends joined anew, or single characters."""
    if work.form.version[0] == 3 or work.form.script:
        raise Unfit
    kind = pick.number(0, 1)

    def edit(document: dict[str, Any]) -> None:
        for cell in document["cells"]:
            text = "".join(cell["source"])
            cell["source"] = list(text) if kind else text

    work.form.edits.append(edit)


@mishap("files")
def large_outputs(work: Work, pick: Pick) -> None:
    """The saved outputs are large: pictures, widgets' states, errors."""
    size = pick.number(1, 3) * 1_000_000
    for cell in work.cells:
        if cell.kind == "code" and cell.questions:
            cell.output = "x" * size
            break


@mishap("files")
def foreign_metadata(work: Work, pick: Pick) -> None:
    """The metadata is Colab's, Kaggle's or VS Code's, or that of another kernel."""
    metadata = pick.of(
        (
            {"colab": {"provenance": [], "gpuType": "T4"}, "accelerator": "GPU", "kernelspec": {"name": "python3"}},
            {"kernelspec": {"name": "conda-env-ml-py"}, "language_info": {"name": "python", "version": "2.7"}},
            {"language_info": {"name": "python"}, "orig_nbformat": 4, "vscode": {"interpreter": {"hash": "x"}}},
            {"kaggle": {"accelerator": "gpu", "dataSources": []}, "kernelspec": None},
            {},
        )
    )  # fmt: skip
    if work.form.script:
        raise Unfit

    def edit(document: dict[str, Any]) -> None:
        document["metadata"] = metadata

    work.form.edits.append(edit)


@mishap("files", alone="encoding")
def encoding(work: Work, pick: Pick) -> None:
    """The file is not UTF-8 as such: with a byte order mark, UTF-16, or UTF-32."""
    work.form.encoding = pick.of(("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"))


@mishap("files", alone="encoding")
def windows_lines(work: Work, pick: Pick) -> None:
    """The file's own lines end as on Windows, with blank lines around."""
    work.form.encoding = "windows lines"


@mishap("files", alone="archive")
def archive(work: Work, pick: Pick) -> None:
    """The file is in an archive."""
    work.form.wraps.append(pick.of(("zip", "tar.gz", "tar")))


@mishap("files")
def nested_folder(work: Work, pick: Pick) -> None:
    """The file is in a folder in a folder."""
    work.form.wraps.insert(0, "folder")


@mishap("files")
def scratch_notebook_beside(work: Work, pick: Pick) -> None:
    """A notebook of a few lines and some data lie beside the work."""
    work.form.wraps.insert(0, pick.of(("scratch", "early scratch", "late scratch")))


@mishap("files")
def apple_double(work: Work, pick: Pick) -> None:
    """What a Mac leaves lies beside the work: ._ files, __MACOSX, .DS_Store."""
    work.form.wraps.insert(0, "AppleDouble")


@mishap("files")
def checkpoint_beside(work: Work, pick: Pick) -> None:
    """The folder of Jupyter's checkpoints lies beside the work, with an old version in it."""
    work.form.wraps.insert(0, "checkpoints")
