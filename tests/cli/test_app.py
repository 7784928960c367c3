"""Bad input: what is wrong, where, what to do; the documented exit code; nothing lost."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
from pathlib import Path

import polars as pl
import pytest

from scrambler import api
from scrambler.keys import epoch_file
from scrambler.run import settings
from tests.command import Command, Done, process
from tests.conftest import Scrambled
from tests.outputs import hashes_of

SECRET = "hunter-2-hunter"


def assert_refused(done: Done, code: int, *said: str) -> None:
    assert done.code == code, done.err
    assert done.out == ""
    assert "Traceback" not in done.err
    shown = " ".join(done.err.split())
    for words in said:
        assert re.search(words, shown), shown


@pytest.fixture
def source(tmp_path: Path, clean: Scrambled) -> Path:
    """A small source of one's own."""
    folder = tmp_path / "source"
    folder.mkdir()
    for table in ("ssd_person", "ssd_family"):
        (folder / f"{table}.parquet").write_bytes((clean.source / f"{table}.parquet").read_bytes())
    return folder


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("nowhere", "a source is a folder of Parquet files, or sqlite:///FILE"),
        (f"postgrsql://ann:{SECRET}@host/db", "that source is not known"),
        (f"postgresql://ann:{SECRET}@127.0.0.1:1/db", "does not answer"),
        (f"postgresql://ann:{SECRET}@127.0.0.1:x/db", "percent-encoded"),
        (f"mssql://ann:{SECRET}@127.0.0.1:1/db", "does not answer"),
        (f"mysql://ann:{SECRET}@127.0.0.1:1/db", "does not answer"),
        (f"oracle://ann:{SECRET}@127.0.0.1:1/db", "does not answer"),
        ("sqlite:///nowhere.db", "there is no SQLite file nowhere.db"),
        ("source.db", "sqlite:///"),
    ],
)
@pytest.mark.parametrize("command", ["check", "run", "verify"])
def test_a_wrong_location(
    command: str, location: str, said: str, scrambler: Command, tmp_path: Path, clean: Scrambled
) -> None:
    out = clean.out if command == "verify" else tmp_path / "out"
    done = scrambler(command, location, *([] if command == "check" else [out]))
    assert_refused(done, 4, said)
    assert SECRET not in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_password(guarded_url: str, scrambler: Command, tmp_path: Path) -> None:
    url = guarded_url.replace("PASSWORD", SECRET)
    for done in (scrambler("run", url, tmp_path / "out"), scrambler("check", url)):
        assert_refused(done, 4, "refused the user name or password", "percent-encoded")
        assert SECRET not in done.err
    done = scrambler("fake", url, "--children", 5)
    assert_refused(done, 5, "refused the user name or password")
    assert SECRET not in done.err


