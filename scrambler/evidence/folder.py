"""The folder of evidence next to an output::

    OUT.evidence/.scrambler             this folder is ours
    OUT.evidence/verification-1.json    what the run found, then each `verify`: a `Record`
    OUT.evidence/payloads-1.json        what each `payload` staged, likewise
    OUT.evidence/ledger.jsonl, .seal    what was done, in a chain; a `Step` each line
    OUT.evidence/report.json, .html     the page, and the figures on it
    OUT.evidence/signed-1.html          a report as it was signed
    OUT.evidence/failed-1.json, .html   of a run that left no output
    OUT.evidence/former/<fingerprint>/  the same of an output that was replaced

A server has no place next to a schema: its outputs have no evidence.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scrambler.errors import OutputError
from scrambler.evidence.ledger import Act, Step, add_step, read_steps
from scrambler.evidence.record import Kind, Record, record_of
from scrambler.files.chain import Links
from scrambler.files.commit import MARKER, is_owned, sync_file, write_file
from scrambler.files.digest import sha256_of
from scrambler.files.rights import FILE, FOLDER

END = ".evidence"
_FAILED, _FORMER = "failed", "former"
_RECORDS: Mapping[Kind, str] = {
    "run": "verification",
    "verify": "verification",
    "payload": "payloads",
}
_SHORT = 16


@dataclass(frozen=True)
class Evidence:
    """The evidence next to one output, for whoever can read that. Reading touches nothing."""

    folder: Path

    @property
    def shared(self) -> bool:
        """Whether others than its owner can read the output."""
        out = self.folder.with_name(self.folder.name.removesuffix(END))
        return os.name == "posix" and out.exists() and bool(out.stat().st_mode & 0o077)

    def keep(self, record: Record) -> Path:
        """Write ``record`` as the next file of its kind and enter it in the ledger.

        OutputError where it cannot be written, and where a folder of that name is not ours.
        """
        with self._writing():
            path = self._next(_RECORDS[record.kind])
            write_file(path, record.text, shared=self.shared)
        self.enter(record.kind, record.fingerprint, path)
        return path

    def enter(self, act: Act, fingerprint: str, path: Path, said: Mapping[str, str] = {}) -> None:
        """Add a line to the ledger about the file at ``path``."""
        with self._writing():
            digest = sha256_of(path)
        add_step(
            self.folder,
            Step(act, fingerprint, file=path.name, sha256=digest, said=said),
            shared=self.shared,
        )

    def keep_failure(self, failure: Mapping[str, Any]) -> Path:
        """Write what a run that failed had to say as the next failed-N.json."""
        with self._writing():
            path = self._next(_FAILED)
            write_file(path, json.dumps(failure, indent=1) + "\n", shared=self.shared)
            return path

    def keep_signed(self, report: Path) -> Path:
        """Keep ``report`` as it was signed: the next report takes the place of the one it is."""
        with self._writing():
            path = self._next("signed", report.suffix)
            shutil.copyfile(report, path)
            sync_file(path)
            return path

    def write(self, name: str, text: str) -> Path:
        """Write a file of the folder, in the place of an earlier one."""
        with self._writing():
            write_file(self.folder / name, text, shared=self.shared)
            return self.folder / name

    def set_aside(self, fingerprint: str) -> None:
        """Move what is of another output than that of ``fingerprint`` to ``former``.

        Failures stay: they are of no output.
        """
        former = {step.fingerprint for step in self.ledger().entries} - {fingerprint}
        if not former or not self.folder.is_dir():
            return
        with self._writing():
            place = _free(self.folder / _FORMER, min(former)[:_SHORT])
            place.mkdir(parents=True)
            for path in [*self.folder.iterdir()]:
                if path.name not in (MARKER, _FORMER) and not path.name.startswith(_FAILED):
                    path.rename(place / path.name)

    def records(self) -> Iterator[tuple[str, Record | None]]:
        """Yield the files of records in their order; None for one that cannot be read."""
        for name in dict.fromkeys(_RECORDS.values()):
            for number in sorted(self._numbers(name)):
                path = self.folder / f"{name}-{number}.json"
                try:
                    yield path.name, record_of(path.read_text("utf-8"))
                except (OSError, ValueError):
                    yield path.name, None

    def ledger(self) -> Links[Step]:
        """Return the ledger; empty where there is none."""
        return read_steps(self.folder)

    def _next(self, name: str, end: str = ".json") -> Path:
        path = self.folder / f"{name}-{max(self._numbers(name, end), default=0) + 1}{end}"
        path.touch(0o666 if self.shared else FILE, exist_ok=False)  # nobody else's from here on
        return path

    def _numbers(self, name: str, end: str = ".json") -> Iterator[int]:
        for path in self.folder.glob(f"{name}-*{end}"):
            number = path.stem.removeprefix(f"{name}-")
            if number.isascii() and number.isdigit():
                yield int(number)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            if not os.path.lexists(self.folder):
                self.folder.mkdir(0o777 if self.shared else FOLDER, parents=True)
            if not is_owned(self.folder):
                raise OutputError(
                    f"{self.folder} is in the way and was not made by this program, so no evidence "
                    "is kept. Rename it."
                )
            (self.folder / MARKER).touch()
            yield
        except OSError as error:
            reason = error.strerror or "the file system refused"
            raise OutputError(f"Cannot write evidence to {self.folder}: {reason}.") from None


def evidence_beside(out: Path | None) -> Evidence | None:
    """Return the evidence of the output at ``out``; None for one in a server."""
    return None if out is None else Evidence(out.with_name(out.name + END))


def _free(folder: Path, name: str) -> Path:
    """Return a path in ``folder`` that is not there: ``name``, or ``name-2`` and so on."""
    path, number = folder / name, 1
    while os.path.lexists(path):
        number += 1
        path = folder / f"{name}-{number}"
    return path
