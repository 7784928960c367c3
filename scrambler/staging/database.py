"""Staging in a database: the merge in the transaction of one connection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

import polars as pl

from scrambler.errors import OutputError
from scrambler.staging.merge import merge
from scrambler.staging.session import Session
from scrambler.staging.settings import DEFAULT, MergeSettings
from scrambler.staging.staging import Ask
from scrambler.staging.table import TABLE, Staged, table


class DatabaseStaging:
    """The staging table of a database; see ``Staging``."""

    def __init__(self, connect: Callable[[bool], Session]) -> None:
        """``connect`` opens a session, one for every merge or query.

        It is told whether a file that it makes is shared or its owner's only.
        """
        self._connect = connect

    def merge(
        self,
        slices: Iterable[pl.DataFrame],
        now: datetime,
        settings: MergeSettings = DEFAULT,
    ) -> Staged:
        """Merge payloads; see ``Staging``."""
        with self._connect(settings.shared) as session:
            return merge(session, slices, now, settings)

    @contextmanager
    def looking(self) -> Iterator[Ask]:
        """Look at the table; see ``Staging``."""
        with self._connect(False) as session:
            dialect = session.dialect
            if not session.query(dialect.relation).height:
                raise OutputError(f"nothing is staged there: the database has no {TABLE}")
            unbounded = [
                f"MAX({dialect.bytes.format(name)}) AS {name}"
                for name, column in table().columns.items()
                if column.sql_type.endswith("(MAX)")
            ]
            sizes = session.query(f"SELECT {', '.join(unbounded)} FROM {TABLE}").row(0)  # noqa: S608
            widest = max(int(size or 0) for size in sizes)
            yield lambda statement: session.query(statement.format(size=dialect.size), widest)

    def query(self, statement: str) -> pl.DataFrame:
        """Return rows; see ``Staging``."""
        with self.looking() as ask:
            return ask(statement)