@pytest.mark.parametrize(
    "words",
    [
        ("run", "{source}", "{url}"),
        ("run", "{source}", "out", "{url}"),
        ("verify", "{source}", "{url}"),
        ("check", "{source}", "--policy", "{url}"),
        ("run", "{source}", "out", "--epoch", "{url}"),
        ("run", "{source}", "out", "--batch-rows", "{url}"),
        ("epoch", "close", "{url}"),
        ("show", "rules", "{url}"),
        ("{url}",),
        ("demo", "--out", "{url}/x", "--children", "0"),
        ("demo", "--out", "{url}"),
        ("run", "{source}", "out", "--flags", "{url}"),
        ("run", "{source}", "out", "--flags", "{odbc}"),
        ("run", "{source}", "{odbc}"),
        ("run", "{source}", "{query}"),
        ("run", "{source}", "out", "--policy", "{odbc}"),
        ("run", "{odbc}", "out"),
        ("fake", "{odbc}", "--children", "1"),
        ("epoch", "new", "{odbc}"),
        ("verify", "{source}", "{odbc}"),
        ("show", "rules", "{odbc}"),
        ("show", "rules", "{blank}"),
        ("run", "{source}", "out", "{odbc}", "--json"),
    ],
    ids=" ".join,
)
def test_a_password_in_the_wrong_place_is_not_repeated(
    words: tuple[str, ...], source: Path, scrambler: Command, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    # Never seen: a URL where the output, the policy or a number belongs.
    (tmp_path / "postgresql:").write_text("in the way")
    monkeypatch.chdir(tmp_path)
    given = {
        "url": f"postgresql://ann:{SECRET}@host:5432/db",
        "odbc": f"odbc:Driver={{x}};UID=ann;PWD={{a {SECRET};}};Server=y",
        "query": f"host/db?user=ann&password={SECRET}",
        "blank": f"postgresql://ann:a {SECRET}@host/db",
    }
    done = scrambler(*(word.format(source=source, **given) for word in words))
    assert done.code in (2, 3, 4, 5, 7), done.err
    assert not [path for path in tmp_path.rglob("*") if SECRET in str(path)]
    assert SECRET not in done.out + done.err
    assert "Traceback" not in done.err


def test_a_missing_table(source: Path, scrambler: Command, tmp_path: Path) -> None:
    done = scrambler("run", source, tmp_path / "out", "--tables", "ssd_person,ssd_addresss")
    assert_refused(done, 3, "ssd_addresss: the source has no such table")
    (source / "ssd_person.parquet").rename(source / "somebody.parquet")
    (source / "ssd_family.parquet").unlink()
    assert_refused(scrambler("check", source), 3, "no table of the SSD. Is it the right database")
    assert not (tmp_path / "out").exists()


def test_a_locked_sqlite(
    tmp_path: Path, scrambler: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scrambler.sources.connectorx._PATIENCE_SECONDS", 0.01)
    path = tmp_path / "source.db"
    api.fake(f"sqlite:///{path.as_posix()}", 5)
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("BEGIN EXCLUSIVE")
    done = scrambler("run", f"sqlite:///{path.as_posix()}", tmp_path / "out")
    database.close()
    assert_refused(done, 4, "locked by another program; close that program")


def test_an_output_that_exists(source: Path, scrambler: Command, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert scrambler("run", source, out).code == 0
    before = hashes_of(out)
    done = scrambler("run", source, out)
    assert_refused(
        done, 5, "out exists already. Choose another folder, or replace it with --replace"
    )
    assert hashes_of(out) == before
    assert scrambler("run", source, out, "--replace").code == 0
    assert hashes_of(out) != before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "out.evidence", "source"]


def test_replacing_loses_nothing_when_the_run_fails(
    source: Path, scrambler: Command, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert scrambler("run", source, out).code == 0
    before = hashes_of(out)
    family = source / "ssd_family.parquet"
    family.write_bytes(family.read_bytes()[:-20])
    done = scrambler("run", source, out, "--replace")
    assert_refused(done, 4, "ssd_family.parquet cannot be read .* make it again")
    frame = pl.read_parquet(source / "ssd_person.parquet")
    family.unlink()
    frame.with_columns(pers_dob=pl.lit("yesterday")).write_parquet(source / "ssd_person.parquet")
    done = scrambler("run", source, out, "--replace")
    assert_refused(done, 4, "ssd_person.pers_dob: 300 values are no DATETIME")
    assert hashes_of(out) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "out.evidence", "source"]


def test_a_folder_of_something_else_is_never_replaced(
    source: Path, scrambler: Command, tmp_path: Path
) -> None:
    out = tmp_path / "photos"
    out.mkdir()
    (out / "one.jpg").write_text("precious")
    done = scrambler("run", source, out, "--replace")
    assert_refused(done, 5, "holds no manifest, .* Choose another folder")
    assert (out / "one.jpg").read_text() == "precious"


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_policy_that_cannot_be_read(
    content: bytes | None, source: Path, scrambler: Command, tmp_path: Path
) -> None:
    policy = tmp_path / "mine.csv"
    if content:
        policy.write_bytes(content)
    for command in (("check", source), ("run", source, tmp_path / "out"), ("show", "policy")):
        done = scrambler(*command, "--policy", policy)
        assert_refused(done, 3, "mine.csv cannot be read. It must be a CSV file in UTF-8")


def test_a_policy_with_slips_lists_them_all(
    source: Path, scrambler: Command, tmp_path: Path
) -> None:
    policy = tmp_path / "mine.csv"
    policy.write_text(
        "table,column,treatment,parameters,reason\n"
        "ssd_persons,pers_sex,code,,\n"
        "ssd_person,pers_sexx,code,,\n"
        "ssd_person,pers_sex\n"
        "\n"
        "ssd_person,pers_sex,code,list,\n"
    )
    done = scrambler("run", source, tmp_path / "out", "--policy", policy)
    assert_refused(
        done,
        3,
        r"mine.csv:2: there is no table ssd_persons \(did you mean ssd_person\?\)",
        r"mine.csv:3: ssd_person has no column pers_sexx \(did you mean pers_sex\?\)",
        r"mine.csv:4: 2 cells where 5 belong",
        r"mine.csv:6: parameters have the form name=value",
    )
    policy.write_text(
        "table,column,treatment,parameters,reason\n"
        "ssd_person,pers_sex,cod,,\n"
        "ssd_person,pers_gender,code,lisst=gender,\n"
        "ssd_person,pers_ethnicity,keep,,\n"
        "ssd_person,pers_dob,free_text,,\n"
    )
    done = scrambler("check", source, "--policy", policy)
    assert_refused(
        done,
        3,
        r"mine.csv:2: ssd_person.pers_sex: there is no treatment cod \(did you mean code\?\)",
        r"mine.csv:3: ssd_person.pers_gender: code has no parameter lisst \(did you mean list\?\)",
        r"mine.csv:4: ssd_person.pers_ethnicity: keep needs a reason",
        r"mine.csv:5: ssd_person.pers_dob: free_text cannot take a datetime column",
    )


def test_an_epoch_that_others_can_read(source: Path, scrambler: Command, tmp_path: Path) -> None:
    key = tmp_path / "epoch"
    assert scrambler("epoch", "new", key).code == 0
    assert_refused(
        scrambler("epoch", "new", key), 7, "exists already. An epoch is never overwritten"
    )
    key.chmod(0o644)
    done = scrambler("run", source, tmp_path / "out", "--epoch", key)
    assert_refused(done, 7, "can be read by other users", f"chmod 600 {key}")
    key.chmod(0o600)
    key.write_text(key.read_text()[:40])
    done = scrambler("run", source, tmp_path / "out", "--epoch", key)
    assert_refused(done, 7, "damaged. Restore it, or start a new")
    done = scrambler("run", source, tmp_path / "out", "--epoch", tmp_path / "none")
    assert_refused(done, 7, "There is no epoch file .* Make one with: scrambler epoch new")
    assert not (tmp_path / "out").exists()


def test_what_must_stay_out_of_the_output(source: Path, scrambler: Command, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert scrambler("run", source, out).code == 0
    epoch_file.create(out / "epoch")
    (tmp_path / "other").mkdir()
    for inside in (out / "epoch", tmp_path / "other" / ".." / "out" / "epoch"):
        done = scrambler("run", source, out, "--replace", "--epoch", inside)
        assert_refused(done, 7, "lies inside the output", "keep the file somewhere else")
    done = scrambler("run", source, out, "--replace", "--flags", out / "flags.csv")
    assert_refused(done, 5, "flags.csv lies inside the output")


def test_flags_that_cannot_be_written_stop_the_run_at_once(
    source: Path, scrambler: Command, tmp_path: Path
) -> None:
    flags = tmp_path / "nowhere" / "flags.csv"
    done = scrambler("run", source, tmp_path / "out", "--flags", flags)
    assert_refused(done, 5, "Cannot write .*flags.csv: No such file or directory")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source"]


def test_a_full_disk_loses_nothing(source: Path, scrambler: Command, full_disk: Path) -> None:
    # On the tmpfs the output itself does not fit; where files are limited it is a file that ends.
    done = scrambler("fake", full_disk / "much", "--children", 500)
    assert_refused(done, 5, "disk")
    assert not (full_disk / "much").exists()
    done = scrambler("fake", f"sqlite:///{full_disk.as_posix()}/much.db", "--children", 500)
    assert_refused(done, 5, "full|disk")
    assert list(full_disk.iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        ("run",),
        ("run", "source", "out", "--childern", "5"),
        ("run", "source", "out", "--children", "0"),
        ("run", "source", "out", "--batch-rows", "none"),
        ("fake", "out"),
        ("runn", "source"),
        ("show", "rule"),
        ("show", "treatments", "cod"),
        ("demo", "--children", "0"),
        ("fake", "out", "--children", "5", "--seed", "-1"),
        ("check", "tests", "--tables", ","),
        ("check", "tests", "--tables", ""),
        ("run", "", "out"),
        ("run", "tests", ""),
        ("check", "env:NOT_SET"),
        ("check", "x" * 300),
        ("fake", "x" * 300, "--children", "1"),
        ("review", "x" * 300),
        ("run", "tests", "/"),
        ("run", "tests", "out", "--offset-days", "0", "5"),
        ("run", "tests", "out", "--offset-days", "1", "3651"),
        ("run", "tests", "out", "--delta"),
        ("run", "tests", "out", "--delta", "--epoch", "e", "--replace"),
        ("run", "tests", "out", "--delta", "--epoch", "e", "--children", "5"),
    ],
    ids=" ".join,
)
def test_wrong_usage(words: tuple[str, ...], scrambler: Command) -> None:
    done = scrambler(*words)
    assert done.code == 2
    assert done.out == ""
    assert "Traceback" not in done.err
    assert "Error" in done.err


def test_offsets_the_wrong_way_round(source: Path, scrambler: Command, tmp_path: Path) -> None:
    done = scrambler("run", source, tmp_path / "out", "--offset-days", 20, 10)
    assert_refused(done, 2, "the least is 1 or more, the most not below it")


def test_a_second_run_waits_for_nobody(source: Path, scrambler: Command, tmp_path: Path) -> None:
    from scrambler.sinks import ParquetSink

    with ParquetSink(tmp_path / "out"):
        done = scrambler("run", source, tmp_path / "out")
    assert_refused(done, 5, "Another run is writing")


def test_control_c(source: Path, tmp_path: Path) -> None:
    program = (
        "import os, signal, sys\n"
        "from scrambler import cli\nfrom scrambler.run import steps as stream\n"
        "stage = stream.fault_at\n"
        "def strike(place):\n"
        f"    os.kill(os.getpid(), {int(signal.SIGINT)})\n"
        "    return stage(place)\n"
        "stream.fault_at = strike\n"
        "cli.main()\n"
    )
    done = process("run", source, tmp_path / "out", program=program)
    assert done.code == 130
    assert done.err == "Error: Interrupted. Nothing was committed.\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source"]


def test_a_fault_of_the_program_shows_its_type_only(
    source: Path, scrambler: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(settings, "make_plan", broken)
    done = scrambler("run", source, tmp_path / "out")
    assert done.code == 1
    assert done.err.startswith("Error: A fault of this program (RuntimeError)")
    assert SECRET not in done.err


@pytest.mark.parametrize("words", [("run", "{source}", "{out}"), ("show", "policy", "ssd_person")])
@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "cp850", "ascii"])
def test_a_console_that_lacks_characters_fails_nothing(
    encoding: str, words: tuple[str, ...], source: Path, tmp_path: Path
) -> None:
    program = (
        "import io, sys\n"
        f"sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding={encoding!r})\n"
        "from scrambler import cli\n"
        "cli.main()\n"
    )
    out = tmp_path / "Ausgabe →"
    done = process(*(word.format(source=source, out=out) for word in words), program=program)
    assert (done.code, done.err) == (0, "")


