"""The survey: one pass over narrow columns for the facts that a single batch cannot see.

Which child does a review belong to? Has the referral an assessment? Does another episode start the
day this one ends? Each answer is an index from identifier lanes to small numbers: keyed digests and
days, never a value. The survey also books places in the reserved ranges for UPNs and their like.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scrambler.batch import NO_DAY, REPEATED, Batch, Scene, standing_in
from scrambler.conform import conform
from scrambler.index import Index
from scrambler.parallel import Stop, each
from scrambler.policy import Assignment
from scrambler.treatments.identifier import domains_of

Arrays = dict[str, NDArray[np.generic]]


@dataclass(frozen=True)
class Fact:
    """One index: what to gather from each batch of ``table``, and how to finish it.

    ``gather`` returns arrays of one length, ``lane`` among them. A fact is left out when the source
    lacks the table or the first of ``columns``; the others count as empty where they are missing.
    Facts that need routes over other facts come in ``stage`` 1. With ``by_row`` the lanes are those
    of rows, for which all that may stand in for a key is read.
    """

    name: str
    table: str
    columns: tuple[str, ...]
    gather: Callable[[Batch], Arrays]
    finish: Callable[[Arrays], Arrays] = lambda arrays: arrays
    stage: int = 0
    by_row: bool = False


def _person(batch: Batch) -> Arrays:
    born, due = batch.days("pers_dob"), batch.days("pers_expected_dob")
    return {
        "lane": batch.lane("pers_person_id"),
        "dob": born.astype(np.int32),
        "death": batch.days("pers_death_date").astype(np.int32),
        "unborn": ((born == NO_DAY) & (due != NO_DAY)).astype(np.uint8),
    }


def _order(batch: Batch) -> Arrays:
    days = batch.days("perm_permanence_order_date")
    return {
        "lane": np.where(days == NO_DAY, np.uint64(0), batch.subjects),
        "day": days.astype(np.int32),
    }


def _episode(batch: Batch) -> Arrays:
    return {
        "lane": batch.rows,
        "period": batch.lane("clae_cla_id"),
        "start": batch.days("clae_cla_episode_start_date").astype(np.int32),
        "ceased": batch.days("clae_cla_episode_ceased_date").astype(np.int32),
    }


def _sequence(arrays: Arrays) -> Arrays:
    """Find each episode's place in its period: is it the first, does another follow, and when?"""
    # Episodes of no period are no one another's neighbours.
    frame = pl.DataFrame(arrays).filter((pl.col("start") != NO_DAY) & (pl.col("period") != 0))
    found = frame.with_columns(
        first=pl.col("start") == pl.col("start").min().over("period"),
        last=pl.col("start") == pl.col("start").max().over("period"),
    ).join(
        frame.select("period", ceased="start").unique(), on=["period", "ceased"], how="left",
        coalesce=False, maintain_order="left",
    )  # fmt: skip
    follows = found["period_right"].is_not_null() & (found["ceased"] != found["start"])
    return {
        "lane": found["lane"].to_numpy(),
        "first": found["first"].to_numpy().astype(np.uint8),
        "followed": follows.to_numpy().astype(np.uint8),
    }


def _members(row: str, group: str) -> Callable[[Batch], Arrays]:
    return lambda batch: {"lane": batch.rows, "group": batch.lane(group)}


def _ranks(arrays: Arrays) -> Arrays:
    """Number the rows of each group in the order of their lanes, and count them."""
    ranked = (
        pl.DataFrame(arrays)
        .unique()
        .sort("lane")
        .with_columns(
            rank=pl.int_range(pl.len(), dtype=pl.Int32).over("group"),
            count=pl.len().over("group").cast(pl.Int32),
        )
    )
    return {name: ranked[name].to_numpy() for name in ("lane", "rank", "count")}


def _only(column: str) -> Callable[[Batch], Arrays]:
    return lambda batch: {"lane": np.unique(batch.lane(column))}


FACTS = (
    Fact(
        "person",
        "ssd_person",
        ("pers_person_id", "pers_dob", "pers_expected_dob", "pers_death_date"),
        _person,
    ),
    Fact("mothers", "ssd_mother", ("moth_person_id",), _only("moth_person_id")),
    Fact("assessed", "ssd_cin_assessments", ("cina_referral_id",), _only("cina_referral_id")),
    Fact(
        "episodes",
        "ssd_cla_episodes",
        (
            "clae_cla_episode_id",
            "clae_cla_id",
            "clae_cla_episode_start_date",
            "clae_cla_episode_ceased_date",
        ),
        _episode,
        _sequence,
        by_row=True,
    ),
    Fact(
        "disabilities",
        "ssd_disability",
        ("disa_table_id", "disa_person_id"),
        _members("disa_table_id", "disa_person_id"),
        _ranks,
        by_row=True,
    ),
    Fact(
        "needs",
        "ssd_sen_need",
        ("senn_table_id", "senn_active_ehcp_id"),
        _members("senn_table_id", "senn_active_ehcp_id"),
        _ranks,
        by_row=True,
    ),
    Fact(
        "orders",
        "ssd_permanence",
        ("perm_permanence_order_date", "perm_cla_id", "perm_person_id"),
        _order,
        stage=1,
    ),
    Fact(
        "planned",
        "ssd_ehcp_active_plans",
        ("ehcp_ehcp_request_id",),
        lambda batch: {"lane": np.unique(batch.subjects)},
        stage=1,
    ),
)


