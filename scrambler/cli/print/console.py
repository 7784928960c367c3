"""Where reports are printed, and the words that all of them share."""

from __future__ import annotations

import json
import sys

from rich.console import Console

VERDICTS = {True: "[bold green]PASSED[/]", False: "[bold red]FAILED[/]"}


def console() -> Console:
    """Return a console on standard output that never wraps piped tables."""
    shown = Console()
    return shown if shown.is_terminal else Console(width=120)


def print_json(document: object) -> None:
    """Print one JSON document on one line."""
    sys.stdout.write(json.dumps(document) + "\n")


def plain(text: str) -> str:
    """Return the text with what a terminal would act on spelled out: anybody may have staged it."""
    return "".join(
        one if one.isprintable() or one == "\n" else one.encode("unicode_escape").decode("ascii")
        for one in text
    )
