"""Gathers the facts of all tables, several tables at once, and books the reserved places."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain

import numpy as np
import polars as pl

from scrambler.batch import REPEATED, Batch, RunContext, standing_in
from scrambler.batch.cast import conform
from scrambler.keys.lookup import Index
from scrambler.policy import Assignment
from scrambler.resources.workers import Stop, each
from scrambler.run.prescan.facts import INDEX_DEFINITIONS, Arrays, IndexDefinition, hops
from scrambler.treatments.identifier import domains_of

Read = Callable[[str, list[str]], Iterable[pl.DataFrame]]


def prescan(
    context: RunContext, assignments: Mapping[str, Mapping[str, Assignment]], read: Read
) -> None:
    """Fill ``context.indexes`` and the epoch's allocations from the tables in ``assignments``.

    ``read`` streams the named columns of a table. Memory grows by about 60 bytes a child.
    """
    facts = [*hops(context.spec), *INDEX_DEFINITIONS]
    for stage in (0, 1):
        here = [fact for fact in facts if fact.stage == stage]

        def work(
            table: str, stop: Stop, here: Sequence[IndexDefinition] = here, stage: int = stage
        ) -> None:
            columns = assignments[table]
            shaped = {} if stage else _shaped(context, columns)
            wanted = [one for one in here if one.table == table and one.columns[0] in columns]
            _look(context, table, columns, wanted, shaped, _unless(stop, read))

        each(work, list(assignments))
    context.pseudonyms.allocate()


def _unless(stop: Stop, read: Read) -> Read:
    def watched(table: str, columns: list[str]) -> Iterator[pl.DataFrame]:
        for frame in read(table, columns):
            stop.check()
            yield frame

    return watched


def _look(
    context: RunContext,
    table: str,
    columns: Mapping[str, Assignment],
    wanted: Sequence[IndexDefinition],
    shaped: Mapping[str, tuple[str, ...]],
    read: Read,
) -> None:
    """Gather the ``wanted`` facts of one table, and request places for its ``shaped`` columns."""
    needed = {*chain(*(fact.columns for fact in wanted), shaped, *shaped.values())}
    if any(fact.by_row for fact in wanted):
        needed.update(standing_in(columns))
    # In the order of the table, so that a row has one seed here and when it is scrambled.
    chosen = {name: column for name, column in columns.items() if name in needed}
    if not chosen:
        return
    gathered: dict[str, list[Arrays]] = {fact.name: [] for fact in wanted}
    for batch in _batches(context, table, chosen, read):
        for fact in wanted:
            gathered[fact.name].append(fact.gather(batch))
        for column in shaped:
            for domain, ids in domains_of(batch, column):
                context.pseudonyms.request(domain, ids)
    for fact in wanted:
        chunks = gathered.pop(fact.name)
        if fact.by_row and _repeat(context, table, chunks):
            # Now that keys are known to repeat, their rows have other seeds.
            chunks = [fact.gather(one) for one in _batches(context, table, chosen, read)]
        context.indexes.add(fact.name, _index(fact, chunks), fact.asked_by)


def _batches(
    context: RunContext, table: str, chosen: Mapping[str, Assignment], read: Read
) -> Iterator[Batch]:
    for frame in read(table, list(chosen)):
        yield Batch(context.spec.tables[table], conform(frame, chosen), chosen, context)


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


def _index(fact: IndexDefinition, chunks: list[Arrays]) -> Index:
    if not chunks:
        return Index(np.empty(0, np.uint64), {})
    names = [*chunks[0]]
    arrays = fact.finish({name: np.concatenate([c.pop(name) for c in chunks]) for name in names})
    tokens = arrays.pop("token").astype(np.uint64, copy=False)
    return Index(tokens, arrays)


def _shaped(context: RunContext, columns: Mapping[str, Assignment]) -> dict[str, tuple[str, ...]]:
    """Return the columns that may hold identifiers of a reserved range, with what they need."""
    found: dict[str, tuple[str, ...]] = {}
    for name, assignment in columns.items():
        parameters = assignment.parameters
        domain = parameters.get("identifiers") or assignment.column.domain
        if "type" in parameters and parameters["type"] in columns:
            found[name] = (parameters["type"],)
        elif (
            (assignment.traits.is_key or assignment.traits.draws == "code")
            and domain
            and context.spec.domains[domain].shape != "hex"
        ):
            found[name] = ()
    return found
