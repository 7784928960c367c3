"""The five test phases, from one constructed child to the live table, and the ledger of them."""

from scrambler.phases.conduct import PHASES, PhaseReport, phase_ledger, phases_section, run_phase
from scrambler.phases.ledger import Entry, Ledger

__all__ = [
    "PHASES",
    "Entry",
    "Ledger",
    "PhaseReport",
    "phase_ledger",
    "phases_section",
    "run_phase",
]
