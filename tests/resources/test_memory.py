"""Memory that nobody uses goes back to the system, where the system takes it."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import numpy as np
import pytest

from scrambler.resources import memory
from scrambler.resources.memory import give_back

_MEASURE = Path("/proc/self/statm")


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="only the GNU C library can be asked for it"
)
def test_what_was_freed_leaves_the_process() -> None:
    large = np.ones(3_500_000)  # from now on, malloc keeps arrays smaller than this one
    del large
    held = [np.ones(100_000) for _ in range(200)]
    between = held[::10]
    del held
    before = _resident()
    give_back()
    assert before - _resident() > 100_000_000
    assert len(between) == 20


def test_where_there_is_nothing_to_call_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    memory._trim.cache_clear()
    monkeypatch.setattr(os, "name", "nt")
    give_back()
    memory._trim.cache_clear()


def _resident() -> int:
    return int(_MEASURE.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
