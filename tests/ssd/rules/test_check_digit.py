"""Check digits against python-stdnum and published examples."""

from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.gb import nhs, upn

from scrambler.ssd.rules.check_digit import is_nhs_number, is_uln, is_upn

STEMS = st.from_regex(r"[0-9]{9}", fullmatch=True)
# Local authority 801 (Bristol) is one that python-stdnum knows.
UPNS = st.from_regex(r"[A-Z]801[0-9]{8}[0-9A-HJ-NP-RT-Z]", fullmatch=True)


def _valid(test: Callable[[pl.Expr], pl.Expr], numbers: list[str]) -> list[bool | None]:
    return pl.DataFrame({"n": numbers}).select(test(pl.col("n")))["n"].to_list()


@given(STEMS)
def test_nhs_number(stem: str) -> None:
    numbers = [stem + digit for digit in "0123456789"]
    assert _valid(is_nhs_number, numbers) == [nhs.is_valid(n) for n in numbers]


@given(st.lists(UPNS | UPNS.map(lambda n: upn.calc_check_digit(n[1:]) + n[1:]), min_size=1))
def test_upn(numbers: list[str]) -> None:
    assert _valid(is_upn, numbers) == [upn.is_valid(n) for n in numbers]


@pytest.mark.parametrize(
    ("test", "good", "bad"),
    [
        (is_upn, "B801200005001", "B80120000500"),
        (is_uln, "9276308686", "0276308686"),
        (is_nhs_number, "9434765919", "943 476 5919"),
    ],
)
def test_published(test: Callable[[pl.Expr], pl.Expr], good: str, bad: str) -> None:
    swapped = good[:-2] + good[-1] + good[-2] if good[-1] != good[-2] else good[:-1] + "9"
    assert _valid(test, [good, bad, swapped, ""]) == [True, False, False, False]
