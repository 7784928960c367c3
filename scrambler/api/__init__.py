"""The public functions: one for each command, usable from a notebook.

Every function raises only the errors of ``scrambler.errors`` for what a user can mend.
"""

from scrambler.api.constructing import demo, fake
from scrambler.api.looking import verify
from scrambler.api.running import OFFSETS, Report, check, run
from scrambler.machine import BATCH_ROWS
from scrambler.pipeline import Silent

__all__ = ["BATCH_ROWS", "OFFSETS", "Report", "Silent", "check", "demo", "fake", "run", "verify"]
