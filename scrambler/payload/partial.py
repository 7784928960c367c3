"""What is sent of a child that changed, and of one that is gone.

Source: payload_fields.csv, the (transport) rows. Comparing two texts of one child is plain Python:
only rows whose hash changed come here, a small part of the cohort on every run but the first, and
the first has no previous payload to compare with.

Whether a receiver matches the items of a list by id or replaces the list is open with the DfE, and
so is whether it takes a purge within a child. A list that changed is sent whole, which is right
either way but for what vanished from it:

    the receiver holds         plans: [a, b]
    the child now has          plans: [a, c]
    partial                    plans: [a, c]                            b may stay where it is
    partial, nested purges     plans: [a, c, {"…_id": "b", "purge": true}]
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from scrambler.payload.json_text import json_object, member

_REQUIRED = ("la_child_id", "mis_child_id", "child_details")

_Object = dict[str, Any]


@dataclass(frozen=True)
class Partials:
    """Partial payloads in canonical text, and what vanished from a child without their saying so.

    ``removals`` counts by path, with ``[]`` for items of a list: a receiver that keeps what no
    payload names keeps these.
    """

    payloads: pl.Series
    removals: Counter[str]


def partial(
    previous: pl.Series,
    current: pl.Series,
    *,
    tried: pl.Series | None = None,
    whole: pl.Series | None = None,
    nested_purge: bool = False,
) -> Partials:
    """Return the partial payload of each pair of canonical payloads.

    It holds la_child_id, mis_child_id, child_details and every changed block of the child, whole.
    Where ``previous`` is null the payload is new and sent whole. Where ``whole`` is true nobody
    knows what the receiver holds: all of ``current`` is sent, and whatever ``previous`` or
    ``tried`` (null where there is none) has beyond it counts as vanished. With ``nested_purge``
    vanished items and blocks that have a purge are sent with it, and are no removals.
    """
    nothing = [None] * len(current)
    differences = _Differences(nested_purge)
    texts = [
        new if old is None else _dump(differences.between(old, new, between, bool(all_of_it)))
        for old, new, between, all_of_it in zip(
            previous,
            current,
            nothing if tried is None else tried,
            nothing if whole is None else whole,
            strict=True,
        )
    ]
    payloads = pl.Series("partial_json_payload", texts, dtype=pl.String)
    return Partials(payloads, differences.removals)


def deletion(previous: pl.Series) -> pl.Series:
    """Return the deletion payload of each payload last sent: its own ids and purge true."""
    ids = [
        member(key, pl.col("sent").str.json_path_match(f"$.{key}"))
        for key in ("la_child_id", "mis_child_id")
    ]
    text = json_object(*ids, pl.lit('"purge":true'))
    return previous.to_frame("sent").select(partial_json_payload=text).to_series()


def _dump(payload: _Object) -> str:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))


@dataclass
class _Differences:
    """Walks pairs of payloads, and counts what it cannot say."""

    nested_purge: bool
    removals: Counter[str] = field(default_factory=Counter)

    def between(self, old: str, new: str, tried: str | None, whole: bool) -> _Object:
        past, present = json.loads(old), json.loads(new)
        if tried is not None:
            past = _Differences(self.nested_purge).child(past, json.loads(tried), True)
        return self.child(past, present, whole)

    def child(self, old: _Object, new: _Object, whole: bool) -> _Object:
        found = {
            key: self._value(old.get(key), value, key)
            for key, value in new.items()
            if whole or key in _REQUIRED or value != old.get(key)
        }
        return found | self._vanished(old, new, "")

    def _value(self, old: Any, new: Any, path: str) -> Any:
        if isinstance(old, dict) and isinstance(new, dict):
            if old.get("purge") and not new.get("purge"):
                self.removals[path] += 1  # whether the purge arrived, and what it left: in doubt
            found = {k: self._value(old.get(k), value, f"{path}.{k}") for k, value in new.items()}
            return found | self._vanished(old, new, f"{path}.")
        if isinstance(old, list) and isinstance(new, list):
            return self._list(old, new, f"{path}[]")
        return new

    def _list(self, old: list[Any], new: list[Any], path: str) -> list[Any]:
        before, after = _by_id(old), _by_id(new)
        if before is None or after is None:
            return new
        items = [self._value(before.get(name), item, path) for name, item in after.items()]
        lost = [self._purged(item, path) for name, item in before.items() if name not in after]
        return items + [item for item in lost if item]

    def _vanished(self, old: _Object, new: _Object, place: str) -> _Object:
        """Return the members that only the old object has, as far as a purge can say it."""
        found = {}
        for key, past in old.items():
            if key in new or key == "purge":
                continue
            if isinstance(past, list) and _by_id(past) is not None:
                value: Any = self._list(past, [], f"{place}{key}[]")
            else:
                value = self._purged(past, place + key)
            if value:
                found[key] = value
        return found

    def _purged(self, past: Any, path: str) -> _Object:
        """Return what purges an item or block, or nothing where it cannot be said."""
        if isinstance(past, dict) and "purge" in past and self.nested_purge:
            ids = {key: past[key] for key in past if key == _id_key(past)}
            return ids | {"purge": True}
        self.removals[path] += 1
        return {}


def _by_id(items: list[Any]) -> dict[str, _Object] | None:
    """Return the items by id; None when one has none, or shares it as the spells of a worker do."""
    found = {item[key]: item for item in items if isinstance(item, dict) and (key := _id_key(item))}
    return found if len(found) == len(items) else None


def _id_key(item: _Object) -> str | None:
    return next((key for key in item if key.endswith("_id")), None)
