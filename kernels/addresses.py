"""Invented places: postcodes of the ZZ area, and addresses that stand nowhere.

Seeds are secret and decide everything; the keys are public.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from faker.providers.address.en_GB import Provider
from numpy.typing import NDArray

from kernels.draw import Seeds, below, mix
from kernels.fake_name import SURNAMES
from kernels.pool import key_of, pick

POSTCODES = 90 * 10 * 20 * 20
"""How many postcodes there are to draw from."""

# Royal Mail uses no C, I, K, M, O and V in the inward part of a postcode.
_INWARD = pl.Series(list("ABDEFGHJLNPQRSTUWXYZ"))

STREET_KINDS = tuple(sorted(set(Provider.street_suffixes)))
BUILDING_KINDS = ("Court", "Hall", "House", "Lodge", "Mansions", "Mews")
TOWN_STARTS = tuple(sorted(set(Provider.city_prefixes)))
TOWN_ENDS = tuple(sorted(set(Provider.city_suffixes)))


def postcodes(seeds: Seeds, avoid: pl.Series | None = None) -> pl.Series:
    """Return a postcode a seed, ZZ10 to ZZ99, in the form ``ZZ12 3AB`` (8 characters).

    No place has a postcode of the ZZ area: the NHS and ONS keep it for pseudo postcodes. Equals
    ``avoid`` in no row, blanks and case aside; a null there avoids nothing.
    """
    draws = below(mix(seeds, key_of("postcode")), POSTCODES)
    drawn = _postcode(draws)
    if avoid is None:
        return drawn
    squeezed = avoid.str.replace_all(r"\s", "").str.to_uppercase()
    alike = (drawn.str.replace(" ", "", literal=True) == squeezed).fill_null(False)
    return _postcode((draws + 1) % POSTCODES).zip_with(alike, drawn)


def addresses(seeds: Seeds) -> dict[str, pl.Series]:
    """Return the ten keys of an SSD address (json_columns.csv), all of them filled, as text.

    Equal seeds give equal addresses; the caller blanks the parts that its source leaves blank.
    UPRNs begin with 9999, 12 digits. EASTING and NORTHING lie in the North Sea, in the square from
    600000 to 699999 either way, more than 150 km from any land of the National Grid.
    """
    surname = pick(SURNAMES, seeds, key_of("town"))
    parts = {
        "ROOM": "Room " + _number(seeds, "room", 1, 9),
        "FLOOR": "Floor " + _number(seeds, "floor", 1, 9),
        "FLAT": "Flat " + _number(seeds, "flat", 1, 60),
        "BUILDING": _joined(seeds, SURNAMES, "building", BUILDING_KINDS, "building kind"),
        "HOUSE": _number(seeds, "house", 1, 250),
        "STREET": _joined(seeds, SURNAMES, "street", STREET_KINDS, "street kind"),
        "TOWN": pick(TOWN_STARTS, seeds, key_of("town start"))
        + " "
        + surname
        + pick(TOWN_ENDS, seeds, key_of("town end")),
        "UPRN": "9999" + _number(seeds, "uprn", 0, 99_999_999).str.zfill(8),
        "EASTING": _number(seeds, "easting", 600_000, 699_999),
        "NORTHING": _number(seeds, "northing", 600_000, 699_999),
    }
    return {key: part.alias(key) for key, part in parts.items()}


def _postcode(numbers: NDArray[np.int64]) -> pl.Series:
    district, rest = np.divmod(numbers, 4000)
    sector, unit = np.divmod(rest, 400)
    first, last = np.divmod(unit, 20)
    text: pl.Series = (
        "ZZ"
        + pl.Series("postcode", district + 10).cast(pl.String)
        + " "
        + pl.Series(sector).cast(pl.String)
        + _INWARD.gather(first)
        + _INWARD.gather(last)
    )
    return text.alias("postcode")


def _number(seeds: Seeds, label: str, low: int, high: int) -> pl.Series:
    """Return a number from ``low`` to ``high``, both included, as text."""
    draws = below(mix(seeds, key_of(label)), high - low + 1) + low
    return pl.Series(label, draws, dtype=pl.Int64).cast(pl.String)


def _joined(
    seeds: Seeds, firsts: tuple[str, ...], first: str, seconds: tuple[str, ...], second: str
) -> pl.Series:
    return pick(firsts, seeds, key_of(first)) + " " + pick(seconds, seeds, key_of(second))
