"""Writes tables into a SQLite file of its own: built aside, put in place by one rename."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from scrambler.errors import OutputError
from scrambler.files.commit import Commit, disk_errors, sync_file
from scrambler.sinks.database import Connection, DatabaseWriter, refuse_unknown
from scrambler.sinks.ddl import quoted


class SqliteSink:
    """A SQLite file; see ``Sink``."""

    def __init__(
        self,
        file: Path,
        *,
        replace: bool = False,
        constructed: bool = False,
        shared: bool = False,
    ) -> None:
        """Touch nothing yet. ``constructed`` data replace nothing."""
        self.out = file.absolute()
        self._replace = replace and not constructed
        self._commit = Commit(self.out, self._may_replace, shared=shared)
        self._connection: Connection | None = None
        self.scratch = self._commit.scratch

    def __enter__(self) -> Self:
        """Take the lock, and begin a file aside; see ``Sink``."""
        self._commit.__enter__()
        try:
            self._connection = Connection("sqlite", str(self._commit.new))
        except BaseException as error:
            self._commit.__exit__(type(error), error, error.__traceback__)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take back what was not committed; see ``Sink``."""
        self._open.close()
        self._commit.__exit__(kind, error, trace)

    @contextmanager
    def table(
        self,
        name: str,
        schema: pa.Schema,
        folder: str = "tables",
        *,
        no_dictionary: Collection[str] = (),
    ) -> Iterator[DatabaseWriter]:
        """Stage one table; see ``Sink``."""
        yield DatabaseWriter(self._open, name, schema)

    def commit(self, manifest: Mapping[str, Any] | None) -> None:
        """Write the manifest last, then move the file into place; see ``Sink``."""
        if manifest is not None:
            for table in self._open.relations() - {*manifest["tables"]}:
                self._open.execute(f"DROP TABLE {quoted(table)}")
            self._open.write_manifest(manifest)
        self._open.commit()
        self._open.close()
        with disk_errors(self.out):
            sync_file(self._commit.new)
        self._commit.publish()

    @property
    def _open(self) -> Connection:
        assert self._connection is not None  # noqa: S101 - made when the sink was entered
        return self._connection

    def _may_replace(self) -> None:
        if not os.path.lexists(self.out):
            return
        if not self._replace:
            raise OutputError(
                f"{self.out} exists already, and nothing is ever overwritten. Choose another "
                "file, or replace an earlier output with --replace."
            )
        self._refuse_others()

    def _refuse_others(self) -> None:
        """The file is replaced as a whole: it must be ours, and nothing else be in it."""
        for end in ("-journal", "-wal"):
            beside = self.out.with_name(self.out.name + end)
            if os.path.lexists(beside):
                raise OutputError(
                    f"{beside} shows that {self.out.name} is in use. Close the other program."
                )
        existing = Connection("sqlite", str(self.out))
        try:
            manifest, relations = existing.read_manifest(), existing.relations()
        except OutputError:
            manifest, relations = None, set()
        finally:
            existing.close()
        if manifest is None:
            raise OutputError(
                f"{self.out} holds no manifest, so it is no output of this program and is not "
                "replaced. Choose another file."
            )
        refuse_unknown(manifest, relations, str(self.out))
