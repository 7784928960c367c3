"""A known-answer test of pseudonyms, made at the start of each run with ids that everybody knows.

Two fresh epochs turn the same fifty public ids of each id domain, some three thousand in all, into
pseudonyms. They may have none in common but by chance, none may be a plain hash of its id in any
usual cut, and none may show its id: else the key is ignored, or is no secret.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache

import polars as pl

from scrambler.errors import VerificationError
from scrambler.keys.pseudonyms import Pseudonyms
from scrambler.ssd import Domain
from scrambler.verification.during.formats import FORMATS

_COUNT = 50
_HASHES = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "blake2b", "blake2s")

_NEVER = 1e-9
"""The chance that is taken for none: of a domain, in a run, once in a thousand million."""

_PUBLIC: Mapping[str, Callable[[int], str]] = {
    "upn": lambda n: f"A80120000{n:04}",
    "nhs": lambda n: f"943476{n:04}",
    "uln": lambda n: f"101234{n:04}",
    "swe": lambda n: f"SW{10_000 + n}",
    "urn": lambda n: f"SC{100_000 + n}",
    "ni": lambda n: f"AB{100_000 + n}C",
}


def known_answers(fresh: Callable[[], Pseudonyms]) -> None:
    """Try two epochs that ``fresh`` makes. VerificationError names the id domain that fails."""
    first, second = fresh(), fresh()
    for domain in first.domains.values():
        if domain.map != domain.name:
            continue  # has the pseudonyms of another
        for ids in _public_ids(domain, domain.map in first.numeric):
            one, other = (_pseudonyms(each, domain, ids) for each in (first, second))
            if fault := _fault(ids, one, other, _places(first, domain, ids[0])):
                raise VerificationError(
                    f"The known-answer test of pseudonyms failed in id domain {domain.name}: "
                    f"{fault}. "
                    "Nothing was written; the key of this run cannot be trusted."
                )


def _public_ids(domain: Domain, numeric: bool) -> Iterator[tuple[str, ...]]:
    yield tuple(f"known-answer-{n:04}" for n in range(_COUNT))
    if numeric:
        yield tuple(str(10_000_000 + n) for n in range(_COUNT))
    if domain.shape in _PUBLIC:
        yield tuple(map(_PUBLIC[domain.shape], range(_COUNT)))


def _pseudonyms(pseudonyms: Pseudonyms, domain: Domain, ids: tuple[str, ...]) -> list[str]:
    found = pseudonyms.identify(domain.name, pl.Series(ids))
    pseudonyms.allocate({book: [tokens] for book, tokens in pseudonyms.wanting(domain.name, found)})
    return pseudonyms.pseudonyms(domain.name, found).to_list()


def _places(pseudonyms: Pseudonyms, domain: Domain, id_: str) -> int:
    """Return how many pseudonyms an id may have: the smallest range of its form, if it has one."""
    for form in FORMATS.get(domain.shape, ()):
        if re.fullmatch(form.pattern, id_):
            return form.sizes[0] * max(1, len(form.letters))
    if domain.map in pseudonyms.numeric and id_.isdigit():
        return 2**31 - 1
    length = min(domain.length, pseudonyms.lengths.get(domain.map, domain.length))
    return int(16**length)


def most_alike(tries: int, places: int) -> int:
    """Return how many of ``tries``, of which each is alike once in ``places``, may be by chance.

    More than k come with less than m**(k + 1) / (k + 1)! where m are expected. Of 1,000 ids and
    100,000 places (URNs have so few) one is alike in a run of a hundred, and four never; of
    hexadecimal pseudonyms none may be. A key that is ignored makes all alike.
    """
    expected, most = tries / places, 0
    chance = expected
    while chance > _NEVER:
        most += 1
        chance *= expected / (most + 1)
    return most


def _fault(ids: tuple[str, ...], one: list[str], other: list[str], places: int) -> str:
    if len({*one}) < len(ids) or len({*other}) < len(ids):
        return "two ids have one pseudonym"
    if sum(a == b for a, b in zip(one, other, strict=True)) > most_alike(len(ids), places):
        return "two epochs give an id the same pseudonym"
    cuts = _cuts(ids, len(one[0]))
    if met := len({*one, *other} & cuts):
        # Only those of the same form can be met.
        formed = sum(cut.isdigit() == one[0].isdigit() for cut in cuts)
        if met > most_alike(2 * len(ids) * formed, places):
            return "a pseudonym is a plain hash"
    if sum(map(_shows, one, ids)) > most_alike(len(ids), places):
        return "a pseudonym shows its id"
    return ""


def _shows(pseudonym: str, id_: str) -> bool:
    """Return whether an id stands in its pseudonym; one number may stand in another by chance."""
    return pseudonym == id_ if id_.isdigit() else id_.lower() in pseudonym.lower()


@cache
def _cuts(ids: tuple[str, ...], length: int) -> frozenset[str]:
    """Return the first and last ``length`` characters of the plain hashes of ids."""
    spelled = [form for id_ in ids for form in {id_, id_.upper(), id_.lower()}]
    digests = [
        hashlib.new(name, form.encode(), usedforsecurity=False).hexdigest()
        for name in _HASHES
        for form in spelled
    ]
    return frozenset(cut for one in digests for cut in (one[:length], one[-length:]))
