"""Sets of hashes against Python's own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from scrambler.verification.after import key_sets
from scrambler.verification.after.key_sets import HashSet, distinct, held_in

HASHES = arrays.arrays(np.uint64, st.integers(0, 40), elements=st.integers(0, 60).map(
    lambda n: n << 58 | n % 7))  # fmt: skip


@given(first=st.lists(HASHES, max_size=6), second=st.lists(HASHES, max_size=6))
@pytest.mark.parametrize("small", [0, 10, 1 << 20])
def test_against_sets(
    small: int, first: list[key_sets.Seeds], second: list[key_sets.Seeds]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(key_sets, "_SMALL", small)
        patch.setattr(key_sets, "_PENDING", 20)
        sets, wanted = (HashSet(), HashSet()), (set[int](), set[int]())
        for parts, one, other in zip((first, second), sets, wanted, strict=True):
            for part in parts:
                one.add(part)
                other |= {*part.tolist()}
            assert len(one) == len(other)
        assert sets[0].common(sets[1]) == len(wanted[0] & wanted[1])
        assert sets[1].common(sets[0]) == len(wanted[0] & wanted[1])


@given(values=HASHES, wanted=HASHES)
def test_sorted_arrays(values: key_sets.Seeds, wanted: key_sets.Seeds) -> None:
    ordered = distinct(values)
    assert ordered.tolist() == sorted({*values.tolist()})
    assert held_in(ordered, wanted).tolist() == [n in {*values.tolist()} for n in wanted.tolist()]
