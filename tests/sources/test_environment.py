from __future__ import annotations

import os
from pathlib import Path

import pytest

from scrambler.errors import SourceError, UsageError, redact
from scrambler.sources import open_source
from scrambler.sources.environment import resolved

SECRET = "hunter2-canary"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(redact, "_secrets", set[str]())
    monkeypatch.delenv("SQL_CONN_STR", raising=False)
    return tmp_path


def _dotenv(folder: Path, text: str, mode: int = 0o600) -> None:
    path = folder / ".env"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)


def test_a_variable_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SQL_CONN_STR", f"mssql://sa:{SECRET}@h/d")
    assert resolved("env:SQL_CONN_STR") == f"mssql://sa:{SECRET}@h/d"
    assert SECRET not in redact.redacted(f"it was {SECRET}")


def test_a_file_of_the_current_folder_as_d2i_writes_it(here: Path) -> None:
    said = f"DRIVER={{ODBC Driver 17 for SQL Server}};SERVER=S;UID=u;PWD={SECRET}$x;"
    _dotenv(here, f"# ours\nSQL_CONN_STR='{said}'\n")
    assert resolved("ENV:SQL_CONN_STR") == f"odbc:{said}"
    assert SECRET not in redact.redacted(f"it was {SECRET}$x")
    (here / "below").mkdir()
    os.chdir(here / "below")
    with pytest.raises(UsageError, match=r"SQL_CONN_STR holds no location.*\.env of the current"):
        resolved("env:SQL_CONN_STR")


def test_the_environment_comes_first(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _dotenv(here, "SQL_CONN_STR=there\n")
    monkeypatch.setenv("SQL_CONN_STR", "here")
    assert resolved("env:SQL_CONN_STR") == "here"


@pytest.mark.skipif(os.name != "posix", reason="modes say who may write on POSIX only")
@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_can_write_is_refused(here: Path, mode: int) -> None:
    _dotenv(here, f"SQL_CONN_STR=odbc:Pwd={SECRET}\n", mode)
    with pytest.raises(UsageError, match="can be changed by others") as caught:
        resolved("env:SQL_CONN_STR")
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("said", ["", " ", "env:", "env:NOT SET", "env:NOT_SET", "env:A=b;Pwd=x"])
def test_what_is_empty_or_no_variable_is_refused(said: str) -> None:
    with pytest.raises(UsageError):
        open_source(said)


def test_nothing_else_is_taken_from_a_file(here: Path) -> None:
    _dotenv(here, "RUST_LOG=trace\nOTHER=folder\n")
    with pytest.raises(UsageError):
        resolved("env:SQL_CONN_STR")
    assert "OTHER" not in os.environ


def test_a_source_and_its_faults(here: Path) -> None:
    _dotenv(here, f"OURS=mssql://sa:{SECRET}@127.0.0.1:1/d\n")
    with pytest.raises(SourceError, match="does not answer") as caught:
        open_source("env:OURS")
    assert SECRET not in str(caught.value)
