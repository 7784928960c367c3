"""The commands of payloads, staging and phases, as a user types them."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from pathlib import Path

import polars as pl
import pytest

from scrambler import api
from scrambler.synthetic import AS_OF
from tests.canary import WORD, assert_unseen
from tests.command import Command
from tests.conftest import Scrambled

DAY = ("--as-of", str(AS_OF))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("cli") / "ssd.db"
    location = f"sqlite:///{path.as_posix()}"
    api.fake(location, 40, seed=3)
    return location


@pytest.fixture(scope="module")
def out(source: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cli") / "out"
    api.run(source, path)
    return path


def test_payload_then_review(out: Path, tmp_path: Path, scrambler: Command) -> None:
    target = f"sqlite:///{(tmp_path / 'staging.db').as_posix()}"
    done = scrambler("payload", out, "--to", target, *DAY, "--json")
    assert (done.code, done.err) == (0, "")
    counts = json.loads(done.out)["counts"]
    assert counts["new"] == counts["payloads"] > 10

    said = scrambler("review", target)
    assert said.code == 0
    assert f"{counts['new']}" in said.out
    first = json.loads(scrambler("review", target, "--state", "new", "--json").out)["children"][0]
    record = scrambler("review", target, "--child", first)
    assert f'"la_child_id": "{first}"' in record.out

    again = scrambler("payload", out, "--to", target, *DAY)
    assert again.code == 0
    assert "PASSED" in again.out
    assert "Nothing was sent" in again.out
    assert "Warning" not in again.out


def test_payloads_that_were_never_sent_are_said(
    out: Path, tmp_path: Path, scrambler: Command
) -> None:
    targets = {
        "database": f"sqlite:///{(tmp_path / 'staging.db').as_posix()}",
        "folder": str(tmp_path / "staging"),
    }
    later = ("--as-of", str(AS_OF.replace(year=AS_OF.year + 1)))
    for kind, target in targets.items():
        assert scrambler("payload", out, "--to", target, *DAY).code == 0
        counts = json.loads(scrambler("review", target, "--json").out)["counts"]
        changed = scrambler("payload", out, "--to", target, *later)
        assert changed.code == 0
        staged = {
            count["row_state"]: count["rows"]
            for count in json.loads(scrambler("review", target, "--json").out)["counts"]
        }
        # A folder's batches are full payloads: nothing is missed there.
        said = re.search(r"(\d+) of the children that changed", changed.out)
        assert (said is not None) == (kind == "database")
        if said:
            assert int(said[1]) < sum(count["rows"] for count in counts)
            assert set(staged) == {"New"}
            assert "children are gone that nobody ever tried to send" in changed.out


def test_payload_from_staging(clean: Scrambled, tmp_path: Path, scrambler: Command) -> None:
    target = tmp_path / "staging"
    words = ("payload", clean.source, "--from-staging", "--to", target, "--json")
    done = scrambler(*words, "--epoch", clean.epoch)
    assert (done.code, done.err) == (0, "")
    said = json.loads(done.out)
    assert said["as_of"] is None
    assert said["counts"]["new"] > 100
    assert said["compared"]["$.child_details.surname"] == said["counts"]["payloads"]
    assert said["ids"] == "exact"

    # The first to use an epoch settles it, by this road or the other.
    folding = tmp_path / "epoch"
    api.create(folding)
    few = tmp_path / "few"
    few.mkdir()
    shutil.copy(clean.source / "ssd_person.parquet", few)
    api.run(few, tmp_path / "out", epoch=folding, ids="fold")
    told = scrambler(*words[:-2], tmp_path / "folded", "--epoch", folding)
    assert told.code == 0
    assert "differ in case alone are one" in " ".join(told.out.split())

    for days in (("0", "0"), ("90", "14"), ("-30", "-14"), ("14", "9999999")):
        refused = scrambler(*words, "--epoch", clean.epoch, "--offset-days", *days)
        assert refused.code == 2
        assert "Offsets" in refused.out + refused.err


def test_nothing_left_over_in_the_live_table_is_ever_seen(
    clean: Scrambled, tmp_path: Path, scrambler: Command
) -> None:
    source, folder = tmp_path / "source", tmp_path / "written"
    shutil.copytree(clean.source, source)
    path, word = source / "ssd_api_data_staging.parquet", WORD.ljust(32, "-")
    live = pl.read_parquet(path)
    said = {"previous_json_payload", "partial_json_payload", "api_response"}
    hashes = {"current_hash", "previous_hash"}
    assert said | hashes < set(live.columns)
    live.with_columns(
        *(pl.lit(f'{{"{word}": "{word}"}}').alias(name) for name in said),
        *(pl.lit(word.encode()).alias(name) for name in hashes),
    ).write_parquet(path)
    phases = ("--folder", folder / "phases")
    drill = ("--source", source, "--agreed-by", "Jo", "--out-of-order", "a drill")
    file = f"sqlite:///{(folder / 'staging.db').as_posix()}"
    for words in (
        ("run", source, folder / "out"),
        ("payload", source, "--from-staging", "--epoch", clean.epoch, "--to", folder / "staging"),
        ("payload", source, "--from-staging", "--epoch", clean.epoch, "--to", file),
        ("phase", 5, *phases, *drill),
        ("phases", *phases),
    ):
        done = scrambler(*words)
        assert done.code == 0
        assert_unseen(done.out, done.err)
    assert_unseen(folder)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("--from-staging",), "--epoch"),
        (("--from-staging", "--epoch", "e", *DAY), "--as-of"),
        (("--epoch", "e"), "--from-staging"),
        (("--schema", "dbo"), "leave the schema out"),
        (("--as-of", "soon"), "--as-of"),
    ],
)
def test_payload_refuses_what_does_not_go_together(
    clean: Scrambled, tmp_path: Path, scrambler: Command, words: tuple[str, ...], wanted: str
) -> None:
    done = scrambler("payload", clean.out, "--to", tmp_path / "staging", *words)
    assert done.code == 2
    assert wanted in done.err


def test_payload_wants_an_output(clean: Scrambled, tmp_path: Path, scrambler: Command) -> None:
    done = scrambler("payload", clean.source, "--to", tmp_path / "staging")
    assert done.code == 5
    assert "manifest" in done.err


def test_the_live_table_is_no_target(clean: Scrambled, scrambler: Command) -> None:
    done = scrambler("payload", clean.out, "--to", "odbc:Database=x;ssd_api_data_staging", *DAY)
    assert done.code == 5
    assert "never written" in done.err


def test_five_phases_from_an_empty_folder(
    source: str, tmp_path: Path, scrambler: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What phase 4 proves of a delta is tried with the phases themselves.
    own = "scrambler.phases.scrambled_children.delta_self_test"
    monkeypatch.setattr(own, lambda progress: ((), {}))
    folder = ("--folder", tmp_path / "phases")
    refused = scrambler("phase", 5, *folder, "--source", source, "--agreed-by", "Jo [Field]")
    assert refused.code == 6
    assert "1, 2, 3, 4 did not" in refused.err
    assert not (tmp_path / "phases").exists()

    for words in (
        (1,),
        (2, "--children", 60),
        (3, "--source", source, *DAY),
        (4, "--source", source, *DAY),
        (5, "--source", source, "--agreed-by", "Jo [Field]"),
    ):
        done = scrambler("phase", *words, *folder)
        assert (done.code, done.err) == (0, "")
        assert f"PASSED: phase {words[0]}" in done.out

    standing = scrambler("phases", *folder)
    assert standing.code == 0
    assert "All phases passed" in standing.out
    assert "Jo [Field]" in standing.out
    document = json.loads(scrambler("phases", *folder, "--json").out)
    assert document["passed"] == [1, 2, 3, 4, 5]
    assert document["faults"] == []


def test_a_failed_phase_exits_with_6(tmp_path: Path, scrambler: Command) -> None:
    words = ("--folder", tmp_path, "--children", 20, "--as-of", "1950-01-01")
    done = scrambler("phase", 2, *words, "--out-of-order", "a [drill]", "--json")
    assert done.code == 6
    assert json.loads(done.out)["passed"] is False
    standing = scrambler("phases", "--folder", tmp_path).out
    assert "FAILED" in standing
    assert "a [drill]" in standing
    assert "Next: phase 1" in standing


def test_tampering_is_said_and_exits_with_5(tmp_path: Path, scrambler: Command) -> None:
    assert scrambler("phase", 1, "--folder", tmp_path, "--json").code == 0
    ledger = tmp_path / "phases.jsonl"
    ledger.write_bytes(ledger.read_bytes().replace(b'"passed": true', b'"passed": null'))
    done = scrambler("phases", "--folder", tmp_path)
    assert done.code == 5
    assert "TAMPERED WITH" in done.out
    assert scrambler("phase", 2, "--folder", tmp_path).code == 5


def test_phases_of_a_new_folder(tmp_path: Path, scrambler: Command) -> None:
    done = scrambler("phases", "--folder", tmp_path / "none")
    assert done.code == 0
    assert "Next: phase 1" in done.out


@pytest.mark.parametrize("number", [0, 6, "one"])
def test_there_are_five(tmp_path: Path, scrambler: Command, number: object) -> None:
    assert scrambler("phase", number, "--folder", tmp_path).code == 2


def test_dates_belong_to_the_live_road(scrambler: Command, tmp_path: Path) -> None:
    done = scrambler("payload", tmp_path, "--to", tmp_path / "staging", "--dates", "order")
    assert done.code == 2
    assert "--dates wants --from-staging" in " ".join(done.err.split())


def test_a_review_shows_brackets_and_spells_out_what_a_terminal_would_act_on(
    out: Path, tmp_path: Path, scrambler: Command
) -> None:
    path = tmp_path / "staging.db"
    target = f"sqlite:///{path.as_posix()}"
    assert scrambler("payload", out, "--to", target, *DAY).code == 0
    first = json.loads(scrambler("review", target, "--state", "new", "--json").out)["children"][0]
    with sqlite3.connect(path) as connection:
        connection.execute(
            "UPDATE ssd_api_data_staging_anon SET submission_status = '[/x] ' || char(27) || '[2J',"
            " api_response = char(27) || ']0;owned' || char(7) || char(8238)"
        )
    connection.close()
    said = scrambler("review", target, "--child", first)
    assert (said.code, said.err) == (0, "")
    assert r"[/x] \x1b[2J" in said.out
    assert r"api_response: \x1b]0;owned\x07\u202e" in said.out
    assert "\x1b]" not in said.out
    assert "\x07" not in said.out
