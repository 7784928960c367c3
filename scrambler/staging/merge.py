"""The merge: payloads against what is staged, set-based, in the one transaction of a session.

Row by row: a child that is not there is New. One whose hash differs is Updated: payload and hash
move over to previous, the partial payload is worked out, and the status returns to Pending. One with
the same hash is Unchanged and keeps every other byte. One that no payload names is Deleted: its
payload becomes the deletion payload. A Deleted row stays as it is until its child comes back, as New:
whoever purged a child has nothing that a partial payload could change.

Row states and partial payloads compare with what was staged before, whether or not it was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

import polars as pl

from scrambler.errors import OutputError, VerificationError
from scrambler.payload import content_hash, deletion, partial, validate
from scrambler.staging.checked import checked
from scrambler.staging.dialect import Dialect
from scrambler.staging.session import Session
from scrambler.staging.table import (
    DELETED,
    NEW,
    PENDING,
    SENT,
    TABLE,
    UNCHANGED,
    UPDATED,
    Staged,
    table,
)

_EDIT_ROWS = 5000
_LOAD_ROWS = 20_000

_THERE = "EXISTS (SELECT 1 FROM {other} o WHERE o.person_id = {one}.person_id)"
_NOT_SENT = f"CASE WHEN LOWER(s.submission_status) = '{SENT.lower()}' THEN 0 ELSE 1 END AS unsent"


def merge(session: Session, slices: Iterable[pl.DataFrame], now: datetime) -> Staged:
    """Merge the payloads of ``slices`` into the staging table, and commit.

    VerificationError when a payload is not valid or two are of one child; OutputError when the
    table holds what this program cannot work with. Nothing has changed then.
    """
    dialect = session.dialect
    for statement in dialect.create_temporary:
        session.execute(statement)
    for rows in checked(slices):
        for part in rows.iter_slices(_LOAD_ROWS):
            session.load(dialect.work, part)
    for name in (dialect.work, dialect.edits):
        index = f"{name.removeprefix('#')}_person"
        session.execute(f"CREATE INDEX {index} ON {name} (person_id)")
    _refuse_twins(session)
    ensure_table(session)
    session.execute(dialect.lock)
    _refuse_strange_rows(session)
    there, gone = (_THERE.format(other=dialect.work, one=one) for one in (TABLE, "s"))
    session.execute(
        f"DELETE FROM {TABLE} WHERE LOWER(row_state) = '{DELETED.lower()}' AND {there}"  # noqa: S608
    )
    updated, unsent = _edits(session, _changed(dialect), _update)
    deleted, unsent_too = _edits(session, _gone(gone), _delete)
    rows_staged, rows_kept = _number(session, f"SELECT COUNT(*) FROM {dialect.work}"), _number(
        session,
        f"SELECT COUNT(*) FROM {dialect.work} w WHERE {_THERE.format(other=TABLE, one='w')}",  # noqa: S608
    )
    for statement in _statements(dialect, now):
        session.execute(statement)
    session.commit()
    return Staged(
        new=rows_staged - rows_kept,
        updated=updated,
        unchanged=rows_kept - updated,
        deleted=deleted,
        unsent=unsent + unsent_too,
    )


def ensure_table(session: Session) -> None:
    """Create the staging table when it is absent.

    OutputError when the name belongs to a view or synonym, which might lead to the live table, or
    when a column is missing.
    """
    found = session.query(session.dialect.relation)
    if not found.height:
        session.execute(session.dialect.create)
    elif not found.item():
        raise OutputError(f"{TABLE} is no table in this database but leads to another; drop it")
    session.query(f"SELECT {', '.join(table().columns)} FROM {TABLE} WHERE 1 = 0")  # noqa: S608


def _refuse_twins(session: Session) -> None:
    twins = _number(
        session,
        f"SELECT COUNT(*) - COUNT(DISTINCT person_id) FROM {session.dialect.work}",  # noqa: S608
    )
    if twins:
        raise VerificationError(f"{twins} children have more than one payload; nothing was staged")


def _refuse_strange_rows(session: Session) -> None:
    strange = _number(session, f"SELECT COUNT(*) - COUNT(DISTINCT person_id) FROM {TABLE}")  # noqa: S608
    if strange:
        raise OutputError(
            f"{TABLE} holds {strange} rows more than children, and there is one row a child. Remove "
            "them, or drop the table: it is made anew."
        )


def _changed(dialect: Dialect) -> str:
    return (
        "SELECT s.person_id, COALESCE(w.legacy_id, '') AS legacy_id, s.json_payload AS previous, "
        f"w.json_payload, w.current_hash, {_NOT_SENT} FROM {TABLE} s JOIN {dialect.work} w "  # noqa: S608
        "ON w.person_id = s.person_id "
        "WHERE (s.current_hash IS NULL OR s.current_hash <> w.current_hash)"
    )


def _gone(there: str) -> str:
    return (
        "SELECT s.person_id, COALESCE(s.legacy_id, '') AS legacy_id, s.json_payload AS previous, "
        f"{_NOT_SENT} FROM {TABLE} s WHERE NOT {there} "  # noqa: S608
        f"AND (s.row_state IS NULL OR LOWER(s.row_state) <> '{DELETED.lower()}')"
    )


def _update(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        partial(rows["previous"], rows["json_payload"]).alias("partial_json_payload"),
        row_state=pl.lit(UPDATED),
    )


def _delete(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        deletion(rows["previous"]).alias("json_payload"), row_state=pl.lit(DELETED)
    ).with_columns(
        content_hash(pl.col("json_payload")).alias("current_hash"),
        partial_json_payload="json_payload",
    )


def _edits(
    session: Session, query: str, edit: Callable[[pl.DataFrame], pl.DataFrame]
) -> tuple[int, int]:
    """Fill the edits from what ``query`` finds, some at a time; return how many, and how many unsent."""
    dialect = session.dialect
    # What has its edit is not found again.
    query += f" AND NOT {_THERE.format(other=dialect.edits, one='s')}"
    widest = _number(
        session,
        f"SELECT MAX({dialect.bytes.format('json_payload')}) FROM (SELECT json_payload FROM {TABLE} "  # noqa: S608
        f"UNION ALL SELECT json_payload FROM {dialect.work}) p",
    )
    done = unsent = 0
    while (rows := session.query(dialect.limited(query, _EDIT_ROWS), widest)).height:
        try:
            edited = edit(rows)
        except (ValueError, TypeError, AttributeError):
            raise OutputError(
                f"{TABLE} holds payloads that are no JSON objects. Remove them, or drop the table: "
                "it is made anew."
            ) from None
        faults = validate(edited["partial_json_payload"])
        if faults.height:
            raise VerificationError(
                f"{faults['index'].n_unique()} changes cannot be told from what is staged in "
                f"{TABLE}: what would be sent is not valid. Drop the table: it is made anew."
            )
        session.load(
            dialect.edits,
            edited.select(
                "person_id",
                pl.when(pl.col("legacy_id") != "").then("legacy_id").alias("legacy_id"),
                *("json_payload", "current_hash", "partial_json_payload", "row_state"),
            ),
        )
        done += rows.height
        unsent += int(rows["unsent"].sum())
    return done, unsent


def _statements(dialect: Dialect, now: datetime) -> tuple[str, str, str]:
    moment = dialect.moment(now)
    edited = _THERE.format(other=dialect.edits, one=TABLE)
    return (
        f"UPDATE {TABLE} SET previous_json_payload = {TABLE}.json_payload, "  # noqa: S608
        f"previous_hash = {TABLE}.current_hash, legacy_id = e.legacy_id, "
        "json_payload = e.json_payload, partial_json_payload = e.partial_json_payload, "
        "current_hash = e.current_hash, row_state = e.row_state, "
        f"submission_status = '{PENDING}', submission_timestamp = NULL, api_response = NULL, "
        f"last_updated = {moment} FROM {dialect.edits} e WHERE e.person_id = {TABLE}.person_id",
        f"UPDATE {TABLE} SET row_state = '{UNCHANGED}' "  # noqa: S608
        f"WHERE (row_state IS NULL OR row_state <> '{UNCHANGED}') AND NOT {edited} "
        f"AND {_THERE.format(other=dialect.work, one=TABLE)}",
        f"INSERT INTO {TABLE} (person_id, legacy_id, json_payload, partial_json_payload, "  # noqa: S608
        "current_hash, submission_status, row_state, last_updated) "
        "SELECT w.person_id, w.legacy_id, w.json_payload, w.json_payload, w.current_hash, "
        f"'{PENDING}', '{NEW}', {moment} FROM {dialect.work} w "
        f"WHERE NOT {_THERE.format(other=TABLE, one='w')} ORDER BY w.person_id",
    )


def _number(session: Session, query: str) -> int:
    return int(session.query(query).item() or 0)
