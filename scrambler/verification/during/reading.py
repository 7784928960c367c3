"""Which code of a list a value is: on the source side however it is spelled, in the output exactly.

All of it over the different values of a column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scrambler.policy import Assignment
from scrambler.ssd import Spec

Places = NDArray[np.int64]

NONE = -1
"""In place of a code: the value is none of the list."""


def choices(assignment: Assignment, spec: Spec) -> tuple[str, ...]:
    """Return what a column is drawn from, as text, in the order of its list or range."""
    parameters = assignment.parameters
    listed = parameters.get("list") or parameters.get("codes")
    if listed:
        return spec.code_lists[listed].codes
    low, high, step = (Decimal(parameters.get(name, "1")) for name in ("low", "high", "step"))
    numbers = []
    while low <= high:
        numbers.append(str(low))
        low += step
    return tuple(numbers)


def labels_of(assignment: Assignment, spec: Spec) -> tuple[str, ...]:
    """Return the descriptions of a column's codes, one a code; none of numbers."""
    listed = assignment.parameters.get("list")
    return spec.code_lists[listed].labels if listed else ()


def exactly(text: pl.Series, forms: Sequence[str]) -> Places:
    """Return the first of ``forms`` that each text is, to the letter."""
    return _first_of(tuple(forms)).place(text)


def loosely(text: pl.Series, codes: Sequence[str], labels: Sequence[str]) -> Places:
    """Return the code of each text: as code, description or both, whatever the case.

    What begins with a code and a blank, colon or hyphen is that code: ``1A - Schools`` is ``1A``.
    """
    found = exactly(text, codes)
    if not (found == NONE).any():
        return found
    lower, forms = text.str.to_lowercase(), _any_form(tuple(codes), tuple(labels))
    for other in (lower, lower.str.extract(r"^([^ ]+)[ :-]")):
        found = np.where(found == NONE, forms.place(other), found)
    return found


def numbers(values: pl.Series, codes: Iterable[str]) -> Places:
    """Return which of the numbers ``codes`` each value is, to six places."""
    known = {round(float(code), 6): place for place, code in enumerate(codes)}
    found = values.cast(pl.Float64, strict=False).round(6)
    places = found.replace_strict([*known], [*known.values()], default=NONE, return_dtype=pl.Int64)
    return places.fill_null(NONE).to_numpy()


@dataclass(frozen=True)
class _Forms:
    """Different forms, and the place that each stands for; the last is that of none."""

    words: pl.Enum
    places: Places

    @classmethod
    def of(cls, places: Mapping[str, int]) -> _Forms:
        return cls(pl.Enum([*places]), np.array([*places.values(), NONE]))

    def place(self, text: pl.Series) -> Places:
        """Return the place of each text."""
        known = pl.col("text").cast(self.words, strict=False).to_physical().cast(pl.Int64)
        number = text.to_frame("text").select(known.fill_null(NONE)).to_series()
        found: Places = self.places[number.to_numpy()]
        return found


@cache
def _first_of(forms: tuple[str, ...]) -> _Forms:
    return _Forms.of({form: forms.index(form) for form in forms})


@cache
def _any_form(codes: tuple[str, ...], labels: tuple[str, ...]) -> _Forms:
    forms: dict[str, int] = {}
    for spelled in (codes, labels, [" ".join(pair) for pair in zip(codes, labels, strict=False)]):
        for place, form in enumerate(spelled):
            forms.setdefault(form.lower(), place)
    return _Forms.of(forms)
