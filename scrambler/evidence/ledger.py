"""The ledger of an output: what was done to it and by it, in a chain like that of the phases.

No line holds a value of a record: hashes, names of files, and what the person at the keyboard typed
to sign.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import NoneType
from typing import Any, Literal

from scrambler.evidence.record import moment
from scrambler.files.chain import Chain, Links

Act = Literal["run", "verify", "payload", "report", "sign", "compare"]
_NAME = "ledger"


@dataclass(frozen=True)
class Step:
    """One line: an act upon the output of ``fingerprint``, ``when`` in UTC.

    ``file`` is what it left in the folder and ``sha256`` what that had; a signature names the
    report that was signed. ``said`` is what a person typed: name, role, decision and the like.
    """

    act: Act
    fingerprint: str
    when: str = field(default_factory=moment)
    file: str | None = None
    sha256: str | None = None
    said: Mapping[str, str] = field(default_factory=dict)


_TYPES: dict[str, type | tuple[type, ...]] = {
    "act": str,
    "fingerprint": str,
    "when": str,
    "file": (str, NoneType),
    "sha256": (str, NoneType),
    "said": dict,
}


def read_steps(folder: Path) -> Links[Step]:
    """Return the ledger of ``folder``, empty where none was begun. OutputError: unreadable."""
    return _chain(folder).read()


def add_step(folder: Path, step: Step, *, shared: bool = False) -> None:
    """Add a line; see `Chain.append`."""
    _chain(folder).append(asdict(step), shared=shared)


def _chain(folder: Path) -> Chain[Step]:
    return Chain(folder, _NAME, _step_of)


def _step_of(values: dict[str, Any]) -> Step | None:
    typed = values.keys() == _TYPES.keys() and all(
        isinstance(value, _TYPES[name]) for name, value in values.items()
    )
    said = typed and all(isinstance(one, str) for one in values["said"].values())
    return Step(**values) if said else None
