"""The merge in SQL that SQLite, PostgreSQL and SQL Server all read.

What the receiver holds is known of a row that was sent, and of one that nobody tried to send since
it was written: ``previous_json_payload``, or nothing where that is null. After a try that failed it
is in doubt, since the request may have arrived and its answer been lost. Example:

    submission_status  api_response  previous_json_payload   the receiver holds
    pending            null          null                    nothing: nobody ever tried
    pending            null          A                       A
    error              400           null                    nobody knows
    sent               a receipt     A, as is json_payload   A
"""

# ruff: noqa: S608 - the names and words in these texts are constants

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scrambler.ssd.row_states import DELETED, NEW, UNCHANGED
from scrambler.staging.dialect import Dialect
from scrambler.staging.table import PENDING, SENT, TABLE

IS_SAMPLE = f"{TABLE}.person_id LIKE 'Child____'"
"""The condition on rows that D2I's builder puts in, such as Child0034: no pseudonym looks so."""

MORE_THAN_CHILDREN = "SELECT COUNT(*) - COUNT(DISTINCT person_id) AS n FROM {}"
"""Rows of a table beyond one a child, rows of nobody among them."""

_STATUS = f"LOWER(COALESCE({TABLE}.submission_status, '{PENDING}'))"
_STATE = f"LOWER(COALESCE({TABLE}.row_state, ''))"
_PREVIOUS = f"{TABLE}.previous_json_payload"
_RESPONSE = f"COALESCE({TABLE}.api_response, '')"


def _is_deletion(column: str) -> str:
    # A quote within a value would follow a backslash, so these can only be keys.
    return f"({column} LIKE '%\"purge\":%true%' AND {column} NOT LIKE '%\"child_details\":%')"


_IS_GONE = _is_deletion(f"{TABLE}.json_payload")


def holds(table: str, row: str) -> str:
    """The condition that ``table`` has the child of ``row``."""
    return f"EXISTS (SELECT 1 FROM {table} o WHERE o.person_id = {row}.person_id)"


def counted(condition: str) -> str:
    """Count the rows of the staging table that meet a condition."""
    return f"SELECT COUNT(*) AS n FROM {TABLE} WHERE {condition}"


