import nhs_number
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.gb import nhs as stdnum_nhs
from stdnum.gb import upn as stdnum_upn

from kernels import check_digit
from kernels.check_digit import NONE, UPN_LETTERS

STEMS = st.lists(st.integers(0, 10**9 - 1), max_size=50)


def numbers(values: list[int]) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def slow_uln(stem: str) -> int:
    """As HESA words it: the number weighted 10 … 1 leaves 10, the first digit is not 0."""
    fits = [
        digit
        for digit in range(10)
        if sum(w * int(d) for w, d in zip(range(10, 0, -1), f"{stem}{digit}", strict=True)) % 11
        == 10
    ]
    return fits[0] if fits and stem[0] != "0" else NONE


def test_published_nhs_number() -> None:
    assert check_digit.nhs(numbers([943_476_591])).tolist() == [9]


def test_published_uln() -> None:
    assert check_digit.uln(numbers([927_630_868])).tolist() == [6]


def test_published_upn() -> None:
    assert UPN_LETTERS[check_digit.upn(numbers([801_200_005_00]), numbers([1]))[0]] == "B"


@given(stems=STEMS)
def test_nhs_against_two_packages(stems: list[int]) -> None:
    digits = check_digit.nhs(numbers(stems)).tolist()
    assert digits == [nhs_number.calculate_checksum(f"{stem:09}") for stem in stems]
    for stem, digit in zip(stems, digits, strict=True):
        valid = [d for d in range(10) if stdnum_nhs.is_valid(f"{stem:09}{d}")]
        assert valid == ([] if digit == NONE else [digit])


@given(stems=STEMS)
def test_uln_against_the_slow_rule(stems: list[int]) -> None:
    assert check_digit.uln(numbers(stems)).tolist() == [slow_uln(f"{stem:09}") for stem in stems]


@given(stems=STEMS)
def test_a_uln_is_no_nhs_number(stems: list[int]) -> None:
    for stem, digit in zip(stems, check_digit.uln(numbers(stems)).tolist(), strict=True):
        assert digit == NONE or not stdnum_nhs.is_valid(f"{stem:09}{digit}")


@given(
    rows=st.lists(
        st.tuples(st.integers(0, 10**11 - 1), st.sampled_from(UPN_LETTERS + "0123456789")),
        max_size=50,
    )
)
def test_upn_against_stdnum(rows: list[tuple[int, str]]) -> None:
    finals = [int(c) if c.isdigit() else UPN_LETTERS.index(c) for _, c in rows]
    indices = check_digit.upn(numbers([stem for stem, _ in rows]), numbers(finals))
    assert [UPN_LETTERS[i] for i in indices] == [
        stdnum_upn.calc_check_digit(f"{stem:011}{final}") for stem, final in rows
    ]


@pytest.mark.parametrize("stem", [-1, 10**9])
def test_stems_outside_are_refused_without_naming_them(stem: int) -> None:
    for function in (check_digit.nhs, check_digit.uln):
        with pytest.raises(ValueError, match=r"^1 numbers lie outside 0 to 999999999$"):
            function(numbers([5, stem]))


@pytest.mark.parametrize(("stem", "final"), [(10**11, 0), (-1, 0), (0, 23), (0, -1)])
def test_upn_parts_outside_are_refused(stem: int, final: int) -> None:
    with pytest.raises(ValueError, match=r"^1 numbers lie outside"):
        check_digit.upn(numbers([stem]), numbers([final]))
