"""The life of an epoch file: made, opened by one run at a time, and destroyed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from scrambler.errors import EpochError
from scrambler.files.locks import held
from scrambler.files.paths import path_of
from scrambler.keys.epoch import Epoch


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
    with _alone(path):
        with suppress(OSError):
            _destroy_rest(path)
        yield Epoch.load(path)


def create(path: Path) -> Epoch:
    """Make a new epoch and write it to ``path``, which must not exist yet."""
    path_of(path, "An epoch")
    _refuse_what_is_there(path)
    if not path.resolve().parent.is_dir():
        raise EpochError(f"There is no folder for the epoch file {path}. Make it first.")
    with _alone(path):
        _refuse_what_is_there(path)  # another may have come first
        epoch = Epoch.new()
        epoch.save(path)
    return epoch


def _refuse_what_is_there(path: Path) -> None:
    if os.path.lexists(path):
        raise EpochError(f"{path} exists already. An epoch is never overwritten: close it first.")


def close(path: Path) -> None:
    """Destroy the epoch at ``path``: overwrite the file, then remove it.

    It takes another name first, so that what a killed call left is known, and the next destroys it.
    A copy that a run left goes as well, which died while it saved. On solid-state disks and
    synchronised folders older copies may survive; the README says so.
    """
    path_of(path, "An epoch")
    file = path.resolve()
    # Also one that others can read: closing is what they are told to do with it.
    if file.exists() or not _is_rest(_aside(file)):
        Epoch.read(path)
    with _alone(path):
        try:
            _destroy_rest(file)
            if file.exists():
                own = os.path.lexists(_aside(file))  # somebody's own file has the name
                _destroy(file if own else file.replace(_aside(file)))
            path.unlink(missing_ok=True)  # a link to it
        except OSError as error:
            raise EpochError(f"Cannot remove the epoch file {path}: {error.strerror}.") from None


def _aside(path: Path) -> Path:
    """Return the name that an epoch file has before it is whole, and when it is to be destroyed."""
    file = path.resolve()
    return file.with_name(file.name + ".new")


def _is_rest(aside: Path) -> bool:
    """Return whether a run that died left this, while it saved an epoch or closed one."""
    if not aside.is_file():
        return False
    content = aside.read_bytes()
    return content.startswith(b'{"format"') or not content.strip(b"\0")


def _destroy_rest(path: Path) -> None:
    if _is_rest(_aside(path)):
        _destroy(_aside(path))


def _destroy(file: Path) -> None:
    """Overwrite ``file`` and remove it."""
    with file.open("r+b") as opened_file:
        opened_file.write(bytes(file.stat().st_size))
        opened_file.flush()
        os.fsync(opened_file.fileno())
    file.unlink()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the lock of an epoch file, by whatever name the user calls it."""
    file = path.resolve()
    lock = file.with_name(file.name + ".lock")
    busy = EpochError(f"Another run is using the epoch file {path}. Wait for it.")
    with ExitStack() as stack:
        try:
            stack.enter_context(held(lock, busy))
        except OSError as error:
            raise EpochError(
                f"Cannot lock the epoch file {path} by {lock.name} beside it: {error.strerror}. "
                "Keep it in a folder you can write to."
            ) from None
        yield
