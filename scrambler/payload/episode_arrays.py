"""The arrays of an episode: what was done on a referral.

Each function takes the referral ids of a slice and returns ``referral_id`` and ``array``, the JSON
array of that referral's rows, newest start first, then the greatest row id. A referral without rows
has no row there. Rows are found by referral id alone, as the known builder finds them.
"""

from __future__ import annotations

import polars as pl

from scrambler.payload.json_text import (
    PURGE,
    cut_text,
    day,
    json_arrays,
    json_object,
    member,
    nested,
    said,
    stated,
    truth,
)
from scrambler.payload.limits import max_length
from scrambler.payload.tables import Tables, among, latest
from scrambler.payload.window import Window

# Plain codes between quotes, or the null of some systems: nothing that would need unescaping.
_CODE = r'(?:"[^"\\\x00-\x1f]*"|null)'
_CODES = rf"^\s*\[\s*(?:{_CODE}\s*(?:,\s*{_CODE}\s*)*)?\]\s*$"


def assessments(tables: Tables, referrals: pl.Series, when: Window) -> pl.LazyFrame:
    """`child_and_family_assessments`: started or authorised in the window."""
    key, started, authorised = (
        "cina_assessment_id",
        "cina_assessment_start_date",
        "cina_assessment_auth_date",
    )
    columns = (key, started, authorised)
    rows = (
        among(tables, "ssd_cin_assessments", "cina_referral_id", referrals, columns)
        .filter(when.holds(started) | when.holds(authorised))
        .collect()
    )
    factors = latest(
        among(
            tables,
            "ssd_assessment_factors",
            "cinf_assessment_id",
            rows[key],
            ("cinf_table_id", "cinf_assessment_factors_json"),
        ),
        "cinf_assessment_id",
        "cinf_table_id",
    )
    item = json_object(
        cut_text("child_and_family_assessment_id", key),
        day("start_date", pl.col(started)),
        day("authorisation_date", pl.col(authorised)),
        nested("factors", _factors("cinf_assessment_factors_json")),
        PURGE,
    )
    joined = rows.lazy().join(factors, left_on=key, right_on="cinf_assessment_id", how="left")
    return _arrays(joined, "cina_referral_id", (started, key), item)


def _factors(column: str) -> pl.Expr:
    """Return the array of codes as it stands but for blanks and nulls; [] where there is none.

    A placeholder in place of the array is none.

    Text that is no array of plain codes is sent as text, which the schema then refuses.
    """
    source = said(pl.col(column)).str.strip_chars()
    array = pl.concat_str(
        pl.lit("["), source.str.extract_all(r'"[^"]*"').list.join(","), pl.lit("]")
    )
    quoted = member("", source).str.strip_prefix('"":')
    return (
        pl.when(source.is_null() | (source == "null"))
        .then(pl.lit("[]"))
        .when(source.str.contains(_CODES))
        .then(array)
        .otherwise(quoted)
    )


def in_need_plans(tables: Tables, referrals: pl.Series, when: Window) -> pl.LazyFrame:
    """`child_in_need_plans`: those that meet the window."""
    columns = ("cinp_cin_plan_id", "cinp_cin_plan_start_date", "cinp_cin_plan_end_date")
    rows = among(tables, "ssd_cin_plans", "cinp_referral_id", referrals, columns)
    return _plans(rows, "cinp_referral_id", columns, "child_in_need_plan_id", when)


def protection_plans(tables: Tables, referrals: pl.Series, when: Window) -> pl.LazyFrame:
    """`child_protection_plans`: those that meet the window."""
    columns = ("cppl_cp_plan_id", "cppl_cp_plan_start_date", "cppl_cp_plan_end_date")
    rows = among(tables, "ssd_cp_plans", "cppl_referral_id", referrals, columns)
    return _plans(rows, "cppl_referral_id", columns, "child_protection_plan_id", when)


def _plans(
    rows: pl.LazyFrame, by: str, columns: tuple[str, str, str], name: str, when: Window
) -> pl.LazyFrame:
    key, start, end = columns
    item = json_object(
        cut_text(name, key),
        day("start_date", pl.col(start)),
        day("end_date", pl.col(end)),
        PURGE,
    )
    return _arrays(rows.filter(when.meets(start, end)), by, (start, key), item)


def enquiries(tables: Tables, referrals: pl.Series, when: Window) -> pl.LazyFrame:
    """`section_47_assessments`: those that meet the window, or whose conference lies in it."""
    key, start, end = "s47e_s47_enquiry_id", "s47e_s47_start_date", "s47e_s47_end_date"
    columns = (key, start, end, "s47e_s47_outcome_json")
    rows = among(tables, "ssd_s47_enquiry", "s47e_referral_id", referrals, columns).collect()
    conferences = (
        among(
            tables,
            "ssd_initial_cp_conference",
            "icpc_s47_enquiry_id",
            rows[key],
            ("icpc_icpc_date",),
        )
        .group_by("icpc_s47_enquiry_id")
        .agg(pl.col("icpc_icpc_date").max())
    )
    # Text that is no JSON has no flag: the match is null there.
    flag = pl.col("s47e_s47_outcome_json").str.json_path_match("$.CP_CONFERENCE_FLAG")
    item = json_object(
        cut_text("section_47_assessment_id", key),
        day("start_date", pl.col(start)),
        member("icpc_required_flag", truth(flag)),
        day("icpc_date", pl.col("icpc_icpc_date")),
        day("end_date", pl.col(end)),
        PURGE,
    )
    found = (
        rows.lazy()
        .join(conferences, left_on=key, right_on="icpc_s47_enquiry_id", how="left")
        .filter(when.meets(start, end) | when.holds("icpc_icpc_date"))
    )
    return _arrays(found, "s47e_referral_id", (start, key), item)


def workers(tables: Tables, referrals: pl.Series, when: Window) -> pl.LazyFrame:
    """`care_worker_details` before the gate of the CIN plan: registered case workers on 31 March.

    Nobody where the 31 March of the calendar year of the window's end is still to come.
    """
    key, start, end = (
        "invo_involvements_id",
        "invo_involvement_start_date",
        "invo_involvement_end_date",
    )
    columns = (key, start, end, "invo_professional_id", "invo_professional_role_id")
    census = pl.lit(when.census, dtype=pl.Date)
    spells = (
        among(tables, "ssd_involvements", "invo_referral_id", referrals, columns)
        .filter(
            (pl.col("invo_professional_role_id").str.strip_chars().str.to_uppercase() == "CW")
            & (pl.col(start) <= census)
            & (pl.col(end).is_null() | (pl.col(end) >= census))
        )
        .collect()
    )
    registered = among(
        tables,
        "ssd_professionals",
        "prof_professional_id",
        spells["invo_professional_id"],
        ("prof_social_worker_registration_no",),
    ).select(
        invo_professional_id="prof_professional_id",
        worker_id=stated("prof_social_worker_registration_no", max_length("worker_id")),
    )
    item = json_object(
        member("worker_id", pl.col("worker_id")),
        day("start_date", pl.col(start)),
        day("end_date", pl.col(end)),
    )
    found = spells.lazy().join(registered.drop_nulls("worker_id"), on="invo_professional_id")
    return _arrays(found, "invo_referral_id", (start, key), item)


def _arrays(rows: pl.LazyFrame, by: str, newest: tuple[str, str], item: pl.Expr) -> pl.LazyFrame:
    return json_arrays(rows, by, newest, item).rename({by: "referral_id"})
