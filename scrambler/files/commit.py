"""Puts files and folders into their place whole or not at all, wherever a run dies.

What is to be OUT is written aside and takes its place by renames. Beside OUT there are meanwhile::

    OUT.lock                    held by the one run that writes OUT
    OUT.incomplete/.scrambler   from the first moment to the last: this folder is ours
    OUT.incomplete/new          what is being written, a folder or a file
    OUT.incomplete/scratch/     what the run needs on its way
    OUT.incomplete/replacing    from here on OUT.old is ours as well
    OUT.old/                    what OUT was, until the new one is in its place

Nothing is written into OUT itself. A death at any step leaves what the next run knows by names::

    died                  OUT   OUT.old  new      the next run
    while writing         old   -        partly   removes OUT.incomplete
    between the renames   -     old      whole    renames OUT.old back, removes OUT.incomplete
    after the second      new   old      -        removes OUT.old, then OUT.incomplete

What has one of these names and is not ours is never touched: it refuses the run.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from scrambler.errors import CommittedError, OutputError
from scrambler.files.locks import held
from scrambler.files.rights import FILE, FOLDER, keep_private

MARKER = ".scrambler"
_REPLACING = "replacing"


class Commit:
    """A context manager that leaves OUT as it was unless ``publish`` was reached.

    ``new`` is where the caller makes the folder or file that OUT is to be; ``scratch`` is a folder
    for what else it needs, on the same disk. All of it is its owner's only, unless ``shared``
    leaves that to the umask.
    """

    def __init__(self, out: Path, may_replace: Callable[[], None], *, shared: bool = False) -> None:
        """Touch nothing yet. ``may_replace`` raises where OUT is in the way; OUT may be absent."""
        self.out = out
        self._lock = out.with_name(out.name + ".lock")
        self._old = out.with_name(out.name + ".old")
        self._aside = out.with_name(out.name + ".incomplete")
        self._replacing = self._aside / _REPLACING
        self.new = self._aside / "new"
        self.scratch = self._aside / "scratch"
        self._may_replace = may_replace
        self._shared = shared
        self._publishing = False
        self._held = ExitStack()

    def __enter__(self) -> Self:
        """Take the lock, undo what a dead run left, and make the folder aside.

        OutputError while another run writes OUT, and for what is in the way.
        """
        with disk_errors(self.out), ExitStack() as stack:
            self.out.parent.mkdir(parents=True, exist_ok=True)
            busy = OutputError(f"Another run is writing {self.out}. Wait for it.")
            stack.enter_context(held(self._lock, busy))
            self._refuse()
            self._recover()
            self._may_replace()
            make(self._aside, shared=self._shared)
            self.scratch.mkdir()
            self._held = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove what was not published; say so where an interrupt came after the renames."""
        # A rename is done or not done, wherever an interrupt fell.
        published = self._publishing and not os.path.lexists(self.new)
        try:
            # What cannot be put back or removed now is left for the next run, marked.
            with suppress(OSError):
                self._recover()
        finally:
            self._held.close()
        if published and isinstance(error, KeyboardInterrupt):
            raise CommittedError(f"Interrupted, but {self.out} was committed before.") from None

    def publish(self) -> None:
        """Sync ``new`` and rename it to OUT. What it holds must have been synced file by file."""
        with disk_errors(self.out):
            self._refuse()
            self._may_replace()  # whatever was put there since
            if not self._shared:
                keep_private(self.new)
            self._publishing = True
            if self.new.is_dir():
                for folder in [self.new, *(p for p in self.new.rglob("*") if p.is_dir())]:
                    sync_folder(folder)
            if self.new.is_dir() and self.out.exists():
                self._swap()
            else:
                self.new.replace(self.out)
            sync_folder(self.out.parent)

    def _swap(self) -> None:
        self._replacing.touch()
        try:
            self.out.rename(self._old)
            self.new.rename(self.out)
        except BaseException:
            if self._old.exists() and not self.out.exists():
                self._old.rename(self.out)
            raise

    def _refuse(self) -> None:
        """What we remove or rename beside OUT must be ours."""
        ours = self._replacing.is_file()
        for path, is_ours in ((self._aside, is_owned(self._aside)), (self._old, ours)):
            if os.path.lexists(path) and not is_ours:
                raise OutputError(
                    f"{path} is in the way and was not made by this program, so it is not "
                    "removed. Rename it, or choose another place for the output."
                )

    def _recover(self) -> None:
        """Put back or remove what is beside OUT; see the table above."""
        if self._replacing.is_file() and self._old.exists():
            if not self.out.exists():
                self._old.rename(self.out)
            elif not os.path.lexists(self.new):
                # In one step: a death among its removal must not leave half of it for an output.
                self._old.rename(self._aside / "gone")
        clear(self._aside)


def last_state(out: Path) -> Path:
    """Return where OUT's last state lies: in OUT.old, where a run died between the renames."""
    old, replacing = out.with_name(out.name + ".old"), out.with_name(out.name + ".incomplete")
    between = not out.exists() and old.exists() and (replacing / _REPLACING).is_file()
    return old if between else out


def make(folder: Path, *, shared: bool = False) -> None:
    """Make ``folder``, marked as ours before anything else is in it; its owner's, or shared."""
    folder.mkdir(0o777 if shared else FOLDER, parents=True)
    (folder / MARKER).touch()


def is_owned(folder: Path) -> bool:
    """Return whether ``folder`` bears our mark. An empty one may go, whoever made it."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    return (folder / MARKER).is_file() or not any(folder.iterdir())


def clear(folder: Path) -> None:
    """Remove a folder of ours, the marker last, so that a death on the way leaves it ours."""
    if not is_owned(folder):
        return
    for path in [*folder.iterdir()]:
        if path.name == MARKER:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()
    with suppress(OSError):
        if {path.name for path in folder.iterdir()} <= {MARKER}:
            (folder / MARKER).unlink(missing_ok=True)
            folder.rmdir()


def write_file(path: Path, content: str, *, shared: bool = False) -> None:
    """Write ``content`` to ``path``, whole or not at all: as ``<path>.new``, synced, then renamed.

    It is its owner's only from the first byte, unless ``shared`` leaves that to the umask. OSError
    when it cannot be written; nothing of it is left then. A file ``<path>.new`` that a dead run
    left is replaced.
    """
    aside = path.with_name(path.name + ".new")
    try:
        aside.unlink(missing_ok=True)
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if shared else FILE)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
        sync_folder(path.parent)
    except BaseException:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise


def sync_file(path: Path) -> None:
    """Return when the disk holds the file."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Return when the disk holds the names in ``folder``."""
    if os.name != "posix":
        return  # Windows has no way to sync a folder; its renames are journalled.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def disk_errors(out: Path) -> Iterator[None]:
    """Turn errors of the file system into OutputError: what happened, where, what to do."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or "the file system refused"
        raise OutputError(
            f"Cannot write {out}: {reason}. Nothing was committed. Free space or choose a folder "
            "you can write to, then run again."
        ) from None
