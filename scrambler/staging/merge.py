"""The merge: payloads against what is staged, set-based, in the one transaction of a session.

Row by row: a child that is not there is New. One whose hash differs is Updated: what the receiver
holds stays in previous, the partial payload is the way from there, and the status is pending again.
One with the same hash is Unchanged and keeps every other byte, but for ids that are others now. One
that no payload names is Deleted: its payload becomes the deletion payload, which is how the gone
are known from then on, whatever a sender writes beside it. Once the deletion was sent, the child
can come back as New.

A child that is gone before anybody tried to send it is removed. A row that was never sent stays New
until it is; after a failed try nobody knows what the receiver holds, and the whole is sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import polars as pl

from scrambler.errors import OutputError, VerificationError
from scrambler.payload import content_hash, deletion, validate
from scrambler.payload import partial as differences
from scrambler.ssd.row_states import DELETED, NEW, UPDATED
from scrambler.staging.checked import checked
from scrambler.staging.session import Session
from scrambler.staging.settings import DEFAULT, MergeSettings
from scrambler.staging.statements import IS_SAMPLE, MORE_THAN_CHILDREN, Statements, counted
from scrambler.staging.table import SENT, TABLE, Staged, table

_EDIT_ROWS = 5000
_NAME_BYTES = 512  # the longest name of a column or type: 128 characters of up to four bytes
_LOAD_ROWS = 20_000


def merge(
    session: Session,
    slices: Iterable[pl.DataFrame],
    now: datetime,
    settings: MergeSettings = DEFAULT,
    *,
    whole: bool = False,
) -> Staged:
    """Merge the payloads of ``slices`` into the staging table, and commit.

    ``whole`` is for a place that hands over all it holds each time, so that nothing is ever left
    unsent there. Without ``allow_deletions``, VerificationError when nobody has a payload, or when
    more than half of the staged children have none any more.

    VerificationError when a payload is not valid or two are of one child; OutputError when the
    table holds what this program cannot work with. Nothing has changed then.
    """
    texts = Statements(session.dialect, whole)
    _load(session, slices)
    was_there = ensure_table(session)
    session.execute(session.dialect.lock)
    if not whole:
        _refuse_emptied(session, settings, was_there)
    if strange := _number(session, MORE_THAN_CHILDREN.format(TABLE)):
        raise OutputError(
            f"{TABLE} holds {strange} rows more than children, and there is one row a child. "
            "Remove them, or drop the table: it is made anew."
        )
    payloads = _number(session, texts.count(kept=False))
    if not settings.allow_deletions and not settings.restage:
        _refuse_losses(session, texts, payloads)
    mended = _mend(session, texts)
    _remove(session, texts.back())
    removed = _remove(session, texts.untold())
    removals: Counter[str] = Counter()
    update = partial(_update, removals=removals, nested_purge=settings.nested_purge)
    updated = _edit(session, texts, texts.changed(), update)
    deleted = _edit(session, texts, texts.gone(), _delete)
    kept, refreshed = _number(session, texts.count(kept=True)), _number(session, texts.refreshed())
    for statement in texts.apply(now):
        session.execute(statement)
    if settings.restage:
        session.execute(texts.restage() if settings.restage == SENT else texts.resend())
    session.commit()
    come, same = payloads - kept, kept - updated.rows
    if settings.restage == SENT:
        come, same = 0, payloads
    return Staged(
        new=come,
        updated=updated.rows,
        unchanged=same,
        deleted=deleted.rows,
        unsent=0 if whole else updated.unsent + deleted.unsent,
        removed=removed,
        mended=mended,
        refreshed=refreshed,
        removals={} if whole else dict(removals),
    )


def ensure_table(session: Session) -> bool:
    """Create the staging table when it is absent; return whether it was there.

    OutputError when the name belongs to anything but a plain table, which might lead to the live
    one, or when a column is missing or of a type that cannot hold what is written.
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
    if found.height:
        _refuse_types(session)
    return bool(found.height)


def _refuse_types(session: Session) -> None:
    if not session.dialect.types:
        return
    held = session.query(session.dialect.types, _NAME_BYTES)
    words = {"NVARCHAR": ("char", "text"), "BINARY": ("bytea", "binary")}
    for name, kind in held.rows():
        column = table().columns.get(str(name).lower())
        wanted = words.get(column.sql_type.split("(")[0]) if column else None
        if wanted and not any(word in str(kind).lower() for word in wanted):
            raise OutputError(
                f"{TABLE}.{name} is of the type {kind}, and staging writes it as "
                f"{'text' if 'text' in wanted else 'bytes'}, as the senders read it. D2I's "
                "PostgreSQL script makes such tables: drop it (it is made anew), or stage in a "
                "schema of its own. Nothing was staged."
            )


