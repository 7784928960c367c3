"""Facts of structure: what hangs on a row, what came before it, how long it lasted.

All of it is visible in the output as well: in references, empty cells and dates. Days, and what
follows from them, are those of the output, so that rules hold there however dates move. No fact is
a code.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kernels.draw import Seeds, combine
from scrambler.batch import NO_DAY, Batch
from scrambler.run.prescan.definition import Arrays, IndexDefinition

_SPANS = (3, 7, 21)
"""Longest days of police protection, of a child assessment order, of emergency protection."""


_NEVER_CLOSED = 10**6
_ORDERS_SINCE = 13_147
"""30 December 2005, since when there are placement orders (Adoption and Children Act 2002)."""

_LAST = pl.col("start") == pl.col("start").max().over("child")


def _holds(name: str, table: str, column: str, *asked_by: str) -> IndexDefinition:
    """Return the index of all identifiers that ``column`` holds."""
    return IndexDefinition(
        name, table, (column,), lambda batch: {"token": np.unique(batch.token(column))}, asked_by
    )


def _on_day(column: str) -> Callable[[Batch], Arrays]:
    return lambda batch: {"token": np.unique(_child_and(batch, batch.moved(column)))}


def _child_and(batch: Batch, what: NDArray[np.generic]) -> Seeds:
    """Return a token for the child of a row together with something else."""
    pair = combine(batch.subjects, what.astype(np.int64).view(np.uint64))
    return np.where(batch.subjects == 0, np.uint64(0), pair)


def _postcodes(batch: Batch, column: str) -> Seeds:
    """Return a token for a row's child and the postcode in ``column``; 0 where there is none."""
    if not batch.has(column):
        return np.zeros(len(batch), dtype=np.uint64)
    squeezed = batch.text(column).str.replace_all(" ", "").str.to_uppercase()
    tokens = batch.context.pseudonyms.identify("structure", squeezed).tokens
    pair = combine(batch.subjects, tokens)
    return np.where((tokens == 0) | (batch.subjects == 0), np.uint64(0), pair)


def _at_home(batch: Batch) -> NDArray[np.bool_]:
    homes = batch.ask("homes")
    places = _postcodes(batch, "clap_cla_placement_postcode")
    return homes.holds(places) if homes else np.zeros(len(batch), dtype=bool)


def _referral(batch: Batch) -> Arrays:
    return {
        "token": batch.rows,
        "child": batch.subjects,
        "made": batch.moved("cine_referral_date").astype(np.int32),
        "closed": batch.moved("cine_close_date").astype(np.int32),
    }


def _superseded(arrays: Arrays) -> Arrays:
    """Find the open referrals that are no open case: another of the child is later, or overlaps.

    Those were made, and left open, without further action.
    """
    rows = (
        pl.DataFrame(arrays)
        .filter(pl.col("made") != NO_DAY, pl.col("child") != 0)
        .with_columns(pl.col("closed").replace(NO_DAY, _NEVER_CLOSED))
        .sort("child", "made", "closed", "token")
    )
    token, child, made, closed = (
        rows[name].to_numpy() for name in ("token", "child", "made", "closed")
    )
    again = child[1:] == child[:-1]
    # The latest close so far starts anew with each child, as later children have higher numbers.
    number = np.concatenate([[0], np.cumsum(~again)])[: len(child)] << 32
    until = (np.maximum.accumulate(number + closed) - number)[:-1]
    superseded = np.zeros(len(child), dtype=bool)
    superseded[1:] = again & (until > made[1:])
    superseded[:-1] |= again
    superseded &= closed == _NEVER_CLOSED
    return {"token": token, "superseded": superseded.astype(np.uint8)}


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


def _adoptive(batch: Batch) -> NDArray[np.bool_]:
    """Return the placements that began on the day on which their child was placed for adoption."""
    start = batch.moved("clap_cla_placement_start_date")
    adoptive: NDArray[np.bool_] = (start != NO_DAY) & (_of_placing(batch, "day") == start)
    return adoptive


