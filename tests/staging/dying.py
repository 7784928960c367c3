"""A staging that stops for good at a given point, and says so: run as a program, then killed.

Arguments: the location, a Parquet file with payloads, and ``commit`` or ``rename``.
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from scrambler.staging import stage
from scrambler.staging.session import AdbcSession

place, payloads, point = sys.argv[1:]


def stop() -> None:
    print("here", flush=True)
    sys.stdin.read()


commit, rename = AdbcSession.commit, Path.rename


def dying_commit(session: AdbcSession) -> None:
    # A folder's first commit is of the copy it merges into.
    merged = session.query("SELECT COUNT(*) AS n FROM scrambler_work").item() if started else 0
    if merged:
        stop()
    started.append(True)
    commit(session)


def dying_rename(path: Path, target: Any) -> Path:
    if path.name.endswith(".incomplete"):
        stop()
    return rename(path, target)


started = [True] if "://" in place else []
if point == "commit":
    AdbcSession.commit = dying_commit  # type: ignore[method-assign]
else:
    Path.rename = dying_rename  # type: ignore[method-assign, assignment]
stage(place, [pl.read_parquet(payloads)], datetime(2025, 5, 21, 10, 30))