def _refuse_emptied(session: Session, settings: MergeSettings, was_there: bool) -> None:
    """Remove the builder's samples; without ``restage`` refuse a table that it emptied."""
    samples = _number(session, counted(IS_SAMPLE))
    others = _number(session, counted(f"NOT ({IS_SAMPLE})"))
    if settings.restage and others:
        raise OutputError(
            f"{TABLE} holds the record of {others} children. --restage is for a table that was "
            "emptied; leave it out. Nothing was staged."
        )
    if was_there and not others and not settings.restage:
        what = f"{samples} samples of D2I's builder and nothing else" if samples else "no rows"
        raise VerificationError(
            f"{TABLE} holds {what}: that builder empties it on each run, and with it goes the "
            "record of what was sent. If all that was staged last was sent, stage that output "
            "again, as of that day, with --restage sent: nothing is pending then, and changes "
            "count from there. If you are not sure, or nothing was ever sent, --restage pending "
            "puts up every child, whole. Keep this staging in a schema or database where the "
            "builder does not run. Nothing was staged."
        )
    session.execute(f"DELETE FROM {TABLE} WHERE {IS_SAMPLE}")  # noqa: S608 - a constant


def _refuse_losses(session: Session, texts: Statements, payloads: int) -> None:
    """Few or no payloads are more often half an output or a wrong day than children who left."""
    staged, lost = map(int, session.query(texts.losses()).row(0))
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
    for payloads in checked(slices):
        for part in payloads.iter_slices(_LOAD_ROWS):
            session.load(dialect.work, part)
    for name in (dialect.work, dialect.edits):
        index = f"{name.removeprefix('#')}_person"
        session.execute(f"CREATE INDEX {index} ON {name} (person_id)")
    if twins := _number(session, MORE_THAN_CHILDREN.format(dialect.work)):
        raise VerificationError(f"{twins} children have more than one payload; nothing was staged")


def _mend(session: Session, texts: Statements) -> int:
    """Mend what an earlier version left wrong, and return in how many rows."""
    mended = 0
    for condition, mend in texts.mends():
        mended += _number(session, counted(condition))
        session.execute(f"UPDATE {TABLE} SET {mend} WHERE {condition}")  # noqa: S608
    for statement in texts.settle():
        session.execute(statement)
    return mended


def _remove(session: Session, condition: str) -> int:
    found = _number(session, counted(condition))
    session.execute(f"DELETE FROM {TABLE} WHERE {condition}")  # noqa: S608 - a constant
    return found


@dataclass(frozen=True)
class _Edits:
    """Rows whose payload is another now, and how many of the old payloads nobody had sent."""

    rows: int
    unsent: int


def _edit(
    session: Session,
    texts: Statements,
    query: str,
    edit: Callable[[pl.DataFrame], pl.DataFrame],
) -> _Edits:
    """Fill the edits from what ``query`` finds, some at a time, until it finds nothing."""
    dialect = session.dialect
    widest = _number(session, texts.widest())
    rows = unsent = 0
    while (found := session.query(dialect.limited(query, _EDIT_ROWS), widest)).height:
        edited = _edited(found, edit)
        legacy = pl.when(pl.col("legacy_id") != "").then("legacy_id").alias("legacy_id")
        session.load(
            dialect.edits,
            edited.select(
                "person_id",
                legacy,
                "json_payload",
                "current_hash",
                "previous_json_payload",
                "partial_json_payload",
                "row_state",
            ),
        )
        other = found.filter(pl.col("same") == 0)
        rows += other.height
        unsent += int(other["unsent"].sum())
    return _Edits(rows, unsent)


def _edited(found: pl.DataFrame, edit: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
    remedy = "Remove them, or drop the table: it is made anew."
    try:
        edited = edit(found)
    except (ValueError, TypeError, AttributeError):
        raise OutputError(f"{TABLE} holds payloads that are no JSON objects. {remedy}") from None
    faults = validate(edited["partial_json_payload"], nested_purge=True)
    if faults.height:
        raise OutputError(
            f"{TABLE} holds {faults['index'].n_unique()} payloads that no valid change can be sent "
            f"of. {remedy}"
        )
    return edited


def _update(found: pl.DataFrame, *, removals: Counter[str], nested_purge: bool) -> pl.DataFrame:
    doubted, fresh = (pl.col(name).cast(pl.Int64) == 1 for name in ("doubted", "fresh"))
    known = found.with_columns(
        # SQLite types no column of nulls.
        pl.col("previous", "tried").cast(pl.String),
        doubted=doubted,
        row_state=pl.when(fresh).then(pl.lit(NEW)).otherwise(pl.lit(UPDATED)),
    )
    partials = differences(
        known["previous"],
        known["json_payload"],
        tried=known["tried"],
        whole=known["doubted"],
        nested_purge=nested_purge,
    )
    removals.update(partials.removals)
    return known.with_columns(
        partials.payloads.alias("partial_json_payload"),
        previous_json_payload=pl.when(~pl.col("doubted")).then("previous"),
    )


def _delete(found: pl.DataFrame) -> pl.DataFrame:
    payload = deletion(found["previous"])
    ids = pl.col("json_payload").str
    return found.with_columns(
        payload.alias("json_payload"),
        row_state=pl.lit(DELETED),
        previous_json_payload="previous",
    ).with_columns(
        content_hash(pl.col("json_payload")).alias("current_hash"),
        partial_json_payload="json_payload",
        legacy_id=ids.json_path_match("$.mis_child_id").fill_null(""),
    )


def _number(session: Session, query: str) -> int:
    return int(session.query(query).item() or 0)
