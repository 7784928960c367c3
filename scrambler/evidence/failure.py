"""What a run that left no output had to say: names and counts, as its message has them."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from scrambler.errors import ScramblerError
from scrambler.errors.redact import redacted
from scrambler.evidence.folder import Evidence
from scrambler.evidence.page import failure_page
from scrambler.evidence.record import moment, program_version


@dataclass(frozen=True)
class Failure:
    """``findings`` are the lines of the message; ``replaced`` says whether an output stays."""

    error: str
    exit_code: int
    findings: tuple[str, ...]
    stays: bool
    when: str
    version: str


def keep_failure(evidence: Evidence, error: ScramblerError, *, stays: bool) -> None:
    """Write failed-N.json, and the page of it. ``stays``: an earlier output is there still.

    OutputError where it cannot be written.
    """
    lines = tuple(line for line in redacted(str(error)).splitlines() if line.strip())
    failure = Failure(
        type(error).__name__, error.exit_code, lines, stays, moment(), program_version()
    )
    path = evidence.keep_failure(asdict(failure))
    evidence.write(f"{path.stem}.html", failure_page(asdict(failure)))
