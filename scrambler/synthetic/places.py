"""Places that do not exist: a postcode of the area XX and an address for every place number.

A place is a function of its number, so siblings who share the number share the text.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from scrambler.ssd.read_facts import facts
from scrambler.synthetic.block import Ints, taken, text
from scrambler.synthetic.frames import joined

_INWARD = "ABDEFGHJLNPQRSTUWXYZ"
_WORDS = (
    "Acorn", "Barley", "Cedar", "Dalton", "Elder", "Fallow", "Garner", "Hazel", "Ivory", "Juniper",
    "Kestrel", "Larch", "Mallard", "Nettle", "Orchard", "Poplar", "Quarry", "Rowan", "Sorrel",
    "Thistle", "Umber", "Violet", "Willow", "Yarrow",
)  # fmt: skip
_KINDS = ("Road", "Street", "Lane", "Avenue", "Close", "Drive", "Gardens", "Terrace", "Way", "Mews")
_TOWNS = (
    "Ashenbridge", "Brackwater", "Coldmere", "Dunholt", "Eastwickham", "Farrowby", "Graylinton",
    "Hexworth", "Ivelstone", "Kirkmallow", "Longsedge", "Marrowfield",
)  # fmt: skip
AUTHORITIES = tuple(f"{town} Borough Council" for town in _TOWNS)
_KEYS = tuple(row["key"] for row in facts("json_columns") if row["table"] == "ssd_address")


def _mixed(places: Ints, salt: int, room: int) -> Ints:
    """A number below ``room`` a place (SplitMix64's finaliser, so near places are far apart)."""
    bits = places.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(salt)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((bits ^ (bits >> np.uint64(31))) % np.uint64(room)).astype(np.int64)


def postcodes(places: Ints) -> pl.Series:
    """Return a postcode a place, at most 8 characters: no post office knows the area XX."""
    return joined(
        "XX", text(1 + _mixed(places, 1, 99)), " ", text(_mixed(places, 2, 10)),
        taken(_INWARD, _mixed(places, 3, 20)), taken(_INWARD, _mixed(places, 4, 20)),
    )  # fmt: skip


def _parts(places: Ints) -> dict[str, pl.Series]:
    flat = _mixed(places, 5, 100) < 15
    room = flat & (_mixed(places, 6, 4) == 0)
    east, north = 400_000 + _mixed(places, 7, 90_000), 200_000 + _mixed(places, 8, 90_000)
    return {
        "ROOM": taken([str(n) for n in range(1, 30)], np.where(room, _mixed(places, 9, 29), -1)),
        "FLOOR": taken(["Ground", "First", "Second"], np.where(room, _mixed(places, 10, 3), -1)),
        "FLAT": taken([f"Flat {n}" for n in range(1, 40)], np.where(flat, places % 39, -1)),
        "BUILDING": taken([f"{w} House" for w in _WORDS],
                          np.where(flat, _mixed(places, 11, len(_WORDS)), -1)),
        "HOUSE": text(1 + _mixed(places, 12, 180)),
        "STREET": joined(taken(_WORDS, _mixed(places, 13, len(_WORDS))), " ",
                         taken(_KINDS, _mixed(places, 14, len(_KINDS)))),
        "TOWN": taken(_TOWNS, _mixed(places, 15, len(_TOWNS))),
        "UPRN": text(990_000_000_000 + places),
        "EASTING": text(east),
        "NORTHING": text(north),
    }  # fmt: skip


def addresses(places: Ints) -> pl.Series:
    """Return the JSON object of ten keys a place; parts that a place lacks are empty text."""
    parts = _parts(places)
    pieces: list[pl.Series | str] = ["{"]
    for position, key in enumerate(_KEYS):
        pieces += [f'{", " if position else ""}"{key}": "', parts[key].fill_null(""), '"']
    return joined(*pieces, "}")


def plain_addresses(places: Ints) -> pl.Series:
    """Return the comma text that Mosaic stores instead, with the postcode inside."""
    parts = _parts(places)
    return joined(
        parts["HOUSE"], " ", parts["STREET"], ", ", parts["TOWN"], ", ", postcodes(places)
    )
