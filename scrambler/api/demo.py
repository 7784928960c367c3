"""Constructs a database about nobody and scrambles it."""

from __future__ import annotations

from pathlib import Path

from scrambler.errors import OutputError
from scrambler.files.commit import MARKER, Commit, write_file
from scrambler.files.digest import sha256_of
from scrambler.files.paths import ENDS, output_of, path_of
from scrambler.resources.progress import Progress
from scrambler.run import Report, run
from scrambler.sinks import unknown_files
from scrambler.synthetic.fake import fake


def demo(
    out: Path | None = None, *, children: int = 2000, progress: Progress | bool | None = None
) -> tuple[Path, Report]:
    """Construct an SSD in SQLite, scramble it, and return where the output is."""
    folder = path_of(out or Path("demo"), "The demo")
    place = output_of(folder)
    _may_be_demo(place)
    with Commit(place, lambda: _may_be_demo(place)) as commit:
        commit.new.mkdir()
        database = commit.new / "source.db"
        fake(f"sqlite:///{database.as_posix()}", children, dirty=True, progress=progress)
        write_file(commit.new / MARKER, sha256_of(database))
        commit.publish()
    source = f"sqlite:///{(place / 'source.db').as_posix()}"
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
        or (database.exists() and sha256_of(database) != marker.read_text(encoding="utf-8"))
        or (output.exists() and unknown_files(output))
    ):
        raise OutputError(f"{folder} exists and is no demo. Choose another folder with --out.")
