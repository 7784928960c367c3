import hashlib
import hmac
import re
from collections.abc import Callable
from typing import Any

import nhs_number
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.gb import nhs as stdnum_nhs
from stdnum.gb import upn as stdnum_upn

from kernels.draw import Seeds
from kernels.reserved import RESERVED, Reserved
from scrambler.errors import VerificationError
from scrambler.keys import pseudonyms
from scrambler.keys.epoch import Allocation, Epoch
from scrambler.keys.pseudonyms import Pseudonyms
from scrambler.ssd import ssd
from tests.contexts import epoch

UPN, TEMPORARY, NHS, ULN = "B801200005001", "A80120000511B", "9434765919", "9276308686"
SHAPED = {
    "upn": [UPN, TEMPORARY],
    "nhs": [NHS],
    "uln": [ULN],
    "swe": ["SW12345"],
    "urn": ["SC123456", "1234567"],
    "ni": ["AB123456C"],
}


def _pseudonyms(number: int = 1, **options: Any) -> Pseudonyms:
    return Pseudonyms(epoch(number), ssd().domains, **options)


def _map(made: Pseudonyms, domain: str, values: Any) -> list[str | None]:
    ids = made.identify(domain, pl.Series(values))
    made.allocate({book: [tokens] for book, tokens in made.wanting(domain, ids)})
    return made.pseudonyms(domain, ids).to_list()


def test_hexadecimal_pseudonyms_are_hmac_sha_256_cut() -> None:
    made = _pseudonyms()
    key = made.epoch.subkey("identifier:person").encode()
    digest = hmac.new(key, b"42", hashlib.sha256).hexdigest()
    assert _map(made, "person", ["42"]) == [digest[:20]]


@pytest.mark.parametrize(
    ("domain", "length"), [("person", 20), ("professional", 12), ("staff", 12), ("referral", 36)]
)
def test_lengths_are_those_of_the_payload(domain: str, length: int) -> None:
    (found,) = _map(_pseudonyms(), domain, ["42"])
    assert found is not None
    assert len(found) == length


def test_a_narrower_column_shortens_all() -> None:
    (found,) = _map(_pseudonyms(lengths={"person": 20, "referral": 24}), "referral", ["42"])
    assert found is not None
    assert len(found) == 24


@pytest.mark.parametrize("numeric", [False, True])
def test_one_value_has_one_pseudonym_whatever_holds_it(numeric: bool) -> None:
    made = _pseudonyms(numeric=frozenset({"person"} if numeric else ()))
    forms = [["42", "42 ", " 42"], [42], [42.0], pl.Series([42], dtype=pl.Int32)]
    assert len({one for form in forms for one in _map(made, "person", form)}) == 1


@pytest.mark.parametrize("grouped", ["943 476 5919", " 9434765919 "])
def test_grouping_does_not_matter_where_numbers_have_a_form(grouped: str) -> None:
    made = _pseudonyms()
    assert _map(made, "nhs", [grouped]) == _map(made, "nhs", [NHS])


def test_domains_differ_unless_they_share_a_map() -> None:
    made = _pseudonyms()
    assert _map(made, "staff", ["42"]) == _map(made, "professional", ["42"])
    found = {_map(made, domain, ["42"])[0][:12] for domain in ("person", "legacy", "staff")}  # type: ignore[index]
    assert len(found) == 3


SENTINELS = ["", "0", "-1", "SSD_PH", "ssd_ph", "SSD_SUI", "PLACEHOLDER_DATA", "XXXXXXX"]


@pytest.mark.parametrize("domain", ["person", "upn", "urn", "nhs"])
@pytest.mark.parametrize("numeric", [False, True])
def test_sentinels_and_nulls_survive(domain: str, numeric: bool) -> None:
    made = _pseudonyms(numeric=frozenset({domain} if numeric else ()))
    assert _map(made, domain, [*SENTINELS, None]) == [*SENTINELS, None]
    assert _map(made, domain, ["  ", " SSD_PH "]) == ["", "SSD_PH"]
    assert _map(made, domain, [0, -1]) == ["0", "-1"]
    assert made.epoch.allocations == {}


@given(st.lists(st.text(min_size=1, max_size=30), unique=True, max_size=60))
def test_no_pseudonym_holds_0x_or_meets_another(texts: list[str]) -> None:
    made = _pseudonyms()
    ids = made.identify("person", pl.Series(texts, dtype=pl.String))
    found = made.pseudonyms("person", ids).filter(ids.spread(ids.text).is_not_null())
    assert not found.str.to_lowercase().str.contains("0x").any()
    assert found.n_unique() == ids.text.n_unique() - ids.text.has_nulls()


