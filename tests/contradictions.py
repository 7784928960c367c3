"""Records that contradict themselves, to be put into a sound source: one of each kind.

A plant changes a few rows of one table that are as it wants them, and names a rule that these then
break.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl
from polars import col, lit

Tables = dict[str, pl.DataFrame]
ROWS = 3


@dataclass(frozen=True)
class Plant:
    """``rule`` is broken where ``values`` are set on rows of ``table`` that meet ``where``.

    ``beside`` joins columns of other tables: (table, its key, the column that holds the key).
    """

    rule: str
    table: str
    where: pl.Expr
    values: Mapping[str, pl.Expr]
    beside: tuple[tuple[str, str, str], ...] = field(default=())


def planted(tables: Tables) -> Tables:
    """Return the tables with all of `PLANTS` in them; ValueError where no row is as one wants."""
    for number, plant in enumerate(PLANTS):
        tables = _with(tables, plant, number)
    return tables


def _with(tables: Tables, plant: Plant, number: int) -> Tables:
    rows = tables[plant.table].with_row_index("place")
    joined = rows
    for table, key, held in plant.beside:
        other = tables[table].unique(key, keep="first", maintain_order=True)
        joined = joined.join(other, left_on=held, right_on=key, how="inner", maintain_order="left")
    fit = joined.filter(plant.where.fill_null(False))["place"].unique(maintain_order=True)
    if fit.is_empty():
        raise ValueError(f"nothing to plant {plant.rule} on")
    # Each on rows of its own, as far as there are enough.
    chosen = fit.slice(number * ROWS % max(1, fit.len() - ROWS + 1), ROWS)
    here = col("place").is_in(chosen.implode())
    changed = rows.with_columns(
        pl.when(here).then(value).otherwise(col(name)).cast(rows.schema[name]).alias(name)
        for name, value in plant.values.items()
    )
    return {**tables, plant.table: changed.drop("place")}


def _later(day: str, by: int) -> pl.Expr:
    return col(day) + pl.duration(days=by)


_REFERRALS, _PLACEMENTS = "ssd_cin_episodes", "ssd_cla_placement"
_EPISODES, _STATUSES = "ssd_cla_episodes", "ssd_legal_status"
_LEAVERS, _PEOPLE = "ssd_care_leavers", "ssd_person"
_PERSON = (_PEOPLE, "pers_person_id")
_BORN_IN_CARE = ((*_PERSON, "lega_person_id"),)


def _years(born: str, day: str) -> pl.Expr:
    return (col(day) - col(born)).dt.total_days() / 365.25


PLANTS = (
    Plant("S080", _REFERRALS, col("cine_referral_nfa") == "N", {"cine_referral_nfa": lit("Y")},
          (("ssd_cp_plans", "cppl_referral_id", "cine_referral_id"),)),
    Plant("S019", _REFERRALS, col("cine_close_date").is_not_null(),
          {"cine_close_reason": lit("RC8")},
          (("ssd_cp_plans", "cppl_referral_id", "cine_referral_id"),)),
    Plant("C035", _REFERRALS, col("cine_close_date").is_not_null()
          & col("pers_death_date").is_null(), {"cine_close_reason": lit("RC2")},
          ((*_PERSON, "cine_person_id"),)),
    Plant("C034", _REFERRALS, col("cine_close_date").is_not_null(),
          {"cine_close_date": _later("cine_referral_date", -5)}),
    Plant("S116", _PEOPLE, col("pers_dob").is_not_null(), {"pers_sex": lit("U")},
          ((_EPISODES, "clae_person_id", "pers_person_id"),)),
    Plant("C017", _PEOPLE, col("pers_is_mother") == "Y", {"pers_sex": lit("M")}),
    Plant("C044", "ssd_initial_cp_conference", col("icpc_cp_plan_id").is_not_null(),
          {"icpc_icpc_outcome_cp_flag": lit("N")}),
    Plant("S093", "ssd_initial_cp_conference", lit(True),
          {"icpc_icpc_date": col("icpc_icpc_date").dt.truncate("1w") + pl.duration(days=5)}),
    Plant("C063", "ssd_initial_cp_conference", col("icpc_s47_enquiry_id").is_not_null(),
          {"icpc_icpc_date": _later("icpc_icpc_date", -70)}),
    Plant("C043", "ssd_s47_enquiry", col("icpc_icpc_id").is_not_null(),
          {"s47e_s47_nfa": lit("Y")},
          (("ssd_initial_cp_conference", "icpc_s47_enquiry_id", "s47e_s47_enquiry_id"),)),
    Plant("C068", "ssd_cp_plans", col("cppl_cp_plan_end_date").is_not_null(),
          {"cppl_cp_plan_end_date": _later("cppl_cp_plan_start_date", -7)}),
    Plant("C058", "ssd_cin_plans", col("cinp_cin_plan_end_date").is_not_null(),
          {"cinp_cin_plan_end_date": _later("cinp_cin_plan_start_date", -7)}),
    Plant("C048", "ssd_cin_assessments", lit(True),
          {"cina_assessment_start_date": _later("cina_assessment_start_date", -60)}),
    Plant("C059", "ssd_cin_visits", col("cinv_cin_visit_seen") == "N",
          {"cinv_cin_visit_seen_alone": lit("Y")}),
    Plant("C073", "ssd_cla_reviews", _years("pers_dob", "clar_cla_review_date") > 6,
          {"clar_cla_review_participation": lit("PN0")},
          ((_EPISODES, "clae_cla_id", "clar_cla_id"), (*_PERSON, "clae_person_id"))),
    Plant("C077", _EPISODES, col("clae_cla_episode_start_reason") != "S",
          {"clae_cla_episode_start_reason": lit("S")}),
    Plant("S149", _EPISODES, col("clae_cla_episode_ceased_date").is_not_null()
          & (col("clae_cla_episode_ceased_reason") != "E2"),
          {"clae_cla_episode_ceased_reason": lit("E2")}),
    Plant("C074", _EPISODES, col("clae_cla_episode_ceased_date").is_not_null(),
          {"clae_cla_episode_ceased_date": _later("clae_cla_episode_start_date", -3)}),
    Plant("C083", _PLACEMENTS, col("clap_cla_placement_end_date").is_not_null(),
          {"clap_cla_placement_end_date": _later("clap_cla_placement_start_date", -3)}),
    Plant("C085", _PLACEMENTS, col("clap_cla_placement_provider") == "PR1",
          {"clap_cla_placement_type": lit("P1")}),
    Plant("S183", _PLACEMENTS, _years("pers_dob", "clap_cla_placement_start_date") < 8,
          {"clap_cla_placement_type": lit("P3")}, ((*_PERSON, "clap_person_id"),)),
    Plant("S167", _STATUSES, col("lega_legal_status_end_date")
          > _later("lega_legal_status_start_date", 60), {"lega_legal_status": lit("L1")}),
    Plant("S166", _STATUSES, _years("pers_dob", "lega_legal_status_start_date") < 9,
          {"lega_legal_status": lit("J1")}, _BORN_IN_CARE),
    Plant("C094", "ssd_permanence", col("perm_adopter_sex") == "MF",
          {"perm_number_of_adopters": lit(1)}),
    Plant("C099", "ssd_cla_previous_permanence",
          col("lapp_previous_permanence_order_date").is_not_null(),
          {"lapp_previous_permanence_option": lit("Z1")}),
    Plant("C104", "ssd_missing", lit(True),
          {"miss_missing_rhi_offered": lit("N"), "miss_missing_rhi_accepted": lit("Y")}),
    Plant("C105", _LEAVERS, col("clea_care_leaver_latest_contact").is_not_null(),
          {"clea_care_leaver_in_touch": lit("NO")}),
    Plant("C107", _LEAVERS,
          _years("pers_dob", "clea_care_leaver_latest_contact") < 17.9,
          {"clea_care_leaver_eligibility": lit("Former Relevant")},
          ((*_PERSON, "clea_person_id"),)),
    Plant("C127", "ssd_ehcp_requests", col("ehcr_ehcp_req_outcome_date").is_null(),
          {"ehcr_ehcp_req_outcome": lit("Y")}),
    Plant("C005", _PEOPLE, col("pers_death_date").is_not_null(),
          {"pers_death_date": _later("pers_dob", -10)}),
)  # fmt: skip
"""Thirty contradictions. Dates stay as wrong as they were; codes are drawn by what is there."""
