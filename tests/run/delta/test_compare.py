"""Two states compared: every row counted as often as it occurs, in known numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrambler.run.delta.compare import DELETED, NEW, UNCHANGED, UPDATED, Marks, compare

Rows = Sequence[tuple[int, bytes]]

rows = st.lists(st.tuples(st.integers(0, 4), st.sampled_from([b"a", b"b", b"c"])), max_size=12)


def written(folder: Path, name: str, content: Rows, parts: int = 1) -> list[Path]:
    schema = {"key": pl.UInt64, "fingerprint": pl.Binary}
    whole = [(key, fingerprint * 16) for key, fingerprint in content]
    frame = pl.DataFrame(whole, schema=schema, orient="row")
    size = -(-max(len(content), 1) // parts)
    paths = [folder / f"{name}-{part}.parquet" for part in range(parts)]
    for number, path in enumerate(paths):
        frame.slice(number * size, size).write_parquet(path)
    return paths


def marks_of(folder: Path, before: Rows, now: Rows, share_rows: int = 100) -> Marks:
    return compare(written(folder, "before", before), written(folder, "now", now), share_rows)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("states")


@settings(max_examples=60)
@given(rows, rows, st.integers(1, 5), st.integers(1, 3))
def test_counts_are_those_of_multisets(
    folder: Path, before: Rows, now: Rows, share_rows: int, parts: int
) -> None:
    marks = compare(
        written(folder, "before", before, parts), written(folder, "now", now, parts), share_rows
    )
    prints = {mark: Counter() for mark in (NEW, DELETED)}  # type: ignore[var-annotated]
    for content, sides in ((before, marks.before), (now, marks.now)):
        for (_, fingerprint), mark in zip(content, sides, strict=True):
            if mark in prints:
                prints[mark][fingerprint] += 1
    assert not prints[NEW] & prints[DELETED]
    come, gone = Counter(now) - Counter(before), Counter(before) - Counter(now)
    here = Counter(row for row, mark in zip(now, marks.now, strict=True) if mark != UNCHANGED)
    left = Counter(row for row, mark in zip(before, marks.before, strict=True) if mark == DELETED)
    assert not here - come
    assert not left - gone
    # What is neither here nor among the changes went and came in one form.
    cancelled = (come - here).total()
    keys_come, keys_gone = (
        Counter(key for key, _ in multiset.elements()) for multiset in (come, gone)
    )
    assert marks.counts == {
        "New": (keys_come - keys_gone).total() - cancelled,
        "Updated": (keys_come & keys_gone).total(),
        "Deleted": (keys_gone - keys_come).total() - cancelled,
    }
    assert len(now) == len(before) + marks.counts["New"] - marks.counts["Deleted"]


def test_each_mark_stands_at_its_row(tmp_path: Path) -> None:
    before = [(1, b"a"), (2, b"b"), (3, b"c")]
    now = [(4, b"d"), (3, b"c"), (2, b"changed")]
    marks = marks_of(tmp_path, before, now)
    assert marks.now.tolist() == [NEW, UNCHANGED, UPDATED]
    assert marks.before.tolist() == [DELETED, UNCHANGED, UNCHANGED]


@pytest.mark.parametrize(
    ("before", "now", "counts"),
    [
        pytest.param([(7, b"a")], [(7, b"a"), (7, b"a")], (1, 0, 0), id="one more of equal rows"),
        pytest.param([(7, b"a"), (7, b"a")], [(7, b"a")], (0, 0, 1), id="one less of equal rows"),
        pytest.param([(7, b"a"), (7, b"b")], [(7, b"b"), (7, b"a")], (0, 0, 0), id="another order"),
        pytest.param([(7, b"a"), (7, b"b")], [(7, b"a"), (7, b"c")], (0, 1, 0), id="one of a key"),
        pytest.param([(7, b"a")], [(7, b"b"), (7, b"c")], (1, 1, 0), id="changed and repeated"),
        pytest.param([(7, b"a")], [(8, b"a")], (0, 0, 0), id="another key, an equal print"),
        pytest.param([], [], (0, 0, 0), id="nothing"),
        pytest.param([], [(7, b"a")], (1, 0, 0), id="the first row"),
    ],
)
def test_known_cases(tmp_path: Path, before: Rows, now: Rows, counts: tuple[int, int, int]) -> None:
    named = dict(zip(("New", "Updated", "Deleted"), counts, strict=True))
    assert marks_of(tmp_path, before, now).counts == named
