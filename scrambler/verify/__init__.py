"""Verification: every column compared while it is scrambled, and a second look from both sides."""

from scrambler.verify.auditor import Auditor
from scrambler.verify.verdict import Verdict

__all__ = ["Auditor", "Verdict"]
