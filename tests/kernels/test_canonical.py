import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels.canonical import canonical

FORTY_TWO = [
    pl.Series(["42", "42 ", " 42\t", "42\u00a0"]),
    pl.Series([42], dtype=pl.Int64),
    pl.Series([42], dtype=pl.Int16),
    pl.Series([42], dtype=pl.UInt32),
    pl.Series([42.0]),
]


@pytest.mark.parametrize("values", FORTY_TWO, ids=lambda values: str(values.dtype))
def test_one_value_has_one_text_whatever_holds_it(values: pl.Series) -> None:
    assert set(canonical(values)) == {"42"}


def test_what_differs_stays_different() -> None:
    text = ["042", "4 2", "42a", "42A", "42.0", None]
    assert canonical(pl.Series(text)).to_list() == text
    floats = pl.Series([1.5, None, float("nan"), 1e300])
    assert canonical(floats).n_unique() == 4


def test_compact_drops_inner_blanks_and_case() -> None:
    grouped = pl.Series(["943 476 5919", " b8012 00005001\n", None])
    assert canonical(grouped, compact=True).to_list() == ["9434765919", "B801200005001", None]


@given(st.lists(st.none() | st.text(max_size=20), max_size=20))
def test_canonical_text_is_trimmed_and_stays_as_it_is(texts: list[str | None]) -> None:
    once = canonical(pl.Series(texts, dtype=pl.String))
    assert canonical(once).equals(once)
    assert once.is_null().to_list() == [text is None for text in texts]
