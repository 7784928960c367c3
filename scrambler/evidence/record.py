"""A record: what one run or one post-run verification found, bound to an output's manifest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, Literal, get_args

Kind = Literal["run", "verify", "payload"]
KINDS: tuple[Kind, ...] = get_args(Kind)
FORMAT = 1


@dataclass(frozen=True)
class Record:
    """``fingerprint`` is the SHA-256 of the manifest that was judged, ``when`` UTC in ISO 8601.

    ``result`` is JSON-ready and holds figures and names of the SSD, no value of a record.
    """

    kind: Kind
    fingerprint: str
    passed: bool
    seconds: float
    result: Mapping[str, Any]
    when: str
    version: str
    format: int = FORMAT

    @staticmethod
    def now(
        kind: Kind, fingerprint: str, passed: bool, seconds: float, result: Mapping[str, Any]
    ) -> Record:
        """Return the record of something that has just been done by this version."""
        return Record(
            kind, fingerprint, passed, round(seconds, 1), result, moment(), program_version()
        )

    @property
    def text(self) -> str:
        """The record as the file that keeps it."""
        return json.dumps(asdict(self), indent=1) + "\n"


def record_of(text: str) -> Record | None:
    """Return the record that ``text`` is; None where it is none that this version reads."""
    try:
        found = Record(**json.loads(text))
    except (ValueError, TypeError, RecursionError):
        return None
    whole = found.format == FORMAT and found.kind in KINDS
    typed = isinstance(found.result, dict) and isinstance(found.passed, bool)
    return found if whole and typed and isinstance(found.fingerprint, str) else None


def moment() -> str:
    """Return now: UTC in ISO 8601, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def program_version() -> str:
    """Return the version of this program."""
    return version("ssd-scrambler")
