"""The ledger: one line a phase, in a chain that shows tampering; see `scrambler.files.chain`.

No line holds a value of a record: numbers, counts, the epoch's fingerprint, and what the person at
the keyboard typed about the phase.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import NoneType
from typing import Any

import polars as pl

from scrambler.files.chain import Chain, Links
from scrambler.resources.notebook import as_html


@dataclass(frozen=True)
class Entry:
    """One phase that was run, passed or not.

    ``when`` is UTC in ISO 8601, whole seconds; ``seconds`` how long it took. ``counts`` are of
    children, payloads and rows. ``epoch`` is a fingerprint, ``fault`` the name of the error that
    ended the phase; each of the last four is None where there is nothing to say.
    """

    phase: int
    passed: bool
    when: str
    seconds: float
    counts: Mapping[str, int] = field(default_factory=dict)
    epoch: str | None = None
    out_of_order: str | None = None
    agreed_by: str | None = None
    fault: str | None = None


_TYPES: dict[str, type | tuple[type, ...]] = {
    "phase": int,
    "passed": bool,
    "when": str,
    "seconds": (float, int),
    "counts": dict,
    "epoch": (str, NoneType),
    "out_of_order": (str, NoneType),
    "agreed_by": (str, NoneType),
    "fault": (str, NoneType),
}


@dataclass(frozen=True, repr=False)
class Ledger(Links[Entry]):
    """What a ledger says; see `Links`."""

    def passed(self, phase: int) -> bool:
        """Return whether the latest run of ``phase`` passed."""
        runs = [entry.passed for entry in self.entries if entry.phase == phase]
        return bool(runs) and runs[-1]

    @property
    def frame(self) -> pl.DataFrame:
        """A row for each phase that was run: its number, when (UTC), seconds, and its verdict."""
        return pl.DataFrame(
            [(one.phase, one.when, one.seconds, one.passed) for one in self.entries],
            schema={
                "phase": pl.Int64,
                "when": pl.String,
                "seconds": pl.Float64,
                "passed": pl.Boolean,
            },
            orient="row",
        )

    def _repr_html_(self) -> str:
        """Show every run of a phase, and what there is to note."""
        return as_html(" ".join([repr(self), *self.notes]), self.frame)

    def __repr__(self) -> str:
        """Show whether it is whole: a notebook prints it whole."""
        how = "; ".join(f"TAMPERED WITH: {fault}" for fault in self.faults) or "whole"
        return f"Ledger({how}: {len(self.entries)} entries, seal {self.seal[:16]})"


def read_ledger(folder: Path) -> Ledger:
    """Return the ledger of ``folder``, empty where none was begun. OutputError: unreadable."""
    held = _chain(folder).read()
    return Ledger(held.entries, held.faults, held.notes, held.seal, held.size)


def append(folder: Path, entry: Entry, *, shared: bool = False) -> None:
    """Add ``entry`` to the ledger of ``folder``; see `Chain.append`."""
    _chain(folder).append(asdict(entry), shared=shared)


def refuse_tampered(folder: Path, ledger: Ledger) -> None:
    """OutputError when ``ledger``, read from ``folder``, shows signs of tampering."""
    _chain(folder).refuse_tampered(ledger)


def _chain(folder: Path) -> Chain[Entry]:
    return Chain(folder, "phases", _entry_of)


def _entry_of(values: dict[str, Any]) -> Entry | None:
    typed = values.keys() == _TYPES.keys() and all(
        isinstance(value, _TYPES[name]) for name, value in values.items()
    )
    counted = typed and all(type(count) is int for count in values["counts"].values())
    return Entry(**values) if counted else None
