"""Signing: a decision about a report enters the ledger next to the output.

A name typed here is no authentication: the ledger shows that a line was changed, not who wrote it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from scrambler.errors import OutputError, UsageError
from scrambler.evidence.folder import Evidence
from scrambler.evidence.ledger import Step, add_step

Decision = Literal["release", "release-with-conditions", "refuse"]
_LONGEST = 500


@dataclass(frozen=True)
class Signature:
    """Who decided what. All but ``name`` and ``decision`` may be empty."""

    name: str
    decision: Decision
    role: str = ""
    purpose: str = ""
    conditions: str = ""

    def __post_init__(self) -> None:
        """UsageError without a name, without the conditions of a decision, for endless texts."""
        if not self.name.strip():
            raise UsageError("A signature wants a name (--name).")
        if self.decision == "release-with-conditions" and not self.conditions.strip():
            raise UsageError("A release with conditions says which (--conditions).")
        if any(len(text) > _LONGEST for text in asdict(self).values()):
            raise UsageError(f"What is typed to sign has at most {_LONGEST} characters each.")


def enter_signature(evidence: Evidence, file: Path, sha256: str, signature: Signature) -> Step:
    """Enter ``signature`` under the report ``file`` of this hash, and keep it as it was signed.

    OutputError where the ledger has no such report.
    """
    held = [step for step in evidence.ledger().entries if step.act == "report"]
    report = next((step for step in reversed(held) if step.sha256 == sha256), None)
    if report is None:
        raise OutputError(
            "The ledger next to the output has no such report: it was changed, or is of another "
            "output. Make it anew with scrambler report."
        )
    said = {name: text.strip() for name, text in asdict(signature).items() if text.strip()}
    kept = evidence.keep_signed(file)
    step = Step("sign", report.fingerprint, file=kept.name, sha256=sha256, said=said)
    add_step(evidence.folder, step, shared=evidence.shared)
    return step


def refuse_unsigned(evidence: Evidence | None, fingerprint: str) -> Step:
    """Return the last signature under a report of this output. OutputError: none, or a refusal."""
    ledger = evidence.ledger() if evidence else None
    if ledger is None or ledger.faults:
        raise OutputError("There is no whole ledger next to the output, so nobody has signed.")
    signed = [
        step for step in ledger.entries if step.act == "sign" and step.fingerprint == fingerprint
    ]
    if not signed:
        raise OutputError(
            "Nobody has signed a report of this output. Show it to whoever decides, then: "
            'scrambler sign REPORT --name "…" --decision release'
        )
    if signed[-1].said.get("decision") == "refuse":
        raise OutputError("The report of this output was signed, and its release was refused.")
    return signed[-1]
