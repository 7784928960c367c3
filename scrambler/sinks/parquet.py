"""Writes tables as Parquet parts aside, and commits them by one rename, the manifest last.

Until the commit nothing stands where readers look. A run that dies leaves a folder named
``<OUT>.incomplete``, which the next run removes. Nothing is removed that this program did not make.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType

import pyarrow as pa

from scrambler.errors import CommittedError, OutputError
from scrambler.files.locks import held
from scrambler.sinks.ownership import MANIFEST, MARKER, clear, foreign, is_ours, is_output, make
from scrambler.sinks.table_writer import TableWriter


class ParquetSink:
    """A context manager that leaves OUT as it was unless ``commit`` was reached."""

    def __init__(self, out: Path, *, replace: bool = False) -> None:
        """OutputError when OUT exists and is not to be replaced, or is no output of ours."""
        self.out = out
        self.aside = out.with_name(out.name + ".incomplete")
        self._old = out.with_name(out.name + ".old")
        self._lock = out.with_name(out.name + ".lock")
        self._held = ExitStack()
        self._replace = replace
        self._committing = False
        self._refuse()

    def __enter__(self) -> ParquetSink:
        """Take the lock and make the folder aside, without what a dead run left there."""
        with disk_errors(self.out):
            self.out.parent.mkdir(parents=True, exist_ok=True)
            busy = OutputError(f"Another run is writing {self.out}. Wait for it.")
            self._held.enter_context(held(self._lock, busy))
            try:
                # A run that died between the renames of a replacement left the old output aside.
                # One with a marker was being removed, and is no longer whole.
                left = is_output(self._old) and not (self._old / MARKER).exists()
                if left and not self.out.exists():
                    self._old.rename(self.out)
                self._refuse()
                clear(self.aside)
                make(self.aside)
                (self.aside / "tables").mkdir()
            except BaseException:
                self._held.close()
                raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove what was not committed; say so where an interrupt came after the commit."""
        # A rename is done or not done, wherever an interrupt fell.
        committed = self._committing and not self.aside.exists()
        try:
            clear(self.aside)
        finally:
            self._held.close()
        if committed and isinstance(error, KeyboardInterrupt):
            raise CommittedError(f"Interrupted, but {self.out} was committed before.") from None

    def _refuse(self) -> None:
        if self.out.exists():
            self._refuse_out()
        for folder in (self.aside, self._old) if self.out.exists() else (self.aside,):
            if os.path.lexists(folder) and not is_ours(folder):
                raise OutputError(
                    f"{folder} is in the way and was not made by this program, so it is not "
                    "removed. Rename it, or choose another folder for the output."
                )

    def _refuse_out(self) -> None:
        if not self._replace:
            raise OutputError(
                f"{self.out} exists already. Choose another folder, or replace it with --replace."
            )
        if not is_output(self.out):
            raise OutputError(
                f"{self.out} holds no manifest, so it is no output of this program and is not "
                "replaced. Choose another folder."
            )
        if strange := foreign(self.out):
            raise OutputError(
                f"{self.out} holds {strange} files that no run wrote, and replacing it would "
                "remove them. Move them elsewhere, then run again."
            )

    @contextmanager
    def table(
        self,
        name: str,
        schema: pa.Schema,
        folder: str = "tables",
        *,
        no_dictionary: Collection[str] = (),
    ) -> Iterator[TableWriter]:
        """Open one table for writing; its files are synced to disk when the block ends well.

        ``no_dictionary`` names the columns whose values hardly repeat: pseudonyms and keys.
        """
        writer = TableWriter(self.aside, Path(folder) / name, schema, no_dictionary=no_dictionary)
        with disk_errors(self.out):
            try:
                yield writer
                writer.finish()
            finally:
                writer.close()

    def carry(self, folder: str) -> None:
        """Take over a folder of the old output as it is, by links where the disk has them."""
        with disk_errors(self.out):
            shutil.copytree(self.out / folder, self.aside / folder, copy_function=_link)

    def commit(self, manifest: dict[str, object]) -> None:
        """Write the manifest last, then move the whole into place."""
        with disk_errors(self.out):
            path = self.aside / MANIFEST
            with path.open("w", encoding="utf-8", newline="\n") as file:
                json.dump(manifest, file, indent=1)
                file.write("\n")
                file.flush()
                os.fsync(file.fileno())
            self._refuse()  # whatever was put there since
            (self.aside / MARKER).unlink()
            _sync_folder(self.aside)
            replaced = self.out.exists()
            if replaced:
                clear(self._old)
            self._committing = True
            try:
                if replaced:
                    self.out.rename(self._old)
                self.aside.rename(self.out)
            except BaseException:
                if replaced and self._old.exists() and not self.out.exists():
                    self._old.rename(self.out)
                raise
            _sync_folder(self.out.parent)
            if replaced:
                clear(self._old)


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


def _link(old: str, new: str) -> None:
    try:
        os.link(old, new)
    except OSError:
        shutil.copy2(old, new)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return  # Windows has no way to sync a folder; its renames are journalled.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
