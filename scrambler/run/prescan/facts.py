"""The facts of the prescan: what each gathers from a batch, and how it becomes an index."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import polars as pl

from scrambler.batch import Batch
from scrambler.run.prescan.definition import Arrays, IndexDefinition
from scrambler.run.prescan.structure import STRUCTURE
from scrambler.ssd import Spec


def _person(batch: Batch) -> Arrays:
    return {
        "token": batch.token("pers_person_id"),
        "dob": batch.moved("pers_dob").astype(np.int32),
        "death": batch.moved("pers_death_date").astype(np.int32),
    }


def _members(row: str, group: str) -> Callable[[Batch], Arrays]:
    return lambda batch: {"token": batch.rows, "group": batch.token(group)}


def _ranks(arrays: Arrays) -> Arrays:
    """Number the rows of each group in the order of their tokens, and count them."""
    ranked = (
        pl.DataFrame(arrays)
        .unique()
        .sort("token")
        .with_columns(
            rank=pl.int_range(pl.len(), dtype=pl.Int32).over("group"),
            count=pl.len().over("group").cast(pl.Int32),
        )
    )
    return {name: ranked[name].to_numpy() for name in ("token", "rank", "count")}


def _only(column: str) -> Callable[[Batch], Arrays]:
    return lambda batch: {"token": np.unique(batch.token(column))}


INDEX_DEFINITIONS = (
    IndexDefinition(
        "person",
        "ssd_person",
        ("pers_person_id", "pers_dob", "pers_death_date"),
        _person,
        (
            "ssd_person",
            "ssd_cin_episodes",
            "ssd_cp_reviews",
            "ssd_cla_episodes",
            "ssd_cla_reviews",
            "ssd_care_leavers",
            "ssd_cla_placement",
            "ssd_legal_status",
            "ssd_sdq_scores",
            "ssd_ehcp_named_plan",
        ),
    ),
    IndexDefinition(
        "mothers", "ssd_mother", ("moth_person_id",), _only("moth_person_id"), ("ssd_person",)
    ),
    IndexDefinition(
        "disabilities",
        "ssd_disability",
        ("disa_table_id", "disa_person_id"),
        _members("disa_table_id", "disa_person_id"),
        ("ssd_disability",),
        _ranks,
        by_row=True,
    ),
    IndexDefinition(
        "needs",
        "ssd_sen_need",
        ("senn_table_id", "senn_active_ehcp_id"),
        _members("senn_table_id", "senn_active_ehcp_id"),
        ("ssd_sen_need",),
        _ranks,
        by_row=True,
    ),
    IndexDefinition(
        "planned",
        "ssd_ehcp_active_plans",
        ("ehcp_ehcp_request_id",),
        lambda batch: {"token": np.unique(batch.subjects)},
        ("ssd_person",),
        stage=1,
    ),
    *STRUCTURE,
)


def hops(spec: Spec) -> Iterator[IndexDefinition]:
    """Yield one fact for every step of a route from a row to its child."""
    askers: dict[tuple[str, str, str], list[str]] = {}
    for table in spec.tables.values():
        for route in table.routes:
            targets = [hop.column for hop in route.hops[1:]] + [route.subject]
            for hop, target in zip(route.hops, targets, strict=False):
                askers.setdefault((hop.table, hop.key, target), []).append(table.name)
    for (held_by, key, target), asked_by in askers.items():
        yield IndexDefinition(
            f"{held_by}.{key}", held_by, (key, target), _step(key, target), tuple(asked_by)
        )


def _step(key: str, target: str) -> Callable[[Batch], Arrays]:
    return lambda batch: {"token": batch.token(key), "next": batch.token(target)}
