"""What a run takes of the machine: rows and bytes in memory, tables at once, threads.

Light to import: the command line shows the rows in its help.
"""

from __future__ import annotations

import os

BATCH_ROWS = 100_000
"""Rows of a batch, where nobody says how many."""

BATCH_BYTES = 16_000_000
"""About what a batch holds, and at most twice as much, however many rows were asked for.

To scramble and compare it takes some eight times as much; larger ones gain little.
"""


def _cores() -> int:
    """Return the cores that this process may use, which can be fewer than there are."""
    usable = getattr(os, "sched_getaffinity", None)
    return len(usable(0)) if usable else os.cpu_count() or 1


CORES = _cores()

WORKERS = min(4, CORES + 1)
"""Pieces worked on at once: one more than there are cores, since some wait for the disk or for one
another. Each holds a batch and its scrambled twin, so memory grows with it."""


def share_cores() -> None:
    """Leave Polars' own threads the cores that tables under way leave, and half of them at least.

    For commands that scramble several tables at once. Those keep cores busy themselves: they hash,
    write and compare beside what Polars does, and with a Polars thread for each core as well two
    cores scramble some ten percent slower. To be called before Polars is first imported, and of no
    effect later; a number that the user has set stays.
    """
    os.environ.setdefault("POLARS_MAX_THREADS", str(max(1, CORES // 2, CORES - WORKERS)))
