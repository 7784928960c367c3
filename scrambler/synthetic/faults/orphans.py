"""Rows that lead nowhere: people outside ssd_person, plans that are not there, rows twice."""

from __future__ import annotations

import numpy as np
import polars as pl

from scrambler.synthetic.block import person_ids
from scrambler.synthetic.faults.injector import FaultInjector

_COPIED = 90_000
"""First place, in each id space, of rows that orphans add."""


def strangers(injector: FaultInjector) -> None:
    """Add rows about people outside ssd_person, and point some rows at plans nobody has."""
    _added(injector, "ssd_cp_visits", "cppv_person_id", "casenote", "cppv_cp_visit_id",
           cppv_cp_plan_id=pl.lit("-1"))  # fmt: skip
    _added(injector, "ssd_cla_placement", "clap_person_id", "placement", "clap_cla_placement_id",
           clap_cla_id=pl.lit("7") + pl.col("clap_cla_placement_id"),
           clap_cla_placement_type=pl.lit("U6"), clap_cla_placement_urn=pl.lit("SC912345"),
           clap_cla_placement_provider=pl.lit("PR1"),
           clap_cla_placement_distance=pl.lit(None))  # fmt: skip
    _added(injector, "ssd_mother", "moth_childs_person_id", "relation_row", "moth_table_id")
    _added(injector, "ssd_cohort", "dim_person_id", None, None,
           legacy_id=pl.lit("X") + pl.col("legacy_id"))  # fmt: skip
    _added(injector, "ssd_pre_cla_care_plan", "DIM_PERSON_ID", "form", "FACT_FORM_ID")
    unknown = pl.lit("8") + pl.col("cinf_assessment_id")
    injector.change("ssd_assessment_factors", 0.01, cinf_assessment_id=unknown)
    injector.change("ssd_cp_reviews", 0.05, cppr_cp_plan_id="-1")
    injector.change("ssd_cp_reviews", 0.03, cppr_cp_plan_id=None)
    injector.change("ssd_cp_visits", 0.02, cppv_cp_plan_id="-1")
    injector.change(
        "ssd_involvements", 0.02, invo_referral_id=pl.lit("9") + pl.col("invo_referral_id")
    )


def _added(
    injector: FaultInjector,
    table: str,
    person: str,
    domain: str | None,
    key: str | None,
    **values: pl.Expr,
) -> None:
    """Copy up to 40 rows under new keys for as many people outside ssd_person."""
    frame = injector.frames[table]
    rows = np.flatnonzero(injector.some(table, 0.02))[:40]
    count = len(rows)
    outside = person_ids(injector.block.outsiders(count))
    copies = frame[rows].with_columns(**{person: outside}, **values)
    if domain and key:
        copies = copies.with_columns(injector.block.ids(domain, count, _COPIED).alias(key))
    injector.frames[table] = pl.concat([frame, copies])


def duplicates(injector: FaultInjector) -> None:
    """Repeat some SDQ rows, key and all: authorities drop that primary key."""
    frame = injector.frames["ssd_sdq_scores"]
    again = frame.filter(pl.Series(injector.some("ssd_sdq_scores", 0.03)))
    injector.frames["ssd_sdq_scores"] = pl.concat([frame, again])
