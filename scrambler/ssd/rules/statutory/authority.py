"""The CIN census about an authority as a whole: one record that sums all children."""

from __future__ import annotations

import polars as pl
from polars import col

from scrambler.ssd.rules.condition import implies
from scrambler.ssd.rules.statutory.rule import Record, Tables, cin

_ENOUGH = 500
"""Children with a disability from which on rates over all of them say something."""


def _authority(tables: Tables) -> pl.LazyFrame:
    code = col("disa_disability_code")
    people = tables["ssd_person"].select(
        born=col("pers_dob").count(),
        born_unknown=(col("pers_dob").is_not_null() & (col("pers_sex") == "U")).sum(),
    )
    disabled = tables["ssd_disability"].filter(code != "NONE").select(
        disabled=col("disa_person_id").n_unique(), kinds=code.n_unique(),
        doubled=col("disa_person_id").is_duplicated().any(),
    )  # fmt: skip
    plans = tables["ssd_cp_plans"].select(
        plans=(col("cppl_cp_plan_id").is_not_null() & col("cppl_icpc_id").is_not_null()).sum()
    )
    held = tables["ssd_initial_cp_conference"].select(conferences=col("icpc_icpc_date").count())
    parts = [people, disabled, plans, held]
    return pl.concat(parts, how="horizontal").with_columns(child=pl.lit(None, pl.String))


AUTHORITY = Record(
    "authority", "child",
    (
        "pers_dob", "pers_sex", "disa_person_id", "disa_disability_code", "cppl_cp_plan_id",
        "cppl_icpc_id", "icpc_icpc_date",
    ),
    _authority,
)  # fmt: skip

_RATED = col("disabled") >= _ENOUGH

AUTHORITY_RULES = (
    cin("2883", AUTHORITY, implies(col("conferences") > 0, col("plans") <= col("conferences"))),
    cin("2886Q", AUTHORITY, col("born_unknown") <= 0.02 * col("born")),
    cin("2887Q", AUTHORITY, implies(_RATED, col("kinds") >= 8)),
    cin("2888Q", AUTHORITY, implies(_RATED, col("doubled"))),
)
