"""Whether this is a terminal that only somebody looks at: no pipe, notebook or recording."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from scrambler.errors import UsageError

_RECORDERS = frozenset({"script", "scriptlive", "asciinema", "ttyrec", "termrec", "ttyd"})
_VARIABLES = ("SCRIPT", "ASCIINEMA_REC", "ASCIINEMA_SESSION", "TYPESCRIPT")
_NOTEBOOKS = ("ipykernel", "IPython", "google.colab")


def refuse_recorded() -> None:
    """UsageError where what is shown would be kept: in pipes, notebooks and known recordings.

    A recording of the screen, PowerShell's transcript and a multiplexer that logs are beyond what
    a program can see.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("Originals are shown on a terminal only: not in a pipe, not in a file.")
    if any(name in sys.modules for name in _NOTEBOOKS):
        raise UsageError("Originals are not shown in notebooks: they keep what they show.")
    if any(os.environ.get(name) for name in _VARIABLES) or _RECORDERS.intersection(_callers()):
        raise UsageError("This terminal is being recorded, so no original is shown.")


def _callers() -> Iterator[str]:
    """Yield the names of the programs that started this one, where the system tells (Linux)."""
    number = os.getppid()
    while number > 1:
        try:
            said = Path(f"/proc/{number}/stat").read_text("utf-8")
        except (OSError, ValueError):
            return
        name, _, rest = said.partition("(")[2].rpartition(")")
        yield name
        number = int(rest.split()[1])
