"""Pseudonyms: each in the form of its id domain, and numbers out of ranges never issued."""

from __future__ import annotations

import numpy as np
import polars as pl

from kernels.reserved import RESERVED
from scrambler.batch import Batch
from scrambler.keys.pseudonyms import Identified
from scrambler.verification.during.tally import Mask

_FIRST, _SAMPLE = 4_096, 64
_PLAIN = r"^[0-9a-f]+$"


def strange(batch: Batch, domain: str, ids: Identified, scrambled: pl.Series, shown: Mask) -> int:
    """Return how many of the rows ``shown`` are no pseudonyms of ``domain``.

    An identifier of a known format must have become one of its reserved range (T5). Of the others
    the first few of a batch are looked at: what lets one through lets all through.
    """
    shape = batch.context.spec.domains[domain].shape
    formed = np.zeros(len(batch), dtype=bool)
    found = 0
    for reserved in RESERVED.values():
        if reserved.name.rstrip("7").removesuffix("_temporary") == shape:
            here = ids.spread(ids.formed(reserved)).to_numpy()
            found += outside(scrambled, here & shown, reserved.ranges)
            formed |= here
    rest = np.flatnonzero((shown & ~formed & (ids.tokens != 0))[:_FIRST])[:_SAMPLE]
    sample = scrambled.gather(rest).cast(pl.String).drop_nulls()
    return found + int((~sample.str.contains(_PLAIN)).sum())


def outside(scrambled: pl.Series, here: Mask, pattern: str) -> int:
    """Return how many rows ``here`` do not match."""
    if not here.any():
        return 0
    text = scrambled.filter(pl.Series(here)).cast(pl.String)
    return int((~text.str.contains(pattern)).sum())
