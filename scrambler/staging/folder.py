"""Staging in a folder: the table as Parquet, and what is to be sent as one JSON file a batch.

The merge is the one of every database, in a SQLite file aside. The new state is written aside
whole, its manifest last, and takes the folder's place by renames. A run that dies between these
leaves the old state beside, as ``<folder>.old``: a look reads it there, the next merge puts it
back. What lies aside is marked as ours, and nothing else of those names is ever touched.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from scrambler.errors import OutputError
from scrambler.staging.dialect import SQLITE
from scrambler.staging.merge import ensure_table, merge
from scrambler.staging.session import AdbcSession
from scrambler.staging.settings import DEFAULT, MergeSettings
from scrambler.staging.table import PENDING, TABLE, Staged, table

BATCH = 100
"""Payloads a request, as the endpoint takes them."""

_FILE = f"{TABLE}.parquet"
_BATCHES = "batches"
_MANIFEST = "staging.json"
_DATABASE = "merge.db"
_MARK = ".scrambler"
"""An empty file in what we put aside."""
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
        self._aside = self.folder.with_name(self.folder.name + ".incomplete")
        self._old = self.folder.with_name(self.folder.name + ".old")

    def merge(
        self,
        slices: Iterable[pl.DataFrame],
        now: datetime,
        settings: MergeSettings = DEFAULT,
    ) -> Staged:
        """Merge payloads; see ``Staging``. Another merge into the folder meanwhile is refused."""
        with self._alone():
            self._put_back()
            self._refuse_others()
            self._aside.mkdir()
            (self._aside / _MARK).touch()
            with AdbcSession(SQLITE, self._aside / _DATABASE) as session:
                self._fill(session)
                session.commit()
                # Batches hold every pending payload, and hold it whole: a sender misses nothing.
                staged = merge(session, slices, now, settings, whole=True)
                rows, batches = self._write_table(session), self._write_batches(session)
            (self._aside / _DATABASE).unlink()
            self._write_manifest(rows, batches)
            self._swap()
        return staged

    def query(self, statement: str) -> pl.DataFrame:
        """Return rows; see ``Staging``. Changes nothing, whatever a dead run left."""
        if not self._whole():
            raise OutputError(f"nothing is staged in {self.folder}")
        with AdbcSession(SQLITE, ":memory:") as session:
            self._fill(session)
            return session.query(statement.format(size=SQLITE.size))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the folder's lock; remove what is aside, before and after."""
        lock = FileLock(self.folder.with_name(self.folder.name + ".lock"))
        self._refuse_strangers(Path(lock.lock_file))
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=0)
        except Timeout:
            raise OutputError(f"another run is staging in {self.folder}; wait for it") from None
        except OSError as failure:
            raise self._refusal(failure) from None
        try:
            shutil.rmtree(self._aside, ignore_errors=True)
            yield
        except (OSError, pa.ArrowException) as failure:
            raise self._refusal(failure) from None
        finally:
            shutil.rmtree(self._aside, ignore_errors=True)
            lock.release()
            Path(lock.lock_file).unlink(missing_ok=True)

    def _refusal(self, failure: BaseException) -> OutputError:
        why = getattr(failure, "strerror", None) or "the file system refused"
        return OutputError(
            f"cannot write {self.folder}: {why}. Nothing was staged. Free space or choose a folder "
            "you can write to."
        )

    def _refuse_strangers(self, lock: Path) -> None:
        """What we lock, remove or rename beside the folder must be ours."""
        strange = [one for one in (self._aside, self._old) if one.exists() and not _marked(one)]
        if lock.exists() and (not lock.is_file() or lock.stat().st_size):
            strange.append(lock)
        if strange:
            raise OutputError(
                f"{strange[0]} was not made by this program, which needs that name to stage in "
                f"{self.folder}. Move it, or choose another folder."
            )

    def _put_back(self) -> None:
        if self._old.exists() and not self.folder.exists():
            self._old.rename(self.folder)

    @property
    def _held(self) -> Path:
        """Where the last state lies: aside, when a run died between the renames."""
        return self._old if not self.folder.exists() and _marked(self._old) else self.folder

    def _whole(self) -> bool:
        return (self._held / _MANIFEST).is_file()

    def _refuse_others(self) -> None:
        """The folder is replaced as a whole: nothing of anybody else's may be in it."""
        if not self.folder.exists():
            return
        others = {path.name for path in self.folder.iterdir()} - {
            _FILE, _BATCHES, _MANIFEST, _MARK,
        }  # fmt: skip
        if others or (any(self.folder.iterdir()) and not self._whole()):
            raise OutputError(
                f"{self.folder} holds other files than a staging; choose a folder of its own"
            )

    def _fill(self, session: AdbcSession) -> None:
        """Copy what is staged into the database."""
        ensure_table(session)
        if not self._whole():
            return
        path = self._held / _FILE
        if not path.is_file() or _digest(path) != self._sealed():
            raise OutputError(f"{path} is not what was staged: it was changed or removed")
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_ROWS):
                rows = pl.DataFrame(batch)
                session.load(
                    TABLE, rows.with_columns(pl.selectors.datetime().dt.strftime(_MOMENTS[0]))
                )

    def _sealed(self) -> str:
        """Return the SHA-256 of the table, as the manifest has it."""
        path = self._held / _MANIFEST
        try:
            return str(json.loads(path.read_text("utf-8"))["sha256"])
        except (OSError, ValueError, KeyError, TypeError):
            raise OutputError(f"{path} cannot be read: it was changed or damaged") from None

    def _write_table(self, session: AdbcSession) -> int:
        types = {name: column.dtype for name, column in table().columns.items()}
        texts = {n: pl.String() if t.is_temporal() else t for n, t in types.items()}
        empty = pl.DataFrame(schema=types).to_arrow(compat_level=pl.CompatLevel.oldest())
        rows, last = 0, -1
        path = self._aside / _FILE
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
        _sync(path)
        return rows

    def _write_batches(self, session: AdbcSession) -> int:
        """Write the pending payloads, BATCH a file, and return the number of files."""
        folder = self._aside / _BATCHES
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
                _sync(path)
            if texts.height < _ROWS:
                break
        return number

    def _write_manifest(self, rows: int, batches: int) -> None:
        path = self._aside / _MANIFEST
        content = {"rows": rows, "batches": batches, "sha256": _digest(self._aside / _FILE)}
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8", newline="\n")
        _sync(path)

    def _swap(self) -> None:
        shutil.rmtree(self._old, ignore_errors=True)
        if self.folder.exists():
            (self.folder / _MARK).touch()
            self.folder.rename(self._old)
        try:
            self._aside.rename(self.folder)
        except OSError:
            self._put_back()
            raise
        shutil.rmtree(self._old, ignore_errors=True)
        (self.folder / _MARK).unlink(missing_ok=True)


def _marked(folder: Path) -> bool:
    return (folder / _MARK).is_file()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    with path.open("r+b") as file:
        os.fsync(file.fileno())
