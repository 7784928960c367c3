import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scrambler.index import Index

LANES = st.integers(0, 2**64 - 1)
ROWS = st.lists(st.tuples(LANES | st.integers(0, 5), st.integers(-9, 9)), max_size=40)


def _index(rows: list[tuple[int, int]]) -> Index:
    lanes = np.array([lane for lane, _ in rows], dtype=np.uint64)
    return Index(lanes, {"day": np.array([day for _, day in rows], dtype=np.int32)})


@settings(deadline=None)
@given(rows=ROWS, asked=st.lists(LANES | st.integers(0, 5), max_size=20))
def test_an_index_is_a_dictionary_of_the_smallest_rows(
    rows: list[tuple[int, int]], asked: list[int]
) -> None:
    held: dict[int, int] = {}
    for lane, day in rows:
        if lane:
            held[lane] = min(day, held.get(lane, day))
    index, lanes = _index(rows), np.array(asked, dtype=np.uint64)
    assert len(index) == len(held)
    assert index.holds(lanes).tolist() == [lane in held for lane in asked]
    assert index.get("day", lanes, -99).tolist() == [held.get(lane, -99) for lane in asked]


@settings(deadline=None)
@given(rows=ROWS, seed=st.randoms())
def test_the_order_of_the_rows_does_not_matter(rows: list[tuple[int, int]], seed: object) -> None:
    shuffled = list(rows)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = _index(rows), _index(shuffled)
    assert (one.lanes == other.lanes).all()
    assert (one.fields["day"] == other.fields["day"]).all()


def test_fields_of_one_row_stay_together() -> None:
    lanes = np.array([7, 7], dtype=np.uint64)
    index = Index(lanes, {"a": np.array([1, 0]), "b": np.array([5, 9])})
    assert (index.get("a", lanes, -1).tolist(), index.get("b", lanes, -1).tolist()) == (
        [0, 0],
        [9, 9],
    )


def test_lanes_of_keep_all_their_bits() -> None:
    far = 2**64 - 3
    index = Index(np.array([1], dtype=np.uint64), {"next": np.array([far], dtype=np.uint64)})
    assert index.lanes_of("next", np.array([1, 2], dtype=np.uint64)).tolist() == [far, 0]


def test_numbers_outside_a_small_field_can_be_the_default() -> None:
    index = Index(np.array([1], dtype=np.uint64), {"first": np.array([1], dtype=np.uint8)})
    assert index.get("first", np.array([1, 2], dtype=np.uint64), -(2**31)).tolist() == [1, -(2**31)]
