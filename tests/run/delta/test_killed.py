"""A delta killed anywhere leaves the output as it was or as it was to be, whole."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import ROOT
from tests.run.delta.conftest import Town, counts

# Ends itself, without any clean-up, at the n-th thing done to a file below its folder; 0 for never.
# Each is a line on standard error: what was about to be done, and to which path below the folder.
_PROGRAM = """
import itertools, os, signal, sys
from pathlib import Path
folder, last = os.path.realpath(sys.argv[1]) + os.sep, int(sys.argv[2])
from scrambler import api

steps = itertools.count(1)  # which several threads may count by

def watch(event, arguments):
    if event in EVENTS and isinstance(arguments[0], (str, os.PathLike)):
        path = os.fspath(arguments[0])
        if isinstance(path, str) and path.startswith(folder):
            step = next(steps)
            sys.stderr.write(f"{event} {path[len(folder):]}\\n")
            if step == last:
                os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

EVENTS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "shutil.rmtree"}
sys.addaudithook(watch)
town = Path(sys.argv[1])
api.run(
    str(town / "source"), town / "out", epoch=town / "epoch", delta=True, verify=False
)
"""


def run(town: Town, last: int) -> tuple[int, list[str]]:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(town.folder), str(last)],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stderr.splitlines()


@pytest.fixture(scope="module")
def edited(first_town: Town, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A town with one delta behind it and new changes before it."""
    folder = tmp_path_factory.mktemp("killed")
    town = Town(shutil.copytree(first_town.folder, folder / "town"))
    town.edit("ssd_contacts", lambda rows: rows.slice(2))
    town.run()
    town.edit("ssd_contacts", lambda rows: rows.slice(3))
    town.edit("ssd_address", lambda rows: rows.slice(1))
    return town


@pytest.mark.battery("kills")
def test_killed_anywhere_the_output_is_whole(
    edited: Town, tmp_path: Path, chance: random.Random, whole_battery: bool
) -> None:
    before = edited.files()
    through = Town(shutil.copytree(edited.folder, tmp_path / "through"))
    code, steps = run(through, 0)
    assert code == 0
    after = through.files()
    assert after != before
    renames = [n for n, step in enumerate(steps, 1) if step.startswith("os.rename out")]
    assert [steps[n - 1] for n in renames] == ["os.rename out", "os.rename out.incomplete"]
    # Around the two renames of the commit, and anywhere.
    times = 40 if whole_battery else 2
    anywhere = chance.sample(range(1, len(steps)), min(times, len(steps) - 1))
    chosen = {renames[0], renames[1], renames[1] + 1, *anywhere}
    for last in sorted(chosen):
        town = Town(shutil.copytree(edited.folder, tmp_path / f"killed-{last}"))
        code, done = run(town, last)
        assert code not in (0, 1), (last, done[-1])
        if not town.out.exists():
            # Between the renames: the next run puts the old output back before it begins.
            assert done[-1] == "os.rename out.incomplete"
            assert files_of(town.folder / "out.old") == before
        elif last <= renames[1]:
            assert town.files() == before, (last, done[-1])
        else:
            assert town.files() == after, (last, done[-1])
        changed = town.changed()
        assert town.files("tables") == {p: d for p, d in after.items() if p.startswith("tables")}
        if last <= renames[1]:
            assert changed == {
                "ssd_contacts": counts(deleted=3),
                "ssd_address": counts(deleted=1),
            }
            assert town.files() == after
        else:
            assert changed == {}
        assert {p.name for p in town.folder.iterdir()} == {"source", "epoch", "out"}


def files_of(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
