"""The life of an epoch file: made, opened by one run at a time, and destroyed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from scrambler.errors import EpochError
from scrambler.files.paths import path_of
from scrambler.keys import secret_file
from scrambler.keys.epoch import WHAT, Epoch


@contextmanager
def opened(path: Path) -> Iterator[Epoch]:
    """Load the epoch at ``path`` and let no other run have it until the block ends.

    Two runs at once would give one place of a reserved range to two identifiers, each unaware of
    the other. Whoever draws from an epoch and saves it does so inside. EpochError as ``load``, and
    when another run has it.
    """
    path_of(path, "An epoch")
    if not path.exists():
        Epoch.load(path)  # says so, and leaves no lock behind
    with secret_file.alone(path, WHAT):
        with suppress(OSError):
            secret_file.settle(path)
        yield Epoch.load(path)


def create(path: Path | str) -> Epoch:
    """Make a new epoch and write it to ``path``, which must not exist yet."""
    path = path_of(path, "An epoch")
    _refuse_what_is_there(path)
    if not path.resolve().parent.is_dir():
        raise EpochError(f"There is no folder for the epoch file {path}. Make it first.")
    with secret_file.alone(path, WHAT):
        _refuse_what_is_there(path)  # another may have come first
        epoch = Epoch.new()
        epoch.save(path)
    return epoch


def _refuse_what_is_there(path: Path) -> None:
    if os.path.lexists(path):
        raise EpochError(f"{path} exists already. An epoch is never overwritten: close it first.")


def close(path: Path | str) -> None:
    """Destroy the epoch at ``path``, and every copy of its key that a run left beside it.

    It can be called again where it was killed. What it cannot reach, such as backups, the command
    and the README say.
    """
    path = path_of(path, "An epoch")
    # Also one that others can read: closing is what they are told to do with it.
    if path.resolve().exists() or not secret_file.is_left(path):
        Epoch.read(path)
    with secret_file.alone(path, WHAT):
        try:
            secret_file.destroy(path)
        except OSError as error:
            raise EpochError(f"Cannot remove the epoch file {path}: {error.strerror}.") from None
