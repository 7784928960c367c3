"""What a manifest may hold: the places of a closed schema, and the names that the run was given.

Whatever else stands in it may be a value of a record, a key, a place on somebody's disk.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema_rs

from scrambler.errors import VerificationError
from scrambler.policy import Assignment
from scrambler.verification.after.key_like import no_key_in
from scrambler.verification.during.derivation import DATES_SALT, SALT, Secrets


def refuse_manifest(
    manifest: Mapping[str, Any],
    assignments: Mapping[str, Mapping[str, Assignment]],
    others: frozenset[str],
    keys: Iterable[bytes],
) -> None:
    """VerificationError for an entry that has no place in a manifest, or for what may be a key.

    ``assignments`` are those of the run by table and column, ``others`` the names of tables and
    columns that it leaves out, ``keys`` those of epoch and dates. Nothing that is found is shown.
    """
    said = json.dumps(manifest)
    secrets = [Secrets(key, 0, salt) for key in keys for salt in (SALT, DATES_SALT)]
    if any(one.stand_in(said) for one in secrets) or not no_key_in(manifest).passed:
        raise VerificationError(
            "The epoch's key, or that of dates, stands in the manifest. Nothing was committed. "
            "Start a new one, and report this: it is a fault of the program."
        )
    found = sum(1 for _ in _validator().iter_errors(manifest))
    if not found:
        found = _unknown(manifest, assignments, others)
    if found:
        raise VerificationError(
            f"The manifest has {found} entries that no manifest may have. Nothing was committed; "
            "report this: it is a fault of the program."
        )


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    text = files(__package__).joinpath("manifest.schema.json").read_text("utf-8")
    return jsonschema_rs.Draft202012Validator(json.loads(text))


def _unknown(
    manifest: Mapping[str, Any],
    assignments: Mapping[str, Mapping[str, Assignment]],
    others: frozenset[str],
) -> int:
    """Count the names, and the reasons beside them, that are not those of the run."""
    found = len(manifest["tables"].keys() ^ assignments.keys())
    for table, described in manifest["tables"].items():
        columns = assignments.get(table, {})
        found += len(described["columns"].keys() ^ columns.keys())
        found += sum(
            one.get("reason", "") != columns[name].reason
            for name, one in described["columns"].items()
            if name in columns
        )
    names = {f"{table}.{name}" for table, columns in assignments.items() for name in columns}
    said = [*manifest["missing"], *manifest["omitted"]]
    found += sum(name not in others for name in said)
    for run in manifest["changes"]:
        found += len(run["tables"].keys() - assignments.keys())
    if verdict := manifest["verdict"]:
        found += sum(f"{x['table']}.{x['column']}" not in names for x in verdict["columns"])
        found += sum(not {x["column"], x["parent"]} <= names for x in verdict["references"])
        found += len(verdict["cleared"].keys() - names)
        found += len(verdict["rows_without_subject"].keys() - assignments.keys())
    return found
