"""The report about an output: made, checked and signed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scrambler.errors import OutputError
from scrambler.evidence import Evidence, evidence_beside
from scrambler.evidence.folder import END
from scrambler.evidence.signature import Decision, Signature, enter_signature
from scrambler.evidence.write import write_report
from scrambler.files.commit import disk_errors, write_file
from scrambler.files.digest import sha256_of
from scrambler.files.paths import new_file, path_of
from scrambler.phases import phase_ledger, phases_section
from scrambler.phases.phase import Check
from scrambler.sinks import FolderOutput, Output, open_output
from scrambler.staging.look import look_at_staging
from scrambler.verification.after.files import all_files, as_named, nothing_else


def report(
    out: Path | str,
    *,
    staging: str | None = None,
    phases: Path | None = None,
    to: Path | None = None,
) -> Path:
    """Make the report about a committed ``out`` and return the path of its page.

    It lies in ``OUT.evidence``; ``to`` is a further copy, where nothing stands yet. ``staging`` is
    a staging target to look at, ``phases`` the folder of the phases' ledger. OutputError for an
    output in a server, which has no place next to it, and where the ledger was tampered with.
    """
    output = open_output(out)
    copy = new_file(to, output.path, "The report") if to else None
    given = {
        "payloads": look_at_staging(staging) if staging else None,
        "phases": phases_section(phase_ledger(phases)) if phases else None,
    }
    page = write_report(_evidence(output), output.manifest, output.fingerprint, given)
    if copy:
        with disk_errors(copy):
            write_file(copy, page.read_text("utf-8"))
    return page


def check_report(file: Path | str, out: Path | str | None = None) -> tuple[Check, ...]:
    """Hold a report against the ledger, the other evidence and the output: has a byte changed?

    ``out`` is needed for a copy that no longer lies in ``OUT.evidence``. OutputError where there is
    no such file or output.
    """
    path = path_of(file, "The report")
    output = open_output(out if out is not None else _out_of(path))
    return tuple(_checks(_sha256(path), output, _evidence(output)))


def sign(
    file: Path | str,
    name: str,
    decision: Decision,
    *,
    role: str = "",
    purpose: str = "",
    conditions: str = "",
    out: Path | str | None = None,
) -> str:
    """Enter a decision about the report at ``file`` in the ledger; return the ledger's new seal.

    OutputError where `check_report` finds a fault: what was changed is not signed.
    """
    signature = Signature(name, decision, role, purpose, conditions)
    if faults := [check.what for check in check_report(file, out) if not check.passed]:
        raise OutputError(f"The report is not signed, for a check failed: {'; '.join(faults)}.")
    path = path_of(file, "The report")
    evidence = _evidence(open_output(out if out is not None else _out_of(path)))
    enter_signature(evidence, path, _sha256(path), signature)
    return evidence.ledger().seal


def _checks(sha256: str, output: Output, evidence: Evidence) -> Iterator[Check]:
    ledger = evidence.ledger()
    yield Check("the ledger is whole", not ledger.faults, f"{len(ledger.entries)} lines")
    steps = [step for step in ledger.entries if step.act == "report" and step.sha256 == sha256]
    yield Check("the ledger has this report", bool(steps), sha256[:16])
    latest = {step.file: step.sha256 for step in ledger.entries if step.file}
    changed = [name for name, held in latest.items() if _of_file(evidence.folder / name) != held]
    yield Check(
        "the evidence is as it was written", not changed, f"{len(changed)} of {len(latest)} changed"
    )
    own = any(step.fingerprint == output.fingerprint for step in steps)
    yield Check("it is about this output", own, output.fingerprint[:16])
    if isinstance(output, FolderOutput):
        files = [*all_files(output.manifest)]
        for found in (as_named(output.path, files), nothing_else(output.path, files)):
            said = f"{found.failures} of {found.examined}"
            yield Check(f"the output: {found.what}", found.passed, said)


def _evidence(output: Output) -> Evidence:
    evidence = evidence_beside(output.path)
    if evidence is None:
        raise OutputError("An output in a server has no evidence: there is no place next to it.")
    return evidence


def _out_of(report: Path) -> Path:
    folder = report.absolute().parent
    if not folder.name.endswith(END):
        raise OutputError(
            f"{report} does not lie in the evidence of an output: name the output as well."
        )
    return folder.with_name(folder.name.removesuffix(END))


def _sha256(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError as error:
        raise OutputError(f"Cannot read {path}: {error.strerror}.") from None


def _of_file(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError:
        return ""
