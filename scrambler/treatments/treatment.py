"""What a treatment is: data about itself, and one function over a column of a batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

import polars as pl

from scrambler.batch import Batch

TEXT = frozenset({"text"})
NUMBERS = frozenset({"integer", "float"})
MOMENTS = frozenset({"datetime", "date"})
ANY = TEXT | NUMBERS | MOMENTS | {"boolean", "binary", "other"}


class Audit(Enum):
    """How the verification judges a scrambled column against its source."""

    CHANGED = "no value may be what it was"
    SHIFTED = "every date moved back by its child's days"
    DRAWN = "unchanged as often as chance has it, and independent of what it was"
    FLAGS = "every flag inside unchanged as often as chance has it; no comment what it was"
    ITEMS = "as many items unchanged as chance has it"
    KEPT = "kept where it fits its closed form"
    CLEARED = "empty"


@dataclass(frozen=True)
class Treatment:
    """``name`` as policies write it; ``types`` are the source types it takes.

    ``parameters`` maps each parameter to what it means; ``required`` are those a policy must give.
    ``scramble(batch, column)`` returns the scrambled column, of the batch's length, in the type of
    the spec (identifiers in integer columns stay integers). None stays None. A treatment without
    ``scramble`` leaves the column out of the output.
    """

    name: str
    summary: str
    types: frozenset[str]
    audit: Audit
    scramble: Callable[[Batch, str], pl.Series] | None
    parameters: Mapping[str, str] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
