"""A folder of results, held by one process at a time: results in, files out, and what is needed of all of them read back fast."""

from __future__ import annotations

import contextlib
import fcntl
import functools
import hashlib
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from autograder.config import Config
from autograder.errors import AutograderError, UsageError
from autograder.reports.atomic import LEFTOVER, write_atomically
from autograder.reports.feedback import FEEDBACK
from autograder.reports.final import Marks, finalise
from autograder.reports.index import FORMAT, Entry, Files, Index
from autograder.reports.lines import Stamp
from autograder.reports.overrides import Identity, Matched, Override, fingerprint, match, read_overrides
from autograder.reports.store import (
    GRADESCOPE,
    HIDDEN,
    RESULT,
    damaged_result,
    encode_result,
    folder_name,
    read_result,
    rewrite_views,
    storable,
    write_storable,
)
from autograder.results import SubmissionResult
from autograder.uncollected import uncollected

_LOCK: Final = "lock"
_STAGED: Final = "staged"
_DECIDED: Final = "publishing"


class ResultsFolder:
    """The results of one class.

    Files of a submission are written when they are given; what the overviews need is kept in an index beside them.

    Attributes:
        out: the folder.
        own: the folder in it that is nobody else's.
        overrides: what is set by hand, as it was when the folder was opened.
    """

    def __init__(self, out: Path, config: Config):
        """Read what is there, remove what a killed process has left half written, and finish a publication that was cut short.

        Raises ConfigError, and changes nothing, if `overrides.yaml` is wrong. Only while the folder is held: `open_results` sees
        to that.
        """
        self.out, self._config = out, config
        self.own = out / HIDDEN
        self.overrides = read_overrides(out)
        self._matched: Matched | None = None
        self._views_by = _views_key(config)
        with uncollected():
            self._index = Index(self.own / f"index-{FORMAT}.jsonl")
            self._files = dict(_scan(out))
        for own in (out, self.own / _STAGED):
            _sweep(own)
        self.finish_publishing()

    @property
    def names(self) -> tuple[str, ...]:
        """The submissions that have files here, sorted."""
        return tuple(sorted(self._files))

    def entry(self, name: str) -> SubmissionResult | None:
        """The result of a submission, condensed and without questions; None if there is none, or a damaged one."""
        files = self._files.get(name)
        if files is None:
            return None
        entry = self._index.entry(name, files)
        if entry is None:
            try:
                result = read_result(self.out / name / RESULT)
            except AutograderError:
                return None
            entry = self._note(result, files, "")
        return self._index.result(entry, whole=False)

    def whole(self, name: str) -> SubmissionResult:
        """The result of a submission with all that is in it. Raises AutograderError if it cannot be read."""
        return read_result(self.out / name / RESULT)

    def write(self, result: SubmissionResult) -> None:
        """Write the files of a submission. When this returns, its `result.json` outlives a power failure."""
        result = storable(result)
        one = _identity(result)
        # Who else an override could be meant for is known when all are graded: `overridden` are looked at again then.
        key, override = match(self.overrides.narrowed(self.overrides.keys_for(one)), [one]).found.get(result.name, ("", None))
        final = finalise(result, self._config, override, key)
        write_storable(result, self.out, self._config, final)
        self._matched = None
        files = self._files[result.name] = _files(self.out / result.name)
        self._note(result, files, self._views_with(override))

    def adopt(self, result: SubmissionResult) -> None:
        """Take note of the files of a submission that were made from this result just now, with nothing set by hand."""
        self._matched = None
        files = self._files[result.name] = _files(self.out / result.name)
        self._note(result, files, self._views_by)

    @property
    def matched(self) -> Matched:
        """Which override is for which submission."""
        if self._matched is None:
            self._matched = match(self.overrides, self._identities() if self.overrides.entries else ())
        return self._matched

    @property
    def marks(self) -> Marks:
        """The final marks of all that are here."""
        return Marks(self._config, self.matched)

    @property
    def overridden(self) -> tuple[str, ...]:
        """Those that a key in `overrides.yaml` could mean, applied or not, and those whose pages were made with an override."""
        once = [name for name, files in self._files.items() if self._made_with(name, files)]
        now = self._identities() if self.overrides.entries else ()
        return tuple(sorted({*once, *(one.name for one in now if self.overrides.keys_for(one))}))

    def _made_with(self, name: str, files: Files) -> str:
        """The fingerprint of the override that pages were made with; empty for none."""
        entry = self._index.entry(name, files)
        return entry.views.removeprefix(self._views_by) if entry is not None and entry.views.startswith(self._views_by) else ""

    def _identities(self) -> Iterator[Identity]:
        for name in self.names:
            known = self.entry(name)
            yield _identity(known) if known is not None else Identity(name, "", ())

    def _views_with(self, override: Override | None) -> str:
        return f"{self._views_by}{fingerprint(override)}"

    def _note(self, result: SubmissionResult, files: Files, views: str) -> Entry:
        self._index.add([(result, files, views)])
        entry = self._index.entry(result.name, files)
        if entry is None:
            raise AutograderError(f"{self.out / result.name}: vanished while it was written; does something else write there?")
        return entry

    def refresh_views(self, name: str, *, always: bool = False) -> bool:
        """Make feedback and Gradescope's form of a submission again from its `result.json`, if they are not current.

        They are while neither they nor the result, what is set by hand, the configuration or the code of the reports have
        changed since they were made. Returns whether they were made. Of a damaged result they are left alone.
        """
        files = self._files[name]
        entry = self._index.entry(name, files)
        key, override = self.matched.found.get(name, ("", None))
        views = self._views_with(override)
        if entry is not None and entry.views == views and entry.files == files and not always:
            return False
        try:
            result = read_result(self.out / name / RESULT)
        except AutograderError:
            return False
        rewrite_views(result, self.out, self._config, finalise(result, self._config, override, key))
        self._files[name] = files = _files(self.out / name)
        self._note(result, files, views)
        return True

    def look_again(self) -> None:
        """Notice what others have done to the files since: hours may have gone by."""
        self._matched = None
        self._files = dict(_scan(self.out))

    def results(self) -> Iterator[SubmissionResult]:
        """All results, condensed, sorted by name; a damaged one as an errored submission with the reason as its note."""
        self._index.tidy(self._files)
        for name, files in sorted(self._files.items()):
            entry = self._index.entry(name, files)
            if entry is None:
                try:
                    entry = self._note(read_result(self.out / name / RESULT), files, "")
                except AutograderError as error:
                    yield damaged_result(name, str(error))
                    continue
            yield self._index.result(entry)

    # What follows is for a regrade: new results wait beside the old ones until it was seen what changes.

    def stage(self, result: SubmissionResult) -> None:
        """Keep a new result beside the one that there is, where no report takes note of it."""
        result = storable(result)
        path = self.own / _STAGED / f"{folder_name(result.name)}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, encode_result(result), lasting=True)

    def staged(self) -> Iterator[SubmissionResult]:
        """The results that wait, sorted by name. One that is damaged is thrown away: it will be graded again."""
        folder = self.own / _STAGED
        for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
            try:
                yield read_result(path, path.name.removesuffix(".json"))
            except AutograderError:
                path.unlink(missing_ok=True)

    def drop(self, name: str) -> None:
        """Throw a result away that waits."""
        (self.own / _STAGED / f"{name}.json").unlink(missing_ok=True)

    def publish(self, names: frozenset[str]) -> int:
        """Put results that wait in the place of the old ones; how many. If this is cut short, `finish_publishing` goes on."""
        write_atomically(self.own / _DECIDED, msgspec.json.encode(sorted(names)), lasting=True)
        return self.finish_publishing()

    def finish_publishing(self) -> int:
        """Go on with a publication that was cut short, if one was; how many results it still had to do."""
        decided = self.own / _DECIDED
        try:
            names = frozenset(msgspec.json.decode(decided.read_bytes(), type=list[str]))
        except (OSError, msgspec.DecodeError):
            return 0
        done = 0
        for result in self.staged():
            if result.name in names:
                self.write(result)
                self.drop(result.name)
                done += 1
        decided.unlink()
        return done


