"""The merge in SQL that SQLite, PostgreSQL and SQL Server all read."""

# ruff: noqa: S608 - the names and words in these texts are constants

from __future__ import annotations

from datetime import datetime

from scrambler.staging.dialect import Dialect
from scrambler.staging.table import DELETED, NEW, PENDING, SENT, TABLE, UNCHANGED

MORE_THAN_CHILDREN = "SELECT COUNT(*) - COUNT(DISTINCT person_id) AS n FROM {}"
"""Rows of a table beyond one a child, rows of nobody among them."""

_IS_SENT = f"LOWER(submission_status) = '{SENT.lower()}'"
_UNSENT = f"CASE WHEN {_IS_SENT} THEN 0 ELSE 1 END AS unsent"
_FRESH = (
    f"CASE WHEN LOWER(row_state) = '{NEW.lower()}' AND "
    f"(submission_status IS NULL OR NOT {_IS_SENT}) THEN 1 ELSE 0 END AS fresh"
)


def holds(table: str, row: str) -> str:
    """The condition that ``table`` has the child of ``row``."""
    return f"EXISTS (SELECT 1 FROM {table} o WHERE o.person_id = {row}.person_id)"


def forget(dialect: Dialect) -> str:
    """Remove Deleted rows whose child is back."""
    return (
        f"DELETE FROM {TABLE} WHERE LOWER(row_state) = '{DELETED.lower()}' "
        f"AND {holds(dialect.work, TABLE)}"
    )


def changed(dialect: Dialect) -> str:
    """Find rows whose hash differs and that have no edit yet, with their old and new payload.

    ``unsent`` is 1 where nobody sent the old one, ``fresh`` where nobody ever sent any.
    """
    return (
        "SELECT s.person_id, COALESCE(w.legacy_id, '') AS legacy_id, s.json_payload AS previous, "
        f"w.json_payload, w.current_hash, {_UNSENT}, {_FRESH} FROM {TABLE} s JOIN {dialect.work} w "
        "ON w.person_id = s.person_id "
        "WHERE (s.current_hash IS NULL OR s.current_hash <> w.current_hash) "
        f"AND NOT {holds(dialect.edits, 's')}"
    )


def gone(dialect: Dialect) -> str:
    """Find rows whose child has no payload any more and that have no edit yet."""
    return (
        "SELECT s.person_id, COALESCE(s.legacy_id, '') AS legacy_id, s.json_payload AS previous, "
        f"{_UNSENT} FROM {TABLE} s WHERE NOT {holds(dialect.work, 's')} "
        f"AND (s.row_state IS NULL OR LOWER(s.row_state) <> '{DELETED.lower()}') "
        f"AND NOT {holds(dialect.edits, 's')}"
    )


def losses(dialect: Dialect) -> str:
    """Count the children that are staged and not gone, and those that no payload names any more."""
    lost = f"CASE WHEN {holds(dialect.work, 's')} THEN 0 ELSE 1 END"
    # Counted outside: SQL Server sums no expression with a query in it.
    return (
        f"SELECT COUNT(*) AS staged, COALESCE(SUM(lost), 0) AS lost FROM (SELECT {lost} AS lost "
        f"FROM {TABLE} s WHERE row_state IS NULL OR LOWER(row_state) <> '{DELETED.lower()}') p"
    )


def widest(dialect: Dialect) -> str:
    """Return the bytes that no payload of either table exceeds."""
    return (
        f"SELECT MAX({dialect.bytes.format('json_payload')}) AS n FROM "
        f"(SELECT json_payload FROM {TABLE} UNION ALL SELECT json_payload FROM {dialect.work}) p"
    )


def count(dialect: Dialect, *, kept: bool) -> str:
    """Count the payloads to stage: all, or those whose child has a row already."""
    where = f" WHERE {holds(TABLE, 'w')}" if kept else ""
    return f"SELECT COUNT(*) AS n FROM {dialect.work} w{where}"


def apply(dialect: Dialect, now: datetime, *, whole: bool) -> tuple[str, str, str]:
    """Apply the edits, mark the other rows as Unchanged, and add those that are New.

    What nobody sent yet is not Unchanged to its receiver (C133) and keeps its state; ``whole`` is
    for a place that hands over everything it holds each time.
    """
    sent = "" if whole else f"AND {_IS_SENT} "
    moment = dialect.moment(now)
    return (
        f"UPDATE {TABLE} SET previous_json_payload = {TABLE}.json_payload, "
        f"previous_hash = {TABLE}.current_hash, legacy_id = e.legacy_id, "
        "json_payload = e.json_payload, partial_json_payload = e.partial_json_payload, "
        "current_hash = e.current_hash, row_state = e.row_state, "
        f"submission_status = '{PENDING}', submission_timestamp = NULL, api_response = NULL, "
        f"last_updated = {moment} FROM {dialect.edits} e WHERE e.person_id = {TABLE}.person_id",
        f"UPDATE {TABLE} SET row_state = '{UNCHANGED}' "
        f"WHERE (row_state IS NULL OR row_state <> '{UNCHANGED}') {sent}"
        f"AND NOT {holds(dialect.edits, TABLE)} AND {holds(dialect.work, TABLE)}",
        f"INSERT INTO {TABLE} (person_id, legacy_id, json_payload, partial_json_payload, "
        "current_hash, submission_status, row_state, last_updated) "
        "SELECT w.person_id, w.legacy_id, w.json_payload, w.json_payload, w.current_hash, "
        f"'{PENDING}', '{NEW}', {moment} FROM {dialect.work} w "
        f"WHERE NOT {holds(TABLE, 'w')} ORDER BY w.person_id",
    )
