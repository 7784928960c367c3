"""Names, places and labels: never what they were, and what the keys of their rows give."""

from __future__ import annotations

import numpy as np
import polars as pl

from scrambler.verification.during import invented
from scrambler.verification.during.changed import differs, must_change, stays
from scrambler.verification.during.comparison import ColumnComparison
from scrambler.verification.during.derivation import Numbers, mixed
from scrambler.verification.during.digested import held_tokens
from scrambler.verification.during.encoded import Encoded
from scrambler.verification.during.reading import NONE, choices
from scrambler.verification.during.redraw import redrawn
from scrambler.verification.during.sides import Mask, Sides

# An address without a part filled in says nothing and stays.
_NO_ADDRESS = r'\A\s*\{(?:\s*"[A-Z]+"\s*:\s*(?:"\s*"|null)\s*,?)*\s*\}\s*\z'
_TURNS = 5


def compare_names(sides: Sides, column: str, into: ColumnComparison) -> Mask:
    """Compare names: one a person, of the public lists; a forename goes with the scrambled sex."""
    parameters, here, source = sides.parameters(column), sides.has_value(column), sides.source
    rows = np.flatnonzero(here)
    originals = source[column].gather(rows)
    if parameters["part"] == "full":
        tokens = held_tokens(sides, column, "worker_name", here, into)
        due = invented.full_names(tokens[rows], originals)
    else:
        person = sides.or_rows(sides.token(parameters["key"]))
        seeds = mixed(person[rows], sides.check.draw("name"))
        if parameters["part"] == "surname":
            due = invented.surnames(seeds, originals)
        else:
            due = invented.forenames(seeds, _sex(sides, parameters.get("sex"))[rows], originals)
    return _finish(sides, column, here, due, into)


def compare_postcodes(sides: Sides, column: str, into: ColumnComparison) -> Mask:
    """Compare postcodes: one for each real one, where no place has any."""
    here = sides.has_value(column)
    tokens = held_tokens(sides, column, "postcode", here, into)
    encoded = sides.before(column)
    due = invented.postcodes(tokens[_example(encoded)], encoded.values)
    return _finish(sides, column, here, due.gather(encoded.codes[here]), into, grouped=True)


def compare_addresses(sides: Sides, column: str, into: ColumnComparison) -> Mask:
    """Compare addresses: an invented place each, and blank parts stay blank."""
    here = sides.has_value(column)
    tokens = held_tokens(sides, column, "address", here, into)
    encoded = sides.before(column)
    due = invented.addresses(tokens[_example(encoded)], encoded.values)
    blank = encoded.values.str.contains(_NO_ADDRESS).fill_null(True).to_numpy()
    due = due.gather(encoded.codes[here])
    return _finish(sides, column, here, due, into, grouped=True, blank=encoded.spread(blank))


def compare_labels(sides: Sides, column: str, into: ColumnComparison) -> Mask:
    """Compare the names of organisations, councils and teams."""
    parameters, here = sides.parameters(column), sides.has_value(column)
    rows, key = np.flatnonzero(here), parameters.get("key")
    pool = invented.POOLS[parameters["pool"]]
    seeds = sides.token(key) if key else mixed(sides.rows, sides.check.draw(column))
    seeds = mixed(sides.or_rows(seeds), sides.check.draw(parameters["pool"]))[rows]
    own = sides.source[column].gather(rows).str.strip_chars().str.to_lowercase()
    due = pool(seeds)
    for turn in range(1, _TURNS):
        # Whoever is given their own name draws again.
        same = (due.str.to_lowercase() == own).fill_null(False)
        if not same.any():
            break
        due = pool(mixed(seeds, turn)).zip_with(same, due)
    due = due.str.slice(0, sides.assignments[column].column.width)
    return _finish(sides, column, here, due, into)


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


def _sex(sides: Sides, column: str | None) -> Numbers:
    """Return 0 for male, 1 for female, 2 for any: of the sex that was drawn."""
    if column is None or not sides.is_drawn(column):
        return np.full(len(sides), 2)
    codes = choices(sides.assignments[column], sides.spec)
    sex = np.array([{"M": 0, "F": 1}.get(code, 2) for code in codes])
    places = redrawn(sides, column).places
    return np.where(places == NONE, 2, sex[places])
