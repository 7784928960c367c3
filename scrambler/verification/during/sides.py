"""Both sides of a batch, and what every comparison asks about them. Worked out once, on demand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scrambler.keys.lookup import Index
from scrambler.policy import Assignment
from scrambler.ssd import Spec, TableSpec
from scrambler.verification.during.check import DIGESTED_BELOW, Check
from scrambler.verification.during.derivation import Numbers, Seeds, folded, mixed
from scrambler.verification.during.encoded import Encoded, text_of
from scrambler.verification.during.missing import holds_value
from scrambler.verification.during.row_keys import RowKeys

Mask = NDArray[np.bool_]
T = TypeVar("T")

NO_DAY = -(2**31)
"""Stands for a missing date among days since 1970, as in the indexes."""

_REPEATED = "repeated "
_FEW = np.uint64(63)


class Sides:
    """A source batch, the scrambled batch and the keys of its rows. Its repr shows no value."""

    def __init__(
        self,
        check: Check,
        table: str,
        source: pl.DataFrame,
        scrambled: pl.DataFrame,
        keys: RowKeys,
    ) -> None:
        """Take two frames of the same rows in the same order; ValueError where lengths differ."""
        if source.height != scrambled.height or len(keys.rows) != source.height:
            raise ValueError("the sides of a comparison have different lengths")
        self.check = check
        self.table: TableSpec = check.spec.tables[table]
        self.assignments: Mapping[str, Assignment] = check.assignments[table]
        self.source = source
        self.scrambled = scrambled
        self.keys = keys
        self._held: dict[tuple[str, str], object] = {}

    def __repr__(self) -> str:
        """Name the table and count the rows."""
        return f"Sides({self.table.name}, {len(self)} rows)"

    def __len__(self) -> int:
        """Return the number of rows."""
        return self.source.height

    @property
    def spec(self) -> Spec:
        """The dataset."""
        return self.check.spec

    def once(self, what: str, column: str, work: Callable[[], T]) -> T:
        """Return what ``work`` gives for a column, worked out at the first call."""
        if (what, column) not in self._held:
            self._held[what, column] = work()
        return self._held[what, column]  # type: ignore[return-value]

    def has(self, column: str) -> bool:
        """Return whether the source has a column."""
        return column in self.source.columns

    def parameters(self, column: str) -> Mapping[str, str]:
        """Return the policy's parameters of a column."""
        return self.assignments[column].parameters

    def is_drawn(self, column: str) -> bool:
        """Return whether a column is there and drawn: a policy may clear or omit it instead."""
        return self.has(column) and self.assignments[column].traits.draws in ("code", "number")

    def before(self, column: str) -> Encoded:
        """Return a source column, encoded."""
        return self.once("before", column, lambda: Encoded.of(self.source[column]))

    def after(self, column: str) -> Encoded:
        """Return a scrambled column, encoded."""
        return self.once("after", column, lambda: Encoded.of(self.scrambled[column]))

    def text(self, column: str) -> pl.Series:
        """Return the different source values of a column as trimmed text."""
        return self.once("text", column, lambda: text_of(self.before(column).values))

    def has_value(self, column: str) -> Mask:
        """Return the rows where a column holds a value; all False where the source lacks it."""
        return self.once("has value", column, lambda: self._has_value(column))

    def _has_value(self, column: str) -> Mask:
        if not self.has(column):
            return np.zeros(len(self), dtype=bool)
        if ("before", column) in self._held:
            encoded = self.before(column)
            return encoded.spread(self._holds(column, encoded.values))
        return self._holds(column, self.source[column])

    def _holds(self, column: str, values: pl.Series) -> Mask:
        return holds_value(values, self.assignments[column], self.spec)

    def index(self, name: str) -> Index | None:
        """Return an index of the prescan; None where the source lacks what it is made of."""
        return self.check.index(name, self.table.name)

    def domain(self, column: str) -> str:
        """Return the id domain of a column; keys that are no identifiers share one."""
        return self.assignments[column].column.domain or "structure"

    def token(self, column: str) -> Seeds:
        """Return the tokens of an identifier column, all 0 where the source lacks it."""
        if not self.has(column):
            return np.zeros(len(self), dtype=np.uint64)
        return self.keys.tokens[self.domain(column), column]

    @property
    def rows(self) -> Seeds:
        """The seed of each row."""
        return self.keys.rows

    @property
    def subjects(self) -> Seeds:
        """The token of the child each row is about, 0 where none is found."""
        return self.keys.subjects

    def or_rows(self, tokens: Seeds) -> Seeds:
        """Return ``tokens`` with the row's own seed where there is none."""
        return np.where(tokens == 0, self.rows, tokens)

    def days(self, column: str) -> Numbers:
        """Return a date column as days since 1970, NO_DAY where it holds no date."""
        return self.once("days", column, lambda: self._days(column))

    def _days(self, column: str) -> Numbers:
        if not self.has(column):
            return np.full(len(self), NO_DAY, dtype=np.int64)
        values = self.source[column]
        if values.dtype != pl.Date:
            values = values.dt.date()
        days = values.to_physical().fill_null(0).to_numpy().astype(np.int64)
        return np.where(self.has_value(column), days, NO_DAY)

    def digested(self, tokens: Seeds) -> Mask:
        """Return which identifiers to digest anew: all of a small table, else 1 in 64."""
        if self.check.size(self.table.name) < DIGESTED_BELOW:
            few: Mask = tokens != 0
            return few
        few = (mixed(tokens, self.check.secrets.number("check:identifiers")) & _FEW) == 0
        few &= tokens != 0
        return few

    @property
    def sampled(self) -> Mask:
        """The rows that features are counted of: all of a small table, else 1 in 16, by their seed.

        So the figures do not depend on batches.
        """
        return self.once("sampled", "", self._sampled)

    def _sampled(self) -> Mask:
        if self.check.size(self.table.name) < DIGESTED_BELOW:
            return np.ones(len(self), dtype=bool)
        chosen: Mask = (mixed(self.rows, self.check.secrets.number("check:rows")) & _FEW) == 0
        return chosen

    def wrong_keys(self) -> int:
        """Return how many rows have a seed or a child that does not follow from identifiers."""
        wrong = np.zeros(len(self), dtype=bool)
        keys = [name for name in self.table.primary_key if self.has(name)]
        if keys and len(keys) == len(self.table.primary_key):
            tokens = [self.token(name) for name in keys]
            own = tokens[0] if len(tokens) == 1 else folded(tokens, len(self))
            known = np.all([token != 0 for token in tokens], axis=0)
            # Rows without a key of their own, or with one that others share, have other seeds.
            repeated = self.index(f"{_REPEATED}{self.table.name}")
            if repeated is not None:
                known &= ~repeated.holds(own)
            wrong |= known & (own != self.rows)
        return int((wrong | (self._children() != self.subjects)).sum())

    def _children(self) -> Seeds:
        found = np.zeros(len(self), dtype=np.uint64)
        for route in self.table.routes:
            if not self.has(route.start):
                continue
            tokens = self.token(route.start)
            for hop in route.hops:
                index = self.index(f"{hop.table}.{hop.key}")
                tokens = np.zeros_like(tokens) if index is None else index.tokens_of("next", tokens)
            found = np.where(found == 0, tokens, found)
        return found
