"""What no policy may say, whoever writes it: copy leftovers, or keep what may tell of somebody."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from kernels.canonical import canonical
from scrambler.policy.assignment import Assignment
from scrambler.policy.traits import TRAITS
from scrambler.ssd import ssd

LEFTOVERS = frozenset(name for name, table in ssd().tables.items() if table.leftover)
"""Tables that hold, or confirm, real records as somebody else put them together (T13)."""

_LEAVE_NOTHING = [name for name, one in TRAITS.items() if one.is_omitted or one.is_emptied]

_STRUCTURE = "technical"
"""The kind of columns that are about the dataset itself and about nobody."""

PROBES = (
    *("Smith", "Ann", "anna", "O'Neill", "Anna-Marie Smith", "SMITH, Ann", "Łukasz Żak"),
    *("She said that he hit her.", "seen at home, no concerns", "n/a", "Call 07700 900123 at 9am"),
    *("LS1 4AP", "ls14ap", "SW1A1AA", "A801200001001", "H801200001001", "QQ123456C"),
    *("12 High Street", "ann@example.org", "line one\nline two", "Mum", "x", "Ω"),
)
"""Text such as records hold. A pattern that lets one of these through lets people through."""


def faults(assignment: Assignment) -> Iterator[str]:
    """Yield what is forbidden about a line of a policy, each with a remedy."""
    column = assignment.column
    traits = assignment.traits
    if column.table in LEFTOVERS and not (traits.is_omitted or traits.is_emptied):
        yield (
            "this table holds leftovers of real records, so its columns are never copied. Give "
            f"them the treatment {' or '.join(_LEAVE_NOTHING)}."
        )
    text = column.dtype == pl.String
    # A list holds text to it; numbers and dates are kept as they are.
    if not traits.is_kept or (text and "list" in assignment.parameters):
        return
    if column.kind != _STRUCTURE:
        yield (
            "keep without a list is for structure only (a calendar, a version), not for what a "
            "record says. For text, name a code list that the values must be of (list=...), else "
            "take another treatment: see scrambler show treatments."
        )
    elif text:
        yield from _pattern_faults(assignment.parameters.get("pattern", ""))


def _pattern_faults(pattern: str) -> Iterator[str]:
    if not pattern:
        yield "keep on text needs a list or a pattern that the values must fit."
        return
    probes = pl.Series(PROBES)
    try:
        # As keep itself asks, so that no trick of writing comes between the two.
        let_through = canonical(probes).str.contains(f"^(?:{pattern})$").any()
    except pl.exceptions.PolarsError:
        return  # said where the parameters are looked at
    if let_through:
        yield (
            "the pattern lets through what could be a name, a sentence, a postcode or a number of "
            "a person. Narrow it to the digits and signs that the values have, or use clear."
        )
