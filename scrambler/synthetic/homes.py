"""Where families live: up to three homes one after another, the same text for all siblings."""

from __future__ import annotations

import numpy as np

from scrambler.synthetic import places
from scrambler.synthetic.block import (
    MIGRATION,
    NEVER,
    TODAY,
    Ints,
    between,
    drawn_to,
    expand,
    following,
    spread,
    taken,
)
from scrambler.synthetic.frames import Frames, frame
from scrambler.synthetic.people import People

_HOMES_MAX = 3
_FAMILIES_MAX = 5_000


def _number(who: People, family: Ints, nth: Ints) -> Ints:
    return (who.block.number * _FAMILIES_MAX + family) * _HOMES_MAX + nth


def _counts(who: People) -> Ints:
    rng = who.block.rng("homes")
    return 1 + spread(rng, (0.3, 0.35, 0.35), int(who.family.max()) + 1)


def current(who: People) -> Ints:
    """Return the place number of the latest home of each child."""
    return _number(who, who.family, _counts(who)[who.family] - 1)


def addresses(who: People) -> Frames:
    """Return a row for every home a child has lived in since birth; starts never coincide."""
    rng, counts = who.block.rng("addresses"), _counts(who)
    first = np.full(len(counts), TODAY)
    np.minimum.at(first, who.family, who.born)
    last = np.full(len(counts), NEVER)
    np.maximum.at(last, who.family, who.last)
    family, nth = expand(counts)
    step = (last - first)[family] // counts[family]
    begin = first[family] + nth * step
    latest = begin + np.where(nth > 0, np.maximum(step // 2, 0), 0)
    start = drawn_to(who.block.rng("migration"), 0.6, between(rng, begin, latest),
                     np.array([MIGRATION]), begin + 1, latest)  # fmt: skip
    final = nth == counts[family] - 1
    end = np.where(final, NEVER, following(start, 0) - 1)

    child, home = expand(counts[who.family])
    spell = (np.cumsum(counts) - counts)[who.family[child]] + home
    begun = np.maximum(start[spell], who.born[child])
    here = (begun <= who.last[child]) & (final[spell] | (end[spell] >= begun))
    child, spell, begun = child[here], spell[here], begun[here]
    over = np.where(end[spell] <= who.last[child], end[spell], NEVER)
    number = _number(who, family[spell], nth[spell])
    return {"ssd_address": frame(
        "ssd_address", addr_table_id=who.block.ids("address_row", len(child)),
        addr_person_id=who.id(child),
        addr_address_type=taken(("MAIN", "PREV"), (over > NEVER).astype(np.int64)),
        addr_address_start_date=begun, addr_address_end_date=over,
        addr_address_postcode=places.postcodes(number), addr_address_json=places.addresses(number),
    )}  # fmt: skip
