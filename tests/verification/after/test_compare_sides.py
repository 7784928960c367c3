"""Post-run verification passes what a run made, and finds each thing that may be wrong with it."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from scrambler import api
from scrambler.errors import OutputError
from scrambler.ssd import ssd
from scrambler.verification.after.result import PostRunVerification
from tests.conftest import Scrambled
from tests.outputs import manifest_of

FEW = ("ssd_person", "ssd_address", "ssd_cla_episodes", "ssd_professionals", "ssd_cin_episodes",
       "ssd_voice_of_child", "ssd_cp_plans")  # fmt: skip

FILES = "files as the manifest has them"
OTHERS = "files and folders, none but those that the manifest names"
KEYS = "entries of the manifest, none like a key"
PARQUET = "Parquet files without metadata of their own"
PAGES = "text columns of files, none with values of no row"
ROWS = "tables with as many rows"
NULLS = "columns with as many nulls"
DISTINCT = "identifier columns with as many different identifiers"
IDENTIFIERS = "values searched for identifiers of the source"
NAMES = "values searched for names of the source"
POSTCODES = "values searched for postcodes of the source"
PLACES = "values searched for places of the source"
WORDS = "values searched for words of the source"
FORMS = "identifiers of a form that pseudonyms have"
SOURCE = "tables and columns that the source has too"
RULES = "hard rules that scrambling keeps"
STATUTORY = "rules of the DfE that scrambling keeps"
THERE = "columns as the manifest names them"


@pytest.fixture(params=["clean", "dirty"])
def made(request: pytest.FixtureRequest) -> Scrambled:
    found: Scrambled = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def whole(clean: Scrambled, tmp_path_factory: pytest.TempPathFactory) -> Scrambled:
    """A few tables, scrambled."""
    folder = tmp_path_factory.mktemp("few")
    (folder / "source").mkdir()
    for table in FEW:
        shutil.copy(clean.source / f"{table}.parquet", folder / "source")
    api.run(str(folder / "source"), folder / "out")
    return Scrambled(folder / "source", folder / "out", clean.epoch)


@pytest.fixture
def few(whole: Scrambled, tmp_path: Path) -> Scrambled:
    """A copy of the few, to be spoiled."""
    shutil.copytree(whole.out, tmp_path / "out")
    return Scrambled(whole.source, tmp_path / "out", whole.epoch)


def spoil(out: Path, table: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    """Change a table of the output and let the manifest say so, as a wrong run would have."""
    path = out / "tables" / table / "part-00000.parquet"
    pq.write_table(change(pl.read_parquet(path)).to_arrow(), path, store_schema=False)
    manifest = manifest_of(out)
    (part,) = manifest["tables"][table]["files"]
    part["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (out / "manifest.json").write_text(json.dumps(manifest))


def found(made: Scrambled) -> dict[str, int]:
    """The failures of each check that has any."""
    return {check.what: check.failures for check in look(made).checks if check.failures}


def look(made: Scrambled) -> PostRunVerification:
    return api.verify(str(made.source), made.out)


def first(column: str, value: pl.Expr) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Replace the first filled cell of a column."""
    here = pl.col(column).is_not_null() & (pl.col(column).is_not_null().cum_sum() == 1)
    return lambda frame: frame.with_columns(
        pl.when(here).then(value).otherwise(column).alias(column)
    )


def test_a_run_passes(made: Scrambled) -> None:
    result = look(made)
    assert result.passed, result.summary()
    assert {check.what for check in result.checks} == {
        FILES, OTHERS, KEYS, PARQUET, PAGES, THERE, ROWS, NULLS, DISTINCT, IDENTIFIERS, NAMES,
        POSTCODES, PLACES, WORDS, FORMS, RULES, STATUTORY, SOURCE,
    }  # fmt: skip
    assert all(check.examined > 40 for check in result.checks)


def test_the_few_pass(few: Scrambled) -> None:
    assert found(few) == {}


def test_a_changed_missing_or_added_file(few: Scrambled) -> None:
    path = few.out / "tables" / "ssd_person" / "part-00000.parquet"
    shutil.copy(path, path.with_name("part-00001.parquet"))
    assert found(few) == {OTHERS: 1}
    path.unlink()
    assert found(few) == {FILES: 1, OTHERS: 1}
    path.with_name("part-00001.parquet").rename(path)
    assert found(few) == {}
    path.write_bytes(b"PAR1 and no more")
    result = look(few)
    assert not result.passed
    assert "nothing else was examined" in result.notes[0]


