"""A folder for what must not outlive its run, cleared by a later one where the run was killed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from scrambler.errors import OutputError
from scrambler.files.commit import MARKER, clear, is_owned
from scrambler.files.locks import held

_PREFIX = "scrambler-"
_LOCK = "run.lock"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Yield an empty folder in the system's folder for such, readable by its owner only.

    It goes with the block. What dead runs of the same user left is removed first: their folders
    bear our mark, and nobody holds the lock in them. OutputError where none can be made.
    """
    with ExitStack() as stack:
        try:
            _clear_left()
            folder = Path(
                stack.enter_context(TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True))
            )
            # The lock comes before the mark: without one, nobody clears it.
            stack.enter_context(held(folder / _LOCK, _busy(folder)))
            (folder / MARKER).touch()
            place = folder / "scratch"
            place.mkdir()
        except OSError as error:
            raise OutputError(
                f"Cannot make a folder in {gettempdir()}: {error.strerror}. Nothing was committed. "
                "Free space there, or name another folder in TMPDIR."
            ) from None
        yield place


def _clear_left() -> None:
    for folder in Path(gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError, OutputError):
            if not (is_owned(folder) and (folder / MARKER).is_file() and _is_mine(folder)):
                continue
            with held(folder / _LOCK, _busy(folder)):
                pass  # its run is dead: no other ever takes the lock of this folder to use it
            clear(folder)


def _is_mine(folder: Path) -> bool:
    # Windows gives each user a folder of their own for such.
    return os.name != "posix" or folder.stat().st_uid == os.getuid()


def _busy(folder: Path) -> OutputError:
    return OutputError(f"Another run is using {folder}.")
