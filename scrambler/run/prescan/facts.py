"""The facts of the prescan: what each gathers from a batch, and how it becomes an index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scrambler.batch import NO_DAY, Batch
from scrambler.ssd import Spec

Arrays = dict[str, NDArray[np.generic]]


@dataclass(frozen=True)
class IndexDefinition:
    """One index: what to gather from each batch of ``table``, and how to finish it.

    Only rows of the tables ``asked_by`` may ask for it: it is let go when these are done.
    ``gather`` returns arrays of one length, ``token`` among them. An index is left out when the
    source lacks the table or the first of ``columns``; the others count as empty where they are
    missing. Those that need routes over other indexes come in ``stage`` 1. With ``by_row`` the
    tokens are those of rows, for which all that may stand in for a key is read.
    """

    name: str
    table: str
    columns: tuple[str, ...]
    gather: Callable[[Batch], Arrays]
    asked_by: tuple[str, ...]
    finish: Callable[[Arrays], Arrays] = lambda arrays: arrays
    stage: int = 0
    by_row: bool = False


def _person(batch: Batch) -> Arrays:
    born, due = batch.days("pers_dob"), batch.days("pers_expected_dob")
    return {
        "token": batch.token("pers_person_id"),
        "dob": born.astype(np.int32),
        "death": batch.days("pers_death_date").astype(np.int32),
        "unborn": ((born == NO_DAY) & (due != NO_DAY)).astype(np.uint8),
    }


def _order(batch: Batch) -> Arrays:
    days = batch.days("perm_permanence_order_date")
    return {
        "token": np.where(days == NO_DAY, np.uint64(0), batch.subjects),
        "day": days.astype(np.int32),
    }


def _episode(batch: Batch) -> Arrays:
    return {
        "token": batch.rows,
        "period": batch.token("clae_cla_id"),
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
        "token": found["token"].to_numpy(),
        "first": found["first"].to_numpy().astype(np.uint8),
        "followed": follows.to_numpy().astype(np.uint8),
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
        ("pers_person_id", "pers_dob", "pers_expected_dob", "pers_death_date"),
        _person,
        (
            "ssd_person",
            "ssd_cin_episodes",
            "ssd_cp_reviews",
            "ssd_cla_episodes",
            "ssd_cla_reviews",
            "ssd_care_leavers",
            "ssd_ehcp_named_plan",
        ),
    ),
    IndexDefinition(
        "mothers", "ssd_mother", ("moth_person_id",), _only("moth_person_id"), ("ssd_person",)
    ),
    IndexDefinition(
        "assessed",
        "ssd_cin_assessments",
        ("cina_referral_id",),
        _only("cina_referral_id"),
        ("ssd_cin_episodes",),
    ),
    IndexDefinition(
        "episodes",
        "ssd_cla_episodes",
        (
            "clae_cla_episode_id",
            "clae_cla_id",
            "clae_cla_episode_start_date",
            "clae_cla_episode_ceased_date",
        ),
        _episode,
        ("ssd_cla_episodes",),
        _sequence,
        by_row=True,
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
        "orders",
        "ssd_permanence",
        ("perm_permanence_order_date", "perm_cla_id", "perm_person_id"),
        _order,
        ("ssd_cla_episodes",),
        stage=1,
    ),
    IndexDefinition(
        "planned",
        "ssd_ehcp_active_plans",
        ("ehcp_ehcp_request_id",),
        lambda batch: {"token": np.unique(batch.subjects)},
        ("ssd_person",),
        stage=1,
    ),
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
