"""JSON objects of flags: each flag what the row's key gives, the count in step, comments replaced.

The whole object is written anew and compared as text, so that nothing else can stand in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress

import numpy as np
import polars as pl

from kernels.filler import OPENING
from scrambler.ssd import OutcomeKeys
from scrambler.ssd.sampling import FLAGS
from scrambler.verification.during.changed import stays
from scrambler.verification.during.comparison import UNITS, ColumnComparison
from scrambler.verification.during.conditions import condition_of
from scrambler.verification.during.derivation import Numbers, Seeds, mixed
from scrambler.verification.during.encoded import Encoded
from scrambler.verification.during.features import ANOTHER, no_text, note_words
from scrambler.verification.during.filler import filler
from scrambler.verification.during.members import (
    ABSENT,
    BLANK,
    NO,
    NULL,
    OTHER,
    YES,
    Members,
    States,
    comments_of,
)
from scrambler.verification.during.reading import NONE, choices
from scrambler.verification.during.redraw import redrawn
from scrambler.verification.during.sides import Mask, Sides

_COMMENT_WIDTH = 200
_LEFT_OUT, _NOTHING, _ANSWERED_NO, _ANSWERED_YES = range(4)
_LONGER = 4
_BITS = 3


def compare_flags(sides: Sides, column: str, into: ColumnComparison) -> Mask:
    """Compare a column of objects with flags, and perhaps their count and comments."""
    keys, here = sides.spec.outcomes[column], sides.has_value(column)
    before, after = Members.of(sides.source[column], keys), sides.scrambled[column]
    key = sides.parameters(column).get("key")
    seeds = sides.or_rows(sides.token(key)) if key else sides.rows
    yes = [_yes(sides, column, flag, seeds) for flag in keys.flags]
    due = _written(sides, column, before, yes)
    wrong = here & (after != due).fill_null(True).to_numpy()
    into.redraw_mismatch += int(wrong.sum())
    came = _came(after, keys, yes, wrong)
    # What follows a column is judged there, and what follows from structure is no draw.
    tied = sides.parameters(column).get("ties", "").partition(":")[0]
    drawn = [flag != tied and (column, flag) not in FLAGS for flag in keys.flags]
    _count_flags(into, np.flatnonzero(here), before, [*compress(came, drawn)], drawn)
    into.note_draws(seeds[here])
    stays(sides, column, ~here, into)
    _words(sides, column, before, here, into)
    return _same_comments(sides, column, wrong, into)


def _yes(sides: Sides, column: str, flag: str, seeds: Seeds) -> Mask:
    """Draw one flag anew; it is what was drawn for the column it is tied to, where that is.

    A flag that follows from structure is no draw.
    """
    if (column, flag) in FLAGS:
        follows: Mask = condition_of(sides, FLAGS[column, flag]) == 1
        return follows
    found: Mask = mixed(seeds, sides.check.draw(f"{column}.{flag}")) >> np.uint64(63) == 1
    tied, _, leader = sides.parameters(column).get("ties", "").partition(":")
    if tied == flag and sides.is_drawn(leader):
        places = redrawn(sides, leader).places
        says_yes = np.array([*choices(sides.assignments[leader], sides.spec)]) == "Y"
        found = np.where(places == NONE, found, says_yes[places])
    return found


def _written(sides: Sides, column: str, before: Members, yes: Sequence[Mask]) -> pl.Series:
    """Write each object as it must be."""
    keys = sides.spec.outcomes[column]
    flags = len(keys.flags)
    # Text without a single known key is no such object: it becomes one with all flags.
    known = (before.states[:, :flags] != ABSENT).any(axis=1)
    form = np.select(
        [before.states[:, :flags] >= BLANK, before.states[:, :flags] != ABSENT],
        [_NOTHING, _ANSWERED_NO],
        _LEFT_OUT,
    )
    form = np.where(known[:, None], form, _ANSWERED_NO)
    ticks = _ticks(before.states[:, :flags])
    places = _BITS * np.arange(flags)
    free = (((form == _ANSWERED_NO) | ticks) << places).sum(axis=1)
    form = np.where(ticks, _NOTHING, form)
    packed = ((form + before.longer[:, :flags] * _LONGER) << places).sum(axis=1)
    answered = free[before.codes] & _in_bits(yes)
    # A yes is written as one more than a no, and where that is nothing as two more.
    more = np.where(ticks.any(axis=1), 2, 1)[before.codes]
    pieces = {"flags": _spelled(packed[before.codes] + answered * more, keys)}
    if keys.count:
        held = before.states[:, flags]
        kind = np.select([held == BLANK, held == NULL, (held == ABSENT) & known], [0, 1, 2], 3)
        number = np.bitwise_count(answered).astype(np.int64)
        pieces["count"] = _count(keys.count, kind[before.codes], number)
    if keys.comments:
        pieces["comment"] = _comment(sides, column, keys.comments, before)
    whole = pl.DataFrame(pieces).select(pl.concat_str(pl.all(), pl.lit("}")))
    return whole.to_series()


def _ticks(states: States) -> Mask:
    """Return the keys of objects that say yes or nothing: nothing is an answer there."""
    held = states != ABSENT
    plain = (states >= BLANK).any(axis=1) & (states != NO).all(axis=1)
    found: Mask = held & plain[:, None]
    return found


def _in_bits(yes: Sequence[Mask]) -> Numbers:
    bits = np.zeros(len(yes[0]), dtype=np.int64)
    for number, one in enumerate(yes):
        bits |= one.astype(np.int64) << (_BITS * number)
    return bits


def _spelled(packed: Numbers, keys: OutcomeKeys) -> pl.Series:
    """Write the flags of each row, in the order of ``keys``; rows written alike once."""
    yes, no = ("Yes", "No") if keys.count is None else ("Y", "N")
    encoded = Encoded.of(pl.Series(packed))
    different, columns = encoded.values.to_numpy(), []
    for number, flag in enumerate(keys.flags):
        spellings = [
            "" if value is None else f',"{key}":"{value}"'
            for key in (flag, f"OUTCOME_{flag}")
            for value in (None, "", no, yes)
        ]
        form = (different >> (_BITS * number)) & ((1 << _BITS) - 1)
        columns.append(pl.Series(flag, spellings).gather(form))
    text = pl.DataFrame(columns).select(pl.concat_str(pl.all()).str.slice(1)).to_series()
    return ("{" + text).gather(encoded.codes)


def _count(key: str, kind: Numbers, answered: Numbers) -> pl.Series:
    """Write the number of yes; nothing or null where the source has that, no key where none."""
    most = int(answered.max(initial=0)) + 1
    forms = [f',"{key}":""', f',"{key}":null', "", *(f',"{key}":{n}' for n in range(most))]
    return pl.Series(forms).gather(np.where(kind == 3, kind + answered, kind))


def _comment(sides: Sides, column: str, key: str, before: Members) -> pl.Series:
    """Write the comments: filler by the row's seed, blank where it was blank."""
    form = np.where(before.comment == ABSENT, 2, before.comment_longer.astype(np.int64))
    comment = pl.Series([f',"{key}":""', f',"OUTCOME_{key}":""', ""]).gather(form)
    told = np.flatnonzero((before.comment != ABSENT) & (before.comment != BLANK))
    if not len(told):
        return comment
    seeds = mixed(sides.rows[told], sides.check.draw(f"{column}.{key}"))
    rest = before.rest.gather(told)
    originals = no_text(len(told))
    # Only what opens like filler can be filler already.
    rows = rest.str.contains(OPENING, literal=True).fill_null(False).arg_true()
    if len(rows):
        texts = sides.source[column].gather(told).gather(rows)
        originals = originals.scatter(rows, comments_of(texts, key).str.strip_chars('"'))
    text = filler(seeds, _COMMENT_WIDTH, originals) + '"'
    return comment.scatter(told, comment.gather(told).str.head(-1) + text)


