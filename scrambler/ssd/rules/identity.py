"""Rules about identifiers: of children, and what several columns hold of one child."""

from __future__ import annotations

from functools import reduce
from operator import and_

import polars as pl
from polars import col

from scrambler.ssd.rules.check import Check, each, over
from scrambler.ssd.rules.check_digit import is_nhs_number, is_uln, is_upn
from scrambler.ssd.rules.condition import distinct, implies, in_order
from scrambler.ssd.rules.rule import LATEST, rule

_UN_CODE = r"^(?i)UN\d{1,2}$"
_NO_HEX = (
    "pers_person_id",
    "pers_legacy_id",
    "cine_referral_id",
    "cina_assessment_id",
    "cinp_cin_plan_id",
    "s47e_s47_enquiry_id",
    "cppl_cp_plan_id",
    "clap_cla_placement_id",
    "prof_social_worker_registration_no",
)


def _cut_alike(people: pl.LazyFrame) -> pl.LazyFrame:
    ids = people.drop_nulls().unique()
    return ids.filter(col("pers_person_id").str.slice(0, 20).is_duplicated())


def _upn_of_one_child() -> Check:
    upn, sent, value = col("pers_upn"), col("send_upn"), col("link_identifier_value")
    kind = col("link_identifier_type")
    linked = pl.when(kind == "Unique Pupil Number").then(value)
    former = pl.when(kind == "Former Unique Pupil Number").then(value)
    upn = pl.when(~upn.str.contains(_UN_CODE)).then(upn)
    return each((upn == sent), "send_person_id") & each(
        (upn == linked) & (upn != former), "link_person_id"
    )


def _unique_number(column: str) -> Check:
    number, value = col(column), col("link_identifier_value")
    digits = number.str.contains(r"^\d{10}$")
    return each(implies(digits, is_nhs_number(number))) & each(
        implies(digits & (col("link_identifier_type") == "NHS Number"), number == value),
        "link_person_id",
    )


_LINK_VALUE = col("link_identifier_value")

IDENTITY = (
    rule(
        "C001",
        each(col("pers_person_id").is_not_null() & col("pers_person_id").is_unique()),
        why="That one child has one pseudonym in every table is proved in the run: foreign keys "
        "that resolved still resolve.",
    ),
    rule(
        "C002",
        each(col("pers_person_id").str.contains(r"^[A-Za-z0-9_-]+$"))
        & over(_cut_alike, "pers_person_id"),
        why="Letters and digits only and at most 20 characters are guidance, met by every "
        "pseudonym and not asked of a source.",
    ),
    rule("C003", reduce(and_, [each(~col(name).str.contains("(?i)0x")) for name in _NO_HEX])),
    rule(
        "C008",
        each(
            col("pers_upn").is_null()
            | col("pers_upn_unknown").is_null()
            | col("pers_upn").str.contains(_UN_CODE)
            | (col("pers_upn_unknown").str.len_chars() == 13)
        ),
    ),
    rule(
        "C009",
        each(
            implies(
                col("pers_upn_unknown").str.len_chars() == 13,
                col("pers_upn_unknown") == col("pers_upn"),
            )
        ),
    ),
    rule("C010", _upn_of_one_child()),
    rule(
        "C011",
        each(
            col("pers_upn").str.contains(_UN_CODE)
            | (is_upn(col("pers_upn")) & distinct("pers_upn"))
        ),
    ),
    rule(
        "C012",
        each(
            implies(
                col("link_identifier_type").is_in(
                    ["Unique Pupil Number", "Former Unique Pupil Number"]
                ),
                is_upn(_LINK_VALUE),
            )
            & implies(col("link_identifier_type") == "NHS Number", is_nhs_number(_LINK_VALUE))
        ),
    ),
    rule("C013", each(in_order("link_valid_from_date", "link_valid_to_date"))),
    rule(
        "C014",
        why="Compares source and output: one offset a child keeps the order of a child's rows; "
        "the run compares every date.",
        lost=LATEST,
    ),
    rule(
        "C015",
        each(
            implies(
                col("send_upn_unknown").is_not_null(),
                col("send_upn").is_null() & col("send_uln").is_null(),
            )
            & is_uln(col("send_uln"))
        ),
    ),
    rule(
        "C016",
        _unique_number("pers_single_unique_id") & _unique_number("pers_common_child_id"),
        why="Ten digits are taken for an NHS number; other forms of the identifier are not judged.",
    ),
)
