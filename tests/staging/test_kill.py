"""Killed at any moment of a merge or a delta: all is as before or as after, and goes on from there.

The other tests kill at chosen points; here the moment is random, also within a statement. By hand
as often as wanted: ``python -m tests.staging.test_kill 30 2000 1`` (times, children, seed).
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest

from scrambler import api, synthetic
from scrambler.keys.epoch import create
from scrambler.payload import build
from scrambler.staging import open_staging, review, stage
from scrambler.staging.table import TABLE
from tests.command import ROOT
from tests.conftest import execute
from tests.staging.cases import LATER, NOW, rows

CHILDREN = 60
FEW = ("ssd_person", "ssd_address", "ssd_contacts", "ssd_cin_episodes")

# Each says when it begins: starting Python takes longer than the work.
_MERGE = """
import sys
import polars as pl
from scrambler.staging import stage
from tests.staging.cases import LATER
payloads = pl.read_parquet(sys.argv[2])
print(flush=True)
stage(sys.argv[1], payloads.iter_slices(max(1, payloads.height // 4)), LATER)
"""
_DELTA = """
import sys
from pathlib import Path
from scrambler import api
folder = Path(sys.argv[1])
print(flush=True)
api.run(
    str(folder / "source"), folder / "out", epoch=folder / "epoch", delta=True, verify=False
)
"""


@dataclass(frozen=True)
class Work:
    """A program with its arguments, and how to begin anew and to see what it left behind.

    ``look`` returns anything that can be compared. ``again`` does the work in this
    process, to the end.
    """

    program: str
    arguments: tuple[str, ...]
    anew: Callable[[], object]
    look: Callable[[], Any]
    again: Callable[[], object]

    def killed(self, times: int, chance: random.Random) -> Counter[str]:
        """Kill the work at random moments; return how often all was as before, and as after."""
        self.anew()
        before = self.look()
        seconds = self._took(None)
        assert seconds
        after = self.look()
        assert before != after
        left: Counter[str] = Counter()
        for _ in range(times):
            self.anew()
            assert self.look() == before
            through = self._took(chance.uniform(0, seconds)) is not None
            found = self.look()
            assert found == after or (found == before and not through), left
            left["after" if found == after else "before"] += 1
            if found == before:
                self.again()
                assert self.look() == after
        return left

    def _took(self, seconds: float | None) -> float | None:
        """Return the program's seconds, or kill it so many seconds after it has begun: None."""
        command = [sys.executable, "-c", self.program, *self.arguments]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline()
            began = time.monotonic()
            try:
                assert process.wait(seconds) == 0
            except subprocess.TimeoutExpired:
                process.kill()
                return None
            return time.monotonic() - began


def merging(location: str, folder: Path, children: int) -> Work:
    """A merge of what a month changes, into what is staged."""
    tables = {name: frame.lazy() for name, frame in synthetic.build(children)}
    earlier = build(tables, synthetic.AS_OF - timedelta(days=30))
    now = build(tables, synthetic.AS_OF)
    now.write_parquet(folder / "payloads.parquet")

    def anew() -> None:
        if location.startswith("postgresql"):
            execute(location, f"DROP TABLE IF EXISTS {TABLE}")
        elif location.startswith("sqlite"):
            Path(location.removeprefix("sqlite:///")).unlink(missing_ok=True)
        else:
            shutil.rmtree(location, ignore_errors=True)
        stage(location, [earlier], NOW)

    def look() -> tuple[object, ...]:
        if location.startswith("postgresql"):
            # The server may be at a statement whose sender is dead, the commit even.
            execute(location, f"DO $$ BEGIN LOCK TABLE {TABLE}; END $$")
        # A summary first: it is what people see, and what puts a folder back.
        counts = review(location).counts
        return counts, *rows(open_staging(location)).rows(), *_batches(Path(location))

    work = (location, str(folder / "payloads.parquet"))
    return Work(_MERGE, work, anew, look, lambda: stage(location, [now], LATER))


def _batches(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.glob("batches/*"))]


def changing(folder: Path, children: int, *only: str) -> Work:
    """A delta of a source, or ``only`` some of its tables, in which some of all rows are gone."""
    place, source, out = folder / "place", folder / "place" / "source", folder / "place" / "out"
    api.fake(str(source), children)
    for table in source.iterdir():
        if only and table.stem not in only:
            table.unlink()
    create(place / "epoch")
    api.run(str(source), out, epoch=place / "epoch", verify=False)
    shutil.copytree(out, folder / "out")
    shutil.copy(place / "epoch", folder / "epoch")
    for table in source.iterdir():
        frame = pl.read_parquet(table)
        frame.filter(pl.int_range(pl.len()) % 20 != 7).write_parquet(table)

    def anew() -> None:
        for remains in place.glob("out*"):
            shutil.rmtree(remains) if remains.is_dir() else remains.unlink()
        shutil.copytree(folder / "out", out)
        shutil.copy(folder / "epoch", place / "epoch")

    def look() -> dict[str, bytes]:
        # Between the renames of a commit the old output stands beside, for the next run.
        held = out if out.exists() else place / "out.old"
        paths = (path for path in held.rglob("*") if path.is_file())
        return {path.relative_to(held).as_posix(): path.read_bytes() for path in paths}

    def again() -> None:
        api.run(str(source), out, epoch=place / "epoch", delta=True, verify=False)
        assert {path.name for path in place.iterdir()} == {"source", "epoch", "out"}

    return Work(_DELTA, (str(place),), anew, look, again)


@pytest.mark.battery("kills")
def test_a_merge_killed_at_any_moment(
    location: str, tmp_path: Path, chance: random.Random, whole_battery: bool
) -> None:
    times = 20 if whole_battery else 2
    assert merging(location, tmp_path, CHILDREN).killed(times, chance).total() == times


@pytest.mark.battery("kills")
def test_a_delta_killed_at_any_moment(
    tmp_path: Path, chance: random.Random, whole_battery: bool
) -> None:
    times = 20 if whole_battery else 2
    assert changing(tmp_path, CHILDREN, *FEW).killed(times, chance).total() == times


def main(times: int, children: int, seed: int) -> None:
    from bench.server import postgresql

    chance = random.Random(seed)
    with postgresql() as url, TemporaryDirectory() as place:
        folder = Path(place)
        for location in (str(folder / "staged"), f"sqlite:///{folder.as_posix()}/staged.db", url):
            kind = location.split(":")[0] if "://" in location else "folder"
            print(kind, dict(merging(location, folder, children).killed(times, chance)), flush=True)
        print("delta", dict(changing(folder / "delta", children).killed(times, chance)), flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
