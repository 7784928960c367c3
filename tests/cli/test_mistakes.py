"""A hundred mistakes at the command line: what each is told, its exit code, and nothing is lost."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from scrambler import api
from tests.command import Command
from tests.conftest import Scrambled

LONG = "x" * 300
SECRET = "hunter2-canary"
HEADER = "table,column,treatment,parameters,reason\n"
POLICIES = {
    "no.csv": "not a policy\n",
    "treatment.csv": HEADER + "ssd_person,pers_dob,dates,,\n",
    "table.csv": HEADER + "ssd_persons,pers_dob,date,,\n",
    "column.csv": HEADER + "ssd_person,pers_dobb,date,,\n",
    "keep.csv": HEADER + "ssd_person,pers_dob,keep,,because\n",
    "reason.csv": HEADER + "ssd_person,pers_sex,keep,list=sex,\n",
    "list.csv": HEADER + "ssd_person,pers_sex,code,list=sexes,\n",
    "cells.csv": HEADER + "ssd_person,pers_dob\n",
    "twice.csv": HEADER + "ssd_person,pers_dob,date,,\n" * 2,
    "form.csv": HEADER + "ssd_person,pers_dob,date,%d/%m/%Y,\n",
    "whole.csv": HEADER + "ssd_person,*,omit,,\n",
    "quote.csv": HEADER + '"ssd_person,pers_dob\n',
}

MISTAKES: list[tuple[str, int, str]] = [
    # Words that are no command, option or number.
    ("runn s out", 2, "No such command"),
    ("run", 2, "Missing argument"),
    ("run source", 2, "Missing argument"),
    ("run source new extra", 2, "unexpected extra argument"),
    ("run source new --replaec", 2, "No such option"),
    ("run source new --batch-rows 0", 2, "greater than or equal to 1"),
    ("run source new --batch-rows ten", 2, "valid integer"),
    ("run source new --children -1", 2, "greater than or equal to 1"),
    ("run source new --offset-days 14", 2, "requires 2 arguments"),
    ("run source new --offset-days 90 14", 2, "."),
    ("run source new --offset-days 0 9999", 2, "."),
    ("run source new --dates both", 2, "'intervals'"),
    ("run source new --ids upper", 2, "'fold'"),
    ("run source new --tables ,", 2, "names no table"),
    ("payload out --to staged --as-of 26/11/2026", 2, "%Y-%m-%d"),
    ("show everything", 2, "No such command"),
    ("show rules C999999", 2, "there is no C999999"),
    ("show treatments hash", 2, "there is no hash"),
    ("show policy ssd_persom", 2, "did you mean ssd_person"),
    ("check source --rows --catalogue", 2, "choose one"),
    ("run source new --delta", 2, "needs the epoch file"),
    ("run source out --delta --replace --epoch epoch", 2, "choose one"),
    ("run source out --delta --children 3 --epoch epoch", 2, "Leave out --children"),
    ("run source sqlite:///new.db --delta --epoch epoch", 2, "--delta is for an output folder"),
    # Arguments that are empty, or no place at all.
    ("run '' new", 2, "argument is empty"),
    ("run source ''", 2, "argument is empty"),
    ("run source new --epoch ''", 2, "argument is empty"),
    ("check env:", 2, "name of a variable"),
    ("check env:NOT_SET_ANYWHERE", 2, "holds no location"),
    (f"run source {LONG}", 2, "name too long"),
    (f"check {LONG}", 2, "name too long"),
    (f"fake {LONG} --children 5", 2, "name too long"),
    (f"payload out --to {LONG}", 2, "name too long"),
    (f"review {LONG}", 2, "name too long"),
    (f"epoch new {LONG}", 2, "name too long"),
    (f"run source new --epoch {LONG}", 2, "name too long"),
    (f"run source new --policy {LONG}", 2, "name too long"),
    # Sources.
    ("check nowhere", 4, "that source is not known"),
    ("check source.csv", 4, "that source is not known"),
    ("check whole.db", 4, "sqlite:///"),
    ("check sqlite:///nowhere.db", 4, "there is no SQLite file nowhere.db"),
    ("check sqlite:///no.csv", 4, "is not a SQLite database"),
    ("check sqlite:///whole.db --schema dbo", 4, "has no schemas"),
    ("check source --schema dbo", 4, "has no schemas"),
    ("check empty", 4, "holds no tables"),
    ("check nobody", 3, "ssd_person: the source lacks it"),
    ("run void new", 4, "ssd_person of the source has no rows"),
    ("check damaged", 4, "ssd_person"),
    ("check mongodb://h/d", 4, "that source is not known"),
    (f"check mssql://sa:{SECRET}@h\\INST/d", 4, "odbc: with Server"),
    (f"check mssql://sa:{SECRET}@h%5CINST/d", 4, "HOST:PORT"),
    (f"check mssql://sa:{SECRET}@h,1433/d", 4, "HOST:PORT"),
    (f"check mssql://sa:{SECRET}@127.0.0.1:1/d", 4, "does not answer"),
    (f"check mssql://sa:{SECRET}@h/d?ApplicationIntent=ReadOnly", 4, "does not know"),
    (f"check mssql://sa:{SECRET}@h/d?encrypt=ja", 4, "neither yes nor no"),
    (f"check mssql+pyodbc://sa:{SECRET}@h/d", 4, "that source is not known"),
    (f"check postgresql://u:{SECRET}@127.0.0.1:1/d", 4, "does not answer"),
    (f"check postgresql://u:{SECRET}/x@h/d", 4, "percent-encoded"),
    (f"check DRIVER={{x}};PWD={SECRET}", 4, "odbc:"),
    # Policies.
    ("check source --policy nowhere.csv", 3, "cannot be read"),
    ("check source --policy no.csv", 3, "the header must be"),
    ("check source --policy treatment.csv", 3, "did you mean date"),
    ("check source --policy table.csv", 3, "did you mean ssd_person"),
    ("check source --policy column.csv", 3, "did you mean pers_dob"),
    ("check source --policy keep.csv", 3, "keep.csv:2"),
    ("check source --policy reason.csv", 3, "keep needs a reason"),
    ("check source --policy list.csv", 3, "there is no code list of that name"),
    ("check source --policy cells.csv", 3, "2 cells where 5 belong"),
    ("check source --policy twice.csv", 3, "stands twice"),
    ("check source --policy form.csv", 3, "name=value"),
    ("check source --policy whole.csv", 3, "give each of its columns a line"),
    ("check source --policy quote.csv", 3, "quote.csv"),
    ("check source --policy source", 3, "cannot be read"),
    ("run source new --tables ssd_persom", 3, "did you mean ssd_person"),
    # Outputs.
    ("run source out", 5, "--replace"),
    ("run source source --replace", 5, "no output of this program"),
    ("run source no.csv", 5, "exists already"),
    ("run source new --delta --epoch epoch", 5, "There is no output"),
    ("verify source nowhere", 5, "no readable manifest"),
    ("verify source source", 5, "no readable manifest"),
    ("payload nowhere --to staged", 5, "no readable manifest"),
    ("review nowhere", 5, "."),
    ("fake out --children 5", 5, "exists already"),
    ("fake mssql://h/d --children 5", 5, "."),
    ("run source sqlite:///whole.db", 5, "."),
    ("run source no.csv/new", 5, "."),
    # Epochs.
    ("epoch new epoch", 7, "exists already"),
    ("epoch close gone", 7, "There is no epoch file gone"),
    ("epoch close nested", 7, "damaged"),
    ("epoch close no.csv", 7, "damaged"),
    ("epoch new nowhere/epoch", 7, "There is no folder"),
    ("run source new --epoch gone", 7, "scrambler epoch new gone"),
    ("run source new --epoch nested", 7, "damaged"),
    ("run source new --epoch new/epoch", 7, "inside the output"),
    ("run source out --delta --epoch other", 7, "same epoch"),
    # Phases.
    ("phase 0", 2, "."),
    ("phase 6", 2, "."),
    ("phase 3", 2, "wants --source"),
    ("phase 5 --source source", 2, "wants --agreed-by"),
    ("phase 2", 6, "wants the phases before it"),
]
"""What is typed, the exit code, and what the message says, as a pattern."""

if os.name == "posix" and Path("/proc").is_dir():
    MISTAKES += [
        ("run source /proc/new", 5, "Cannot write /proc/new"),
        ("fake /proc/new --children 5", 5, "Cannot write /proc/new"),
        ("run source new --epoch open.epoch", 7, "can be read by other users"),
        ("run source loop", 2, "symbolic links"),
        ("check loop", 2, "symbolic links"),
    ]


@pytest.fixture(scope="module")
def desk(clean: Scrambled, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small source, its output, epochs, policies, and things in the way."""
    here = tmp_path_factory.mktemp("desk")
    for folder in ("source", "nobody", "void", "damaged", "empty"):
        (here / folder).mkdir()
    for table in ("ssd_person", "ssd_family"):
        shutil.copy(clean.source / f"{table}.parquet", here / "source")
    shutil.copy(clean.source / "ssd_family.parquet", here / "nobody")
    person = pl.read_parquet(here / "source/ssd_person.parquet")
    person.clear().write_parquet(here / "void/ssd_person.parquet")
    whole = (here / "source/ssd_person.parquet").read_bytes()
    (here / "damaged/ssd_person.parquet").write_bytes(whole[: len(whole) // 2])
    sqlite3.connect(here / "whole.db").close()
    with sqlite3.connect(here / "whole.db") as database:
        database.execute("CREATE TABLE theirs (x)")
    for name, text in POLICIES.items():
        (here / name).write_text(text, encoding="utf-8")
    for name in ("epoch", "other", "open.epoch"):
        api.create(here / name)
    (here / "open.epoch").chmod(0o644)
    (here / "nested").write_text("[" * 100_000, encoding="ascii")
    (here / "nested").chmod(0o600)
    if os.name == "posix":
        (here / "loop").symlink_to("loop")
    api.run(here / "source", here / "out", epoch=here / "epoch")
    return here


def _words(typed: str) -> Iterator[str]:
    for word in typed.split(" "):
        yield "" if word == "''" else word


def _everything(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_every_mistake_is_told_and_nothing_is_lost(
    desk: Path,
    scrambler: Command,
    monkeypatch: pytest.MonkeyPatch,
    subtests: pytest.Subtests,
) -> None:
    assert len(MISTAKES) >= 100
    monkeypatch.chdir(desk)
    before = _everything(desk)
    for typed, code, said in MISTAKES:
        with subtests.test(typed[:80]):
            done = scrambler(*_words(typed))
            shown = " ".join((done.err + done.out).split())
            assert (done.code, bool(re.search(said, shown))) == (code, True), shown
            assert "Error: " in done.err
            assert "Traceback" not in shown
            assert SECRET not in shown
            assert _everything(desk) == before