def _adopted(batch: Batch) -> NDArray[np.bool_]:
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
        "adopted": _adopted(batch).astype(np.uint8),
    }


def _covers_placing(batch: Batch) -> NDArray[np.bool_]:
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


def _status(batch: Batch) -> Arrays:
    start = batch.moved("lega_legal_status_start_date")
    end = batch.moved("lega_legal_status_end_date")
    span = np.searchsorted(_SPANS, end - start)
    return {
        "token": batch.rows,
        "child": batch.subjects,
        "start": start.astype(np.int32),
        "span": np.where((end == NO_DAY) | (start == NO_DAY), len(_SPANS), span).astype(np.uint8),
        "ordered": _covers_placing(batch).astype(np.uint8),
    }


def _turns(arrays: Arrays) -> Arrays:
    """Number the rows of each child in turn, even and odd, so that neighbours can differ."""
    found = pl.DataFrame(arrays).sort("child", "start", "token")
    found = found.with_columns(turn=pl.int_range(pl.len()).over("child") % 2)
    return {name: found[name].to_numpy() for name in found.drop("child", "start").columns}


def _placement(batch: Batch) -> Arrays:
    ordered = batch.ask("placement orders")
    under = ordered.holds(batch.subjects) if ordered else np.zeros(len(batch), dtype=bool)
    return {
        "token": batch.rows,
        "child": batch.subjects,
        "start": batch.moved("clap_cla_placement_start_date").astype(np.int32),
        "adoptive": (_adoptive(batch) * (1 + under)).astype(np.uint8),
        "home": _at_home(batch).astype(np.uint8),
    }


def _episode(batch: Batch) -> Arrays:
    starts = batch.ask("status starts")
    days = batch.moved("clae_cla_episode_start_date")
    new = starts.holds(_child_and(batch, days)) if starts else np.zeros(len(batch), dtype=bool)
    return {
        "token": batch.rows,
        "child": batch.subjects,
        "period": batch.token("clae_cla_id"),
        "placement": batch.token("clae_cla_placement_id"),
        "start": days.astype(np.int32),
        "ceased": batch.moved("clae_cla_episode_ceased_date").astype(np.int32),
        "status": new.astype(np.uint8),
        "adopted": _adopted(batch).astype(np.uint8),
    }


def _sequence(arrays: Arrays) -> Arrays:
    """Find each episode's place in its period, what changed with it, and whether it is the last.

    ``change`` is 1 where a legal status starts that day, plus 2 where the placement is another than
    before.
    """
    # Episodes of no period are no one another's neighbours.
    frame = pl.DataFrame(arrays).filter((pl.col("start") != NO_DAY) & (pl.col("period") != 0))
    before = pl.col("placement").shift(1).over("period", order_by="start")
    moved = (pl.col("placement") != before) & (pl.col("placement") != 0) & (before != 0)
    found = frame.with_columns(
        first=pl.col("start") == pl.col("start").min().over("period"),
        last=_LAST,
        adopted=_LAST & (pl.col("ceased") != NO_DAY) & (pl.col("adopted") == 1),
        change=pl.col("status") + 2 * moved.fill_null(False).cast(pl.UInt8),
    ).join(
        frame.select("period", ceased="start").unique(), on=["period", "ceased"], how="left",
        coalesce=False, maintain_order="left",
    )  # fmt: skip
    follows = found["period_right"].is_not_null() & (found["ceased"] != found["start"])
    return {
        "token": found["token"].to_numpy(),
        "first": found["first"].to_numpy().astype(np.uint8),
        "last": found["last"].to_numpy().astype(np.uint8),
        "adopted": found["adopted"].to_numpy().astype(np.uint8),
        "change": found["change"].to_numpy(),
        "followed": follows.to_numpy().astype(np.uint8),
    }


