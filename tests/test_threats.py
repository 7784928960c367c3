"""The proofs of the threats T1 to T13, each on the whole program."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import random
import re
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from nhs_number.constants import REGION_SYNTHETIC
from nhs_number.details import NhsNumber
from stdnum.gb import nhs, upn

from scrambler import api
from scrambler.batch import Batch
from scrambler.errors import (
    OutputError,
    PolicyError,
    ScramblerError,
    SourceError,
    VerificationError,
)
from scrambler.keys import epoch_file
from scrambler.keys.epoch import Epoch
from scrambler.policy import load_policy
from scrambler.run import steps
from scrambler.sinks.manifest import read_manifest
from scrambler.sources import open_source
from scrambler.ssd import ssd
from scrambler.treatments import TREATMENTS
from tests.canary import WORD, assert_unseen, plant
from tests.command import Command, Done, process
from tests.conftest import Scrambled
from tests.outputs import everything_in, hashes_of, manifest_of, tables_of
from tests.pairing import in_order_of_output


def write(folder: Path, **tables: dict[str, Any]) -> str:
    """A source of these tables and columns only."""
    folder.mkdir(parents=True)
    for table, columns in tables.items():
        pl.DataFrame(columns).write_parquet(folder / f"{table}.parquet")
    return str(folder)


def identifiers(made: Scrambled) -> Iterator[tuple[str, str, pl.Series, pl.Series]]:
    """Each identifier column: its name, id domain, source values and pseudonyms."""
    assignments, after = load_policy(ssd()).assignments, tables_of(made.out)
    source = in_order_of_output(made.source, made.epoch)
    for table, held in manifest_of(made.out)["tables"].items():
        before = source[table]
        for name, column in held["columns"].items():
            if column["treatment"] == "identifier":
                domain = assignments[table][name].column.domain or ""
                yield f"{table}.{name}", domain, before[name], after[table][name]


# T1 — ids are reversed by guessing


def test_t1_guessing_finds_everybody_behind_a_plain_hash_and_nobody_here(tmp_path: Path) -> None:
    ids = pl.Series(random.Random(1).sample(range(100_000, 300_000), 2_000)).cast(pl.String)
    source = write(tmp_path / "source", ssd_person={"pers_person_id": ids})
    api.run(source, tmp_path / "out")
    pseudonyms = set(tables_of(tmp_path / "out")["ssd_person"]["pers_person_id"])
    assert len(pseudonyms) == 2_000
    control = {hashlib.sha256(one.encode()).hexdigest()[:20] for one in ids}
    guesses = [str(number).encode() for number in range(100_000, 300_000)]
    plain = {hashlib.sha256(guess).hexdigest()[:20] for guess in guesses}
    assert len(control & plain) == 2_000
    assert not pseudonyms & plain
    # Nor with the keys that somebody without the key would try.
    values = pl.Series([guess.decode() for guess in guesses])
    for key in ("", "00" * 32, "identifier:person", "ssd-scrambler"):
        assert not pseudonyms & {
            hmac.digest(key.encode(), one.encode(), "sha256").hex()[:20] for one in values
        }


def test_t1_a_short_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScramblerError, match="32 bytes"):
        Epoch(b"short")
    key = tmp_path / "epoch"
    epoch_file.create(key)
    key.write_text(re.sub(r'"key": "\w+"', '"key": "00"', key.read_text()))
    with pytest.raises(ScramblerError, match="epoch key has 32 bytes"):
        Epoch.load(key)


# T2 — the key leaks


def test_t2_no_byte_written_or_said_holds_the_key(
    dirty: Scrambled, tmp_path: Path, scrambler: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    key, secret = tmp_path.parent / f"{tmp_path.name}.epoch", hashlib.sha256(b"a key").digest()
    Epoch(secret).save(key)
    flags = tmp_path / "flags.csv"
    done = scrambler("run", dirty.source, tmp_path / "out", "--epoch", key, "--flags", flags)
    assert done.code == 0, done.err
    seen = everything_in(tmp_path) + done.out.encode() + done.err.encode()
    derived = [Epoch(secret).subkey(purpose) for purpose in ("identifier:person", "offset")]
    for one in (secret, *map(bytes.fromhex, derived)):
        forms = (one, one.hex().encode(), base64.b64encode(one), base64.urlsafe_b64encode(one))
        assert not [form for form in forms if form.lower() in seen.lower()]
    assert secret.hex() not in repr(Epoch(secret)) + str(Epoch(secret))
    assert key.stat().st_mode & 0o077 == 0


def test_t2_without_an_epoch_file_the_key_is_never_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = hashlib.sha256(b"a key").digest()
    monkeypatch.setattr("scrambler.keys.epoch.secrets.token_bytes", lambda size: secret[:size])
    # A key that is always the same is what they find.
    monkeypatch.setattr(steps, "known_answers", lambda fresh: None)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    source = write(tmp_path / "source", ssd_person={"pers_person_id": ["4711", "4712"]})
    api.run(source, tmp_path / "out")
    seen = everything_in(tmp_path)
    assert secret not in seen
    assert secret.hex().encode() not in seen


def test_t2_a_closed_epoch_is_gone(tmp_path: Path) -> None:
    key, other = tmp_path / "epoch", tmp_path / "link"
    epoch_file.create(key)
    secret = json.loads(key.read_text())["key"]
    os.link(key, other)
    epoch_file.close(key)
    assert not key.exists()
    # What still hangs on the same blocks of the disk was overwritten.
    assert secret.encode() not in other.read_bytes()


# T3 is proved in test_api: one epoch is the same to the byte, two share nothing.


# T4 — collisions merge two children


def test_t4_as_many_pseudonyms_as_identifiers_in_every_domain(dirty: Scrambled) -> None:
    examined = 0
    for name, domain, before, after in identifiers(dirty):
        if domain == "by_type":
            continue  # one value may stand there under two types
        real = pl.DataFrame(
            {"a": before.cast(pl.String).str.strip_chars(), "b": after}
        ).drop_nulls()
        real = real.filter(~pl.col("a").str.contains(r"^UN\d+$| |,"))
        assert real["a"].n_unique() == real["b"].n_unique() == real.n_unique(), name
        examined += real["a"].n_unique()
    assert examined > 5_000


def test_t4_truncated_pseudonyms_stay_apart(tmp_path: Path) -> None:
    # 48 characters that are one after cutting to the 20 of the payload.
    ids = [f"{'0' * 40}{number:08}" for number in range(20_000)]
    source = write(tmp_path / "source", ssd_person={"pers_person_id": ids})
    api.run(source, tmp_path / "out")
    pseudonyms = tables_of(tmp_path / "out")["ssd_person"]["pers_person_id"]
    assert pseudonyms.n_unique() == 20_000
    assert pseudonyms.str.contains("^[0-9a-f]{20}$").all()


def test_t4_a_collision_aborts_the_run(
    clean: Scrambled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = TREATMENTS["identifier"].scramble
    assert honest

    def cut(batch: Batch, column: str) -> pl.Series:
        return pl.Series([pseudonym[:2] for pseudonym in honest(batch, column)])

    plant_fault(monkeypatch, "identifier", cut)
    source = write(
        tmp_path / "source", ssd_person={"pers_person_id": [str(n) for n in range(1, 1000)]}
    )
    with pytest.raises(VerificationError, match="id domain person: 999 identifiers"):
        api.run(source, tmp_path / "out")


def plant_fault(monkeypatch: pytest.MonkeyPatch, treatment: str, scramble: Any) -> None:
    """Replace what a treatment does for the length of a test."""
    faulty = replace(TREATMENTS[treatment], scramble=scramble)
    monkeypatch.setitem(TREATMENTS, treatment, faulty)


# T5 — a scrambled id is a real person's


@pytest.mark.parametrize("made", ["clean", "dirty"])
def test_t5_every_number_lies_in_a_range_never_issued(
    made: str, request: pytest.FixtureRequest
) -> None:
    tables = tables_of(request.getfixturevalue(made).out)
    person, linked = tables["ssd_person"], tables["ssd_linked_identifiers"]
    upns = person["pers_upn"].drop_nulls()
    upns = upns.filter(upns.str.contains(r"^[A-Z]\d{11}[\dA-Z]$"))
    assert len(upns) > 50
    assert upns.str.contains(r"^[A-Z]99[0-4]").all()
    assert all(upn.calc_check_digit(one[1:]) == one[0] for one in upns)
    numbers = linked.filter(pl.col("link_identifier_type").str.contains("NHS"))
    nhs_numbers = numbers["link_identifier_value"].drop_nulls()
    nhs_numbers = nhs_numbers.filter(nhs_numbers.str.contains(r"^\d{10}$"))
    assert len(nhs_numbers) > 5
    for one in nhs_numbers:
        assert one.startswith("999")
        assert nhs.is_valid(one)
        assert NhsNumber(one).region == REGION_SYNTHETIC  # type: ignore[no-untyped-call]
    for table, column in (
        ("ssd_address", "addr_address_postcode"),
        ("ssd_cla_placement", "clap_cla_placement_postcode"),
    ):
        postcodes = tables[table][column].drop_nulls()
        postcodes = postcodes.filter(postcodes.str.strip_chars() != "")
        assert len(postcodes) > 20
        assert postcodes.str.contains(r"^ZZ\d").all(), column


# T7 — flags and short lists


def test_t7_always_changing_a_flag_is_found_out(
    clean: Scrambled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = TREATMENTS["code"].scramble
    assert honest

    def flipped(batch: Batch, column: str) -> pl.Series:
        values = batch.frame[column]
        if column != "pers_sex":
            return honest(batch, column)
        return values.replace({"F": "M", "M": "F"})

    plant_fault(monkeypatch, "code", flipped)
    source = write(
        tmp_path / "source",
        ssd_person={
            "pers_person_id": [str(n) for n in range(1, 1000)],
            "pers_sex": ["F", "M", "M"] * 333,
        },
    )
    with pytest.raises(VerificationError, match=r"ssd_person.pers_sex: 0 of 999 values unchanged"):
        api.run(source, tmp_path / "out")
    assert not (tmp_path / "out").exists()


# T9 — unlisted columns pass through


def test_t9_a_hundred_changes_of_the_schema_copy_nothing(tmp_path: Path) -> None:
    spec, rng = ssd(), random.Random(9)
    names = [name for name in spec.tables if not name.startswith("ssd_api")]
    refused = 0
    for number in range(100):
        table = spec.tables[rng.choice(names)]
        schema: dict[str, pl.DataType] = {c.name: c.dtype for c in table.columns.values()}
        column, change = rng.choice(list(schema)), number % 5
        if change == 0:
            schema[f"{column}_{number}"] = pl.String()
        elif change == 1:
            schema = {(f"x{n}" if n == column else n): dtype for n, dtype in schema.items()}
        elif change == 2:
            schema[column[:-1]] = pl.String()
        elif change == 3:
            schema[column] = pl.Binary()
        name = f"{table.name}{number}" if change == 4 else table.name
        folder = tmp_path / str(number)
        folder.mkdir()
        pl.DataFrame(schema=schema).write_parquet(folder / f"{name}.parquet")
        try:
            planned = api.check(str(folder), drop_unknown=bool(number % 2)).tables
        except PolicyError as error:
            refused += name in str(error)
            planned = ()
        for one in planned:
            assert set(one.assignments) <= set(table.columns)
            assert {a.treatment for a in one.assignments.values()} <= set(TREATMENTS)
    assert refused > 60


STRUCK = """
import itertools, os, sys
from scrambler import cli

