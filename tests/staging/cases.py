"""Constructed tables, their payloads, and ten ways in which they change overnight."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import polars as pl

from scrambler import synthetic
from scrambler.payload import build
from scrambler.ssd import ssd
from scrambler.staging import Staging
from scrambler.staging.table import TABLE

from ..conftest import execute

SAMPLES = (
    f"INSERT INTO {TABLE} (id, person_id, json_payload, row_state, submission_status) VALUES "
    "(1, 'Child0034', '{}', 'New', 'Pending'), (2, 'Child2234', '{}', 'New', 'Pending')"
)
"""What the field's builder puts into the table that it emptied."""

Tables = dict[str, pl.DataFrame]

NOW = datetime(2025, 5, 20, 10, 30)
LATER = NOW + timedelta(days=1)
COLUMNS = ", ".join(ssd().tables[TABLE].columns)


@cache
def tables() -> Tables:
    return dict(synthetic.build(120))


def payloads(held: Tables) -> pl.DataFrame:
    return build({name: frame.lazy() for name, frame in held.items()}, synthetic.AS_OF)


@cache
def first() -> pl.DataFrame:
    """The payloads of the first day: all children but the one who is new on the second."""
    return payloads(tables()).filter(pl.col("person_id") != child("new"))


@cache
def second() -> pl.DataFrame:
    """The payloads of the second day: ten children changed, each in another way."""
    changed = dict(tables())
    for way in CHANGES:
        changed |= CHANGES[way](changed, child(way))
    return payloads(changed)


def child(way: str) -> str:
    """The child that changes in this way."""
    return _chosen()[way]


@cache
def _chosen() -> dict[str, str]:
    """Give each way the first child that can change so and changes in no other."""
    chosen: dict[str, str] = {}
    everybody = [json.loads(text) for text in payloads(tables())["json_payload"]]
    for way in (*_NEEDS, *(name for name in ("new", *CHANGES) if name not in _NEEDS)):
        can = _NEEDS.get(way, lambda payload: True)
        free = (one["la_child_id"] for one in everybody if can(one))
        chosen[way] = next(person for person in free if person not in chosen.values())
    return chosen


def rows(staging: Staging) -> pl.DataFrame:
    """Return the whole table, as text but for id and hashes; SQLite types no column of nulls."""
    types: dict[str, pl.DataType] = {
        name: pl.Binary() if name.endswith("hash") else pl.String()
        for name in ssd().tables[TABLE].columns
    }
    types["id"] = pl.Int64()
    return staging.query(f"SELECT {COLUMNS} FROM {TABLE} ORDER BY person_id").cast(types)


def states(found: pl.DataFrame) -> dict[str, set[str]]:
    return {str(state): set(some["person_id"]) for (state,), some in found.group_by("row_state")}


def _set(table: str, key: str, column: str, value: Any) -> Callable[[Tables, str], Tables]:
    def change(held: Tables, person: str) -> Tables:
        mine = pl.col(key) == person
        kept = pl.when(mine).then(pl.lit(value)).otherwise(column).alias(column)
        return {table: held[table].with_columns(kept.cast(held[table].schema[column]))}

    return change


def _without(table: str, key: str) -> Callable[[Tables, str], Tables]:
    return lambda held, person: {table: held[table].filter(pl.col(key) != person)}


def _another(table: str, key: str, **changes: Any) -> Callable[[Tables, str], Tables]:
    def change(held: Tables, person: str) -> Tables:
        mine = held[table].filter(pl.col(key) == person).head(1)
        values = [pl.lit(v).cast(mine.schema[name]).alias(name) for name, v in changes.items()]
        return {table: pl.concat([held[table], mine.with_columns(values)])}

    return change


CHANGES: dict[str, Callable[[Tables, str], Tables]] = {
    "gone": _without("ssd_person", "pers_person_id"),
    "born": _set("ssd_person", "pers_person_id", "pers_dob", datetime(2012, 2, 29)),
    "code": _set("ssd_person", "pers_person_id", "pers_ethnicity", "REFU"),
    "name": _set("ssd_person", "pers_person_id", "pers_surname", 'O\'New "Näme"'),
    "moved": _set("ssd_address", "addr_person_id", "addr_address_postcode", "ZZ99 9ZZ"),
    "episode": _another(
        "ssd_cin_episodes",
        "cine_person_id",
        cine_referral_id="99887766",
        cine_referral_date=datetime(2025, 5, 1),
        cine_close_date=None,
    ),
    "plan": _without("ssd_cin_plans", "cinp_person_id"),
    "closed": _set("ssd_cin_episodes", "cine_person_id", "cine_close_date", datetime(2025, 5, 19)),
    "assessed": _set(
        "ssd_cin_assessments",
        "cina_person_id",
        "cina_assessment_start_date",
        datetime(2025, 4, 2),
    ),
}
"""With ``new``, the ten ways."""


def _episodes(payload: dict[str, Any], key: str) -> bool:
    return any(key in episode for episode in payload.get("social_care_episodes", []))


_NEEDS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "plan": lambda payload: _episodes(payload, "child_in_need_plans"),
    "assessed": lambda payload: _episodes(payload, "child_and_family_assessments"),
    "born": lambda payload: "date_of_birth" in payload["child_details"],
    "moved": lambda payload: "postcode" in payload["child_details"],
    "closed": lambda payload: "social_care_episodes" in payload,
    "episode": lambda payload: "social_care_episodes" in payload,
}


def send(location: str) -> None:
    """Do what the field's senders do when all went well; a folder has none."""
    run(
        location,
        f"UPDATE {TABLE} SET submission_status = 'sent', api_response = 'receipt', "
        "submission_timestamp = '2025-05-20 11:00:00', previous_hash = current_hash, "
        "previous_json_payload = json_payload, row_state = 'unchanged' "
        "WHERE submission_status IN ('pending', 'error')",
    )


def fail(location: str) -> None:
    """Do what the field's senders do when nothing was answered."""
    run(
        location,
        f"UPDATE {TABLE} SET submission_status = 'error', api_response = 'timed out' "
        "WHERE submission_status IN ('pending', 'error')",
    )


def run(location: str, statement: str) -> None:
    """Change a staging table by hand; that of a folder cannot be."""
    if location.startswith("postgresql"):
        execute(location, statement)
    elif location.startswith("sqlite"):
        connection = sqlite3.connect(location.removeprefix("sqlite:///"))
        with connection:
            connection.execute(statement)
        connection.close()
