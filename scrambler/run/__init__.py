"""A run: a plan, a first pass, a stream of batches, a verdict, a commit."""

from scrambler.run.checking import check
from scrambler.run.report import Report
from scrambler.run.settings import Settings
from scrambler.run.steps import run

__all__ = ["Report", "Settings", "check", "run"]
