"""Looked-after placements of a referral, and the adoption and leaving care of a child."""

from __future__ import annotations

import polars as pl

from scrambler.payload.codes import code_of, cut_code, meant
from scrambler.payload.json_text import (
    PURGE,
    cut_text,
    day,
    json_arrays,
    json_object,
    member,
    said,
)
from scrambler.payload.limits import max_length
from scrambler.payload.tables import Tables, among, latest
from scrambler.payload.window import Window


def placements(tables: Tables, referrals: pl.Series, when: Window) -> pl.LazyFrame:
    """Return ``referral_id`` and ``array``: `child_looked_after_placements` that meet the window.

    A placement belongs to each referral that an episode of its period of care names. Newest start
    first, then the greatest row id.
    """
    periods = (
        among(tables, "ssd_cla_episodes", "clae_referral_id", referrals, ("clae_cla_id",))
        .select(referral_id="clae_referral_id", cla_id="clae_cla_id")
        .drop_nulls()
        .unique()
        .collect()
    )
    key, start, end = (
        "clap_cla_placement_id",
        "clap_cla_placement_start_date",
        "clap_cla_placement_end_date",
    )
    postcode, kind, reason = (
        "clap_cla_placement_postcode",
        "clap_cla_placement_type",
        "clap_cla_placement_change_reason",
    )
    table, columns = "ssd_cla_placement", (key, start, end, postcode, kind, reason)
    rows = among(tables, table, "clap_cla_id", periods["cla_id"], columns)
    item = json_object(
        cut_text("child_looked_after_placement_id", key),
        day("start_date", pl.col(start)),
        member("start_reason", pl.col("start_reason")),
        member("postcode", said(pl.col(postcode))),
        # The known builder cuts here, wider than the limit.
        member("placement_type", code_of(table, kind, 3)),
        day("end_date", pl.when(pl.col(end) >= pl.col(start)).then(pl.col(end))),
        member("end_reason", pl.col("end_reason")),
        member("change_reason", pl.coalesce(meant(table, reason), said(pl.col(reason)))),
        PURGE,
    )
    found = (
        rows.filter(when.meets(start, end))
        .rename({"clap_cla_id": "cla_id"})
        .join(periods.lazy(), on="cla_id")
        .join(_reasons(tables, periods["cla_id"]), on="cla_id", how="left")
    )
    return json_arrays(found, "referral_id", (start, key), item)


def _reasons(tables: Tables, cla_ids: pl.Series) -> pl.LazyFrame:
    """The alphabetic least reasons over all episodes of a period of care, by code point."""
    table, started, ceased = (
        "ssd_cla_episodes",
        "clae_cla_episode_start_reason",
        "clae_cla_episode_ceased_reason",
    )
    cut = said(pl.col(ceased)).str.head(max_length("end_reason")).str.replace_all(r"[ \t\r\n]", "")
    ended = pl.coalesce(meant(table, ceased), cut)
    return (
        among(tables, table, "clae_cla_id", cla_ids, (started, ceased))
        .group_by(cla_id="clae_cla_id")
        .agg(
            code_of(table, started, max_length("start_reason")).min().alias("start_reason"),
            pl.when(ended != "").then(ended).min().alias("end_reason"),
        )
    )


def adoption(tables: Tables, ids: pl.Series, when: Window) -> pl.LazyFrame:
    """Return ``person_id`` and ``adoption`` of those with one of the three dates in the window.

    Found by person id or through the period of care; the latest placed, else matched, else decision
    date wins, then the greatest row id.
    """
    decided, matched, placed = (
        "perm_adm_decision_date",
        "perm_matched_date",
        "perm_placed_for_adoption_date",
    )
    columns = ("perm_table_id", decided, matched, placed)
    periods = (
        among(tables, "ssd_cla_episodes", "clae_person_id", ids, ("clae_cla_id",))
        .select(person_id="clae_person_id", perm_cla_id="clae_cla_id")
        .unique()
        .collect()
    )
    by_person = among(tables, "ssd_permanence", "perm_person_id", ids, columns).rename(
        {"perm_person_id": "person_id"}
    )
    by_period = (
        among(tables, "ssd_permanence", "perm_cla_id", periods["perm_cla_id"], columns)
        .join(periods.lazy(), on="perm_cla_id")
        .select("person_id", *columns)
    )
    rows = (
        pl.concat([by_person.select("person_id", *columns), by_period])
        .filter(when.holds(decided) | when.holds(matched) | when.holds(placed))
        .with_columns(newest=pl.coalesce(placed, matched, decided))
    )
    return latest(rows, "person_id", "newest", "perm_table_id").select(
        "person_id",
        json_object(
            day("initial_decision_date", pl.col(decided)),
            day("matched_date", pl.col(matched)),
            day("placed_date", pl.col(placed)),
            PURGE,
        ).alias("adoption"),
    )


def care_leavers(tables: Tables, ids: pl.Series) -> pl.LazyFrame:
    """Return ``person_id`` and ``care_leavers``: latest contact, then activity, accommodation.

    No window. The row id breaks no tie: some systems draw it anew on every run.
    """
    contact, activity, accommodation = (
        "clea_care_leaver_latest_contact",
        "clea_care_leaver_activity",
        "clea_care_leaver_accommodation",
    )
    rows = among(
        tables, "ssd_care_leavers", "clea_person_id", ids, (contact, activity, accommodation)
    )
    return latest(rows, "clea_person_id", contact, activity, accommodation).select(
        pl.col("clea_person_id").alias("person_id"),
        json_object(
            day("contact_date", pl.col(contact)),
            cut_code("activity", "ssd_care_leavers", activity),
            cut_code("accommodation", "ssd_care_leavers", accommodation),
            PURGE,
        ).alias("care_leavers"),
    )
