"""The facts of the prescan: what each gathers from a batch, and how it becomes an index."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import polars as pl

from kernels.digest import digest, secret_token
from scrambler.batch import MOVERS, NO_DAY, Batch
from scrambler.keys.dates_key import DatesKey
from scrambler.run.prescan.definition import Arrays, IndexDefinition
from scrambler.run.prescan.structure import STRUCTURE
from scrambler.ssd import Spec, ssd


def _person(batch: Batch) -> Arrays:
    born, due = batch.days("pers_dob"), batch.days("pers_expected_dob")
    return {
        "token": batch.token("pers_person_id"),
        "dob": batch.moved("pers_dob").astype(np.int32),
        "born": np.where(born == NO_DAY, due, born).astype(np.int32),
    }


def _death(batch: Batch) -> Arrays:
    days = batch.moved("pers_death_date")
    died = days != NO_DAY
    return {"token": batch.token("pers_person_id")[died], "death": days[died].astype(np.int32)}


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
        ("pers_person_id", "pers_dob", "pers_expected_dob"),
        _person,
        # Whoever moves dates asks for the day of birth.
        tuple(ssd().tables),
    ),
    IndexDefinition(
        "deaths",
        "ssd_person",
        ("pers_person_id", "pers_death_date"),
        _death,
        (
            "ssd_person",
            "ssd_cin_episodes",
            "ssd_cla_episodes",
            "ssd_care_leavers",
            "ssd_ehcp_named_plan",
        ),
        stage=1,
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


def movers(spec: Spec, key: DatesKey) -> IndexDefinition:
    """Return the index of what a dates key makes of each child's id; any row may ask for it.

    It comes first, since other facts are about moved dates.
    """

    def gather(batch: Batch) -> Arrays:
        ids = batch.identified("pers_person_id")
        seeds = secret_token(digest(ids.text, key.subkey("identifier:person")))
        return {"token": ids.token, "seed": seeds}

    return IndexDefinition(
        MOVERS, "ssd_person", ("pers_person_id",), gather, tuple(spec.tables), stage=-1
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
