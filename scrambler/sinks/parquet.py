"""Writes tables as Parquet parts aside, and commits them by one rename, the manifest last.

Until the commit nothing stands where readers look. A run that dies leaves a folder named
``<OUT>.incomplete``, which the next run removes. Nothing is removed that this program did not make.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from scrambler.errors import OutputError
from scrambler.files.commit import Commit, disk_errors, write_file
from scrambler.files.digest import sha256_of
from scrambler.sinks.manifest import manifest_text
from scrambler.sinks.ownership import MANIFEST, is_output, unknown_files
from scrambler.sinks.table_writer import TableWriter


class ParquetSink:
    """A folder of tables; see ``Sink``."""

    def __init__(
        self,
        out: Path,
        *,
        replace: bool = False,
        constructed: bool = False,
        shared: bool = False,
    ) -> None:
        """Touch nothing yet. ``constructed`` data are one file a table, and replace nothing."""
        self.out = out
        self._replace = replace
        self._constructed = constructed
        self._shared = shared
        self._commit = Commit(out, self._may_replace, shared=shared)
        self.aside = self._commit.new
        self.scratch = self._commit.scratch

    def __enter__(self) -> Self:
        """Take the lock, clear away what a dead run left, and make the folder aside.

        OutputError when OUT exists and is not to be replaced, or is no output of ours.
        """
        self._commit.__enter__()
        with disk_errors(self.out):
            self.aside.mkdir()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove what was not committed; say so where an interrupt came after the commit."""
        self._commit.__exit__(kind, error, trace)

    def _may_replace(self) -> None:
        if not os.path.lexists(self.out):
            return
        if self._constructed:
            if not self.out.is_dir() or any(self.out.iterdir()):
                raise OutputError(
                    f"{self.out} exists already, and nothing is ever overwritten. Choose another "
                    "folder."
                )
            return
        if not self._replace:
            raise OutputError(
                f"{self.out} exists already. Choose another folder, or replace it with --replace."
            )
        if not is_output(self.out):
            raise OutputError(
                f"{self.out} holds no manifest, so it is no output of this program and is not "
                "replaced. Choose another folder."
            )
        if unknown := len(unknown_files(self.out)):
            raise OutputError(
                f"{self.out} holds {unknown} files that no run wrote, and replacing it would "
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
        """Stage one table; its files are synced to disk when the block ends well."""
        writer = TableWriter(
            self.aside,
            Path(name) if self._constructed else Path(folder, name),
            schema,
            no_dictionary=no_dictionary,
            one_file=self._constructed,
        )
        with disk_errors(self.out):
            try:
                yield writer
                writer.finish()
            finally:
                writer.close()

    def add(self, name: str, text: str) -> dict[str, str]:
        """Write a file of text beside the tables; return what the manifest says of it."""
        with disk_errors(self.out):
            write_file(self.aside / name, text, shared=self._shared)
            return {"path": name, "sha256": sha256_of(self.aside / name)}

    def carry(self, folder: str) -> None:
        """Take over a folder of the old output as it is, by links where the disk has them."""
        with disk_errors(self.out):
            shutil.copytree(self.out / folder, self.aside / folder, copy_function=_link)

    def commit(self, manifest: Mapping[str, Any] | None) -> None:
        """Drop files that ``manifest`` does not name, write it last, and rename all into place."""
        if manifest is not None:
            with disk_errors(self.out):
                self._drop_unnamed(manifest)
                text = manifest_text(manifest)
                write_file(self.aside / MANIFEST, text, shared=self._shared)
        self._commit.publish()

    def _drop_unnamed(self, manifest: Mapping[str, object]) -> None:
        for path in unknown_files(self.aside, manifest):
            path.unlink()
        # The deepest first: a folder may hold nothing but empty ones.
        for path in sorted(self.aside.rglob("*"), reverse=True):
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()


def _link(old: str, new: str) -> None:
    try:
        os.link(old, new)
    except OSError:
        shutil.copy2(old, new)
