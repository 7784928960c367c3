"""The hunt for survivors: what must not have survived of a source, anywhere in the output."""

from __future__ import annotations

import polars as pl

from scrambler.policy import traits_of
from scrambler.verification.after import pieces
from scrambler.verification.after.key_sets import HashSet, hashes
from scrambler.verification.after.originals import WHAT, Originals, few, lower

_LEAST_INSIDE = 7
"""Shorter identifiers would be found in any text by chance: a token of 6 digits is an easting."""

_INTEGERS = 2**31


class Hunt:
    """Searches the batches of an output, one table after the other, for what was learnt before."""

    def __init__(self, originals: Originals) -> None:
        """Have found nothing yet."""
        self._originals, self._seed = originals, originals.seed
        self.examined = 0
        self.failures = dict.fromkeys(WHAT, 0)
        self._here = {what: HashSet() for what in WHAT}
        self._numbers: dict[str, HashSet] = {}

    def search(self, values: pl.Series, column: str, treatment: str, mixed: bool) -> None:
        """Take a batch of one column, named as in the source, to pieces.

        ``mixed`` says that names stand among identifiers. What is kept as structure is searched for
        identifiers, names and postcodes, since its own words are public. Where names are invented,
        of people, places or teams, one may be somebody's by chance.
        """
        self.examined += len(values)
        traits = traits_of(treatment)
        if traits.is_key:
            text = values.cast(pl.String).unique().drop_nulls().str.to_lowercase()
            self._identifiers(text.str.strip_chars(), column)
            # Hexadecimal pseudonyms are full of letters between digits.
            text = lower(text.filter(~text.str.contains("[0-9]")))
            self._add("words", pieces.singles(text))
            if not mixed:
                self._pairs(text, "names", "places")
            return
        if values.dtype != pl.String:
            return
        text = pieces.without_filler(lower(values.unique()))
        self._add("identifiers", pieces.tokens(text, _LEAST_INSIDE))
        self._add("postcodes", pieces.postcodes(text))
        if traits.is_kept:
            self._pairs(text, "names")
            return
        self._add("words", pieces.singles(text))
        self._add("places", pieces.numbers(text))
        self._add("places", pieces.grid_references(text))
        if traits.invents:
            self._pairs(pieces.clauses(text), "places")
        else:
            self._pairs(text, "names", "places")

    def close(self) -> None:
        """Count what survived in the table that ends: each original once a table."""
        known = self._originals.known
        for what, here in self._here.items():
            self.failures[what] += known[what].common(here)
        for column, numbers in self._numbers.items():
            self.failures["identifiers"] += self._beyond_chance(column, numbers)
        self._here = {what: HashSet() for what in WHAT}
        self._numbers = {}

    def _identifiers(self, text: pl.Series, column: str) -> None:
        short = few(text)
        self._add("identifiers", text.filter(~short))
        if short.any():
            numbers = self._numbers.setdefault(column, HashSet())
            numbers.add(hashes(text.filter(short), self._seed))

    def _beyond_chance(self, column: str, numbers: HashSet) -> int:
        """Return how many numbers of few digits stood in the same column, chance aside.

        An invented one may be somebody's in another id domain; in its own it seldom is. Of 100,000
        numbers below 2^31 on either side 5 are equal by chance, and up to 18 with six errors.
        """
        own = self._originals.own.get(column, HashSet())
        chance = len(numbers) * len(own) / _INTEGERS
        return max(0, own.common(numbers) - int(chance + 6 * chance**0.5))

    def _pairs(self, text: pl.Series, *what: str) -> None:
        """Look for two words side by side, whatever stands between them."""
        pairs = pieces.paired(*pieces.words(text, self._seed).pairs())
        for kind in what:
            self._here[kind].add(pairs)

    def _add(self, what: str, found: pl.Series) -> None:
        self._here[what].add(hashes(found, self._seed))
