"""omit: the column is never read and never written."""

from scrambler.treatments.treatment import ANY, Audit, Treatment

OMIT = Treatment(
    name="omit",
    summary="Never read, never written: leftovers that hold or confirm real data.",
    types=ANY,
    audit=Audit.CLEARED,
    scramble=None,
)
