"""Counts what breaks the statutory rules: all rules about one record in one pass."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl
import polars.selectors as cs

from scrambler.ssd.rules.check import Frames
from scrambler.ssd.rules.statutory.rule import Record, StatutoryRule

_EXCUSED = "excused "


@dataclass(frozen=True)
class Evaluation:
    """What was found: ``failures`` by the rule's id, and how many children have any error.

    ``excused`` has, by the rule's id, the records that scrambling may make break it (see
    StatutoryRule); rules without such are not there.

    A rule that could not be asked, for want of a column or of a day, is not among them. Rules
    about the whole authority count for no child.
    """

    failures: dict[str, int]
    excused: dict[str, int]
    children_with_errors: int


def evaluate(
    frames: Frames, rules: Iterable[StatutoryRule], year_end: date | None = None
) -> Evaluation:
    """Return what breaks ``rules`` in a dataset.

    ``year_end`` is the last day of the year that is returned, 31 March; without it the rules about
    the year are not asked. Memory grows with the number of records, by a bit a rule.
    """
    by_record: dict[Record, list[StatutoryRule]] = {}
    for rule in rules:
        asked = rule.record is not None and (year_end is not None or not rule.of_year)
        if asked and rule.is_told(frames):
            assert rule.record is not None  # noqa: S101 - just asked
            by_record.setdefault(rule.record, []).append(rule)
    failures: dict[str, int] = {}
    excused: dict[str, int] = {}
    children = [pl.Series("child", [], pl.String)]
    for record, asked_of_it in by_record.items():
        broken = _broken(record, frames, asked_of_it, year_end)
        failures |= broken.select(rule.id for rule in asked_of_it).sum().row(0, named=True)
        excused |= broken.select(cs.starts_with(_EXCUSED)).sum().row(0, named=True)
        errors = [rule.id for rule in asked_of_it if rule.error]
        if errors:
            children.append(broken.filter(pl.any_horizontal(errors))["child"].unique())
    excused = {name.removeprefix(_EXCUSED): count for name, count in excused.items()}
    return Evaluation(failures, excused, pl.concat(children).drop_nulls().n_unique())


def children_with_errors(
    frames: Frames, rules: Iterable[StatutoryRule], year_end: date | None = None
) -> int:
    """Return how many children have at least one error by ``rules`` (see evaluate)."""
    return evaluate(frames, rules, year_end).children_with_errors


def _broken(
    record: Record, frames: Frames, rules: list[StatutoryRule], year_end: date | None
) -> pl.DataFrame:
    """Return the child of each record, and a truth value a rule: does the record break it?"""
    rows = record.rows(frames).with_columns(
        year_end=pl.lit(year_end, pl.Date),
        year_start=pl.lit(year_end, pl.Date).dt.offset_by("-1y").dt.offset_by("1d"),
    )
    found = {rule.id: ~rule.holds.fill_null(True) for rule in rules if rule.holds is not None}
    excused = {_EXCUSED + rule.id: rule.excused for rule in rules if rule.excused is not None}
    child = pl.col(record.child).cast(pl.String).alias("child")
    return rows.select(child, **found, **excused).collect()
