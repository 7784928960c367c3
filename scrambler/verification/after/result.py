"""What a post-run verification comes to: checks, figures and notes."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

import polars as pl

from scrambler.resources.notebook import as_html
from scrambler.verification.after.check_result import CheckResult
from scrambler.verification.after.risk import Risk
from scrambler.verification.after.statutory_rows import ChildrenWithErrors
from scrambler.verification.attacks.attack import Attack


@dataclass(repr=False)
class PostRunVerification:
    """The checks that were made, and notes on what could not be checked.

    ``risks``, ``errors`` and ``attacks`` are figures and no checks: they cannot fail. ``errors`` is
    None where nothing was examined. ``evidence`` says where the page is that quotes it.
    """

    checks: list[CheckResult] = field(default_factory=list)
    risks: list[Risk] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    errors: ChildrenWithErrors | None = None
    attacks: list[Attack] = field(default_factory=list)
    evidence: str = ""

    @property
    def passed(self) -> bool:
        """True when every check passed."""
        return all(check.passed for check in self.checks)

    @property
    def frame(self) -> pl.DataFrame:
        """A row for each check."""
        return pl.DataFrame(
            [(one.what, one.examined, one.failures, one.passed) for one in self.checks],
            schema={
                "check": pl.String,
                "examined": pl.Int64,
                "failures": pl.Int64,
                "passed": pl.Boolean,
            },
            orient="row",
        )

    def __repr__(self) -> str:
        """Show how it went: a notebook prints it whole."""
        failed = sum(not check.passed for check in self.checks)
        how = "passed" if self.passed else f"FAILED, {failed} of them"
        return f"PostRunVerification({len(self.checks)} checks: {how})"

    def _repr_html_(self) -> str:
        """Show the checks and the notes."""
        return as_html(" ".join([repr(self), *self.notes]), self.frame)

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
            "attacks": [asdict(one) for one in self.attacks],
            "notes": self.notes,
        }