def test_a_lost_row(few: Scrambled) -> None:
    spoil(few.out, "ssd_professionals", lambda frame: frame.head(-1))
    assert found(few)[ROWS] == 1


def test_a_null_too_many(few: Scrambled) -> None:
    spoil(few.out, "ssd_voice_of_child", first("voch_explained_worries", pl.lit(None)))
    assert found(few)[NULLS] == 1


def test_two_children_made_one(few: Scrambled) -> None:
    spoil(few.out, "ssd_person", first("pers_person_id", pl.col("pers_person_id").last()))
    assert found(few)[DISTINCT] == 1


def test_a_surviving_identifier_in_its_own_column(few: Scrambled) -> None:
    person = pl.read_parquet(few.source / "ssd_person.parquet")
    survivor = person["pers_person_id"].sort(descending=True).first()
    spoil(few.out, "ssd_person", first("pers_person_id", pl.lit(survivor)))
    assert found(few)[IDENTIFIERS] == 1


@pytest.mark.battery("survivors", "in another column")
@pytest.mark.parametrize("hidden", ["see case {}.", '{{"id": "{}"}}', "{}"])
def test_a_surviving_identifier_in_another_column(hidden: str, few: Scrambled) -> None:
    person = pl.read_parquet(few.source / "ssd_person.parquet")
    survivor = person.filter(pl.col("pers_upn").str.len_chars() == 13).item(0, "pers_upn")
    text = pl.lit(hidden.format(survivor))
    spoil(few.out, "ssd_cin_episodes", first("cine_referral_outcome_json", text))
    assert found(few) == {IDENTIFIERS: 1}


def test_a_surviving_name_in_a_text(few: Scrambled) -> None:
    person = pl.read_parquet(few.source / "ssd_person.parquet").drop_nulls("pers_surname")
    name = f"{person.item(0, 'pers_forename')} {person.item(0, 'pers_surname')}".upper()
    text = pl.lit(f'{{"COMMENTS": "We met {name} at home"}}')
    spoil(few.out, "ssd_cin_episodes", first("cine_referral_outcome_json", text))
    assert found(few)[NAMES] == 1


def test_a_surviving_postcode(few: Scrambled) -> None:
    address = pl.read_parquet(few.source / "ssd_address.parquet")
    postcode = address.drop_nulls("addr_address_postcode").item(0, "addr_address_postcode")
    text = pl.lit(f"They live near {postcode.replace(' ', '')}, she said")
    spoil(few.out, "ssd_cin_episodes", first("cine_referral_outcome_json", text))
    assert found(few)[POSTCODES] == 1


def test_a_broken_rule(few: Scrambled) -> None:
    spoil(few.out, "ssd_person", lambda f: f.with_columns(pl.col("pers_dob").dt.offset_by("60y")))
    result = look(few)
    assert {check.what for check in result.checks if check.failures} == {RULES, STATUTORY}
    assert result.errors is not None
    assert result.errors.source == 0 < result.errors.output
    assert any("rows of the output and 0 of the source" in note for note in result.notes)


def test_some_children_only(clean: Scrambled, few: Scrambled) -> None:
    shutil.rmtree(few.out)
    api.run(str(few.source), few.out, children=50)
    result = look(few)
    assert result.passed, result.summary()
    assert "chosen children only" in result.notes[0]


def test_a_policy_of_their_own_does_not_matter(few: Scrambled, tmp_path: Path) -> None:
    shutil.rmtree(few.out)
    policy = tmp_path / "mine.csv"
    policy.write_text(
        "table,column,treatment,parameters,reason\nssd_person,pers_sex,clear,,not wanted\n"
    )
    api.run(str(few.source), few.out, policy=policy)
    assert found(few) == {}


def test_without_a_manifest_there_is_nothing_to_look_at(few: Scrambled) -> None:
    (few.out / "manifest.json").unlink()
    with pytest.raises(OutputError, match="no whole output"):
        look(few)


