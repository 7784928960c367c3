"""Locations written `env:NAME`: what a variable holds, so that no password stands in a command.

The variable comes from the environment, or from the file `.env` of the current folder. Nothing else
is ever taken from either.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from dotenv import dotenv_values

from scrambler.errors import UsageError
from scrambler.errors.redact import remember

PREFIX = "env:"
_FILE = ".env"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SECRETS = re.compile(r"(?i)(?:pwd|password)\s*=\s*(\{[^}]*\}|[^;&]*)|://[^:/@]*:([^@]*)@")
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def resolved(location: str | Path) -> str:
    """Return ``location``, or what the variable holds that it names as `env:NAME`.

    What the variable holds is taken out of every message from then on. UsageError, which names the
    variable and where it was looked for, when it is not set, empty, or names another; and when
    others can write to the file.
    """
    text = str(location)
    if not text.strip():
        raise UsageError("An empty location was given. Is a variable not set?")
    if not text.lower().startswith(PREFIX):
        return text
    name = text[len(PREFIX) :]
    if not _NAME.fullmatch(name):
        # What was given is not repeated: it might be the connection string itself.
        raise UsageError("After env: comes the name of a variable: letters, digits and _.")
    value = (os.environ.get(name) or _from_file(name) or "").strip()
    if not value or value.lower().startswith(PREFIX):
        raise UsageError(
            f"The variable {name} holds no location, neither in the environment nor in {_FILE} of "
            "the current folder."
        )
    _remember(value)
    if value.lower().startswith(("driver=", "dsn=")):
        value = f"odbc:{value}"
    return value


def _from_file(name: str) -> str | None:
    """Return what `.env` says of the variable; None where there is no such file or line."""
    path = Path(_FILE)
    if not path.is_file():
        return None
    # On Windows, where the mode says nothing, the folder's own rights have to do.
    if os.name == "posix" and path.stat().st_mode & _OTHERS_WRITE:
        raise UsageError(
            f"{_FILE} of the current folder can be changed by others, who could lead the program "
            f"elsewhere. Take that right away: chmod 600 {_FILE}"
        )
    try:
        return dotenv_values(path, interpolate=False, encoding="utf-8-sig").get(name)
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{_FILE} of the current folder cannot be read as UTF-8.") from None


def _remember(value: str) -> None:
    remember(value)
    for found in _SECRETS.finditer(value):
        remember(next(filter(None, found.groups()), "").strip("{}"))
