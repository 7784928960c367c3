"""The ledger: one JSON line a phase, each with the SHA-256 of the line before; and its seal.

``phases.jsonl`` tells of a line that was edited, moved or taken out from between others, since the
line after it no longer fits. ``phases.seal`` holds how many lines there are and the SHA-256 of the
last, so an edited or missing end, or a line that was added by hand, shows as well. The seal names
a line before it is written: what an interrupted append leaves is told from a forged line by that.
No key is involved: whoever rewrites both files with care is not found out, unless somebody noted
the seal that `phases` prints.

No line holds a value of a record: numbers, counts, the epoch's fingerprint, and what the person at
the keyboard typed about the phase.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import NoneType
from typing import BinaryIO

import polars as pl
from filelock import FileLock, Timeout

from scrambler.errors import OutputError
from scrambler.files.commit import write_file
from scrambler.files.rights import FILE
from scrambler.resources.notebook import as_html

_LEDGER, _SEAL, _LOCK = "phases.jsonl", "phases.seal", "phases.lock"
_FIRST = "0" * 64
_PATIENCE = 10.0
"""Seconds to wait for another process that appends."""


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
class Ledger:
    """What a ledger says. ``faults`` are signs of tampering: with any, ``entries`` prove nothing.

    ``notes`` are harmless: what an interrupted append left. ``seal`` is the SHA-256 of the last
    line. ``size`` is the bytes of its whole lines.
    """

    entries: tuple[Entry, ...]
    faults: tuple[str, ...]
    notes: tuple[str, ...]
    seal: str
    size: int

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
    try:
        path, seal = folder / _LEDGER, folder / _SEAL
        content = path.read_bytes() if path.exists() else b""
        held = seal.read_bytes() if seal.exists() else None
    except OSError as error:
        raise OutputError(f"Cannot read the ledger in {folder}: {error.strerror}.") from None
    *lines, tail = content.split(b"\n")
    entries, faults, last = [], [], _FIRST
    for number, line in enumerate(lines, 1):
        entry, previous = _parsed(line)
        if entry is None:
            faults.append(f"line {number} is no entry of a ledger")
        elif previous != last:
            faults.append(
                f"line {number} does not follow the one before: a line was edited, moved or removed"
            )
        if entry is not None:
            entries.append(entry)
        last = _digest(line)
    ending, note = _ending(held, lines, cut=bool(tail))
    faults += [ending] if ending else []
    notes = [note] if note else []
    return Ledger(tuple(entries), tuple(faults), tuple(notes), last, len(content) - len(tail))


def append(folder: Path, entry: Entry, *, shared: bool = False) -> None:
    """Add ``entry`` to the ledger of ``folder``: synced to disk when this returns.

    A line that an earlier, interrupted append left unfinished is dropped. A ledger that is made is
    its owner's only, unless ``shared``. OutputError when the
    ledger was tampered with, when it cannot be written, or while another process writes it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / _LOCK).acquire(timeout=_PATIENCE):
            ledger = read_ledger(folder)
            refuse_tampered(folder, ledger)
            line = json.dumps(asdict(entry) | {"previous": ledger.seal}).encode("ascii")
            count, digest = len(ledger.entries), _digest(line)
            _write_seal(folder / _SEAL, _Seal(count, ledger.seal, digest), shared)
            with _opened(folder / _LEDGER, shared) as file:
                file.truncate(ledger.size)
                file.write(line + b"\n")
                file.flush()
                os.fsync(file.fileno())
            _write_seal(folder / _SEAL, _Seal(count + 1, digest), shared)
    except Timeout:
        raise OutputError(f"Another phase writes the ledger in {folder}. Wait for it.") from None
    except OSError as error:
        raise OutputError(f"Cannot write the ledger in {folder}: {error.strerror}.") from None


def refuse_tampered(folder: Path, ledger: Ledger) -> None:
    """OutputError when ``ledger``, read from ``folder``, shows signs of tampering."""
    if ledger.faults:
        raise OutputError(
            f"The ledger in {folder} was tampered with: {'; '.join(ledger.faults)}. It proves "
            "nothing any more: restore it, or begin again in another folder (--folder)."
        )


def _parsed(line: bytes) -> tuple[Entry | None, str]:
    try:
        values = json.loads(line)
        previous = values.pop("previous")
        typed = values.keys() == _TYPES.keys() and all(
            isinstance(value, _TYPES[name]) for name, value in values.items()
        )
        counted = typed and all(type(count) is int for count in values["counts"].values())
        return (Entry(**values), previous) if counted else (None, "")
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
        return None, ""


@dataclass(frozen=True)
class _Seal:
    """``lines`` and the SHA-256 of the ``last``; while one is written, that of the ``next``."""

    lines: int
    last: str
    next: str | None = None


def _ending(held: bytes | None, lines: list[bytes], *, cut: bool) -> tuple[str, str]:
    """Return the fault and the note (each empty where there is none) that the seal brings out."""
    if held is None:
        return (f"{_SEAL} is missing", "") if lines or cut else ("", "")
    seal = _sealed(held)
    if seal is None:
        return f"{_SEAL} cannot be read", ""
    count, beyond = seal.lines, len(lines) - seal.lines
    if beyond < 0:
        return "the last line was cut short" if cut else f"{-beyond} lines are missing", ""
    if (_digest(lines[count - 1]) if count else _FIRST) != seal.last:
        return f"line {count} is not the line that was sealed", ""
    if beyond > 1 or (beyond and (cut or seal.next != _digest(lines[-1]))):
        return f"{beyond} lines were never sealed", ""
    if beyond:
        return "", "the last line was written and then interrupted before its seal"
    if cut and not seal.next:
        return "there is part of a line that was never sealed", ""
    if seal.next:
        return "", "the last line was cut short while it was written; it counts for nothing"
    return "", ""


def _sealed(content: bytes) -> _Seal | None:
    try:
        values = json.loads(content)
        count, following = values["lines"], values.get("next")
        whole = type(count) is int and count >= 0 and isinstance(following, str | NoneType)
        return _Seal(count, str(values["last"]), following) if whole else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _opened(path: Path, shared: bool) -> BinaryIO:
    rights = 0o666 if shared else FILE
    return open(path, "ab", opener=lambda name, flags: os.open(name, flags, rights))


def _write_seal(path: Path, seal: _Seal, shared: bool) -> None:
    held = {name: value for name, value in asdict(seal).items() if value is not None}
    write_file(path, json.dumps(held) + "\n", shared=shared)


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()
