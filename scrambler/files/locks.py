"""A lock on a file that several runs may want: held by one, left by nobody."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from scrambler.errors import ScramblerError


@contextmanager
def held(path: Path, busy: ScramblerError) -> Iterator[None]:
    """Hold the lock file ``path`` for the block, or raise ``busy`` at once when another run does.

    OSError when it cannot be made, or when a file of somebody's own has its name.
    """
    if path.exists() and (not path.is_file() or path.stat().st_size):
        raise FileExistsError(17, f"{path.name} is in the way and is no lock of this program")
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        if not path.exists():
            path.touch()  # says why, where no file can be made
        raise busy from None
    try:
        yield
    finally:
        # Removed while it is held: after that it could be another's. Windows cannot do so.
        if os.name == "posix":
            path.unlink(missing_ok=True)
        lock.release()
        with suppress(OSError):
            if os.name != "posix":
                path.unlink(missing_ok=True)
