"""Compares a source batch with its scrambled batch, column by column, while both are in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kernels.canonical import canonical
from kernels.draw import Seeds
from kernels.loose_json import NO, YES, raw, said
from scrambler.batch import Batch, first_of
from scrambler.coherence import Drawn, choices, coded, disguised, drawn, following, redrawn
from scrambler.treatments import TREATMENTS, Audit
from scrambler.treatments.flags_json import said_members
from scrambler.verification.tally import Tally

_BUCKETS = 12

_NOTHING = {
    # zz/zz/zzzz and the sentinel say nothing and stay; so does an address without a part filled in.
    "date": r"^(?:[^0-9]*|\s*0?1/0?1/1900\s*)$",
    "address_json": r'^\s*\{(?:\s*"[A-Z]+"\s*:\s*(?:"\s*"|null)\s*,?)*\s*\}\s*$',
}

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
    nothing = _NOTHING.get(batch.assignments[column].treatment)
    if nothing and source.dtype == pl.String:
        judged = judged & ~source.str.contains(nothing).fill_null(True).to_numpy()
    return _must_change(source, scrambled, judged, tally)


def _must_change(source: pl.Series, scrambled: pl.Series, judged: Mask, tally: Tally) -> Mask:
    """Count what is the same but for case and blanks around it."""
    if source.dtype == pl.String:
        # Equal texts are as long as each other once trimmed: only those few are looked at closely.
        source, scrambled = source.str.strip_chars(), scrambled.str.strip_chars()
        close = source.str.len_bytes() == scrambled.str.len_bytes()
        rows = np.flatnonzero(judged & close.fill_null(False).to_numpy())
        same = np.zeros(len(judged), dtype=bool)
        lower = (side.gather(rows).str.to_lowercase() for side in (source, scrambled))
        same[rows] = next(lower) == next(lower)
    else:
        same = judged & (source == scrambled).fill_null(False).to_numpy()
    tally.judged += int(judged.sum())
    tally.unchanged += int(same.sum())
    return same


def _drawn(batch: Batch, column: str, scrambled: pl.Series, tally: Tally) -> Mask:
    parameters, assignment = batch.parameters(column), batch.assignments[column]
    if assignment.treatment == "label":
        listed = assignment.column.code_list or ""
        codes: tuple[str, ...] = batch.scene.spec.code_lists[listed].labels
        if not redrawn(batch, parameters["follows"]):
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
    rows, chances = _counted(tally, batch, draw, before, after, here)
    _pairs(tally, before[rows], after[rows], draw.strata[rows], chances)
    if "follows" in parameters and assignment.treatment == "code":
        _led(batch, column, scrambled, tally)
    return unlike


def _led(batch: Batch, column: str, scrambled: pl.Series, tally: Tally) -> None:
    """Judge the rows that take over another column's code by the law of that column."""
    here = following(batch, column)
    if here.any():
        leader = batch.parameters(column)["follows"]
        codes = choices(batch.assignments[leader], batch.scene.spec)
        before = _places(batch.frame[column], batch, leader, codes)
        after = _places(scrambled, batch, leader, codes)
        _counted(tally, batch, drawn(batch, leader), before, after, here)


