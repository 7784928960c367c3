"""A batch: some rows of one table, and what every treatment may ask about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kernels.canonical import canonical
from kernels.different import Different
from kernels.draw import Seeds, combine
from scrambler.batch.context import RunContext
from scrambler.batch.dates import near_an_age
from scrambler.batch.recorded import recorded
from scrambler.keys.lookup import Index
from scrambler.keys.pseudonyms import Identified
from scrambler.policy import Assignment
from scrambler.ssd import TableSpec
from scrambler.ssd.working_days import working_days

Days = NDArray[np.int64]

NO_DAY = -(2**31)
"""Stands for a missing date among days since 1970."""

MOVERS = "movers"
"""The index of what a dates key makes of each child, by token."""

REPEATED = "repeated "
"""Begins the name of the index that holds the keys of a table that several rows have."""


class Batch:
    """Rows of one table in the spec's types, with their digests, subjects and offsets.

    Everything is computed on first use and at most once. ``frame`` holds source values: nothing
    here shows them, and the repr names the table and the row count only.
    """

    def __init__(
        self,
        table: TableSpec,
        frame: pl.DataFrame,
        assignments: Mapping[str, Assignment],
        context: RunContext,
    ) -> None:
        """Take the conformed source rows and the assignments of the columns that are present."""
        self.table = table
        self.frame = frame
        self.assignments = assignments
        self.context = context
        self.draws: dict[str, Any] = {}
        self.has_code: dict[str, NDArray[np.bool_]] = {}
        self.code_index: dict[str, NDArray[np.int64]] = {}
        self.by_domain: dict[str, list[tuple[str, Identified]]] = {}
        self._identified: dict[tuple[str, str], Identified] = {}
        self._text: dict[str, pl.Series] = {}
        self._different: dict[str, Different] = {}
        self._has_value: dict[str, NDArray[np.bool_]] = {}

    def __repr__(self) -> str:
        """Name the table and count the rows."""
        return f"Batch({self.table.name}, {self.frame.height} rows)"

    def __len__(self) -> int:
        """Return the number of rows."""
        return self.frame.height

    def where(self, mask: NDArray[np.bool_]) -> Batch:
        """Return a batch of the rows where ``mask`` is True."""
        return Batch(self.table, self.frame.filter(pl.Series(mask)), self.assignments, self.context)

    def has(self, *columns: str) -> bool:
        """Return whether the source has all these columns."""
        return all(column in self.frame.columns for column in columns)

    def parameters(self, column: str) -> Mapping[str, str]:
        """Return the policy's parameters of ``column``."""
        return self.assignments[column].parameters

    def domain(self, column: str) -> str:
        """Return the id domain of a column; keys that are no identifiers share one of their own."""
        assignment = self.assignments[column]
        return assignment.traits.domain or assignment.column.domain or "structure"

    def identified(self, column: str, domain: str | None = None) -> Identified:
        """Return the digests of a column in ``domain``, without it in its own id domain."""
        domain = domain or self.domain(column)
        if (domain, column) not in self._identified:
            self._identified[domain, column] = self.context.pseudonyms.identify(
                domain, self.different(column)
            )
        return self._identified[domain, column]

    def token(self, column: str) -> Seeds:
        """Return the tokens of an identifier column, all 0 where the source lacks it."""
        if not self.has(column):
            return np.zeros(len(self), dtype=np.uint64)
        return self.identified(column).tokens

    def has_value(self, column: str) -> NDArray[np.bool_]:
        """Return where ``column`` says something; all False where the source lacks it."""
        if column not in self._has_value:
            self._has_value[column] = self._filled(column)
        return self._has_value[column]

    def _filled(self, column: str) -> NDArray[np.bool_]:
        if not self.has(column):
            return np.zeros(len(self), dtype=bool)
        values = self.frame[column]
        different = self.different(column) if values.dtype == pl.String else Different(values, None)
        found = recorded(different.values, self.assignments.get(column), self.context.spec)
        return different.spread(found)

    def text(self, column: str) -> pl.Series:
        """Return a column in the canonical form of text; True is 1 and False is 0."""
        if column not in self._text:
            values = self.frame[column]
            if values.dtype == pl.Boolean:
                values = values.cast(pl.Int8)
            self._text[column] = canonical(values)
        return self._text[column]

    def different(self, column: str) -> Different:
        """Return a column as its different values and which of them each row holds."""
        if column not in self._different:
            self._different[column] = Different.where_it_pays(self.frame[column])
        return self._different[column]

    def days(self, column: str) -> Days:
        """Return a date column as days since 1970, NO_DAY where nothing is recorded."""
        if not self.has(column):
            return np.full(len(self), NO_DAY, dtype=np.int64)
        days = self.frame[column].cast(pl.Date).cast(pl.Int32).cast(pl.Int64)
        return np.where(self.has_value(column), days.fill_null(NO_DAY).to_numpy(), NO_DAY)

    def ask(self, index: str) -> Index | None:
        """Return an index for these rows; None where the source lacks what it is made of."""
        return self.context.indexes.ask(index, self.table.name)

    @cached_property
    def rows(self) -> Seeds:
        """One seed a row: its key, and all its identifiers and dates where that is another's too.

        Whether it is, the prescan found out.
        """
        own = self.keys
        repeated = self.ask(f"{REPEATED}{self.table.name}")
        if repeated and (here := repeated.holds(own)).any():
            own = np.where(here, combine(own, self._fallback), own)
        return own

    @cached_property
    def keys(self) -> Seeds:
        """The digest of each row's key, whatever other rows there are.

        Where the key is missing or null, all identifiers and dates of the row stand in for it:
        they are what the row may be told apart by without looking at what is redrawn.
        """
        keys = self.table.primary_key
        tokens = [self.token(key) for key in keys if self.has(key)]
        own = np.zeros(len(self), dtype=np.uint64)
        if keys and len(tokens) == len(keys):
            own = tokens[0] if len(tokens) == 1 else combine(*tokens)
            own = np.where(np.all([token != 0 for token in tokens], axis=0), own, np.uint64(0))
        if not own.all():
            own = np.where(own != 0, own, self._fallback)
        return own

    @cached_property
    def _fallback(self) -> Seeds:
        tokens = [np.zeros(len(self), dtype=np.uint64)]
        for name in standing_in(self.assignments):
            if self.frame[name].dtype.is_temporal():
                tokens.append(self.days(name).astype(np.uint64))
            else:
                tokens.append(self.identified(name).tokens)
        return combine(*tokens)

    @cached_property
    def subjects(self) -> Seeds:
        """The token of the child each row is about, 0 where none is found."""
        found = np.zeros(len(self), dtype=np.uint64)
        for route in self.table.routes:
            if not self.has(route.start):
                continue
            tokens = self.token(route.start)
            for hop in route.hops:
                index = self.ask(f"{hop.table}.{hop.key}")
                tokens = index.tokens_of("next", tokens) if index else np.zeros_like(tokens)
            found = np.where(found == 0, tokens, found)
        return found

    @cached_property
    def offsets(self) -> Days:
        """Days or working days by which each row's dates move; a row of no child moves alone."""
        return self.offsets_of(self.or_rows(self.subjects))

    def moves(self, days: Callable[[], Days], subjects: Seeds | None = None) -> Days:
        """Return what to add to each of ``days``, never positive: the one way that dates move.

        ``subjects`` are the children, without it those of the rows. ``days`` is asked only where
        it matters: with whole intervals all dates of a child move alike.
        """
        if self.context.shift.keep == "intervals":
            return self.offsets if subjects is None else self.offsets_of(subjects)
        tokens = self.or_rows(self.subjects) if subjects is None else subjects
        since_1970 = days()
        moved = self._back(since_1970, tokens, self.offsets if subjects is None else None)
        born = self._births if subjects is None else self._born(tokens)
        if born is not None:
            near = np.flatnonzero(near_an_age(since_1970, born))
            here, born, tokens = since_1970[near], born[near], tokens[near]
            birth = self._back(born, tokens)
            moved[near] = self.context.shift.within_ages(here, moved[near], born, birth)
        return moved - since_1970

    def _back(self, days: Days, subjects: Seeds, offsets: Days | None = None) -> Days:
        """Return the days that ``days`` of each subject move to, whatever its age."""
        shift = self.context.shift
        if shift.keep == "order":
            movers, secret = self.movers(subjects), self.context.secret_of_dates
            return days + shift.perturbed(days, movers, secret)
        return working_days().back(
            days, -(self.offsets_of(subjects) if offsets is None else offsets)
        )

    @cached_property
    def _births(self) -> Days | None:
        return self._born(self.or_rows(self.subjects))

    def _born(self, subjects: Seeds) -> Days | None:
        """Return the days on which children were or will be born, NO_DAY where nothing says it."""
        people = self.ask("person")
        return people.get("born", subjects, NO_DAY) if people else None

    def moved(self, column: str) -> Days:
        """Return the days that those of a date column move to, NO_DAY where there is none."""
        days = self.days(column)
        return np.where(days == NO_DAY, NO_DAY, days + self.moves(lambda: days))

    def or_rows(self, tokens: Seeds) -> Seeds:
        """Return ``tokens`` with the row's own seed where there is no identifier."""
        return np.where(tokens == 0, self.rows, tokens)

    def offsets_of(self, subjects: Seeds) -> Days:
        """Return the offset of each subject token, in days or working days, never positive."""
        return self.context.shift.offsets(self.movers(subjects), self.context.secret_of_dates)

    def movers(self, subjects: Seeds) -> Seeds:
        """Return what the moves of each child's dates follow from: its token, or with a dates key
        what that makes of its id. Who is in no ``ssd_person`` keeps the token of the epoch.
        """
        index = self.ask(MOVERS)
        if index is None:
            return subjects
        return np.where(index.holds(subjects), index.tokens_of("seed", subjects), subjects)

    def draw_key(self, purpose: str) -> int:
        """Return the 64-bit key of draws for ``purpose``."""
        return self.context.pseudonyms.epoch.number(f"draw:{purpose}")


def standing_in(assignments: Mapping[str, Assignment]) -> list[str]:
    """Return the columns that tell rows apart beside their key, in the order of the table."""
    return [
        name
        for name, assignment in assignments.items()
        if (assignment.traits.is_key and assignment.column.domain)
        or assignment.column.dtype.is_temporal()
    ]


def first_of(seeds: Seeds) -> NDArray[np.bool_]:
    """Return True at the first occurrence of each seed."""
    return pl.Series(seeds).is_first_distinct().to_numpy()
