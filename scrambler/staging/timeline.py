"""A payload as people read it: what happened in its order, codes by their labels, what changed.

One child at a time, for somebody who looks at it; nothing here is made for many.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from scrambler.payload.shape import Node, payload_shape
from scrambler.ssd import ssd
from scrambler.ssd.read_facts import facts

_NAMES: Mapping[str, str] = {
    "$.child_details": "Child",
    "$.health_and_wellbeing.sdq_assessments[]": "Strengths and difficulties score",
    "$.social_care_episodes[]": "Referral",
    "adoption": "Adoption",
    "care_leavers": "Care leaver",
    "care_worker_details[]": "Care worker",
    "child_and_family_assessments[]": "Assessment",
    "child_in_need_plans[]": "Child in need plan",
    "child_looked_after_placements[]": "Placement in care",
    "child_protection_plans[]": "Child protection plan",
    "section_47_assessments[]": "Section 47 enquiry",
}
_ACRONYMS = {"id": "ID", "uasc": "UASC", "icpc": "ICPC"}


@dataclass(frozen=True)
class Event:
    """Something that happened on ``day`` (ISO 8601; None where nothing says when)."""

    day: str | None
    what: str
    details: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Change:
    """A value that is other than it was; None on the side where it is not."""

    where: str
    before: str | None
    after: str | None


def timeline(payload: str | None) -> tuple[Event, ...]:
    """Return the events of a payload in the order of their days; none for what is no payload.

    Each date of a thing is an event; what else is known of it stands with the first::

        {"start_date": "2025-03-03", "end_date": "2025-06-01", "placement_type": "U1"}
        -> 2025-03-03 Placement in care, start     placement type: U1 Foster, relative ...
           2025-06-01 Placement in care, end
    """
    child = _object(payload)
    events = [*_events(child, payload_shape())] if child else []
    return tuple(sorted(events, key=lambda event: (event.day is None, event.day or "")))


def changes(before: str | None, after: str | None) -> tuple[Change, ...]:
    """Return what differs between two payloads, value by value; things are matched by their ids."""
    old, new = (dict(_values(_object(text) or {}, payload_shape(), ())) for text in (before, after))
    return tuple(
        Change(" · ".join(path), old.get(path), new.get(path))
        for path in dict.fromkeys([*old, *new])
        if old.get(path) != new.get(path)
    )


def _object(payload: str | None) -> dict[str, Any] | None:
    try:
        found = json.loads(payload or "null")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _events(held: Mapping[str, Any], node: Node) -> Iterator[Event]:
    days = [key for key, leaf in node.leaves.items() if leaf.form == "date" and held.get(key)]
    details = tuple(
        (_words(key), said)
        for key, leaf in node.leaves.items()
        if leaf.form not in ("date", "purge") and (said := _said(node, key, held.get(key)))
    )
    name = _name(node)
    if node.path != "$" and (days or details):
        first, *others = days or [""]
        what = f"{name}, {_words(first.removesuffix('_date'))}" if first else name
        yield Event(str(held[first]) if first else None, what, details)
        for key in others:
            yield Event(str(held[key]), f"{name}, {_words(key.removesuffix('_date'))}", ())
    for child, item in _below(held, node):
        yield from _events(item, child)


def _values(
    held: Mapping[str, Any], node: Node, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str]]:
    for key in node.leaves:
        if said := _said(node, key, held.get(key)):
            yield (*path, _words(key)), said
    for number, (child, item) in enumerate(_below(held, node), 1):
        ids = [str(item[key]) for key in child.leaves if key.endswith("_id") and key in item]
        own = ids[0] if ids else number
        yield from _values(item, child, (*path, f"{_name(child)} {own}"))


def _below(held: Mapping[str, Any], node: Node) -> Iterator[tuple[Node, Mapping[str, Any]]]:
    for key, child in node.nodes.items():
        found = held.get(key)
        for item in found if isinstance(found, list) else [found]:
            if isinstance(item, dict):
                yield child, item


def _said(node: Node, key: str, value: Any) -> str:
    """Return a value with the labels of its codes: `3F` is `3F Neighbour`. Empty for nothing."""
    if value is None or value == [] or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    labels = _labels().get(f"{node.path}.{key}", {})
    items = value if isinstance(value, list) else [value]
    return ", ".join(f"{item} {labels.get(str(item), '')}".strip() for item in items)


@cache
def _labels() -> Mapping[str, Mapping[str, str]]:
    """Return the labels of each path's codes."""
    lists = ssd().code_lists
    return {
        row["path"]: {
            **lists[row["code_list"]].alternates,
            **dict(zip(lists[row["code_list"]].codes, lists[row["code_list"]].labels, strict=True)),
        }
        for row in facts("payload_fields")
        if row["code_list"] in lists
    }


def _name(node: Node) -> str:
    return _NAMES.get(node.path) or _NAMES.get(node.path.rpartition(".")[2]) or _words(node.path)


def _words(key: str) -> str:
    """Return a key as words: `icpc_required_flag` is `ICPC required flag`."""
    words = [_ACRONYMS.get(word, word) for word in key.removeprefix("$.").split("_")]
    return " ".join(words)