def _counted(
    tally: Tally,
    batch: Batch,
    draw: Drawn,
    before: NDArray[np.int64],
    after: NDArray[np.int64],
    here: Mask,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Count what stayed against what chance leaves; return the rows judged, and the chances.

    Rows whose draw is shared with others count once: they are one draw.
    """
    # A code that the law leaves no chance is as foreign as one that is in no list.
    chances = np.stack(draw.chances)
    possible = (after >= 0) & (chances[draw.strata, np.maximum(after, 0)] > 0)
    tally.foreign += int((here & ~possible).sum())
    rows = np.flatnonzero(_once(batch, draw.seeds, here, tally))
    known = rows[before[rows] >= 0]
    chance = chances[draw.strata[known], before[known]]
    tally.judged += len(rows)
    tally.unchanged += int((before[known] == after[known]).sum())
    tally.expected += float(chance.sum())
    tally.variance += float((chance * (1 - chance)).sum())
    return rows, chances


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
    """Return which code each value is, as code, description or both; -1 for none."""
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
    exact = text.cast(pl.Enum(list(dict.fromkeys(codes))), strict=False).to_physical()
    places = exact.cast(pl.Int64).fill_null(-1).to_numpy().copy()
    rest = np.flatnonzero((places < 0) & text.is_not_null().to_numpy())
    if len(rest):
        places[rest] = _spelled(text.gather(rest), batch, column, codes)
    return places


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


def _once(batch: Batch, seeds: Seeds, here: Mask, tally: Tally) -> Mask:
    """Return, of the rows ``here``, the first of each draw that several rows share.

    Rows of one key stand in one batch; those that share a draw otherwise may stand in many.
    """
    if seeds is batch.rows:
        return here & batch.firsts
    rows = np.flatnonzero(here)
    rows = rows[first_of(seeds[rows]) & ~np.isin(seeds[rows], tally.seen)]
    tally.seen = np.union1d(tally.seen, seeds[rows])
    once = np.zeros(len(batch), dtype=bool)
    once[rows] = True
    return once


def _flags(batch: Batch, column: str, scrambled: pl.Series, tally: Tally) -> Mask:
    keys = batch.scene.spec.outcomes[column]
    key = batch.parameters(column).get("key")
    seeds = batch.or_rows(batch.lane(key)) if key else batch.rows
    once = _once(batch, seeds, batch.filled(column), tally)
    sides = (said_members(batch, column), said(scrambled, keys.every))
    observed, predicted = np.zeros((len(keys.flags), 2, 2)), np.zeros((len(keys.flags), 2, 2))
    for number, flag in enumerate(keys.flags):
        before, after = (side[flag].to_numpy() for side in sides)
        judged = once & ((before == YES) | (before == NO))
        tally.judged += int(judged.sum())
        tally.foreign += int((judged & (after != YES) & (after != NO)).sum())
        tally.unchanged += int((judged & (before == after)).sum())
        pairs = np.bincount(
            before[judged].astype(np.int64) * 2 + (after[judged] == YES), minlength=4
        ).reshape(2, 2)
        observed[number] = pairs
        predicted[number] = pairs.sum(axis=1, keepdims=True) / 2
    tally.expected += float(predicted.sum() / 2)
    tally.variance += float(predicted.sum() / 4)
    tally.pair(observed, predicted)
    if keys.comments is None:
        return np.zeros(len(batch), dtype=bool)
    unlike = _same_comments(batch.frame[column], scrambled, keys.comments)
    tally.misplaced += int(unlike.sum())
    return unlike


def _same_comments(source: pl.Series, scrambled: pl.Series, key: str) -> Mask:
    """Return where a comment, not blank, is the same on both sides."""
    sides = pl.DataFrame({"before": source, "after": scrambled})
    # Equal comments begin alike: only those few are read by pattern, which is slow.
    begin, again = (
        [how(pl.col(side), f'{key}"') for side in sides.columns] for how in (_after, _repeated)
    )
    close = (begin[0] == begin[1]) | again[0] | again[1]
    rows = sides.select(close.fill_null(False).arg_true()).to_series()
    near = sides.select(pl.all().gather(rows))
    before, after = (near.select(raw(key, side)).to_series() for side in sides.columns)
    same = np.zeros(len(source), dtype=bool)
    same[rows.to_numpy()] = ((before == after) & (before != '""')).fill_null(False).to_numpy()
    return same


def _after(text: pl.Expr, mark: str) -> pl.Expr:
    rest = text.str.splitn(mark, 2).struct.field("field_1")
    return rest.str.strip_chars_start(' :"\t\r\n').str.slice(0, 8)


def _repeated(text: pl.Expr, mark: str) -> pl.Expr:
    return text.str.count_matches(mark, literal=True) > 1


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
