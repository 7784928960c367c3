"""A file that holds a key: saved, read and destroyed so that no copy of the key is left behind.

What is replaced or removed is overwritten first, since another name (a hard link) may lead to it,
and since a file system frees what it removes without touching it. Beside FILE there are::

    FILE.lock   held by the one run that uses FILE
    FILE.new    what is to be FILE, until it takes its name; or what was FILE and is destroyed

A death at any step leaves what the next run knows::

    died                          FILE    FILE.new         the next run
    while FILE.new is written     old     partly           destroys FILE.new
    before FILE is overwritten    old     new              destroys FILE.new
    while FILE is overwritten     zeros   new              renames FILE.new to FILE
    while FILE is destroyed       -       old, or zeros    finds no key; destroying goes on

What has the name FILE.new and is none of these is somebody's own, and never touched.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from scrambler.errors import EpochError
from scrambler.files.commit import sync_folder
from scrambler.files.locks import held

_BEGINNING = b'{"format"'
_TEXT = bytes(range(0x20, 0x7F))
_HEAD, _PIECE = 4_096, 1 << 20


def content(path: Path) -> bytes:
    """Return what the file holds, or was to hold where a save died over it. OSError as usual."""
    file = path.resolve()
    found = file.read_bytes()
    if _overwritten(found):
        with suppress(FileNotFoundError):
            return aside(file).read_bytes()
        return file.read_bytes()  # another run was at it, and is done
    return found


@contextmanager
def reading(path: Path, what: str, make: str) -> Iterator[None]:
    """Turn what reading the ``what`` at ``path`` fails at into EpochError, quoting nothing of it.

    ``make`` is the command that makes a new one.
    """
    try:
        yield
    except FileNotFoundError:
        raise EpochError(f"There is no {what} {path}. Make one with: {make} {path}") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise EpochError(
            f"The {what} {path} cannot be read or is damaged. Restore it, or start a new one with: "
            f"{make} FILE"
        ) from None


def save(path: Path, text: str) -> None:
    """Write ``text``, a JSON document in ASCII that begins with its format; owner only.

    Whole or not at all: an OSError on the way leaves the file as it was, or as it is to be.
    """
    # The file behind a link: the link would be replaced by a second file with the key.
    file = path.resolve()
    settle(file)
    new = aside(file)
    try:
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii", newline="\n") as written:
            written.write(text)
            written.flush()
            os.fsync(written.fileno())
        sync_folder(file.parent)
    except BaseException as failure:
        # What was there before is somebody's own.
        if not isinstance(failure, FileExistsError):
            with suppress(OSError):
                _overwrite(new)
            with suppress(OSError):
                new.unlink()
        raise
    with suppress(FileNotFoundError):
        _overwrite(file)
    new.replace(file)
    sync_folder(file.parent)


def settle(path: Path) -> None:
    """Bring to an end what a run began that died: its save is done, or was never begun."""
    file = path.resolve()
    new = aside(file)
    if not is_remnant(new):
        return
    if file.is_file() and _overwritten(_head(file)):
        new.replace(file)
        sync_folder(file.parent)
    else:
        _remove(new)


def destroy(path: Path) -> None:
    """Overwrite and remove the file, what a run left beside it that died, and a link to it.

    It loses its name first, so that whatever a death leaves is no key for anybody, and the next
    call destroys it.
    """
    file = path.resolve()
    new = aside(file)
    if file.is_file() and _overwritten(_head(file)):
        _remove(file)
    if is_remnant(new):
        _remove(new)
    if file.is_file():
        own = os.path.lexists(new)  # somebody's own file has the name
        _remove(file if own else file.replace(new))
    path.unlink(missing_ok=True)


def aside(file: Path) -> Path:
    """Return the name of what is to be ``file``, and of what was."""
    return file.with_name(file.name + ".new")


def is_remnant(new: Path) -> bool:
    """Return whether a run that died left this: some of a document, or some zeros over one."""
    if not new.is_file():
        return False
    found = new.read_bytes()
    left = found.lstrip(b"\0")
    begun = _overwritten(found) or found.startswith(_BEGINNING) or _BEGINNING.startswith(found)
    return begun and not left.translate(None, _TEXT)


def is_left(path: Path) -> bool:
    """Return whether a run that died left anything beside where the file is, or was."""
    return is_remnant(aside(path.resolve())) or lock_of(path).exists()


@contextmanager
def alone(path: Path, what: str) -> Iterator[None]:
    """Hold the lock of a file that holds a key, by whatever name the user calls it.

    EpochError where another run has it, or where no lock can be made.
    """
    lock = lock_of(path)
    busy = EpochError(f"Another run is using the {what} {path}. Wait for it.")
    with ExitStack() as stack:
        try:
            stack.enter_context(held(lock, busy))
        except OSError as error:
            raise EpochError(
                f"Cannot lock the {what} {path} by {lock.name} beside it: {error.strerror}. "
                "Keep it in a folder you can write to."
            ) from None
        yield


def lock_of(path: Path) -> Path:
    """Return the lock of a file that holds a key."""
    file = path.resolve()
    return file.with_name(file.name + ".lock")


def refuse_open(path: Path, what: str) -> None:
    """Refuse a key that other users can read."""
    # Windows keeps rights in access lists that mode bits do not show: a file in the user's own
    # folder is the user's own there.
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise EpochError(
            f"The {what} {path} can be read by other users. It holds the key: destroy it and make "
            f"a new one, or, if nobody read it, run: chmod 600 {path}"
        )


def _overwritten(found: bytes) -> bool:
    return found.startswith(b"\0")


def _head(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(_HEAD)


def _remove(file: Path) -> None:
    _overwrite(file)
    file.unlink()


def _overwrite(file: Path) -> None:
    """Put zeros over all of a file: its head first, by which it is known from then on."""
    with suppress(OSError):
        file.chmod(0o600)  # its owner may have made it read-only
    handle = os.open(file, os.O_WRONLY | getattr(os, "O_BINARY", 0))
    try:
        size = os.fstat(handle).st_size
        _zero(handle, min(size, _HEAD))
        _zero(handle, size - min(size, _HEAD))
    finally:
        os.close(handle)


def _zero(handle: int, count: int) -> None:
    while count > 0:
        count -= os.write(handle, bytes(min(count, _PIECE)))
    os.fsync(handle)
