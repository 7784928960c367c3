"""What both returns ask about a child: identifiers, birth, death, sex, disability, motherhood."""

from __future__ import annotations

import polars as pl
from polars import col

from scrambler.ssd.rules.check_digit import is_upn
from scrambler.ssd.rules.condition import aged, implies, under
from scrambler.ssd.rules.statutory.links import summed
from scrambler.ssd.rules.statutory.rule import (
    CHOSEN,
    TWO_RETURNS,
    Record,
    Tables,
    cin,
    codes_of,
    looked_after,
)

_SHORT_BREAKS = ["V3", "V4"]


def _children(tables: Tables) -> pl.LazyFrame:
    went_on = col("cine_referral_nfa").ne_missing("Y")
    child = "pers_person_id"
    rows = tables["ssd_person"].with_columns(
        occurrences=pl.when(col(child).is_not_null()).then(pl.len().over(child)),
        upn=pl.when(~col("pers_upn").str.contains(r"^(?i)UN\d{1,2}$")).then("pers_upn"),
        reason=pl.coalesce(
            "pers_upn_unknown", pl.when(col("pers_upn").str.contains(r"^UN\d")).then("pers_upn")
        ),
    )
    rows = rows.with_columns(
        upn_bearers=pl.when(col("upn").is_not_null()).then(col(child).n_unique().over("upn"))
    )
    rows = summed(
        rows, child, tables["ssd_cin_episodes"], "cine_person_id",
        referrals=pl.len(), went_on=went_on.sum(),
    )  # fmt: skip
    rows = summed(
        rows, child, tables["ssd_disability"], "disa_person_id",
        disabilities=col("disa_disability_code").is_in(codes_of("disability")).sum(),
    )  # fmt: skip
    rows = summed(
        rows, child, tables["ssd_mother"], "moth_person_id",
        born_to_it=col("moth_childs_dob").count(), first_child=col("moth_childs_dob").min(),
    )  # fmt: skip
    ceased = col("clae_cla_episode_ceased_date")
    rows = summed(
        rows, child, tables["ssd_cla_episodes"], "clae_person_id",
        episodes=pl.len(), is_in_care=ceased.is_null().any(), left_care=ceased.max(),
        entered_last=col("clae_entered_care_date").max(),
    )  # fmt: skip
    rows = summed(
        rows, child, tables["ssd_legal_status"], "lega_person_id",
        short_breaks_only=col("lega_legal_status").is_in(_SHORT_BREAKS).all(),
    )  # fmt: skip
    return rows.with_columns(
        was_looked_after=col("episodes").is_not_null(),
        is_in_need=col("referrals").is_not_null(),
        # What no table holds cannot be missed.
        tells_disabilities=col("disabilities").is_not_null().any(),
        tells_mothers=(col("born_to_it") > 0).any(),
    )


CHILDREN = Record(
    "child", "pers_person_id",
    (
        "pers_person_id", "pers_upn", "pers_upn_unknown", "pers_sex", "pers_gender",
        "pers_ethnicity", "pers_dob", "pers_expected_dob", "pers_death_date", "pers_is_mother",
        "cine_person_id", "cine_referral_nfa", "disa_person_id", "disa_disability_code",
        "moth_person_id",
        "moth_childs_dob", "clae_person_id", "clae_cla_episode_ceased_date",
        "clae_entered_care_date", "lega_person_id", "lega_legal_status",
    ),
    _children,
)  # fmt: skip

DISABILITIES = Record(
    "disability", "disa_person_id", ("disa_person_id", "disa_disability_code"),
    lambda tables: tables["ssd_disability"].with_columns(
        alike=pl.len().over("disa_person_id", "disa_disability_code"),
        of_child=pl.len().over("disa_person_id"),
    ),
)  # fmt: skip

LINKED = Record(
    "linked identifier", "link_person_id",
    ("link_person_id", "link_identifier_type", "link_identifier_value"),
    lambda tables: tables["ssd_linked_identifiers"],
)  # fmt: skip

_ID, _UPN, _REASON = col("pers_person_id"), col("upn"), col("reason")
_BORN, _DUE, _DIED = col("pers_dob"), col("pers_expected_dob"), col("pers_death_date")
_SEX, _MOTHER = col("pers_sex"), col("pers_is_mother")
_UNBORN = _BORN.is_null() & _DUE.is_not_null()
_NEEDED, _CARED = col("is_in_need"), col("was_looked_after")
_SEXES, _ETHNICITIES = codes_of("sex"), codes_of("ethnicity")
_SCHOOL_AGE = aged(5, "year_end") & under(16, "year_end")


def _listed(column: str, codes: list[str]) -> pl.Expr:
    return col(column).is_in(codes).fill_null(False)


