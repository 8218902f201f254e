"""Every exception that autograder raises on purpose, as one tree.

    AutograderError
    ├── UsageError              the call or the configuration is wrong: exit code 2, nothing was done
    │   ├── ConfigError         grading_config.yaml, overrides.yaml: file, line, key, what was expected
    │   ├── BundleError         a bundle that is missing, stale or damaged
    │   └── AuthoringError      the solution notebook: lint findings, a failed verification
    ├── SubmissionError         a submission that cannot be read: it gets a result that says why
    │   └── ArchiveBomb         one that would unpack without measure: nothing of it is read
    ├── SandboxError            the trusted side could not run student code at all (staff must look)
    │   └── SandboxUnavailable  this machine cannot confine student code
    │       └── OtherSystem     it is not Linux
    ├── WorkerError             something that the student's process did; never the grader's fault
    │   ├── StudentException    student code raised; carries type, message, cell and line
    │   ├── WorkerTimeout       no answer in time; the process was killed
    │   ├── WorkerDied          the process ended (os._exit, a crash, memory)
    │   ├── ProtocolError       a malformed, oversized or out-of-order frame
    │   └── HandleRefused       an operation that a remote handle does not offer
    ├── ClusterError            a cluster was lost while it graded
    │   ├── ClusterUnavailable  one that cannot be used at all
    │   └── GraderLost          the grader beside one of its workers ended or hung: the submission is graded elsewhere
    └── CheckFailure            an assertion of a test case did not hold (an AssertionError too)

Each class says in its docstring who reads its message.
"""

from __future__ import annotations


class AutograderError(Exception):
    """Base of all errors raised on purpose; its text is complete and needs no traceback."""


class UsageError(AutograderError):
    """The call or the configuration is wrong. Read by the instructor; exit code 2."""


class ConfigError(UsageError):
    """`grading_config.yaml` or `overrides.yaml` is wrong. The text names file, line, key and what was expected."""


class BundleError(UsageError):
    """A grading bundle is missing, damaged or older than its sources. Read by the instructor."""


class AuthoringError(UsageError):
    """The solution notebook is not fit to be handed out. The text names cells and fixes."""


class SubmissionError(AutograderError):
    """A submission cannot be read. Read by student and staff; becomes that submission's result."""


class ArchiveBomb(SubmissionError):
    """An archive holds too much, too often packed, to be read at all. Read by student and staff, as any SubmissionError."""


class SandboxError(AutograderError):
    """The trusted side failed to run student code. Read by staff; the submission is `errored`."""


class SandboxUnavailable(SandboxError, UsageError):
    """This machine cannot confine student code. Read by whoever started the grader; exit code 2."""


class OtherSystem(SandboxUnavailable):
    """This is not Linux. Read as any SandboxUnavailable; what needs no student code goes on without a sandbox."""


class WorkerError(AutograderError):
    """Something the student's process did. Always the student's, never the grader's fault."""


class StudentException(WorkerError):
    """Student code raised.

    Attributes:
        kind: name of the exception's class.
        text: `str()` of the exception, shortened.
        cell: 1-based number of the code cell the innermost student frame belongs to, if known.
        line: 1-based line in that cell, if known.
    """

    def __init__(self, kind: str, text: str, cell: int | None = None, line: int | None = None):
        self.kind, self.text, self.cell, self.line = kind, text, cell, line
        where = f" (code cell {cell}, line {line})" if cell is not None and line is not None else ""
        super().__init__(f"your code raised {kind}: {text}{where}" if text else f"your code raised {kind}{where}")


class WorkerTimeout(WorkerError):
    """The student's process gave no answer within the time allowed and was killed."""


class WorkerDied(WorkerError):
    """The student's process ended by itself: `os._exit`, a crash, or a limit."""


class ProtocolError(WorkerError):
    """The student's process sent a frame that is malformed, too large, too deep or out of order."""


class HandleRefused(WorkerError):
    """A test asked of a remote handle something it does not offer; the text says what to write."""


class ClusterError(AutograderError):
    """The connection to a cluster was lost. Read by whoever started the grader; what was done until then is kept."""


class ClusterUnavailable(ClusterError, UsageError):
    """A cluster cannot be reached, or none of its workers may grade. Read by whoever started the grader; exit code 2."""


class GraderLost(ClusterError):
    """The grader process beside a cluster's worker is not there or no longer answers. Read by staff, if it keeps happening."""


class CheckFailure(AutograderError, AssertionError):
    """An assertion of a test case did not hold: the student's failure, as data.

    Attributes:
        expected: what was expected, in words and shapes; never the hidden input itself.
        actual: what was found instead.
        help: one sentence on what to look at, or None.
    """

    def __init__(self, message: str, *, expected: str | None = None, actual: str | None = None, help: str | None = None):
        self.expected, self.actual, self.help = expected, actual, help
        super().__init__(message)