def test_one_broken_row_of_the_source_is_no_leave_for_others(
    few: Scrambled, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    shutil.copytree(few.source, source)
    person = pl.read_parquet(source / "ssd_person.parquet")
    later = pl.when(pl.int_range(pl.len()) == 0).then(pl.col("pers_dob").dt.offset_by("60y"))
    person.with_columns(later.otherwise("pers_dob").alias("pers_dob")).write_parquet(
        source / "ssd_person.parquet"
    )
    sides = Scrambled(source, few.out, few.epoch)
    assert RULES not in found(sides)
    spoil(few.out, "ssd_person", lambda f: f.with_columns(pl.col("pers_dob").dt.offset_by("60y")))
    result = look(sides)
    assert RULES in {check.what for check in result.checks if check.failures}
    assert any("of the output and 1 of the source" in note for note in result.notes)


def test_rules_that_cannot_be_evaluated_are_named(few: Scrambled) -> None:
    (note,) = (note for note in look(few).notes if note.startswith("Rules not evaluated"))
    assert "C023" in note  # there are no disabilities among the few


@pytest.mark.parametrize("lost", ["ssd_cp_plans", "ssd_person.pers_sex"])
def test_what_the_source_no_longer_has_is_a_fault(
    lost: str, few: Scrambled, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    shutil.copytree(few.source, source)
    table, _, column = lost.partition(".")
    path = source / f"{table}.parquet"
    if column:
        pl.read_parquet(path).drop(column).write_parquet(path)
    else:
        path.unlink()
    sides = Scrambled(source, few.out, few.epoch)
    assert found(sides) == {SOURCE: 1}
    assert any(lost in note for note in look(sides).notes)


def test_a_column_that_the_output_lost_is_a_fault(few: Scrambled) -> None:
    spoil(few.out, "ssd_person", lambda frame: frame.drop("pers_sex"))
    assert found(few)[THERE] == 1


def test_a_survivor_in_a_kept_column(clean: Scrambled, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for table in ("ssd_person", "ssd_linked_identifiers"):
        shutil.copy(clean.source / f"{table}.parquet", source)
    api.run(str(source), tmp_path / "out")
    made = Scrambled(source, tmp_path / "out", clean.epoch)
    assert found(made) == {}
    survivor = pl.read_parquet(source / "ssd_person.parquet")["pers_person_id"].max()
    spoil(made.out, "ssd_linked_identifiers", first("link_identifier_type", pl.lit(survivor)))
    assert found(made)[IDENTIFIERS] == 1


def test_identifiers_that_are_integers_are_looked_at(clean: Scrambled, tmp_path: Path) -> None:
    source, out = tmp_path / "source", tmp_path / "out"
    source.mkdir()
    domains = ("person", "referral", "assessment")
    for table in FEW:
        spec, frame = ssd().tables[table], pl.read_parquet(clean.source / f"{table}.parquet")
        numbers = [
            # One number an identifier, wherever it stands.
            (pl.col(name).hash() % 2**31).cast(pl.Int64)
            for name, column in spec.columns.items()
            if column.domain in domains and name in frame.columns
        ]
        frame.with_columns(numbers).write_parquet(source / f"{table}.parquet")
    api.run(str(source), out)
    result = api.verify(str(source), out)
    assert result.passed, result.summary()
    spoil(out, "ssd_person", first("pers_person_id", pl.lit(None)))
    assert {c.what for c in api.verify(str(source), out).checks if c.failures} >= {NULLS}


@pytest.mark.parametrize("name", ["contacts.csv", ".contacts.csv"])
def test_rows_of_the_source_in_a_file_of_another_kind(name: str, few: Scrambled) -> None:
    rows = pl.read_parquet(few.source / "ssd_person.parquet").select(pl.all().cast(pl.String))
    rows.write_csv(few.out / "tables" / name)
    assert found(few) == {OTHERS: 1}


def test_a_child_in_the_manifest(few: Scrambled) -> None:
    people = pl.read_parquet(few.source / "ssd_person.parquet").drop_nulls("pers_surname")
    child = people.row(0, named=True)
    manifest = manifest_of(few.out)
    name = f"{child['pers_forename']} {child['pers_surname']}"
    manifest["example"] = {"id": child["pers_person_id"], "name": name}
    (few.out / "manifest.json").write_text(json.dumps(manifest))
    assert found(few) == {IDENTIFIERS: 1, NAMES: 1}


def test_a_key_in_the_manifest(few: Scrambled) -> None:
    manifest = manifest_of(few.out)
    manifest["epoch"] = hashlib.sha256(b"a key").hexdigest()
    (few.out / "manifest.json").write_text(json.dumps(manifest))
    assert found(few) == {KEYS: 1}
