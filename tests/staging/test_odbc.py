"""ODBC against a real PostgreSQL, through the driver that Debian's odbc-postgresql installs."""

from __future__ import annotations

import json
import sys

import polars as pl
import pytest

from scrambler.errors import OutputError
from scrambler.payload import content_hash
from scrambler.staging import open_staging, review, stage
from tests.odbc import needs_postgresql, odbc_of

from .cases import CHANGES, LATER, NOW, child, first, rows, second, send, states


@pytest.fixture
def connection(fresh_postgres_url: str) -> str:
    return odbc_of(fresh_postgres_url)


@needs_postgresql
def test_a_delta_over_odbc_is_the_delta_of_every_other_road(
    connection: str, fresh_postgres_url: str
) -> None:
    name = 'é🧒"\\' * 15_000
    long = first().with_columns(
        pl.when(pl.int_range(pl.len()) == 0)
        .then(
            pl.col("json_payload").str.replace(
                r'"first_name":"[^"]*"', '"first_name":' + json.dumps(name, ensure_ascii=False)
            )
        )
        .otherwise("json_payload")
        .alias("json_payload")
    )
    long = long.with_columns(current_hash=content_hash(pl.col("json_payload")))
    assert stage(connection, long.iter_slices(30), NOW).new == first().height
    whole = rows(open_staging(fresh_postgres_url))
    assert whole["json_payload"].to_list() == long.sort("person_id")["json_payload"].to_list()
    stage(connection, [first()], NOW)
    send(fresh_postgres_url)
    staged = stage(connection, second().iter_slices(30), LATER)
    assert (staged.new, staged.updated, staged.deleted) == (1, len(CHANGES) - 1, 1)
    found = states(rows(open_staging(fresh_postgres_url)))
    assert found["Updated"] == {child(way) for way in CHANGES if way != "gone"}
    assert found["Deleted"] == {child("gone")}
    # Read over ODBC, the table is what it is over the other road.
    record = review(connection, child("name")).record
    assert record == review(fresh_postgres_url, child("name")).record
    assert review(connection).counts == review(fresh_postgres_url).counts


@needs_postgresql
def test_a_refused_payload_leaves_nothing(connection: str) -> None:
    with pytest.raises(Exception, match="more than one payload"):
        stage(connection, [first(), first()], NOW)
    with pytest.raises(OutputError, match="nothing is staged"):
        review(connection)


@needs_postgresql
def test_a_server_that_is_not_there_is_said_without_the_password(connection: str) -> None:
    nowhere = connection.replace("Server=", "Server=/nowhere")
    with pytest.raises(OutputError) as caught:
        stage(nowhere, [first()], NOW)
    assert "guess-9c2" not in str(caught.value)


@pytest.mark.parametrize("fault", [ImportError, OSError])
def test_a_missing_driver_manager_is_said(
    monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
) -> None:
    """Without unixODBC the package is there, and its library does not load."""

    class Absent:
        def find_spec(self, name: str, path: object, target: object = None) -> None:
            if name == "arrow_odbc":
                raise fault

    monkeypatch.delitem(sys.modules, "arrow_odbc", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Absent(), *sys.meta_path])
    with pytest.raises(OutputError, match="unixODBC"):
        stage("odbc:Driver={x}", [first()], NOW)
