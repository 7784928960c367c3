"""Gives memory back to the system that allocators keep for later.

What they keep adds up over batches and tables, until a run over many holds a third more than it
uses.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from functools import cache

import pyarrow as pa


def give_back() -> None:
    """Return what Arrow's and NumPy's allocators hold unused. Polars' returns its own in time."""
    pa.default_memory_pool().release_unused()
    _trim()(0)


@cache
def _trim() -> Callable[[int], object]:
    """Return ``malloc_trim`` of the GNU C library; elsewhere a function that does nothing."""
    library = ctypes.CDLL(None) if os.name == "posix" else None
    return getattr(library, "malloc_trim", lambda _: None)
