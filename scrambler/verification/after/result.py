"""What a post-run verification comes to: checks, figures and notes."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from scrambler.verification.after.check_result import CheckResult
from scrambler.verification.after.risk import Risk
from scrambler.verification.after.statutory_rows import ChildrenWithErrors


@dataclass
class PostRunVerification:
    """The checks that were made, and notes on what could not be checked.

    ``risks`` and ``errors`` are figures and no checks: they cannot fail. ``errors`` is None where
    nothing was examined.
    """

    checks: list[CheckResult] = field(default_factory=list)
    risks: list[Risk] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    errors: ChildrenWithErrors | None = None

    @property
    def passed(self) -> bool:
        """True when every check passed."""
        return all(check.passed for check in self.checks)

    def summary(self) -> dict[str, object]:
        """Return the figures, JSON-ready."""
        return {
            "passed": self.passed,
            "checks": [
                {"what": check.what, "examined": check.examined, "failures": check.failures}
                for check in self.checks
            ],
            "risks": [
                {"dates_known": one.known, "children": one.children, "unique": one.unique}
                for one in self.risks
            ],
            "children_with_errors": asdict(self.errors) if self.errors else None,
            "notes": self.notes,
        }
