"""Staging in a folder: the table as Parquet, and what is to be sent as one JSON file a batch.

The merge is the one of every database, in a SQLite file aside. The new state takes the folder's
place whole, its manifest written last. A run that dies between the renames leaves the old state
beside: a look reads it there, the next merge puts it back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from scrambler.errors import OutputError
from scrambler.files.commit import Commit, disk_errors, last_state, sync_file, write_file
from scrambler.files.digest import sha256_of
from scrambler.payload.limits import max_items
from scrambler.staging.dialect import SQLITE
from scrambler.staging.merge import ensure_table, merge
from scrambler.staging.session import AdbcSession
from scrambler.staging.settings import DEFAULT, MergeSettings
from scrambler.staging.staging import Ask
from scrambler.staging.table import PENDING, TABLE, Staged, table

BATCH = max_items("(transport) POST body")
"""Payloads a request, as the endpoint takes them."""

_FILE = f"{TABLE}.parquet"
_BATCHES = "batches"
_MANIFEST = "staging.json"
_ROWS = 10_000  # a multiple of BATCH
_MOMENTS = ("%Y-%m-%d %H:%M:%S%.6f", "%Y-%m-%d %H:%M:%S%.f")


class FolderStaging:
    """The staging table of a folder; see ``Staging``."""

    def __init__(self, folder: Path) -> None:
        """Touch nothing yet. OutputError for the root of a disk, beside which nothing can lie.

        A link is followed: what it leads to is replaced, and the link stays.
        """
        self.folder = folder.resolve()
        if not self.folder.name:
            raise OutputError(f"{folder} is no folder to stage in; choose one of its own")

    def merge(
        self,
        slices: Iterable[pl.DataFrame],
        now: datetime,
        settings: MergeSettings = DEFAULT,
    ) -> Staged:
        """Merge payloads; see ``Staging``. Another merge into the folder meanwhile is refused."""
        place = Commit(self.folder, self._may_replace, shared=settings.shared)
        with self._disk_errors(), place as commit:
            commit.new.mkdir()
            with AdbcSession(SQLITE, commit.scratch / "merge.db") as session:
                self._fill(session)
                session.commit()
                # Batches hold every pending payload, and hold it whole: a sender misses nothing.
                staged = merge(session, slices, now, settings, whole=True)
                rows = _write_table(session, commit.new / _FILE)
                batches = _write_batches(session, commit.new / _BATCHES)
            _write_manifest(commit.new, rows, batches, settings.shared)
            commit.publish()
        return staged

    @contextmanager
    def looking(self) -> Iterator[Ask]:
        """Look at the table; see ``Staging``. Changes nothing, whatever a dead run left."""
        if not self._whole():
            raise OutputError(f"nothing is staged in {self.folder}")
        with AdbcSession(SQLITE, ":memory:") as session:
            self._fill(session)
            yield lambda statement: session.query(statement.format(size=SQLITE.size))

    def query(self, statement: str) -> pl.DataFrame:
        """Return rows; see ``Staging``."""
        with self.looking() as ask:
            return ask(statement)

    @contextmanager
    def _disk_errors(self) -> Iterator[None]:
        """Turn what disk and Parquet say into OutputError."""
        try:
            with disk_errors(self.folder):
                yield
        except pa.ArrowException:
            raise OutputError(
                f"Cannot write {self.folder}: the file system refused. Nothing was staged. Free "
                "space or choose a folder you can write to."
            ) from None

    def _whole(self) -> bool:
        return (last_state(self.folder) / _MANIFEST).is_file()

    def _may_replace(self) -> None:
        """The folder is replaced as a whole: nothing of anybody else's may be in it."""
        if not self.folder.exists():
            return
        names = {path.name for path in self.folder.iterdir()}
        if names - {_FILE, _BATCHES, _MANIFEST} or (names and _MANIFEST not in names):
            raise OutputError(
                f"{self.folder} holds other files than a staging; choose a folder of its own"
            )

    def _fill(self, session: AdbcSession) -> None:
        """Copy what is staged into the database."""
        ensure_table(session)
        if not self._whole():
            return
        path = last_state(self.folder) / _FILE
        if not path.is_file() or sha256_of(path) != self._sealed():
            raise OutputError(f"{path} is not what was staged: it was changed or removed")
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_ROWS):
                rows = pl.DataFrame(batch)
                session.load(
                    TABLE, rows.with_columns(pl.selectors.datetime().dt.strftime(_MOMENTS[0]))
                )

    def _sealed(self) -> str:
        """Return the SHA-256 of the table, as the manifest has it."""
        path = last_state(self.folder) / _MANIFEST
        try:
            return str(json.loads(path.read_text("utf-8"))["sha256"])
        except (OSError, ValueError, KeyError, TypeError):
            raise OutputError(f"{path} cannot be read: it was changed or damaged") from None


def _write_table(session: AdbcSession, path: Path) -> int:
    """Write the whole table to ``path``, and return its rows."""
    types = {name: column.dtype for name, column in table().columns.items()}
    texts = {n: pl.String() if t.is_temporal() else t for n, t in types.items()}
    empty = pl.DataFrame(schema=types).to_arrow(compat_level=pl.CompatLevel.oldest())
    rows, last = 0, -1
    with pq.ParquetWriter(path, empty.schema, compression="zstd", store_schema=False) as writer:
        while True:
            found = session.query(
                f"SELECT {', '.join(types)} FROM {TABLE} WHERE id > {last} "  # noqa: S608
                f"ORDER BY id LIMIT {_ROWS}"
            )
            if not found.height:
                break
            typed = found.cast(texts).with_columns(  # type: ignore[arg-type]
                pl.col(name).str.to_datetime(_MOMENTS[1], time_unit="us")
                for name, dtype in types.items()
                if dtype.is_temporal()
            )
            writer.write_table(typed.to_arrow(compat_level=pl.CompatLevel.oldest()))
            rows, last = rows + found.height, int(found["id"].max())  # type: ignore[arg-type]
    sync_file(path)
    return rows


def _write_batches(session: AdbcSession, folder: Path) -> int:
    """Write the pending payloads, BATCH a file, and return the number of files."""
    folder.mkdir()
    number = 0
    for offset in range(0, 1 << 62, _ROWS):
        texts = session.query(
            f"SELECT json_payload FROM {TABLE} "  # noqa: S608
            f"WHERE LOWER(submission_status) = '{PENDING.lower()}' "
            f"ORDER BY id LIMIT {_ROWS} OFFSET {offset}"
        )
        for batch in texts.iter_slices(BATCH):
            number += 1
            path = folder / f"batch-{number:05d}.json"
            text = ",\n".join(batch["json_payload"])
            path.write_text(f"[{text}]\n", encoding="utf-8", newline="\n")
            sync_file(path)
        if texts.height < _ROWS:
            break
    return number


def _write_manifest(folder: Path, rows: int, batches: int, shared: bool) -> None:
    content = {"rows": rows, "batches": batches, "sha256": sha256_of(folder / _FILE)}
    write_file(folder / _MANIFEST, json.dumps(content, indent=1) + "\n", shared=shared)
