"""A small source with an output and its epoch, to be changed and run again."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from scrambler import api
from scrambler.keys.epoch import Epoch
from scrambler.synthetic import build
from tests.outputs import Tables, tables_of

TABLES = (
    "ssd_person",
    "ssd_address",
    "ssd_disability",
    "ssd_contacts",
    "ssd_cla_episodes",
    "ssd_send",
    "ssd_ehcp_requests",
    "ssd_ehcp_assessment",
)

KEY = bytes(range(32))
"""A known key, so that no test depends on whether two children got the same offset."""

Rows = Counter[tuple[object, ...]]


@dataclass(frozen=True)
class Town:
    """A source folder, its output and its epoch file."""

    folder: Path

    @property
    def source(self) -> Path:
        return self.folder / "source"

    @property
    def out(self) -> Path:
        return self.folder / "out"

    @property
    def epoch(self) -> Path:
        return self.folder / "epoch"

    @property
    def words(self) -> tuple[str, ...]:
        """A delta as words of the command line."""
        return ("run", str(self.source), str(self.out), "--epoch", str(self.epoch), "--delta")

    def run(self, **options: Any) -> api.Report:
        """Run a delta, or what ``options`` say."""
        chosen: dict[str, Any] = {"epoch": self.epoch, "delta": True, "verify": False} | options
        return api.run(str(self.source), self.out, **chosen)

    def changed(self, **options: Any) -> dict[str, dict[str, int]]:
        """Run a delta; return the counts of the tables that changed."""
        counts = self.run(**options).changes
        assert counts is not None
        assert counts.keys() == set(TABLES)
        return {table: of for table, of in counts.items() if any(of.values())}

    def read(self, table: str) -> pl.DataFrame:
        return pl.read_parquet(self.source / f"{table}.parquet")

    def edit(self, table: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
        """Change a table of the source; columns keep their types."""
        frame = self.read(table)
        change(frame).cast(frame.schema).write_parquet(self.source / f"{table}.parquet")

    def tables(self) -> Tables:
        return tables_of(self.out)

    def changes(self, run: str, table: str) -> pl.DataFrame:
        return pl.read_parquet(self.out / "changes" / run / table / "*.parquet")

    def files(self, folder: str = "") -> dict[str, bytes]:
        """The bytes of every file of the output, or of a folder of it."""
        paths = (self.out / folder).rglob("*")
        return {p.relative_to(self.out).as_posix(): p.read_bytes() for p in paths if p.is_file()}


def rows_of(frame: pl.DataFrame) -> Rows:
    return Counter(frame.rows())


def counts(new: int = 0, updated: int = 0, deleted: int = 0) -> dict[str, int]:
    return {"New": new, "Updated": updated, "Deleted": deleted}


@pytest.fixture(scope="session")
def first_town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    town = Town(tmp_path_factory.mktemp("town"))
    town.source.mkdir()
    for table, frame in build(120):
        if table in TABLES:
            frame.write_parquet(town.source / f"{table}.parquet")
    Epoch(KEY).save(town.epoch)
    town.run(delta=False)
    return town


@pytest.fixture
def town(first_town: Town, tmp_path: Path) -> Town:
    """A town of this test's own, already run once."""
    return Town(shutil.copytree(first_town.folder, tmp_path / "town"))
