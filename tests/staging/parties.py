"""The field's senders and receivers, as staging_facts of the dataset have them.

A sender takes what is pending or failed in batches, and writes back what it was answered. Python
and PowerShell make partial payloads of their own in delta mode; the sender ``staged`` is one that
sends those that are staged. A receiver replaces lists or matches their items by id, and takes or
refuses a purge of somebody it does not know.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Literal

import adbc_driver_postgresql.dbapi

from scrambler.staging.table import TABLE

Payload = dict[str, Any]
Outcome = Literal["answered", "request lost", "answer lost", "refused"]


@dataclass
class Receiver:
    """What is held of each child, and of whom any request ever came."""

    by_id: bool
    refuses: bool
    full: bool
    held: dict[str, Payload] = field(default_factory=dict)

    def takes(self, batch: list[Payload]) -> bool:
        """Take all of a batch, or nothing of it."""
        unknown = [one for one in batch if one.get("purge") and one["la_child_id"] not in self.held]
        if unknown and self.refuses:
            return False
        for one in batch:
            child = one["la_child_id"]
            if one.get("purge"):
                self.held.pop(child, None)
            elif self.full:
                self.held[child] = one
            else:
                self.held[child] = self._merged(self.held.get(child, {}), one)
        return True

    def _merged(self, old: Payload, new: Payload) -> Payload:
        found = dict(old)
        for key, value in new.items():
            kept = self._value(old.get(key), value) if self.by_id else _clean(value)
            if kept is None:
                found.pop(key, None)
            else:
                found[key] = kept
        return found

    def _value(self, old: Any, new: Any) -> Any:
        """Return the member as it is after a change; None where nothing is left of it."""
        if isinstance(new, dict):
            return None if new.get("purge") else self._merged(old or {}, new)
        if isinstance(new, list):
            return self._list(old or [], new) or None
        return new

    def _list(self, old: list[Any], new: list[Any]) -> list[Any]:
        before, after = by_id(old), by_id(new)
        if before is None or after is None:
            return [one for one in map(_clean, new) if one is not None]
        found = before | {name: self._value(before.get(name), item) for name, item in after.items()}
        return [item for item in found.values() if item is not None]


def _clean(value: Any) -> Any:
    """Return a value without what is purged in it; None where nothing is left."""
    if isinstance(value, dict):
        if value.get("purge"):
            return None
        found = {key: _clean(one) for key, one in value.items()}
        return {key: one for key, one in found.items() if one is not None}
    if isinstance(value, list):
        return [one for one in map(_clean, value) if one is not None] or None
    return value


def by_id(items: list[Any]) -> dict[str, Any] | None:
    """Return items by the first id each has; None where one has none, or shares it."""
    ids = [
        next((item[key] for key in item if key.endswith("_id")), None)
        if isinstance(item, dict)
        else None
        for item in items
    ]
    if None in ids or len(set(ids)) != len(ids):
        return None
    return dict(zip(map(str, ids), items, strict=True))


def beyond(held: Any, wanted: Any, path: str = "") -> Iterator[str]:
    """Yield the paths of what is held beyond what is wanted; AssertionError for anything else."""
    if isinstance(wanted, dict):
        assert isinstance(held, dict), f"{path} is not there"
        assert held.keys() >= wanted.keys(), f"{path} lacks {wanted.keys() - held.keys()}"
        for key, value in held.items():
            place = f"{path}.{key}" if path else key
            if key in wanted:
                yield from beyond(value, wanted[key], place)
            else:
                many = isinstance(value, list) and by_id(value) is not None
                yield f"{place}[]" if many else place
    elif isinstance(wanted, list) and by_id(wanted) is not None and by_id(held) is not None:
        before, after = by_id(held) or {}, by_id(wanted) or {}
        assert before.keys() >= after.keys(), f"{path}[] lacks items"
        for name, item in before.items():
            if name in after:
                yield from beyond(item, after[name], f"{path}[]")
            else:
                yield f"{path}[]"
    else:
        assert held == wanted, f"{path} is another"


@dataclass(frozen=True)
class Table:
    """A staging table, as a sender's connection sees it."""

    location: str

    def read(self, statement: str) -> list[tuple[Any, ...]]:
        with closing(self._connection()) as connection, closing(connection.cursor()) as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())

    def write(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        """Run a statement with ``?`` for values, once for each row."""
        if not self.location.startswith("sqlite"):
            for number in range(1, statement.count("?") + 1):
                statement = statement.replace("?", f"${number}", 1)
        with closing(self._connection()) as connection, closing(connection.cursor()) as cursor:
            for row in rows:
                cursor.execute(statement, row)
            connection.commit()

    def _connection(self) -> Any:
        if self.location.startswith("sqlite"):
            return sqlite3.connect(self.location.removeprefix("sqlite:///"))
        return adbc_driver_postgresql.dbapi.connect(self.location)


@dataclass(frozen=True)
class Sender:
    """Reads a staging table, posts, and writes back what it was answered."""

    kind: Literal["python", "powershell", "staged"]
    full: bool
    batch: int = 3

    def run(
        self,
        table: Table,
        receiver: Receiver,
        outcome: Callable[[], Outcome],
        posted: Callable[[Payload], None],
    ) -> None:
        """Send what waits; ``posted`` sees every payload that was tried, arrived or not."""
        if not self.full:
            self._recompute(table)
        column = "json_payload" if self.full else "partial_json_payload"
        waiting = table.read(
            f"SELECT person_id, {column} FROM {TABLE} WHERE submission_status IN "
            f"('pending', 'error') AND {column} IS NOT NULL AND {column} <> '' ORDER BY id"
        )
        for start in range(0, len(waiting), self.batch):
            rows = waiting[start : start + self.batch]
            batch = [json.loads(text) for _, text in rows]
            for one in batch:
                posted(one)
            children = [(child,) for child, _ in rows]
            what = outcome()
            arrived = what in ("answered", "answer lost") and receiver.takes(batch)
            if arrived and what == "answered":
                succeed(table, children)
            else:
                table.write(
                    f"UPDATE {TABLE} SET submission_status = 'error', api_response = "
                    "'no answer, or none that pleased' WHERE person_id = ?",
                    children,
                )

    def _recompute(self, table: Table) -> None:
        if self.kind == "staged":
            return
        fresh = "AND LOWER(row_state) <> 'new'" if self.kind == "powershell" else ""
        found = table.read(
            f"SELECT person_id, row_state, json_payload, previous_json_payload FROM {TABLE} WHERE "
            f"previous_json_payload IS NOT NULL AND row_state <> 'unchanged' {fresh}"
        )
        changes = []
        for child, state, current, previous in found:
            if state.lower() == "unchanged" or current == previous:
                continue
            now, before = json.loads(current), json.loads(previous)
            if state.lower() == "deleted":
                keys = ("la_child_id", "mis_child_id")
                part = {key: before.get(key) for key in keys} | {"purge": True}
            elif self.kind == "powershell":
                part = now
            else:
                required = ("la_child_id", "mis_child_id", "child_details")
                part = {key: now[key] for key in required if key in now}
                part = _difference(now, before) | part
            changes.append((json.dumps(part), child))
        table.write(f"UPDATE {TABLE} SET partial_json_payload = ? WHERE person_id = ?", changes)


def succeed(table: Table, children: list[tuple[str]]) -> None:
    """Write what the senders write when they were answered."""
    table.write(
        f"UPDATE {TABLE} SET submission_status = 'sent', api_response = 'receipt', "
        "submission_timestamp = '2025-05-20 11:00:00', previous_hash = current_hash, "
        "previous_json_payload = json_payload, row_state = 'unchanged' WHERE person_id = ?",
        children,
    )


def _difference(now: Payload, before: Payload) -> Payload:
    """Return what changed or came, with bare ids of what did not; never what vanished."""
    found: Payload = {}
    for key, value in now.items():
        old = before.get(key)
        if value == old and key in before:
            continue
        if isinstance(value, dict) and isinstance(old, dict):
            nested = _difference(value, old)
            if nested:
                found[key] = nested
        elif isinstance(value, list) and isinstance(old, list):
            found[key] = [_item(one, old) for one in value]
        else:
            found[key] = value
    return found


def _item(item: Any, old: list[Any]) -> Any:
    key = next((k for k in item if k.endswith("_id")), None) if isinstance(item, dict) else None
    matched = [one for one in old if key and one.get(key) == item[key]]
    return _difference(item, matched[0]) | {key: item[key]} if matched else item
