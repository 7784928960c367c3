"""Which rows of a column hold a code to redraw, and what the others hold."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scrambler.verification.during.encoded import without_blanks
from scrambler.verification.during.formats import of_shape
from scrambler.verification.during.reading import NONE, choices, exactly
from scrambler.verification.during.sides import Mask, Sides


def holds_code(sides: Sides, column: str) -> Mask:
    """Return the rows to redraw: with a value, not fixed, no identifier, nothing taken over."""
    return sides.once("code", column, lambda: _holds_code(sides, column))


def _holds_code(sides: Sides, column: str) -> Mask:
    parameters, encoded, text = sides.parameters(column), sides.before(column), sides.text(column)
    here = sides.has_value(column)
    if "list" in parameters and encoded.values.dtype == pl.String:
        # What stands for nothing elsewhere may be a code here: 0 is "no" in some lists.
        codes = choices(sides.assignments[column], sides.spec)
        here = here | encoded.spread(exactly(text, codes) != NONE)
    if "codes" in parameters:
        codes = choices(sides.assignments[column], sides.spec)
        here = here & encoded.spread(exactly(without_blanks(text), codes) != NONE)
    if "fixed" in parameters:
        here = here & ~encoded.spread(fixed(sides, column).is_not_null().to_numpy())
    if "identifiers" in parameters:
        here = here & ~embedded(sides, column)
    if "follows" in parameters:
        here = here & ~taken_over(sides, column)
    return here


def fixed(sides: Sides, column: str) -> pl.Series:
    """Return, by different value, the fixed value that it means; null for none.

    ``U|*UASC*``: U is itself, in any case, and all that holds UASC is UASC.
    """
    text = sides.text(column).str.to_uppercase()
    meant = pl.repeat(None, len(text), dtype=pl.String, eager=True)
    for form in reversed(sides.parameters(column)["fixed"].split("|")):
        word = form.strip("*")
        same = text == word.upper()
        if form != word:
            same = text.str.contains(word.upper(), literal=True)
        meant = meant.set(same.fill_null(False), word)
    return meant


def embedded(sides: Sides, column: str) -> Mask:
    """Return the rows of a code column that hold an identifier: a UPN as its unknown reason."""
    shape = sides.spec.domains[sides.parameters(column)["identifiers"]].shape
    found: NDArray[np.bool_] = of_shape(without_blanks(sides.text(column)), shape)
    return sides.before(column).spread(found)


def taken_over(sides: Sides, column: str) -> Mask:
    """Return the rows whose code is that of the column followed: gender as a letter of sex."""
    leader = sides.parameters(column)["follows"]
    if not sides.is_drawn(leader):
        return np.zeros(len(sides), dtype=bool)
    others = sides.spec.code_lists[sides.parameters(column)["list"]].alternates
    alike = sides.text(column).is_in([*others]).fill_null(False).to_numpy()
    return sides.before(column).spread(alike) & holds_code(sides, leader)
