"""The order of rows: the same however they came, and not the source's."""

from __future__ import annotations

import random
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from scrambler import api
from scrambler.keys.epoch_file import create
from scrambler.run import order
from scrambler.run.order import PLACE, Numbered, Sorter, in_order
from scrambler.ssd import ssd
from tests.conftest import Scrambled
from tests.outputs import hashes_of
from tests.pairing import in_order_of_output

places = st.integers(0, 7).map(lambda n: n << 61) | st.integers(0, 2**64 - 1)
rows = st.lists(st.tuples(places, st.none() | st.text("ab", max_size=2)), max_size=60)


def framed(found: list[tuple[int, str | None]]) -> pl.DataFrame:
    held = {PLACE: [place for place, _ in found], "text": [text for _, text in found]}
    return pl.DataFrame(held, schema={PLACE: pl.UInt64, "text": pl.String})


@given(rows)
def test_rows_are_sorted_by_their_place_then_by_what_they_hold(
    found: list[tuple[int, str | None]],
) -> None:
    slow = sorted(found, key=lambda row: (row[0], row[1] is not None, row[1] or ""))
    assert in_order(framed(found)).rows() == slow


@given(
    rows,
    st.integers(1, 9),
    st.sampled_from([1, 60, 10**9]),
    st.sampled_from([1, 2, order.MOST_WORDS]),
    st.randoms(use_true_random=False),
)
def test_what_is_set_aside_comes_back_as_it_would_from_memory(
    found: list[tuple[int, str | None]],
    batch: int,
    run_bytes: int,
    words: int,
    chance: random.Random,
) -> None:
    shuffled = framed(chance.sample(found, len(found)))
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(order, "RUN_BYTES", run_bytes)
        patch.setattr(order, "MOST_WORDS", words)
        sorter = Sorter(Path(folder) / "table", len(found))
        for frame in shuffled.iter_slices(batch):
            sorter.add(frame)
        back = pl.concat([framed([]).drop(PLACE), *sorter.sorted()])
        assert not [*Path(folder).rglob("run-*")]
    assert_frame_equal(back, in_order(framed(found)).drop(PLACE))


def test_texts_that_cease_to_repeat_are_no_longer_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order, "MOST_WORDS", 10)
    early, late = framed([(1, "a")] * 40), framed([(1, f"text {n}") for n in range(40)])
    numbered = Numbered.of(early)
    assert numbered.after(numbered.numbers(early)) is numbered
    numbers = numbered.numbers(late)
    assert numbered.after(numbers).words == {}
    assert_frame_equal(numbered.texts(numbers), late)


def test_what_lies_under_a_null_is_not_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A null whose slot still holds what was there before: Arrow files would keep it.
    hidden = pl.Series("text", ["canary-under-a-null" * 9] * 50).set(pl.Series([True] * 50), None)
    numbers = pl.Series("number", [0x43414E415259] * 50).set(pl.Series([True] * 50), None)
    frame = pl.DataFrame([hidden, numbers, pl.Series(PLACE, range(50), dtype=pl.UInt64)])
    monkeypatch.setattr(order, "RUN_BYTES", 1)
    sorter = Sorter(tmp_path, 50)
    sorter.add(frame)
    (run,) = tmp_path.iterdir()
    assert b"canary" not in run.read_bytes()
    assert (0x43414E415259).to_bytes(8, "little")[:6] not in run.read_bytes()


@pytest.mark.battery("order", "bytes of an epoch")
@pytest.mark.parametrize("run_bytes", [20_000, order.RUN_BYTES])
def test_an_epoch_gives_the_same_bytes_whatever_the_source_gives(
    dirty: Scrambled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_bytes: int
) -> None:
    """Shuffled rows in seven files, batches of 1,009 rows, one thread: the files are the same."""
    shuffled = tmp_path / "shuffled"
    for path in sorted(dirty.source.glob("*.parquet")):
        frame = pl.read_parquet(path).sample(fraction=1, shuffle=True, seed=7)
        folder = shuffled / path.stem
        folder.mkdir(parents=True)
        step = max(1, -(-frame.height // 7))
        for number in range(7):
            frame.slice(number * step, step).write_parquet(folder / f"{number}.parquet")
    monkeypatch.setattr(order, "RUN_BYTES", run_bytes)
    monkeypatch.setattr("scrambler.resources.shared_streams.WORKERS", 1)
    api.run(str(shuffled), tmp_path / "out", epoch=dirty.epoch, batch_rows=1_009)
    assert hashes_of(tmp_path / "out") == hashes_of(dirty.out)


def test_no_table_keeps_the_order_of_its_source(dirty: Scrambled) -> None:
    """Spearman's rank correlation of positions is within six standard errors of none.

    Rows of one child stand together on both sides, so that the error is that of as many rows as
    (sum of n)^2 / (sum of n^2), n being the rows of a child (Kish 1965).
    """
    moved, far = in_order_of_output(dirty.source, dirty.epoch), {}
    for table, rows in moved.items():
        columns = [pl.col(name).cast(pl.String) for name in rows.columns]
        source = pl.read_parquet(dirty.source / f"{table}.parquet").select(columns)
        number = source.with_row_index("number").unique(rows.columns, keep="none")
        both = rows.select(columns).with_row_index("place").join(
            number, on=rows.columns, nulls_equal=True
        )  # fmt: skip
        routes = ssd().tables[table].routes
        child = both[routes[0].start] if routes else both["place"]
        sizes = child.value_counts()["count"].to_numpy().astype(float)
        if len(sizes) < 30:
            continue
        rank = np.corrcoef(both["place"].rank().to_numpy(), both["number"].rank().to_numpy())[0, 1]
        if abs(rank) > 6 * np.sqrt((sizes**2).sum()) / sizes.sum():
            far[table] = rank
    assert len(moved) > 40
    assert not far


def test_three_sources_of_one_epoch_give_one_folder(
    tmp_path: Path, fresh_postgres_url: str
) -> None:
    """SQLite, PostgreSQL and Parquet: the same files, the manifest among them."""
    places = [
        f"sqlite:///{(tmp_path / 'source.db').as_posix()}",
        fresh_postgres_url,
        str(tmp_path / "source"),
    ]
    held = []
    for number, place in enumerate(places):
        api.fake(place, 60, dirty=True)
        if not number:
            create(tmp_path / "epoch")
        out = tmp_path / f"out{number}"
        api.run(place, out, epoch=tmp_path / "epoch")
        files = sorted(path for path in out.rglob("*") if path.is_file())
        held.append({path.relative_to(out).as_posix(): path.read_bytes() for path in files})
    assert held[0] == held[1] == held[2]
    assert "manifest.json" in held[0]