def test_two_epochs_share_no_pseudonym_and_one_agrees_with_itself() -> None:  # T3
    values = [str(n) for n in range(5_000)]
    first, again, other = (_map(_pseudonyms(n), "person", values) for n in (1, 1, 2))
    assert first == again
    assert not set(first[1:]) & set(other[1:])  # the first is the sentinel 0


def test_rows_and_identifiers_are_kept_apart() -> None:
    ids = _pseudonyms().identify("person", pl.Series(["b", "a", None, "b", " a"]))
    tokens = ids.tokens.tolist()
    assert (tokens[0], tokens[1]) == (tokens[3], tokens[4])
    assert tokens[2] == 0
    assert len(ids.values) == 4  # digested once each, blanks and all


# Integers


@given(
    st.lists(
        st.integers(1, 10**12 - 1) | st.integers(1, 200) | st.integers(2**31 - 9, 2**31 + 9),
        unique=True,
        min_size=1,
        max_size=50,
    )
)
def test_integers_stay_integers_of_their_width_and_apart(numbers: list[int]) -> None:
    made = _pseudonyms(numeric=frozenset({"person"}))
    found = [int(one or "") for one in _map(made, "person", numbers)]
    assert len(set(found)) == len(numbers)
    for before, after in zip(numbers, found, strict=True):
        assert 1 <= after < 10**12
        assert (after < 2**31) == (before < 2**31)


def test_text_among_integers_stays_text() -> None:
    made = _pseudonyms(numeric=frozenset({"person"}))
    whole, padded, letters = _map(made, "person", ["42", "042", "A42"])
    assert whole is not None
    assert whole.isdecimal()
    assert len({whole, padded, letters}) == 3


# Numbers with a form


def _upn(number: str) -> bool:
    # python-stdnum knows the LA codes that were ever given out.
    issued = int(number[1:4]) in stdnum_upn._la_numbers
    return stdnum_upn.calc_check_digit(number[1:]) == number[0] and not issued


def _nhs(number: str) -> bool:
    return stdnum_nhs.is_valid(number) and nhs_number.is_valid(number) and number[:3] == "999"


def _uln(number: str) -> bool:
    # The whole number weighted 10 to 1 leaves 10 (Learning Records Service).
    return sum((10 - n) * int(d) for n, d in enumerate(number)) % 11 == 10


VALID: dict[str, Callable[[str], bool]] = {
    "upn": _upn,
    "nhs": _nhs,
    "uln": _uln,
    "swe": lambda number: len(number) == 12 and number.startswith("SW9"),
    "urn": lambda number: number[:3] in ("SC9", "SC8") or number[0] in "98",
    "ni": lambda number: number.startswith("QQ"),
}


