"""Finds submissions that have more code in common than the assignment explains: a folder of results in, `similarity.html` out.

What was handed in is read again, as text; nothing of it is run. `sources` reads it, `fingerprints` condenses it, `pairs` ranks,
and `page` shows. What is found is a lead for a person, never a verdict: no mark depends on it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from autograder.config import Config

__all__ = ["write_similarity"]


def write_similarity(
    results_dir: Path, config: Config, *, say: Callable[[int, int], None] = lambda done, of: None
) -> Path:
    """Compare the submissions of a folder of results, and write `similarity.html` into it. `say` is told how many are read.

    Raises UsageError if the library of fingerprints is not installed, BundleError if there is no bundle with the template.
    """
    from autograder.bundles import load_bundle
    from autograder.reports.atomic import write_atomically
    from autograder.reports.dashboard import SIMILARITY
    from autograder.reports.folder import open_results
    from autograder.similarity.fingerprints import Fingerprints
    from autograder.similarity.page import render_similarity
    from autograder.similarity.pairs import rank
    from autograder.similarity.sources import Own, own_code

    assignment = load_bundle(config).assignment
    fingerprints = Fingerprints(assignment.template)
    with open_results(results_dir, config) as folder:
        results = list(folder.results())
        read = []
        for done, result in enumerate(results, start=1):
            read.append(own_code(result, assignment, config))
            say(done, len(results))
        compared = [one for one in read if isinstance(one, Own)]
        prints = [fingerprints.of(one.text) for one in compared]
        page = render_similarity(read, compared, prints, rank(prints), config)
        return write_atomically(results_dir / SIMILARITY, page)
