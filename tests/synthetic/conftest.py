from __future__ import annotations

import polars as pl
import pytest

from scrambler.synthetic import build

Tables = dict[str, pl.DataFrame]


def whole(children: int, seed: int = 0, dirty: bool = False, chunk: int = 20_000) -> Tables:
    """All chunks of every table as one frame."""
    parts: dict[str, list[pl.DataFrame]] = {}
    for table, frame in build(children, seed, dirty, chunk):
        parts.setdefault(table, []).append(frame)
    return {table: pl.concat(frames) for table, frames in parts.items()}


@pytest.fixture(scope="session")
def clean() -> Tables:
    # Two blocks, the second one small.
    return whole(6_000, seed=3)


@pytest.fixture(scope="session")
def dirty() -> Tables:
    return whole(2_000, seed=3, dirty=True)
