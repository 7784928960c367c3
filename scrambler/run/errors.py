"""How many children have an error by the DfE's rules, before and after: counted where it is asked.

Rows are kept as narrow as the rules allow until all are there: some dozen bytes a row and side.
"""

from __future__ import annotations

from collections.abc import Mapping

from scrambler.errors.boundary import fault_at
from scrambler.run.cohort import BothSides
from scrambler.verification.after.statutory_rows import ChildrenWithErrors, StatutoryRows


def children_with_errors(sides: Mapping[str, BothSides]) -> ChildrenWithErrors:
    """Return how many there are, from the narrowed rows of each table."""
    before, after = StatutoryRows(seed=0), StatutoryRows(seed=0)
    for table, rows in sides.items():
        for one, frames in ((before, rows.before), (after, rows.after)):
            for frame in frames:
                one.take(table, frame)
    with fault_at("rules of the DfE"):
        counts = [one.evaluate().children_with_errors for one in (before, after)]
    return ChildrenWithErrors(*counts)
