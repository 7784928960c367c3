"""The hunt for survivors: identifiers, names and postcodes of the source anywhere in the output."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import cached_property

import numpy as np
import polars as pl

from kernels.draw import Seeds
from scrambler.keys.lookup import find
from scrambler.policy import traits_of
from scrambler.ssd import ColumnSpec, ssd

_POSTCODE = r"(?i)\b[a-z]{1,2}[0-9][a-z0-9]?\s?[0-9][a-z]{2}\b"

_LEAST_WHOLE = 5
_LEAST_INSIDE = 7
"""Shorter identifiers would be found in any text by chance."""

_MOST_BY_CHANCE = 9
_INTEGERS = 2**31

_WHAT = ("identifiers", "names", "postcodes")


class Hunt:
    """Learns what must not survive, as hashes, then searches columns of the output for it.

    All is to be learnt before the first search.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self._seed = secrets.randbits(64)
        self._own: dict[str, Seeds] = {}
        self._learnt: dict[str, list[Seeds]] = {what: [] for what in _WHAT}
        self.failures = dict.fromkeys(_WHAT, 0)

    def learn(self, column: ColumnSpec, frame: pl.DataFrame) -> None:
        """Remember the identifiers, names or postcodes of one source column."""
        values = frame[column.name]
        if column.kind == "identifier":
            text = values.cast(pl.String).str.strip_chars().str.to_lowercase()
            # Names in identifier columns are for the names' turn, short values for nobody's.
            real = text.filter(
                (text.str.len_chars() >= _LEAST_WHOLE)
                & ~text.str.contains(" ")
                & ~ssd().missing.in_text(text)
            )
            self._own[column.name] = self._hashes(real)
            self._learnt["identifiers"].append(self._own[column.name])
        elif column.kind == "postcode":
            compact = values.str.replace_all(r"\s", "").str.to_lowercase()
            # ZZ is the pseudo area that invented postcodes come from.
            real = compact.filter((compact != "") & ~compact.str.starts_with("zz"))
            self._learnt["postcodes"].append(self._hashes(real))
        elif column.name == "pers_forename" and "pers_surname" in frame.columns:
            full = values.str.strip_chars() + pl.Series([" "]) + frame["pers_surname"]
            self._learnt["names"].append(self._hashes(full.str.to_lowercase()))
        elif column.name == "prof_professional_name":
            full = values.str.strip_chars().str.to_lowercase()
            self._learnt["names"].append(self._hashes(full))

    def search(self, values: pl.Series, column: str, treatment: str, mixed: bool) -> None:
        """Search the distinct values of one output column, or a part of it, named as in the source.

        What stands in several parts counts once in each.

        Columns of invented names, of people, places or teams, are not searched for names: an
        invented one may be somebody's by chance.
        """
        text, traits = values.str.to_lowercase(), traits_of(treatment)
        if traits.is_key:
            trimmed = text.str.strip_chars()
            few = trimmed.str.contains(rf"^[0-9]{{1,{_MOST_BY_CHANCE}}}$")
            self.failures["identifiers"] += self._hits(
                trimmed.filter(~few), self._known["identifiers"]
            )
            self.failures["identifiers"] += self._numbers(trimmed.filter(few), column)
        else:
            inside = self._pieces(text, rf"[a-z0-9-]{{{_LEAST_INSIDE},}}")
            numbered = inside.filter(inside.str.contains("[0-9]"))
            self.failures["identifiers"] += self._hits(numbered, self._known["identifiers"])
        places = self._pieces(text, _POSTCODE).str.replace_all(r"\s", "")
        self.failures["postcodes"] += self._hits(places, self._known["postcodes"])
        if not traits.invents and not mixed:
            # Hexadecimal pseudonyms are full of letters between digits.
            between = r"[^\pL]*[^\pL0-9][^\pL]*" if traits.is_key else r"[^\pL]+"
            several = text.filter(text.str.contains(rf"\pL{between}\pL").fill_null(False))
            self.failures["names"] += self._hits(self._pairs(several), self._known["names"])

    def _numbers(self, numbers: pl.Series, column: str) -> int:
        """Return how many numbers of few digits stood in the same column, chance aside.

        An invented one may be somebody's in another id domain; in its own it seldom is.
        """
        own = self._own.get(column, np.empty(0, np.uint64))
        chance = len(numbers) * len(own) / _INTEGERS
        return max(0, self._hits(numbers, own) - int(chance + 6 * chance**0.5))

    @cached_property
    def _known(self) -> Mapping[str, Seeds]:
        """All that was learnt, sorted once: it is looked into for every column."""
        nothing = np.empty(0, np.uint64)
        return {what: np.unique(np.concatenate([nothing, *self._learnt[what]])) for what in _WHAT}

    @staticmethod
    def _pieces(text: pl.Series, pattern: str) -> pl.Series:
        return text.str.extract_all(pattern).explode().drop_nulls().unique()

    @staticmethod
    def _pairs(text: pl.Series) -> pl.Series:
        """Return every word with the one after it."""
        words = (
            pl.DataFrame({"word": text.str.extract_all(r"\pL[\pL'’-]*")})
            .with_row_index()
            .explode("word")
        )
        pair = pl.col("word") + pl.lit(" ") + pl.col("word").shift(-1)
        inside = pl.col("index") == pl.col("index").shift(-1)
        return words.select(pl.when(inside).then(pair)).to_series()

    def _hashes(self, text: pl.Series) -> Seeds:
        return np.unique(text.drop_nulls().unique().hash(self._seed).to_numpy())

    def _hits(self, text: pl.Series, known: Seeds) -> int:
        return int(find(known, self._hashes(text))[1].sum())
