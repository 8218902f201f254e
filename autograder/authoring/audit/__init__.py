"""Are the tests themselves good? Wrong solutions are made of the right one, and each of them has to lose marks.

    mutate     a cell's source in, mutants out
    variants   what else must lose nothing, or something: other correct solutions, known mistakes
    campaign   all of them graded; a verdict on each
    marks      mutants that are right after all, with the reason
    record     what an audit found, and what it was made from, so that `generate` can ask for it
    table, page, matrix    a terminal, a page, the kill matrix as Markdown
"""

from autograder.authoring.audit.campaign import run_audit
from autograder.authoring.audit.verdicts import Audit, Fate, Kill, Verdict

__all__ = ["Audit", "Fate", "Kill", "Verdict", "run_audit"]
