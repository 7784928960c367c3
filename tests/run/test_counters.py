"""What a run costs, in counts that need no clock: reads, digests, and rows compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl
import pytest

from scrambler import api
from scrambler.keys.pseudonyms import Pseudonyms
from scrambler.sources.parquet import ParquetSource

CHILDREN = 300
STAGES = 3
MOST_DIGESTS = 2.2


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("counters") / "source"
    api.fake(str(folder), CHILDREN)
    return folder


def test_a_table_is_read_whole_once_and_in_part_in_the_first_pass(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole: Counter[str] = Counter()
    part: Counter[str] = Counter()
    honest, tables = ParquetSource.read, api.check(str(source)).tables
    columns_of = {one.table.name: len(one.assignments) for one in tables}

    def counted(
        self: ParquetSource, table: str, columns: Sequence[str], batch_rows: int
    ) -> Iterator[pl.DataFrame]:
        for frame in honest(self, table, columns, batch_rows):
            into = whole if len(columns) == columns_of[table] else part
            into[table] += frame.height
            yield frame

    monkeypatch.setattr(ParquetSource, "read", counted)
    rows = api.run(str(source), tmp_path / "out").rows
    assert all(whole[table] == count for table, count in rows.items())
    # Facts that build on one another take a pass each: three at most, and one more of a table whose
    # keys repeat, which these do not.
    assert max(part[table] / count for table, count in rows.items() if count) <= STAGES


def test_identifiers_are_digested_about_once(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digested, different = [0], set[tuple[str, str]]()
    honest = Pseudonyms._digest

    def counted(texts: pl.Series, key: str) -> pl.Series:
        digested[0] += len(texts) - texts.null_count()
        different.update((key, text) for text in texts.drop_nulls())
        return honest(texts, key)

    monkeypatch.setattr(Pseudonyms, "_digest", staticmethod(counted))
    api.run(str(source), tmp_path / "out", verify=False)
    # A key that others point at is digested in each of their tables, and in the first pass.
    assert digested[0] <= MOST_DIGESTS * len(different), (digested, len(different))


def test_every_row_is_compared(source: Path, tmp_path: Path) -> None:
    report = api.run(str(source), tmp_path / "out")
    assert report.verdict is not None
    compared = {one.table: one.rows for one in report.verdict.columns}
    assert compared == {table: report.rows[table] for table in compared}
    assert sum(report.rows.values()) > 1_000
