"""What goes into buckets comes back from them, each number in its own part."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from scrambler.verification.during.buckets import BUCKETS, Side


@pytest.mark.parametrize("width", [1, 2])
@pytest.mark.parametrize("split", [1, 3, BUCKETS])
def test_parts_together_are_what_was_written(tmp_path: Path, width: int, split: int) -> None:
    random, side, path = np.random.default_rng(width), Side(width), tmp_path / "numbers"
    batches = [random.integers(0, 2**64, (n, width), dtype=np.uint64) for n in (0, 1, 500, 0, 70)]
    for batch in batches:
        with path.open("ab") as file:
            side.append(file, batch)
    edges = np.linspace(0, BUCKETS, split + 1).astype(int).tolist()
    with path.open("rb") as file:
        parts = [side.read(file, *pair) for pair in pairwise(edges)]
    assert side.pairs == 571
    assert sorted(map(tuple, np.concatenate(parts))) == sorted(map(tuple, np.concatenate(batches)))
    # Equal numbers meet: no part holds what another's buckets begin with.
    limits = [(part[:, 0].min(), part[:, 0].max()) for part in parts if len(part)]
    assert all(low[1] < high[0] for low, high in pairwise(limits))
