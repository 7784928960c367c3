"""The filler that must stand in the place of free text, written anew from the row's seed."""

from __future__ import annotations

import numpy as np
import polars as pl

from kernels.filler import OPENING, REOPENING, SENTENCES
from scrambler.verification.during.derivation import Seeds, mixed, public_key, scaled

_MOST = 4
_WITH_BLANK = pl.Series([f" {sentence}" for sentence in SENTENCES])
_LENGTHS = np.array([len(sentence) + 1 for sentence in SENTENCES])


def filler(seeds: Seeds, width: int | None, originals: pl.Series) -> pl.Series:
    """Return the text of each seed, at most ``width`` characters.

    Where an original is that text already, the other opening stands: ``Replaced text.``
    """
    limit = np.inf if width is None else width
    wanted = 1 + scaled(mixed(seeds, public_key("filler length")), _MOST)
    length = np.full(len(seeds), len(OPENING))
    parts = {}
    for turn in range(1, _MOST + 1):
        pick = scaled(mixed(seeds, public_key(f"filler sentence {turn}")), len(SENTENCES))
        # The length counts what was left out, so that later sentences are not longer for it.
        length = length + _LENGTHS[pick]
        parts[str(turn)] = _WITH_BLANK.gather(pick).set(
            pl.Series((turn > wanted) | (length > limit)), ""
        )
    bodies = pl.DataFrame(parts).select(pl.concat_str(pl.all())).to_series()
    text = pl.Series([OPENING[:width].rstrip()]) + bodies
    same = (text.str.to_lowercase() == originals.str.strip_chars().str.to_lowercase()).fill_null(
        False
    )
    if same.any():
        other = (pl.Series([REOPENING]) + text.str.slice(len(OPENING))).str.slice(0, width)
        text = other.str.strip_chars_end().zip_with(same, text)
    return text
