import re

import nhs_number
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nhs_number import constants
from numpy.typing import NDArray
from stdnum.gb import nhs as stdnum_nhs
from stdnum.gb import upn as stdnum_upn

from kernels.reserved import RESERVED

RANGES = [(name, index) for name, shape in RESERVED.items() for index in range(len(shape.sizes))]
NEVER_ISSUED = (
    *constants.REGION_SYNTHETIC.ranges,
    *constants.REGION_RESERVED.ranges,
    *constants.REGION_UNALLOCATED.ranges,
)


def positions(size: int, count: int = 400) -> NDArray[np.int64]:
    """Both ends and a spread between."""
    inner = np.random.default_rng(size).integers(0, size, count)
    return np.unique(np.concatenate([inner, np.arange(50), size - 1 - np.arange(50)]))


def drawn(name: str) -> list[str]:
    shape = RESERVED[name]
    return [
        text
        for index, size in enumerate(shape.sizes)
        for text in shape.render(index, positions(size)).drop_nulls()
    ]


@pytest.mark.parametrize(("name", "index"), RANGES)
def test_rendered_values_have_their_shape_and_differ(name: str, index: int) -> None:
    shape = RESERVED[name]
    places = positions(shape.sizes[index])
    texts = shape.render(index, places)
    assert texts.dtype == pl.String
    assert texts.len() == len(places)
    assert texts.drop_nulls().str.contains(shape.pattern).all()
    assert texts.drop_nulls().is_unique().all()


@pytest.mark.parametrize("name", ["urn", "urn7", "nhs"])
def test_a_whole_first_range_is_injective(name: str) -> None:
    shape = RESERVED[name]
    texts = shape.render(0, np.arange(shape.sizes[0])).drop_nulls()
    assert texts.n_unique() == texts.len()


@pytest.mark.parametrize("name", RESERVED)
def test_ranges_do_not_overlap(name: str) -> None:
    texts = drawn(name)
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("name", RESERVED)
@given(data=st.data())
def test_a_position_renders_alike_in_any_batch(name: str, data: st.DataObject) -> None:
    shape = RESERVED[name]
    index = data.draw(st.integers(0, len(shape.sizes) - 1))
    places = data.draw(st.lists(st.integers(0, shape.sizes[index] - 1), max_size=5))
    together = shape.render(index, np.array(places, dtype=np.int64)).to_list()
    assert together == [shape.render(index, np.array([place])).item() for place in places]


def test_nhs_numbers_are_valid_and_never_issued() -> None:
    for text in drawn("nhs"):
        assert nhs_number.is_valid(text)
        assert stdnum_nhs.is_valid(text)
        assert any(block.contains_number(text) for block in NEVER_ISSUED)


def test_the_first_nhs_range_is_999() -> None:
    texts = RESERVED["nhs"].render(0, positions(RESERVED["nhs"].sizes[0]))
    assert texts.drop_nulls().str.starts_with("999").all()


def test_nhs_nulls_are_exactly_the_stems_without_a_number() -> None:
    texts = RESERVED["nhs"].render(0, np.arange(2000))
    expected = [nhs_number.calculate_checksum(f"999{place:06}") == 10 for place in range(2000)]
    assert texts.is_null().to_list() == expected


def test_ulns_leave_ten_and_lie_at_the_top() -> None:
    texts = drawn("uln")
    for text in texts:
        assert sum(w * int(d) for w, d in zip(range(10, 0, -1), text, strict=True)) % 11 == 10
        assert text >= "95"
    assert "9999999999" not in texts
    first = RESERVED["uln"].render(0, positions(10**7))
    assert first.drop_nulls().str.starts_with("99").all()
    assert 0 < first.null_count() < first.len() / 5


@pytest.mark.parametrize("name", ["upn", "upn_temporary"])
def test_upns_have_a_check_letter_and_an_unallocated_authority(name: str) -> None:
    for text in drawn(name):
        assert stdnum_upn.calc_check_digit(text[1:]) == text[0]
        assert int(text[1:4]) not in stdnum_upn._la_numbers
        # The 940s are new English authorities, 6xx Wales, 7xx overseas.
        assert int(text[1:4]) >= 990
        assert text[-1].isdigit() == (name == "upn")


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("swe", r"SW9\d{9}"),
        ("urn", r"SC[789]\d{5}"),
        ("urn7", r"[89]\d{6}"),
        ("ni", r"QQ\d{6}[A-D]"),
    ],
)
def test_forms_without_a_check_digit(name: str, form: str) -> None:
    assert all(re.fullmatch(form, text) for text in drawn(name))


@pytest.mark.parametrize(
    ("name", "matching", "other"),
    [
        ("upn", ["B801200005001"], ["B80120000500A", "B80120000500", "8801200005001", "UN1"]),
        ("upn_temporary", ["B80120000500A"], ["B801200005001"]),
        ("nhs", ["9434765919"], ["943476591", "94347659190", "943 476 5919", "９434765919"]),
        ("uln", ["9276308686"], ["0276308686", "92763086860"]),
        ("swe", ["SW12345", "SW1"], ["SW", "12345", "SW12345678901"]),
        ("urn", ["SC012345"], ["SC12345", "SC0123456", "XXXXXXX"]),
        ("urn7", ["1234567"], ["123456", "XXXXXXX"]),
        ("ni", ["AB123456C", "AB123456"], ["AB123456E", "A1123456C", "AB12345"]),
    ],
)
def test_patterns_tell_shapes_apart(name: str, matching: list[str], other: list[str]) -> None:
    found = pl.Series(matching + other).str.contains(RESERVED[name].pattern).to_list()
    assert found == [True] * len(matching) + [False] * len(other)


@pytest.mark.parametrize("name", RESERVED)
def test_refuses_what_is_outside_and_takes_nothing(name: str) -> None:
    shape = RESERVED[name]
    assert shape.name == name
    assert shape.render(0, np.array([], dtype=np.int64)).to_list() == []
    with pytest.raises(ValueError, match=f"^1 positions lie outside range 0 of {name}$"):
        shape.render(0, np.array([shape.sizes[0]]))
    with pytest.raises(ValueError, match="positions"):
        shape.render(0, np.array([-1]))
    for index in (-1, len(shape.sizes)):
        with pytest.raises(ValueError, match="ranges"):
            shape.render(index, np.array([0]))