def _hops(scene: Scene) -> Iterator[Fact]:
    """Yield one fact for every step of a route from a row to its child."""
    seen = set()
    for route in chain.from_iterable(table.routes for table in scene.spec.tables.values()):
        targets = [hop.column for hop in route.hops[1:]] + [route.subject]
        for hop, target in zip(route.hops, targets, strict=False):
            name = f"{hop.table}.{hop.key}"
            if name not in seen:
                seen.add(name)
                yield Fact(name, hop.table, (hop.key, target), _step(hop.key, target))


def _step(key: str, target: str) -> Callable[[Batch], Arrays]:
    return lambda batch: {"lane": batch.lane(key), "next": batch.lane(target)}


Read = Callable[[str, list[str]], Iterable[pl.DataFrame]]


def survey(scene: Scene, assignments: Mapping[str, Mapping[str, Assignment]], read: Read) -> None:
    """Fill ``scene.indexes`` and the epoch's allocations from the tables in ``assignments``.

    ``read`` streams the named columns of a table. Memory grows by about 60 bytes a child.
    """
    facts = [*_hops(scene), *FACTS]
    for stage in (0, 1):
        here = [fact for fact in facts if fact.stage == stage]

        def work(table: str, stop: Stop, here: Sequence[Fact] = here, stage: int = stage) -> None:
            columns = assignments[table]
            shaped = {} if stage else _shaped(scene, columns)
            wanted = [one for one in here if one.table == table and one.columns[0] in columns]
            _look(scene, table, columns, wanted, shaped, _unless(stop, read))

        each(work, list(assignments))
    scene.pseudonyms.allocate()


def _unless(stop: Stop, read: Read) -> Read:
    def watched(table: str, columns: list[str]) -> Iterator[pl.DataFrame]:
        for frame in read(table, columns):
            stop.check()
            yield frame

    return watched


def _look(
    scene: Scene,
    table: str,
    columns: Mapping[str, Assignment],
    wanted: Sequence[Fact],
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
    for batch in _batches(scene, table, chosen, read):
        for fact in wanted:
            gathered[fact.name].append(fact.gather(batch))
        for column in shaped:
            for domain, ids in domains_of(batch, column):
                scene.pseudonyms.request(domain, ids)
    for fact in wanted:
        chunks = gathered.pop(fact.name)
        if fact.by_row and _repeat(scene, table, chunks):
            # Now that keys are known to repeat, their rows have other seeds.
            chunks = [fact.gather(one) for one in _batches(scene, table, chosen, read)]
        scene.indexes[fact.name] = _index(fact, chunks)


def _batches(
    scene: Scene, table: str, chosen: Mapping[str, Assignment], read: Read
) -> Iterator[Batch]:
    for frame in read(table, list(chosen)):
        yield Batch(scene.spec.tables[table], conform(frame, chosen), chosen, scene)


def _repeat(scene: Scene, table: str, chunks: list[Arrays]) -> bool:
    """Note the row seeds of a table that occur more than once; return whether any do."""
    lanes = pl.Series(
        np.concatenate([np.empty(0, np.uint64), *(chunk["lane"] for chunk in chunks)]),
        dtype=pl.UInt64,
    )
    repeated = lanes.filter(lanes.is_duplicated()).unique()
    if repeated.is_empty():
        return False
    scene.indexes[f"{REPEATED}{table}"] = Index(repeated.to_numpy(), {})
    return True


def _index(fact: Fact, chunks: list[Arrays]) -> Index:
    if not chunks:
        return Index(np.empty(0, np.uint64), {})
    arrays = fact.finish({name: np.concatenate([c[name] for c in chunks]) for name in chunks[0]})
    lanes = arrays.pop("lane").astype(np.uint64, copy=False)
    return Index(lanes, arrays)


def _shaped(scene: Scene, columns: Mapping[str, Assignment]) -> dict[str, tuple[str, ...]]:
    """Return the columns that may hold identifiers of a reserved range, with what they need."""
    found: dict[str, tuple[str, ...]] = {}
    for name, assignment in columns.items():
        parameters = assignment.parameters
        domain = parameters.get("identifiers") or assignment.column.domain
        if "type" in parameters and parameters["type"] in columns:
            found[name] = (parameters["type"],)
        elif (
            assignment.treatment in ("identifier", "code")
            and domain
            and scene.spec.domains[domain].shape != "hex"
        ):
            found[name] = ()
    return found
