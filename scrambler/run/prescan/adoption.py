"""Facts of adoption: who was placed for it, under an order, in a placement of that day."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scrambler.batch import NO_DAY, Batch
from scrambler.run.prescan.definition import Arrays, IndexDefinition

_ORDERS_SINCE = 13_147
"""30 December 2005, since when there are placement orders (Adoption and Children Act 2002)."""

_EPISODES, _PLACEMENTS, _STATUSES = "ssd_cla_episodes", "ssd_cla_placement", "ssd_legal_status"


def _placed(batch: Batch) -> Arrays:
    days = batch.moved("perm_placed_for_adoption_date")
    reversed_ = batch.moved("perm_decision_reversed_date") != NO_DAY
    decided = batch.moved("perm_adm_decision_date")
    there = (days != NO_DAY) & (decided != NO_DAY) & (decided <= days)
    return {
        "token": np.where(there, batch.subjects, np.uint64(0)),
        "day": days.astype(np.int32),
        "decided": decided.astype(np.int32),
        "reversed": reversed_.astype(np.uint8),
    }


def _of_placing(batch: Batch, field: str) -> NDArray[np.int64]:
    """Return a fact of the child's placing for adoption, NO_DAY where it was not placed."""
    placed = batch.ask("placed")
    if placed is None:
        return np.full(len(batch), NO_DAY, dtype=np.int64)
    return placed.get(field, batch.subjects, NO_DAY)


def adoptive(batch: Batch) -> NDArray[np.bool_]:
    """Return the placements that began on the day on which their child was placed for adoption."""
    start = batch.moved("clap_cla_placement_start_date")
    begun: NDArray[np.bool_] = (start != NO_DAY) & (_of_placing(batch, "day") == start)
    return begun


def adopted(batch: Batch) -> NDArray[np.bool_]:
    """Return whose child was placed for adoption, in a placement of that day, for good."""
    placed = batch.ask("adopting")
    if placed is None:
        return np.zeros(len(batch), dtype=bool)
    for_good: NDArray[np.bool_] = _of_placing(batch, "reversed") == 0
    return placed.holds(batch.subjects) & for_good


def _order(batch: Batch) -> Arrays:
    days = batch.moved("perm_permanence_order_date")
    return {
        "token": np.where(days == NO_DAY, np.uint64(0), batch.subjects),
        "day": days.astype(np.int32),
        "adopted": adopted(batch).astype(np.uint8),
    }


def covers_placing(batch: Batch) -> NDArray[np.bool_]:
    """Return the statuses that can be the placement order under which a child was placed."""
    start = batch.moved("lega_legal_status_start_date")
    end = batch.moved("lega_legal_status_end_date")
    placed, is_open = _of_placing(batch, "day"), end == NO_DAY
    adopting = batch.ask("adopting")
    known = adopting.holds(batch.subjects) if adopting else np.zeros(len(batch), dtype=bool)
    for_good = _of_placing(batch, "reversed") == 0
    covers: NDArray[np.bool_] = (
        known & (start >= _ORDERS_SINCE) & (start <= placed) & (is_open | (placed < end))
        & (_of_placing(batch, "decided") <= start) & (~is_open | for_good)
    )  # fmt: skip
    return covers


ADOPTION = (
    IndexDefinition(
        "placed",
        "ssd_permanence",
        (
            "perm_placed_for_adoption_date",
            "perm_adm_decision_date",
            "perm_decision_reversed_date",
            "perm_cla_id",
            "perm_person_id",
        ),
        _placed,
        (_STATUSES, _PLACEMENTS, _EPISODES, "ssd_permanence"),
        stage=1,
    ),
    IndexDefinition(
        "adopting",
        _PLACEMENTS,
        ("clap_cla_placement_start_date", "clap_person_id", "clap_cla_id"),
        lambda batch: {"token": np.unique(np.where(adoptive(batch), batch.subjects, 0))},
        (_STATUSES, _EPISODES, "ssd_permanence"),
        stage=2,
    ),
    IndexDefinition(
        "placement orders",
        _STATUSES,
        ("lega_legal_status_start_date", "lega_legal_status_end_date", "lega_person_id"),
        lambda batch: {"token": np.unique(np.where(covers_placing(batch), batch.subjects, 0))},
        (_PLACEMENTS,),
        stage=3,
    ),
    IndexDefinition(
        "orders",
        "ssd_permanence",
        ("perm_permanence_order_date", "perm_cla_id", "perm_person_id"),
        _order,
        (_EPISODES,),
        stage=3,
    ),
    IndexDefinition(
        "adoptions",
        "ssd_permanence",
        ("perm_permanence_order_date", "perm_cla_id", "perm_person_id"),
        lambda batch: {"token": batch.rows, "adopted": adopted(batch).astype(np.uint8)},
        ("ssd_permanence",),
        stage=3,
        by_row=True,
    ),
)  # fmt: skip
