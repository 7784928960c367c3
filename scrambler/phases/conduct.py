"""Runs a phase: in its order, to a verdict, into the ledger."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from scrambler.batch.dates import DateShift
from scrambler.errors import ScramblerError, UsageError, VerificationError
from scrambler.evidence import evidence_beside
from scrambler.evidence.signature import refuse_unsigned
from scrambler.evidence.write import write_report
from scrambler.files.paths import path_of
from scrambler.phases.constructed_children import CONSTRUCTED_VOLUME, ONE_CONSTRUCTED
from scrambler.phases.ledger import Entry, Ledger, append, read_ledger, refuse_tampered
from scrambler.phases.live_table import LIVE
from scrambler.phases.phase import Outcome, Phase, Request
from scrambler.phases.scrambled_children import FULL_AND_DELTA, ONE_SCRAMBLED
from scrambler.resources.notebook import as_html
from scrambler.resources.progress import Progress, heard
from scrambler.sinks import open_output

PHASES = (ONE_CONSTRUCTED, CONSTRUCTED_VOLUME, ONE_SCRAMBLED, FULL_AND_DELTA, LIVE)


@dataclass(frozen=True, repr=False)
class PhaseReport:
    """What a phase found, and the seal of the ledger that now holds its verdict.

    ``evidence`` says where the page is about what it scrambled; empty where it scrambled nothing.
    """

    phase: Phase
    outcome: Outcome
    seconds: float
    seal: str
    evidence: str = ""

    @property
    def frame(self) -> pl.DataFrame:
        """A row for each check: what it is about, what was found, and whether it passed."""
        checks = [(one.what, one.found, one.passed) for one in self.outcome.checks]
        types = {"check": pl.String, "found": pl.String, "passed": pl.Boolean}
        return pl.DataFrame(checks, schema=types, orient="row")

    def _repr_html_(self) -> str:
        """Show the checks, and what there is to note."""
        return as_html(" ".join([repr(self), *self.outcome.notes]), self.frame)

    def __repr__(self) -> str:
        """Show how it went: a notebook prints it whole."""
        how = "passed" if self.outcome.passed else "FAILED"
        return (
            f"PhaseReport({self.phase.number}, {self.phase.title}: {how} in {self.seconds:.1f} s)"
        )


def run_phase(
    number: int,
    *,
    folder: Path | str = "phases",
    source: Path | str | None = None,
    to: Path | str | None = None,
    epoch: Path | str | None = None,
    children: int | None = None,
    as_of: date | None = None,
    shift: DateShift | None = None,
    policy: Path | str | None = None,
    schema: str | None = None,
    drop_unknown: bool = False,
    out_of_order: str | None = None,
    agreed_by: str | None = None,
    shared: bool = False,
    require_signed: bool = False,
    dates_key: Path | str | None = None,
    progress: Progress | bool | None = None,
) -> PhaseReport:
    """Run phase ``number`` (1 to 5) and record its verdict in the ledger of ``folder``.

    ``as_of`` is today, but for constructed data (1 and 2) the day they stand still on. ``to`` is a
    staging target, by default a folder of the phase's own in ``folder``; phase 5 has none.
    ``epoch`` matters to phase 4 only, which makes one in ``folder`` when none is given; phase 3
    destroys its key when it ends. ``children`` is for phase 2. ``shared`` leaves to the umask who
    can read what a phase leaves. With ``require_signed`` phase 5 wants a signature under the report
    about what phase 4 made.
    ``dates_key`` is for phases 3 and 4, whose dates then move as in other releases.

    VerificationError before anything is done when an earlier phase has not passed and no
    ``out_of_order`` reason is given; UsageError when the phase wants something that is missing;
    OutputError when the ledger was tampered with. An error after that is recorded as a failed phase
    and raised.
    """
    folder = Path(folder)
    if not 1 <= number <= len(PHASES):
        raise UsageError(f"There are phases 1 to {len(PHASES)}, and no other.")
    chosen = PHASES[number - 1]
    request = Request(
        folder, heard(progress), shift or DateShift(), _text(source), _text(to),
        None if epoch is None else path_of(epoch, "An epoch"), children, as_of,
        None if policy is None else path_of(policy, "A policy"), schema,
        drop_unknown, (agreed_by or "").strip() or None,
        shared,
        require_signed,
        None if dates_key is None else path_of(dates_key, "A dates key"),
    )  # fmt: skip
    _refuse_incomplete(chosen, request)
    if request.signed:
        _refuse_unsigned(chosen, request)
    reason = _out_of_order(chosen, folder, out_of_order)
    when, began = datetime.now(UTC).isoformat(timespec="seconds"), time.monotonic()

    def record(outcome: Outcome | None, fault: str | None) -> float:
        seconds = round(time.monotonic() - began, 1)
        counts, epoch = (outcome.counts, outcome.epoch) if outcome else ({}, None)
        passed = outcome is not None and outcome.passed
        append(
            folder,
            Entry(
                number, passed, when, seconds, counts, epoch, reason, request.agreed_by, fault
            ),
            shared=shared,
        )  # fmt: skip
        return seconds

    try:
        outcome = chosen.run(request)
    except BaseException as error:
        record(None, type(error).__name__)
        raise
    seconds = record(outcome, None)
    ledger = read_ledger(folder)
    page = _report(request.place(number) / "scrambled", ledger)
    return PhaseReport(chosen, outcome, seconds, ledger.seal, page)


def _text(location: Path | str | None) -> str | None:
    return None if location is None else str(location)


def phase_ledger(folder: Path | str = "phases") -> Ledger:
    """Return where the phases of ``folder`` stand. Reads only; tampering is in ``faults``."""
    return read_ledger(Path(folder))


def phases_section(ledger: Ledger) -> dict[str, object]:
    """Return what a report says of the phases, JSON-ready."""
    titles = {phase.number: phase.title for phase in PHASES}
    return {
        "entries": [
            {**asdict(entry), "title": titles.get(entry.phase, "")} for entry in ledger.entries
        ],
        "faults": [*ledger.faults],
        "notes": [*ledger.notes],
        "seal": ledger.seal,
    }


def _report(out: Path, ledger: Ledger) -> str:
    """Make the report about what the phase scrambled, with the phases in it, and say where."""
    evidence = evidence_beside(out)
    if evidence is None or not out.exists():
        return ""
    given = {"phases": phases_section(ledger)}
    try:
        output = open_output(out)
        page = write_report(evidence, output.manifest, output.fingerprint, given)
    except ScramblerError as error:  # the phase is done and recorded
        return f"No page was made: {error}"
    return f"The page to judge it by: {page}"


def _refuse_incomplete(chosen: Phase, request: Request) -> None:
    missing = [f"--{name.replace('_', '-')}" for name in chosen.wants if not getattr(request, name)]
    if missing:
        raise UsageError(
            f"Phase {chosen.number} ({chosen.title}) wants {' and '.join(missing)}. Nothing was "
            "done."
        )


def _refuse_unsigned(chosen: Phase, request: Request) -> None:
    if chosen.number != LIVE.number:
        raise UsageError("Only phase 5 can want a signature (--require-signed).")
    output = open_output(request.place(FULL_AND_DELTA.number) / "scrambled")
    refuse_unsigned(evidence_beside(output.path), output.fingerprint)


def _out_of_order(chosen: Phase, folder: Path, reason: str | None) -> str | None:
    """Return the reason that has to be recorded, None where the phase is in order."""
    ledger = read_ledger(folder)
    refuse_tampered(folder, ledger)
    missing = [str(n) for n in range(1, chosen.number) if not ledger.passed(n)]
    if not missing:
        return None
    if reason and reason.strip():
        return reason.strip()
    raise VerificationError(
        f"Phase {chosen.number} ({chosen.title}) wants the phases before it passed first, and "
        f"{', '.join(missing)} did not. Nothing was done. Run them, or say why not with "
        '--out-of-order "reason", which is recorded.'
    )
