"""A chain: a file of JSON lines, each with the SHA-256 of the line before; and its seal.

``NAME.jsonl`` tells of a line that was edited, moved or taken out from between others, since the
line after it no longer fits. ``NAME.seal`` holds how many lines there are and the SHA-256 of the
last, so an edited or missing end, or a line that was added by hand, shows as well. The seal names
a line before it is written: what an interrupted append leaves is told from a forged line by that.
No key is involved: whoever rewrites both files with care is not found out, unless somebody noted
the seal.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import NoneType
from typing import Any, BinaryIO, Generic, TypeVar

from filelock import FileLock, Timeout

from scrambler.errors import OutputError
from scrambler.files.commit import write_file
from scrambler.files.rights import FILE

T = TypeVar("T")

_FIRST = "0" * 64
_PATIENCE = 10.0
"""Seconds to wait for another process that appends."""


@dataclass(frozen=True)
class Links(Generic[T]):
    """What a chain says. ``faults`` are signs of tampering: with any, ``entries`` prove nothing.

    ``notes`` are harmless: what an interrupted append left. ``seal`` is the SHA-256 of the last
    line. ``size`` is the bytes of its whole lines.
    """

    entries: tuple[T, ...]
    faults: tuple[str, ...]
    notes: tuple[str, ...]
    seal: str
    size: int


@dataclass(frozen=True)
class Chain(Generic[T]):
    """The files of a chain in ``folder``, and what makes an entry of a line's values.

    ``entry_of`` returns None for what is no entry; it may raise what wrong JSON makes it raise.
    """

    folder: Path
    name: str
    entry_of: Callable[[dict[str, Any]], T | None]

    def read(self) -> Links[T]:
        """Return what the chain says, empty where none was begun. OutputError: unreadable."""
        path, seal = self._path("jsonl"), self._path("seal")
        try:
            content = path.read_bytes() if path.exists() else b""
            held = seal.read_bytes() if seal.exists() else None
        except OSError as error:
            raise OutputError(
                f"Cannot read the ledger in {self.folder}: {error.strerror}."
            ) from None
        *lines, tail = content.split(b"\n")
        entries, faults, last = list[T](), [], _FIRST
        for number, line in enumerate(lines, 1):
            entry, previous = self._parsed(line)
            if entry is None:
                faults.append(f"line {number} is no entry of a ledger")
            elif previous != last:
                faults.append(
                    f"line {number} does not follow the one before: a line was edited, moved or "
                    "removed"
                )
            if entry is not None:
                entries.append(entry)
            last = _digest(line)
        ending, note = _ending(seal.name, held, lines, cut=bool(tail))
        faults += [ending] if ending else []
        notes = [note] if note else []
        return Links(tuple(entries), tuple(faults), tuple(notes), last, len(content) - len(tail))

    def append(self, values: Mapping[str, Any], *, shared: bool = False) -> None:
        """Add a line: synced to disk when this returns.

        A line that an earlier, interrupted append left unfinished is dropped. Files that are made
        are their owner's only, unless ``shared``. OutputError when the
        chain was tampered with, when it cannot be written, or while another process writes it.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self._path("lock")).acquire(timeout=_PATIENCE):
                held = self.read()
                self.refuse_tampered(held)
                line = json.dumps({**values, "previous": held.seal}).encode("ascii")
                count, digest = len(held.entries), _digest(line)
                _write_seal(self._path("seal"), _Seal(count, held.seal, digest), shared)
                with _opened(self._path("jsonl"), shared) as file:
                    file.truncate(held.size)
                    file.write(line + b"\n")
                    file.flush()
                    os.fsync(file.fileno())
                _write_seal(self._path("seal"), _Seal(count + 1, digest), shared)
        except Timeout:
            raise OutputError(
                f"Another process writes the ledger in {self.folder}. Wait for it."
            ) from None
        except OSError as error:
            raise OutputError(
                f"Cannot write the ledger in {self.folder}: {error.strerror}."
            ) from None

    def refuse_tampered(self, held: Links[T]) -> None:
        """OutputError when ``held``, as it was read, shows signs of tampering."""
        if held.faults:
            raise OutputError(
                f"The ledger in {self.folder} was tampered with: {'; '.join(held.faults)}. It "
                "proves nothing any more: restore it, or begin again in another folder."
            )

    def _path(self, end: str) -> Path:
        return self.folder / f"{self.name}.{end}"

    def _parsed(self, line: bytes) -> tuple[T | None, str]:
        try:
            values = json.loads(line)
            previous = values.pop("previous")
            entry = self.entry_of(values)
        except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
            return None, ""
        return entry, previous


@dataclass(frozen=True)
class _Seal:
    """``lines`` and the SHA-256 of the ``last``; while one is written, that of the ``next``."""

    lines: int
    last: str
    next: str | None = None


def _ending(name: str, held: bytes | None, lines: list[bytes], *, cut: bool) -> tuple[str, str]:
    """Return the fault and the note (each empty where there is none) that the seal brings out."""
    if held is None:
        return (f"{name} is missing", "") if lines or cut else ("", "")
    seal = _sealed(held)
    if seal is None:
        return f"{name} cannot be read", ""
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
