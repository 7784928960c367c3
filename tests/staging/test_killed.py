"""Killed when all is written and nothing is committed: the table is as before."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from scrambler.staging import open_staging, review, stage

from .cases import LATER, NOW, first, rows, second

ROOT = Path(__file__).parents[2]


def killed(location: str, point: str, folder: Path) -> None:
    payloads = folder / "second.parquet"
    second().write_parquet(payloads)
    process = subprocess.Popen(
        [sys.executable, Path(__file__).with_name("dying.py"), location, payloads, point],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"here"
        process.kill()
    assert process.returncode != 0


def test_a_kill_before_the_commit_leaves_the_table_as_it_was(location: str, tmp_path: Path) -> None:
    stage(location, [first()], NOW)
    before = rows(open_staging(location))
    killed(location, "commit", tmp_path)
    assert rows(open_staging(location)).equals(before)
    # And the next staging is not in the dead one's way.
    assert stage(location, [second()], LATER).new == 1


def test_a_kill_between_the_renames_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    location = str(tmp_path / "staged")
    stage(location, [first()], NOW)
    before = rows(open_staging(location))
    killed(location, "rename", tmp_path)
    assert review(location).rows == before.height
    assert rows(open_staging(location)).equals(before)
    assert stage(location, [second()], LATER).new == 1
