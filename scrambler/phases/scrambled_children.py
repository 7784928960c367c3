"""Phases 3 and 4: scrambled children, one first, then all of them and what changed since."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from scrambler.errors.boundary import fault_at
from scrambler.files.commit import last_state
from scrambler.keys.epoch import Epoch
from scrambler.keys.epoch_file import create
from scrambler.phases.delta_self_test import delta_self_test
from scrambler.phases.evidence import handed_over, received
from scrambler.phases.phase import Check, Outcome, Phase, Request
from scrambler.run import Report, run
from scrambler.sinks import open_output
from scrambler.staging.stage_payloads import output_tables, payloads, stage_built

_A_FEW = 64


def _one(request: Request) -> Outcome:
    """Stage the first child, by pseudonym, of a few that were scrambled.

    Whether a child has a payload shows only when its dates have moved. So a few children are
    scrambled; where none of them has one, all are.
    """
    as_of, target = request.as_of or date.today(), request.target(3)
    for children in (_A_FEW, None):
        report, out = _scrambled(request, 3, children=children)
        with fault_at("payloads"):
            child = next(payloads(output_tables(open_output(out)), as_of)).head(1)
        if child.height:
            break
    verified, counts = _verified(report), {"scrambled_rows": sum(report.rows.values())}
    epoch = str(open_output(out).manifest["epoch"])
    if not child.height:
        nobody = Check("a child of the payload cohort", False, f"nobody on {as_of}")
        return Outcome((verified, nobody), counts, epoch)
    done = stage_built(iter([child]), target, as_of, request.staging)
    checks = (verified, *handed_over(done, target), received(target, child))
    return Outcome(checks, counts | done.counts, epoch)


def _full_and_delta(request: Request) -> Outcome:
    as_of, target = request.as_of or date.today(), request.target(4)
    epoch = request.epoch or _own_epoch(request.folder)
    checks: list[Check] = []
    counts: dict[str, int] = {}
    notes: list[str] = []
    for step in ("full", "delta"):
        report, out = _scrambled(request, 4, epoch=epoch, delta=step == "delta")
        built = payloads(output_tables(open_output(out)), as_of, request.progress)
        done = stage_built(built, target, as_of, request.staging)
        counts |= {f"{step}_{name}": count for name, count in done.counts.items()}
        for check in (_verified(report), *handed_over(done, target)):
            checks.append(Check(f"{step}: {check.what}", check.passed, check.found))
        if step == "full":
            counts["scrambled_rows"] = sum(report.rows.values())
            if shift := report.cohort:
                counts |= {"cohort_before": shift.before, "cohort_after": shift.after}
                notes.append(str(shift))
        else:
            changes = (report.changes or {}).values()
            counts["delta_rows"] = sum(sum(table.values()) for table in changes)
    drilled, edited = delta_self_test(request.progress)
    checks += drilled
    counts |= edited
    return Outcome(tuple(checks), counts, Epoch.load(epoch).fingerprint, tuple(notes))


def _scrambled(
    request: Request,
    number: int,
    *,
    children: int | None = None,
    epoch: Path | None = None,
    delta: bool = False,
) -> tuple[Report, Path]:
    """Scramble into the phase's own folder, in the place of what an earlier run of it left."""
    out = request.place(number) / "scrambled"
    report = run(
        request.source or "",
        out,
        epoch=epoch,
        dates_key=request.dates_key,
        policy=request.policy,
        schema=request.schema,
        children=children,
        shift=request.shift,
        drop_unknown=request.drop_unknown,
        replace=last_state(out).exists() and not delta,
        delta=delta,
        progress=request.progress,
        as_of=request.as_of,
        shared=request.shared,
    )
    return report, out


def _verified(report: Report) -> Check:
    passed = report.verdict is not None and report.verdict.passed
    return Check("scrambled and verified", passed, f"{sum(report.rows.values()):,} rows")


def _own_epoch(folder: Path) -> Path:
    """Return the epoch file of the phases, made when first wanted, for its owner's eyes only."""
    path = folder / "epoch.key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        create(path)
    return path


ONE_SCRAMBLED = Phase(3, "one scrambled child", _one, wants=("source",))
FULL_AND_DELTA = Phase(4, "full and delta payloads, scrambled", _full_and_delta, wants=("source",))
