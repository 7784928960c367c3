"""Compact look-ups by identifier token: sorted arrays, never a dictionary of values."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kernels.draw import Seeds


class Index:
    """Numbers by identifier token. Lane 0 (no identifier) is never found.

    Where a token occurs more than once, the row with the smallest numbers is kept, so that the
    order in which a source delivers rows does not matter.
    """

    def __init__(self, tokens: Seeds, fields: Mapping[str, NDArray[np.generic]]) -> None:
        """Sort the rows by token; all arrays have one length."""
        order = np.lexsort([*reversed(list(fields.values())), tokens])
        order = order[_firsts(tokens[order])]
        self.tokens = tokens[order]
        self.fields = {name: narrow(values[order]) for name, values in fields.items()}

    def __len__(self) -> int:
        """Return the number of distinct tokens."""
        return len(self.tokens)

    def holds(self, tokens: Seeds) -> NDArray[np.bool_]:
        """Return True for each token that is here."""
        return self._find(tokens)[1]

    def get(self, field: str, tokens: Seeds, default: int) -> NDArray[np.int64]:
        """Return ``field`` for each token, ``default`` where the token is not here."""
        place, found = self._find(tokens)
        result = np.full(len(tokens), default, dtype=np.int64)
        if found.any():  # what was made of no rows at all has no fields
            result[found] = self.fields[field][place[found]]
        return result

    def tokens_of(self, field: str, tokens: Seeds) -> Seeds:
        """Return ``field``, itself a token, for each token; 0 where the token is not here."""
        place, found = self._find(tokens)
        result = np.zeros(len(tokens), dtype=np.uint64)
        if found.any():
            result[found] = self.fields[field][place[found]]
        return result

    def _find(self, tokens: Seeds) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        return find(self.tokens, tokens)


class Indexes(Mapping[str, Index]):
    """The indexes of a run by name, each with the tables whose rows ask for it."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._held: dict[str, Index] = {}
        self._askers: dict[str, frozenset[str]] = {}

    def add(self, name: str, index: Index, askers: Collection[str]) -> None:
        """Hold an index for the rows of the tables ``askers``, in place of any of that name."""
        self._held[name] = index
        self._askers[name] = frozenset(askers)

    def ask(self, name: str, table: str) -> Index | None:
        """Return the index called ``name`` for rows of ``table``; None where there never was one.

        LookupError when it is not for that table, or was let go: a draw without it would be
        another draw.
        """
        if name not in self._askers:
            return None
        if table not in self._askers[name]:
            raise LookupError(f"the index {name} is not for rows of {table}")
        if name not in self._held:
            raise LookupError(f"the index {name} was let go, and rows of {table} ask for it")
        return self._held[name]

    def asked_by(self, table: str) -> bool:
        """Return whether rows of ``table`` ask for anything held."""
        return any(table in self._askers[name] for name in [*self._held])

    def keep_for(self, tables: Collection[str]) -> None:
        """Let go of every index that rows of none of these tables ask for."""
        for name in [*self._held]:
            if self._askers[name].isdisjoint(tables):
                self._held.pop(name, None)  # tables end at one time in several threads

    def __getitem__(self, name: str) -> Index:
        """Return an index that is held."""
        return self._held[name]

    def __iter__(self) -> Iterator[str]:
        """Go through the names of what is held."""
        return iter(self._held)

    def __len__(self) -> int:
        """Return how many are held."""
        return len(self._held)


def find(sorted_tokens: Seeds, tokens: Seeds) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the place of each of ``tokens`` among ``sorted_tokens``, and whether it is there."""
    # In their order they meet what the search has just looked at, which is four times as fast.
    order = np.argsort(tokens)
    place = np.empty(len(tokens), dtype=np.int64)
    place[order] = np.searchsorted(sorted_tokens, tokens[order])
    found = place < len(sorted_tokens)
    found[found] = sorted_tokens[place[found]] == tokens[found]
    return place, found


def narrow(values: NDArray[Any]) -> NDArray[Any]:
    """Return integers in the smallest type that holds them all; truth values become 0 and 1."""
    if not len(values):
        return values
    least, most = int(values.min()), int(values.max())
    return values.astype(np.min_scalar_type(min(least, -most - 1) if least < 0 else most))


def _firsts(tokens: Seeds) -> NDArray[np.bool_]:
    """Return True at the first of each run of equal tokens, but for token 0."""
    first = np.ones(len(tokens), dtype=bool)
    first[1:] = tokens[1:] != tokens[:-1]
    first &= tokens != 0
    return first
