"""The command line as a user meets it: what it printed at the file descriptors, how it exited."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


_PROGRESS = re.compile(r"^\[(?:[ 0-9]{3} %|done)\] \w[^\n]*\n", re.MULTILINE)


@dataclass(frozen=True)
class Done:
    """A command that ended: its exit code and what it printed.

    ``err`` is without the lines that tell how far it was, which are in ``lines``.
    """

    code: int
    out: str
    err: str
    lines: str = ""

    @classmethod
    def of(cls, code: int, out: str, err: str) -> Done:
        return cls(code, out, _PROGRESS.sub("", err), "".join(_PROGRESS.findall(err)))


Command = Callable[..., Done]
"""Takes the words of a command line."""


def process(*words: object, program: str | None = None) -> Done:
    """Run a command in its own process; ``program`` is Python to run in place of the package."""
    start = ["-c", program] if program else ["-m", "scrambler"]
    done = subprocess.run(
        [sys.executable, "-W", "error", *start, *map(str, words)],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return Done.of(done.returncode, done.stdout, done.stderr)
