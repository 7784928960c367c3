"""The one order of a table: rows sorted by a keyed number, in bounded memory.

A source's order tells: whoever knows the order of its ids has every child by position. So rows are
sorted by a keyed number of their child and, within it, of their own; rows alike in both by their
scrambled contents. The order is a function of the epoch and the rows alone, whatever the source,
the batches or the number of workers.

    place          contents        place          contents
    (9, 4)         b               (2, 7)         a
    (2, 7)         a        ->     (9, 1)         c
    (9, 4)         a               (9, 4)         a
    (9, 1)         c               (9, 4)         b
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from threading import Lock

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from kernels.draw import mix
from scrambler.batch import Batch
from scrambler.verification.during.positions import Ascending

PLACE = "place in the table"
"""The column that rows are sorted by: 32 keyed bits of the child, then 32 of the row."""

MOST_WORDS = 50_000
"""Different texts of a column that are held as numbers at most, but for those of a last batch."""

RUN_BYTES = 32_000_000
"""Rows of a table that are held before they are sorted and set aside, about."""

_MOST_BITS = 12
_SAMPLED, _REPEATED = 4_000, 4
_LEAVING_ROWS = 50_000
_HALF = np.uint64(32)


def placed(batch: Batch, scrambled: pl.DataFrame) -> pl.DataFrame:
    """Return the scrambled rows of a batch with the number that says where they belong."""
    number = batch.context.pseudonyms.epoch.number
    child = mix(batch.or_rows(batch.subjects), number("order of children"))
    row = mix(batch.rows, number("order of rows"))
    return scrambled.with_columns(pl.Series(PLACE, child >> _HALF << _HALF | row >> _HALF))


def in_order(rows: pl.DataFrame, numbered: Numbered | None = None) -> pl.DataFrame:
    """Return placed ``rows`` in their order; those that are ``numbered`` remain so."""
    place = rows[PLACE].to_numpy()
    order = np.argsort(place)
    same = np.concatenate([[False], place[order[1:]] == place[order[:-1]], [False]])
    tied = same[1:] | same[:-1]
    if tied.any():
        # Where both numbers are alike the contents decide.
        alike = rows[order[tied]]
        alike = numbered.texts(alike) if numbered else alike
        alike = alike.with_columns(pl.Series("row", order[tied]))
        contents = [name for name in rows.columns if name != PLACE]
        order[tied] = alike.sort(PLACE, *contents)["row"].to_numpy()
    return rows[order]


@dataclass(frozen=True)
class Numbered:
    """Holds texts that repeat as numbers, each different one once: codes, labels, names, flags.

    Which columns do, the first rows tell; what is written does not depend on it. A column that
    comes to have more than ``MOST_WORDS`` different texts is held as text from then on, so that
    memory does not grow with what a source holds late. ``words`` has an empty column for each: a
    dictionary is let go with the last column that has it.
    """

    words: Mapping[str, pl.Series] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: pl.DataFrame) -> Numbered:
        """Look at the first rows of a table."""
        sample = rows.gather_every(max(1, rows.height // _SAMPLED)).select(pl.col(pl.String))
        return cls(
            {
                column.name: pl.Series(dtype=pl.Categorical(pl.Categories.random()))
                for column in sample
                if column.n_unique() * _REPEATED <= len(column)
            }
        )

    def numbers(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return rows with a number in place of each such text."""
        return rows.with_columns(
            pl.col(name).cast(words.dtype).to_physical() for name, words in self.words.items()
        )

    def texts(self, numbers: pl.DataFrame) -> pl.DataFrame:
        """Return the rows that became ``numbers``."""
        return numbers.with_columns(
            pl.col(name).cat.to(words.dtype).cast(pl.String) for name, words in self.words.items()
        )

    def after(self, numbers: pl.DataFrame) -> Numbered:
        """Return what rows are to be held by that come after those that became ``numbers``."""
        # Numbers are given in turn, so that the largest says how many there are.
        kept = {
            name: words
            for name, words in self.words.items()
            if not (numbers[name] >= MOST_WORDS).any()
        }
        return self if len(kept) == len(self.words) else Numbered(kept)


Held = tuple[Numbered, pl.DataFrame]
"""Rows, and what they are numbered by."""


def together(held: Sequence[Held]) -> Held:
    """Return rows as one frame: by number where all are numbered alike, else as text."""
    numbered = held[0][0]
    if all(other is numbered for other, _ in held):
        return numbered, pl.concat([rows for _, rows in held])
    return Numbered(), pl.concat([by.texts(rows) for by, rows in held])


