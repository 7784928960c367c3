"""After an epoch is closed its key is in no file of its folder, however runs died before."""

from __future__ import annotations

import base64
import os
import random
import shutil
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest

from scrambler.errors import EpochError
from scrambler.keys import epoch_file
from scrambler.keys.epoch import Epoch
from tests.kills import Deadly

# A step is also each write over a key, of which there are several a file, and each sync.
WRITES = """
import os
import numpy as np
from scrambler.keys import secret_file
from scrambler.keys.epoch import Allocation
from scrambler.keys.epoch_file import close, opened
secret_file._HEAD, secret_file._PIECE = 64, 200

def counted(name, real):
    def call(*arguments):
        step(name)
        return real(*arguments)
    return call

os.write, os.fsync = counted("write", os.write), counted("fsync", os.fsync)
"""
SAVE = """
with opened(folder / "epoch") as epoch:
    held = epoch.allocations.get("upn/upn", Allocation.empty())
    given = np.arange(len(held.slots) + 20)
    epoch.allocations["upn/upn"] = Allocation(given.astype(np.uint64), given, len(given))
    epoch.save(folder / "epoch")
"""
RUN = """
api.run(str(folder / "source"), folder / "out", epoch=folder / "epoch", replace=True)
"""


def program(work: str, begin: str = WRITES) -> Deadly:
    return Deadly(begin, work, lambda _: None, lambda _: None, frozenset())


SAVING, CLOSING = program(SAVE), program('close(folder / "epoch")')
RUNNING = program(RUN, f"from scrambler import api\nimport scrambler.run.steps\n{WRITES}")


def residue(folder: Path, key: bytes) -> list[str]:
    """The files that hold a key: raw, in hexadecimal, or in base 64 at any of its three places."""
    needles = [key, key.hex().encode()]
    for before in range(3):
        spelled = base64.b64encode(bytes(before) + key)
        needles.append(spelled[4 if before else 0 : -4])
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [
        path.name
        for path in files
        if any(needle in read for read in (path.read_bytes(),) for needle in needles)
    ]


def linked(folder: Path, name: str) -> None:
    """Give every file that is beside the epoch another name, as a backup may do."""
    for path in [*folder.glob("epoch*")]:
        if path.stat().st_size:
            os.link(path, folder / f"{name} of {path.name} {len([*folder.iterdir()])}")


def closed(folder: Path, kill: Iterator[int]) -> int:
    """Close the epoch, killed at the steps of ``kill``, until it is done; return how many died."""
    died = 0
    for step in kill:
        code, _ = CLOSING.run(folder, step)
        died += code not in (0, 1)
        if code in (0, 1):  # there is nothing left of it
            break
    try:
        epoch_file.close(folder / "epoch")
    except EpochError:
        assert not [*folder.glob("epoch*")]
    return died


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def fresh(folder: Path) -> bytes:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return epoch_file.create(folder / "epoch").key


def gone(folder: Path, key: bytes, where: object) -> None:
    assert not residue(folder, key), where
    assert not [*folder.glob("epoch*")], where
    epoch_file.create(folder / "epoch")  # no hand is needed


def test_the_search_finds_a_key(folder: Path) -> None:
    key = fresh(folder)
    for count in range(3):
        (folder / f"{count}").write_bytes(base64.b64encode(b"x" * count + key + b"y"))
    assert sorted(residue(folder, key)) == ["0", "1", "2", "epoch"]


@pytest.mark.battery("kills")
def test_a_key_is_in_no_file_once_it_is_closed(
    folder: Path, chance: random.Random, whole_battery: bool
) -> None:
    """Saves and closings killed at each step, one after the other, with links to all they left."""
    fresh(folder)
    saves = len(SAVING.run(folder, 0)[1])
    closings = len(CLOSING.run(folder, 0)[1])
    assert (saves, closings) > (10, 10)
    kills, wanted = 0, 200 if whole_battery else 1
    for step in cycle(range(1, saves + 1) if whole_battery else [chance.randint(1, saves)]):
        if kills >= wanted:
            break
        key = fresh(folder)
        linked(folder, "before")
        code, done = SAVING.run(folder, step)
        where = f"save {step}: {done[-1:]}"
        assert code not in (0, 1), where
        assert Epoch.load(folder / "epoch").key == key, where
        linked(folder, "after")
        if chance.random() < 0.5:
            code, _ = SAVING.run(folder, chance.randint(1, saves))
            kills += code not in (0, 1)
            assert Epoch.load(folder / "epoch").key == key, where
            linked(folder, "later")
        steps = [chance.randint(1, closings) for _ in range(chance.randint(1, 2))]
        kills += 1 + closed(folder, iter(steps))
        gone(folder, key, (where, steps))


@pytest.mark.battery("kills", "the key of a run")
def test_a_key_is_in_no_file_after_killed_runs(
    folder: Path, chance: random.Random, whole_battery: bool, source: Path
) -> None:
    key = fresh(folder)
    shutil.copytree(source, folder / "source")
    code, steps = RUNNING.run(folder, 0)
    assert code == 0
    for _ in range(20 if whole_battery else 1):
        for path in folder.glob("* of *"):
            path.unlink()
        linked(folder, "before")
        # Most steps are before the key is saved: of those that are about it one in two.
        about = [number for number, step in enumerate(steps, 1) if " epoch" in step]
        step = chance.choice(about) if chance.random() < 0.5 else chance.randint(1, len(steps))
        assert RUNNING.run(folder, step)[0] not in (0, 1)
        linked(folder, "after")
        closed(folder, iter([chance.randint(1, 12)]))
        assert not residue(folder, key), step
        shutil.rmtree(folder / "out", ignore_errors=True)
        key = epoch_file.create(folder / "epoch").key


@pytest.fixture
def source(tmp_path: Path) -> Path:
    from scrambler import synthetic

    made = tmp_path / "made"
    made.mkdir()
    for name, frame in synthetic.build(30):
        if name in ("ssd_person", "ssd_address"):
            frame.write_parquet(made / f"{name}.parquet")
    return made
