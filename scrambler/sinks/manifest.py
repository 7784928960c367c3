"""Reads the manifest of an output: readers trust it only, and a folder without one is no output."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from scrambler.errors import OutputError


def manifest_text(manifest: Mapping[str, Any]) -> str:
    """Return the manifest as the file of a folder that holds it."""
    return json.dumps(manifest, indent=1) + "\n"


def fingerprint_of(manifest: Mapping[str, Any]) -> str:
    """Return what tells an output from all others: the SHA-256 of ``manifest.json``.

    For an output in a database that of the file that it would be.
    """
    return hashlib.sha256(manifest_text(manifest).encode()).hexdigest()


def read_manifest(out: Path) -> dict[str, Any]:
    """Return the manifest of an output; OutputError when there is none or it is damaged."""
    try:
        document = json.loads((out / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        document = None
    return checked(document, str(out))


def checked(document: Any, out: str) -> dict[str, Any]:
    """Return ``document``, the manifest of the output ``out``; OutputError where it is none."""
    try:
        _check(document)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise OutputError(
            f"{out} holds no readable manifest.json, so it is no whole output of this program."
        ) from None
    result: dict[str, Any] = document
    return result


def _check(document: dict[str, Any]) -> None:
    """Raise ValueError, TypeError, KeyError or AttributeError where readers would stumble."""
    if not document["tables"]:
        raise ValueError("an output without tables")
    for table in document["tables"].values():
        if not isinstance(table["rows"], int) or not table["columns"]:
            raise ValueError("a table without rows or columns")
        for column in table["columns"].values():
            if not isinstance(column["treatment"], str):
                raise TypeError("a treatment that is no text")
        _check_files(table["files"])
        _check_files(table.get("state", []))
    for run in document.get("changes", []):
        for table in run["tables"].values():
            _check_files(table["files"])


def _check_files(parts: list[dict[str, Any]]) -> None:
    for part in parts:
        path = PurePosixPath(part["path"])
        if path.is_absolute() or ".." in path.parts or "\\" in part["path"]:
            raise ValueError("a file outside the output")
        if not isinstance(part["rows"], int) or not isinstance(part["sha256"], str):
            raise TypeError("a file without rows or hash")
