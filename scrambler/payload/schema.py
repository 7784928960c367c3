"""The JSON Schema of a payload, and the check of payloads against it.

``payload.schema.json`` (draft 2020-12) states payload_fields.csv: every path, limit and code list.
Where that file gives two limits the narrower one holds. Unknown keys are refused.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema_rs
import polars as pl

_BATCH = 500
_FINDINGS = {"index": pl.UInt32, "path": pl.String, "rule": pl.String}


def schema(*, nested_purge: bool = False) -> dict[str, Any]:
    """Return the JSON Schema of one payload: full, partial or deletion.

    With ``nested_purge`` an item or block within a child may be purged, too.
    """
    text = (files("scrambler.payload") / "payload.schema.json").read_text(encoding="utf-8")
    if nested_purge:
        text = text.replace('"purge": {"const": false}', '"purge": {"type": "boolean"}')
    parsed: dict[str, Any] = json.loads(text)
    return parsed


def validate(payloads: pl.Series, *, nested_purge: bool = False) -> pl.DataFrame:
    """Return one row for each breach: ``index`` into ``payloads``, JSON ``path`` and ``rule``.

    ``rule`` is the keyword of the schema that is broken, or `json` where the text is no JSON (null
    included). No column holds a value of a payload; a missing key is reported at its own path,
    unknown keys at their object.
    The payloads are parsed in batches, so memory does not grow with their number.
    """
    found = [
        (offset + index, path, rule)
        for offset in range(0, len(payloads), _BATCH)
        for index, path, rule in _breaches(payloads.slice(offset, _BATCH), nested_purge)
    ]
    return pl.DataFrame(found, schema=_FINDINGS, orient="row")


@cache
def _validator(nested_purge: bool) -> jsonschema_rs.Draft202012Validator:
    """One call checks a whole batch: the instance is an array, as the endpoint takes it."""
    child = schema(nested_purge=nested_purge)
    batch = {"$schema": child["$schema"], "type": "array", "items": {"$ref": child["$id"]}}
    registry = jsonschema_rs.Registry([(child["$id"], child)])
    return jsonschema_rs.Draft202012Validator(batch, registry=registry, validate_formats=True)


def _breaches(payloads: pl.Series, nested_purge: bool) -> list[tuple[int, str, str]]:
    try:
        batch = json.loads("[" + ",\n".join(payloads) + "]")
        # Each alone as well: two broken texts can be whole together.
        whole = len(batch) == len(payloads) and payloads.str.json_path_match("$").null_count() == 0
        if whole:
            return [
                (int(error.instance_path[0]), path_of(_steps(error)[1:]), error.kind.name)
                for error in _validator(nested_purge).iter_errors(batch)
            ]
    except (ValueError, TypeError, RecursionError, OverflowError):
        pass  # no JSON, or numbers and nesting beyond what any reader takes
    return _one_by_one(payloads, nested_purge)


def _one_by_one(payloads: pl.Series, nested_purge: bool) -> list[tuple[int, str, str]]:
    """Find the texts that are no JSON, in the one batch that holds such a text."""
    if len(payloads) == 1:
        return [(0, "$", "json")]
    return [
        (index, path, rule)
        for index in range(len(payloads))
        for _, path, rule in _breaches(payloads.slice(index, 1), nested_purge)
    ]


def _steps(error: jsonschema_rs.ValidationError) -> list[str | int]:
    missing = [str(error.kind.as_dict()["property"])] if error.kind.name == "required" else []
    return [*error.instance_path, *missing]


def path_of(steps: Sequence[str | int]) -> str:
    """Return the names and positions that lead to a place as a JSON path."""
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
