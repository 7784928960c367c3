"""Verification: every column compared while it is scrambled, and a second look from both sides."""

from scrambler.verification.during.auditor import Auditor
from scrambler.verification.verdict import Verdict

__all__ = ["Auditor", "Verdict"]
