"""The tables of one block on their way from clean to dirty."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from scrambler.synthetic.block import Block, Mask, Rng, pick
from scrambler.synthetic.frames import Frames
from scrambler.synthetic.people import People


@dataclass
class FaultInjector:
    """The one place where constructed frames are changed after they were built."""

    block: Block
    frames: Frames
    people: People | None
    professionals: pl.DataFrame
    _uses: dict[str, int] = field(default_factory=dict)

    def rng(self, purpose: str) -> Rng:
        """Return random numbers of their own for each use of a purpose."""
        self._uses[purpose] = self._uses.get(purpose, 0) + 1
        return self.block.rng(f"dirty {purpose} {self._uses[purpose]}")

    def some(self, table: str, share: float, where: pl.Expr | None = None) -> Mask:
        """Return this share of the rows for which ``where`` holds: at least one if any does."""
        frame = self.frames[table]
        mask = np.zeros(frame.height, dtype=np.bool_)
        eligible = ~mask
        if where is not None:
            eligible = frame.select(where.fill_null(False)).to_series().to_numpy()
        mask[pick(self.rng(table), eligible, share)] = True
        return mask

    def change(
        self,
        table: str,
        share: float,
        where: pl.Expr | None = None,
        /,
        **values: pl.Expr | str | None,
    ) -> None:
        """Set columns to new values on a share of the rows. Text is taken as it stands."""
        mask = pl.lit(pl.Series(self.some(table, share, where), dtype=pl.Boolean))
        self.frames[table] = self.frames[table].with_columns(
            pl.when(mask)
            .then(value if isinstance(value, pl.Expr) else pl.lit(value))
            .otherwise(pl.col(column))
            .cast(self.frames[table].schema[column])
            .alias(column)
            for column, value in values.items()
        )
