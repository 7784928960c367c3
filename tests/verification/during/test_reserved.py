"""Numbers of reserved ranges worked out a second time: the same as the first, and no others."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels.permutation import Permutation
from kernels.reserved import RESERVED
from scrambler.run.check_input import check_of, row_keys
from scrambler.verification.during.formats import FORMATS
from scrambler.verification.during.order_of_places import Order
from scrambler.verification.during.reserved import other_integers, other_numbers
from tests.contexts import scrambled, staged


@given(st.integers(2, 10**12), st.lists(st.integers(0, 10**12), min_size=1, max_size=50))
def test_both_orders_of_places_are_one(size: int, numbers: list[int]) -> None:
    places = np.array([number % size for number in numbers], dtype=np.int64)
    key = "5a" * 32
    first, second = Permutation(size, key), Order(size, key)
    for _ in range(2):  # as what is kept has it, too
        assert (second.permuted(places) == first.of(places)).all()


def test_both_lists_of_formats_are_one() -> None:
    forms = {one.name: one for several in FORMATS.values() for one in several}
    assert forms.keys() == RESERVED.keys()
    for name, reserved in RESERVED.items():
        spellings = max(1, len(forms[name].letters))
        assert tuple(size * spellings for size in forms[name].sizes) == reserved.sizes
        for number, start in enumerate(forms[name].starts):
            for place, text in enumerate(reserved.render(number, np.arange(50)).to_list()):
                digits = "".join(filter(str.isdigit, text or ""))[: forms[name].digits]
                assert text is None or int(digits) == start + place // spellings


@pytest.mark.parametrize(
    ("table", "column", "domain", "values"),
    [
        ("ssd_person", "pers_upn", "upn", [f"A8012000{n:05}" for n in range(60)]),
        ("ssd_person", "pers_upn", "upn", [f"A8012000{n:04}B" for n in range(60)]),
        ("ssd_person", "pers_single_unique_id", "nhs", [f"9434765{n:03}" for n in range(60)]),
    ],
)
def test_a_number_of_another_place_is_counted(
    table: str, column: str, domain: str, values: list[str]
) -> None:
    stage = staged({table: {"pers_person_id": [f"p{n}" for n in range(60)], column: values}})
    batch = stage.batch(table)
    check = check_of(stage.context, stage.assignments)
    form = next(f for f in FORMATS[domain] if pl.Series(values).str.contains(f.pattern).all())
    tokens, after = row_keys(batch).tokens[domain, column], scrambled(batch, column)
    assert other_numbers(check, domain, form, tokens, after) == 0
    # Each has a number of the range, and two have the other's.
    swapped = after.gather([1, 0, *range(2, 60)])
    assert other_numbers(check, domain, form, tokens, swapped) == 2
    assert other_numbers(check, domain, form, tokens ^ np.uint64(1), after) >= 60


def test_an_integer_that_its_key_does_not_give_is_counted() -> None:
    values = [1, 7, 42, 2**31 - 1, 2**31, 10**12 - 1]
    stage = staged({"ssd_person": {"pers_person_id": values}}, numeric=frozenset({"person"}))
    after = scrambled(stage.batch("ssd_person"), "pers_person_id").cast(pl.String)
    check, text = check_of(stage.context, stage.assignments), pl.Series(map(str, values))
    assert other_integers(check, "person", text, after) == 0
    assert other_integers(check, "person", text, after.gather([0, 1, 3, 2, 4, 5])) == 2
    assert other_integers(check, "person", text, text) == len(values)
