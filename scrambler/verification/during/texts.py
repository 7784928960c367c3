"""Free text: filler by the row's seed, and nothing else."""

from __future__ import annotations

import numpy as np

from scrambler.verification.during.changed import differs, must_change, stays
from scrambler.verification.during.comparison import ColumnComparison
from scrambler.verification.during.derivation import mixed
from scrambler.verification.during.features import ANOTHER, no_text, note_words
from scrambler.verification.during.filler import filler
from scrambler.verification.during.sides import Mask, Sides


def compare_texts(sides: Sides, column: str, into: ColumnComparison) -> Mask:
    """Compare a column of free text."""
    here, source = sides.has_value(column), sides.source[column]
    rows = np.flatnonzero(here)
    seeds = mixed(sides.rows, sides.check.draw(f"{sides.table.name}.{column}"))
    width = sides.assignments[column].column.width
    due = filler(seeds[rows], width, source.gather(rows))
    into.redraw_mismatch += differs(sides.scrambled[column], due, rows)
    some = np.flatnonzero(here & sides.sampled)
    if len(some):
        before, after = (side[column].gather(some) for side in (sides.source, sides.scrambled))
        other = filler(mixed(seeds[some], ANOTHER), width, no_text(len(some)))
        note_words(into, before, after, other)
    stays(sides, column, ~here, into)
    return must_change(source, sides.scrambled[column], here, into)
