"""A run: a plan, a first pass, a stream of batches, a verdict, a commit."""

from scrambler.run.begin import run
from scrambler.run.checking import check
from scrambler.run.report import Report
from scrambler.run.settings import Settings

__all__ = ["Report", "Settings", "check", "run"]
