"""The check of a run: what it holds every table to, and by which secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from scrambler.keys.epoch import Allocation
from scrambler.keys.lookup import Index, Indexes
from scrambler.policy import Assignment
from scrambler.ssd import Spec
from scrambler.verification.during.derivation import Secrets, Seeds
from scrambler.verification.during.order_of_places import Order

_MOVERS = "movers"

DIGESTED_BELOW = 2_048
"""Rows of a table below which every identifier is digested anew; above, a keyed 1 in 64.

By hand a digest takes as long as all else that is done with it. What follows from digests is worked
out anew in every row.
"""


@dataclass(frozen=True, repr=False)
class Check:
    """Built once a run; holds no row.

    ``assignments`` are the plan's, by table and column. ``least`` and ``most`` are the days back
    that dates may move, ``keep`` what they keep (``working-days``, ``intervals`` or ``order``).
    ``lengths`` caps the characters of pseudonyms by the map of their id domain, ``numeric`` names
    the maps of integers.
    ``sizes`` are the rows of the tables; those of a table that is not there count as few.
    ``allocations`` are the places of identifiers in reserved ranges, by map and format.
    ``folds`` says that identifiers which differ in case alone are one; ``codes`` whether codes are
    drawn ``even`` or as common as they are in England (``national``). ``orders`` fills as it goes:
    the keyed orders of numbers, by purpose and size. ``dates_key`` is what the moves of dates
    follow from where that outlives the epoch.
    """

    spec: Spec
    assignments: Mapping[str, Mapping[str, Assignment]]
    secrets: Secrets
    indexes: Indexes
    least: int
    most: int
    keep: str
    lengths: Mapping[str, int] = field(default_factory=dict)
    numeric: frozenset[str] = frozenset()
    sizes: Mapping[str, int] = field(default_factory=dict)
    allocations: Mapping[str, Allocation] = field(default_factory=dict)
    folds: bool = False
    codes: str = "even"
    orders: dict[tuple[str, int], Order] = field(default_factory=dict)
    dates_key: Secrets | None = None

    def draw(self, purpose: str) -> int:
        """Return the key of draws for ``purpose``."""
        return self.secrets.number(f"draw:{purpose}")

    @property
    def of_dates(self) -> Secrets:
        """The secrets that the moves of dates follow from."""
        return self.dates_key or self.secrets

    def movers(self, subjects: Seeds) -> Seeds:
        """Return what the moves of each child follow from: its token, or its digest for dates."""
        held = self.indexes.get(_MOVERS) if self.dates_key else None
        if held is None:
            return subjects
        return np.where(held.holds(subjects), held.tokens_of("seed", subjects), subjects)

    def index(self, name: str, table: str) -> Index | None:
        """Return an index of the prescan for rows of ``table``; None where there is none."""
        return self.indexes.ask(name, table)

    def size(self, table: str) -> int:
        """Return the rows of a table, 0 where nobody counted them."""
        return self.sizes.get(table, 0)
