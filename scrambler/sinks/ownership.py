"""Which outputs are of this program, and what stands in them that it did not make.

A committed output is known by its manifest, which names everything in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"

# What file managers leave in every folder that somebody looks at.
_LITTER = {".DS_Store", "Thumbs.db", "desktop.ini"}


def is_output(folder: Path) -> bool:
    """Return whether ``folder`` holds a manifest that this program wrote."""
    return folder.is_dir() and _manifest(folder) is not None


def unknown_files(folder: Path, manifest: object = None) -> list[Path]:
    """Return the files below ``folder`` that ``manifest`` does not name, without it its own.

    What file managers leave is not counted.
    """
    named = {MANIFEST, *_paths(_manifest(folder) if manifest is None else manifest)}
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.relative_to(folder).as_posix() not in named
        and path.name not in _LITTER
        and (path.is_symlink() or not path.is_dir())
    ]


def manifest_of(text: str) -> dict[str, Any] | None:
    """Return the manifest that ``text`` is; None for anything that this program did not write."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or not isinstance(document.get("versions"), dict):
        return None
    return document if "ssd-scrambler" in document["versions"] else None


def _manifest(folder: Path) -> dict[str, Any] | None:
    try:
        return manifest_of((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return None


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
