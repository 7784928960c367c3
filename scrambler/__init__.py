"""Scrambles a Standard Safeguarding Dataset: every data point replaced, every reference intact.

The functions below are what the commands call. They are imported when first used, so that
``scrambler --help`` does not wait for libraries it does not need.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrambler.api import Report, check, demo, fake, run, verify
    from scrambler.handover import Handover, stage_live, stage_payloads
    from scrambler.phases import PhaseReport, phase_ledger, run_phase
    from scrambler.staging import Review, review

__all__ = [
    "Handover",
    "PhaseReport",
    "Report",
    "Review",
    "check",
    "demo",
    "fake",
    "phase_ledger",
    "review",
    "run",
    "run_phase",
    "stage_live",
    "stage_payloads",
    "verify",
]

_ELSEWHERE = {
    "Handover": "handover",
    "PhaseReport": "phases",
    "Review": "staging",
    "phase_ledger": "phases",
    "review": "staging",
    "run_phase": "phases",
    "stage_live": "handover",
    "stage_payloads": "handover",
}


def __getattr__(name: str) -> object:
    if name in __all__:
        return getattr(import_module(f"scrambler.{_ELSEWHERE.get(name, 'api')}"), name)
    raise AttributeError(f"module 'scrambler' has no attribute {name!r}")
