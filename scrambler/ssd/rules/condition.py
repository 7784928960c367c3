"""The conditions that rules are written in. Null means "cannot be told" and breaks no rule."""

from __future__ import annotations

from itertools import combinations

import polars as pl
from polars import col

from scrambler.ssd.rules.check import Check, over
from scrambler.ssd.rules.tidy import recorded, yes_no


def implies(premise: pl.Expr, conclusion: pl.Expr) -> pl.Expr:
    """Return whether ``conclusion`` holds wherever ``premise`` does."""
    return ~premise | conclusion


def together(first: str, second: str) -> pl.Expr:
    """Return whether both are recorded or neither."""
    return col(first).is_null() == col(second).is_null()


def in_order(*dates: str) -> pl.Expr:
    """Return whether the dates that are recorded never go back; equal days are in order."""
    return pl.all_horizontal(col(a) <= col(b) for a, b in combinations(dates, 2))


def distinct(*names: str) -> pl.Expr:
    """Return whether no other row of the table holds the same values, all of them recorded."""
    blank = pl.any_horizontal(col(name).is_null() for name in names)
    return blank | (pl.struct(names) if len(names) > 1 else col(names[0])).is_unique()


def constant(name: str, within: str) -> pl.Expr:
    """Return whether the rows that share ``within`` share the value; where not, each breaks it.

    So as many rows break it after each value was replaced by another: a, a, b -> 3, not 1 or 2.
    """
    alike = col(name).min().over(within) == col(name).max().over(within)
    return col(within).is_null() | col(name).is_null() | alike


def aged(years: int, on: str) -> pl.Expr:
    """Return whether the child has reached an age on a day, to within a day.

    A shift of whole days takes the leap days between two dates away or adds one, so an exact
    birthday may come out a day early or late.
    """
    return col(on) >= _birthday(years).dt.offset_by("-1d")


def under(years: int, on: str) -> pl.Expr:
    """Return whether the child has not reached an age on a day, to within a day (see aged)."""
    return col(on) < _birthday(years).dt.offset_by("1d")


def _birthday(years: int) -> pl.Expr:
    return col("pers_dob").dt.offset_by(f"{years}y")


def answer(json: str, key: str) -> pl.Expr:
    """Return the Y or N of a key of an outcome object; null when it has none.

    Eclipse writes OUTCOME_ before each key; text that is no JSON has no keys.
    """
    found = col(json).str.json_path_match(f'$["{key}","OUTCOME_{key}"]')
    return recorded(yes_no(found))


def has_keys(json: str, keys: list[str]) -> pl.Expr:
    """Return whether an object has all the keys; text of another shape is not judged.

    Keys are looked for in the text, since System C writes objects that do not parse.
    """
    found = pl.all_horizontal(col(json).str.contains(rf'"{key}"\s*:') for key in keys)
    return implies(col(json).str.starts_with("{"), found)


def apart(owner: str, start: str, end: str) -> Check:
    """Return a check that spans of one owner do not overlap; one may start as another ends."""

    def broken(spans: pl.LazyFrame) -> pl.LazyFrame:
        spans = spans.drop_nulls([owner, start]).sort(owner, start, end, nulls_last=True)
        following = col(start).shift(-1)
        return spans.filter(
            col(owner) == col(owner).shift(-1), col(end).is_null() | (following < col(end))
        )

    return over(broken, owner, start, end)
