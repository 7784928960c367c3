"""An epoch: the life of one key. All randomness of a run is a function of it.

The key is 32 bytes from the operating system. Every purpose draws a subkey of its own from it
(HKDF-SHA-256, RFC 5869), so what one purpose shows says nothing about another. An epoch is born
and destroyed with a run unless the user asks for a file, which then holds the key and the places
already given out in the reserved ranges (as keyed digests, nothing raw).
"""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

import numpy as np
from numpy.typing import NDArray

from scrambler.errors import EpochError
from scrambler.files.paths import path_of
from scrambler.keys import secret_file
from scrambler.keys.formats import Forms
from scrambler.keys.secret import KEY_BYTES, Secret

FORMAT = 3
"""Version of the draws: two runs agree byte for byte only within one format."""

WHAT = "epoch file"
"""What messages call the file of an epoch."""

_MAKE = "scrambler epoch new"

Ids = Literal["fold", "exact"]
"""Whether identifiers that differ in small and capital letters alone are one, or two."""


@dataclass(frozen=True)
class Allocation:
    """Which place of its reserved range each identifier was given.

    ``digests`` are keyed digests of identifiers in ascending order, ``slots`` their places, and
    ``used`` counts the places looked at so far: the next identifier gets a place from there on.
    """

    digests: NDArray[np.uint64]
    slots: NDArray[np.integer[Any]]
    used: int

    @classmethod
    def empty(cls) -> Allocation:
        """Return an allocation that has given out nothing."""
        return cls(np.empty(0, np.uint64), np.empty(0, np.int64), 0)


class Epoch(Secret):
    """One key and what has been given out under it. Its repr shows the fingerprint only.

    ``forms`` are those of all runs, where they differ of the first; None where none recorded any.
    ``ids`` are settled by the first run and stay; None before it.
    """

    salt = b"ssd-scrambler"
    version = FORMAT

    def __init__(
        self,
        key: bytes,
        allocations: dict[str, Allocation] | None = None,
        forms: Forms | None = None,
        ids: Ids | None = None,
    ) -> None:
        """Take a key of exactly 32 bytes; EpochError for any other length."""
        super().__init__(key)
        self.allocations = dict(allocations or {})
        self.forms = forms
        self.ids = ids

    @classmethod
    def new(cls) -> Epoch:
        """Return an epoch with a fresh key from the operating system."""
        return cls(secrets.token_bytes(KEY_BYTES))

    @property
    def folds(self) -> bool:
        """Whether identifiers that differ in case alone are one."""
        return self.ids == "fold"

    def settle_ids(self, asked: Ids | None, of_source: Ids | None) -> Ids:
        """Return whether ids fold case: as recorded, else as asked, else as the source has it.

        A source that does not say, such as a folder, is exact. EpochError where something else is
        asked than an earlier run of the epoch settled.
        """
        if self.ids and asked and asked != self.ids:
            raise EpochError(
                f"The ids of this epoch are settled: --ids {self.ids}. Leave --ids out, or start a "
                "new epoch."
            )
        self.ids = self.ids or asked or of_source or "exact"
        return self.ids

    def save(self, path: Path) -> None:
        """Write the epoch to ``path``, readable by its owner only, whole or not at all."""
        document: dict[str, object] = {
            "format": FORMAT,
            "key": self._key.hex(),
            "allocations": {
                domain: {
                    "digests": _pack(one.digests),
                    "slots": _pack(one.slots.astype(np.int64)),
                    "used": one.used,
                }
                for domain, one in sorted(self.allocations.items())
            },
        }
        if self.ids:
            document["ids"] = self.ids
        if self.forms:
            document["forms"] = {
                "lengths": dict(sorted(self.forms.lengths.items())),
                "numeric": sorted(self.forms.numeric),
            }
        try:
            secret_file.save(path, json.dumps(document))
        except OSError as error:
            raise EpochError(
                f"Cannot write the epoch file {path}: {error.strerror}. Choose a folder you can "
                "write to, outside the output."
            ) from None

    @classmethod
    def load(cls, path: Path) -> Epoch:
        """Read an epoch that ``save`` wrote.

        EpochError when the file is missing, damaged, of another format, or open to other users.
        """
        path_of(path, "An epoch")
        epoch = cls.read(path)
        secret_file.refuse_open(path, WHAT)
        return epoch

    @classmethod
    def read(cls, path: Path) -> Epoch:
        """Read an epoch as ``load`` does, also one that is open to other users: to close it."""
        with secret_file.reading(path, WHAT, _MAKE):
            document = json.loads(secret_file.content(path))
            if "kind" in document:
                raise EpochError(f"{path} is no epoch file. Make one with: {_MAKE} FILE")
            if document["format"] != FORMAT:
                raise EpochError(
                    f"The epoch file {path} is of another format; this version reads {FORMAT}."
                )
            return cls(
                bytes.fromhex(document["key"]),
                {domain: _allocation(one) for domain, one in document["allocations"].items()},
                _forms(document["forms"]) if "forms" in document else None,
                _ids(document),
            )


def _allocation(document: dict[str, Any]) -> Allocation:
    """Return one allocation; ValueError when its parts do not belong together."""
    digests = np.frombuffer(base64.b64decode(document["digests"]), np.uint64)
    slots = np.frombuffer(base64.b64decode(document["slots"]), np.int64)
    used = int(document["used"])
    if len(digests) != len(slots) or (len(slots) and used <= slots.max()):
        raise ValueError("an allocation is damaged")
    return Allocation(digests, slots, used)


def _forms(document: dict[str, Any]) -> Forms:
    lengths = {str(name): int(length) for name, length in document["lengths"].items()}
    return Forms(lengths, frozenset(map(str, document["numeric"])))


def _ids(document: dict[str, Any]) -> Ids | None:
    """Return what was settled of ids. Epochs that ran before it was a term were exact."""
    before = "exact" if "forms" in document or document["allocations"] else None
    found = document.get("ids", before)
    if found is not None and found not in get_args(Ids):
        raise ValueError("the ids of an epoch are of no kind")
    return cast("Ids | None", found)


def _pack(numbers: NDArray[np.uint64] | NDArray[np.int64]) -> str:
    return base64.b64encode(np.ascontiguousarray(numbers).tobytes()).decode("ascii")
