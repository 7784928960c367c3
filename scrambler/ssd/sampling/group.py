"""A joint sampling group: columns of one table that are drawn together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from scrambler.ssd.sampling.conditions import Condition

Codes = Mapping[str, str]
Given = Mapping[str, int]

SUBJECT = "subject"
"""In place of a column: the row's child."""


def _anything(codes: Codes, given: Given) -> bool:
    return True


@dataclass(frozen=True)
class Group:
    """``columns`` of ``table`` that are drawn together.

    ``allows`` is asked about every combination of their codes (empty columns are left out) beside
    what is ``given``. ``keyed_by`` is the identifier column, or SUBJECT, whose tokens seed codes
    that must agree over several rows; without it, and where there is no identifier, the row's own
    key does. Groups of one ``name`` share their draws.
    """

    name: str
    table: str
    columns: tuple[str, ...]
    allows: Callable[[Codes, Given], bool] = _anything
    given: Mapping[str, Condition] = field(default_factory=dict)
    keyed_by: str | None = None

    def __hash__(self) -> int:
        """Groups are told apart by name and table."""
        return hash((self.name, self.table))
