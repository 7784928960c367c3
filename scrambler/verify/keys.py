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
from numpy.typing import NDArray

from kernels.draw import Seeds, mix
from scrambler.batch import Batch

_PART = 4_000_000


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

    def add(self, batch: Batch, column: str, domain: str, lanes: Seeds, out: pl.Series) -> None:
        """Note the pairs of one column of one batch, each once. Lane 0 is no identifier."""
        here = lanes != 0
        source = mix(lanes[here], self._key)
        scrambled = out.cast(pl.String).hash(self._seed).to_numpy()[here]
        pairs = np.unique(np.stack([source, scrambled], axis=1), axis=0)
        name = f"{batch.table.name}.{column}"
        self._books.add((domain, name))
        with self._path(domain, name).open("ab") as file:
            file.write(pairs.tobytes())

    def domains(self) -> Iterator[DomainCount]:
        """Count the distinct identifiers of every domain on both sides."""
        for domain in sorted({domain for domain, _ in self._books}):
            names = [name for other, name in self._books if other == domain]
            total = sum(self._path(domain, name).stat().st_size for name in names) // 16
            parts = max(1, -(-total // _PART))
            counts = np.zeros(3, dtype=np.int64)
            for part in range(parts):
                pairs = [self._pairs(domain, name) for name in names]
                # Each side is split by itself, so that equal values meet in one part.
                sides = [
                    np.unique(np.concatenate([p[p[:, side] % parts == part, side] for p in pairs]))
                    for side in (0, 1)
                ]
                both = np.concatenate([p[p[:, 0] % parts == part] for p in pairs])
                counts += [len(sides[0]), len(sides[1]), len(np.unique(both, axis=0))]
            yield DomainCount(domain, *counts.tolist())

    def references(
        self, foreign: list[tuple[str, str, str]]
    ) -> Iterator[ReferenceCount]:
        """Count what resolves of each (domain, column, parent column), on both sides."""
        for domain, column, parent in foreign:
            if (domain, column) not in self._books or (domain, parent) not in self._books:
                continue
            children, parents = self._pairs(domain, column), self._pairs(domain, parent)
            found = [
                int(np.isin(np.unique(children[:, side]), np.unique(parents[:, side])).sum())
                for side in (0, 1)
            ]
            yield ReferenceCount(column, parent, *found)

    def close(self) -> None:
        """Remove the files."""
        for path in self._folder.iterdir():
            path.unlink()
        self._folder.rmdir()

    def _path(self, domain: str, name: str) -> Path:
        return self._folder / f"{domain}@{name}"

    def _pairs(self, domain: str, name: str) -> NDArray[np.uint64]:
        pairs: Seeds = np.fromfile(self._path(domain, name), dtype=np.uint64)
        return pairs.reshape(-1, 2)
