"""The one front door: a function for each command, usable from a notebook.

Every function raises only the errors of ``scrambler.errors`` for what a user can mend.
"""

import sys

from scrambler.api.dataset import Dataset, read
from scrambler.api.demo import demo
from scrambler.api.report import check_report, report, sign
from scrambler.batch.dates import DateShift
from scrambler.keys.dates_key import create as create_dates_key
from scrambler.keys.dates_key import destroy as destroy_dates_key
from scrambler.keys.epoch_file import close, create
from scrambler.live_payload import stage_live
from scrambler.payload import invalid_payloads
from scrambler.phases import PhaseReport, phase_ledger, run_phase
from scrambler.resources.limits import BATCH_ROWS
from scrambler.resources.progress import Silent
from scrambler.run import Report, check, run
from scrambler.staging import MergeSettings, Review, review, review_pages, sample_of
from scrambler.staging.stage_payloads import StagingReport, stage_payloads
from scrambler.synthetic.fake import fake
from scrambler.verification.after.verify import verify

__all__ = [
    "BATCH_ROWS",
    "Dataset",
    "DateShift",
    "MergeSettings",
    "PhaseReport",
    "Report",
    "Review",
    "Silent",
    "StagingReport",
    "check",
    "check_report",
    "close",
    "create",
    "create_dates_key",
    "demo",
    "destroy_dates_key",
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

# A package is called run as well, and importing it took the function's name in `scrambler`.
vars(sys.modules["scrambler"])["run"] = run
