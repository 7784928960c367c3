"""What of a source must not survive, as hashes: nothing else of it is kept."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from scrambler.ssd import ColumnSpec, Spec
from scrambler.verification.after import pieces
from scrambler.verification.after.key_sets import HashSet, hashes
from scrambler.verification.after.vocabulary import Vocabulary

WHAT = ("identifiers", "names", "postcodes", "places", "words")
"""Names are full ones of people; places are streets, towns, buildings, teams and bodies by two
words, and UPRNs, eastings, northings and grid references; words are single ones of either, of
names, and of free text."""

LEAST_WHOLE = 5
"""Shorter identifiers would be found in any column by chance."""

_TEXTS = ("free_text", "flags_json", "code_list_json", "payload_json", "other")

# UPRNs, eastings and northings that are invented: see kernels.addresses.
_INVENTED = r"^(?:9999[0-9]{8}|6[0-9]{5})$"


class Originals:
    """Learns from the batches of a source, whatever their order."""

    def __init__(self, spec: Spec, seed: int) -> None:
        """Know nothing yet; ``seed`` is that of the hashes."""
        self.seed, self.vocabulary = seed, Vocabulary(spec, seed)
        self.known: Mapping[str, HashSet] = {what: HashSet() for what in WHAT}
        self.own: dict[str, HashSet] = {}
        self._missing = spec.missing

    def learn(self, columns: Mapping[str, ColumnSpec], batch: pl.DataFrame) -> None:
        """Learn what ``batch`` holds of ``columns``."""
        for name in batch.columns:
            column, values = columns[name], batch[name]
            if column.kind == "identifier":
                self._identifiers(column, values)
            elif values.dtype != pl.String:
                continue
            elif column.kind == "postcode":
                self._postcodes(lower(values.unique()))
            elif column.kind in ("address_json", "label"):
                self._places(lower(values.unique()))
            elif column.kind == "name" or column.kind in _TEXTS:
                self._words(lower(values.unique()))
            if name == "prof_professional_name":
                self._names(lower(values.unique()))
        if {"pers_forename", "pers_surname"} <= {*batch.columns}:
            people = batch.select("pers_forename", "pers_surname").drop_nulls().unique()
            self._people(lower(people["pers_forename"]), lower(people["pers_surname"]))

    def _identifiers(self, column: ColumnSpec, values: pl.Series) -> None:
        text = values.cast(pl.String).str.strip_chars().str.to_lowercase()
        spaced = text.str.contains(" ", literal=True).fill_null(False)
        real = text.filter(
            (text.str.len_chars() >= LEAST_WHOLE) & ~spaced & ~self._missing.in_text(text)
        )
        hashed = hashes(real, self.seed)
        self.known["identifiers"].add(hashed)
        self.own.setdefault(column.name, HashSet()).add(hashed[few(real).to_numpy()])
        if spaced.any():
            # Names of workers and teams stand in such columns too.
            people = lower(text.filter(spaced).unique())
            self._names(people)
            self._words(people)

    def _postcodes(self, text: pl.Series) -> None:
        compact = text.str.replace_all(r"\s", "")
        # ZZ is the pseudo area that invented postcodes come from.
        real = compact.filter((compact != "") & ~compact.str.starts_with("zz"))
        self.known["postcodes"].add(hashes(real, self.seed))

    def _places(self, text: pl.Series) -> None:
        """Learn streets, towns and buildings, or the names of teams and bodies, and numbers."""
        self._words(text)
        pairs = pieces.words(pieces.clauses(text), self.seed).pairs()
        self.known["places"].add(self.vocabulary.strange_pairs(*pairs))
        numbers = pieces.numbers(text)
        self.known["places"].add(
            hashes(numbers.filter(~numbers.str.contains(_INVENTED)), self.seed)
        )
        self.known["places"].add(hashes(pieces.grid_references(text), self.seed))

    def _words(self, text: pl.Series) -> None:
        self.known["words"].add(self.vocabulary.strange(hashes(pieces.singles(text), self.seed)))

    def _names(self, text: pl.Series) -> None:
        first, second = pieces.words(text, self.seed).pairs()
        self.known["names"].add(self.vocabulary.strange_pairs(first, second))
        self.known["names"].add(self.vocabulary.strange_pairs(second, first))

    def _people(self, forenames: pl.Series, surnames: pl.Series) -> None:
        """Learn each way of saying who it is: ``Mary Ann Byron`` -> mary byron, ann byron, ..."""
        given, family = (text.str.extract_all(pieces.WORD) for text in (forenames, surnames))
        for place in (0, -1):
            for other in (0, -1):
                self._names(given.list.get(place) + pl.Series([" "]) + family.list.get(other))


def lower(text: pl.Series) -> pl.Series:
    """Return ``text`` as it is taken to pieces: in lower case, joined by blanks."""
    return text.drop_nulls().str.to_lowercase().str.replace_all("_", " ", literal=True)


def few(text: pl.Series) -> pl.Series:
    """Return where an identifier is a number of so few digits that it may be somebody else's."""
    return text.str.contains(r"^[0-9]{1,9}$")
