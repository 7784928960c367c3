"""The dates key: what the moves of dates follow from where they are to outlive epochs.

An epoch moves dates anew, and whoever gets many releases averages that out. Under one dates key a
child's dates move alike in all of them, while ids, names and codes stay those of each epoch. It is
used for nothing else: the children it moves are told by a digest of its own, not by the epoch's.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from scrambler.errors import EpochError
from scrambler.files.paths import in_output, path_of
from scrambler.keys import secret_file
from scrambler.keys.secret import KEY_BYTES, Secret

WHAT = "dates key"
_NAME = "A dates key"
_MAKE = "scrambler dates-key new"


class DatesKey(Secret):
    """A key for dates only. Its version changes with how dates follow from it, and nothing else."""

    salt = b"ssd-scrambler dates"
    version = 1

    @classmethod
    def load(cls, path: Path) -> DatesKey:
        """Read the key at ``path``; EpochError when it is missing, damaged, or open to others."""
        path_of(path, _NAME)
        key = _read(path)
        secret_file.refuse_open(path, WHAT)
        return key


def create(path: Path) -> DatesKey:
    """Make a new dates key in the file ``path``, owner only, which must not exist yet."""
    path_of(path, _NAME)
    _refuse_what_is_there(path)
    if not path.resolve().parent.is_dir():
        raise EpochError(f"There is no folder for the dates key {path}. Make it first.")
    with secret_file.alone(path, WHAT):
        _refuse_what_is_there(path)  # another may have come first
        key = DatesKey(secrets.token_bytes(KEY_BYTES))
        text = json.dumps({"format": DatesKey.version, "kind": WHAT, "key": key.key.hex()})
        try:
            secret_file.save(path, text)
        except OSError as error:
            raise EpochError(
                f"Cannot write the dates key {path}: {error.strerror}. Choose a folder you can "
                "write to, outside the output."
            ) from None
    return key


def refuse_within(path: Path, out: Path | None) -> None:
    """EpochError where a dates key lies inside the output ``out`` or its remains."""
    if in_output(path_of(path, _NAME), out):
        raise EpochError(
            f"The dates key {path} lies inside the output. Whoever gets the output would get the "
            "key: keep the file somewhere else."
        )


def destroy(path: Path) -> None:
    """Destroy the dates key at ``path``: later releases move dates anew. As epochs are closed."""
    path_of(path, _NAME)
    if path.resolve().exists() or not secret_file.is_left(path):
        _read(path)
    with secret_file.alone(path, WHAT):
        try:
            secret_file.destroy(path)
        except OSError as error:
            raise EpochError(f"Cannot remove the dates key {path}: {error.strerror}.") from None


def _refuse_what_is_there(path: Path) -> None:
    if os.path.lexists(path):
        raise EpochError(f"{path} exists already. A dates key is never overwritten.")


def _read(path: Path) -> DatesKey:
    with secret_file.reading(path, WHAT, _MAKE):
        document = json.loads(secret_file.content(path))
        if document.get("kind") != WHAT:
            raise EpochError(f"{path} is no dates key. Make one with: {_MAKE} FILE")
        if document["format"] != DatesKey.version:
            raise EpochError(
                f"The dates key {path} is of another format; this version reads {DatesKey.version}."
            )
        return DatesKey(bytes.fromhex(document["key"]))
