"""Originals beside what became of them, in memory and on one terminal only.

This is part of the command and of nothing else: no function of the library returns originals.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from scrambler.batch.cast import conform
from scrambler.errors import EpochError, OutputError
from scrambler.errors.boundary import fault_at
from scrambler.keys.epoch import Epoch
from scrambler.keys.pseudonyms import Pseudonyms
from scrambler.policy import Assignment, load_policy
from scrambler.resources.limits import BATCH_ROWS
from scrambler.sinks import Output
from scrambler.sources import Source, open_source
from scrambler.ssd import ssd

_PERSON = "person"


@dataclass(frozen=True, repr=False)
class Cell:
    """A value before and after, as text; ``stayed`` where one that may not be kept is as it was."""

    column: str
    before: str
    after: str
    stayed: bool


@dataclass(frozen=True, repr=False)
class Row:
    """One row of a child. Its repr shows nothing."""

    table: str
    cells: tuple[Cell, ...]


class SideBySide:
    """A source, its output and the epoch of both."""

    def __init__(
        self, source: str, output: Output, epoch: Path, policy: Path | None, schema: str | None
    ) -> None:
        """Open all three; EpochError where the output is of another epoch."""
        key = Epoch.load(epoch)
        if key.fingerprint != output.manifest["epoch"]:
            raise EpochError("The epoch file is not that of the run that wrote the output.")
        said = output.manifest["pseudonyms"]
        self.output = output
        self._source: Source = open_source(source, schema)
        self._maker = Pseudonyms(key, ssd().domains, said["lengths"], frozenset(said["integers"]))
        self._policy = load_policy(ssd(), policy).assignments

    def pseudonym(self, true_id: str) -> str:
        """Return the pseudonym of a child that somebody named by its true id."""
        return str(self._pseudonyms(_PERSON, pl.Series([true_id]))[0])

    def drawn(self, count: int, seed: int) -> list[str]:
        """Return the pseudonyms of ``count`` children of the output, drawn at random."""
        people = self.output.table("ssd_person").select("pers_person_id").collect().to_series()
        return [str(one) for one in people.gather(people.hash(seed).arg_sort().head(count))]

    def rows(self, children: Collection[str]) -> Iterator[Row]:
        """Yield the rows of these children, by table. OutputError where the output has none."""
        people = self.output.table("ssd_person").select(pl.col("pers_person_id").cast(pl.String))
        if not people.collect().to_series().is_in([*children]).any():
            raise OutputError("No child of that pseudonym is in the output.")
        for table in self.output.manifest["tables"]:
            spec = ssd().tables[table]
            direct = [route.subject for route in spec.routes if not route.hops]
            if direct and table in self._source.tables() and direct[0] in self._columns(table):
                with fault_at(table):
                    yield from self._of(table, direct[0], children)

    def _of(self, table: str, subject: str, children: Collection[str]) -> Iterator[Row]:
        columns = self._columns(table)
        after = self.output.table(table).filter(_text(subject).is_in([*children])).collect()
        if not after.height:
            return
        key = self._key(table, subject)
        found = []
        for frame in self._source.read(table, [*columns], BATCH_ROWS):
            typed = conform(frame, columns)
            own = typed.filter(self._pseudonyms(_PERSON, typed[subject]).is_in([*children]))
            if own.height:
                domain = columns[key].column.domain or ""
                found.append(own.with_columns(_key=self._pseudonyms(domain, own[key])))
        for original in pl.concat(found).iter_slices(1) if found else ():
            scrambled = after.filter(_text(key) == original["_key"][0])
            if scrambled.height == 1:
                yield Row(table, tuple(_cells(original, scrambled, columns)))

    def _columns(self, table: str) -> dict[str, Assignment]:
        """Return the columns that both sides have, with their treatments."""
        held, known = self._source.tables()[table], self._policy[table]
        written = self.output.manifest["tables"][table]["columns"]
        return {name: known[name] for name in written if name in known and name.lower() in held}

    def _key(self, table: str, subject: str) -> str:
        """Return the column that tells rows of a child apart, else that of the child."""
        names = [
            name
            for name in ssd().tables[table].primary_key
            if name in self._columns(table) and self._columns(table)[name].traits.is_key
        ]
        return names[0] if names else subject

    def _pseudonyms(self, domain: str, values: pl.Series) -> pl.Series:
        return self._maker.pseudonyms(domain, self._maker.identify(domain, values))


def _text(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.String)


def _cells(
    before: pl.DataFrame, after: pl.DataFrame, columns: Mapping[str, Assignment]
) -> Iterator[Cell]:
    for name, assignment in columns.items():
        old, new = (
            "" if frame[name][0] is None else str(frame[name][0]) for frame in (before, after)
        )
        yield Cell(name, old, new, bool(old) and old == new and not assignment.traits.is_kept)
