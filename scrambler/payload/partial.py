"""What is sent of a child that changed, and of one that is gone.

Source: payload_fields.csv, the (transport) rows. Comparing two texts of one child is plain Python:
only rows whose hash changed come here, a small part of the cohort on every run but the first, and
the first has no previous payload to compare with.
"""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from scrambler.payload.json_text import json_object, member

_REQUIRED = ("la_child_id", "mis_child_id", "child_details")
_KEEPS_PURGE = frozenset(
    {
        "social_care_episodes",
        "child_protection_plans",
        "child_in_need_plans",
        "health_and_wellbeing",
        "care_leavers",
    }
)

_Object = dict[str, Any]


def partial(previous: pl.Series, current: pl.Series) -> pl.Series:
    """Return the partial payload of each pair of canonical payloads, in canonical text.

    It holds la_child_id, mis_child_id, child_details and every changed block; items of a list are
    matched by their first ``*_id`` key, unchanged ones are left out. A partial payload cannot say
    that something is gone, so an object or list that lost a part is sent whole. Where ``previous``
    is null the payload is new and sent whole.
    """
    texts = [
        new if old is None else _dump(_child(json.loads(old), json.loads(new)))
        for old, new in zip(previous, current, strict=True)
    ]
    return pl.Series("partial_json_payload", texts, dtype=pl.String)


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


def _child(old: _Object, new: _Object) -> _Object:
    changed = _changes(old, new)
    return {key: new[key] for key in new if key in _REQUIRED} | {
        key: value for key, value in changed.items() if key not in _REQUIRED
    }


def _changes(old: _Object, new: _Object) -> _Object:
    return {
        key: _changed(key, old.get(key), value)
        for key, value in new.items()
        if value != old.get(key)
    }


def _changed(key: str, old: Any, new: Any) -> Any:
    if isinstance(old, dict) and isinstance(new, dict):
        return _changed_object(key, old, new)
    if isinstance(old, list) and isinstance(new, list):
        return _changed_list(key, old, new)
    return new


def _changed_object(key: str, old: _Object, new: _Object) -> _Object:
    if old.keys() - new.keys():
        return new
    kept = {_id_key(new), "purge" if key in _KEEPS_PURGE else None}
    changed = _changes(old, new)
    return {name: changed.get(name, new[name]) for name in new if name in changed or name in kept}


def _changed_list(key: str, old: list[Any], new: list[Any]) -> list[Any]:
    """Return the changed items; all of them where an item has no id of its own or one is gone."""
    before, after = _by_id(old), _by_id(new)
    if before is None or after is None or before.keys() - after.keys():
        return new
    items = [
        _changed_object(key, before[name], item) if name in before else item
        for name, item in after.items()
        if item != before.get(name)
    ]
    # Only their order changed: an empty list would say that there are none.
    return items or new


def _by_id(items: list[Any]) -> dict[str, _Object] | None:
    """Return the items by id; None when one has none, or shares it as the spells of a worker do."""
    found = {item[key]: item for item in items if isinstance(item, dict) and (key := _id_key(item))}
    return found if len(found) == len(items) else None


def _id_key(item: _Object) -> str | None:
    return next((key for key in item if key.endswith("_id")), None)
