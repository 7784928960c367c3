"""Where reports are printed, and the words that all of them share."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from rich.console import Console

from scrambler.files.rights import read_by

VERDICTS = {True: "[bold green]PASSED[/]", False: "[bold red]FAILED[/]"}
IDS_TERMS = {
    "fold": "Identifiers that differ in case alone are one, as in the database (--ids fold).",
    "exact": "Identifiers that differ in case alone are two, as the epoch has it (--ids exact).",
}
"""What the epoch says of identifiers, for people."""


def console() -> Console:
    """Return a console on standard output that never wraps piped tables."""
    shown = Console()
    return shown if shown.is_terminal else Console(width=120)


def warn_open(shown: Console, place: str) -> None:
    """Warn where Windows lets many read a folder or file that was written; elsewhere nobody can."""
    if many := read_by(Path(place)):
        shown.print(
            f"[bold yellow]Warning[/]: {' and '.join(many)} can read what was written, by the "
            "rights of the folder it lies in. Keep it in a folder of your own."
        )


def print_json(document: object) -> None:
    """Print one JSON document on one line."""
    sys.stdout.write(json.dumps(document) + "\n")
