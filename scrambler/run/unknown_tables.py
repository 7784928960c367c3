"""Tables called ``ssd_…`` that are not of the SSD: left unread, or known ones renamed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches

from scrambler.errors.redact import shown
from scrambler.sources import SourceColumn
from scrambler.ssd import TableSpec

PREFIX = "ssd_"
_NEAR = 0.8

Schema = Mapping[str, Mapping[str, SourceColumn]]


def findings(
    schema: Schema, unknown: Iterable[str], spec: Mapping[str, TableSpec]
) -> Iterator[str]:
    """Yield a finding for each ``unknown`` table that may be a known one under another name.

    A table is no leak while nobody reads it. But one that stands for a known table which is missing
    would be lost unsaid: `ssd_familys` for `ssd_family`, or anything with half of its columns.
    """
    missing = {name: spec[name] for name in spec if name not in schema}
    for name in unknown:
        if known := _stands_for(name, schema[name], missing):
            yield (
                f"{shown(name)}: no table of the SSD, though it may be {known}, which is missing. "
                f"Rename it, or say that it is not: a line {shown(name)},*,omit,, in a policy of "
                "your own (--policy)."
            )


def _stands_for(
    name: str, columns: Collection[str], missing: Mapping[str, TableSpec]
) -> str | None:
    bare = {known.removeprefix(PREFIX): known for known in missing}
    if near := get_close_matches(name.removeprefix(PREFIX), bare, n=1, cutoff=_NEAR):
        return bare[near[0]]
    for known, table in missing.items():
        shared = sum(column.lower() in columns for column in table.columns)
        if 2 * shared >= len(table.columns):
            return known
    return None
