import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels.filler import OPENING, SENTENCES, authorities, filler, foreign, organisations, teams

SEEDS = np.random.default_rng(4).integers(0, 2**64, 5000, dtype=np.uint64)

# Names of English councils with children's services, without what surrounds them.
REAL = """Barking Barnet Barnsley Bath Bedford Bexley Birmingham Blackburn Blackpool Bolton
Bournemouth Bracknell Bradford Brent Brighton Bristol Bromley Buckinghamshire Bury Calderdale
Cambridgeshire Camden Cheshire Cornwall Coventry Croydon Cumberland Cumbria Darlington Derby
Derbyshire Devon Doncaster Dorset Dudley Durham Ealing Enfield Essex Gateshead Gloucestershire
Greenwich Hackney Halton Hammersmith Hampshire Haringey Harrow Hartlepool Havering Herefordshire
Hertfordshire Hillingdon Hounslow Wight Scilly Islington Kensington Kent Kingston Kirklees Knowsley
Lambeth Lancashire Leeds Leicester Leicestershire Lewisham Lincolnshire Liverpool London Luton
Manchester Medway Merton Middlesbrough Keynes Newcastle Newham Norfolk Northamptonshire
Northumberland Nottingham Nottinghamshire Oldham Oxfordshire Peterborough Plymouth Poole Portsmouth
Reading Redbridge Redcar Richmond Rochdale Rotherham Rutland Salford Sandwell Sefton Sheffield
Shropshire Slough Solihull Somerset Southampton Southend Southwark Staffordshire Stockport Stockton
Stoke Suffolk Sunderland Surrey Sussex Sutton Swindon Tameside Telford Thurrock Torbay Trafford
Tyneside Wakefield Walsall Waltham Wandsworth Warrington Warwickshire Westminster Westmorland Wigan
Wiltshire Windsor Wirral Wokingham Wolverhampton Worcestershire York Yorkshire"""


def slow_filler(text: str, width: int) -> str:
    """The unlimited text cut back sentence by sentence until it fits, else the opening cut."""
    while len(text) > width and text != OPENING:
        text = text[: text[:-1].rindex(".") + 1]
    return text[:width].rstrip()


@pytest.mark.parametrize("sentence", [OPENING, *SENTENCES])
def test_sentences_are_plain(sentence: str) -> None:
    assert sentence.isascii()
    assert sentence.count(".") == 1
    assert sentence.endswith(".")
    assert not set(sentence) & set("\"'`\\<>&{}")
    assert json.dumps(sentence) == f'"{sentence}"'


def test_there_are_enough_sentences() -> None:
    assert len(set(SENTENCES)) == len(SENTENCES) >= 40


def test_one_to_four_sentences_follow_the_opening() -> None:
    texts = filler(SEEDS, None)
    assert texts.str.starts_with(OPENING + " ").all()
    assert set(texts.str.count_matches(r"\.")) == {2, 3, 4, 5}
    known = set(SENTENCES)
    assert all(set(text[len(OPENING) + 1 :].replace(". ", ".|").split("|")) <= known
               for text in texts[:500])  # fmt: skip


@given(width=st.integers(1, 400), values=st.lists(st.integers(0, 2**64 - 1), max_size=20))
def test_never_over_width(width: int, values: list[int]) -> None:
    seeds = np.array(values, dtype=np.uint64)
    whole = filler(seeds, None)
    assert filler(seeds, width).to_list() == [slow_filler(text, width) for text in whole]


@pytest.mark.parametrize("width", [0, -1])
def test_no_width_is_refused(width: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        filler(SEEDS, width)


def test_councils_are_not_real() -> None:
    names = authorities(SEEDS).unique()
    assert names.len() > 100
    assert names.str.contains("Council$").all()
    words = set(names.str.split(" ").explode())
    assert not words & set(REAL.split())


@pytest.mark.parametrize(
    ("draw", "form", "fewest"),
    [
        (organisations, r"^[A-Z][A-Za-z' -]+ [A-Z]\w+$", 2000),
        (authorities, r"^[A-Z]\w+ .*Council$", 150),
        (teams, r"^[A-Z]\w+ [A-Z].* Team [1-9][0-9]{2}$", 4900),
    ],
)
def test_names_of_bodies(draw, form: str, fewest: int) -> None:  # type: ignore[no-untyped-def]
    names = draw(SEEDS)
    assert names.dtype == pl.String
    assert names.str.contains(form).all()
    assert names.n_unique() > fewest
    assert names.str.len_chars().max() <= 48
    assert draw(SEEDS[::-1]).equals(names.reverse())


def test_empty() -> None:
    none = np.array([], dtype=np.uint64)
    for texts in (filler(none, 10), filler(none, None), organisations(none), authorities(none),
                  teams(none)):  # fmt: skip
        assert texts.dtype == pl.String
        assert texts.len() == 0


@pytest.mark.parametrize("width", [None, 1, 5, 15, 16, 60, 255])
def test_it_never_equals_what_it_replaces(width: int | None) -> None:
    drawn = filler(SEEDS, width)
    for spelled in (drawn, "  " + drawn.str.to_uppercase() + "\n"):
        other = filler(SEEDS, width, spelled)
        assert not (other.str.to_lowercase() == drawn.str.to_lowercase()).any()
        assert foreign(other, width) == 0
        assert width is None or (other.str.len_chars() <= width).all()
    assert filler(SEEDS, width, drawn + "x").equals(drawn)
    assert filler(SEEDS, width, pl.Series([None], dtype=pl.String)).equals(drawn)


def test_what_no_filler_holds_is_foreign() -> None:
    drawn = filler(SEEDS, 200)
    assert foreign(drawn, 200) == 0
    assert foreign(drawn + " Ann Lee", 200) == len(drawn)
    assert foreign(pl.Series([OPENING + " Ann", "Ann", None, OPENING]), 200) == 2