_REFERRALS, _ENQUIRIES = "ssd_cin_episodes", "ssd_s47_enquiry"
_CONFERENCES, _EPISODES = "ssd_initial_cp_conference", "ssd_cla_episodes"
_PLACEMENTS, _STATUSES = "ssd_cla_placement", "ssd_legal_status"

STRUCTURE = (
    _holds("assessed", "ssd_cin_assessments", "cina_referral_id", _REFERRALS),
    _holds("enquired", _ENQUIRIES, "s47e_referral_id", _REFERRALS),
    _holds("conferred", _CONFERENCES, "icpc_referral_id", _REFERRALS),
    _holds("in need", "ssd_cin_plans", "cinp_referral_id", _REFERRALS),
    _holds("protected", "ssd_cp_plans", "cppl_referral_id", _REFERRALS),
    _holds("enquiries conferred", _CONFERENCES, "icpc_s47_enquiry_id", _ENQUIRIES),
    _holds("conferences planned", "ssd_cp_plans", "cppl_icpc_id", _CONFERENCES),
    _holds("looked after", _EPISODES, "clae_person_id", "ssd_person"),
    _holds("care leavers", "ssd_care_leavers", "clea_person_id", _EPISODES),
    IndexDefinition(
        "referrals",
        _REFERRALS,
        ("cine_referral_date", "cine_person_id", "cine_close_date"),
        _referral,
        (_REFERRALS,),
        _superseded,
        stage=1,
        by_row=True,
    ),
    IndexDefinition(
        "homes",
        "ssd_address",
        ("addr_address_postcode", "addr_person_id"),
        lambda batch: {"token": np.unique(_postcodes(batch, "addr_address_postcode"))},
        (_PLACEMENTS,),
        stage=1,
    ),
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
        lambda batch: {"token": np.unique(np.where(_adoptive(batch), batch.subjects, 0))},
        (_STATUSES, _EPISODES, "ssd_permanence"),
        stage=2,
    ),
    IndexDefinition(
        "placement orders",
        _STATUSES,
        ("lega_legal_status_start_date", "lega_legal_status_end_date", "lega_person_id"),
        lambda batch: {"token": np.unique(np.where(_covers_placing(batch), batch.subjects, 0))},
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
        lambda batch: {"token": batch.rows, "adopted": _adopted(batch).astype(np.uint8)},
        ("ssd_permanence",),
        stage=3,
        by_row=True,
    ),
    IndexDefinition(
        "status starts",
        _STATUSES,
        ("lega_legal_status_start_date", "lega_person_id"),
        _on_day("lega_legal_status_start_date"),
        (_EPISODES,),
        stage=1,
    ),
    IndexDefinition(
        "statuses",
        _STATUSES,
        ("lega_legal_status_start_date", "lega_legal_status_end_date", "lega_person_id"),
        _status,
        (_STATUSES,),
        _turns,
        stage=3,
        by_row=True,
    ),
    IndexDefinition(
        "placements",
        _PLACEMENTS,
        ("clap_cla_placement_start_date", "clap_cla_placement_postcode", "clap_person_id",
         "clap_cla_id"),
        _placement,
        (_PLACEMENTS,),
        _turns,
        stage=4,
        by_row=True,
    ),
    IndexDefinition(
        "with parents",
        _PLACEMENTS,
        ("clap_cla_placement_postcode", "clap_person_id", "clap_cla_id"),
        lambda batch: {"token": np.unique(np.where(_at_home(batch), batch.subjects, 0))},
        (_STATUSES,),
        stage=2,
    ),
    IndexDefinition(
        "episodes",
        _EPISODES,
        (
            "clae_cla_episode_id",
            "clae_cla_id",
            "clae_person_id",
            "clae_cla_placement_id",
            "clae_cla_episode_start_date",
            "clae_cla_episode_ceased_date",
        ),
        _episode,
        (_EPISODES,),
        _sequence,
        stage=3,
        by_row=True,
    ),
)  # fmt: skip
