"""The manifest: what an output holds and how it was judged. No values, hosts, users or paths.

Readers trust the manifest only: a folder without one is not an output.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any

from scrambler.epoch import FORMAT, Epoch
from scrambler.errors import OutputError
from scrambler.plan import Plan
from scrambler.sinks import PartFile
from scrambler.verification import Verdict
from scrambler.warp import Dates

_PACKAGES = ("ssd-scrambler", "polars", "polars-hash", "pyarrow", "numpy", "faker")


def terms(
    plan: Plan,
    epoch: Epoch,
    policy_digest: str,
    offsets: tuple[int, int],
    dates: Dates,
    children: int | None,
) -> dict[str, object]:
    """Return what two runs must share for an unchanged source row to give an identical row."""
    return {
        "format": FORMAT,
        "epoch": epoch.fingerprint,
        "policy": policy_digest,
        "offset_days_back": list(offsets),
        "dates": dates,
        "children": children,
        "pseudonyms": {"lengths": dict(plan.forms.lengths), "integers": sorted(plan.forms.numeric)},
    }


def describe(
    plan: Plan,
    terms: Mapping[str, object],
    parts: Mapping[str, Sequence[PartFile]],
    states: Mapping[str, Sequence[PartFile]],
    changes: Sequence[Mapping[str, object]],
    verdict: Verdict | None,
) -> dict[str, object]:
    """Return the manifest of a run as a JSON-ready dictionary.

    ``terms`` are those of ``terms``; ``changes`` has one entry a delta, the oldest first.
    """
    return {
        **terms,
        "versions": {name: version(name) for name in _PACKAGES},
        "tables": {
            planned.table.name: {
                "rows": sum(part.rows for part in parts[planned.table.name]),
                "columns": {
                    name: {
                        "type": assignment.column.sql_type,
                        "treatment": assignment.treatment,
                        **({"reason": assignment.reason} if assignment.reason else {}),
                    }
                    for name, assignment in planned.assignments.items()
                },
                "files": [asdict(part) for part in parts[planned.table.name]],
                "state": [asdict(part) for part in states[planned.table.name]],
            }
            for planned in plan.tables
        },
        "changes": list(changes),
        "missing": list(plan.missing),
        # How many only: names that nobody has looked at may say anything.
        "dropped": len(plan.dropped),
        "omitted": list(plan.omitted),
        "other_tables": plan.others,
        "verdict": verdict.summary() if verdict else None,
    }


def read_manifest(out: Path) -> dict[str, Any]:
    """Return the manifest of an output; OutputError when there is none or it is damaged."""
    try:
        document: dict[str, Any] = json.loads((out / "manifest.json").read_text("utf-8"))
        _check(document)
        return document
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise OutputError(
            f"{out} holds no readable manifest.json, so it is no whole output of this program."
        ) from None


def _check(document: dict[str, Any]) -> None:
    """Raise ValueError, TypeError, KeyError or AttributeError where readers would stumble."""
    if not document["tables"]:
        raise ValueError("an output without tables")
    for table in document["tables"].values():
        if not isinstance(table["rows"], int) or not table["columns"]:
            raise ValueError("a table without rows or columns")
        for column in table["columns"].values():
            if not isinstance(column["treatment"], str):
                raise TypeError("a treatment that is no text")
        _check_files(table["files"])
        _check_files(table.get("state", []))
    for run in document.get("changes", []):
        for table in run["tables"].values():
            _check_files(table["files"])


def _check_files(parts: list[dict[str, Any]]) -> None:
    for part in parts:
        path = PurePosixPath(part["path"])
        if path.is_absolute() or ".." in path.parts or "\\" in part["path"]:
            raise ValueError("a file outside the output")
        if not isinstance(part["rows"], int) or not isinstance(part["sha256"], str):
            raise TypeError("a file without rows or hash")
