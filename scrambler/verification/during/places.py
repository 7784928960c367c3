"""Which code of a list each value of a column is, however it is spelled."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kernels.canonical import canonical
from scrambler.batch import Batch
from scrambler.treatments.sampling import choices, code_index, exact


def places_of(
    values: pl.Series, batch: Batch, column: str, codes: tuple[str, ...]
) -> NDArray[np.int64]:
    """Return which of ``codes`` each value is, as code, description or both; -1 for none."""
    if values.dtype == pl.Boolean:
        values = values.cast(pl.Int8)
    assignment = batch.assignments[column]
    if values.dtype.is_float() or assignment.treatment == "number":
        numbers = pl.Series(codes).cast(pl.Float64).round(6)
        found = values.cast(pl.Float64, strict=False).round(6)
        order = numbers.arg_sort()
        place = numbers.gather(order).search_sorted(found.fill_null(0)).clip(0, len(codes) - 1)
        same = (numbers.gather(order).gather(place) == found).fill_null(False)
        return np.where(same, order.gather(place).cast(pl.Int64).to_numpy(), -1)
    text = values.cast(pl.String)
    return _completed(exact(text, codes), text, batch, column, codes)


def source_places(batch: Batch, column: str) -> NDArray[np.int64]:
    """Return ``places_of`` the source values of a column among its own codes."""
    assignment, values = batch.assignments[column], batch.frame[column]
    codes = choices(assignment, batch.context.spec)
    if assignment.treatment != "code" or values.dtype.is_float():
        return places_of(values, batch, column, codes)
    return _completed(code_index(batch, column).copy(), batch.text(column), batch, column, codes)


def _completed(
    places: NDArray[np.int64], text: pl.Series, batch: Batch, column: str, codes: tuple[str, ...]
) -> NDArray[np.int64]:
    """Fill in, where a text is no code to the letter, the code that it spells otherwise."""
    rest = np.flatnonzero(places < 0)
    if len(rest) > text.null_count():
        rest = rest[text.gather(rest).is_not_null().to_numpy()]
        places[rest] = _spelled(text.gather(rest), batch, column, codes)
    return places


def _spelled(
    values: pl.Series, batch: Batch, column: str, codes: tuple[str, ...]
) -> NDArray[np.int64]:
    forms = {code.lower(): place for place, code in reversed([*enumerate(codes)])}
    if batch.assignments[column].treatment == "code":
        listed = batch.context.spec.code_lists[batch.parameters(column)["list"]]
        for place, (code, label) in enumerate(zip(listed.codes, listed.labels, strict=True)):
            for form in (label, f"{code} {label}"):
                forms.setdefault(form.lower(), place)
    text = canonical(values).str.to_lowercase()
    found = _replaced(text, forms)
    first = _replaced(text.str.extract(r"^([^ ]+)[ :-]"), forms)
    return np.where(found >= 0, found, first)


def _replaced(values: pl.Series, places: Mapping[str, int]) -> NDArray[np.int64]:
    found = values.replace_strict(dict(places), default=-1, return_dtype=pl.Int64)
    return found.fill_null(-1).to_numpy()
