"""Names, places and labels: never what they were, and what the keys of their rows give."""

from __future__ import annotations

import numpy as np
import polars as pl

from scrambler.verification.during import invented
from scrambler.verification.during.changed import alike, differs, must_change, stays
from scrambler.verification.during.comparison import ColumnComparison
from scrambler.verification.during.derivation import Numbers, Seeds, mixed
from scrambler.verification.during.digested import held_tokens
from scrambler.verification.during.encoded import Encoded, text_of
from scrambler.verification.during.features import (
    ANOTHER,
    KINDS,
    note_words,
    of_text,
    pairs_of,
)
from scrambler.verification.during.reading import NONE, choices
from scrambler.verification.during.redraw import redrawn
from scrambler.verification.during.sides import Mask, Sides

# An address without a part filled in says nothing and stays.
_NO_ADDRESS = r'\A\s*\{(?:\s*"[A-Z]+"\s*:\s*(?:"\s*"|null)\s*,?)*\s*\}\s*\z'
_TURNS = 5
_INWARD = "[0-9][a-z]{2}"


def compare_names(sides: Sides, column: str, into: ColumnComparison) -> Mask:
    """Compare names: one a person, of the public lists; a forename goes with the scrambled sex."""
    parameters, here = sides.parameters(column), sides.has_value(column)
    rows, sex = np.flatnonzero(here), np.full(len(sides), 2)
    part = parameters["part"]
    if part == "full":
        seeds = held_tokens(sides, column, "worker_name", here, into)
    else:
        person = sides.or_rows(sides.token(parameters["key"]))
        seeds = mixed(person, sides.check.draw("name"))
        sex = _sex(sides, parameters.get("sex")) if part == "forename" else sex

    def drawn(some: Numbers, draws: Seeds) -> invented.Pair:
        if part == "forename":
            return invented.forenames(draws, sex[some])
        return invented.surnames(draws) if part == "surname" else invented.full_names(draws)

    due = invented.other_than(sides.source[column].gather(rows), drawn(rows, seeds[rows]))
    some = _sample(sides, column, here, seeds, into)
    if len(some):
        first, other = drawn(some, seeds[some]), drawn(some, mixed(seeds[some], ANOTHER))
        before, after = (side[column].gather(some) for side in (sides.source, sides.scrambled))
        note_words(into, before, after, other[0])
        # Who was drawn the own name got the next: that draw is independent, the next is not.
        free = first[0].zip_with(pl.Series(alike(before, first[0])), after)
        true, now = (
            _sex_in(side, parameters.get("sex"))[some] for side in (sides.source, sides.scrambled)
        )
        _note_names(into, before, free, true, now)
    return _finish(sides, column, here, due, into)


def compare_postcodes(sides: Sides, column: str, into: ColumnComparison) -> Mask:
    """Compare postcodes: one for each real one, where no place has any."""
    here = sides.has_value(column)
    tokens = held_tokens(sides, column, "postcode", here, into)
    encoded = sides.before(column)
    due = invented.postcodes(tokens[_example(encoded)], encoded.values)
    some = _sample(sides, column, here, tokens, into)
    if len(some):
        before, after = (side[column].gather(some) for side in (sides.source, sides.scrambled))
        other = invented.postcodes(mixed(tokens[some], ANOTHER), before)
        note_words(into, before, after, other, _INWARD)
    return _finish(sides, column, here, due.gather(encoded.codes[here]), into, grouped=True)


def compare_addresses(sides: Sides, column: str, into: ColumnComparison) -> Mask:
    """Compare addresses: an invented place each, and blank parts stay blank."""
    here = sides.has_value(column)
    tokens = held_tokens(sides, column, "address", here, into)
    encoded = sides.before(column)
    due = invented.addresses(tokens[_example(encoded)], encoded.values)
    blank = encoded.values.str.contains(_NO_ADDRESS).fill_null(True).to_numpy()
    due = due.gather(encoded.codes[here])
    some = _sample(sides, column, here, tokens, into)
    if len(some):
        before, after = (side[column].gather(some) for side in (sides.source, sides.scrambled))
        other = invented.addresses(mixed(tokens[some], ANOTHER), before)
        note_words(into, before, after, other)
    return _finish(sides, column, here, due, into, grouped=True, blank=encoded.spread(blank))