def _came(after: pl.Series, keys: OutcomeKeys, yes: Sequence[Mask], wrong: Mask) -> Sequence[Mask]:
    """Return which flags are yes in the output: as drawn, and read where it is not as drawn."""
    rows = np.flatnonzero(wrong)
    if not len(rows):
        return yes
    read = Members.of(after.gather(rows), keys)
    came = [one.copy() for one in yes]
    for number, one in enumerate(came):
        one[rows] = (read.states[:, number] == YES)[read.codes]
    return came


def _count_flags(
    into: ColumnComparison,
    rows: Numbers,
    before: Members,
    came: Sequence[Mask],
    drawn: Sequence[bool],
) -> None:
    """Count flags that stayed, against even chances, and each drawn flag's pairs.

    Where nothing is an answer it counts as no.
    """
    observed = np.zeros((len(came), 2, 2), dtype=np.int64)
    states, codes = before.states[:, : len(drawn)], before.codes[rows]
    ticked_no = _ticks(states) & (states >= BLANK)
    kinds = np.select([(states == NO) | ticked_no, states == YES], [0, 1], 2)
    for pairs, number, now in zip(observed, np.flatnonzero(drawn), came, strict=True):
        # Was it no or yes, or no answer; is it yes.
        both = np.bincount(kinds[:, number][codes] * 2 + now[rows], minlength=6)
        pairs[:] = both[:4].reshape(2, 2)
    counted = int(observed.sum())
    into.examined += counted
    into.unchanged += int(observed[:, 0, 0].sum() + observed[:, 1, 1].sum())
    into.expected_units += counted * UNITS // 2
    into.variance_units += counted * UNITS // 4
    into.note_pairs(
        observed, np.repeat(observed.sum(axis=2, keepdims=True), 2, axis=2) * (UNITS // 2)
    )


def _words(sides: Sides, column: str, before: Members, here: Mask, into: ColumnComparison) -> None:
    """Look for words of comments in what stands in their place, in a sample of the rows."""
    key = sides.spec.outcomes[column].comments
    some = np.flatnonzero(here & sides.sampled & (before.comment == OTHER))
    if key is None or not len(some):
        return
    was, now = (
        comments_of(side[column].gather(some), key) for side in (sides.source, sides.scrambled)
    )
    seeds = mixed(sides.rows[some], sides.check.draw(f"{column}.{key}"))
    other = filler(mixed(seeds, ANOTHER), _COMMENT_WIDTH, no_text(len(some)))
    note_words(into, was, now, other)


def _same_comments(sides: Sides, column: str, wrong: Mask, into: ColumnComparison) -> Mask:
    """Return where a comment, not blank, came out as it was: looked for where all is not as due."""
    same = np.zeros(len(sides), dtype=bool)
    key, rows = sides.spec.outcomes[column].comments, np.flatnonzero(wrong)
    if key is not None and len(rows):
        was, now = (
            comments_of(side[column].gather(rows), key) for side in (sides.source, sides.scrambled)
        )
        same[rows] = ((was == now) & (was.str.strip_chars('" ') != "")).fill_null(False).to_numpy()
        into.comments_kept += int(same.sum())
    return same
