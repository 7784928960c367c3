"""Paths that users give: what is no path is refused, and so is a place where it would leak.

A location of a database can hold a password. Where it stands in the place of a path it would come
back in messages, in names of folders and in manifests, so it is refused unread and never repeated.
"""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

from scrambler.errors import OutputError, UsageError

ENDS = ("", ".incomplete", ".old", ".lock", ".evidence")
"""What an output, its remains and its evidence are called after the name of its folder."""

_NOWHERE = frozenset({errno.ENAMETOOLONG, errno.ELOOP})

# A drive is one letter, a scheme more; pathlib makes one slash of two.
_NO_PATH = re.compile(
    r"(?i)^\s*[a-z][a-z0-9+.-]+:[/\\]|://|^\s*(?:odbc|env):|\b(?:pwd|password)\s*="
)


def path_of(path: Path | str, what: str) -> Path:
    """Return ``path``; UsageError, without repeating it, when it is a URL or connection string.

    ``what`` says what the path is for. An empty one is refused: it would be the current folder.
    """
    if not str(path).strip():
        raise UsageError(f"{what} has no name: the argument is empty. Is a variable not set?")
    if _NO_PATH.search(str(path)):
        raise UsageError(
            f"{what} is a file or folder here, and what was given looks like the location of a "
            "database. It is not repeated, because it might hold a password."
        )
    return reachable(Path(path), what)


def reachable(path: Path, what: str) -> Path:
    """Return ``path``; UsageError where no file can ever be: a name too long, links in a circle."""
    try:
        path.stat()
    except OSError as failure:
        if failure.errno in _NOWHERE:
            raise UsageError(f"{what} cannot be at that place: {failure.strerror}.") from None
    except ValueError:
        raise UsageError(f"{what} cannot be at that place: its name holds a null.") from None
    return path


def output_of(out: Path | str) -> Path:
    """Return ``out`` as the absolute path of a folder with a name; UsageError where it has none."""
    place = path_of(out, "The output").absolute()
    if place.is_symlink() or place.name in ("", ".."):
        place = place.resolve()
    if not place.name:
        raise UsageError("The output is a folder with a name of its own, not a whole disk.")
    reachable(place.with_name(place.name + max(ENDS, key=len)), "The output")
    return place


def in_output(path: Path, out: Path | None) -> bool:
    """Return whether ``path``, or what it links to, lies in the output ``out`` or its remains.

    Nothing lies in an output that is in a server (None).
    """
    if out is None:
        return False
    # A link inside the output is replaced by the file itself when that is saved.
    places = (path.resolve(), path.absolute().parent.resolve() / path.name)
    folders = [out.with_name(out.name + end) for end in ENDS]
    return any(
        place.is_relative_to(folder) or place.is_relative_to(folder.resolve())
        for place in places
        for folder in folders
    )


def new_file(path: Path, out: Path | None, what: str) -> Path:
    """Return the path of a file to be made; OutputError when it exists or lies in the output."""
    path = path_of(path, what)
    if in_output(path, out):
        raise OutputError(f"{path} lies inside the output, which is replaced. Put it elsewhere.")
    if os.path.lexists(path):
        raise OutputError(
            f"{path} exists already, and nothing is ever overwritten. Choose another name for it."
        )
    return path