def _numbers(domain: str, count: int) -> list[str]:
    """Identifiers as sources hold them, some of them in the ranges that pseudonyms come from."""
    numbers = range(count)
    match domain:
        case "upn":
            own = RESERVED["upn"].render(0, np.arange(count // 2))
            return [f"A801{n:09}" for n in numbers[: count // 2]] + own.to_list()
        case "nhs":
            own = RESERVED["nhs"].render(0, np.arange(count // 2)).drop_nulls()
            return [f"94{n:08}" for n in numbers[: count // 2]] + own.to_list()
        case "uln":
            return [f"1{n:09}" for n in numbers]
        case "swe":
            return [f"SW{n}" for n in numbers] + [f"SW9{n:09}" for n in numbers]
        case "urn":
            return [f"SC{n:06}" for n in numbers] + [f"{n + 10**6}" for n in numbers]
        case _:
            return [f"AB{n:06}C" for n in numbers]


@pytest.mark.parametrize("domain", SHAPED)
@pytest.mark.parametrize("number", [1, 2, 3])
def test_numbers_keep_form_and_check_digit_and_are_nobodys(domain: str, number: int) -> None:  # T5
    source = _numbers(domain, 1_000)
    found = _map(_pseudonyms(number), domain, source)
    assert all(one and VALID[domain](one) for one in found)
    assert len(set(found)) == len(set(source))
    assert not set(found) & set(source)


@pytest.mark.parametrize("domain", SHAPED)
def test_both_forms_of_a_number_keep_theirs(domain: str) -> None:
    patterns = [
        RESERVED[n].pattern
        for n in {"upn": ["upn", "upn_temporary"], "urn": ["urn", "urn7"]}.get(domain, [domain])
    ]
    found = _map(_pseudonyms(), domain, SHAPED[domain])
    for before, after, pattern in zip(SHAPED[domain], found, patterns, strict=True):
        assert after is not None
        assert re.match(pattern, before)
        assert re.match(pattern, after)
        assert len(after) == len(before) or domain == "swe"


def test_what_has_no_form_becomes_hexadecimal() -> None:
    (found,) = _map(_pseudonyms(), "nhs", ["not an NHS number"])
    assert found is not None
    assert re.fullmatch("[0-9a-f]{36}", found)


def test_a_wrong_check_digit_is_a_number_all_the_same() -> None:
    (found,) = _map(_pseudonyms(), "nhs", ["9434765910"])
    assert found is not None
    assert _nhs(found)


def test_two_epochs_share_almost_no_number() -> None:
    source = _numbers("nhs", 1_000)
    first, other = (_map(_pseudonyms(n), "nhs", source) for n in (1, 2))
    assert len(set(first) & set(other)) < 3  # by chance: 1000 x 1000 in a range of 900,000


def test_places_stay_when_identifiers_are_added() -> None:
    made = _pseudonyms()
    source = _numbers("nhs", 400)
    before = dict(zip(source, _map(made, "nhs", source), strict=True))
    more = [f"95{n:08}" for n in range(300)]
    later = Pseudonyms(Epoch(bytes([1]) * 32, made.epoch.allocations), ssd().domains)
    after = dict(zip(source + more, _map(later, "nhs", source + more), strict=True))
    assert {one: after[one] for one in source} == before
    assert len(set(after.values())) == len(after)


@pytest.mark.parametrize("domain", SHAPED)
def test_a_place_moves_when_its_number_turns_out_to_be_somebody_s(domain: str) -> None:
    """Finding 13: a later source of the epoch holds a number that was given out before."""
    made, source = _pseudonyms(), _numbers(domain, 400)
    before = dict(zip(source, _map(made, domain, source), strict=True))
    owned = [one for one in (before[source[0]], before[source[7]]) if one]
    after = dict(zip(source + owned, _map(made, domain, source + owned), strict=True))
    assert not set(after.values()) & set(source + owned)
    assert len(set(after.values())) == len(after)
    moved = {one for one in source if after[one] != before[one]}
    assert {before[one] for one in moved} == set(owned)
    assert _map(made, domain, source + owned) == list(after.values())


def test_places_do_not_depend_on_the_order_of_rows_or_batches() -> None:
    source = _numbers("upn", 300)
    made = _pseudonyms()
    places: dict[str, list[Seeds]] = {}
    for part in (source[200:], source[:100], source[50:250]):
        for book, tokens in made.wanting("upn", made.identify("upn", pl.Series(part))):
            places.setdefault(book, []).append(tokens)
    made.allocate(places)
    ids = made.identify("upn", pl.Series(source))
    assert made.pseudonyms("upn", ids).to_list() == _map(_pseudonyms(), "upn", source)


def _small(render: Callable[[int, Any], pl.Series]) -> Reserved:
    return Reserved("ni", r"^[A-Z]{2}[0-9]$", r"^(?:QQ|ZZ)", (3, 4), render)


def test_the_next_range_follows_a_full_one_then_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    tiny = _small(lambda number, places: pl.Series([f"{'QZ'[number] * 2}{p}" for p in places]))
    monkeypatch.setattr(pseudonyms, "RESERVED", {"ni": tiny})
    made = _pseudonyms()
    seven = [f"AB{n}" for n in range(7)]
    found = _map(made, "ni", seven)
    assert sorted(map(str, found)) == ["QQ0", "QQ1", "QQ2", "ZZ0", "ZZ1", "ZZ2", "ZZ3"]
    with pytest.raises(
        VerificationError, match="than the ranges never issued have room for"
    ) as caught:
        _map(made, "ni", ["CD1"])
    assert "CD1" not in str(caught.value)


def test_an_identifier_that_appears_after_the_survey_stops_the_run() -> None:
    made = _pseudonyms()
    ids = made.identify("nhs", pl.Series([NHS]))
    with pytest.raises(VerificationError, match="1 identifiers of the form nhs appeared") as caught:
        made.pseudonyms("nhs", ids)
    assert NHS not in str(caught.value)


def test_allocations_hold_digests_only() -> None:
    made = _pseudonyms()
    _map(made, "nhs", [NHS])
    held: Allocation = made.epoch.allocations["nhs/nhs"]
    assert held.digests.tolist() == made.identify("nhs", pl.Series([NHS])).tokens.tolist()
    assert int(NHS) not in held.slots.tolist()


def test_formed() -> None:
    text = pl.Series([UPN, TEMPORARY, "UN1", None])
    assert _pseudonyms().formed("upn", text).to_list() == [True, True, False, False]
    assert not _pseudonyms().formed("person", text).any()


def test_identifiers_show_nothing_of_themselves() -> None:
    ids = Pseudonyms(epoch(), ssd().domains).identify("person", pl.Series(["canary-17"]))
    assert "canary" not in repr(ids)
