"""That originals were looked at enters the ledger; what was seen never does."""

from __future__ import annotations

from scrambler.errors import OutputError
from scrambler.evidence.folder import evidence_beside
from scrambler.evidence.ledger import Step, add_step
from scrambler.sinks import Output


def note_use(output: Output) -> None:
    """Enter in the ledger that ``compare`` was used. OutputError where that cannot be."""
    evidence = evidence_beside(output.path)
    if evidence is None or not evidence.folder.is_dir():
        raise OutputError(
            "Originals are shown only where a ledger next to the output says so, and there is "
            "none. Make it with: scrambler report OUT"
        )
    add_step(evidence.folder, Step("compare", output.fingerprint), shared=evidence.shared)
