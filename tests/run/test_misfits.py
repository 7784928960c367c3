from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from scrambler import api
from scrambler.errors import PolicyError, SourceError, UsageError
from tests.command import Command
from tests.conftest import Scrambled, execute
from tests.outputs import tables_of

HEADER = "table,column,treatment,parameters,reason\n"
TABLES = ("ssd_person", "ssd_address", "ssd_contacts")


@pytest.fixture
def source(clean: Scrambled, tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    for table in TABLES:
        shutil.copy(clean.source / f"{table}.parquet", folder)
    return folder


def _british(source: Path, table: str, column: str, rows: int | None = None) -> int:
    """Write dates as dd/mm/yyyy, in the last ``rows`` or all; return how many there are."""
    path = source / f"{table}.parquet"
    frame = pl.read_parquet(path).with_row_index()
    first = 0 if rows is None else frame.height - rows
    iso, british = (pl.col(column).dt.strftime(form) for form in ("%Y-%m-%d %H:%M:%S", "%d/%m/%Y"))
    written = pl.when(pl.col("index") >= first).then(british).otherwise(iso).alias(column)
    changed = frame.slice(first)[column].drop_nulls().len()
    frame.with_columns(written).drop("index").write_parquet(path)
    return changed


def test_all_values_that_fit_no_type_are_counted_at_once(source: Path, tmp_path: Path) -> None:
    counts = {
        "ssd_person.pers_dob": _british(source, "ssd_person", "pers_dob"),
        "ssd_contacts.cont_contact_date": _british(source, "ssd_contacts", "cont_contact_date", 3),
    }
    with pytest.raises(SourceError) as caught:
        api.check(source, rows=True)
    lines = str(caught.value).splitlines()
    assert sorted(lines[:-1]) == sorted(
        f"{column}: {count} values are no DATETIME; wanted: 2024-03-31 or 2024-03-31 13:45:00"
        for column, count in counts.items()
    )
    with pytest.raises(SourceError, match="pers_dob: 1 values") as caught:
        api.check(source)
    assert "cont_contact_date" not in str(caught.value)
    assert api.check(source, catalogue=True).tables
    with pytest.raises(UsageError):
        api.check(source, catalogue=True, rows=True)


def test_a_policy_says_how_text_writes_dates(source: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    shutil.copytree(source, plain)
    _british(source, "ssd_person", "pers_dob", 50)
    ours = tmp_path / "ours.csv"
    ours.write_text(HEADER + "ssd_person,pers_dob,date,format=%d/%m/%Y,\n", encoding="utf-8")
    api.check(source, policy=ours, rows=True)
    outs = [tmp_path / "one", tmp_path / "two"]
    key = tmp_path / "epoch"
    api.create(key)
    for folder, out in zip((plain, source), outs, strict=True):
        api.run(folder, out, epoch=key, policy=ours)
    one, two = (tables_of(out)["ssd_person"] for out in outs)
    assert one.equals(two)


def test_what_does_not_fit_is_cleared_where_the_policy_says_so(
    source: Path, tmp_path: Path, scrambler: Command
) -> None:
    """One bad date in three thousand need not stop everything; it is counted."""
    emptied = tmp_path / "emptied"
    shutil.copytree(source, emptied)
    bad = _british(source, "ssd_contacts", "cont_contact_date", 90)
    path = emptied / "ssd_contacts.parquet"
    frame = pl.read_parquet(path).with_row_index()
    kept = pl.when(pl.col("index") < frame.height - 90).then("cont_contact_date")
    frame.with_columns(kept.alias("cont_contact_date")).drop("index").write_parquet(path)
    ours = tmp_path / "ours.csv"
    ours.write_text(HEADER + "ssd_contacts,cont_contact_date,date,unfit=clear,\n")
    api.check(source, policy=ours, rows=True)
    key = tmp_path / "epoch"
    api.create(key)
    report = api.run(source, tmp_path / "one", epoch=key, policy=ours, batch_rows=100)
    api.run(emptied, tmp_path / "two", epoch=key, policy=ours)
    one, two = (tables_of(tmp_path / out)["ssd_contacts"] for out in ("one", "two"))
    assert one.equals(two)
    assert report.verdict
    assert report.verdict.cleared == {"ssd_contacts.cont_contact_date": bad}
    assert api.verify(source, tmp_path / "one", policy=ours).passed
    said = scrambler("run", source, tmp_path / "three", "--policy", ours).out
    assert "cleared: ssd_contacts.cont_contact_date 90" in " ".join(said.split())


@pytest.mark.parametrize(
    ("line", "finding"),
    [
        ("ssd_person,pers_dob,date,format=%d/%m/%y,", "a format has %d, %m and %Y once each"),
        ("ssd_person,pers_dob,date,format=%d/%m/%Y%d,", "a format has %d, %m and %Y once each"),
        ("ssd_person,pers_sex,code,list=sex;format=%Y,", "code has no parameter format"),
        ("ssd_person,pers_dob,date,unfit=keep,", "can be cleared only"),
        ("ssd_person,pers_sex,code,list=sex;unfit=clear,", "every text fits"),
    ],
)
def test_formats_that_mean_nothing(source: Path, tmp_path: Path, line: str, finding: str) -> None:
    ours = tmp_path / "ours.csv"
    ours.write_text(HEADER + line + "\n", encoding="utf-8")
    with pytest.raises(PolicyError, match=finding):
        api.check(source, policy=ours)


def test_a_table_that_may_not_be_read_is_found(fresh_postgres_url: str) -> None:
    api.fake(fresh_postgres_url, 20)
    execute(
        fresh_postgres_url,
        "CREATE ROLE looker LOGIN",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO looker",
        "REVOKE SELECT ON ssd_family, ssd_mother FROM looker",
    )
    try:
        with pytest.raises(SourceError) as caught:
            api.check(_as(fresh_postgres_url, "looker"))
        said = str(caught.value).splitlines()[:-1]
        assert len(said) == 2
        assert all("ask for the right to read the tables" in line for line in said)
        assert api.check(_as(fresh_postgres_url, "looker"), catalogue=True).tables
    finally:
        execute(fresh_postgres_url, "DROP OWNED BY looker", "DROP ROLE looker")


def _as(url: str, role: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{role}@{rest.rpartition('@')[2]}"
