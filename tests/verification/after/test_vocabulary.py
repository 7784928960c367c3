"""All text that can be invented is public: no word or pair of it can be taken for a survivor."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from kernels import addresses, fake_name, filler
from scrambler.ssd import ssd
from scrambler.verification.after import pieces
from scrambler.verification.after.key_sets import hashes
from scrambler.verification.after.originals import lower
from scrambler.verification.after.vocabulary import Vocabulary

SEED = 7
SEEDS = np.random.default_rng(1).integers(0, 2**64, 3_000, dtype=np.uint64)
PUBLIC = Vocabulary(ssd(), SEED)


def address_json() -> pl.Series:
    parts = pl.DataFrame(addresses.addresses(SEEDS))
    pairs = [pl.concat_str(pl.lit(f'"{key}":"'), key, pl.lit('"')) for key in parts.columns]
    return parts.select(pl.concat_str(pairs, separator=",")).to_series()


def labels() -> pl.Series:
    return pl.Series([one for codes in ssd().code_lists.values() for one in codes.labels])


@pytest.mark.parametrize(
    "text",
    [
        filler.filler(SEEDS, None), filler.organisations(SEEDS), filler.authorities(SEEDS),
        filler.teams(SEEDS), address_json(), labels(), fake_name.full_names(SEEDS),
    ],
    ids=["filler", "organisations", "authorities", "teams", "addresses", "labels", "names"],
)  # fmt: skip
def test_what_is_invented_is_public(text: pl.Series) -> None:
    assert not len(PUBLIC.strange(hashes(pieces.singles(lower(text)), SEED)))
    if text.name != "full_name":
        pairs = pieces.words(pieces.clauses(lower(text)), SEED).pairs()
        assert not len(PUBLIC.strange_pairs(*pairs))


def test_what_is_not() -> None:
    words = pl.Series(["ashenbridge", "oluwaseun", "meeting", "barker"])
    assert len(PUBLIC.strange(hashes(words, SEED))) == 2
    pairs = pieces.words(pl.Series(["acorn road", "barker road", "the kettle"]), SEED).pairs()
    assert len(PUBLIC.strange_pairs(*pairs)) == 2
