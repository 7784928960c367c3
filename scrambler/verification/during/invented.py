"""What is invented, written anew from public lists: names, places, organisations and teams.

Lists are public data that both sides read; which entry a row gets is worked out here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from faker.providers.address.en_GB import Provider

from kernels.fake_name import FEMALE, FORENAMES, MALE, SURNAMES
from kernels.filler import (
    COUNCIL_KINDS,
    COUNCIL_NAMES,
    ORGANISATION_KINDS,
    TEAM_KINDS,
    TEAM_NAMES,
)
from scrambler.verification.during.derivation import Numbers, Seeds, mixed, public_key, scaled

_FORENAMES = {0: pl.Series(MALE), 1: pl.Series(FEMALE), 2: pl.Series(FORENAMES)}
_BY_SEX = pl.concat(_FORENAMES.values())
_SIZES = np.array([len(names) for names in _FORENAMES.values()])
_SURNAMES = pl.Series(SURNAMES)
_INWARD = "ABDEFGHJLNPQRSTUWXYZ"  # without C, I, K, M, O and V
_POSTCODES = 90 * 10 * 20 * 20

ADDRESS_KEYS = (
    "ROOM", "FLOOR", "FLAT", "BUILDING", "HOUSE", "STREET", "TOWN", "UPRN", "EASTING", "NORTHING",
)  # fmt: skip


Pair = tuple[pl.Series, pl.Series]
"""What is drawn, and what stands in its place where that is the original."""


def forenames(seeds: Seeds, sex: Numbers) -> Pair:
    """Return the forename of each seed; ``sex`` is 0 male, 1 female, 2 any."""
    starts, sizes = (np.cumsum(_SIZES) - _SIZES)[sex], _SIZES[sex]
    place = scaled(mixed(seeds, public_key("forename")), sizes)
    first, second = (_BY_SEX.gather(starts + (place + n) % sizes) for n in (0, 1))
    return first, second


def surnames(seeds: Seeds) -> Pair:
    """Return the surname of each seed."""
    return _two_surnames(seeds, "surname")


def full_names(seeds: Seeds) -> Pair:
    """Return the whole name of each seed."""
    given = _one(FORENAMES, seeds, "full name, forename") + " "
    first, second = _two_surnames(seeds, "full name, surname")
    return given + first, given + second


def other_than(originals: pl.Series, pair: Pair) -> pl.Series:
    """Return what is drawn, or what stands in its place where that is the original.

    Blanks and case aside.
    """
    first, second = pair
    short = originals.str.replace_all(r"\s+", " ").str.strip_chars().str.to_lowercase()
    return second.zip_with((first.str.to_lowercase() == short).fill_null(False), first)


def postcodes(seeds: Seeds, originals: pl.Series) -> pl.Series:
    """Return the postcode of each seed, never the original; spaced as the original is.

    ``ZZ`` (no place has it), two digits, a blank, a digit and two letters.
    """
    place = scaled(mixed(seeds, public_key("postcode")), _POSTCODES)
    first, second = (_postcode((place + n) % _POSTCODES) for n in (0, 1))
    bare = originals.str.replace_all(r"\s", "").str.to_uppercase()
    same = (first.str.replace(" ", "", literal=True) == bare).fill_null(False)
    found = second.zip_with(same, first)
    spaced = originals.str.strip_chars().str.contains(" ", literal=True).fill_null(False)
    return found.zip_with(spaced, found.str.replace(" ", "", literal=True))


def addresses(seeds: Seeds, originals: pl.Series) -> pl.Series:
    """Return the address of each seed as JSON; a part that the original leaves blank stays so.

    Text that has none of the keys gets all of them.
    """
    text = pl.col("original")
    keyed = pl.any_horizontal(text.str.contains(rf'"{key}"\s*:') for key in ADDRESS_KEYS)
    filled = [
        text.str.contains(rf'"{key}"\s*:\s*(?:[0-9]|"\s*[^"\s])').alias(key) for key in ADDRESS_KEYS
    ]
    said = originals.to_frame("original").select(*filled, any=keyed)
    written = {key: part.set(~said[key] & said["any"], "") for key, part in _parts(seeds).items()}
    pieces = [f'{"," if n else "{"}"{key}":"' for n, key in enumerate(ADDRESS_KEYS)]
    ends = ['"'] * (len(ADDRESS_KEYS) - 1) + ['"}']
    whole = [
        pl.concat_str(pl.lit(before), key, pl.lit(end))
        for before, key, end in zip(pieces, ADDRESS_KEYS, ends, strict=True)
    ]
    return pl.DataFrame(written).select(pl.concat_str(whole)).to_series()


def organisations(seeds: Seeds) -> pl.Series:
    """Return the organisation of each seed."""
    kind = _one(ORGANISATION_KINDS, seeds, "organisation kind")
    return _one(SURNAMES, seeds, "organisation") + " " + kind


def authorities(seeds: Seeds) -> pl.Series:
    """Return the council of each seed."""
    return (
        _one(COUNCIL_NAMES, seeds, "authority") + " " + _one(COUNCIL_KINDS, seeds, "authority kind")
    )


def teams(seeds: Seeds) -> pl.Series:
    """Return the team of each seed, with a number from 100 to 999."""
    number = _number(seeds, "team number", 100, 999)
    kind = _one(TEAM_KINDS, seeds, "team kind")
    return _one(TEAM_NAMES, seeds, "team") + " " + kind + " Team " + number


POOLS = {"organisation": organisations, "authority": authorities, "team": teams}


def _one(words: Sequence[str], seeds: Seeds, label: str) -> pl.Series:
    return pl.Series(words).gather(scaled(mixed(seeds, public_key(label)), len(words)))


def _number(seeds: Seeds, label: str, low: int, high: int) -> pl.Series:
    numbers = low + scaled(mixed(seeds, public_key(label)), high - low + 1)
    return pl.Series(numbers).cast(pl.String)


def _two_surnames(seeds: Seeds, label: str) -> Pair:
    place = scaled(mixed(seeds, public_key(label)), len(SURNAMES))
    return _SURNAMES.gather(place), _SURNAMES.gather((place + 1) % len(SURNAMES))


def _postcode(numbers: Numbers) -> pl.Series:
    letters = pl.Series([*_INWARD])
    unit = numbers % 400
    outward = "ZZ" + pl.Series(10 + numbers // 4_000).cast(pl.String)
    sector = pl.Series(numbers // 400 % 10).cast(pl.String)
    return outward + " " + sector + letters.gather(unit // 20) + letters.gather(unit % 20)


def _parts(seeds: Seeds) -> dict[str, pl.Series]:
    kinds = ("Court", "Hall", "House", "Lodge", "Mansions", "Mews")
    streets = sorted({*Provider.street_suffixes})
    building = _one(SURNAMES, seeds, "building") + " " + _one(kinds, seeds, "building kind")
    street = _one(SURNAMES, seeds, "street") + " " + _one(streets, seeds, "street kind")
    town = _one(sorted({*Provider.city_prefixes}), seeds, "town start") + " "
    town += _one(SURNAMES, seeds, "town")
    town += _one(sorted({*Provider.city_suffixes}), seeds, "town end")
    return {
        "ROOM": "Room " + _number(seeds, "room", 1, 9),
        "FLOOR": "Floor " + _number(seeds, "floor", 1, 9),
        "FLAT": "Flat " + _number(seeds, "flat", 1, 60),
        "BUILDING": building,
        "HOUSE": _number(seeds, "house", 1, 250),
        "STREET": street,
        "TOWN": town,
        "UPRN": "9999" + _number(seeds, "uprn", 0, 99_999_999).str.zfill(8),
        "EASTING": _number(seeds, "easting", 600_000, 699_999),
        "NORTHING": _number(seeds, "northing", 600_000, 699_999),
    }