def test_what_is_committed_is_not_said_to_be_nothing(
    source: Path, scrambler: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, (error, code) in enumerate(((KeyboardInterrupt, 130), (ValueError, 1))):

        def failing(*_: object, error: type[BaseException] = error) -> None:
            raise error(SECRET)

        monkeypatch.setattr("scrambler.cli.print.run.print_report", failing)
        out = tmp_path / f"out{number}"
        assert_refused(scrambler("run", source, out), code, f"{out} was committed before")
        assert (out / "manifest.json").exists()


def test_errors_are_json_where_that_is_asked_for(
    source: Path, scrambler: Command, tmp_path: Path
) -> None:
    done = scrambler("run", source, tmp_path / "out", "--tables", "ssd_persn", "--json")
    assert done.code == 3
    (error,) = json.loads(done.out).values()
    assert error["exit_code"] == 3
    assert error["findings"] == [error["message"]]
    assert "did you mean ssd_person?" in error["message"]
    for words in (
        ("run", "--json"),
        ("run", source, tmp_path / "out", "--flags", "odbc:", "--json"),
    ):
        done = scrambler(*words)
        assert json.loads(done.out)["error"]["exit_code"] == done.code == 2


def test_tables_may_be_written_in_any_case(source: Path, scrambler: Command) -> None:
    done = scrambler("check", source, "--tables", "SSD_PERSON", "--json")
    assert list(json.loads(done.out)["tables"]) == ["ssd_person"]


def test_a_policy_cell_that_never_ends(source: Path, scrambler: Command, tmp_path: Path) -> None:
    policy = tmp_path / "mine.csv"
    policy.write_text(
        f"table,column,treatment,parameters,reason\n\nssd_person,pers_sex,clear,,{'x' * 200_000}\n"
    )
    done = scrambler("check", source, "--policy", policy)
    assert_refused(done, 3, "mine.csv:3: .* no CSV")
    assert len(done.err) < 1000
