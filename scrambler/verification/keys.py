"""Checks over the whole run that no batch can make: one pseudonym an identifier, references intact.

Pairs of (source, scrambled) go to files beside the output as 64-bit keyed digests, without a value
and under a key that dies with the run. They are read back one id domain at a time, in parts of
bounded size, and removed before the output is committed.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from kernels.draw import Seeds, combine, mix

_PART = 1_000_000
_PAIR_BYTES = 16
_SOURCE, _SCRAMBLED = 0, 1


@dataclass(frozen=True)
class DomainCount:
    """How many different identifiers a domain has on each side, and whether they pair up."""

    domain: str
    source: int
    scrambled: int
    pairs: int

    @property
    def holds(self) -> bool:
        """True when every identifier has one pseudonym and every pseudonym one identifier."""
        return self.source == self.scrambled == self.pairs


@dataclass(frozen=True)
class ReferenceCount:
    """How many values of a foreign key find their parent on each side."""

    column: str
    parent: str
    source: int
    scrambled: int

    @property
    def holds(self) -> bool:
        """True when as many resolve after scrambling as before."""
        return self.source == self.scrambled


class KeyBook:
    """Collects the pairs of one run in ``folder``, which is made here and removed by ``close``."""

    def __init__(self, folder: Path) -> None:
        """Make the folder and this run's keys."""
        folder.mkdir()
        self._folder = folder
        self._key = secrets.randbits(64)
        self._seed = secrets.randbits(64)
        self._books: set[tuple[str, str]] = set()

    def add(self, column: str, domain: str, lanes: Seeds, scrambled: pl.Series) -> None:
        """Note the pairs of one column of one batch, each once. Lane 0 is no identifier."""
        pairs = (
            pl.DataFrame({"source": lanes, "scrambled": scrambled.cast(pl.String)})
            .filter(pl.col("source") != 0)
            .unique()
        )
        source = mix(pairs["source"].to_numpy(), self._key)
        hashed = pairs["scrambled"].hash(self._seed).to_numpy()
        self._books.add((domain, column))
        with self._path(domain, column).open("ab") as file:
            file.write(np.stack([source, hashed], axis=1).tobytes())

    def domains(self) -> Iterator[DomainCount]:
        """Count the distinct identifiers of every domain on both sides."""
        for domain in sorted({domain for domain, _ in self._books}):
            names = sorted(name for other, name in self._books if other == domain)
            counts = np.zeros(3, dtype=np.int64)
            for part in self._parts(domain, names):
                # Each side is split by itself, so that equal values meet in one part.
                source, both = self._columns(domain, names, _SOURCE, part)
                scrambled, _ = self._columns(domain, names, _SCRAMBLED, part)
                counts += [source.n_unique(), scrambled.n_unique(), both.n_unique()]
            yield DomainCount(domain, *counts.tolist())

    def references(self, foreign: list[tuple[str, str, str]]) -> Iterator[ReferenceCount]:
        """Count what resolves of each (domain, column, parent column), on both sides."""
        for domain, column, parent in foreign:
            if (domain, column) not in self._books or (domain, parent) not in self._books:
                continue
            found = np.zeros(2, dtype=np.int64)
            for part in self._parts(domain, [column, parent]):
                for side in (_SOURCE, _SCRAMBLED):
                    children, _ = self._columns(domain, [column], side, part)
                    parents, _ = self._columns(domain, [parent], side, part)
                    found[side] += int(children.unique().is_in(parents.unique().implode()).sum())
            yield ReferenceCount(column, parent, *found.tolist())

    def close(self) -> None:
        """Remove the files."""
        for path in self._folder.iterdir():
            path.unlink()
        self._folder.rmdir()

    def _path(self, domain: str, name: str) -> Path:
        return self._folder / f"{domain}@{name}"

    def _parts(self, domain: str, names: list[str]) -> list[tuple[int, int]]:
        """Return (number of parts, part) for so many parts that each is small."""
        total = sum(self._path(domain, name).stat().st_size for name in names) // _PAIR_BYTES
        parts = max(1, -(-total // _PART))
        return [(parts, part) for part in range(parts)]

    def _columns(
        self, domain: str, names: list[str], side: int, part: tuple[int, int]
    ) -> tuple[pl.Series, pl.Series]:
        """Return one side of the pairs whose number on that side falls into the part, and both.

        Both sides of a pair are mixed into one number, which tells pairs apart as digests do.
        """
        ones, boths = [], []
        for name in names:
            pairs = np.fromfile(self._path(domain, name), dtype=np.uint64).reshape(-1, 2)
            pairs = pairs[pairs[:, side] % np.uint64(part[0]) == part[1]]
            ones.append(pairs[:, side])
            boths.append(combine(pairs[:, _SOURCE], pairs[:, _SCRAMBLED]))
        return pl.Series(np.concatenate(ones)), pl.Series(np.concatenate(boths))
