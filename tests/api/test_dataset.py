"""An output opened by those who build upon it, and how results look in a notebook."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

import scrambler
from scrambler import api
from scrambler.errors import OutputError
from scrambler.ssd import ssd
from scrambler.synthetic import AS_OF
from tests.conftest import Scrambled
from tests.outputs import manifest_of, tables_of


def test_tables_are_lazy_frames(clean: Scrambled) -> None:
    opened = scrambler.read(clean.out)
    held = tables_of(clean.out)
    assert set(opened) == set(held)
    assert opened["ssd_person"].collect().equals(held["ssd_person"])
    assert repr(opened).startswith(f"Dataset({len(held)} tables, ")
    with pytest.raises(KeyError):
        opened["ssd_nothing"]


def test_references_join(clean: Scrambled) -> None:
    opened = scrambler.read(clean.out)
    held = {(one.child, one.parent) for one in opened.relations}
    assert ("ssd_contacts.cont_person_id", "ssd_person.pers_person_id") in held
    for child, parent in held:
        (table, column), (other, key) = child.split("."), parent.split(".")
        known = opened[other].select(pl.col(key).cast(pl.String))
        left = opened[table].select(pl.col(column).cast(pl.String)).drop_nulls()
        lost = left.join(known, left_on=column, right_on=key, how="anti").collect().height
        source = [pl.read_parquet(clean.source / f"{name}.parquet") for name in (table, other)]
        before = source[0][column].drop_nulls().cast(pl.String)
        assert lost == (~before.is_in(source[1][key].cast(pl.String).implode())).sum(), child


def test_what_is_not_as_the_manifest_has_it_is_refused(clean: Scrambled, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(clean.out, out)
    (out / "notes.txt").write_text("who knows")
    with pytest.raises(OutputError, match="none but those that the manifest names"):
        scrambler.read(out)
    (out / "notes.txt").unlink()
    described = out / "datapackage.json"
    described.write_text(described.read_text() + " ")
    with pytest.raises(OutputError, match="files as the manifest has them"):
        scrambler.read(out)
    assert not api.verify(clean.source, out).passed


def test_the_data_package_says_what_the_output_holds(clean: Scrambled) -> None:
    package = json.loads((clean.out / "datapackage.json").read_text())
    manifest = manifest_of(clean.out)
    assert manifest["datapackage"]["path"] == "datapackage.json"
    resources = {one["name"]: one for one in package["resources"]}
    assert resources.keys() == manifest["tables"].keys()
    for name, frame in tables_of(clean.out).items():
        schema = resources[name]["schema"]
        assert [one["name"] for one in schema["fields"]] == frame.columns
        missing = schema["missingValues"]
        for one in schema["fields"]:
            if codes := one.get("constraints", {}).get("enum"):
                held = frame[one["name"]].drop_nulls().unique()
                assert set(held) <= {*codes, *missing}, one["name"]
    sex = next(
        one for one in resources["ssd_person"]["schema"]["fields"] if one["name"] == "pers_sex"
    )
    assert sex["constraints"]["enum"] == list(ssd().code_lists["sex"].codes)
    assert {
        "fields": ["cont_person_id"],
        "reference": {"resource": "ssd_person", "fields": ["pers_person_id"]},
    } in resources["ssd_contacts"]["schema"]["foreignKeys"]


def test_changes_come_with_their_rows(clean: Scrambled, tmp_path: Path) -> None:
    source, out, key = tmp_path / "source", tmp_path / "out", tmp_path / "epoch"
    source.mkdir()
    for table in ("ssd_person", "ssd_family"):
        shutil.copy(clean.source / f"{table}.parquet", source)
    api.create(key)
    api.run(source, out, epoch=key)
    family = pl.read_parquet(source / "ssd_family.parquet")
    family.slice(3).write_parquet(source / "ssd_family.parquet")
    api.run(source, out, epoch=key, delta=True)
    (changes,) = scrambler.read(out).changes
    assert changes["ssd_family"].collect().height == 3


def test_results_are_short_and_have_frames(clean: Scrambled, tmp_path: Path) -> None:
    report = api.run(clean.source, tmp_path / "out")
    seen = api.verify(clean.source, tmp_path / "out")
    assert report.verdict
    for result in (report, report.plan, report.verdict, seen):
        assert len(repr(result)) < 2000
        page = result._repr_html_()
        assert page.startswith("<p>")
        assert page.count("<table") == 1
        assert len(page) < 60_000
        assert result.frame.height
    assert report.frame["rows"].sum() == sum(report.rows.values())
    assert report.verdict.frame["passed"].all()
    assert seen.frame["failures"].sum() == 0


def test_functions_stay_functions() -> None:
    """A package is called run as well, and is imported with the rest."""
    for name in scrambler.__all__:
        if name != "__version__":
            assert getattr(scrambler, name) is getattr(api, name), name


def test_paths_and_texts_are_taken_anywhere(clean: Scrambled, tmp_path: Path) -> None:
    source, out, key = tmp_path / "source", tmp_path / "out", str(tmp_path / "epoch")
    api.create(key)
    scrambler.fake(source, 30)
    assert scrambler.check(source).frame.height
    scrambler.run(source, out, epoch=key)
    assert scrambler.verify(source, out).passed
    staged = scrambler.stage_payloads(out, tmp_path / "staged", as_of=AS_OF)
    held = scrambler.review(tmp_path / "staged")
    assert held.rows == staged.payloads > 0
    for result in (staged, held):
        assert len(repr(result)) < 2000
        assert result._repr_html_().count("<table") == 1
        assert result.frame.height
    api.close(key)


def test_progress_is_told_where_it_is_wanted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "source", tmp_path / "out"
    key = tmp_path / "epoch"
    api.create(key)
    for told in (
        lambda: scrambler.fake(source, 20, progress=True),
        lambda: scrambler.check(source, rows=True, progress=True),
        lambda: scrambler.run(source, out, progress=True),
        lambda: scrambler.verify(source, out, progress=True),
        lambda: scrambler.stage_payloads(out, tmp_path / "st", as_of=AS_OF, progress=True),
        lambda: scrambler.run_phase(
            2, folder=tmp_path, children=9, out_of_order="x", progress=True
        ),
        lambda: scrambler.stage_live(
            source, tmp_path / "live", epoch=key, shift=api.DateShift(), progress=True
        ),
    ):
        told()
        assert "rows\n" in capsys.readouterr().out
    scrambler.check(source)
    assert capsys.readouterr().out == ""
