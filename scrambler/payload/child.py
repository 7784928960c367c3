"""The blocks about the child: `child_details` and `health_and_wellbeing`."""

from __future__ import annotations

import polars as pl

from scrambler.payload.codes import code_of, cut_code
from scrambler.payload.json_text import (
    PURGE,
    day,
    json_arrays,
    json_object,
    member,
    nested,
    said,
    stated,
    trimmed,
)
from scrambler.payload.limits import max_items, max_length
from scrambler.payload.tables import Tables, among, latest
from scrambler.payload.window import Window
from scrambler.ssd import ssd

PERSON = (
    "pers_person_id",
    "pers_legacy_id",
    "pers_upn",
    "pers_upn_unknown",
    "pers_forename",
    "pers_surname",
    "pers_dob",
    "pers_expected_dob",
    "pers_sex",
    "pers_ethnicity",
)
"""The columns of ssd_person that a payload is made of."""

_FORMER_UPN = "former unique pupil number"
_UNACCOMPANIED = "UASC|UNACCOMPANIED ASYLUM"


def child_details(tables: Tables, people: pl.DataFrame, when: Window) -> pl.LazyFrame:
    """Return ``person_id`` and ``child_details``, one row for each of ``people``."""
    ids = people["pers_person_id"]
    details = people.lazy().rename({"pers_person_id": "person_id"})
    for part in (
        _former_upn(tables, ids),
        _disabilities(tables, ids),
        _postcode(tables, ids),
        _unaccompanied(tables, ids, when),
    ):
        details = details.join(part, on="person_id", how="left")
    upn = stated("pers_upn")
    # A UN code in the UPN column is the reason, and never a pupil number.
    code = upn.str.to_uppercase()
    is_code = code.is_in(ssd().code_lists["upn_unknown"].codes)
    width = max_length("unique_pupil_number_unknown_reason")
    own = code_of("ssd_person", "pers_upn_unknown", width)
    reason = pl.coalesce(own, pl.when(is_code).then(code))
    sex = code_of("ssd_person", "pers_sex", 20)
    return details.select(
        "person_id",
        json_object(
            member("unique_pupil_number", pl.when(~is_code).then(upn)),
            member("former_unique_pupil_number", pl.col("former_upn")),
            member("unique_pupil_number_unknown_reason", reason),
            member("first_name", said(pl.col("pers_forename"))),
            member("surname", said(pl.col("pers_surname"))),
            day("date_of_birth", pl.col("pers_dob")),
            day("expected_date_of_birth", pl.col("pers_expected_dob")),
            member("sex", pl.when(sex.is_in(["M", "F"])).then(sex).otherwise(pl.lit("U"))),
            cut_code("ethnicity", "ssd_person", "pers_ethnicity"),
            member("disabilities", pl.col("disabilities").fill_null(pl.lit(["NONE"]))),
            member("postcode", said(pl.col("addr_address_postcode"))),
            member("uasc_flag", pl.col("uasc_flag").fill_null(False)),
            day("uasc_end_date", pl.col("immi_immigration_status_end_date")),
            PURGE,
        ).alias("child_details"),
    )


def health_and_wellbeing(tables: Tables, people: pl.DataFrame, when: Window) -> pl.LazyFrame:
    """Return ``person_id`` and ``health_and_wellbeing`` of those with an SDQ score in the window.

    The row id is not sent, so scores of one day are ordered by score, not by id.
    """
    scores = among(
        tables,
        "ssd_sdq_scores",
        "csdq_person_id",
        people["pers_person_id"],
        ("csdq_sdq_completed_date", "csdq_sdq_score"),
    ).filter(when.holds("csdq_sdq_completed_date") & pl.col("csdq_sdq_score").is_not_null())
    item = json_object(
        day("date", pl.col("csdq_sdq_completed_date")), member("score", pl.col("csdq_sdq_score"))
    )
    newest = ("csdq_sdq_completed_date", "csdq_sdq_score")
    return json_arrays(scores, "csdq_person_id", newest, item).select(
        pl.col("csdq_person_id").alias("person_id"),
        json_object(nested("sdq_assessments", pl.col("array")), PURGE).alias(
            "health_and_wellbeing"
        ),
    )


def _former_upn(tables: Tables, ids: pl.Series) -> pl.LazyFrame:
    """Latest ``link_valid_from_date``, then row id; absent when that one is not 13 long."""
    columns = (
        "link_table_id",
        "link_identifier_type",
        "link_identifier_value",
        "link_valid_from_date",
    )
    rows = among(tables, "ssd_linked_identifiers", "link_person_id", ids, columns)
    rows = rows.filter(
        pl.col("link_identifier_type").str.strip_chars().str.to_lowercase() == _FORMER_UPN
    )
    upn, length = trimmed("link_identifier_value"), max_length("former_unique_pupil_number")
    return latest(rows, "link_person_id", "link_valid_from_date", "link_table_id").select(
        person_id="link_person_id",
        former_upn=pl.when(upn.str.len_chars() == length).then(upn),
    )


def _disabilities(tables: Tables, ids: pl.Series) -> pl.LazyFrame:
    """Upper case, cut to what a field holds, distinct, sorted, as many as there is room for."""
    width = max_length("disabilities")
    code = code_of("ssd_disability", "disa_disability_code", width).str.to_uppercase()
    return (
        among(tables, "ssd_disability", "disa_person_id", ids, ("disa_disability_code",))
        .select(person_id="disa_person_id", disabilities=code)
        .drop_nulls("disabilities")
        .unique()
        .sort("person_id", "disabilities")
        .group_by("person_id", maintain_order=True)
        .agg(pl.col("disabilities").head(max_items("disabilities")))
    )


def _postcode(tables: Tables, ids: pl.Series) -> pl.LazyFrame:
    """Latest ``addr_address_start_date``, then row id; ended addresses included."""
    columns = ("addr_table_id", "addr_address_start_date", "addr_address_postcode")
    rows = among(tables, "ssd_address", "addr_person_id", ids, columns)
    return latest(rows, "addr_person_id", "addr_address_start_date", "addr_table_id").select(
        "addr_address_postcode", person_id="addr_person_id"
    )


def _unaccompanied(tables: Tables, ids: pl.Series, when: Window) -> pl.LazyFrame:
    """Unaccompanied, and not ended before the window: latest start, then row id.

    Systems write the code U, the word UASC somewhere in a text, or the description in full.
    """
    start, end = "immi_immigration_status_start_date", "immi_immigration_status_end_date"
    columns = ("immi_immigration_status_id", "immi_immigration_status", start, end)
    status = pl.col("immi_immigration_status").str.strip_chars().str.to_uppercase()
    rows = among(tables, "ssd_immigration_status", "immi_person_id", ids, columns).filter(
        ((status == "U") | status.str.contains(_UNACCOMPANIED))
        & (pl.col(end).is_null() | (pl.col(end) >= when.start))
    )
    return latest(rows, "immi_person_id", start, "immi_immigration_status_id").select(
        end, person_id="immi_person_id", uasc_flag=pl.lit(True)
    )
