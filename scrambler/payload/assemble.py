"""Payloads from tables: one row a child, a slice of the children at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from scrambler.errors import VerificationError
from scrambler.payload.child import PERSON, child_details, health_and_wellbeing
from scrambler.payload.cohort import cohort
from scrambler.payload.episodes import social_care_episodes
from scrambler.payload.json_text import PURGE, json_object, member, nested, trimmed
from scrambler.payload.limits import max_length
from scrambler.payload.projection import content_hash
from scrambler.payload.tables import Tables, among, latest
from scrambler.payload.window import Window, window


def build(tables: Tables, as_of: date) -> pl.DataFrame:
    """Return the payloads of all children of the cohort, ordered by person id.

    Columns: ``person_id`` (la_child_id), ``legacy_id`` (mis_child_id, null when the child has
    none), ``json_payload`` (canonical text) and ``current_hash`` (32 bytes, `content_hash`).
    Raises VerificationError when two children share an id at the length of the payload.
    """
    return pl.concat(build_slices(tables, as_of, 1))


def build_slices(tables: Tables, as_of: date, slices: int) -> Iterator[pl.DataFrame]:
    """Yield what `build` returns in at most ``slices`` (1 or more) frames of equal size.

    The ids of the whole cohort are in memory, and of one slice at a time its rows and payloads:
    memory is that of the largest slice, while every table streams past once or twice a slice. The
    frames joined are the same whatever ``slices`` is.
    """
    ids = cohort(tables, as_of).collect(engine="streaming")["person_id"].sort()
    _check_distinct(ids)
    size = max(1, -(-len(ids) // slices))
    when = window(as_of)
    # An empty cohort is one empty frame.
    for offset in range(0, max(1, len(ids)), size):
        yield _payloads(tables, ids.slice(offset, size), when)


def _check_distinct(ids: pl.Series) -> None:
    most = max_length("la_child_id")
    lost = len(ids) - ids.to_frame().select(trimmed("person_id", most)).n_unique()
    if lost:
        raise VerificationError(
            f"ssd_person.pers_person_id: {lost} children share their first {most} characters"
            " with another, and a payload has no room for more"
        )


def _payloads(tables: Tables, ids: pl.Series, when: Window) -> pl.DataFrame:
    rows = among(tables, "ssd_person", "pers_person_id", ids, PERSON[1:])
    people = latest(rows, "pers_person_id").collect()
    children = people.lazy().select(
        pl.col("pers_person_id").alias("key"),
        trimmed("pers_person_id", max_length("la_child_id")).alias("person_id"),
        trimmed("pers_legacy_id", max_length("mis_child_id")).alias("legacy_id"),
    )
    for part in (
        child_details(tables, people, when),
        health_and_wellbeing(tables, people, when),
        social_care_episodes(tables, people, when),
    ):
        children = children.join(part.rename({"person_id": "key"}), on="key", how="left")
    payload = json_object(
        member("la_child_id", pl.col("person_id")),
        member("mis_child_id", pl.col("legacy_id")),
        PURGE,
        nested("child_details", pl.col("child_details")),
        nested("health_and_wellbeing", pl.col("health_and_wellbeing")),
        nested("social_care_episodes", pl.col("social_care_episodes")),
    )
    return (
        children.sort("key")
        .select("person_id", "legacy_id", payload.alias("json_payload"))
        .with_columns(content_hash(pl.col("json_payload")).alias("current_hash"))
        .collect()
    )