@contextmanager
def open_results(out: Path, config: Config) -> Iterator[ResultsFolder]:
    """The results in `out`, which is made if it is not there, for this process alone until the block ends.

    Raises UsageError if another process holds the folder.
    """
    with hold(out):
        yield ResultsFolder(out, config)


@contextmanager
def hold(out: Path) -> Iterator[None]:
    """Keep all other processes from `out` until the block ends, and read nothing yet.

    If the block fails before anything is kept there, nothing of the folder is left.

    Raises UsageError if another process holds the folder.
    """
    own = out / HIDDEN
    before = own.exists()
    try:
        own.mkdir(parents=True, exist_ok=True)
        # A record lock, which belongs to this process: that of `flock` would live on in every process forked from it, and a
        # run that was killed would seem to go on until the last of them has ended.
        lock = (own / _LOCK).open("a+b")
    except OSError as error:
        raise UsageError(f"{out}: results cannot be written there: {error.strerror or error}") from error
    with lock:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            holder = lock.read(200).decode(errors="replace").strip() or "another process"
            raise UsageError(f"{out}: {holder} is writing there; wait until it has ended, or name another folder") from error
        if not os.fstat(lock.fileno()).st_nlink:
            raise UsageError(f"{out}: another run has just been refused there; give the command again")
        lock.truncate(0)
        lock.write(f"autograder, process {os.getpid()} on {socket.gethostname()},".encode())
        lock.flush()
        try:
            yield
        except BaseException:
            if not before and [entry.name for entry in own.iterdir()] == [_LOCK]:
                shutil.rmtree(own, ignore_errors=True)
            raise


def _scan(out: Path) -> Iterator[tuple[str, Files]]:
    """The submissions that have files in `out`. What was left half written in their folders is removed on the way."""
    with os.scandir(out) as folders:
        for folder in folders:
            if folder.is_dir(follow_symlinks=True):
                files = _files(Path(folder.path))
                if files != Files():
                    yield folder.name, files


def _files(folder: Path) -> Files:
    found: dict[str, Stamp] = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name in (RESULT, GRADESCOPE, FEEDBACK):
                with contextlib.suppress(FileNotFoundError):
                    found[entry.name] = Stamp.of(entry.stat())
            elif LEFTOVER.fullmatch(entry.name):
                Path(entry.path).unlink(missing_ok=True)
    return Files(found.get(RESULT), found.get(GRADESCOPE), found.get(FEEDBACK))


def _sweep(folder: Path) -> None:
    """Remove what was left half written directly in a folder, if it is there."""
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if LEFTOVER.fullmatch(entry.name):
                Path(entry.path).unlink(missing_ok=True)


def _identity(result: SubmissionResult) -> Identity:
    return Identity(result.name, result.digest, result.students)


@functools.cache
def _code() -> bytes:
    """A digest of what makes pages of results."""
    here = Path(__file__).parent
    whole = hashlib.sha256()
    for path in sorted([*here.glob("*.py"), *(here / "templates").iterdir(), here.parent / "results.py"]):
        if path.is_file():
            whole.update(path.name.encode() + b"\0" + path.read_bytes())
    return whole.digest()


def _views_key(config: Config) -> str:
    return hashlib.sha256(_code() + config.model_dump_json().encode()).hexdigest()[:16]

