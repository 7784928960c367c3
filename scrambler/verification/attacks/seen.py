"""What one side shows: days and times, row counts and empty cells, answers, and order.

Children have the same numbers on both sides, so that guesses can be scored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars import col

from scrambler.ssd import Spec
from scrambler.verification.after.subjects import Subjects

PEOPLE, ID, BORN = "ssd_person", "pers_person_id", "pers_dob"

_NO_EVENTS = ("pers_expected_dob", "moth_childs_dob")
"""Days of somebody else, or to come."""

_MINUTE = 60_000_000
_YES = r"^(?i:y|yes|true|1)$"

Numbers = NDArray[np.int64]


@dataclass
class Events:
    """What happened, of one kind: children, days since 1970 and minutes of the day."""

    child: NDArray[np.int32]
    day: NDArray[np.int32]
    minute: NDArray[np.int16]


@dataclass
class Answers:
    """Of each child: rows of the table, and a bit where one says yes, and where one says anything.

    Rows are counted to 2: whoever has one row can be compared.
    """

    rows: NDArray[np.uint8]
    yes: NDArray[np.bool_]
    filled: NDArray[np.bool_]


@dataclass
class Seen:
    """What is seen of ``children`` children, from batches of one side.

    Some 14 bytes an event, 16 a child and 3 a child and question.
    """

    spec: Spec
    children: int
    subjects: Subjects
    order: list[Numbers] = field(default_factory=list)
    counts: NDArray[np.uint64] = field(init=False)
    cells: NDArray[np.uint64] = field(init=False)
    answers: dict[str, Answers] = field(default_factory=dict)
    _parts: dict[str, list[Events]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Have seen nothing."""
        self.counts = np.zeros(self.children, np.uint64)
        self.cells = np.zeros(self.children, np.uint64)

    def add(self, table: str, batch: pl.DataFrame) -> None:
        """Take in a batch; ``ssd_person`` comes first, then tables that others lead over."""
        child = self.subjects.of(table, batch)
        if table == PEOPLE:
            self.order.append(child)
        here = child >= 0
        rows, whose = batch.filter(pl.Series(here)), child[here]
        if self.spec.tables[table].leftover or not len(whose):
            return
        self._shape(table, rows, whose)
        for column in self.spec.tables[table].columns.values():
            if column.name not in rows.columns:
                continue
            if column.kind == "date" and rows.schema[column.name].is_temporal():
                self._dates(f"{column}", rows[column.name], whose)
            elif column.kind == "flag":
                said = rows[column.name].cast(pl.String).str.strip_chars().fill_null("")
                self._answers(f"{column}", whose, said.str.contains(_YES), said != "")
            elif column.name in self.spec.outcomes:
                for key in self.spec.outcomes[column.name].flags:
                    text = rows[column.name].fill_null("")
                    yes, filled = (
                        text.str.contains(rf'"{key}"\s*:\s*"{value}"')
                        for value in ("(?i:y|yes|true|1)", '[^" ][^"]*')
                    )
                    self._answers(f"{column}.{key}", whose, yes, filled)

    def events(self) -> Mapping[str, Events]:
        """Return what happened by kind, and let go of it."""
        found = {}
        for kind in [*self._parts]:
            parts = self._parts.pop(kind)
            found[kind] = Events(*(
                np.concatenate([getattr(part, name) for part in parts])
                for name in ("child", "day", "minute")
            ))  # fmt: skip
        return found

    def _shape(self, table: str, rows: pl.DataFrame, whose: Numbers) -> None:
        """Add the rows, and cells that are filled, to the fingerprint of each child."""
        each = np.zeros(rows.height, np.uint64)
        columns = self.spec.tables[table].columns
        for values in rows.select(col(name) for name in rows.columns if name in columns):
            if columns[values.name].kind in ("flag", "flags_json"):
                continue
            filled = values.is_not_null().to_numpy()
            each += filled * _number(f"{table}.{values.name}")
        np.add.at(self.counts, whose, _number(table))
        np.add.at(self.cells, whose, each + _number(table))

    def _dates(self, kind: str, dates: pl.Series, whose: Numbers) -> None:
        if kind.rsplit(".", 1)[1] in _NO_EVENTS:
            return
        known = (
            dates.is_not_null() & ~dates.cast(pl.Date).is_in(list(self.spec.missing.dates))
        ).to_numpy()
        at = dates.filter(pl.Series(known)).cast(pl.Datetime("us")).to_physical().to_numpy()
        minutes = at // _MINUTE
        self._parts.setdefault(kind, []).append(Events(
            whose[known].astype(np.int32), (minutes // 1440).astype(np.int32),
            (minutes % 1440).astype(np.int16),
        ))  # fmt: skip

    def _answers(self, kind: str, whose: Numbers, yes: Any, filled: Any) -> None:
        none = np.zeros(self.children, np.bool_)
        held = self.answers.setdefault(
            kind, Answers(np.zeros(self.children, np.uint8), none, none.copy())
        )
        held.rows += np.minimum(np.bincount(whose, minlength=self.children), 2).astype(np.uint8)
        held.rows = np.minimum(held.rows, 2)
        held.yes[whose[yes.to_numpy()]] = True
        held.filled[whose[filled.to_numpy()]] = True


def _number(name: str) -> np.uint64:
    return np.uint64(pl.Series([name]).hash(0)[0])
