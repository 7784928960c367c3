"""The simplest fact: which identifiers a column holds."""

from __future__ import annotations

import numpy as np

from scrambler.run.prescan.definition import IndexDefinition


def holds(name: str, table: str, column: str, *asked_by: str) -> IndexDefinition:
    """Return the index of all identifiers that ``column`` holds."""
    return IndexDefinition(
        name, table, (column,), lambda batch: {"token": np.unique(batch.token(column))}, asked_by
    )
