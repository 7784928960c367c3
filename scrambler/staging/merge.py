"""The merge: payloads against what is staged, set-based, in the one transaction of a session.

Row by row: a child that is not there is New. One whose hash differs is Updated: payload and hash
move over to previous, the partial payload is worked out, and the status returns to Pending. One
with the same hash is Unchanged and keeps every other byte. One that no payload names is Deleted:
its payload becomes the deletion payload. A Deleted row stays as it is until its child comes back,
as New: whoever purged a child has nothing that a partial payload could change.

A row whose last payload nobody sent stays what it was to its receiver: a New one is New until it
was sent, none becomes Unchanged, and when it changes the partial payload is the whole of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

import polars as pl

from scrambler.errors import OutputError, VerificationError
from scrambler.payload import content_hash, deletion, validate
from scrambler.payload import partial as changes
from scrambler.staging import statements
from scrambler.staging.checked import checked
from scrambler.staging.session import Session
from scrambler.staging.table import DELETED, NEW, TABLE, UPDATED, Staged, table

_EDIT_ROWS = 5000
_LOAD_ROWS = 20_000


def merge(
    session: Session,
    slices: Iterable[pl.DataFrame],
    now: datetime,
    *,
    allow_deletions: bool = False,
    whole: bool = False,
) -> Staged:
    """Merge the payloads of ``slices`` into the staging table, and commit.

    Without ``allow_deletions``, VerificationError when nobody has a payload, or when more than half
    of the staged children have none any more. ``whole`` is for a place that hands over all it holds
    each time, so that nothing is ever left unsent there.

    VerificationError when a payload is not valid or two are of one child; OutputError when the
    table holds what this program cannot work with. Nothing has changed then.
    """
    dialect = session.dialect
    _load(session, slices)
    ensure_table(session)
    session.execute(dialect.lock)
    if strange := _number(session, statements.MORE_THAN_CHILDREN.format(TABLE)):
        raise OutputError(
            f"{TABLE} holds {strange} rows more than children, and there is one row a child. "
            "Remove them, or drop the table: it is made anew."
        )
    payloads = _number(session, statements.count(dialect, kept=False))
    if not allow_deletions:
        _refuse_losses(session, payloads)
    session.execute(statements.forget(dialect))
    updated, unsent_updated = _edit(
        session, statements.changed(dialect), partial(_update, whole=whole)
    )
    deleted, unsent_deleted = _edit(session, statements.gone(dialect), _delete)
    kept = _number(session, statements.count(dialect, kept=True))
    for statement in statements.apply(dialect, now, whole=whole):
        session.execute(statement)
    session.commit()
    return Staged(
        new=payloads - kept,
        updated=updated,
        unchanged=kept - updated,
        deleted=deleted,
        unsent=0 if whole else unsent_updated + unsent_deleted,
    )


def ensure_table(session: Session) -> None:
    """Create the staging table when it is absent.

    OutputError when the name belongs to anything but a plain table, which might lead to the live
    one, or when a column is missing.
    """
    found = session.query(session.dialect.relation)
    if not found.height:
        session.execute(session.dialect.create)
    elif not found.item():
        raise OutputError(
            f"{TABLE} is no plain table in this database but leads to another, as views, "
            "partitions, rules and triggers do; drop it"
        )
    columns = ", ".join(table().columns)
    try:
        session.query(f"SELECT {columns} FROM {TABLE} WHERE 1 = 0")  # noqa: S608
    except OutputError:
        raise OutputError(
            f"{TABLE} cannot be read with the columns that staging has: it was made by something "
            "else, or this user may not read it. Drop it (it is made anew), or ask for the right. "
            "Nothing was staged."
        ) from None


def _refuse_losses(session: Session, payloads: int) -> None:
    """Few or no payloads are more often half an output or a wrong day than children who left."""
    staged, lost = map(int, session.query(statements.losses(session.dialect)).row(0))
    if not payloads or 2 * lost > staged:
        raise VerificationError(
            f"{lost} of the {staged} children staged would be Deleted, and {payloads} have a "
            "payload; nothing was staged. Is it the right output, and the right day (--as-of)? "
            "If it is, say --allow-deletions."
        )


def _load(session: Session, slices: Iterable[pl.DataFrame]) -> None:
    """Fill the work table, which nobody else sees and which locks nothing."""
    dialect = session.dialect
    for statement in dialect.create_temporary:
        session.execute(statement)
    for rows in checked(slices):
        for part in rows.iter_slices(_LOAD_ROWS):
            session.load(dialect.work, part)
    for name in (dialect.work, dialect.edits):
        index = f"{name.removeprefix('#')}_person"
        session.execute(f"CREATE INDEX {index} ON {name} (person_id)")
    if twins := _number(session, statements.MORE_THAN_CHILDREN.format(dialect.work)):
        raise VerificationError(f"{twins} children have more than one payload; nothing was staged")


def _edit(
    session: Session, query: str, edit: Callable[[pl.DataFrame], pl.DataFrame]
) -> tuple[int, int]:
    """Fill the edits from what ``query`` finds, some at a time, until it finds nothing.

    Return how many there are, and of how many the last payload was never sent.
    """
    dialect = session.dialect
    widest = _number(session, statements.widest(dialect))
    done = unsent = 0
    while (rows := session.query(dialect.limited(query, _EDIT_ROWS), widest)).height:
        edited = _edited(rows, edit)
        legacy = pl.when(pl.col("legacy_id") != "").then("legacy_id").alias("legacy_id")
        others = ("json_payload", "current_hash", "partial_json_payload", "row_state")
        session.load(dialect.edits, edited.select("person_id", legacy, *others))
        done += rows.height
        unsent += int(rows["unsent"].sum())
    return done, unsent


def _edited(rows: pl.DataFrame, edit: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
    remedy = "Remove them, or drop the table: it is made anew."
    try:
        edited = edit(rows)
    except (ValueError, TypeError, AttributeError):
        raise OutputError(f"{TABLE} holds payloads that are no JSON objects. {remedy}") from None
    faults = validate(edited["partial_json_payload"])
    if faults.height:
        raise OutputError(
            f"{TABLE} holds {faults['index'].n_unique()} payloads that no valid change can be sent "
            f"of. {remedy}"
        )
    return edited


def _update(rows: pl.DataFrame, *, whole: bool) -> pl.DataFrame:
    unsent, fresh = (
        pl.lit(False) if whole else pl.col(name).cast(pl.Int64) == 1 for name in ("unsent", "fresh")
    )
    known = rows.select(pl.when(~unsent).then("previous")).to_series()
    return rows.with_columns(
        changes(known, rows["json_payload"]).alias("partial_json_payload"),
        row_state=pl.when(fresh).then(pl.lit(NEW)).otherwise(pl.lit(UPDATED)),
    )


def _delete(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        deletion(rows["previous"]).alias("json_payload"), row_state=pl.lit(DELETED)
    ).with_columns(
        content_hash(pl.col("json_payload")).alias("current_hash"),
        partial_json_payload="json_payload",
    )


def _number(session: Session, query: str) -> int:
    return int(session.query(query).item() or 0)