def compare_labels(sides: Sides, column: str, into: ColumnComparison) -> Mask:
    """Compare the names of organisations, councils and teams."""
    parameters, here = sides.parameters(column), sides.has_value(column)
    rows, key = np.flatnonzero(here), parameters.get("key")
    pool = invented.POOLS[parameters["pool"]]
    draws = sides.token(key) if key else mixed(sides.rows, sides.check.draw(column))
    draws = mixed(sides.or_rows(draws), sides.check.draw(parameters["pool"]))
    seeds, own = draws[rows], sides.source[column].gather(rows)
    own = own.str.strip_chars().str.to_lowercase()
    due = pool(seeds)
    for turn in range(1, _TURNS):
        # Whoever is given their own name draws again.
        same = (due.str.to_lowercase() == own).arg_true()
        if same.is_empty():
            break
        due = due.scatter(same, pool(mixed(seeds[same.to_numpy()], turn)))
    width = sides.assignments[column].column.width
    some = _sample(sides, column, here, draws, into)
    if len(some):
        before, after = (side[column].gather(some) for side in (sides.source, sides.scrambled))
        other = pool(mixed(draws[some], ANOTHER)).str.slice(0, width)
        note_words(into, before, after, other)
    return _finish(sides, column, here, due.str.slice(0, width), into)


def _sample(sides: Sides, column: str, here: Mask, seeds: Seeds, into: ColumnComparison) -> Numbers:
    """Return the rows ``here`` that features are counted of, and note their draws."""
    some = np.flatnonzero(here & sides.sampled)
    into.note_draws(seeds[some])
    return some


def _note_names(
    into: ColumnComparison, before: pl.Series, after: pl.Series, true: Numbers, sex: Numbers
) -> None:
    """Count pairs of features of names, and of the true sex, among those of one sex in the output.

    Which sex is drawn follows from structure for mothers and the unborn, and so may what is true.
    """
    was, now = of_text(before), of_text(after)
    features = [*zip(was, now, strict=True), (true, now[-1])]
    kinds = np.unique(sex)
    found = np.zeros((3, len(features), KINDS, KINDS), dtype=np.int64)
    for kind in kinds:
        here = sex == kind
        found[kind] = pairs_of((one[here], other[here]) for one, other in features)
    into.note_features(found.reshape(-1, KINDS, KINDS))


def _finish(
    sides: Sides,
    column: str,
    here: Mask,
    due: pl.Series,
    into: ColumnComparison,
    *,
    grouped: bool = False,
    blank: Mask | None = None,
) -> Mask:
    """Hold the rows ``here`` to ``due`` and to change, the others to staying as they were.

    What is ``grouped`` is the same with or without blanks inside; ``blank`` rows need not change.
    """
    before, after = sides.source[column], sides.scrambled[column]
    into.redraw_mismatch += differs(after, due, np.flatnonzero(here))
    stays(sides, column, ~here, into)
    if grouped:
        before, after = (side.str.replace_all(" ", "", literal=True) for side in (before, after))
    return must_change(before, after, here if blank is None else here & ~blank, into)


def _example(encoded: Encoded) -> Numbers:
    """Return a row of each different value."""
    rows = np.zeros(len(encoded.values), dtype=np.int64)
    rows[encoded.codes[::-1]] = np.arange(len(encoded.codes) - 1, -1, -1)
    return rows


def _sex_in(frame: pl.DataFrame, column: str | None) -> Numbers:
    """Return the sex that stands in a frame: 0 male, 1 female, 2 anything else."""
    if column is None or column not in frame.columns:
        return np.full(frame.height, 2)
    first = text_of(frame[column]).str.slice(0, 1).str.to_uppercase()
    return np.select([(first == sex).fill_null(False) for sex in "MF"], [0, 1], 2)


def _sex(sides: Sides, column: str | None) -> Numbers:
    """Return 0 for male, 1 for female, 2 for any: of the sex that was drawn."""
    if column is None or not sides.is_drawn(column):
        return np.full(len(sides), 2)
    codes = choices(sides.assignments[column], sides.spec)
    sex = np.array([{"M": 0, "F": 1}.get(code, 2) for code in codes])
    places = redrawn(sides, column).places
    return np.where(places == NONE, 2, sex[places])
