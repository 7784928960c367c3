import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrambler.keys.lookup import Index, Indexes, find, narrow

LANES = st.integers(0, 2**64 - 1)
ROWS = st.lists(st.tuples(LANES | st.integers(0, 5), st.integers(-9, 9)), max_size=40)


def _index(rows: list[tuple[int, int]]) -> Index:
    tokens = np.array([token for token, _ in rows], dtype=np.uint64)
    return Index(tokens, {"day": np.array([day for _, day in rows], dtype=np.int32)})


def test_an_index_of_no_rows_gives_what_is_given_where_none_is_found() -> None:
    index, tokens = Index(np.empty(0, np.uint64), {}), np.array([0, 7], dtype=np.uint64)
    assert index.get("day", tokens, -3).tolist() == [-3, -3]
    assert index.tokens_of("next", tokens).tolist() == [0, 0]


@given(rows=ROWS, asked=st.lists(LANES | st.integers(0, 5), max_size=20))
def test_an_index_is_a_dictionary_of_the_smallest_rows(
    rows: list[tuple[int, int]], asked: list[int]
) -> None:
    held: dict[int, int] = {}
    for token, day in rows:
        if token:
            held[token] = min(day, held.get(token, day))
    index, tokens = _index(rows), np.array(asked, dtype=np.uint64)
    assert len(index) == len(held)
    assert index.holds(tokens).tolist() == [token in held for token in asked]
    assert index.get("day", tokens, -99).tolist() == [held.get(token, -99) for token in asked]


@given(rows=ROWS, seed=st.randoms())
def test_the_order_of_the_rows_does_not_matter(rows: list[tuple[int, int]], seed: object) -> None:
    shuffled = list(rows)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = _index(rows), _index(shuffled)
    assert (one.tokens == other.tokens).all()
    assert (one.fields["day"] == other.fields["day"]).all()


def test_fields_of_one_row_stay_together() -> None:
    tokens = np.array([7, 7], dtype=np.uint64)
    index = Index(tokens, {"a": np.array([1, 0]), "b": np.array([5, 9])})
    assert (index.get("a", tokens, -1).tolist(), index.get("b", tokens, -1).tolist()) == (
        [0, 0],
        [9, 9],
    )


def test_lanes_of_keep_all_their_bits() -> None:
    far = 2**64 - 3
    index = Index(np.array([1], dtype=np.uint64), {"next": np.array([far], dtype=np.uint64)})
    assert index.tokens_of("next", np.array([1, 2], dtype=np.uint64)).tolist() == [far, 0]


def test_numbers_outside_a_small_field_can_be_the_default() -> None:
    index = Index(np.array([1], dtype=np.uint64), {"first": np.array([1], dtype=np.uint8)})
    assert index.get("first", np.array([1, 2], dtype=np.uint64), -(2**31)).tolist() == [1, -(2**31)]


@given(held=st.sets(LANES, max_size=30), asked=st.lists(LANES | st.integers(0, 5), max_size=20))
def test_what_is_found_lies_at_its_place(held: set[int], asked: list[int]) -> None:
    tokens = np.array(sorted(held), dtype=np.uint64)
    place, found = find(tokens, np.array(asked, dtype=np.uint64))
    assert found.tolist() == [token in held for token in asked]
    assert [int(tokens[at]) for at in place[found]] == [token for token in asked if token in held]


@given(values=st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(-300, 300), max_size=20))
def test_narrow_integers_are_the_same_integers(values: list[int]) -> None:
    slim = narrow(np.array(values, dtype=np.int64))
    assert slim.tolist() == values
    sizes = (np.uint8, np.int8, np.uint16, np.int16, np.uint32, np.int32, np.uint64, np.int64)
    fits = [
        np.dtype(size).itemsize
        for size in sizes
        if values and np.iinfo(size).min <= min(values) and max(values) <= np.iinfo(size).max
    ]
    assert slim.dtype.itemsize == min(fits, default=8)


def _held() -> Indexes:
    indexes = Indexes()
    indexes.add("both", _index([(1, 1)]), ["ssd_person", "ssd_family"])
    indexes.add("one", _index([(2, 2)]), ["ssd_family"])
    return indexes


def test_only_those_named_may_ask_for_an_index() -> None:
    indexes = _held()
    assert indexes.ask("both", "ssd_person") is indexes["both"]
    assert indexes.ask("never made", "ssd_person") is None
    with pytest.raises(LookupError, match="one is not for rows of ssd_person"):
        indexes.ask("one", "ssd_person")
    assert [indexes.asked_by(table) for table in ("ssd_person", "ssd_address")] == [True, False]


def test_an_index_is_held_until_the_last_that_asks_is_done() -> None:
    indexes = _held()
    indexes.keep_for(["ssd_person", "ssd_address"])
    assert [*indexes] == ["both"]
    assert not indexes.asked_by("ssd_address")
    indexes.keep_for([])
    assert len(indexes) == 0
    with pytest.raises(LookupError):  # never taken for one that the source has no rows for
        indexes.ask("both", "ssd_person")


def test_tables_that_end_at_one_time_let_go_together() -> None:
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(200):
            indexes = Indexes()
            for number in range(40):
                indexes.add(f"{number}", _index([]), ["ssd_person"])
            start = Barrier(4)

            def end(indexes: Indexes = indexes, start: Barrier = start) -> None:
                start.wait()
                indexes.keep_for([])

            with ThreadPoolExecutor(4) as pool:
                for done in [pool.submit(end) for _ in range(4)]:
                    done.result()
            assert len(indexes) == 0
    finally:
        sys.setswitchinterval(0.005)
