"""Grades a batch on a cluster: an address and what was found in; the results, one by one as they are ready, out.

    with connected("tcp://10.0.0.5:8786", say=print) as cluster:
        for step in cluster.grade_batch(grader, found):
            ...
"""

from __future__ import annotations

import contextlib
import re
import secrets
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from autograder.bundles import load_bundle
from autograder.cluster.kit import Kit, data_here, files_here, versions_here
from autograder.cluster.run import PARTING_SECONDS, Run, Say
from autograder.errors import ClusterUnavailable
from autograder.grading.batch import BatchProgress, seed_for
from autograder.grading.grade import Grader
from autograder.grading.judges import MARGIN
from autograder.submissions import Found

_PORT = re.compile(r":\d+/?$")


@contextmanager
def connected(address: str, *, say: Say, jobs: int = 0, unconfined: bool = False) -> Iterator[Cluster]:
    """A connection to the scheduler at `address`, or to that of a scheduler file; encrypted if dask's own configuration says so.

    `say` is told, in a line each, what whoever waits should know. `jobs`: submissions under way at once; 0: as many as the
    workers have threads. Raises ClusterUnavailable.
    """
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        reason = "grading on a cluster needs dask.distributed, which is not installed here: pip install 'autograder[cluster]'"
        raise ClusterUnavailable(reason) from error
    file = Path(address).is_file()
    if not file and not _PORT.search(address):
        raise ClusterUnavailable(f"{address}: is no scheduler's address; write tcp://HOST:PORT, or name a scheduler file")
    where = {"scheduler_file": address} if file else {"address": address}
    try:
        client = Client(**where, set_as_default=False, name="autograder")
    except (OSError, ValueError, TypeError, RuntimeError, ImportError) as error:
        raise ClusterUnavailable(f"{address}: no dask scheduler can be reached there: {error}") from error
    try:
        yield Cluster(client, address, say, jobs, unconfined=unconfined)
    finally:
        with contextlib.suppress(Exception):  # it may be gone already
            client.close(timeout=PARTING_SECONDS)


class Cluster:
    """A cluster that can be given batches."""

    def __init__(self, client: Any, address: str, say: Say, jobs: int, *, unconfined: bool):
        self._client, self._address, self._say, self._jobs, self._unconfined = client, address, say, jobs, unconfined

    def grade_batch(
        self,
        grader: Grader,
        found: Sequence[Found],
        *,
        seed: int | None = None,
        seeds_of: Mapping[str, int] | None = None,
    ) -> Generator[BatchProgress, None, None]:
        """As `batch.grade_batch`, on the workers of the cluster, those that join later too.

        A submission that loses its worker is given to another, and after LOSSES times ends as `errored`. Raises ClusterError if
        the scheduler is lost, and ClusterUnavailable if no worker may grade. Whoever stops iterating ends what is under way.
        """
        seeds = {one.name: seed_for(one, seed, seeds_of or {}) for one in found}
        run = Run(self._client, self._address, self._say, self._jobs, grader, self._kit(grader, len(found)), found, seeds)
        try:
            yield from run.steps()
        finally:
            run.end()

    def _kit(self, grader: Grader, submissions: int) -> Kit:
        return Kit(
            run=secrets.token_hex(8),
            config=grader.config.path.read_bytes(),
            manifest=load_bundle(grader.config).manifest,
            key=grader.key,
            versions=versions_here(),
            files=files_here(),
            data=data_here(),
            submissions=submissions,
            unconfined=self._unconfined,
            seconds=grader.config.execution.submission_seconds + 2 * MARGIN,
        )
