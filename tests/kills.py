"""Kills a program at its n-th step, once for every n or for some, and looks at what it left.

A step is anything done to a file below the program's folder that changes it, and whatever else the
program hands to ``step``. It is killed just before, without any clean-up. So of two kills next to
each other, one stands before a change and one after it, and no state between is missed but what C
code writes into a file that is open.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.command import ROOT

_WATCHED = """
import itertools, os, signal, sys
from pathlib import Path
folder, last = Path(os.path.realpath(sys.argv[1])), int(sys.argv[2])
below = str(folder) + os.sep
steps = itertools.count(1)  # which several threads may count by

def step(what):
    number = next(steps)
    sys.stderr.write("step " + what + chr(10))
    if number == last:
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

def watch(event, arguments):
    if event not in EVENTS or not isinstance(arguments[0], (str, os.PathLike)):
        return
    if event == "open" and not arguments[2] & WRITING:
        return
    path = os.fspath(arguments[0])
    if isinstance(path, str) and (path.startswith(below) or not os.path.isabs(path)):
        step(event + " " + path.removeprefix(below))

# Files that are removed with their folder have names without one.
EVENTS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.truncate"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
"""


@dataclass(frozen=True)
class Deadly:
    """A program that changes ``folder``, and how to see in which state that is.

    ``begin`` and ``work`` are Python; ``folder`` is a path in them. What ``begin`` does, such as
    imports, is no step. ``look`` returns what can be compared; ``again`` is the next call, in this
    process, and raises where that would need a hand. ``beside`` are the names that stand in the
    folder when all is done. ``anew`` makes ready what lies elsewhere, in a server.
    """

    begin: str
    work: str
    look: Callable[[Path], Any]
    again: Callable[[Path], object]
    beside: frozenset[str]
    anew: Callable[[Path], object] = lambda _: None

    def run(self, folder: Path, last: int) -> tuple[int, list[str]]:
        """Run the program, killed at step ``last`` (0: never); return its code and its steps."""
        program = f"{_WATCHED}\n{self.begin}\nsys.addaudithook(watch)\n{self.work}"
        done = subprocess.run(
            [sys.executable, "-c", program, str(folder), str(last)],
            cwd=ROOT,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        lines = done.stderr.splitlines()
        return done.returncode, [line[5:] for line in lines if line.startswith("step ")]

    def survives(self, made: Path, place: Path, chance: random.Random, kills: int | None) -> None:
        """Kill the program in copies of ``made`` at some steps, or at each: nothing is between.

        However it died, the folder is as before or as after, and the next call leaves it as after.
        """
        self.anew(made)
        before = self.look(made)
        through = shutil.copytree(made, place / "through")
        code, steps = self.run(through, 0)
        assert code == 0, steps[-3:]
        after = self.look(through)
        assert after != before
        assert {path.name for path in through.iterdir()} == self.beside
        numbers = range(1, len(steps) + 1)
        chosen = sorted(chance.sample(numbers, kills)) if kills else numbers
        for last in chosen:
            folder = shutil.copytree(made, place / "killed")
            self.anew(folder)
            code, done = self.run(folder, last)
            where = f"step {last} of {len(steps)}: {done[-1:]}"
            assert code not in (0, 1), where
            found = self.look(folder)
            assert found in (before, after), where
            try:
                self.again(folder)
            except Exception as error:
                raise AssertionError(f"{where}: {error}") from error
            assert found == after or self.look(folder) == after, where
            assert {path.name for path in folder.iterdir()} == self.beside, where
            shutil.rmtree(folder)


def files_of(folder: Path) -> dict[str, bytes]:
    """The bytes of every file below ``folder``, by path."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
