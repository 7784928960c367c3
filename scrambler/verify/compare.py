"""Compares a source batch with its scrambled batch, column by column, while both are in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kernels.canonical import canonical
from kernels.draw import Seeds
from kernels.loose_json import raw
from scrambler.batch import Batch, first_of
from scrambler.coherence import choices, coded, disguised, drawn, following
from scrambler.treatments import TREATMENTS, Audit
from scrambler.verify.tally import Tally

_BUCKETS = 12

Mask = NDArray[np.bool_]


def compare(batch: Batch, column: str, scrambled: pl.Series, tally: Tally) -> Mask:
    """Add one batch of one column to its tally; return where a value that must change did not."""
    tally.rows += len(batch)
    assignment = batch.assignments[column]
    audit = TREATMENTS[assignment.treatment].audit
    if audit not in (Audit.KEPT, Audit.CLEARED):
        moved = batch.frame[column].is_null() != scrambled.is_null()
        tally.misplaced += int(moved.sum())
    if "follows" in assignment.parameters and audit is Audit.CHANGED:
        audit = Audit.DRAWN
    return _AUDITS[audit](batch, column, scrambled, tally)


def _changed(batch: Batch, column: str, scrambled: pl.Series, tally: Tally) -> Mask:
    judged = batch.filled(column)
    if "codes" in batch.parameters(column):
        judged = judged & ~coded(batch, column)
    source = batch.frame[column]
    if assignment_is_text_date(batch, column):
        # zz/zz/zzzz says nothing and stays.
        judged = judged & source.str.contains("[0-9]").fill_null(False).to_numpy()
    return _must_change(source, scrambled, judged, tally)


def assignment_is_text_date(batch: Batch, column: str) -> bool:
    """Return whether the column holds dates as text."""
    treatment = batch.assignments[column].treatment
    return treatment == "date" and batch.frame[column].dtype == pl.String


def _must_change(source: pl.Series, scrambled: pl.Series, judged: Mask, tally: Tally) -> Mask:
    if source.dtype == pl.String:
        source, scrambled = (
            values.str.strip_chars().str.to_lowercase() for values in (source, scrambled)
        )
    same = judged & (source == scrambled).fill_null(False).to_numpy()
    tally.judged += int(judged.sum())
    tally.unchanged += int(same.sum())
    return same


def _drawn(batch: Batch, column: str, scrambled: pl.Series, tally: Tally) -> Mask:
    parameters, assignment = batch.parameters(column), batch.assignments[column]
    if assignment.treatment == "label":
        codes: tuple[str, ...] = batch.scene.spec.code_lists[assignment.column.code_list or ""].labels
        if not batch.has(parameters["follows"]):
            return np.zeros(len(batch), dtype=bool)
        draw = drawn(batch, parameters["follows"])
        here = batch.filled(column) & (draw.choices >= 0)
    else:
        codes = choices(assignment, batch.scene.spec)
        draw = drawn(batch, column)
        here = coded(batch, column)
    unlike = np.zeros(len(batch), dtype=bool)
    if "identifiers" in parameters:
        hidden = disguised(batch, column)
        unlike = _must_change(batch.frame[column], scrambled, hidden, Tally("", "", ""))
        tally.misplaced += int(unlike.sum())
    before = _places(batch.frame[column], batch, column, codes)
    after = _places(scrambled, batch, column, codes)
    if "follows" in parameters and assignment.treatment == "code" and batch.has(
        parameters["follows"]
    ):
        here = here & ~following(batch, column)
    tally.foreign += int((here & (after < 0)).sum())
    # Rows whose draw is shared with others count once: they are one draw.
    here = here & _once(batch, draw.seeds)
    rows = np.flatnonzero(here)
    chances = np.stack(draw.chances)
    known = rows[before[rows] >= 0]
    chance = chances[draw.strata[known], before[known]]
    tally.judged += len(rows)
    tally.unchanged += int((before[known] == after[known]).sum())
    tally.expected += float(chance.sum())
    tally.variance += float((chance * (1 - chance)).sum())
    _pairs(tally, before[rows], after[rows], draw.strata[rows], chances)
    return unlike


def _pairs(
    tally: Tally,
    before: NDArray[np.int64],
    after: NDArray[np.int64],
    strata: NDArray[np.int64],
    chances: NDArray[np.float64],
) -> None:
    """Count what went in against what came out, in at most a dozen buckets each way."""
    size = min(chances.shape[1], _BUCKETS)
    fold = np.zeros((chances.shape[1], size))
    fold[np.arange(chances.shape[1]), np.arange(chances.shape[1]) % size] = 1
    source = np.where(before < 0, size, before % size)
    shape = (size + 1, size)
    seen = np.bincount(source * size + np.maximum(after, 0) % size, minlength=shape[0] * size)
    weights = np.bincount(source * len(chances) + strata, minlength=shape[0] * len(chances))
    due = weights.reshape(shape[0], len(chances)) @ (chances @ fold)
    tally.pair(seen.reshape(shape).astype(np.float64), due)


def _places(
    values: pl.Series, batch: Batch, column: str, codes: tuple[str, ...]
) -> NDArray[np.int64]:
    """Return which code each value is, -1 for none: as code, description, or code with description."""
    if values.dtype == pl.Boolean:
        values = values.cast(pl.Int8)
    assignment = batch.assignments[column]
    if values.dtype.is_float() or assignment.treatment == "number":
        numbers = {round(float(code), 6): place for place, code in enumerate(codes)}
        return _replaced(values.cast(pl.Float64, strict=False).round(6), numbers)
    places = {code.lower(): place for place, code in reversed([*enumerate(codes)])}
    if assignment.treatment == "code":
        listed = batch.scene.spec.code_lists[batch.parameters(column)["list"]]
        spelled = zip(listed.codes, listed.labels, strict=True)
        for place, (code, label) in enumerate(spelled):
            for form in (label, f"{code} {label}"):
                places.setdefault(form.lower(), place)
    text = canonical(values).str.to_lowercase()
    found = _replaced(text, places)
    first = _replaced(text.str.extract(r"^([^ ]+)[ :-]"), places)
    return np.where(found >= 0, found, first)


def _replaced(values: pl.Series, places: Mapping[object, int]) -> NDArray[np.int64]:
    found = values.replace_strict(dict(places), default=-1, return_dtype=pl.Int64)
    return found.fill_null(-1).to_numpy()


def _once(batch: Batch, seeds: Seeds) -> Mask:
    """Return the first row of each draw that several rows share."""
    return batch.firsts if seeds is batch.rows else first_of(seeds)


def _flags(batch: Batch, column: str, scrambled: pl.Series, tally: Tally) -> Mask:
    keys = batch.scene.spec.outcomes[column]
    key = batch.parameters(column).get("key")
    seeds = batch.or_rows(batch.lane(key)) if key else batch.rows
    once = _once(batch, seeds) & batch.filled(column)
    singles = [keys.comments] if keys.comments else []
    sides = [
        pl.DataFrame({"text": values}).select(
            *(_answer(key) for key in keys.flags), *(raw(key).alias(key) for key in singles)
        )
        for values in (batch.frame[column], scrambled)
    ]
    observed, predicted = np.zeros((len(keys.flags), 2, 2)), np.zeros((len(keys.flags), 2, 2))
    for number, flag in enumerate(keys.flags):
        before, after = (side[flag].fill_null(-1).to_numpy() for side in sides)
        judged = once & (before >= 0)
        tally.judged += int(judged.sum())
        tally.foreign += int((judged & (after < 0)).sum())
        tally.unchanged += int((judged & (before == after)).sum())
        pairs = np.bincount(before[judged] * 2 + np.maximum(after[judged], 0), minlength=4)
        observed[number] = pairs.reshape(2, 2)
        predicted[number] = pairs.reshape(2, 2).sum(axis=1, keepdims=True) / 2
    tally.expected += float(predicted.sum() / 2)
    tally.variance += float(predicted.sum() / 4)
    tally.pair(observed, predicted)
    unlike = np.zeros(len(batch), dtype=bool)
    for name in singles:
        same = (sides[0][name] == sides[1][name]) & (sides[0][name] != '""')
        unlike = same.fill_null(False).to_numpy()
        tally.misplaced += int(unlike.sum())
    return unlike


def _answer(key: str) -> pl.Expr:
    """Return 1 for yes, 0 for no, null for anything else."""
    first = raw(key).str.extract(r'^"?\s*([A-Za-z])').str.to_uppercase()
    return pl.when(first == "Y").then(1).when(first == "N").then(0).alias(key)


def _items(batch: Batch, column: str, scrambled: pl.Series, tally: Tally) -> Mask:
    parameters = batch.parameters(column)
    codes = batch.scene.spec.code_lists[parameters["list"]].codes
    before, after = (_exploded(values) for values in (batch.frame[column], scrambled))
    after_counts = np.bincount(after["row"].to_numpy(), minlength=len(batch))
    listed = before.filter(pl.col("item").is_in(codes)).unique()
    tally.foreign += int((~after["item"].is_in(codes)).sum())
    tally.unchanged += after.join(listed, on=["row", "item"], how="semi").height
    shared = listed.filter(pl.col("item") != parameters["alone"])
    n = after_counts.astype(np.float64)
    every = np.bincount(listed["row"].to_numpy(), minlength=len(batch))
    several = np.bincount(shared["row"].to_numpy(), minlength=len(batch))
    size = np.where(n == 1, len(codes), len(codes) - 1)
    share = np.where(n == 1, every, several) / size
    spread = n * share * (1 - share) * np.where(size > 1, (size - n) / (size - 1), 0)
    tally.judged += int(after_counts.sum())
    tally.expected += float((n * share).sum())
    tally.variance += float(np.maximum(spread, 0).sum())
    return np.zeros(len(batch), dtype=bool)


def _exploded(values: pl.Series) -> pl.DataFrame:
    return (
        pl.DataFrame({"item": values.str.extract_all(r'"[^"]+"')})
        .with_row_index("row")
        .explode("item")
        .drop_nulls()
        .with_columns(pl.col("item").str.strip_chars('"'))
    )


def _kept(batch: Batch, column: str, scrambled: pl.Series, tally: Tally) -> Mask:
    tally.kept += len(scrambled) - scrambled.null_count()
    tally.lost += scrambled.null_count() - batch.frame[column].null_count()
    return np.zeros(len(batch), dtype=bool)


def _cleared(batch: Batch, column: str, scrambled: pl.Series, tally: Tally) -> Mask:
    tally.misplaced += len(scrambled) - scrambled.null_count()
    return np.zeros(len(batch), dtype=bool)


_AUDITS: Mapping[Audit, Callable[[Batch, str, pl.Series, Tally], Mask]] = {
    Audit.CHANGED: _changed,
    Audit.DRAWN: _drawn,
    Audit.FLAGS: _flags,
    Audit.ITEMS: _items,
    Audit.KEPT: _kept,
    Audit.CLEARED: _cleared,
}
