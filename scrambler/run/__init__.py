"""A run: a plan, a first pass, a stream of batches, a verdict, a commit."""

from scrambler.run.steps import Report, check, run

__all__ = ["Report", "check", "run"]
