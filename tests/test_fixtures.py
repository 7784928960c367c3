"""The shipped fixtures are what ``fake`` makes, and scramble."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from scrambler import api
from scrambler.sources import Source, open_source

FIXTURES = Path(__file__).parents[1] / "data" / "fixtures"
CHILDREN = 40

both = pytest.mark.parametrize(("name", "dirty"), [("clean", False), ("dirty", True)])


@both
def test_fixture_is_what_fake_makes(name: str, dirty: bool, tmp_path: Path) -> None:
    made = f"sqlite:///{(tmp_path / 'made.db').as_posix()}"
    api.fake(made, CHILDREN, dirty=dirty)
    shipped, fresh = open_source(_copy(name, tmp_path)), open_source(made)
    assert shipped.tables().keys() == fresh.tables().keys()
    for table in shipped.tables():
        assert _rows(shipped, table).equals(_rows(fresh, table)), table


@both
def test_fixture_scrambles(name: str, dirty: bool, tmp_path: Path) -> None:
    report = api.run(_copy(name, tmp_path), tmp_path / "out")
    assert report.verdict is not None
    assert report.verdict.passed


def _copy(name: str, folder: Path) -> str:
    # Reading through SQLite may write beside the file; the tree stays as it is.
    copy = shutil.copy(FIXTURES / f"{name}.db", folder / f"{name}.db")
    return f"sqlite:///{Path(copy).as_posix()}"


def _rows(source: Source, table: str) -> pl.DataFrame:
    readable = [name for name, held in source.tables()[table].items() if held.type != "binary"]
    return pl.concat(source.read(table, readable, 10_000))
