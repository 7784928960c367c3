"""The manifest says what an output holds, and nothing of whose it is."""

from __future__ import annotations

import getpass
import json
import re
import socket
from importlib.metadata import version
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from scrambler import api
from scrambler.errors import OutputError
from scrambler.keys.epoch import Epoch
from scrambler.policy import load_policy
from scrambler.sinks.manifest import read_manifest
from scrambler.ssd import ssd
from scrambler.treatments import TREATMENTS
from tests.conftest import Scrambled
from tests.outputs import hashes_of, manifest_of, tables_of


def test_every_file_row_and_column_is_in_it(dirty: Scrambled) -> None:
    manifest, tables = manifest_of(dirty.out), tables_of(dirty.out)
    assert manifest["tables"].keys() == tables.keys()
    assignments = load_policy(ssd()).assignments
    for name, held in manifest["tables"].items():
        assert held["rows"] == tables[name].height == sum(part["rows"] for part in held["files"])
        assert list(held["columns"]) == tables[name].columns
        for column, said in held["columns"].items():
            assert said["treatment"] == assignments[name][column].treatment
            assert said["treatment"] in TREATMENTS
            assert said["type"] == ssd().tables[name].columns[column].sql_type
    listed = {dirty.out / path for path in hashes_of(dirty.out)}
    assert listed == set((dirty.out / "tables").rglob("*.parquet"))


def test_what_is_kept_says_why(dirty: Scrambled) -> None:
    kept = [
        column
        for table in manifest_of(dirty.out)["tables"].values()
        for column in table["columns"].values()
        if column["treatment"] == "keep"
    ]
    assert kept
    assert all(len(column["reason"]) > 10 for column in kept)


def test_it_tells_the_epoch_and_the_versions(dirty: Scrambled) -> None:
    manifest = manifest_of(dirty.out)
    assert manifest["epoch"] == Epoch.load(dirty.epoch).fingerprint
    assert manifest["offset_days_back"] == [14, 90]
    assert manifest["children"] is None
    assert manifest["versions"]["polars"] == version("polars")
    assert manifest["versions"]["ssd-scrambler"] == version("ssd-scrambler")


def test_the_verdict_shows_rounded_figures_only(dirty: Scrambled) -> None:
    verdict = manifest_of(dirty.out)["verdict"]
    assert verdict["passed"] is True
    columns = {f"{one['table']}.{one['column']}": one for one in verdict["columns"]}
    assert columns["ssd_person.pers_forename"]["examined"] >= 250
    assert columns["ssd_person.pers_sex"]["deviation"] == "within six standard errors"
    assert columns["ssd_cla_convictions.clac_cla_conviction_offence"]["examined"] == FEW
    assert verdict["id_domains"]["person"] is True
    assert {one["column"] for one in verdict["references"]} > {"ssd_address.addr_person_id"}
    for one in verdict["columns"]:
        for name, value in one.items():
            if isinstance(value, int) and not isinstance(value, bool):
                assert value >= 50, name
                assert not str(value)[2:].strip("0"), name


FEW = "too few to show"


def test_no_value_host_user_or_path_is_in_it(dirty: Scrambled) -> None:
    text = (dirty.out / "manifest.json").read_text(encoding="utf-8")
    words = set(re.findall(r"[^\s\"',:{}\[\]]+", text))
    assert socket.gethostname() not in words
    assert getpass.getuser() not in words
    assert str(dirty.out.parent) not in text
    assert dirty.epoch.name not in {path for path in words if "/" in path}
    person = pl.read_parquet(dirty.source / "ssd_person.parquet")
    for column in ("pers_person_id", "pers_forename", "pers_surname", "pers_upn"):
        for side in (person, tables_of(dirty.out)["ssd_person"]):
            values = side[column].drop_nulls().str.strip_chars()
            values = values.filter(values.str.len_chars() > 3)
            assert not words & set(values), column


def test_its_schema_is_that_of_the_files_whatever_the_source(clean: Scrambled) -> None:
    numpy = {"NVARCHAR": "string", "NCHAR": "string", "DATETIME": "timestamp[us]", "INT": "int32"}
    for name, held in manifest_of(clean.out)["tables"].items():
        for part in held["files"]:
            schema = pq.read_schema(clean.out / part["path"])
            for column, said in held["columns"].items():
                expected = numpy.get(said["type"].split("(")[0])
                assert expected in (None, str(schema.field(column).type)), f"{name}.{column}"


@pytest.mark.parametrize(
    "content",
    [
        *(None, b"", b"{", b"\xff\xfe", b"[]", b"{}", b'{"tables": {}}', b'{"tables": [1]}'),
        b'{"tables": {"ssd_person": {}}}',
        b'{"tables": {"ssd_person": {"rows": 1, "columns": {"a": {}}, "files": []}}}',
    ],
)
def test_a_folder_without_a_readable_manifest_is_no_output(
    content: bytes | None, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(OutputError, match="no whole output of this program"):
        read_manifest(tmp_path)


def test_it_is_read_as_it_was_written(clean: Scrambled) -> None:
    text = (clean.out / "manifest.json").read_text(encoding="utf-8")
    assert read_manifest(clean.out) == json.loads(text)


@pytest.mark.parametrize("path", ["/etc/passwd", "../x.parquet", "tables/../../x", "tables\\x", 7])
def test_a_manifest_names_files_of_its_output_only(
    path: object, clean: Scrambled, tmp_path: Path
) -> None:
    manifest = manifest_of(clean.out)
    manifest["tables"]["ssd_person"]["files"][0]["path"] = path
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(OutputError, match="no whole output of this program"):
        read_manifest(tmp_path)


def test_unknown_columns_are_counted_and_not_named(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    rows = pl.DataFrame({"pers_person_id": ["a"], "Ann Canary": ["b"], "DOB 2011-02-03": ["c"]})
    rows.write_parquet(tmp_path / "source" / "ssd_person.parquet")
    api.run(str(tmp_path / "source"), tmp_path / "out", drop_unknown=True)
    assert manifest_of(tmp_path / "out")["dropped"] == 2
    assert "canary" not in (tmp_path / "out" / "manifest.json").read_text().lower()
