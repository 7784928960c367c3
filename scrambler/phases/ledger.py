"""The ledger: one JSON line a phase, each with the SHA-256 of the line before; and its seal.

``phases.jsonl`` tells of a line that was edited, moved or taken out from between others, since the
line after it no longer fits. ``phases.seal`` holds how many lines there are and the SHA-256 of the
last, so an edited or missing end shows as well. No key is involved: whoever rewrites both files
with care is not found out, unless somebody noted the seal that `phases` prints.

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

from filelock import FileLock, Timeout

from scrambler.errors import OutputError

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


@dataclass(frozen=True)
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


def read_ledger(folder: Path) -> Ledger:
    """Return the ledger of ``folder``, empty where none was begun. OutputError: unreadable."""
    try:
        path, seal = folder / _LEDGER, folder / _SEAL
        content = path.read_bytes() if path.exists() else b""
        sealed = _sealed(seal.read_bytes()) if seal.exists() else (0, _FIRST)
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
    notes = []
    if sealed is None:
        faults.append(f"{_SEAL} cannot be read")
    else:
        ending, note = _ending(sealed, lines, cut=bool(tail))
        faults += [ending] if ending else []
        notes += [note] if note else []
    return Ledger(tuple(entries), tuple(faults), tuple(notes), last, len(content) - len(tail))


def append(folder: Path, entry: Entry) -> None:
    """Add ``entry`` to the ledger of ``folder``: synced to disk when this returns.

    A line that an earlier, interrupted append left unfinished is dropped. OutputError when the
    ledger was tampered with, when it cannot be written, or while another process writes it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / _LOCK).acquire(timeout=_PATIENCE):
            ledger = read_ledger(folder)
            refuse_tampered(folder, ledger)
            line = json.dumps(asdict(entry) | {"previous": ledger.seal}).encode("ascii")
            with (folder / _LEDGER).open("ab") as file:
                file.truncate(ledger.size)
                file.write(line + b"\n")
                file.flush()
                os.fsync(file.fileno())
            _write_seal(folder / _SEAL, len(ledger.entries) + 1, _digest(line))
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
        return (Entry(**values), previous) if typed else (None, "")
    except (ValueError, AttributeError, KeyError, TypeError):
        return None, ""


def _ending(sealed: tuple[int, str], lines: list[bytes], cut: bool) -> tuple[str, str]:
    """Return the fault and the note (each empty where there is none) that the seal brings out."""
    count, last = sealed
    if count > len(lines):
        missing = count - len(lines)
        how = "the last line was cut short" if cut else f"{missing} lines are missing"
        return how, ""
    if len(lines) > count + 1:
        return f"{len(lines) - count} lines were never sealed", ""
    if count and _digest(lines[count - 1]) != last:
        return f"line {count} is not the line that was sealed", ""
    if cut:
        return "", "the last line was cut short while it was written; it counts for nothing"
    if len(lines) > count:
        return "", "the last line was written and then interrupted before its seal"
    return "", ""


def _sealed(content: bytes) -> tuple[int, str] | None:
    try:
        values = json.loads(content)
        return int(values["lines"]), str(values["last"])
    except (ValueError, KeyError, TypeError):
        return None


def _write_seal(path: Path, lines: int, last: str) -> None:
    aside = path.with_name(path.name + ".new")
    with aside.open("w", encoding="ascii", newline="\n") as file:
        json.dump({"lines": lines, "last": last}, file)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()
