"""Gathers what one batch cannot see: pure a batch, added up, and settled once for the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
import polars as pl

from kernels.draw import Seeds
from scrambler.batch import REPEATED, Batch, RunContext, standing_in
from scrambler.batch.cast import conform
from scrambler.keys.lookup import Index
from scrambler.policy import Assignment
from scrambler.resources.limits import WORKERS
from scrambler.resources.shared_streams import each_item
from scrambler.resources.workers import Stop
from scrambler.run.prescan.definition import Arrays, IndexDefinition
from scrambler.run.prescan.facts import INDEX_DEFINITIONS, hops, movers
from scrambler.treatments.identifier import formed_columns, places_wanted

Read = Callable[[str, list[str]], Iterable[pl.DataFrame]]
Columns = Mapping[str, Assignment]


@dataclass(frozen=True)
class Look:
    """What is gathered of one table: ``definitions`` of indexes, and places for ``formed`` columns.

    ``columns`` are all that this needs, in the order of the table, so that a row has one seed here
    and when it is scrambled.
    """

    table: str
    columns: Columns
    definitions: tuple[IndexDefinition, ...]
    formed: tuple[str, ...]


@dataclass(frozen=True)
class Gathered:
    """What a look found in some rows: arrays by index, and tokens that want a place, by range."""

    arrays: Mapping[str, list[Arrays]] = field(default_factory=dict)
    places: Mapping[str, list[Seeds]] = field(default_factory=dict)

    @classmethod
    def sum(cls, found: Iterable[Gathered]) -> Gathered:
        """Return what was gathered in all; the order of ``found`` makes no difference later."""
        arrays: dict[str, list[Arrays]] = {}
        places: dict[str, list[Seeds]] = {}
        for one in found:
            for name, chunks in one.arrays.items():
                arrays.setdefault(name, []).extend(chunks)
            for book, tokens in one.places.items():
                places.setdefault(book, []).extend(tokens)
        return cls(arrays, places)


def prescan(
    context: RunContext,
    assignments: Mapping[str, Columns],
    read: Read,
    at_once: int = WORKERS,
) -> None:
    """Fill ``context.indexes`` and the epoch's allocations from the tables in ``assignments``.

    ``read`` streams the named columns of a table, ``at_once`` tables at a time.
    Memory grows by about 60 bytes a child.
    """
    definitions = [*hops(context.spec), *INDEX_DEFINITIONS]
    if context.dates_key:
        definitions.append(movers(context.spec, context.dates_key))
    places: list[Gathered] = []
    for stage in sorted({one.stage for one in definitions}):
        here = [one for one in definitions if one.stage == stage]
        looks = [
            _look(context, table, columns, here, places=not stage)
            for table, columns in assignments.items()
        ]
        while looks := [look for look in looks if look.columns]:
            found = _read(context, looks, read, at_once)
            places.append(Gathered(places=found.places))
            looks = settle(context, looks, found)
    context.pseudonyms.allocate(Gathered.sum(places).places)


def gather(context: RunContext, look: Look, frame: pl.DataFrame) -> Gathered:
    """Return what ``look`` finds in a frame of its table, as the source gives it."""
    table = context.spec.tables[look.table]
    batch = Batch(table, conform(frame, look.columns), look.columns, context)
    return Gathered.sum(
        [
            Gathered({one.name: [one.gather(batch)] for one in look.definitions}),
            *(Gathered(places={book: [s]}) for book, s in places_wanted(batch, look.formed)),
        ]
    )


def settle(context: RunContext, looks: Sequence[Look], found: Gathered) -> list[Look]:
    """Make the indexes of ``looks`` from all that was gathered; return what to look at again.

    Where keys turn out to repeat, their rows have other seeds now that this is known.
    """
    again = []
    for look in looks:
        for one in look.definitions:
            chunks = found.arrays.get(one.name, [])
            known = f"{REPEATED}{look.table}" in context.indexes
            if one.by_row and not known and _repeat(context, look.table, chunks):
                again.append(Look(look.table, look.columns, (one,), ()))
            else:
                context.indexes.add(one.name, _index(one, chunks), one.asked_by)
    return again


def _look(
    context: RunContext,
    table: str,
    columns: Columns,
    definitions: Sequence[IndexDefinition],
    *,
    places: bool,
) -> Look:
    wanted = [one for one in definitions if one.table == table and one.columns[0] in columns]
    formed = formed_columns(context.spec, columns) if places else {}
    needed = {*chain(*(one.columns for one in wanted), formed, *formed.values())}
    if any(one.by_row for one in wanted):
        needed.update(standing_in(columns))
    chosen = {name: column for name, column in columns.items() if name in needed}
    return Look(table, chosen, tuple(wanted), tuple(formed))


def _read(context: RunContext, looks: Sequence[Look], read: Read, at_once: int) -> Gathered:
    """Return what all looks gather, several batches and tables at once."""
    by_table = {look.table: look for look in looks}
    found: list[Gathered] = []

    def begin(table: str) -> Iterator[pl.DataFrame]:
        return iter(read(table, list(by_table[table].columns)))

    def work(table: str, number: int, frame: pl.DataFrame) -> None:
        found.append(gather(context, by_table[table], frame))

    def finish(table: str, stop: Stop) -> None:
        """Nothing is to be done for one table alone."""

    each_item(list(by_table), begin, work, finish, at_once)
    return Gathered.sum(found)


def _repeat(context: RunContext, table: str, chunks: list[Arrays]) -> bool:
    """Note the row seeds of a table that occur more than once; return whether any do."""
    tokens = pl.Series(
        np.concatenate([np.empty(0, np.uint64), *(chunk["token"] for chunk in chunks)]),
        dtype=pl.UInt64,
    )
    repeated = tokens.filter(tokens.is_duplicated()).unique()
    if repeated.is_empty():
        return False
    context.indexes.add(f"{REPEATED}{table}", Index(repeated.to_numpy(), {}), [table])
    return True


def _index(one: IndexDefinition, chunks: list[Arrays]) -> Index:
    if not chunks:
        return Index(np.empty(0, np.uint64), {})
    names = [*chunks[0]]
    arrays = one.finish({name: np.concatenate([c.pop(name) for c in chunks]) for name in names})
    tokens = arrays.pop("token").astype(np.uint64, copy=False)
    return Index(tokens, arrays)
