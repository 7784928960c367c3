"""Constructs a database about nobody and scrambles it."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path

from scrambler.errors import OutputError
from scrambler.files.paths import ENDS, output_of, path_of
from scrambler.resources.progress import Progress
from scrambler.run import Report, run
from scrambler.sinks import MARKER, clear, foreign, mark
from scrambler.sinks.parquet import disk_errors
from scrambler.synthetic.fake import fake


def demo(
    out: Path | None = None, *, children: int = 2000, progress: Progress | None = None
) -> tuple[Path, Report]:
    """Construct an SSD in SQLite, scramble it, and return where the output is."""
    folder = path_of(out or Path("demo"), "The demo")
    _may_be_demo(output_of(folder))
    with disk_errors(folder), tempfile.TemporaryDirectory() as temporary:
        database = Path(temporary) / "source.db"
        fake(f"sqlite:///{database.as_posix()}", children, dirty=True, progress=progress)
        clear(folder)
        folder.mkdir(parents=True, exist_ok=True)
        mark(folder, _digest(database))
        shutil.move(database, folder / "source.db")
    source = f"sqlite:///{(folder / 'source.db').absolute().as_posix()}"
    return folder, run(source, folder / "scrambled", progress=progress)


def _may_be_demo(folder: Path) -> None:
    """Refuse a folder that holds anything but what an earlier demo made, as it made it."""
    if not folder.exists():
        return
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else {""}
    database, output, marker = (folder / name for name in ("source.db", "scrambled", MARKER))
    if (
        not names <= {"source.db", MARKER, *(f"scrambled{end}" for end in ENDS)}
        or (names and not marker.is_file())
        or (database.exists() and _digest(database) != marker.read_text(encoding="utf-8"))
        or (output.exists() and foreign(output))
    ):
        raise OutputError(f"{folder} exists and is no demo. Choose another folder with --out.")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
