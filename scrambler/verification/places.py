"""Which code of a list each value of a column is, however it is spelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kernels.canonical import canonical
from scrambler.batch import Batch


def places_of(
    sides: Sequence[pl.Series], batch: Batch, column: str, codes: tuple[str, ...]
) -> list[NDArray[np.int64]]:
    """Return which of ``codes`` each value is, as code, description or both; -1 for none.

    ``sides`` are columns of one length, such as source and scrambled; the result has one array for
    each.
    """
    if batch.assignments[column].treatment == "number":
        return [_numbered(side, codes) for side in sides]
    text = pl.DataFrame(
        {
            str(number): (side.cast(pl.Int8) if side.dtype == pl.Boolean else side)
            for number, side in enumerate(sides)
            if not side.dtype.is_float()
        }
    ).cast(pl.String)
    exact = pl.all().cast(_listed(codes), strict=False).to_physical().cast(pl.Int64).fill_null(-1)
    found = text.select(exact)
    return [
        _completed(found[str(number)], text[str(number)], batch, column, codes)
        if str(number) in found.columns
        else _numbered(side, codes)
        for number, side in enumerate(sides)
    ]


def _completed(
    exact: pl.Series, text: pl.Series, batch: Batch, column: str, codes: tuple[str, ...]
) -> NDArray[np.int64]:
    """Look for what is no code as such among the other forms."""
    places = exact.to_numpy(writable=True)
    rest = np.flatnonzero(places < 0)
    if len(rest) > text.null_count():
        rest = rest[text.gather(rest).is_not_null().to_numpy()]
        places[rest] = _spelled(text.gather(rest), batch, column, codes)
    return places


def _numbered(values: pl.Series, codes: tuple[str, ...]) -> NDArray[np.int64]:
    numbers = pl.Series(codes).cast(pl.Float64).round(6)
    found = values.cast(pl.Float64, strict=False).round(6)
    order = numbers.arg_sort()
    place = numbers.gather(order).search_sorted(found.fill_null(0)).clip(0, len(codes) - 1)
    same = (numbers.gather(order).gather(place) == found).fill_null(False)
    return np.where(same, order.gather(place).cast(pl.Int64).to_numpy(), -1)


@lru_cache(maxsize=256)
def _listed(codes: tuple[str, ...]) -> pl.Enum:
    return pl.Enum(list(dict.fromkeys(codes)))


def _spelled(
    values: pl.Series, batch: Batch, column: str, codes: tuple[str, ...]
) -> NDArray[np.int64]:
    forms = {code.lower(): place for place, code in reversed([*enumerate(codes)])}
    if batch.assignments[column].treatment == "code":
        listed = batch.scene.spec.code_lists[batch.parameters(column)["list"]]
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
