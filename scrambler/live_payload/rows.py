"""The rows of the live staging table that count: the newest of each child who is not gone.

SQL Server's builder keeps a row a child and marks a leaver by its ``row_state`` alone; PostgreSQL's
adds a row for each change. Of the table nothing is read but the ids, the state and the current
payload.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from scrambler.live_payload.as_built import without_nulls
from scrambler.resources.progress import Progress, Silent
from scrambler.sources import Source
from scrambler.ssd.row_states import DELETED
from scrambler.staging.table import LIVE_TABLE

STAGE = "live staging"
"""What progress is told of: rows of the live table, whether or not they count."""

_ROWS = 2000
_NARROW_ROWS = 50_000
_READ = ("person_id", "legacy_id", "json_payload")


def current(source: Source, progress: Progress | None = None) -> Iterator[pl.DataFrame]:
    """Yield person_id, legacy_id and json_payload of the newest row of every child not gone.

    ``legacy_id`` is null where the table is of a build without it. Without ``id`` or ``row_state``
    every row counts. SourceError when there is no such table.
    """
    held, progress = source.tables().get(LIVE_TABLE, {}), progress or Silent()
    newest = _newest(source) if "id" in held else None
    wanted = [name for name in (*_READ, "id", "row_state") if name in held or name in _REQUIRED]
    for rows in source.read(LIVE_TABLE, wanted, _ROWS):
        found = rows.select(pl.all().cast(pl.String))
        if newest is not None:
            found = found.with_columns(_number()).join(
                newest, on=["person_id", "id"], how="semi", nulls_equal=True, maintain_order="left"
            )
        if "row_state" in held:
            state = pl.col("row_state").str.strip_chars().str.to_lowercase()
            found = found.filter(state.ne_missing(DELETED.lower()))
        absent = [pl.lit(None, dtype=pl.String).alias(n) for n in _READ if n not in wanted]
        yield found.with_columns(absent).select(_READ)
        progress.advance(STAGE, rows.height)


_REQUIRED = ("person_id", "json_payload")


def payloads(source: Source, progress: Progress | None = None) -> Iterator[pl.Series]:
    """Yield the payloads of the children that are not gone, their nulls left out."""
    for rows in current(source, progress):
        text = pl.col("json_payload").str
        # The word in quotes is no deletion: it is left for the schema to refuse.
        said = text.contains(r'"purge"\s*:\s*"').fill_null(False)
        gone = text.json_path_match("$.purge").eq_missing("true") & ~said
        found = rows.filter(~gone)["json_payload"]
        if len(found):
            yield without_nulls(found)


def _newest(source: Source) -> pl.DataFrame | None:
    """Return person_id and the greatest id of each; None where each has one row."""
    parts, rows = [], 0
    for narrow in source.read(LIVE_TABLE, ["person_id", "id"], _NARROW_ROWS):
        rows += narrow.height
        typed = narrow.select(pl.col("person_id").cast(pl.String), _number())
        parts.append(typed.group_by("person_id").agg(pl.col("id").max()))
    if not parts:
        return None
    found = pl.concat(parts).group_by("person_id").agg(pl.col("id").max())
    return found if found.height < rows else None


def _number() -> pl.Expr:
    return pl.col("id").cast(pl.String).cast(pl.Int64, strict=False)
