"""What a text is made of: words, pairs of words, numbers, postcodes. All in lower case, as hashes.

Both sides are taken to pieces by the same functions, so that "12 Acorn Road" of a source is met in
"she moved to ACORN-ROAD last week".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kernels import filler
from kernels.draw import Seeds, combine
from scrambler.verification.after.key_sets import hashes

LEAST_LETTERS = 4
"""Shorter words are no survivors by themselves: Ann and Lee begin too many others."""

LEAST_DIGITS = 6
"""An easting has six digits, a UPRN up to twelve. Houses, teams and codes have fewer."""

WORD = r"\pL+"
"""A word as a pattern: letters alone, so that Smith-Jones's is smith, jones, s."""

_CLAUSE = r'[^"{}\[\]:,;|\r\n]+'
_POSTCODE = r"(?i)\b[a-z]{1,2}[0-9][a-z0-9]?\s?[0-9][a-z]{2}\b"
_GRID = r"\b[a-hj-z]{2} ?[0-9]{3,5} ?[0-9]{3,5}\b"


@dataclass(frozen=True)
class Words:
    """The words of some texts in order: of each the text it stands in, and its hash."""

    text: NDArray[np.uint32]
    hashed: Seeds

    def pairs(self) -> tuple[Seeds, Seeds]:
        """Return each word that has one after it, and the one after it."""
        beside = self.text[1:] == self.text[:-1]
        return self.hashed[:-1][beside], self.hashed[1:][beside]


def words(text: pl.Series, seed: int) -> Words:
    """Take lower-case ``text`` to words; null has none."""
    found = (
        pl.DataFrame({"word": text.str.extract_all(WORD)})
        .with_row_index("text")
        .explode("word", empty_as_null=False)
        .drop_nulls("word")
    )
    return Words(found["text"].to_numpy(), hashes(found["word"], seed))


def singles(text: pl.Series) -> pl.Series:
    """Return the different words that are long enough to mean something by themselves."""
    return _found(text, rf"\pL{{{LEAST_LETTERS},}}")


def without_filler(text: pl.Series) -> pl.Series:
    """Return lower-case ``text`` without the sentences of filler, which are public, once each.

    A comment of an output is filler and nothing else, so hardly anything is left to look at.
    """
    return text.str.replace_many(_filler(), [" | "] * len(_filler())).unique()


@cache
def _filler() -> list[str]:
    return [text.lower() for text in (*filler.SENTENCES, filler.OPENING, filler.REOPENING)]


def clauses(text: pl.Series) -> pl.Series:
    """Return the stretches of ``text`` within which words belong together.

    ``'{"TOWN":"Hexworth","STREET":"Acorn Road"}'`` -> TOWN, Hexworth, STREET, Acorn Road.
    """
    return text.str.extract_all(_CLAUSE).explode().drop_nulls().unique()


def paired(first: Seeds, second: Seeds) -> Seeds:
    """Return one hash for each pair of words, in this order."""
    return combine(first, second)


def numbers(text: pl.Series) -> pl.Series:
    """Return the different numbers of six digits and more in ``text``, whatever stands around."""
    return _found(text, rf"[0-9]{{{LEAST_DIGITS},}}")


def grid_references(text: pl.Series) -> pl.Series:
    """Return the different National Grid references, without blanks: ``tq 123 456`` -> tq123456."""
    return _found(text, _GRID).str.replace_all(" ", "", literal=True)


def postcodes(text: pl.Series) -> pl.Series:
    """Return the different postcodes in ``text``, without blanks."""
    return _found(text, _POSTCODE).str.replace_all(r"\s", "")


def tokens(text: pl.Series, least: int) -> pl.Series:
    """Return the different tokens of letters, digits and hyphens that hold a digit."""
    found = _found(text, rf"[a-z0-9-]{{{least},}}")
    return found.filter(found.str.contains("[0-9]"))


def _found(text: pl.Series, pattern: str) -> pl.Series:
    return text.str.extract_all(pattern).explode().drop_nulls().unique()
