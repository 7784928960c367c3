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

from kernels.draw import Seeds, mix

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
            total = sum(self._path(domain, name).stat().st_size for name in names) // 16
            parts = max(1, -(-total // _PART))
            source = scrambled = pairs = 0
            for part in range(parts):
                # Each side is split by itself, so that equal values meet in one part.
                by_source = self._part(domain, names, "source", parts, part)
                source += by_source["source"].n_unique()
                pairs += by_source.n_unique()
                by_other = self._part(domain, names, "scrambled", parts, part)
                scrambled += by_other["scrambled"].n_unique()
            yield DomainCount(domain, source, scrambled, pairs)

    def references(self, foreign: list[tuple[str, str, str]]) -> Iterator[ReferenceCount]:
        """Count what resolves of each (domain, column, parent column), on both sides."""
        for domain, column, parent in foreign:
            if (domain, column) not in self._books or (domain, parent) not in self._books:
                continue
            children, parents = self._pairs(domain, column), self._pairs(domain, parent)
            source, scrambled = (
                children.select(side).unique().join(parents, on=side, how="semi").height
                for side in ("source", "scrambled")
            )
            yield ReferenceCount(column, parent, source, scrambled)

    def close(self) -> None:
        """Remove the files."""
        for path in self._folder.iterdir():
            path.unlink()
        self._folder.rmdir()

    def _path(self, domain: str, name: str) -> Path:
        return self._folder / f"{domain}@{name}"

    def _part(
        self, domain: str, names: list[str], side: str, parts: int, part: int
    ) -> pl.DataFrame:
        """Read the pairs of a domain whose ``side`` falls into one of ``parts``."""
        here = pl.col(side) % parts == part
        return pl.concat([self._pairs(domain, name).filter(here) for name in names])

    def _pairs(self, domain: str, name: str) -> pl.DataFrame:
        pairs = np.fromfile(self._path(domain, name), dtype=np.uint64).reshape(-1, 2)
        return pl.DataFrame({"source": pairs[:, 0], "scrambled": pairs[:, 1]})
