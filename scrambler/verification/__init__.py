"""Verification: each column compared while it is scrambled, and both sides after a run."""

from scrambler.verification.during.cast_values import refuse_lost
from scrambler.verification.during.check import Check
from scrambler.verification.during.compare import compare
from scrambler.verification.during.comparison import TableComparison
from scrambler.verification.during.conclude import conclude, try_flags, write_flags
from scrambler.verification.during.keys import KeyBook
from scrambler.verification.during.known_answers import known_answers
from scrambler.verification.during.reviewed import refuse_unreviewed
from scrambler.verification.published import refuse_manifest
from scrambler.verification.verdict import Verdict

__all__ = [
    "Check",
    "KeyBook",
    "TableComparison",
    "Verdict",
    "compare",
    "conclude",
    "known_answers",
    "refuse_lost",
    "refuse_manifest",
    "refuse_unreviewed",
    "try_flags",
    "write_flags",
]
