"""Names of a source are anybody's: none reaches a terminal as it is, or whole where it is long."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.command import Command

CLEARS, LONG, MARKUP = "\x1b[2J\x07", "ann smith " * 12, "[red]x[/red] [link=evil]"


def test_hostile_names_are_escaped_and_cut(tmp_path: Path, scrambler: Command) -> None:
    file = tmp_path / "source.db"
    with closing(sqlite3.connect(file)) as source:
        columns = ", ".join(f'"{name}" TEXT' for name in (CLEARS, LONG, MARKUP))
        source.execute(f"CREATE TABLE ssd_person (pers_person_id TEXT PRIMARY KEY, {columns})")
        source.execute("INSERT INTO ssd_person (pers_person_id) VALUES ('p1')")
        for name in (CLEARS, LONG, MARKUP):
            source.execute(f'CREATE TABLE "ssd_{name}" (anything TEXT PRIMARY KEY)')
        source.commit()
    location = f"sqlite:///{file}"
    calls = [
        ("check", location),
        ("check", location, "--json"),
        ("check", location, "--strict"),
        ("check", location, "--drop-unknown"),
        ("check", location, "--drop-unknown", "--json"),
        ("run", location, tmp_path / "out", "--drop-unknown"),
    ]
    for call in calls:
        done = scrambler(*call)
        said = done.out + done.err + done.lines
        assert all(one.isprintable() or one == "\n" for one in said), call
        assert "ann smith ann" in said, call
        assert LONG not in said, call
        assert said.replace("\n", " ").count("[red]x[/red]") > 0, call
