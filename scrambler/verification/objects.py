"""JSON columns: objects of flags and lists of codes, judged by what is inside them."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kernels.loose_json import ABSENT, BLANK, NO, YES, items, raw, said
from scrambler.batch import Batch
from scrambler.spec import OutcomeKeys
from scrambler.treatments.flags_json import said_members
from scrambler.verification.drawn import once
from scrambler.verification.tally import Mask, Tally

# What a flag becomes, by what it was and is: no such key, an answer, nothing, or none of these.
_NONE, _ANSWER, _EMPTY, _STRANGE = range(4)
_WAS = np.array([_NONE, _ANSWER, _ANSWER, _ANSWER, _EMPTY, _EMPTY, _EMPTY], dtype=np.int8)
_IS = np.array([_NONE, _ANSWER, _ANSWER, _STRANGE, _EMPTY, _STRANGE, _STRANGE], dtype=np.int8)


def judge_flags(batch: Batch, column: str, scrambled: pl.Series, tally: Tally) -> Mask:
    """Judge a column of objects with flags, and perhaps their count and comments."""
    keys = batch.scene.spec.outcomes[column]
    key = batch.parameters(column).get("key")
    seeds = batch.or_rows(batch.lane(key)) if key else batch.rows
    filled = batch.filled(column)
    first = once(batch, seeds, filled, tally)
    sides = (
        said_members(batch, column),
        said(scrambled, keys.every, begins=keys.comments),
    )
    tally.foreign += int((filled & _misshapen(sides, scrambled, keys)).sum())
    observed, predicted = np.zeros((len(keys.flags), 2, 2)), np.zeros((len(keys.flags), 2, 2))
    for number, flag in enumerate(keys.flags):
        before, after = (side[flag].to_numpy() for side in sides)
        judged = first & ((before == YES) | (before == NO))
        tally.judged += int(judged.sum())
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
    unlike = _same_comments(batch.frame[column], scrambled, keys.comments, sides)
    tally.comments += int(unlike.sum())
    return unlike


def _misshapen(
    sides: tuple[pl.DataFrame, pl.DataFrame], scrambled: pl.Series, keys: OutcomeKeys
) -> Mask:
    """Return where the output is no object of the keys that it must have, and of nothing else."""
    was, now = (side.select(keys.flags).to_numpy() for side in sides)
    due, found = _WAS[was + 1], _IS[now + 1]
    # Text without a single flag becomes an object with all of them.
    due[(was == ABSENT).all(axis=1)] = _ANSWER
    wrong: Mask = (due != found).any(axis=1)
    # No text inside holds a quote, so that their number tells whether anything else stands there.
    quotes = 4 * (found != _NONE).sum(axis=1)
    if keys.count:
        count = sides[1][keys.count].to_numpy()
        quotes += np.where(count == ABSENT, 0, np.where(count == BLANK, 4, 2))
    if keys.comments:
        quotes += 4 * (sides[1][keys.comments].to_numpy() != ABSENT)
    form = scrambled.to_frame("text").select(
        quotes=pl.col("text").str.count_matches('"', literal=True).fill_null(0),
        object=pl.col("text").str.starts_with('{"') & pl.col("text").str.ends_with("}"),
    )
    wrong |= form["quotes"].to_numpy() != quotes
    wrong |= ~form["object"].fill_null(True).to_numpy()
    return wrong


def _same_comments(
    source: pl.Series, scrambled: pl.Series, key: str, sides: tuple[pl.DataFrame, pl.DataFrame]
) -> Mask:
    """Return where a comment, not blank, is the same on both sides."""
    # Equal comments begin alike: only those few are read by pattern, which is slow.
    before, after = (side["begins"].to_numpy() for side in sides)
    near = (before == after) | (before == 0) | (after == 0)
    for side in sides:
        meant = side[key].to_numpy()
        near &= (meant != ABSENT) & (meant != BLANK)
    rows = np.flatnonzero(near)
    texts = pl.DataFrame({"before": source.gather(rows), "after": scrambled.gather(rows)})
    alike = texts.select((raw(key, "before") == raw(key, "after")).fill_null(False)).to_series()
    same = np.zeros(len(source), dtype=bool)
    same[rows] = alike.to_numpy()
    return same


def judge_items(batch: Batch, column: str, scrambled: pl.Series, tally: Tally) -> Mask:
    """Judge a column of lists of codes: as many as there were, all of the list, none twice."""
    parameters, filled = batch.parameters(column), batch.filled(column)
    codes = batch.scene.spec.code_lists[parameters["list"]].codes
    before, after = (_exploded(values) for values in (batch.frame[column], scrambled))
    tally.foreign += int((~after["item"].is_in(codes)).sum())
    tally.foreign += after.height - after.n_unique()
    counts = _each(after, len(batch))
    held = items(batch.frame[column]).fill_null(0).to_numpy()
    wanted = np.minimum(held, int(parameters["most"]))
    wrong = (counts != wanted) | ~_listed(after, scrambled, counts)
    tally.foreign += int((filled & wrong).sum())
    first = once(batch, batch.rows, filled, tally)
    before, after = (side.filter(pl.Series(first).gather(side["row"])) for side in (before, after))
    listed = before.filter(pl.col("item").is_in(codes)).unique()
    tally.unchanged += after.join(listed, on=["row", "item"], how="semi").height
    shared = listed.filter(pl.col("item") != parameters["alone"])
    every, several = (_each(side, len(batch)) for side in (listed, shared))
    n = np.where(first, counts, 0).astype(np.float64)
    size = np.where(n == 1, len(codes), len(codes) - 1)
    share = np.where(n == 1, every, several) / size
    spread = n * share * (1 - share) * np.where(size > 1, (size - n) / (size - 1), 0)
    tally.judged += int(n.sum())
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


def _each(items: pl.DataFrame, rows: int) -> NDArray[np.int64]:
    return np.bincount(items["row"].to_numpy(), minlength=rows)


def _listed(after: pl.DataFrame, scrambled: pl.Series, counts: NDArray[np.int64]) -> Mask:
    """Return where a text is a list of its items and holds nothing else."""
    # Brackets, two quotes an item, commas between them: what is longer holds something more.
    lengths = np.bincount(
        after["row"].to_numpy(), after["item"].str.len_bytes().to_numpy(), minlength=len(scrambled)
    )
    due = 2 + lengths.astype(np.int64) + 2 * counts + np.maximum(counts - 1, 0)
    closed = scrambled.str.starts_with("[") & scrambled.str.ends_with("]")
    exact = scrambled.str.len_bytes().fill_null(0).to_numpy() == due
    found: Mask = exact & closed.fill_null(False).to_numpy()
    return found
