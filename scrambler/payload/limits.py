"""The most that a field of a payload may hold, as payload_fields.csv states it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from scrambler.ssd.read_facts import facts


def max_length(field: str) -> int:
    """Return the most characters of a field (of each item where it is an array) by its name.

    Fields of one name have one limit wherever they stand. KeyError for a field without one.
    """
    return _limits("max_length")[field]


def max_items(field: str) -> int:
    """Return the most items of an array by its name, or what a POST takes by that of its body.

    KeyError for one without a limit.
    """
    return _limits("max_items")[field]


@cache
def _limits(limit: str) -> Mapping[str, int]:
    return {
        row["path"].rpartition(".")[2]: int(row[limit])
        for row in facts("payload_fields")
        if row[limit]
    }
