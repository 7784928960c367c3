"""What a run leaves next to its output for people to judge it by, whether it ended well or not."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scrambler.errors import OutputError, ScramblerError
from scrambler.errors.boundary import fault_at
from scrambler.evidence import Record, evidence_beside
from scrambler.evidence.failure import keep_failure
from scrambler.evidence.write import write_report
from scrambler.files.commit import last_state
from scrambler.run.cohort import CohortShift
from scrambler.sinks.manifest import fingerprint_of
from scrambler.verification import Verdict
from scrambler.verification.after.statutory_rows import ChildrenWithErrors


def of_run(
    out: Path | None,
    manifest: Mapping[str, Any],
    verdict: Verdict | None,
    cohort: CohortShift | None,
    errors: ChildrenWithErrors | None,
    began: float,
) -> str:
    """Keep what a run found that has just committed ``manifest``; say where, or why not.

    The output stands whatever happens here.
    """
    evidence = evidence_beside(out)
    if evidence is None:
        return "A server has no place for a page beside the output."
    fingerprint = fingerprint_of(manifest)
    result = {
        "columns": verdict.figures() if verdict else [],
        "cohort": _cohort(cohort),
        "children_with_errors": asdict(errors) if errors else None,
    }
    passed = verdict is not None and verdict.passed
    try:
        with fault_at("evidence"):
            evidence.set_aside(fingerprint)
            evidence.keep(Record.now("run", fingerprint, passed, time.monotonic() - began, result))
            page = write_report(evidence, manifest, fingerprint)
    except (ScramblerError, OSError) as error:
        return f"No page was made: {error}"
    return f"The page to judge it by: {page}"


def of_failure(out: Path | None, error: ScramblerError) -> None:
    """Keep what a run had to say that failed, where there is a place for it."""
    evidence = evidence_beside(out)
    if evidence is not None and out is not None:
        with suppress(OutputError):
            keep_failure(evidence, error, stays=last_state(out).exists())


def _cohort(shift: CohortShift | None) -> dict[str, object] | None:
    if shift is None:
        return None
    return {"as_of": str(shift.as_of), "before": shift.before, "after": shift.after}
