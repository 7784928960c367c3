"""Payloads on their way into staging: each valid against the schema, or none is staged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from scrambler.errors import VerificationError
from scrambler.payload import validate
from scrambler.staging.table import table

PAYLOAD = ("person_id", "legacy_id", "json_payload", "current_hash")
"""The columns of a slice of payloads, as `scrambler.payload.build` gives them."""

_SHOWN = 20


def checked(slices: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Yield the slices, typed, until a payload fails; look at all the rest, then raise.

    VerificationError says of how many children payloads break each rule of the schema at each JSON
    path, and names one of them by pseudonym. The ids inside a payload must be those beside it.
    """
    failed: list[pl.DataFrame] = []
    for rows in slices:
        typed = rows.select(pl.col(name).cast(table().columns[name].dtype) for name in PAYLOAD)
        found = _breaches(typed)
        if found.height:
            failed.append(found)
        if not failed:
            yield typed
    if failed:
        raise VerificationError(_report(pl.concat(failed)))


def _breaches(rows: pl.DataFrame) -> pl.DataFrame:
    found = validate(rows["json_payload"]).with_columns(
        person_id=pl.lit(rows["person_id"]).gather("index")
    )
    sent = pl.col("json_payload").str
    adrift = rows.filter(
        sent.json_path_match("$.la_child_id").ne_missing(pl.col("person_id"))
        | sent.json_path_match("$.mis_child_id").ne_missing(pl.col("legacy_id"))
        | pl.col("current_hash").is_null()
    ).select("person_id", path=pl.lit("$"), rule=pl.lit("ids and hash of its row"))
    return pl.concat([found.select("person_id", "path", "rule"), adrift])


def _report(found: pl.DataFrame) -> str:
    person = pl.col("person_id").fill_null("?")
    places = (
        found.group_by(pl.col("path").str.replace_all(r"\[\d+\]", "[]"), "rule")
        .agg(children=person.n_unique(), child=person.min())
        .sort("children", "path", "rule", descending=[True, False, False])
    )
    lines = places.head(_SHOWN).select(
        pl.format("{} breaks `{}`: {} children, such as {}", "path", "rule", "children", "child")
    )
    more = places.height - _SHOWN
    return "\n".join(
        [
            f"Payloads of {found['person_id'].n_unique()} children are not valid; nothing was "
            "staged:",
            *lines.to_series(),
            *([f"... and {more} more places"] if more > 0 else []),
        ]
    )
