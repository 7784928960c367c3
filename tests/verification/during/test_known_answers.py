"""Known answers: keys that are ignored, constant or no secret are found before anything is read."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable

import polars as pl
import pytest

from scrambler.errors import VerificationError
from scrambler.keys.epoch import Epoch
from scrambler.keys.pseudonyms import Identified, Pseudonyms
from scrambler.ssd import ssd
from scrambler.verification.during.known_answers import _fault, known_answers, most_alike

FEW = {name: ssd().domains[name] for name in ("person", "upn", "nhs", "uln", "professional")}


def _fresh(digest: Callable[[pl.Series, str], pl.Series] | None = None) -> Pseudonyms:
    made = Pseudonyms(Epoch.new(), FEW, numeric=frozenset({"professional"}))
    if digest is not None:
        made._digest = digest
    return made


def test_honest_pseudonyms_pass() -> None:
    known_answers(_fresh)


@pytest.mark.parametrize(
    ("tries", "places", "most"),
    [(1_000, 10**5, 3), (50, 10**5, 2), (1_000, 10**9, 1), (1_000, 16**12, 0), (50, 16**36, 0)],
)
def test_chance_makes_so_many_alike_and_no_more(tries: int, places: int, most: int) -> None:
    """Held against the binomial: beyond is one run in a thousand million, and not far below."""
    assert most_alike(tries, places) == most
    chance = 1 / places
    tails = [
        sum(
            math.comb(tries, k) * chance**k * (1 - chance) ** (tries - k)
            for k in range(least, least + 20)
        )
        for least in (most + 1, most)
    ]
    assert tails[0] < 1e-9
    assert not most or tails[1] > 1e-9


def test_one_key_for_all_is_found() -> None:
    epoch = Epoch.new()
    with pytest.raises(VerificationError, match="two epochs give an id the same pseudonym"):
        known_answers(lambda: Pseudonyms(epoch, FEW))


@pytest.mark.parametrize("name", ["md5", "sha1", "sha256", "sha512", "blake2b", "blake2s"])
@pytest.mark.parametrize("cut", [slice(None), slice(-20, None)], ids=["head", "tail"])
def test_a_plain_hash_is_found(name: str, cut: slice) -> None:
    def plain(text: pl.Series, key: str) -> pl.Series:
        hashed = [hashlib.new(name, one.encode()).hexdigest()[cut] for one in text]
        return pl.Series([one.ljust(64, "0") for one in hashed])

    made = [_fresh(plain), _fresh()]  # two that are plain are alike, which is found first
    with pytest.raises(VerificationError, match="plain hash"):
        known_answers(made.pop)


def test_an_id_that_shows_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Pseudonyms.pseudonyms

    def shown(self: Pseudonyms, domain: str, ids: Identified) -> pl.Series:
        return honest(self, domain, ids).str.slice(0, 4) + ids.spread(ids.text)

    monkeypatch.setattr(Pseudonyms, "pseudonyms", shown)
    with pytest.raises(VerificationError, match="shows its id"):
        known_answers(_fresh)


@pytest.mark.parametrize("name", ["upn", "swe", "ni"])
def test_an_id_with_capitals_that_shows_is_found(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = Pseudonyms.pseudonyms

    def shown(self: Pseudonyms, domain: str, ids: Identified) -> pl.Series:
        made = honest(self, domain, ids)
        return (
            made if ids.text[0].lower().startswith("known") else "Z" + ids.spread(ids.text) + made
        )

    monkeypatch.setattr(Pseudonyms, "pseudonyms", shown)
    only = {name: ssd().domains[name]}
    with pytest.raises(VerificationError, match="shows its id"):
        known_answers(lambda: Pseudonyms(Epoch.new(), only))


def test_numbers_meet_by_chance() -> None:
    ids = tuple(str(10_000_000 + n) for n in range(50))
    one = [str(1_000_000_000 + n) for n in range(50)]
    other = [str(2_000_000_000 + n) for n in range(50)]
    one[0] = f"9{ids[0]}"  # the digits stand in a longer number, and that is another
    assert not _fault(ids, one, other, 2**31 - 1)
    one[:3] = ids[:3]
    assert _fault(ids, one, other, 2**31 - 1) == "a pseudonym shows its id"


def test_the_message_names_the_domain_and_no_id() -> None:
    epoch = Epoch.new()
    with pytest.raises(VerificationError) as refused:
        known_answers(lambda: Pseudonyms(epoch, FEW))
    assert re.search("id domain (person|upn|nhs|uln|professional)", str(refused.value))
    assert "known-answer-0" not in str(refused.value)
