"""The manifest: what an output holds and how it was judged. No values, hosts, users or paths.

Readers trust the manifest only: a folder without one is not an output.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from scrambler.batch.dates import DateShift
from scrambler.keys.dates_key import DatesKey
from scrambler.keys.epoch import FORMAT, Epoch
from scrambler.run.plan import Plan
from scrambler.sinks import PartFile
from scrambler.ssd.national import Codes
from scrambler.verification import Verdict

_PACKAGES = ("ssd-scrambler", "polars", "polars-hash", "pyarrow", "numpy", "faker", "holidays")


def run_parameters(
    plan: Plan,
    epoch: Epoch,
    policy_digest: str,
    shift: DateShift,
    children: int | None,
    dates_key: DatesKey | None = None,
    codes: Codes = "even",
) -> dict[str, object]:
    """Return what two runs must share for an unchanged source row to give an identical row."""
    # Of this epoch only: by its own, releases could be told to have one dates key.
    alike = dates_key and epoch.subkey(f"dates key {dates_key.fingerprint}")[:16]
    return {
        "format": FORMAT,
        "epoch": epoch.fingerprint,
        "policy": policy_digest,
        **shift.parameters(),
        **({"dates_key": alike} if alike else {}),
        "codes": codes,
        "children": children,
        "ids": epoch.ids or "exact",
        # Sorted: sources list their tables in an order of their own.
        "pseudonyms": {
            "lengths": dict(sorted(plan.forms.lengths.items())),
            "integers": sorted(plan.forms.numeric),
        },
    }


def build_manifest(
    plan: Plan,
    terms: Mapping[str, object],
    parts: Mapping[str, Sequence[PartFile]],
    states: Mapping[str, Sequence[PartFile]],
    changes: Sequence[Mapping[str, object]],
    verdict: Verdict | None,
) -> dict[str, Any]:
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
                        **({"mixed": True} if assignment.is_mixed else {}),
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
        **({"unencrypted": True} if plan.plain else {}),
        # How many only: names that nobody has looked at may say anything.
        "dropped": len(plan.dropped),
        "omitted": list(plan.omitted),
        "other_tables": plan.others,
        "verdict": verdict.published() if verdict else None,
    }
