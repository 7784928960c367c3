"""Rules about contacts, referrals, assessments, CIN plans and the visits of both plans."""

from __future__ import annotations

from functools import reduce
from operator import and_

import polars as pl
from polars import col

from scrambler.ssd import ssd
from scrambler.ssd.rules.check import Check, each, over
from scrambler.ssd.rules.condition import apart, distinct, implies, in_order, together
from scrambler.ssd.rules.rule import rule

_ADOPTED = ["E11", "E12", "E1"]
_VISITS = ("cinv_cin_visit", "cppv_cp_visit")
_FACTOR_CODES = (
    *ssd().code_lists["assessment_factors"].codes,
    *ssd().code_lists["assessment_factors"].alternates,
)
_FACTOR_ORDER = {
    code: at
    for at, code in enumerate(
        sorted(_FACTOR_CODES, key=lambda code: (int(code.rstrip("ABCDEF")), code))
    )
}


def _closed_unassessed(episodes: pl.LazyFrame, assessments: pl.LazyFrame) -> pl.LazyFrame:
    return episodes.filter(col("cine_close_reason").is_in(["RC8", "RC9"])).join(
        assessments, left_on="cine_referral_id", right_on="cina_referral_id", how="anti"
    )


def _described(code: str, description: str, code_list: str) -> Check:
    codes = ssd().code_lists[code_list]
    labels = dict(zip(codes.codes, map(str.upper, codes.labels), strict=True))
    label = col(code).replace_strict(labels, default=None, return_dtype=pl.String)
    return each(label == col(description).str.to_uppercase())


def _factors_in_order() -> Check:
    text = col("cinf_assessment_factors_json")
    codes = text.str.extract_all(r'"[^"]*"')
    places = codes.list.eval(
        pl.element()
        .str.strip_chars('"')
        .replace_strict(_FACTOR_ORDER, default=-1, return_dtype=pl.Int32)
    )
    listed = ~places.list.contains(-1)
    # Ever growing places are in order, and none comes twice.
    growing = (places.list.diff().list.min() > 0).fill_null(True)
    alone = implies(codes.list.contains('"21"'), codes.list.len() == 1)
    return each(
        implies(text.str.starts_with("["), listed & growing & alone & (codes.list.len() <= 41))
    )


def _seen(visit: str) -> pl.Expr:
    return implies(col(f"{visit}_seen_alone") == "Y", col(f"{visit}_seen").eq_missing("Y"))


def _bedroom(visit: str) -> pl.Expr:
    return implies(col(f"{visit}_bedroom") == "Y", col(f"{visit}_seen").is_not_null())


def _one_note_told_twice(cin: pl.LazyFrame, cp: pl.LazyFrame) -> pl.LazyFrame:
    told_alike = pl.all_horizontal(
        col(f"cinv_cin_visit_{fact}").eq_missing(col(f"cppv_cp_visit_{fact}"))
        for fact in ("date", "seen", "seen_alone", "bedroom")
    )
    return cin.join(cp, left_on="cinv_cin_visit_id", right_on="cppv_cp_visit_id").filter(
        ~told_alike
    )


REFERRAL = (
    rule("C033", each(together("cine_close_reason", "cine_close_date"))),
    rule("C034", each(in_order("cine_referral_date", "cine_close_date"))),
    rule(
        "C035",
        each(
            implies(
                col("cine_close_reason") == "RC2",
                col("pers_death_date").is_not_null()
                | (col("pers_dob").is_null() & col("pers_expected_dob").is_not_null()),
            ),
            "cine_person_id",
        ),
    ),
    rule(
        "C036",
        over(_closed_unassessed, "cine_close_reason", "cine_referral_id", "cina_referral_id"),
    ),
    rule(
        "C037",
        each(
            implies(
                col("clae_cla_episode_ceased_reason") != "X1",
                (col("cine_close_reason") == "RC1")
                == col("clae_cla_episode_ceased_reason").is_in(_ADOPTED),
            ),
            "clae_referral_id",
        ),
        kept=False,
        why="The two reasons stand in two tables and are drawn apart.",
    ),
    rule(
        "C038",
        _described("cine_referral_source_code", "cine_referral_source_desc", "referral_source"),
        why="Local codes, which no list explains, are not judged.",
    ),
    rule(
        "C039",
        _described("cont_contact_source_code", "cont_contact_source_desc", "contact_source"),
        why="Local codes, which no list explains, are not judged.",
    ),
    rule("C047", each(in_order("cina_assessment_start_date", "cina_assessment_auth_date"))),
    rule(
        "C048",
        each(in_order("cine_referral_date", "cina_assessment_start_date"), "cina_referral_id"),
    ),
    rule("C049", each(col("cina_person_id") == col("cine_person_id"), "cina_referral_id")),
    rule("C050", each(col("cinp_person_id") == col("cine_person_id"), "cinp_referral_id")),
    rule("C051", each(col("s47e_person_id") == col("cine_person_id"), "s47e_referral_id")),
    rule(
        "C052",
        each(col("icpc_person_id") == col("cine_person_id"), "icpc_referral_id")
        & each(col("icpc_person_id") == col("s47e_person_id"), "icpc_s47_enquiry_id"),
    ),
    rule(
        "C053",
        each(col("cppl_person_id") == col("cine_person_id"), "cppl_referral_id")
        & each(col("cppl_person_id") == col("icpc_person_id"), "cppl_icpc_id"),
    ),
    rule("C054", each(col("clae_person_id") == col("cine_person_id"), "clae_referral_id")),
    rule("C055", each(col("invo_person_id") == col("cine_person_id"), "invo_referral_id")),
    rule(
        "C056",
        each(distinct("cinf_assessment_id")),
        why="That an id found before is found after is compared in the run: foreign keys that "
        "resolved still resolve.",
    ),
    rule("C057", _factors_in_order()),
    rule(
        "C058",
        each(in_order("cinp_cin_plan_start_date", "cinp_cin_plan_end_date"))
        & apart("cinp_person_id", "cinp_cin_plan_start_date", "cinp_cin_plan_end_date"),
    ),
    rule(
        "C059",
        reduce(and_, [each(_seen(visit) & _bedroom(visit)) for visit in _VISITS])
        & each(_seen("clav_cla_visit")),
    ),
    rule(
        "C060",
        over(
            _one_note_told_twice,
            "cinv_cin_visit_id",
            "cinv_cin_visit_date",
            "cinv_cin_visit_seen",
            "cinv_cin_visit_seen_alone",
            "cinv_cin_visit_bedroom",
            "cppv_cp_visit_id",
            "cppv_cp_visit_date",
            "cppv_cp_visit_seen",
            "cppv_cp_visit_seen_alone",
            "cppv_cp_visit_bedroom",
        ),
    ),
)
