"""Constructs a database about nobody, alone or to be scrambled as a demo."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path

from scrambler.api.running import Report, run
from scrambler.constructed import CHILDREN_MAX, build
from scrambler.errors import OutputError, UsageError
from scrambler.pipeline import Progress, Silent
from scrambler.places import ENDS, output_of, path_of
from scrambler.sinks import MARKER, clear, foreign, mark
from scrambler.sinks.parquet import disk_errors
from scrambler.spec import ssd
from scrambler.targets import open_target


def fake(
    target: str,
    children: int,
    *,
    seed: int = 0,
    dirty: bool = False,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Construct an SSD of ``children`` in ``target``; return the rows of each table."""
    if not 1 <= children <= CHILDREN_MAX or seed < 0:
        raise UsageError(f"Children are 1 to {CHILDREN_MAX:,}, a seed is 0 or more.")
    progress = progress or Silent()
    progress.begin("constructed data", children)
    spec, rows, made = ssd(), dict[str, int](), set[str]()
    with open_target(target) as writer:
        for table, frame in build(children, seed=seed, dirty=dirty):
            if table not in made:
                writer.create(spec.tables[table])
                made.add(table)
            writer.append(spec.tables[table], frame)
            rows[table] = rows.get(table, 0) + frame.height
            progress.advance("constructed data", frame.height if table == "ssd_person" else 0)
    return rows


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
