"""The builder against a second reading of the facts, in PostgreSQL: neither knows the other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as adbc
import polars as pl
import pytest

from scrambler.payload import build
from scrambler.payload.cohort import COHORT_COLUMNS
from scrambler.payload.shape import tables_of_leaves
from scrambler.ssd import ssd

from . import reference
from .samples import Rows, sample

TABLES = sorted(tables_of_leaves() | COHORT_COLUMNS.keys())
DAYS = [
    date(2024, 12, 30),
    date(2024, 12, 31),
    date(2025, 1, 1),
    date(2025, 2, 28),
    date(2024, 2, 29),
    date(2025, 3, 29),
    date(2025, 3, 30),
    date(2025, 3, 31),
    date(2025, 4, 1),
    date(2025, 5, 20),
]
"""On and beside the days on which the window or the census of workers turns."""


@pytest.fixture(scope="module")
def oracle(postgres_url: str) -> Iterator[Any]:
    """A connection on which everything is temporary; no commit ever follows."""
    with adbc.connect(postgres_url) as connection:
        yield connection


def by_sql(connection: Any, rows: Rows, as_of: date) -> dict[str, Any]:
    """Return the payloads by person, as PostgreSQL makes them."""
    lists = pl.DataFrame(
        [
            (name, place, code, label, alternate)
            for name, listed in ssd().code_lists.items()
            for alternate, codes, labels in (
                (False, listed.codes, listed.labels),
                (True, listed.alternates, listed.alternates),
            )
            for place, (code, label) in enumerate(zip(codes, labels, strict=True))
        ],
        schema=["list", "place", "code", "label", "alternate"],
        orient="row",
    )
    first, last = reference.window(as_of)
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA oracle")
        cursor.execute("CREATE SCHEMA ssd")
        cursor.execute("SET LOCAL search_path TO oracle")
        cursor.adbc_ingest("codes", lists.to_arrow(), db_schema_name="oracle")
        cursor.execute(
            f"CREATE TABLE span AS SELECT TIMESTAMP '{first}' AS first, TIMESTAMP '{last}' AS last"
        )
        for name in TABLES:
            cursor.adbc_ingest(name, typed(name, rows).to_arrow(), db_schema_name="ssd")
        text = Path(__file__).with_name("oracle.sql").read_text("utf-8")
        for statement in text.strip().removesuffix(";").split(";\n"):
            cursor.execute(statement)
        cursor.execute(
            "SELECT pers_person_id, CAST(payload(p) AS text) FROM ssd.ssd_person p "
            "WHERE in_cohort(p)"
        )
        found = {person: json.loads(text) for person, text in cursor.fetchall()}
    connection.rollback()
    return found


def typed(table: str, rows: Rows) -> pl.DataFrame:
    """All columns of a table; PostgreSQL holds no NUL."""
    schema = {name: column.dtype for name, column in ssd().tables[table].columns.items()}
    names = {name: name.lower() for name in schema}
    frame = pl.DataFrame(rows.get(table, []), schema=schema, orient="row")
    return frame.rename(names).with_columns(pl.col(pl.String).str.replace_all("\0", ""))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "as_of",
    [
        pytest.param(day, marks=pytest.mark.battery("rounds", "payloads in SQL"), id=str(day))
        for day in DAYS
    ],
)
def test_both_readings_give_the_builder_s_payloads(oracle: Any, seed: int, as_of: date) -> None:
    held = sample(seed, as_of=as_of)
    rows = {name: typed(name, held).to_dicts() for name in TABLES}
    built = build({name: typed(name, rows).lazy() for name in TABLES}, as_of)
    payloads = {row["la_child_id"]: row for row in map(json.loads, built["json_payload"])}
    assert len(payloads) > 10
    assert by_sql(oracle, rows, as_of) == payloads == reference.build(rows, as_of)