@dataclass(frozen=True)
class Statements:
    """The statements of one merge.

    ``whole`` is for a place that hands over everything it holds each time: all there counts as
    sent.
    """

    dialect: Dialect
    whole: bool = False

    @property
    def _sent(self) -> str:
        return "1 = 1" if self.whole else f"{_STATUS} = '{SENT}'"

    @property
    def _in_doubt(self) -> str:
        if self.whole:
            return "1 = 0"
        untried = f"{_STATUS} = '{PENDING}' AND {_RESPONSE} = ''"
        return f"({_STATUS} <> '{SENT}' AND NOT ({untried}))"

    @property
    def _held(self) -> str:
        """The payload that the receiver holds; null where it holds none, or nobody knows."""
        if self.whole:
            return f"{TABLE}.json_payload"
        # With equal hashes they differ in ids only, and those were sent that stand in the former.
        same = f"{TABLE}.previous_hash = {TABLE}.current_hash AND {_PREVIOUS} IS NOT NULL"
        sent = f"CASE WHEN {same} THEN {_PREVIOUS} ELSE {TABLE}.json_payload END"
        return f"CASE WHEN {self._sent} THEN {sent} ELSE {_PREVIOUS} END"

    def _flag(self, condition: str, name: str) -> str:
        return f"CASE WHEN {condition} THEN 1 ELSE 0 END AS {name}"

    @property
    def _left(self) -> str:
        return f"NOT {holds(self.dialect.work, TABLE)}"

    @property
    def _unedited(self) -> str:
        return f"NOT {holds(self.dialect.edits, TABLE)}"

    def mends(self) -> tuple[tuple[str, str], ...]:
        """Conditions on rows that an earlier version left wrong, each with what mends them.

        It took over what nobody had sent into previous_json_payload, seen by a partial payload that
        is the whole, and deleted the deleted again. Its word was Pending, not pending.
        """
        if self.whole:
            return ()
        earlier = f"{self.dialect.exact.format(f'{TABLE}.submission_status')} = 'Pending'"
        whole = f"{earlier} AND {TABLE}.partial_json_payload = {TABLE}.json_payload"
        return (
            (
                f"NOT {self._sent} AND {_IS_GONE} AND {_is_deletion(_PREVIOUS)}",
                f"submission_status = '{SENT}'",
            ),
            (
                f"NOT {self._sent} AND {_PREVIOUS} IS NOT NULL "
                f"AND ({_STATE} = '{NEW.lower()}' OR {whole})",
                "previous_json_payload = NULL, previous_hash = NULL, submission_status = "
                f"'{PENDING}', partial_json_payload = json_payload, api_response = "
                "COALESCE(api_response, 'staged by an earlier version')",
            ),
        )

    def settle(self) -> tuple[str, ...]:
        """Write pending in the one case that senders ask for."""
        if self.whole:
            return ()
        return (
            f"UPDATE {TABLE} SET submission_status = '{PENDING}' WHERE {_STATUS} = '{PENDING}' "
            f"AND {self.dialect.exact.format(f'{TABLE}.submission_status')} <> '{PENDING}'",
        )

    def back(self) -> str:
        """The condition on rows whose child is back after its deletion was sent."""
        return f"{_IS_GONE} AND {self._sent} AND {holds(self.dialect.work, TABLE)}"

    def untold(self) -> str:
        """The condition on rows whose child is gone before anybody tried to send it."""
        return (
            f"NOT {self._sent} AND NOT {self._in_doubt} AND {_PREVIOUS} IS NULL "
            f"AND NOT {_IS_GONE} AND {self._left}"
        )

    @property
    def _other_ids(self) -> str:
        text = self.dialect.exact.format(f"{TABLE}.json_payload")
        return f"{TABLE}.current_hash = w.current_hash AND {text} <> w.json_payload"

    def refreshed(self) -> str:
        """Count the rows whose ids alone are others, which their hash does not tell."""
        return (
            f"SELECT COUNT(*) AS n FROM {TABLE} JOIN {self.dialect.work} w "
            f"ON w.person_id = {TABLE}.person_id WHERE {self._other_ids}"
        )

    def changed(self) -> str:
        """Find rows whose payload is another and that have no edit yet, with what the receiver has.

        And rows that wait with other ids or that came into doubt, since a difference to their
        previous payload is no longer all that has to be sent. ``same`` is 1 for those whose
        payload is not another. ``unsent`` is 1 where nobody sent the old one, ``fresh`` where
        nobody ever sent any. ``doubted`` is 1 where nobody knows what the receiver holds; then it
        is no more than ``previous`` and ``tried``.
        """
        fresh = f"{_STATE} = '{NEW.lower()}' AND NOT {self._sent}"
        same = f"{TABLE}.current_hash = w.current_hash AND NOT {_STATE} = '{DELETED.lower()}'"
        doubt = self._in_doubt
        known = f"{_PREVIOUS} IS NOT NULL"
        return (
            f"SELECT {TABLE}.person_id, COALESCE(w.legacy_id, '') AS legacy_id, "
            f"CASE WHEN {doubt} AND NOT {known} THEN {TABLE}.partial_json_payload "
            f"ELSE {self._held} END AS previous, "
            f"CASE WHEN {doubt} AND {known} AND NOT {_IS_GONE} THEN {TABLE}.json_payload END "
            "AS tried, w.json_payload, w.current_hash, "
            f"{self._flag(same, 'same')}, {self._flag(f'NOT {self._sent}', 'unsent')}, "
            f"{self._flag(fresh, 'fresh')}, {self._flag(doubt, 'doubted')} "
            f"FROM {TABLE} JOIN {self.dialect.work} w ON w.person_id = {TABLE}.person_id "
            f"WHERE ({TABLE}.current_hash IS NULL OR NOT ({same}) OR ({doubt} AND {known}) "
            f"OR (NOT {self._sent} AND {self._other_ids})) "
            f"AND {self._unedited}"
        )

    def gone(self) -> str:
        """Find rows whose child has no payload any more and that have no edit yet.

        ``previous`` is the most that the receiver may hold.
        """
        most = f"COALESCE({self._held}, {TABLE}.partial_json_payload, {TABLE}.json_payload)"
        return (
            f"SELECT {TABLE}.person_id, {most} AS previous, 0 AS same, "
            f"{self._flag(f'NOT {self._sent}', 'unsent')} FROM {TABLE} "
            f"WHERE {self._left} AND NOT {_IS_GONE} AND {self._unedited}"
        )

    def losses(self) -> str:
        """Count the children that are staged and not gone, and those that no payload names."""
        # Counted outside: SQL Server sums no expression with a query in it.
        return (
            "SELECT COUNT(*) AS staged, COALESCE(SUM(lost), 0) AS lost FROM (SELECT "
            f"{self._flag(self._left, 'lost')} FROM {TABLE} WHERE NOT {_IS_GONE}) p"
        )

    def widest(self) -> str:
        """Return the bytes that no payload of either table exceeds."""
        texts = (
            (TABLE, "json_payload"),
            (TABLE, "partial_json_payload"),
            (TABLE, "previous_json_payload"),
            (self.dialect.work, "json_payload"),
        )
        each = " UNION ALL ".join(
            f"SELECT MAX({self.dialect.bytes.format(column)}) AS n FROM {table}"
            for table, column in texts
        )
        return f"SELECT MAX(n) AS n FROM ({each}) p"

    def count(self, *, kept: bool) -> str:
        """Count the payloads to stage: all, or those whose child has a row already."""
        where = f" WHERE {holds(TABLE, 'w')}" if kept else ""
        return f"SELECT COUNT(*) AS n FROM {self.dialect.work} w{where}"

    def restage(self) -> str:
        """Say of the rows just added that all were sent."""
        return (
            f"UPDATE {TABLE} SET submission_status = '{SENT}', row_state = '{UNCHANGED}', "
            "previous_json_payload = json_payload, previous_hash = current_hash"
        )

    def resend(self) -> str:
        """Say of the rows just added that the receiver may hold them."""
        return f"UPDATE {TABLE} SET api_response = 'staged again after the table was emptied'"

    def apply(self, now: datetime) -> tuple[str, ...]:
        """Apply the edits, say of the other rows what they are, and add those that are New.

        What nobody sent yet is not Unchanged to its receiver (C133) and keeps its state. The
        response of a try that failed stays: it says that the receiver may hold something.
        """
        moment, edits, work = self.dialect.moment(now), self.dialect.edits, self.dialect.work
        failed = f"CASE WHEN {_RESPONSE} = '' THEN 'an earlier try failed' ELSE api_response END"
        return (
            f"UPDATE {TABLE} SET previous_json_payload = e.previous_json_payload, "
            f"previous_hash = CASE WHEN {self._sent} THEN {TABLE}.current_hash "
            f"WHEN e.previous_json_payload IS NULL THEN NULL ELSE {TABLE}.previous_hash END, "
            "legacy_id = e.legacy_id, json_payload = e.json_payload, "
            "partial_json_payload = e.partial_json_payload, current_hash = e.current_hash, "
            f"row_state = e.row_state, submission_status = CASE WHEN {self._in_doubt} "
            f"AND {TABLE}.current_hash = e.current_hash THEN {TABLE}.submission_status "
            f"ELSE '{PENDING}' END, "
            f"submission_timestamp = NULL, api_response = CASE WHEN {self._in_doubt} "
            f"THEN {failed} ELSE NULL END, last_updated = {moment} "
            f"FROM {edits} e WHERE e.person_id = {TABLE}.person_id",
            f"UPDATE {TABLE} SET row_state = '{UNCHANGED}' "
            f"WHERE (row_state IS NULL OR row_state <> '{UNCHANGED}') AND {self._sent} "
            f"AND {self._unedited} AND NOT {self._left}",
            # What was sent stays in previous, with equal hashes: it is what the receiver holds.
            f"UPDATE {TABLE} SET previous_json_payload = {self._held}, previous_hash = "
            f"{TABLE}.current_hash, json_payload = w.json_payload, legacy_id = w.legacy_id "
            f"FROM {work} w WHERE w.person_id = {TABLE}.person_id AND {self._other_ids} "
            f"AND {self._unedited}",
            # The senders call a deletion unchanged once it was sent.
            f"UPDATE {TABLE} SET row_state = '{DELETED}' "
            f"WHERE {_STATE} <> '{DELETED.lower()}' AND {_IS_GONE}",
            f"INSERT INTO {TABLE} (person_id, legacy_id, json_payload, partial_json_payload, "
            "current_hash, submission_status, row_state, last_updated) "
            "SELECT w.person_id, w.legacy_id, w.json_payload, w.json_payload, w.current_hash, "
            f"'{PENDING}', '{NEW}', {moment} FROM {work} w "
            f"WHERE NOT {holds(TABLE, 'w')} ORDER BY w.person_id",
        )
