"""The words that an output may hold whatever its source held: public lists and closed texts.

All text of an output comes from code lists, from Faker's names and from the sentences and names of
places, teams and bodies that the kernels hold. So a word of the source that is in none of them and
stands in the output has survived, and chance has no part in it: ``Ashenbridge`` has, ``Meeting``
may have come from a list.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kernels import addresses, fake_name, filler
from kernels.draw import Seeds
from scrambler.ssd import Spec
from scrambler.ssd.read_facts import facts
from scrambler.verification.after import pieces
from scrambler.verification.after.key_sets import distinct, hashes, held_in

_PLACES = ("Room", "Floor", "Flat")


class Vocabulary:
    """Public words and pairs of words, as hashes under ``seed``."""

    def __init__(self, spec: Spec, seed: int) -> None:
        """Take the lists to pieces."""
        self._seed = seed
        texts = [*_closed(spec)]
        singles = (*fake_name.FORENAMES, *fake_name.SURNAMES, *addresses.STREET_KINDS,
                   *addresses.BUILDING_KINDS, *addresses.TOWN_STARTS, *_towns(), *_PLACES,
                   *filler.ORGANISATION_KINDS, *filler.COUNCIL_NAMES, *filler.COUNCIL_KINDS,
                   *filler.TEAM_NAMES, *filler.TEAM_KINDS, "Team")  # fmt: skip
        closed = self._words(pieces.clauses(_lower(texts)))
        inner = self._words(_lower(singles))
        self._singles = distinct(np.concatenate([closed.hashed, inner.hashed]))
        self._pairs = distinct(
            np.concatenate([pieces.paired(*closed.pairs()), pieces.paired(*inner.pairs())])
        )
        self._joined = [
            (self._ends(firsts, -1), self._ends(seconds, 0)) for firsts, seconds in _joined()
        ]

    def strange(self, words: Seeds) -> Seeds:
        """Return the words that are in no public list."""
        return words[~held_in(self._singles, words)]

    def strange_pairs(self, first: Seeds, second: Seeds) -> Seeds:
        """Return the pairs that stand in no public text, nor come of joining two public lists.

        Acorn Road is one; Barker Road is none, since invented streets are a surname and a kind.
        """
        public: NDArray[np.bool_] = held_in(self._pairs, pieces.paired(first, second))
        for firsts, seconds in self._joined:
            public |= held_in(firsts, first) & held_in(seconds, second)
        return pieces.paired(first[~public], second[~public])

    def _words(self, text: pl.Series) -> pieces.Words:
        return pieces.words(text, self._seed)

    def _ends(self, texts: Iterable[str], place: int) -> Seeds:
        """Return the first (0) or last (-1) word of each text."""
        ends = _lower(texts).str.extract_all(pieces.WORD).list.get(place)
        return distinct(hashes(ends, self._seed))


def _lower(texts: Iterable[str]) -> pl.Series:
    return pl.Series([*texts], dtype=pl.String).str.to_lowercase().str.replace_all("_", " ")


def _towns() -> Iterable[str]:
    """Yield every second word of an invented town: Barkerton, Barkerville."""
    return (name + end for name, end in product(fake_name.SURNAMES, addresses.TOWN_ENDS))


def _joined() -> Iterable[tuple[Iterable[str], Iterable[str]]]:
    """Yield what invented names are joined of, two lists each."""
    yield fake_name.SURNAMES, addresses.STREET_KINDS
    yield fake_name.SURNAMES, addresses.BUILDING_KINDS
    yield addresses.TOWN_STARTS, _towns()
    yield fake_name.SURNAMES, filler.ORGANISATION_KINDS
    yield filler.COUNCIL_NAMES, filler.COUNCIL_KINDS
    yield filler.TEAM_NAMES, filler.TEAM_KINDS
    yield filler.TEAM_KINDS, ["Team"]
    # What stands side by side in filler and in objects.
    yield (*filler.SENTENCES, filler.OPENING, filler.REOPENING), filler.SENTENCES
    yield [*_answers()], [*_answers()]


def _closed(spec: Spec) -> Iterable[str]:
    """Yield the texts that an output may hold whole."""
    yield from (*filler.SENTENCES, filler.OPENING, filler.REOPENING, *spec.missing.texts)
    for codes in spec.code_lists.values():
        yield from (*codes.codes, *codes.labels, *codes.alternates, *codes.alternates.values())
    yield from _answers()


def _answers() -> Iterable[str]:
    """Yield the keys of objects and what stands beside them."""
    yield from (row["key"] for row in facts("json_columns"))
    yield from ("OUTCOME", "Y", "N", "yes", "no", "true", "false", "null", filler.OPENING)
