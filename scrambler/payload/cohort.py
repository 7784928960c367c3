"""Who has a payload: children by age and by what the authority did for them in the window.

Source: payload_fields.csv, ``(transport) cohort``, and the builder of staging build 0.4.8 where the
facts are silent: born by the end of the window, and a looked-after episode counts by its referral
or by a placement of its period of care.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from scrambler.payload.tables import Tables, read
from scrambler.payload.window import Window, window

_ADULT = 26

COHORT_COLUMNS = {
    "ssd_person": ("pers_person_id", "pers_dob", "pers_expected_dob"),
    "ssd_cin_episodes": (
        "cine_referral_id",
        "cine_person_id",
        "cine_referral_date",
        "cine_close_date",
    ),
    "ssd_cin_assessments": ("cina_referral_id", "cina_assessment_start_date"),
    "ssd_cin_plans": ("cinp_person_id", "cinp_cin_plan_start_date", "cinp_cin_plan_end_date"),
    "ssd_cla_episodes": ("clae_person_id", "clae_cla_id", "clae_referral_id"),
    "ssd_cla_placement": (
        "clap_cla_id",
        "clap_cla_placement_start_date",
        "clap_cla_placement_end_date",
    ),
}
"""All that decides whether a child has a payload, by table: nothing else is read here."""


def cohort(tables: Tables, as_of: date) -> pl.LazyFrame:
    """Return ``person_id`` (uncut), once each, of the children with a payload on ``as_of``.

    The care leaver route has no branch of its own: it asks for an open referral made by the end of
    the window, and whoever has one is in already.
    """
    when = window(as_of)
    routes = pl.concat(
        [
            _referred(tables, when),
            _waiting(tables, when),
            _planned(tables, when),
            _placed(tables, when),
        ]
    )
    return _people(tables, when).join(routes, on="person_id", how="semi")


def cohort_size(tables: Tables, as_of: date) -> int:
    """Return the number of children with a payload on ``as_of``."""
    size: int = cohort(tables, as_of).select(pl.len()).collect(engine="streaming").item()
    return size


def matters(table: str, when: Window) -> pl.Expr:
    """Return where a row of ``table`` can decide whether a child has a payload; never null.

    ``cohort`` gives the same answer without the other rows.
    """
    rows = {
        "ssd_person": _of_age(when),
        "ssd_cin_episodes": when.meets("cine_referral_date", "cine_close_date")
        | pl.col("cine_close_date").is_null(),
        "ssd_cin_assessments": pl.col("cina_assessment_start_date").is_not_null(),
        "ssd_cin_plans": when.meets("cinp_cin_plan_start_date", "cinp_cin_plan_end_date"),
        "ssd_cla_placement": when.meets(
            "clap_cla_placement_start_date", "clap_cla_placement_end_date"
        ),
    }
    return rows.get(table, pl.lit(True)).fill_null(False)


def _of_age(when: Window) -> pl.Expr:
    """Born by the end of the window and not 26 before it starts, or expected within it.

    The window starts on 1 April, so no 29 February is near that birthday.
    """
    born = pl.col("pers_dob")
    cutoff = when.start.replace(year=when.start.year - _ADULT)
    return ((born > cutoff) & (born <= when.end)) | (
        born.is_null() & when.holds("pers_expected_dob")
    )


def _read(tables: Tables, table: str) -> pl.LazyFrame:
    return read(tables, table, *COHORT_COLUMNS[table])


def _people(tables: Tables, when: Window) -> pl.LazyFrame:
    people = _read(tables, "ssd_person")
    return people.filter(
        pl.col("pers_person_id").is_not_null() & matters("ssd_person", when)
    ).select(pl.col("pers_person_id").alias("person_id").unique())


def referrals(tables: Tables, when: Window) -> pl.LazyFrame:
    """Return ``referral_id`` and ``person_id`` of the referrals open on a day of the window."""
    return (
        _read(tables, "ssd_cin_episodes")
        .filter(when.meets("cine_referral_date", "cine_close_date"))
        .select(referral_id="cine_referral_id", person_id="cine_person_id")
    )


def _referred(tables: Tables, when: Window) -> pl.LazyFrame:
    return referrals(tables, when).select("person_id")


def _waiting(tables: Tables, when: Window) -> pl.LazyFrame:
    """Open referrals, of whatever date, no assessment of which has started."""
    started = _read(tables, "ssd_cin_assessments").filter(matters("ssd_cin_assessments", when))
    return (
        _read(tables, "ssd_cin_episodes")
        .filter(pl.col("cine_close_date").is_null())
        .join(started, left_on="cine_referral_id", right_on="cina_referral_id", how="anti")
        .select(person_id="cine_person_id")
    )


def _planned(tables: Tables, when: Window) -> pl.LazyFrame:
    return (
        _read(tables, "ssd_cin_plans")
        .filter(matters("ssd_cin_plans", when))
        .select(person_id="cinp_person_id")
    )


def _placed(tables: Tables, when: Window) -> pl.LazyFrame:
    episodes = _read(tables, "ssd_cla_episodes").select(
        person_id="clae_person_id", cla_id="clae_cla_id", referral_id="clae_referral_id"
    )
    placements = (
        _read(tables, "ssd_cla_placement")
        .filter(matters("ssd_cla_placement", when))
        .select(cla_id="clap_cla_id")
    )
    return pl.concat(
        [
            episodes.join(referrals(tables, when), on="referral_id", how="semi"),
            episodes.join(placements, on="cla_id", how="semi"),
        ]
    ).select("person_id")
