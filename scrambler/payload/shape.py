"""The shape of a payload as nodes and leaves, from its schema, and the SSD column of each leaf.

A node is an object of the payload; a leaf is a value in it. payload_fields.csv says which column a
leaf comes from, so that it can be treated as that column is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl

from scrambler.payload import schema
from scrambler.ssd.read_facts import facts

_DTYPES: dict[str, pl.DataType] = {
    "text": pl.String(),
    "date": pl.String(),
    "number": pl.Float64(),
    "flag": pl.Boolean(),
    "purge": pl.Boolean(),
    "codes": pl.List(pl.String()),
}
_FORMS = {"string": "text", "integer": "number", "boolean": "flag", "array": "codes"}
_OLDER = {
    "$.mis_child_id": "ssd_person.pers_single_unique_id",
    "$.social_care_episodes[].care_worker_details[].worker_id": "ssd_professionals.prof_staff_id",
}
"""Where builds take ids from that have no ``legacy_id`` beside a payload: PostgreSQL's is one."""


@dataclass(frozen=True)
class Leaf:
    """A value: its ``form``, the SSD ``table`` and ``column`` it comes from, its most characters.

    ``table`` and ``column`` are empty for ``purge``, which comes from nowhere.
    """

    form: str
    table: str
    column: str
    width: int | None


@dataclass(frozen=True)
class Node:
    """An object at ``path``, one a parent or ``many`` in an array; ``members`` in their order."""

    path: str
    many: bool
    members: Mapping[str, Leaf | Node]

    @property
    def leaves(self) -> dict[str, Leaf]:
        """The members that are values."""
        return {key: one for key, one in self.members.items() if isinstance(one, Leaf)}

    @property
    def nodes(self) -> dict[str, Node]:
        """The members that are objects or arrays of them."""
        return {key: one for key, one in self.members.items() if isinstance(one, Node)}

    @property
    def newest(self) -> tuple[str, str]:
        """The leaves an array is ordered by: the first date, then the id or first other leaf."""
        dates = [key for key, leaf in self.leaves.items() if leaf.form == "date"]
        others = [key for key, leaf in self.leaves.items() if leaf.form in ("text", "number")]
        ids = [key for key in others if key.endswith("_id")]
        return dates[0], (ids or others)[0]

    def walk(self) -> Iterator[Node]:
        """Yield this node and all below it, parents first."""
        yield self
        for node in self.nodes.values():
            yield from node.walk()

    def dtype(self) -> pl.DataType:
        """Return what JSON of this shape decodes to."""
        fields: dict[str, Any] = {}
        for key, one in self.members.items():
            if isinstance(one, Leaf):
                fields[key] = _DTYPES[one.form]
            else:
                fields[key] = pl.List(one.dtype()) if one.many else one.dtype()
        return pl.Struct(fields)


@cache
def payload_shape(older: bool = False) -> Node:
    """Return the root: one child. With ``older``, as a build without ``legacy_id`` fills it."""
    sources = {row["path"]: row["ssd_source"] for row in facts("payload_fields")}
    if older:
        sources |= _OLDER
    return _node("$", schema()["properties"], sources, many=False)


def _node(
    path: str, properties: Mapping[str, Any], sources: Mapping[str, str], *, many: bool
) -> Node:
    members: dict[str, Leaf | Node] = {}
    for key, rule in properties.items():
        here = f"{path}.{key}"
        items = rule.get("items", {})
        if "properties" in rule:
            members[key] = _node(here, rule["properties"], sources, many=False)
        elif "properties" in items:
            members[key] = _node(f"{here}[]", items["properties"], sources, many=True)
        else:
            members[key] = _leaf(key, rule, sources[here])
    return Node(path, many, members)


def _leaf(key: str, rule: Mapping[str, Any], source: str) -> Leaf:
    if key == "purge":
        return Leaf("purge", "", "", None)
    rules = [*rule.get("allOf", []), rule]
    named = [defined["$ref"].rpartition("/")[2] for defined in rules if "$ref" in defined]
    resolved = [schema()["$defs"][name] for name in named] + [rule]
    widths = [int(one["maxLength"]) for one in resolved if "maxLength" in one]
    kinds = [_FORMS[one["type"]] for one in resolved if "type" in one]
    table, _, column = source.partition(".")
    form = "date" if "date" in named else kinds[0]
    return Leaf(form, table, column, min(widths, default=None))


def tables_of_leaves() -> set[str]:
    """Return the tables that the values of a payload come from."""
    nodes = payload_shape().walk()
    return {leaf.table for node in nodes for leaf in node.leaves.values() if leaf.table}
