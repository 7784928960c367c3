"""What a phase is asked, what it finds, and how it is judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from scrambler.batch.dates import DateShift
from scrambler.resources.progress import Progress
from scrambler.staging.settings import MergeSettings


@dataclass(frozen=True)
class Request:
    """What the user said. ``folder`` is that of all phases; None means the phase's own default.

    Its repr leaves out what may hold a password.
    """

    folder: Path
    progress: Progress
    shift: DateShift
    source: str | None = field(default=None, repr=False)
    to: str | None = field(default=None, repr=False)
    epoch: Path | None = None
    children: int | None = None
    as_of: date | None = None
    policy: Path | None = None
    schema: str | None = None
    drop_unknown: bool = False
    agreed_by: str | None = None
    shared: bool = False
    signed: bool = False
    dates_key: Path | None = None

    def place(self, number: int) -> Path:
        """Return the folder that phase ``number`` keeps its files in."""
        return self.folder / f"phase-{number}"

    @property
    def staging(self) -> MergeSettings:
        """How payloads of a phase are staged: one that has fewer children may follow another."""
        return MergeSettings(allow_deletions=True, shared=self.shared)

    def target(self, number: int) -> str:
        """Return where phase ``number`` stages: what was asked for, or a folder of its own."""
        return self.to or str(self.place(number) / "staging")


@dataclass(frozen=True)
class Check:
    """One thing that a phase has to show; ``found`` says what was found, in counts."""

    what: str
    passed: bool
    found: str


@dataclass(frozen=True)
class Outcome:
    """What a phase found. It passed when every check did.

    ``counts`` go into the ledger; ``epoch`` is a fingerprint; ``notes`` are printed only.
    """

    checks: tuple[Check, ...]
    counts: Mapping[str, int]
    epoch: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)


@dataclass(frozen=True)
class Phase:
    """One of the five. ``wants`` names the parts of a request that it cannot do without."""

    number: int
    title: str
    run: Callable[[Request], Outcome]
    wants: tuple[str, ...] = ()
