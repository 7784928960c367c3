"""Codes of an output tell nothing of the source's, given what the output's structure tells.

For each column that is drawn, the rows of a stratum are a table of what went in by what came out.
Its chi-square, held to the chances that the stratum's rows are drawn by, has a known mean and
variance however few rows a cell has. Where codes went along with what they were, be it in one
stratum of many, it would be larger.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from kernels.canonical import canonical
from scrambler import api
from scrambler.batch import Batch
from scrambler.batch.dates import DateShift, Keep
from scrambler.policy import Assignment
from scrambler.ssd import ssd
from scrambler.treatments.sampling import choices, drawn, has_code
from tests.outputs import tables_of
from tests.pairing import batches_in_order
from tests.statutory_table import KEEP

Places = NDArray[np.int64]

_ERRORS = 5
"""Standard errors that chance may take a figure of one of some 150 columns away from its mean."""


@dataclass(frozen=True)
class Figures:
    """How many standard errors the chi-square and the unchanged rows lie from what chance has."""

    column: str
    rows: int
    chi_square: float
    unchanged: float


@pytest.mark.parametrize(
    "dates",
    [pytest.param(dates, marks=pytest.mark.battery("independence", "dates")) for dates in KEEP],
)
def test_what_is_drawn_goes_with_nothing_that_was_there(
    dates: Keep,
    tmp_path: Path,
    whole_battery: bool,
    record_property: Callable[[str, object], None],
) -> None:
    source, epoch, out = tmp_path / "source", tmp_path / "epoch", tmp_path / "out"
    api.fake(str(source), 3_000 if whole_battery else 300, dirty=True)
    api.create(epoch)
    shift = DateShift(keep=dates)
    api.run(str(source), out, epoch=epoch, shift=shift)
    after = tables_of(out)
    found = [
        figures
        for name, batch in batches_in_order(source, epoch, shift).items()
        for figures in _of_table(batch, after[name])
    ]
    assert len(found) > 80
    worst = max(found, key=lambda one: abs(one.chi_square))
    record_property(
        "battery line",
        f"independence, {dates}: {len(found)} columns, {sum(one.rows for one in found):,} draws; "
        f"furthest from chance {worst.column}, {worst.chi_square:+.1f} standard errors",
    )
    odd = [one for one in found if max(one.chi_square, abs(one.unchanged)) > _ERRORS]
    assert odd == []


def test_a_column_that_stays_in_one_row_of_five_is_seen() -> None:
    chance = np.random.default_rng(11)
    before, drawn_ = chance.integers(0, 8, 2_000), chance.integers(0, 8, 2_000)
    strata, chances = np.zeros(2_000, dtype=np.int64), np.full((1, 8), 1 / 8)
    assert abs(_standard_errors(before, drawn_, strata, chances)) < _ERRORS
    leaking = np.where(np.arange(2_000) % 5 == 0, before, drawn_)
    assert _standard_errors(before, leaking, strata, chances) > _ERRORS


def _of_table(batch: Batch, output: pl.DataFrame) -> Iterator[Figures]:
    for name, one in batch.assignments.items():
        if one.treatment not in ("code", "number") or not len(batch):
            continue
        draw = drawn(batch, name)
        # Rows that share a draw are one.
        first = pl.Series(draw.seeds).is_first_distinct().to_numpy()
        rows = np.flatnonzero(has_code(batch, name) & first)
        before, after = (_places(side[name], one)[rows] for side in (batch.frame, output))
        strata, chances = draw.strata[rows], np.array(draw.chances)
        assert (after >= 0).all(), name
        stays = np.where(before < 0, 0, chances[strata, before])
        spread = sqrt(float((stays * (1 - stays)).sum())) + 1
        unchanged = float((before == after).sum() - stays.sum()) / spread
        chi_square = _standard_errors(before, after, strata, chances)
        yield Figures(f"{batch.table.name}.{name}", len(rows), chi_square, unchanged)


def _places(values: pl.Series, one: Assignment) -> Places:
    """Return which code each value is, be it the code or its description; -1 for neither."""
    codes = choices(one, ssd())
    if one.treatment == "number" or values.dtype.is_float():
        numbers = values.cast(pl.Float64, strict=False).round(4)
        places = {round(float(code), 4): place for place, code in enumerate(codes)}
        found = numbers.replace_strict(places, default=-1, return_dtype=pl.Int64)
        return found.fill_null(-1).to_numpy()
    known = {code: place for place, code in enumerate(codes)}
    if "list" in one.parameters:
        labels = ssd().code_lists[one.parameters["list"]].labels
        for place, (code, label) in enumerate(zip(codes, labels, strict=False)):
            known.setdefault(label, place)
            known.setdefault(f"{code} {label}", place)
    if values.dtype == pl.Boolean:
        values = values.cast(pl.Int8)
    text = canonical(values).str.strip_chars()
    found = text.replace_strict(known, default=-1, return_dtype=pl.Int64)
    return found.fill_null(-1).to_numpy()


def _standard_errors(
    before: Places, after: Places, strata: Places, chances: NDArray[np.float64]
) -> float:
    """Return how far the chi-square of all strata lies above its mean, in standard errors.

    Of n draws from k codes with the chances p it is k - 1 on average, with the variance
    2 (k - 1) + (sum of 1 / p - k^2 - 2 k + 2) / n (Haldane 1937). What has few degrees of freedom
    lies to one side: the cube root of Wilson and Hilferty (1931) makes it even.
    """
    size = chances.shape[1]
    groups, row = np.unique(strata * (size + 1) + before + 1, return_inverse=True)
    seen = np.bincount(row * size + after, minlength=len(groups) * size).reshape(-1, size)
    p = chances[groups // (size + 1)]
    n = seen.sum(axis=1, keepdims=True)
    assert not (seen * (p == 0)).any()
    with np.errstate(divide="ignore", invalid="ignore"):
        chi_square = np.where(p > 0, (seen - n * p) ** 2 / (n * p), 0).sum()
        inverse = np.where(p > 0, 1 / p, 0).sum(axis=1)
    k = (p > 0).sum(axis=1)
    mean = float((k - 1).sum())
    variance = float((2 * (k - 1) + (inverse - k**2 - 2 * k + 2) / n[:, 0]).sum())
    if not variance:
        return 0.0
    shape = mean**2 / variance
    return float(3 * sqrt(shape) * ((chi_square / mean) ** (1 / 3) - 1 + 1 / (9 * shape)))