out, at, signal = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
sys.argv[1:] = sys.argv[4:]
WRITING = os.O_WRONLY | os.O_RDWR
steps = itertools.count(1)  # which several threads may count by

def watch(event, arguments):
    changes = event in ("os.rename", "os.mkdir", "os.remove", "os.rmdir") or (
        event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING
    )
    if changes and str(arguments[0]).startswith(out):
        if next(steps) == at:
            os.kill(os.getpid(), signal)

sys.addaudithook(watch)
try:
    cli.main()
finally:
    print(next(steps) - 1)
"""
"""A program that is struck by a signal just before the n-th time it changes anything at OUT."""


def struck(source: Path | str, out: Path, at: int, blow: signal.Signals = signal.SIGKILL) -> Done:
    words = ("run", source, out, "--replace", "--json")
    return process(out, at, int(blow), *words, program=STRUCK)


# T10 — errors carry values; T11 — file residue; both on a source with a word in every text


@pytest.fixture(scope="module")
def canary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the word in every text of every table."""
    path = tmp_path_factory.mktemp("planted") / "source.db"
    plant(f"sqlite:///{path.as_posix()}")
    with sqlite3.connect(path) as database:
        texts = [
            f'SELECT COUNT(*) FROM {table} WHERE "{column}" LIKE "%{WORD}%"'
            for table, columns in _texts(database)
            for column in columns
        ]
        counts = [database.execute(query).fetchone()[0] for query in texts]
    assert len(counts) > 200
    assert sum(count > 0 for count in counts) > 0.9 * len(counts)
    return path


