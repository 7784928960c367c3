"""Verification: each column compared while it is scrambled, and both sides after a run."""

from scrambler.verification.during.auditor import Auditor
from scrambler.verification.verdict import Verdict

__all__ = ["Auditor", "Verdict"]