@dataclass(frozen=True)
class SortedFile:
    """A sorted run in a file, what its rows are numbered by, and where each piece ends."""

    path: Path
    numbered: Numbered
    edges: Sequence[int]

    def piece(self, share: int) -> Held | None:
        """Return the rows of one share; None where there are none."""
        first, end = self.edges[share : share + 2]
        if first == end:
            return None
        with self.path.open("rb") as file:
            file.seek(first)
            table = pq.read_table(pa.BufferReader(file.read(end - first)))
        return self.numbered, pl.DataFrame(pl.from_arrow(table))


class Sorter:
    """Takes the placed rows of one table from several threads, and gives them back in order.

    What does not fit in memory goes to ``folder`` in sorted runs, each cut at the same bounds of
    the number, so that one share of all runs is read and sorted at a time. With four shares
    a run is a file of four pieces, for places that begin with the bits 00, 01, 10 and 11. A piece
    is Parquet, which holds the scrambled rows and nothing else (an Arrow file would keep what lay
    under nulls).
    """

    def __init__(self, folder: Path, rows: int) -> None:
        """Sort a table of about ``rows`` rows; ``folder`` is made when it is needed."""
        self._folder = folder
        self._expected = rows
        self._lock = Lock()
        self._numbered: Numbered | None = None
        self._held: list[Held] = []
        self._bytes = 0
        self._bits = 0
        self._begun = 0
        self._runs: list[SortedFile] = []

    def add(self, rows: pl.DataFrame) -> None:
        """Take placed rows."""
        with self._lock:
            numbered = self._numbered = self._numbered or Numbered.of(rows)
        rows = numbered.numbers(rows)
        later = numbered.after(rows)
        with self._lock:
            if self._numbered is numbered:
                self._numbered = later
            self._held.append((numbered, rows))
            self._bytes += int(rows.estimated_size())
            if self._bytes < RUN_BYTES:
                return
            held = self._release()
            if not self._begun:
                self._bits = self._bits_for(sum(rows.height for _, rows in held))
            path = self._new_run()
        self._set_aside(path, held)

    def sorted(self) -> Generator[pl.DataFrame, None, None]:
        """Yield all rows in order, without the number that they were sorted by.

        To be called once, after the last ``add`` has returned.
        """
        held, ascending = self._release(), Ascending(self._folder.name)

        def leaving(numbered: Numbered, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
            ordered = in_order(rows, numbered)
            ascending.follow(ordered[PLACE].to_numpy())
            for piece in ordered.drop(PLACE).iter_slices(_LEAVING_ROWS):
                yield numbered.texts(piece)

        if not self._runs:
            if held:
                yield from leaving(*together(held))
            return
        if held:
            self._set_aside(self._new_run(), held)
        for share in range(1 << self._bits):
            pieces = [run.piece(share) for run in self._runs]
            there = [piece for piece in pieces if piece is not None]
            del pieces
            if there:
                yield from leaving(*together(there))
        for run in self._runs:
            run.path.unlink()

    def _release(self) -> list[Held]:
        held, self._held, self._bytes = self._held, [], 0
        return held

    def _new_run(self) -> Path:
        self._begun += 1
        return self._folder / f"run-{self._begun:05d}"

    def _bits_for(self, rows: int) -> int:
        """Return the bits that tell shares apart, each at most a run, when a run has ``rows``."""
        return min(int(np.ceil(np.log2(max(1.0, self._expected / rows)))), _MOST_BITS)

    def _set_aside(self, path: Path, held: list[Held]) -> None:
        numbered, rows = together(held)
        rows = in_order(rows, numbered)
        held.clear()
        bounds = np.arange(1 << self._bits, dtype=np.uint64) << np.uint64(64 - self._bits)
        firsts = [*np.searchsorted(rows[PLACE].to_numpy(), bounds).tolist(), rows.height]
        table = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
        del rows
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            edges = [0]
            for first, end in pairwise(firsts):
                if end > first:
                    pq.write_table(table.slice(first, end - first), file, **_PIECE)
                edges.append(file.tell())
        self._runs.append(SortedFile(path, numbered, edges))


_PIECE = {
    "compression": "lz4",
    "use_dictionary": False,
    "write_statistics": False,
    "store_schema": False,
}
