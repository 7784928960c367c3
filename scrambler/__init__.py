"""Scrambles a Standard Safeguarding Dataset: every data point replaced, every reference intact.

The functions below are what the commands call. They are imported when first used, so that
``scrambler --help`` does not wait for libraries it does not need.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    __version__: str
    from scrambler.api import (
        Dataset,
        PhaseReport,
        Report,
        Review,
        StagingReport,
        check,
        check_report,
        demo,
        fake,
        invalid_payloads,
        phase_ledger,
        read,
        report,
        review,
        review_pages,
        run,
        run_phase,
        sample_of,
        sign,
        stage_live,
        stage_payloads,
        verify,
    )

__all__ = [
    "Dataset",
    "PhaseReport",
    "Report",
    "Review",
    "StagingReport",
    "__version__",
    "check",
    "check_report",
    "demo",
    "fake",
    "invalid_payloads",
    "phase_ledger",
    "read",
    "report",
    "review",
    "review_pages",
    "run",
    "run_phase",
    "sample_of",
    "sign",
    "stage_live",
    "stage_payloads",
    "verify",
]


def __getattr__(name: str) -> object:
    if name == "__version__":
        return import_module("importlib.metadata").version("ssd-scrambler")
    if name in __all__:
        return getattr(import_module("scrambler.api"), name)
    raise AttributeError(f"module 'scrambler' has no attribute {name!r}")
