"""Rules about the child: dates of birth and death, family, mother, home, status."""

from __future__ import annotations

from datetime import date

import polars as pl
from polars import col

from scrambler.ssd.read_facts import facts
from scrambler.ssd.rules.check import Check, each, over
from scrambler.ssd.rules.condition import distinct, has_keys, implies, in_order
from scrambler.ssd.rules.rule import LATEST, rule

_ADDRESS_KEYS = [
    row["key"] for row in facts("json_columns") if row["column"] == "addr_address_json"
]
_IS_UASC_TEXT = col("immi_immigration_status").str.contains("(?i)UASC|^unaccompanied asylum")


def _born_later_than_today(people: pl.LazyFrame) -> pl.LazyFrame:
    return people.filter(col("pers_dob") > date.today())


def _flag_against_plan(
    people: pl.LazyFrame, plans: pl.LazyFrame, requests: pl.LazyFrame, sends: pl.LazyFrame
) -> pl.LazyFrame:
    planned = (
        plans.join(requests, left_on="ehcp_ehcp_request_id", right_on="ehcr_ehcp_request_id")
        .join(sends, left_on="ehcr_send_table_id", right_on="send_table_id")
        .select(pers_person_id="send_person_id", planned=True)
        .unique()
    )
    has_plan = col("planned").is_not_null()
    return people.join(planned, on="pers_person_id", how="left").filter(
        # Where nobody has a plan the SEND tables are not filled.
        has_plan.any(),
        (col("pers_send_flag") == "Y") != has_plan,
    )


def _mother() -> Check:
    return each(col("moth_person_id") != col("moth_childs_person_id")) & each(
        (col("pers_dob") < col("moth_childs_dob")) & (col("pers_sex") != "M"), "moth_person_id"
    )


def _nine_a_without_status(
    factors: pl.LazyFrame, assessments: pl.LazyFrame, statuses: pl.LazyFrame
) -> pl.LazyFrame:
    status = col("immi_immigration_status")
    uasc = statuses.filter((status == "U") | _IS_UASC_TEXT)
    return (
        factors.filter(col("cinf_assessment_factors_json").str.contains('"9A"'))
        .join(assessments, left_on="cinf_assessment_id", right_on="cina_assessment_id")
        .join(uasc, left_on="cina_person_id", right_on="immi_person_id", how="anti")
    )


PERSON = (
    rule(
        "C004",
        each(col("pers_dob").is_null() | col("pers_expected_dob").is_null()),
        why="That a payload child has one of the two is seen where its payload is validated.",
    ),
    rule(
        "C005",
        each(
            implies(
                col("pers_death_date").is_not_null(),
                (col("pers_dob") <= col("pers_death_date")).fill_null(False),
            )
        ),
    ),
    rule(
        "C006",
        over(_born_later_than_today, "pers_dob"),
        why="Only dob <= today is checked and kept; a shift can carry a child over the age limit "
        "of the payload window, so the run counts the children in the cohort before and after.",
    ),
    rule(
        "C007",
        kept=False,
        why="The payload window begins on a fixed 1 April, and a shift can carry an expected dob "
        "over it; the run counts the children in the cohort before and after.",
    ),
    rule("C017", each(implies(col("pers_is_mother") == "Y", col("pers_sex") != "M"))),
    rule("C018", each(col("pers_is_mother").eq_missing("Y"), "moth_person_id")),
    rule("C019", each(col("moth_childs_dob") == col("pers_dob"), "moth_childs_person_id")),
    rule(
        "C020",
        _mother(),
        why="Mother and child are shifted apart by at most the width of the offset range, far "
        "less than the years between them.",
    ),
    rule(
        "C021",
        each(
            implies(
                col("pers_gender").is_in(["F", "M", "U", "I"]),
                col("pers_gender") == col("pers_sex"),
            )
        ),
        why="Judged only where gender is written in the letters of System C.",
    ),
    rule(
        "C022",
        over(
            _flag_against_plan,
            "pers_person_id",
            "pers_send_flag",
            "ehcp_ehcp_request_id",
            "ehcr_ehcp_request_id",
            "ehcr_send_table_id",
            "send_table_id",
            "send_person_id",
        ),
    ),
    rule(
        "C023",
        each(
            distinct("disa_person_id", "disa_disability_code")
            & implies(col("disa_disability_code") == "NONE", col("disa_person_id").is_unique())
        ),
        why="At most 12 follows: there are 12 codes beside NONE.",
    ),
    rule(
        "C024",
        each(col("pers_dob").is_not_null() | col("pers_expected_dob").is_null(), "disa_person_id"),
    ),
    rule(
        "C025",
        each(in_order("immi_immigration_status_start_date", "immi_immigration_status_end_date")),
    ),
    rule(
        "C026",
        each((col("immi_immigration_status") != "U") | ~_IS_UASC_TEXT.any()),
        why="Checked for the status UASC, the only one with a code; that its rows stay UASC "
        "compares source and output.",
    ),
    rule(
        "C027",
        over(
            _nine_a_without_status,
            "cinf_assessment_factors_json",
            "cinf_assessment_id",
            "cina_assessment_id",
            "cina_person_id",
            "immi_immigration_status",
            "immi_person_id",
        ),
        kept=False,
        why="Factors are drawn evenly from the list, whatever the child's status.",
    ),
    rule("C028", each(in_order("addr_address_start_date", "addr_address_end_date"))),
    rule(
        "C029",
        why="Compares source and output: one offset a child keeps the order of a child's rows; "
        "the run compares every date.",
        lost=LATEST,
    ),
    rule(
        "C030",
        why="An invented place stands in no register to look it up in; postcode and address are "
        "drawn together from one source address, and blank parts are compared in the run.",
    ),
    rule(
        "C031",
        each(has_keys("addr_address_json", _ADDRESS_KEYS)),
        why="That equal addresses stay equal compares source and output: an address is drawn "
        "from the source address alone.",
    ),
    rule(
        "C032",
        why="Compares source and output: one family id has one pseudonym in every column of its "
        "domain.",
    ),
)
