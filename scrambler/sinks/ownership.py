"""Which folders this program made, and what stands in them that it did not make.

Only such folders are ever removed or replaced. One that is being filled is marked from the start;
a committed output is known by its manifest.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

MARKER = ".scrambler"
MANIFEST = "manifest.json"

# What file managers leave in every folder that somebody looks at.
_LITTER = {".DS_Store", "Thumbs.db", "desktop.ini"}


def make(folder: Path) -> None:
    """Make ``folder``, marked as ours before anything else is in it."""
    folder.mkdir(parents=True, exist_ok=True)
    mark(folder)


def mark(folder: Path, text: str = "Made by scrambler, which may remove this folder.\n") -> None:
    """Write the marker into ``folder``."""
    (folder / MARKER).write_text(text, encoding="utf-8", newline="\n")


def is_ours(folder: Path) -> bool:
    """Return whether this program made ``folder``; an empty one may go, whoever made it."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    return (folder / MARKER).is_file() or _manifest(folder) is not None or not any(folder.iterdir())


def is_output(folder: Path) -> bool:
    """Return whether ``folder`` holds a manifest that this program wrote."""
    return folder.is_dir() and _manifest(folder) is not None


def foreign(out: Path) -> int:
    """Count the files of a committed output that its manifest does not name."""
    known = {MARKER, MANIFEST, *_paths(_manifest(out))}
    return sum(
        path.relative_to(out).as_posix() not in known
        for path in out.rglob("*")
        if path.name not in _LITTER and (path.is_symlink() or not path.is_dir())
    )


def clear(folder: Path) -> None:
    """Remove a folder of ours, the marker last, so that a death on the way leaves it ours."""
    if not is_ours(folder):
        return
    with suppress(OSError):
        mark(folder)
    for path in [*folder.iterdir()]:
        if path.name == MARKER:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()
    with suppress(OSError):
        if [path.name for path in folder.iterdir()] == [MARKER]:
            (folder / MARKER).unlink()
            folder.rmdir()


def _manifest(folder: Path) -> dict[str, Any] | None:
    try:
        document = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(document, dict) or not isinstance(document.get("versions"), dict):
        return None
    return document if "ssd-scrambler" in document["versions"] else None


def _paths(found: Any) -> Iterator[str]:
    """Yield every ``path`` that a manifest names, wherever it does."""
    if isinstance(found, dict):
        if isinstance(found.get("path"), str):
            yield found["path"]
        for value in found.values():
            yield from _paths(value)
    elif isinstance(found, list):
        for value in found:
            yield from _paths(value)
