"""Checks over the whole run that no batch can make: one pseudonym an identifier, references intact.

Pairs of (source, scrambled) go to files beside the output as 64-bit keyed digests, without a value
and under a key that dies with the run. They are written in buckets of what they begin with, on
either side, so that each side of an id domain can be read back in parts of bounded size, in which
equal digests meet. The files are removed before the output is committed.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from threading import Lock

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scrambler.resources.workers import Stop, each
from scrambler.verification.during.buckets import BUCKETS, Column, Side
from scrambler.verification.during.derivation import Seeds, mixed

_PART = 500_000
_ODD = np.uint64(0x9E3779B97F4A7C15)

Reference = tuple[str, str, str]
"""Id domain, column, and the column of the parent, as ``table.column``."""

_Part = Mapping[str, NDArray[np.uint64]]
"""Some buckets of a side, by column: numbers in the shape (pairs, width)."""


@dataclass(frozen=True)
class DomainCount:
    """How many different identifiers a domain has on each side, and whether they pair up.

    ``case_alone`` are those of the source that would be gone if case were folded.
    """

    domain: str
    source: int
    scrambled: int
    pairs: int
    case_alone: int = 0

    @property
    def holds(self) -> bool:
        """True when every identifier has one pseudonym and every pseudonym one identifier."""
        return self.source == self.scrambled == self.pairs


@dataclass(frozen=True)
class ReferenceCount:
    """How many values of a foreign key find their parent on each side.

    Of a domain that holds, what was found on one side stands for the other.
    """

    column: str
    parent: str
    source: int
    scrambled: int

    @property
    def holds(self) -> bool:
        """True when as many resolve after scrambling as before."""
        return self.source == self.scrambled


class KeyBook:
    """Collects the pairs of one run in ``folder``, which is made here and removed by ``close``.

    Pairs may be added from several threads.
    """

    def __init__(self, folder: Path) -> None:
        """Make the folder and this run's keys."""
        folder.mkdir()
        self._folder = folder
        self._key = secrets.randbits(64)
        self._seed = secrets.randbits(64)
        self._columns: dict[tuple[str, str], Column] = {}
        self._spellings: dict[str, tuple[Path, Side]] = {}
        self._adding = Lock()

    def add(
        self,
        column: str,
        domain: str,
        tokens: Seeds,
        scrambled: pl.Series,
        codes: NDArray[np.int64] | None = None,
    ) -> None:
        """Note the pairs of one column of one batch. Lane 0 is no identifier.

        ``codes`` number the different identifiers from 0 and are looked at only to note pairs
        once; without them every pair is noted, and it does no harm if one comes twice.
        """
        source, hashed = tokens, scrambled.cast(pl.String).hash(self._seed).to_numpy()
        if codes is not None and len(codes):
            source, hashed = _once(source, hashed, codes)
        here = source != 0
        source, hashed = mixed(source[here], self._key), hashed[here]
        with self._adding:
            held = self._columns.setdefault(
                (domain, column), Column(self._folder / f"{len(self._columns)}-{domain}")
            )
            with held.path.open("ab") as file:
                held.sides[0].append(file, np.stack([source, hashed], axis=1))
                held.sides[1].append(file, hashed[:, None])

    def add_spellings(self, domain: str, capitals: Seeds, tokens: Seeds) -> None:
        """Note identifiers with small letters, beside what they are in capitals.

        Both as they were, or would be, given to ``add``.
        """
        pairs = np.stack([mixed(capitals, self._key), mixed(tokens, self._key)], axis=1)
        with self._adding:
            path = self._folder / f"spellings-{domain}"
            _, side = self._spellings.setdefault(domain, (path, Side(2)))
            with path.open("ab") as file:
                side.append(file, np.unique(pairs, axis=0))

    def check(
        self, references: Sequence[Reference] = ()
    ) -> tuple[list[DomainCount], list[ReferenceCount]]:
        """Count the different identifiers of every domain, and what resolves of each reference.

        Both in order: domains by name, references as given, without those to or from columns that
        were not added.
        """
        references = [
            one
            for one in references
            if {(one[0], one[1]), (one[0], one[2])} <= self._columns.keys()
        ]
        domains = sorted({domain for domain, _ in self._columns})
        largest = sorted(domains, key=lambda domain: -self._pairs(domain))

        def work(domain: str, stop: Stop) -> tuple[DomainCount, list[ReferenceCount]]:
            return self._domain(domain, [one[1:] for one in references if one[0] == domain], stop)

        found = dict(zip(largest, each(work, largest), strict=True))
        counts = {(one.column, one.parent): one for _, ones in found.values() for one in ones}
        return [found[name][0] for name in domains], [counts[one[1:]] for one in references]

    def close(self) -> None:
        """Remove the files."""
        for path in self._folder.iterdir():
            path.unlink()
        self._folder.rmdir()

    def _pairs(self, domain: str) -> int:
        return sum(
            column.sides[0].pairs for (other, _), column in self._columns.items() if other == domain
        )

    def _domain(
        self, domain: str, references: Sequence[tuple[str, str]], stop: Stop
    ) -> tuple[DomainCount, list[ReferenceCount]]:
        names = [name for other, name in self._columns if other == domain]
        split = min(max(1, -(-self._pairs(domain) // _PART)), BUCKETS)
        edges = np.linspace(0, BUCKETS, split + 1).astype(int).tolist()

        def parts(side: int) -> Iterator[_Part]:
            for first, end in pairwise(edges):
                stop.check()
                yield {name: self._read(domain, name, side, first, end) for name in names}

        source = pairs = alone = 0
        before = np.zeros(len(references), dtype=np.int64)
        for (first, end), part in zip(pairwise(edges), parts(0), strict=True):
            every = _different(part)
            alone += self._case_alone(domain, part, first, end)
            source += every
            pairs += _unique([_both(*rows.T) for rows in part.values()])
            before += _resolved(part, references, every)
        count = DomainCount(domain, source, sum(map(_different, parts(1))), pairs, alone)
        # Where identifiers and pseudonyms pair up, what resolves on one side does on the other.
        after = before
        if len(references) and not count.holds:
            after = np.sum(
                [_resolved(part, references, _different(part)) for part in parts(1)], axis=0
            )
        return count, [
            ReferenceCount(child, parent, int(was), int(now))
            for (child, parent), was, now in zip(references, before, after, strict=True)
        ]

    def _case_alone(self, domain: str, part: _Part, first: int, end: int) -> int:
        """Return by how many fewer identifiers there would be without case, in some buckets.

        a1, A1 -> 1; aB, Ab -> 1; a1, b1 -> 0. The buckets are those of what stands in capitals.
        """
        if domain not in self._spellings:
            return 0
        path, side = self._spellings[domain]
        with path.open("rb") as file:
            pairs = side.read(file, first, end)
        capitals = np.unique(pairs[:, 0])
        held = np.concatenate([rows[:, 0] for rows in part.values()])
        return _unique([pairs[:, 1]]) - len(capitals) + int(np.isin(capitals, held).sum())

    def _read(self, domain: str, name: str, side: int, first: int, end: int) -> NDArray[np.uint64]:
        column = self._columns[domain, name]
        with column.path.open("rb") as file:
            return column.sides[side].read(file, first, end)


def _once(source: Seeds, hashed: Seeds, codes: NDArray[np.int64]) -> tuple[Seeds, Seeds]:
    """Return each pair once, if all rows of one code have one pair; else all of them."""
    first = np.zeros(int(codes.max()) + 1, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    like = first[codes]
    if (source == source[like]).all() and (hashed == hashed[like]).all():
        return source[first], hashed[first]
    return source, hashed


def _different(part: _Part) -> int:
    """Return how many different numbers there are in all columns."""
    return _unique([rows[:, 0] for rows in part.values()])


def _resolved(part: _Part, references: Sequence[tuple[str, str]], every: int) -> NDArray[np.int64]:
    """Return how many different numbers of each child its parent has; ``every``: all columns."""
    held = {name: part[name][:, 0] for pair in references for name in pair}
    counts = {name: _unique([numbers]) for name, numbers in held.items()}

    def resolved(child: str, parent: str) -> int:
        if counts[parent] == every:  # which holds all there are
            return counts[child]
        return counts[child] + counts[parent] - _unique([held[child], held[parent]])

    return np.array([resolved(*pair) for pair in references], dtype=np.int64)


def _unique(numbers: Sequence[Seeds]) -> int:
    return int(pl.Series(np.concatenate(numbers)).n_unique())


def _both(source: Seeds, scrambled: Seeds) -> Seeds:
    """Return one number a pair, which tells pairs apart as digests do."""
    return source * _ODD + scrambled
