"""Constructed data over ODBC: into tables that stand there with their keys, and into none."""

from __future__ import annotations

import ssl
from pathlib import Path

import polars as pl
import pytest
import trustme

from scrambler import api
from scrambler.errors import OutputError, UsageError
from scrambler.sources import open_source
from scrambler.ssd import ssd
from scrambler.synthetic import build
from scrambler.synthetic.fake import write_constructed
from tests.conftest import execute
from tests.odbc import FREETDS, needs_freetds, needs_postgresql, odbc_of
from tests.sources.tds.database import Database
from tests.sources.tds.responder import PASSWORD, responding

D2I = "ssd_development"


@pytest.fixture(scope="module")
def tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    trustme.CA().issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


def create_as_d2i(url: str) -> None:
    """Make all tables in D2I's schema, with the primary keys that its DDL declares."""
    execute(url, f"CREATE SCHEMA {D2I}")
    for table in ssd().tables.values():
        columns = [f"{one.name} {one.declared.on('postgresql')}" for one in table.columns.values()]
        if table.primary_key:
            columns.append(f"PRIMARY KEY ({', '.join(table.primary_key)})")
        execute(url, f"CREATE TABLE {D2I}.{table.name} ({', '.join(columns)})")


def read(location: str) -> dict[str, pl.DataFrame]:
    source = open_source(location)
    found = {}
    for name, declared in source.tables().items():
        columns = [column for column, one in declared.items() if one.type != "binary"]
        empty = pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
        frames = source.read(name, columns, 100_000)
        found[name] = pl.concat([empty, *(frame.cast(pl.String) for frame in frames)])
    return found


def assert_same_rows(one: pl.DataFrame, other: pl.DataFrame) -> None:
    order = sorted(one.columns)
    assert one.select(order).sort(order).equals(other.select(order).sort(order))


@needs_postgresql
def test_tables_that_stand_there_are_filled_and_keep_their_keys(
    fresh_postgres_url: str, tmp_path: Path
) -> None:
    api.fake(tmp_path / "ssd", 60, dirty=True)
    wanted = read(str(tmp_path / "ssd"))
    create_as_d2i(fresh_postgres_url)
    location = odbc_of(fresh_postgres_url)
    rows = api.fake(location, 60, dirty=True)
    held = read(location)
    assert held.keys() - wanted.keys() == {"ssd_api_data_staging_anon"}  # not of constructed data
    repeated = 0
    for name, frame in wanted.items():
        key = [column.lower() for column in ssd().tables[name].primary_key]
        kept = frame.unique(key, keep="first", maintain_order=True) if key else frame
        repeated += frame.height - kept.height
        assert rows[name] == held[name].height
        assert_same_rows(held[name], kept)
    assert repeated, "nothing tried the keys"
    with pytest.raises(OutputError, match="holds rows, and nothing is ever added"):
        api.fake(location, 1)


@needs_freetds
def test_d2i_s_tables_in_sql_server_are_filled(tmp_path: Path, tls: ssl.SSLContext) -> None:
    # FreeTDS writes what the server's code page has: Microsoft's driver takes any character.
    latin = pl.selectors.string().str.replace_all(r"[^\x00-\xff]", "?")
    frames = [(name, frame.with_columns(latin)) for name, frame in build(30, dirty=True)]
    write_constructed(tmp_path / "ssd", frames)
    wanted = {path.stem: pl.read_parquet(path) for path in (tmp_path / "ssd").glob("*.parquet")}
    empty = Database({name: frame.clear() for name, frame in wanted.items()}, schema=D2I)
    with responding(empty, tls) as server:
        location = (
            f"odbc:Driver={FREETDS};Server=127.0.0.1;Port={server.port};Database=HDM;Uid=sa;"
            f"Pwd={PASSWORD};"
        )
        rows = write_constructed(location, frames)
        assert not [one for one in server.statements if one.startswith("CREATE")]
        assert server.statements.count("COMMIT") == 1
        assert not server.clear.count(PASSWORD.encode("utf-16le"))
    for name, frame in wanted.items():
        key = list(ssd().tables[name].primary_key)
        kept = frame.unique(key, keep="first", maintain_order=True) if key else frame
        inserted = server.inserts.rows.get(name, [])
        assert rows[name] == len(inserted)
        visible = [one for one in kept.columns if kept.schema[one] != pl.Binary]
        assert [{one: row[one] for one in visible} for row in inserted] == kept.select(
            visible
        ).to_dicts()


@needs_postgresql
def test_tables_that_lack_are_made_and_all_of_it_or_nothing(
    fresh_postgres_url: str, tmp_path: Path
) -> None:
    location = odbc_of(fresh_postgres_url)
    execute(
        fresh_postgres_url,
        "CREATE TABLE ssd_person (pers_person_id text, pers_sex text, pers_local text)",
        # The last table to be written refuses.
        "CREATE TABLE ssd_version_log (version_number integer)",
    )
    with pytest.raises(OutputError, match="Nothing was committed"):
        api.fake(location, 10)
    assert set(open_source(location).tables()) == {"ssd_person", "ssd_version_log"}
    assert open_source(location).count("ssd_person") == 0

    execute(fresh_postgres_url, "DROP TABLE ssd_version_log")
    api.fake(location, 10)
    api.fake(tmp_path / "ssd", 10)
    wanted, held = read(str(tmp_path / "ssd")), read(location)
    assert held.keys() == wanted.keys()
    people = held.pop("ssd_person")
    assert people["pers_local"].null_count() == people.height == 10
    assert_same_rows(
        people.drop("pers_local"), wanted["ssd_person"].select("pers_person_id", "pers_sex")
    )
    for name, frame in held.items():
        assert_same_rows(frame, wanted[name])


@needs_postgresql
def test_no_output_of_a_run_goes_there(fresh_postgres_url: str, tmp_path: Path) -> None:
    api.fake(tmp_path / "ssd", 5)
    location = odbc_of(fresh_postgres_url)
    with pytest.raises(UsageError) as caught:
        api.run(tmp_path / "ssd", location)
    assert "guess-9c2" not in str(caught.value)
