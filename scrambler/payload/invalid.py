"""Payloads that are wrong in one way each, labelled, for those who test the receiving end.

All follow from the schema: one payload that has every field, and a copy of it for each rule of each
field in which that rule is broken::

    $.child_details.sex   enum        …"sex":"?"…
    $.la_child_id         maxLength   "la_child_id":"AAAAAAAAAAAAAAAAAAAAA"…

Some rules cannot be broken alone, and then others of the same place break with them: what is no
text is no code of a list either. A limit of length that a list of codes implies has no case.
"""

from __future__ import annotations

import copy
import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scrambler.errors import OutputError
from scrambler.files.commit import Commit, write_file
from scrambler.files.paths import output_of
from scrambler.payload.schema import path_of, schema

ACCEPTED, REFUSED = "accepted", "refused"

_BLOCKS = ("child_details", "health_and_wellbeing", "social_care_episodes")
_OTHER_TYPE = {"object": [], "array": {}, "string": 17, "boolean": "true", "integer": "17"}

_Node = dict[str, Any]
_Steps = tuple[str | int, ...]


@dataclass(frozen=True)
class Case:
    """A text to send, and what must come of it.

    ``path`` and ``rule`` are those of ``validate``; both are empty where it is to be accepted.
    """

    text: str
    verdict: str
    path: str = ""
    rule: str = ""


def cases() -> list[Case]:
    """Return what is right, in three shapes, then each rule of the schema broken once."""
    node = schema()
    whole = _example(node)
    ids = {"la_child_id": whole["la_child_id"]}
    right = [whole, ids | {"child_details": {}}, ids | {"purge": True}]
    found = [Case(_dump(payload), ACCEPTED) for payload in right]
    found.append(Case(_dump(whole)[:-1], REFUSED, "$", "json"))
    for steps, rule, value in _breaches(node, whole, ()):
        found.append(Case(_dump(_with(whole, steps, value)), REFUSED, path_of(steps), rule))
    without = {key: value for key, value in whole.items() if key != "child_details"}
    found.append(Case(_dump(without), REFUSED, "$.child_details", "required"))
    for block in _BLOCKS:  # a deletion names nothing but the child
        deletion = ids | {"purge": True, block: whole[block]}
        found.append(Case(_dump(deletion), REFUSED, f"$.{block}", "falseSchema"))
    return found


def invalid_payloads(out: Path | str) -> list[Case]:
    """Write the cases to a new folder, and return them.

    There is a file of JSON for each in ``payloads/``, ``cases.csv`` says of each file what is
    wrong with it, and the schema lies beside them. OutputError where the folder exists.
    """
    place = output_of(out)
    found = cases()
    with Commit(place, lambda: _refuse(place)) as commit:
        payloads = commit.new / "payloads"
        payloads.mkdir(parents=True)
        table = io.StringIO()
        rows = csv.writer(table, lineterminator="\n")
        rows.writerow(["file", "path", "rule", "verdict"])
        for number, case in enumerate(found, 1):
            name = f"{number:03d}.json"
            write_file(payloads / name, case.text + "\n")
            rows.writerow([f"payloads/{name}", case.path, case.rule, case.verdict])
        write_file(commit.new / "cases.csv", table.getvalue())
        write_file(commit.new / "payload.schema.json", json.dumps(schema(), indent=1) + "\n")
        commit.publish()
    return found


def _refuse(place: Path) -> None:
    if place.exists():
        raise OutputError(f"{place} exists already. Choose another folder for the payloads.")


def _resolved(node: _Node) -> _Node:
    """Return a part of the schema with what it refers to, its own keywords first."""
    for part in [node, *node.get("allOf", [])]:
        if "$ref" in part:
            node = schema()["$defs"][part["$ref"].rsplit("/", 1)[1]] | node
    return node


def _example(node: _Node) -> Any:
    """Return a value that has all that a part of the schema allows, one item in each list."""
    node = _resolved(node)
    if "const" in node:
        return node["const"]
    if "enum" in node:
        return node["enum"][0]
    if node.get("format") == "date":
        return "2015-06-01"
    match node["type"]:
        case "object":
            return {name: _example(below) for name, below in node["properties"].items()}
        case "array":
            return [_example(node["items"])]
        case "boolean":
            return False
        case "integer":
            return node["minimum"]
    return "A" * min(13, node.get("maxLength", 13))  # as long as a UPN, which any text may be


def _breaches(node: _Node, value: Any, steps: _Steps) -> Iterator[tuple[_Steps, str, Any]]:
    """Yield, for each rule of a place and those below it, where it is broken, and by what.

    The value that breaks `required` is None at a step that ``_with`` leaves out.
    """
    node = _resolved(node)
    yield from ((steps, rule, wrong) for rule, wrong in _wrong(node, value))
    if isinstance(value, dict):
        yield from ((((*steps, key)), "required", None) for key in node.get("required", []))
        for name, below in node["properties"].items():
            yield from _breaches(below, value[name], (*steps, name))
    elif isinstance(value, list):
        yield from _breaches(node["items"], value[0], (*steps, 0))


def _wrong(node: _Node, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield each keyword of a part of the schema with a value that breaks it."""
    if "type" in node:
        yield "type", _OTHER_TYPE[node["type"]]
    if "const" in node:
        yield "const", not node["const"]
    if "enum" in node:
        yield "enum", "?"
    elif "maxLength" in node:
        yield "maxLength", "A" * (node["maxLength"] + 1)
    if "minLength" in node:
        yield "minLength", "A" * (node["minLength"] - 1)
    if "pattern" in node:
        yield "pattern", "a b"
    if "format" in node:
        yield "format", "2015-02-30"
    if "not" in node:
        yield "not", "A0xA"
    if "minItems" in node:
        yield "minItems", []
    if "maxItems" in node:
        yield "maxItems", value * (node["maxItems"] + 1)
    if "minimum" in node:
        yield "minimum", node["minimum"] - 1
    if "maximum" in node:
        yield "maximum", node["maximum"] + 1
    if node.get("additionalProperties") is False:
        yield "additionalProperties", value | {"unexpected": "A"}


def _with(payload: Any, steps: _Steps, value: Any) -> Any:
    """Return a copy of a payload with another value at a place; None takes the place away."""
    if not steps:
        return value
    changed = copy.deepcopy(payload)
    parent = changed
    for step in steps[:-1]:
        parent = parent[step]
    if value is None:
        del parent[steps[-1]]
    else:
        parent[steps[-1]] = value
    return changed


def _dump(payload: Any) -> str:
    return json.dumps(payload, separators=(",", ":"))
