"""Survivors of every kind, planted in the output of a run: one row in all, and one in 1,000.

Without them nothing is found, whatever the size: chance must not cry wolf.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from scrambler import api
from tests.outputs import manifest_of

RARE = "Oluwaseun"
NOTE = '{"COMMENTS":"Zebedee came to the gate"}'


@dataclass(frozen=True)
class Survivor:
    """A value of the source, put into a text column of the output in a form of its own."""

    what: str
    table: str
    column: str
    form: str
    value: pl.Expr
    """What of the source's row survives, from its columns."""
    into: tuple[str, str]


def _part(key: str) -> pl.Expr:
    return pl.col("addr_address_json").str.extract(rf'"{key}": "([^"]+)"')


_ADDRESS = ("ssd_address", "addr_address_json")
_COMMENT = ("ssd_cin_episodes", "cine_referral_outcome_json")

SURVIVORS = [
    Survivor("identifiers", "ssd_person", "pers_person_id", "{}", pl.col("pers_person_id"),
             ("ssd_person", "pers_person_id")),
    Survivor("forms", "ssd_person", "pers_person_id", "x{}", pl.col("pers_person_id"),
             ("ssd_person", "pers_person_id")),
    Survivor("names", "ssd_person", "pers_surname", "met {} today",
             pl.concat_str("pers_forename", pl.lit(" "), "pers_surname"), _COMMENT),
    Survivor("postcodes", "ssd_address", "addr_address_postcode", "at {}",
             pl.col("addr_address_postcode"), _COMMENT),
    Survivor("places", *_ADDRESS, '{{"STREET":"{}"}}', _part("STREET"), _ADDRESS),
    Survivor("places", *_ADDRESS, '{{"UPRN":"{}"}}', _part("UPRN"), _ADDRESS),
    Survivor("places", *_ADDRESS, '{{"EASTING":"{}"}}', _part("EASTING"), _ADDRESS),
    Survivor("words", *_ADDRESS, '{{"TOWN":"{}"}}', _part("TOWN"), _ADDRESS),
    Survivor("places", "ssd_department", "dept_team_name", "{}1", pl.col("dept_team_name"),
             ("ssd_department", "dept_team_name")),
    Survivor("words", "ssd_person", "pers_forename", "{}", pl.lit(RARE),
             ("ssd_person", "pers_forename")),
    Survivor("words", *_COMMENT, '{{"COMMENTS":"{}"}}', pl.lit("Zebedee"), _COMMENT),
]  # fmt: skip


@dataclass(frozen=True)
class Sides:
    source: Path
    out: Path


def _sides(folder: Path, children: int, dirty: bool) -> Sides:
    """A source with a rare name and a rare word of free text, in one row each, and its output."""
    sides = Sides(folder / "source", folder / "out")
    api.fake(str(sides.source), children, dirty=dirty)
    for table, column, text in (("ssd_person", "pers_forename", RARE), (*_COMMENT, NOTE)):
        path = sides.source / f"{table}.parquet"
        frame = pl.read_parquet(path)
        first = pl.when(pl.int_range(pl.len()) == 0).then(pl.lit(text)).otherwise(column)
        frame.with_columns(first.alias(column)).write_parquet(path)
    api.run(str(sides.source), sides.out)
    return sides


def _failures(sides: Sides) -> set[str]:
    result = api.verify(str(sides.source), sides.out)
    return {check.what for check in result.checks if not check.passed}


def _plant(sides: Sides, survivor: Survivor, every: int) -> None:
    """Put the survivor into one row in ``every``, the first among them."""
    table, column = survivor.into
    source = pl.read_parquet(sides.source / f"{survivor.table}.parquet")
    values = source.select(survivor.value.alias("value")).to_series().cast(pl.String)
    values = values.str.strip_chars().drop_nulls()
    kept = values.filter(values.str.len_chars() > 5).unique(maintain_order=True)
    text = survivor.form.format(kept.sort(descending=True).first())
    manifest = manifest_of(sides.out)
    for part in manifest["tables"][table]["files"]:
        path = sides.out / part["path"]
        here = (pl.int_range(pl.len()) % every == 0) & pl.col(column).is_not_null()
        frame = pl.read_parquet(path).with_columns(
            pl.when(here).then(pl.lit(text)).otherwise(column).alias(column)
        )
        pq.write_table(frame.to_arrow(), path, store_schema=False)
        part["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (sides.out / "manifest.json").write_text(json.dumps(manifest))


def _all_are_found(sides: Sides, tmp_path: Path, survivors: list[Survivor], every: int) -> None:
    for number, survivor in enumerate(survivors):
        spoiled = Sides(sides.source, tmp_path / f"spoiled {number}")
        shutil.copytree(sides.out, spoiled.out)
        _plant(spoiled, survivor, every)
        wanted = (
            "identifiers of a form that pseudonyms have"
            if survivor.what == "forms"
            else f"values searched for {survivor.what} of the source"
        )
        assert wanted in _failures(spoiled), survivor
        shutil.rmtree(spoiled.out)


@pytest.mark.battery("survivors", "few")
@pytest.mark.parametrize("survivor", SURVIVORS, ids=lambda one: f"{one.what} {one.form}")
@pytest.mark.parametrize("every", [1_000, 10**9])
def test_a_survivor_is_found(survivor: Survivor, every: int, tmp_path: Path) -> None:
    sides = _sides(tmp_path, 200, dirty=False)
    _all_are_found(sides, tmp_path, [survivor], every)


@pytest.mark.battery("survivors", "many")
@pytest.mark.parametrize("dirty", [False, True])
@pytest.mark.parametrize("children", [300, 5_000, 50_000])
def test_nothing_else_is(children: int, dirty: bool, tmp_path: Path, whole_battery: bool) -> None:
    sides = _sides(tmp_path, children if whole_battery else 300, dirty)
    assert _failures(sides) == set()
    if whole_battery:
        for every in (1_000, 10**9):
            _all_are_found(sides, tmp_path, SURVIVORS, every)
