"""What commands print: JSON that parses, a closing table, and nothing else where nobody watches."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from scrambler.ssd import ssd
from scrambler.ssd.fact_files import FACT_FILES
from scrambler.ssd.rules import RULES
from scrambler.ssd.rules.statutory import STATUTORY
from scrambler.treatments import TREATMENTS
from tests.command import Command
from tests.conftest import Scrambled


@pytest.fixture
def few(tmp_path: Path, dirty: Scrambled) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    for table in ("ssd_person", "ssd_family", "ssd_version_log"):
        (folder / f"{table}.parquet").write_bytes((dirty.source / f"{table}.parquet").read_bytes())
    return folder


def test_json_is_one_document_and_nothing_else(
    few: Path, scrambler: Command, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    documents = {}
    for words in (
        ("fake", tmp_path / "fake", "--children", 5),
        ("check", few),
        ("run", few, out),
        ("verify", few, out),
        ("run", few, tmp_path / "none", "--dry-run"),
    ):
        done = scrambler(*words, "--json")
        assert done.code == 0, done.err
        assert done.err == ""
        documents[words[0] + str(words[-1])] = json.loads(done.out)
    fake, check, run, verify, dry = documents.values()
    assert fake["rows"]["ssd_person"] == 5
    assert check["tables"].keys() == run["rows"].keys() == {path.stem for path in few.iterdir()}
    assert "ssd_address" in check["missing"]
    assert run["verdict"]["passed"] is True
    assert run["rows"] == dry["rows"]
    assert run["dates"] == dry["dates"] == "working-days"
    assert verify["passed"] is True
    assert run["cohort"].keys() == {"as_of", "before", "after", "warning"}
    assert dry["verdict"] is None


def test_the_closing_table(few: Path, scrambler: Command, tmp_path: Path) -> None:
    done = scrambler("run", few, tmp_path / "out", "--verbose")
    assert done.code == 0
    # Nobody watches: no bar, no escape.
    assert done.err == ""
    assert "\x1b" not in done.out
    header, *rows = (
        re.split(r"\s*[│┃]\s*", line) for line in done.out.splitlines() if line[:1] in "│┃"
    )
    held, *_ = (index for index, row in enumerate(rows) if row[1] == "table")
    assert header[1:-2] == [
        "held to",
        "columns",
        "unchanged",
        "of how many",
        "by chance",
        "verdict",
    ]
    closing = {row[1]: row for row in rows[:held] if row[1]}
    assert closing.keys() == {"must change", "drawn anew", "structure", "kept", "empty"} & {
        *closing
    }
    assert closing["must change"][3] == "0"
    assert {row[6] for row in closing.values()} == {"passed"}
    assert done.out.startswith("Needs a look: ")
    assert rows[held][1:-1] == ["table", "rows", "columns", "examined", "kept", "verdict"]
    assert {row[1] for row in rows[held + 1 :]} == {path.stem for path in few.iterdir()}
    assert "PASSED: " in done.out
    assert "Kept as structure: ssd_version_log (version_number" in " ".join(done.out.split())
    done = scrambler("run", few, tmp_path / "none", "--dry-run")
    assert "dry run" in done.out
    assert "PASSED" not in done.out
    done = scrambler("verify", few, tmp_path / "out")
    assert done.code == 0
    assert "PASSED" in done.out


def test_order_only_is_said_in_the_verdict(few: Path, scrambler: Command, tmp_path: Path) -> None:
    for dates, said in (("order", "intervals do not"), ("intervals", "all intervals")):
        done = scrambler("run", few, tmp_path / dates, "--dates", dates)
        assert done.code == 0
        assert said in " ".join(done.out.split())
        assert json.loads((tmp_path / dates / "manifest.json").read_text())["dates"] == dates
    done = scrambler("run", few, tmp_path / "none", "--dates", "neither")
    assert done.code == 2


def test_rules_that_a_way_of_moving_dates_breaks_are_shown(scrambler: Command) -> None:
    shown = " ".join(scrambler("show", "rules", "C074").out.split())
    assert "working-days: A weekend" in shown
    assert "order: Days one" in shown


def test_verify_fails_with_its_own_exit_code(few: Path, scrambler: Command, tmp_path: Path) -> None:
    assert scrambler("run", few, tmp_path / "out").code == 0
    with next((tmp_path / "out").rglob("*.parquet")).open("ab") as file:
        file.write(b"more")
    done = scrambler("verify", few, tmp_path / "out", "--json")
    assert done.code == 6
    assert json.loads(done.out)["passed"] is False


def test_nothing_of_the_source_is_printed(few: Path, scrambler: Command, tmp_path: Path) -> None:
    import polars as pl

    said = [
        scrambler("run", few, tmp_path / "out").out,
        scrambler("verify", few, tmp_path / "out").out,
        scrambler("check", few).out,
    ]
    person = pl.read_parquet(few / "ssd_person.parquet")
    for column in ("pers_person_id", "pers_surname", "pers_upn"):
        values = person[column].drop_nulls().str.strip_chars()
        for value in values.filter(values.str.len_chars() > 5):
            assert not [one for one in said if value in one], column


@pytest.mark.parametrize(
    ("what", "names"),
    [
        ("policy", ["ssd_person", "ssd_version_log"]),
        ("dictionary", ["ssd_person", "ssd_version_log"]),
        ("facts", list(FACT_FILES)),
        ("treatments", list(TREATMENTS)),
        ("code-lists", list(ssd().code_lists)[:3]),
        ("rules", [rule.id for rule in RULES[:3]]),
        ("rules", [rule.id for rule in STATUTORY[:2]]),
    ],
)
def test_show(what: str, names: list[str], scrambler: Command) -> None:
    every = scrambler("show", what)
    assert every.code == 0
    assert every.err == ""
    for name in names:
        assert name in every.out
        one = scrambler("show", what, name)
        assert one.code == 0
        assert len(one.out) > 50
    wrong = scrambler("show", what, names[0] + "x")
    assert wrong.code == 2
    assert f"did you mean {names[0]}?" in " ".join(wrong.err.split())


def test_the_policy_as_a_page(scrambler: Command) -> None:
    page = scrambler("show", "policy", "ssd_person", "--markdown").out
    assert page.startswith("## ssd_person\n")
    assert "| pers_sex | code | list=sex |" in page


def test_an_epoch_from_birth_to_end(few: Path, scrambler: Command, tmp_path: Path) -> None:
    key = tmp_path / "epoch"
    born = scrambler("epoch", "new", key)
    assert born.code == 0
    fingerprint = re.search(r"Epoch ([0-9a-f]{16}) ", born.out)
    assert fingerprint
    assert scrambler("run", few, tmp_path / "out", "--epoch", key).code == 0
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["epoch"] == fingerprint[1]
    assert scrambler("epoch", "close", key).code == 0
    assert not key.exists()
    assert scrambler("run", few, tmp_path / "two", "--epoch", key).code == 7
