"""Every way a run can end badly, and the exit code of each.

    ScramblerError
    ├── UsageError         2   what was asked for makes no sense: an option, a path, a combination
    ├── PolicyError        3   the policy or the schema leaves a column without a safe treatment
    ├── SourceError        4   the source cannot be reached, read or understood
    ├── OutputError        5   the output cannot be written, exists already, or is not whole
    ├── VerificationError  6   a check of the scrambled data failed; nothing was committed
    ├── EpochError         7   a file with a key is missing, damaged, open to others, or another's
    ├── CommittedError   130   the user stopped it when the output was committed already
    └── FactsError         1   a file of facts that the program brings is not as it should be

Exit code 0 is done, 1 is a fault of this program.

A message says what happened, where (table and column) and what to do. It never holds a value of a
record, a password or a key: whoever raises one of these names places and counts only, and raises
it ``from None`` when the cause might quote data.
"""

from __future__ import annotations


class ScramblerError(Exception):
    """Base of every error a user can act on. Shown without a traceback."""

    exit_code = 1


class UsageError(ScramblerError):
    """What was asked for makes no sense, whatever the data: nothing was read or written."""

    exit_code = 2


class PolicyError(ScramblerError):
    """One or more findings about policy or schema, gathered before any row was read.

    ``findings`` holds one line a finding; the message joins them.
    """

    exit_code = 3

    def __init__(self, findings: list[str]) -> None:
        """Join ``findings`` (at least one) into one message."""
        self.findings = findings
        super().__init__("\n".join(findings))


class FactsError(ScramblerError):
    """One or more findings about the files of facts, which hold nothing of any record.

    ``findings`` holds one line a finding; the message joins them.
    """

    def __init__(self, findings: list[str]) -> None:
        """Join ``findings`` (at least one) into one message."""
        self.findings = findings
        super().__init__("\n".join(findings))


class SourceError(ScramblerError):
    """The source cannot be reached, read or understood."""

    exit_code = 4


class OutputError(ScramblerError):
    """The output cannot be written, exists already, or is not whole."""

    exit_code = 5


class VerificationError(ScramblerError):
    """A check of the scrambled data failed; nothing was committed."""

    exit_code = 6


class EpochError(ScramblerError):
    """The epoch file is missing, damaged, readable by others, or belongs to another output."""

    exit_code = 7


class CommittedError(ScramblerError):
    """The user stopped it when the output was committed already."""

    exit_code = 130
