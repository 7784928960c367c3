"""What a run takes of the machine: rows and bytes in memory, tables at once, threads.

Light to import: the command line shows these numbers in its help.
"""

from __future__ import annotations

import os

BATCH_ROWS = 50_000
"""Rows of a batch, where nobody says how many."""

BATCH_BYTES = 8_000_000
"""About the most that a batch holds, however many rows were asked for.

To scramble and compare it takes some eight times as much; larger ones gain little.
"""

CORES = os.cpu_count() or 1

WORKERS = min(4, CORES + 1)
"""Pieces worked on at once: one more than there are cores, since some wait for the disk or for one
another. Each holds a batch and its scrambled twin, so memory grows with it."""


def share_cores() -> None:
    """Leave half of the cores to Polars' own threads, for commands that scramble.

    The tables under way keep the cores busy themselves: they hash, write and compare beside what
    Polars does. With as many threads again, two cores scramble some ten percent slower. To be
    called before Polars is first imported, and of no effect later; a number that the user has set
    stays.
    """
    os.environ.setdefault("POLARS_MAX_THREADS", str(max(1, CORES // 2)))