PERSON = (
    cin("1510", CHILDREN, is_upn(_UPN)),
    cin("1520", CHILDREN, col("upn_bearers") <= 1),
    cin("1530"),
    cin("1540", CHILDREN, _UPN.str.slice(4, 8).str.contains(r"^\d{8}$")),
    cin("1550", CHILDREN, _UPN.str.slice(12).str.contains("^[0-9A-HJ-NP-RT-Z]$")),
    cin("1560Q", LINKED, implies(
        col("link_identifier_type") == "Former Unique Pupil Number",
        col("link_identifier_value").str.contains(r"^[A-Z]\d{12}$"),
    )),
    cin("1570", CHILDREN, _ID.str.len_chars() <= 20),
    cin("1580", CHILDREN, _ID.str.contains("^[A-Za-z0-9]+$")),
    cin("4180", CHILDREN, implies(_NEEDED, _listed("pers_sex", _SEXES))),
    cin("4220", CHILDREN, implies(_NEEDED, _listed("pers_ethnicity", _ETHNICITIES))),
    cin("8500", CHILDREN, _ID.is_not_null()),
    cin("8510", CHILDREN, col("occurrences") <= 1),
    cin("8520", CHILDREN, col("year_end") >= _BORN, of_year=True),
    cin("8525Q", CHILDREN, implies(_NEEDED, _BORN.is_null() != _DUE.is_null())),
    cin("8530Q", CHILDREN, implies(
        _NEEDED & _UNBORN,
        _DUE.is_between(col("year_end").dt.offset_by("-30d"), col("year_end").dt.offset_by("9mo")),
    ), of_year=True),
    cin("8535Q", CHILDREN, implies(_DIED.is_not_null(), (_BORN <= _DIED).fill_null(False))),
    cin("8540", CHILDREN, implies(
        _BORN.is_not_null() & (col("went_on") > 0) & col("tells_disabilities"),
        col("disabilities").fill_null(0) > 0,
    )),
    cin("8545Q", why=CHOSEN),
    cin("8750", CHILDREN, implies(_UNBORN, _SEX == "U")),
    cin("8770Q", CHILDREN, implies(
        _SCHOOL_AGE & (col("went_on") > 0),
        _UPN.is_not_null()
        | _REASON.is_in(["UN2", "UN3", "UN4", "UN5", "UN6", "UN7"]).fill_null(False),
    ), of_year=True),
    cin("8772", CHILDREN, implies(_REASON == "UN7", col("went_on").fill_null(0) == 0)),
    cin("8790", DISABILITIES, implies(
        col("disa_disability_code") == "NONE", col("of_child") == col("alike")
    )),
    cin("8794", DISABILITIES, col("disa_person_id").is_null() | (col("alike") == 1)
        | col("disa_disability_code").is_null()),
    looked_after("101", CHILDREN, implies(_CARED, _listed("pers_sex", _SEXES))),
    looked_after("103", CHILDREN, implies(_CARED, _listed("pers_ethnicity", _ETHNICITIES))),
    looked_after("168", CHILDREN, implies(
        _CARED, _UPN.is_not_null() | _REASON.is_in(["UN1", "UN2", "UN3", "UN4", "UN5"])
    )),
    looked_after("209", CHILDREN, implies(
        _CARED & (_REASON == "UN1"), under(5, "year_end")
    ), of_year=True),
    looked_after("210", CHILDREN, implies(
        col("is_in_care") & (_REASON == "UN4"),
        col("entered_last") >= col("year_end").dt.offset_by("-7d"),
    ), of_year=True),
    looked_after("442", CHILDREN, implies(
        _CARED & ~col("short_breaks_only").fill_null(False),
        _UPN.is_not_null() | _REASON.is_not_null(),
    )),
    looked_after("444", CHILDREN, implies(
        _CARED, (col("upn_bearers") <= 1) & ~_REASON.is_in(["UN6", "UN7", "UN8", "UN9", "UN10"])
    )),
    looked_after("102", CHILDREN, implies(_CARED, _BORN.is_not_null())),
    looked_after("232", CHILDREN, implies(_CARED, _SEX != "U")),
    looked_after("301", CHILDREN, implies(_CARED, col("year_end") >= _BORN), of_year=True),
    looked_after("351", CHILDREN, implies(col("is_in_care"), under(26, "year_start")),
        of_year=True),
    looked_after("202", why=TWO_RETURNS),
    looked_after("203", why=TWO_RETURNS),
    looked_after("204", why=TWO_RETURNS),
    looked_after("208", why=TWO_RETURNS),
    looked_after("174", CHILDREN, implies(
        _CARED & ((_MOTHER == "Y") | (col("born_to_it") > 0)), _SEX != "M"
    )),
    looked_after("393", CHILDREN, implies(
        col("is_in_care") & (_SEX == "F"), _MOTHER.is_not_null()
    )),
    looked_after("607", CHILDREN, implies(
        _CARED & ~col("is_in_care") & (_SEX == "F"), _MOTHER.is_not_null()
    )),
    looked_after("611", CHILDREN, implies(
        _CARED & (_MOTHER == "Y") & col("tells_mothers"), col("born_to_it").fill_null(0) > 0
    )),
    looked_after("612", CHILDREN, implies(
        _CARED & (col("born_to_it") > 0), (_MOTHER == "Y").fill_null(False)
    )),
    looked_after("620", CHILDREN, implies(_CARED & (_MOTHER == "Y"), aged(11, "first_child"))),
    looked_after("621", CHILDREN, implies(_CARED, col("first_child") > _BORN)),
    looked_after("624", why=TWO_RETURNS),
    looked_after("625", CHILDREN, implies(
        ~col("is_in_care") & (col("left_care") >= col("year_start")),
        col("first_child") <= col("left_care"),
    ), of_year=True),
)  # fmt: skip
