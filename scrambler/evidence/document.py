"""The document: every figure of the page, each taken from one place.

Sections that other rooms know of (what is staged, the phases) are handed in. A section that was not
looked for is null, and the page says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from scrambler.evidence.folder import Evidence
from scrambler.evidence.ledger import Step
from scrambler.evidence.record import FORMAT, Kind, Record, moment, program_version
from scrambler.evidence.words import KEPT, words_of
from scrambler.files.chain import Links

Json = dict[str, Any]
Held = Sequence[tuple[str, Record | None]]
SECTIONS = ("payloads", "phases")
"""What other rooms may hand in."""


def gather(
    evidence: Evidence, manifest: Mapping[str, Any], fingerprint: str, given: Mapping[str, Any]
) -> Json:
    """Return the document about the output of ``manifest``, JSON-ready."""
    held = [*evidence.records()]
    own = [(name, one) for name, one in held if one and one.fingerprint == fingerprint]
    ledger = evidence.ledger()
    run, staged = (_latest(own, kind) for kind in ("run", "payload"))
    return {
        "format": FORMAT,
        "made": moment(),
        "version": program_version(),
        "output": _output(manifest, fingerprint),
        "done": _done(manifest),
        "run": _run(manifest, run),
        "verifications": [_verification(*one) for one in own if one[1].kind == "verify"],
        "not_of_this_output": [name for name, one in held if (name, one) not in own],
        "cohort": run[1].result.get("cohort") if run else None,
        "staged": staged and {"file": staged[0], "when": staged[1].when, **staged[1].result},
        **{section: given.get(section) for section in SECTIONS},
        "ledger": _ledger(ledger, fingerprint),
    }


def state_of(document: Mapping[str, Any]) -> str:
    """Return the verdict in a word: `failed`, `checked twice`, `checked once` or `not checked`."""
    run, again = document["run"], document["verifications"]
    latest = again[-1]["passed"] if again else None
    if run["passed"] is False or latest is False or document["ledger"]["faults"]:
        return "failed"
    if run["passed"] is None:
        return "not checked" if latest is None else "checked once"
    return "checked twice" if latest else "checked once"


def _latest(own: Sequence[tuple[str, Record]], kind: Kind) -> tuple[str, Record] | None:
    return next(((name, one) for name, one in reversed(own) if one.kind == kind), None)


def _output(manifest: Mapping[str, Any], fingerprint: str) -> Json:
    tables = manifest["tables"]
    return {
        "fingerprint": fingerprint,
        "epoch": manifest["epoch"],
        "policy": manifest["policy"],
        "versions": dict(manifest["versions"]),
        "dates": manifest["dates"],
        "offset_days_back": [*manifest["offset_days_back"]],
        "children": manifest["children"],
        "tables": len(tables),
        "rows": sum(table["rows"] for table in tables.values()),
        "columns": sum(len(table["columns"]) for table in tables.values()),
        "deltas": len(manifest["changes"]),
        "dates_key": "dates_key" in manifest,
    }


def _done(manifest: Mapping[str, Any]) -> Json:
    tables = [
        {
            "table": name,
            "rows": table["rows"],
            "kinds": dict(
                Counter(words_of(one["treatment"]).kind for one in table["columns"].values())
            ),
            "columns": [
                {
                    "column": column,
                    "treatment": said["treatment"],
                    "kind": words_of(said["treatment"]).kind,
                    "reason": said.get("reason", ""),
                }
                for column, said in table["columns"].items()
            ],
        }
        for name, table in manifest["tables"].items()
    ]
    kinds = Counter(column["kind"] for table in tables for column in table["columns"])
    return {
        "tables": tables,
        "kinds": dict(kinds),
        "replaced": sum(count for kind, count in kinds.items() if kind != KEPT),
        "never_copied": [*manifest["omitted"]],
        "not_in_source": [*manifest["missing"]],
        "columns_left_out": manifest["dropped"],
        "tables_not_read": manifest["other_tables"],
    }


def _run(manifest: Mapping[str, Any], kept: tuple[str, Record] | None) -> Json:
    """Return what the run found: from the manifest, and where it was kept, how far chance took it.

    Without the record the columns are those of the manifest, which has bands only.
    """
    verdict = manifest["verdict"] or {}
    name, record = kept or (None, None)
    columns = (record.result.get("columns") if record else None) or [
        {**column, "judged": "kept" if column.get("kept") else "unknown"}
        for column in verdict.get("columns", [])
    ]
    domains, references = verdict.get("id_domains", {}), verdict.get("references", [])
    return {
        "passed": verdict.get("passed"),
        "file": name,
        "when": record.when if record else None,
        "seconds": record.seconds if record else None,
        "columns": columns,
        "compared": len(columns),
        "judged": dict(Counter(column["judged"] for column in columns)),
        "failed": [f"{one['table']}.{one['column']}" for one in columns if not one["passed"]],
        "id_domains": len(domains),
        "one_to_one": sum(domains.values()),
        "references": len(references),
        "intact": sum(one["intact"] for one in references),
        "cleared": dict(verdict.get("cleared", {})),
        "rows_without_subject": dict(verdict.get("rows_without_subject", {})),
        "children_with_errors": record.result.get("children_with_errors") if record else None,
    }


def _verification(name: str, record: Record) -> Json:
    result = record.result
    checks = result.get("checks", [])
    return {
        "file": name,
        "when": record.when,
        "version": record.version,
        "seconds": record.seconds,
        "passed": record.passed,
        "checks": checks,
        "failed": sum(bool(check["failures"]) for check in checks),
        "risks": result.get("risks", []),
        "attacks": [
            {**one, "chance": round(one["chance"], 1)} for one in result.get("attacks", [])
        ],
        "children_with_errors": result.get("children_with_errors"),
        "notes": [*result.get("notes", [])],
    }


def _ledger(held: Links[Step], fingerprint: str) -> Json:
    return {
        "steps": [asdict(step) for step in held.entries if step.fingerprint == fingerprint],
        "seal": held.seal,
        "faults": [*held.faults],
        "notes": [*held.notes],
    }
