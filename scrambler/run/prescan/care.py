"""Facts of care: the turn of a child's episodes, placements and legal statuses, and their place."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kernels.draw import Seeds, combine
from scrambler.batch import NO_DAY, Batch
from scrambler.run.prescan.adoption import adopted, adoptive, covers_placing
from scrambler.run.prescan.definition import Arrays, IndexDefinition
from scrambler.run.prescan.holds import holds

_SPANS = (3, 7, 21)
"""Longest days of police protection, of a child assessment order, of emergency protection."""

_LAST = pl.col("start") == pl.col("start").max().over("child")

_EPISODES, _PLACEMENTS, _STATUSES = "ssd_cla_episodes", "ssd_cla_placement", "ssd_legal_status"


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


def _status(batch: Batch) -> Arrays:
    start = batch.moved("lega_legal_status_start_date")
    end = batch.moved("lega_legal_status_end_date")
    span = np.searchsorted(_SPANS, end - start)
    return {
        "token": batch.rows,
        "child": batch.subjects,
        "start": start.astype(np.int32),
        "span": np.where((end == NO_DAY) | (start == NO_DAY), len(_SPANS), span).astype(np.uint8),
        "ordered": covers_placing(batch).astype(np.uint8),
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
        "adoptive": (adoptive(batch) * (1 + under)).astype(np.uint8),
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
        "adopted": adopted(batch).astype(np.uint8),
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


CARE = (
    holds("looked after", _EPISODES, "clae_person_id", "ssd_person"),
    holds("care leavers", "ssd_care_leavers", "clea_person_id", _EPISODES),
    IndexDefinition(
        "homes",
        "ssd_address",
        ("addr_address_postcode", "addr_person_id"),
        lambda batch: {"token": np.unique(_postcodes(batch, "addr_address_postcode"))},
        (_PLACEMENTS,),
        stage=1,
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
