"""A batch: some rows of one table, and what treatments may ask about them."""

from scrambler.batch.batch import (
    MOVERS,
    NO_DAY,
    REPEATED,
    Batch,
    Days,
    first_of,
    standing_in,
)
from scrambler.batch.context import RunContext

__all__ = ["MOVERS", "NO_DAY", "REPEATED", "Batch", "Days", "RunContext", "first_of", "standing_in"]
