"""From what was found to one notebook: any format, any archive, within bounds; or one clear line on why there is none.

Where a change belongs:

    limits          how large, how many, how deep: every bound, and the refusal that they end in
    kinds           the first bytes of a file: what it is, whatever its name says
    text            bytes to text: UTF-8, UTF-16, line ends
    json_notebook   .ipynb files, nbformat 3 to 4.5; `json_repair` mends what is not quite JSON
    script          .py files with cells, exported ones and plain ones
    content         one file's name and bytes to its code cells, by its kind
    sources         folders and single files on disk, opened so that nothing blocks or leads out
    archives        zip, tar and gzip files, read in memory
    candidates      all files of a submission that may be its notebook, those in archives within it too
    parcel          a submission that was packed on another machine; `packing` packs it
    submission      the whole of it: open, read, choose the best of several; and the digest of what was handed in
"""

from autograder.submissions.reading.submission import digest_of, read_file, read_submission

__all__ = ["digest_of", "read_file", "read_submission"]
