"""Describes an output as a data package (Frictionless, version 2), for tools that read these.

It says what the SSD and the policy say, and nothing of a record: tables, types, code lists, keys.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from scrambler.policy import Assignment
from scrambler.ssd import ColumnSpec, Spec

DATAPACKAGE = "datapackage.json"

_TYPES = {pl.String: "string", pl.Boolean: "boolean", pl.Date: "date", pl.Datetime: "datetime"}


def datapackage(
    tables: Mapping[str, Any], assignments: Mapping[str, Mapping[str, Assignment]], spec: Spec
) -> str:
    """Return the description of ``tables``, which are the manifest's, as JSON.

    A column whose codes are drawn from a list has its codes as ``enum``; missing-value codes are
    ``missingValues`` and may stand anywhere. Keys to tables that are not here are left out.
    """
    held = {
        name: {c: one.column for c, one in lines.items()} for name, lines in assignments.items()
    }
    foreign: dict[str, list[dict[str, Any]]] = {}
    for (child, column), (parent, to) in relations(held):
        reference = {"resource": parent, "fields": [to]}
        foreign.setdefault(child, []).append({"fields": [column], "reference": reference})
    resources = [
        {
            "name": name,
            "path": [file["path"] for file in table["files"]],
            "format": "parquet",
            "mediatype": "application/vnd.apache.parquet",
            "schema": _schema(assignments[name], foreign.get(name), spec),
        }
        for name, table in tables.items()
    ]
    return json.dumps({"name": "ssd-scrambled", "resources": resources}, indent=1) + "\n"


def relations(
    columns: Mapping[str, Mapping[str, ColumnSpec]],
) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """Yield (table, column) and the (table, column) that it refers to, where both are there."""
    for table, held in columns.items():
        for name, column in held.items():
            if column.references and column.references[1] in columns.get(column.references[0], ()):
                yield (table, name), column.references


def _schema(
    columns: Mapping[str, Assignment], foreign: list[dict[str, Any]] | None, spec: Spec
) -> dict[str, Any]:
    key = [name for name, one in columns.items() if one.column.primary_key]
    return {
        "fields": [_field(one, spec) for one in columns.values()],
        "missingValues": ["", *sorted(spec.missing.texts)],
        **({"primaryKey": key} if key else {}),
        **({"foreignKeys": foreign} if foreign else {}),
    }


def _field(line: Assignment, spec: Spec) -> dict[str, Any]:
    column = line.column
    listed = line.parameters.get("list")
    drawn = line.traits.draws == "code" and "fixed" not in line.parameters  # that is of no list
    codes = list(spec.code_lists[listed].codes) if listed and drawn else []
    kind = _TYPES.get(type(column.dtype), "integer" if column.dtype.is_integer() else "number")
    return {
        "name": column.name,
        "type": kind,
        **({"constraints": {"enum": codes}} if codes and kind == "string" else {}),
    }