def _texts(database: sqlite3.Connection) -> list[tuple[str, list[str]]]:
    tables = [
        row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type='table'")
    ]
    return [
        (
            table,
            [
                row[1]
                for row in database.execute(f"PRAGMA table_info({table})")
                if "CHAR" in row[2].upper()
            ],
        )
        for table in tables
    ]


@pytest.fixture
def bad(canary: Path, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A copy of the planted source, to be made worse: ``bad.db`` in the test's folder."""
    (tmp_path / "bad.db").write_bytes(canary.read_bytes())
    database = sqlite3.connect(tmp_path / "bad.db", isolation_level=None)
    yield database
    database.close()


@pytest.fixture
def fails(
    tmp_path: Path, scrambler: Command, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> Any:  # fmt: skip
    """Runs on a planted source, which must fail with a code and leave and say nothing of it."""
    left = tmp_path / "left"
    left.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(left))
    caplog.set_level(0)

    def run(code: int, source: Path | str, *options: object, out: Path = left / "out") -> str:
        location = source if isinstance(source, str) else f"sqlite:///{source.as_posix()}"
        done = scrambler("run", location, out, *options)
        assert done.code == code, done.err
        assert_unseen(left, done.out, done.err, caplog.text)
        assert "Traceback" not in done.out + done.err
        assert done.out == ""
        assert done.err.startswith("Error: ")
        assert not out.exists()
        assert {one.name for one in left.iterdir() if one.suffix != ".csv"} <= {"out.evidence"}
        return done.err

    return run


def test_t10_nothing_is_seen_of_a_run_that_goes_well(canary: Path, tmp_path: Path) -> None:
    flags = tmp_path / "flags.csv"
    done = process(
        "run", f"sqlite:///{canary.as_posix()}", tmp_path / "out", "--flags", flags, "--json"
    )
    assert done.code == 0, done.err
    assert_unseen(tmp_path, done.out, done.err)
    assert done.err == ""
    tables = tables_of(tmp_path / "out")
    assert len(tables) > 45
    assert tables["ssd_person"].height == 30


def test_t10_an_unknown_column(bad: sqlite3.Connection, tmp_path: Path, fails: Any) -> None:
    bad.execute(f"ALTER TABLE ssd_person ADD COLUMN pers_hair TEXT DEFAULT '{WORD}'")
    said = fails(3, tmp_path / "bad.db")
    assert "ssd_person.pers_hair: no policy names this column" in said
    assert "--drop-unknown" in said


def test_t10_text_in_a_date_column(bad: sqlite3.Connection, tmp_path: Path, fails: Any) -> None:
    bad.execute(f"UPDATE ssd_cla_episodes SET clae_cla_episode_start_date = '{WORD}'")
    said = fails(4, tmp_path / "bad.db")
    assert re.search(
        r"ssd_cla_episodes.clae_cla_episode_start_date: \d+ values are no DATETIME", said
    )


def test_t10_text_in_a_number_column(bad: sqlite3.Connection, tmp_path: Path, fails: Any) -> None:
    bad.execute(f"UPDATE ssd_sdq_scores SET csdq_sdq_score = '{WORD}'")
    assert "ssd_sdq_scores" in fails(4, tmp_path / "bad.db")


def test_t10_text_that_is_no_utf8(bad: sqlite3.Connection, tmp_path: Path, fails: Any) -> None:
    bad.execute(f"UPDATE ssd_person SET pers_forename = CAST(x'ff{WORD.encode().hex()}' AS TEXT)")
    assert "not valid UTF-8" in fails(4, tmp_path / "bad.db")


def test_t10_a_locked_database(bad: sqlite3.Connection, tmp_path: Path, fails: Any,
    monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("scrambler.sources.connectorx._PATIENCE_SECONDS", 0.01)
    bad.execute("BEGIN EXCLUSIVE")
    assert "locked by another program" in fails(4, tmp_path / "bad.db")


def test_t10_a_damaged_file(canary: Path, tmp_path: Path, fails: Any) -> None:
    source = tmp_path / "parquet"
    source.mkdir()
    with sqlite3.connect(canary) as database:
        names = [row[0] for row in database.execute("SELECT pers_forename FROM ssd_person")]
    file = source / "ssd_person.parquet"
    frame = pl.DataFrame(
        {"pers_person_id": [str(n) for n in range(len(names))], "pers_forename": names}
    )
    frame.write_parquet(file, compression="uncompressed", use_pyarrow=True)
    whole = file.read_bytes()
    file.write_bytes(whole[:20] + b"\xff" * 60 + whole[80:])
    assert "ssd_person" in fails(4, str(source))


def test_t10_an_output_that_cannot_be_made(canary: Path, tmp_path: Path, fails: Any) -> None:
    (tmp_path / "file").write_text("not a folder")
    said = fails(5, canary, out=tmp_path / "file" / "out")
    assert "Cannot write" in said
    assert "run again" in said


def test_t10_a_verification_that_fails(
    canary: Path, tmp_path: Path, fails: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant_fault(monkeypatch, "free_text", lambda batch, column: batch.frame[column])
    plant_fault(monkeypatch, "name", lambda batch, column: batch.frame[column])
    said = fails(6, canary, "--flags", tmp_path / "left" / "flags.csv")
    assert "ssd_person.pers_forename: " in said
    flags = pl.read_csv(tmp_path / "left" / "flags.csv", infer_schema=False)
    assert {"pers_forename", "pers_surname"} <= set(flags["column"])
    assert flags.columns == ["table", "column", "row"]


def quoting(batch: Batch, column: str) -> pl.Series:
    return batch.frame[column].cast(pl.Int64)  # Polars quotes what it cannot cast


def logging(batch: Batch, column: str) -> pl.Series:
    raise RuntimeError(str(batch.frame[column].to_list()))


def panicking(batch: Batch, column: str) -> pl.Series:
    raise pl.exceptions.PanicException(str(batch.frame[column].to_list()))


@pytest.mark.parametrize("fault", [quoting, logging, panicking])
def test_t10_a_fault_of_this_program(
    fault: Any, canary: Path, fails: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant_fault(monkeypatch, "name", fault)
    said = fails(1, canary)
    # Tables are read side by side: whichever of those with names comes first.
    assert re.search(r"ssd_\w+\.\w+_\w*name: a fault of this program \(\w+ at ", said)


def test_t10_an_interrupt_that_quotes(
    canary: Path, fails: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupting(batch: Batch, column: str) -> pl.Series:
        raise KeyboardInterrupt(str(batch.frame[column].to_list()))

    plant_fault(monkeypatch, "name", interrupting)
    assert fails(130, canary) == "Error: Interrupted. Nothing was committed.\n"


def test_t10_a_signal_in_the_middle(canary: Path, tmp_path: Path) -> None:
    source, out = f"sqlite:///{canary.as_posix()}", tmp_path / "out"
    done = struck(source, out, 60, signal.SIGKILL)
    assert done.code == -9
    assert out.with_name("out.incomplete").exists()
    assert_unseen(tmp_path, done.out, done.err)
    done = struck(source, out, 60, signal.SIGINT)
    assert done.code == 130
    assert done.err == "Error: Interrupted. Nothing was committed.\n"
    assert_unseen(tmp_path, done.out, done.err)
    assert list(tmp_path.iterdir()) == []


def test_t10_a_wrong_password(guarded_url: str, fails: Any) -> None:
    said = fails(4, guarded_url.replace("PASSWORD", WORD))
    assert "refused the user name or password" in said


def test_t10_a_full_disk(canary: Path, fails: Any, full_disk: Path) -> None:
    said = fails(5, canary, out=full_disk / "out")
    assert "Cannot write" in said
    assert "Free space" in said
    assert_unseen(full_disk)
    assert [path for path in full_disk.iterdir() if path.name != "filling"] == []


# T11 — file residue


def test_t11_entries_of_a_dictionary_that_no_row_uses_are_not_kept(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    words = pa.DictionaryArray.from_arrays(
        pa.array([0, 1, 0, 1]), pa.array(["F", "M", WORD, f"{WORD} too"])
    )
    ids = pa.array([f"{WORD}{n}" for n in range(4)]).dictionary_encode()
    table = pa.table(
        {
            "pers_person_id": ids,
            "pers_sex": words,
            "pers_forename": words,
            "pers_ethnicity": words,
        }
    ).replace_schema_metadata({"origin": WORD})
    pq.write_table(table.slice(1, 2), source / "ssd_person.parquet")
    api.run(str(source), tmp_path / "out", tables=["ssd_person"])
    assert_unseen(tmp_path / "out")


def test_t11_files_hold_no_metadata_and_no_types_of_source_values(dirty: Scrambled) -> None:
    for file in dirty.out.rglob("*.parquet"):
        with pq.ParquetFile(file) as parquet:
            assert not parquet.metadata.metadata, file.name
            assert not parquet.schema_arrow.metadata, file.name
            for field in parquet.schema_arrow:
                assert not pa.types.is_dictionary(field.type)
                assert not field.metadata


# T12 — half an output looks whole


@pytest.mark.battery("kills")
def test_t12_a_killed_run_leaves_no_half_output(
    clean: Scrambled, tmp_path: Path, chance: random.Random, whole_battery: bool
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    person = pl.read_parquet(clean.source / "ssd_person.parquet").head(5)
    person.write_parquet(source / "ssd_person.parquet")
    for name in ("ssd_family", "ssd_mother"):
        (source / f"{name}.parquet").write_bytes((clean.source / f"{name}.parquet").read_bytes())
    out, old = tmp_path / "out", tmp_path / "out.old"
    done = struck(source, out, 0)
    assert done.code == 0, done.err
    steps = int(done.out.split()[-1])
    # The commit is in the last steps; the others are like each other.
    early, late = (4, 6) if whole_battery else (1, 3)
    points = chance.sample(range(1, steps - 8), early)
    points += chance.sample(range(steps - 6, steps), late)
    chance.shuffle(points)
    for number, point in enumerate(points):
        if number % 3 == 2:
            for remains in (out, old):
                shutil.rmtree(remains, ignore_errors=True)
        replacing = out.exists() or old.exists()
        # It starts over what the last one left, and gets as far as it should.
        assert struck(source, out, point).code == -9
        if out.exists():
            assert_whole(out)
        else:
            with pytest.raises(OutputError):
                read_manifest(out)
        partial = out.with_name("out.incomplete")
        if partial.exists() and not (partial / "manifest.json").exists():
            with pytest.raises(SourceError):
                open_source(str(partial))
        # Nothing is lost either: where there was an output there is one, if under its other name.
        if replacing:
            assert_whole(out if out.exists() else old)
    api.run(str(source), out, replace=True)
    assert_whole(out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "out.evidence", "source"]


def assert_whole(out: Path) -> None:
    """Every file that the manifest names is there with the bytes it had."""
    read_manifest(out)
    hashes = hashes_of(out)
    assert hashes
    for path, digest in hashes.items():
        assert hashlib.sha256((out / path).read_bytes()).hexdigest() == digest


# T13 — leftovers


def test_t13_leftovers_are_never_copied(dirty: Scrambled) -> None:
    source = {path.stem for path in dirty.source.iterdir()}
    leftovers = {"ssd_api_data_staging", "ssd_pre_cla_care_plan"}
    assert leftovers <= source
    assert not leftovers & tables_of(dirty.out).keys()
    manifest = manifest_of(dirty.out)
    assert leftovers <= set(manifest["omitted"])
    staged = pl.read_parquet(dirty.source / "ssd_api_data_staging.parquet")
    seen = everything_in(dirty.out)
    for column in ("current_hash", "previous_hash"):
        for value in staged[column].drop_nulls():
            text = value.hex() if isinstance(value, bytes) else str(value)
            assert text.lower().encode() not in seen.lower()
    log = tables_of(dirty.out)["ssd_version_log"]
    assert log["created_by"].null_count() == log.height
    assert log["created_at"].null_count() == log.height


# T14 to T26 are proved where what answers them is tested: T18 (many releases average out) in
# tests/run/test_releases.py and test_dates_key.py, T24 (key residue) in tests/keys/test_residue.py
# and tests/resources/test_crash_dumps.py.
