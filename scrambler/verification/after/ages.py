"""The dated things of an output, by the age in days that each child had when they happened.

Where an output keeps working days, ages are counted in these: such ages hold to the day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars import col

from scrambler.policy import traits_of
from scrambler.ssd import Spec
from scrambler.ssd.working_days import working_days
from scrambler.verification.after.subjects import Subjects

_BIRTHS = ("pers_dob", "pers_expected_dob", "moth_childs_dob")
_PEOPLE, _ID, _BORN = "ssd_person", "pers_person_id", "pers_dob"

_OLDEST = np.iinfo(np.int16).max
"""Ages beyond 89 years either way are nobody's, and are left out."""


@dataclass(frozen=True)
class Events:
    """What happened, by kind (a column's number): children beside their ages in days then.

    Children are numbered by their pseudonyms, so that their numbers are in a random order. Six
    bytes an event: 50 for each of a million children are 300 MB.
    """

    kinds: Sequence[tuple[NDArray[np.uint32], NDArray[np.int16]]]

    def children(self, most: int) -> NDArray[np.uint32]:
        """Return the first ``most`` children to whom anything happened."""
        lowest = [np.unique(child)[:most] for child, _ in self.kinds]
        return np.unique(np.concatenate([np.empty(0, np.uint32), *lowest]))[:most]

    def of(self, children: NDArray[np.uint32]) -> pl.DataFrame:
        """Return child, kind and age of what happened to ``children``, the first ones."""
        last = children[-1] if len(children) else 0
        return self._where(lambda kind, child, age: child <= last)

    def near(self, wanted: pl.DataFrame, days: int) -> pl.DataFrame:
        """Return what happened within ``days`` of a ``kind`` and ``age`` of ``wanted``."""
        cells = np.zeros((len(self.kinds), 2 * _OLDEST + 2), dtype=bool)
        for shift in range(-days, days + 1):
            ages = np.clip(wanted["age"].to_numpy() + shift, -_OLDEST, _OLDEST)
            cells[wanted["kind"].to_numpy(), ages + _OLDEST] = True
        return self._where(lambda kind, child, age: cells[kind][age.astype(np.int32) + _OLDEST])

    def _where(self, chosen: Any) -> pl.DataFrame:
        schema = {"child": pl.UInt32, "kind": pl.UInt16, "age": pl.Int32}
        parts = [pl.DataFrame(schema=schema)]
        for kind, (child, age) in enumerate(self.kinds):
            here = chosen(kind, child, age)
            found = {"child": child[here], "kind": np.full(here.sum(), kind), "age": age[here]}
            parts.append(pl.DataFrame(found, schema_overrides=schema).cast(schema).unique())  # type: ignore[arg-type]
        return pl.concat(parts)


class Ages:
    """Gathers events from the batches of an output; ``tables`` are the manifest's.

    ``ssd_person`` comes first, then tables that others lead over.
    """

    def __init__(self, tables: Mapping[str, Any], spec: Spec, seed: int, dates: str) -> None:
        """Have seen nobody yet; ``dates`` is what the dates of the output keep."""
        self._working_days = dates == "working-days"
        self._missing = list(spec.missing.dates)
        self._subjects = Subjects(spec, seed)
        self._dated: dict[str, list[tuple[int, str]]] = {}
        for kind, (table, column) in enumerate(_dated(tables)):
            self._dated.setdefault(table, []).append((kind, column))
        count = sum(map(len, self._dated.values()))
        self._gathered: list[list[tuple[NDArray[np.uint32], NDArray[np.int16]]]] = [
            [] for _ in range(count)
        ]
        self._people: list[pl.DataFrame] = []
        self._born = np.empty(0, np.int64)

    def add(self, table: str, batch: pl.DataFrame) -> None:
        """Take in a batch of ``table``."""
        if table == _PEOPLE:
            own = [column for _, column in self._dated.get(table, [])]
            wanted = dict.fromkeys([_ID, _BORN, *own])
            self._people.append(batch.select(name for name in wanted if name in batch.columns))
        elif len(self._born):
            self._gather(table, batch)

    def close(self, table: str) -> None:
        """End ``table``; the children are numbered when all of them are known."""
        if table != _PEOPLE or not self._people:
            return
        people, self._people = pl.concat(self._people), []
        if not {_ID, _BORN} <= {*people.columns}:
            return
        born = (
            people.select(col(_ID).cast(pl.String), col(_BORN).cast(pl.Date))
            .filter(col(_ID).is_not_null(), ~col(_BORN).is_in(self._missing))
            .sort(_ID, _BORN)
            .unique(_ID, keep="first", maintain_order=True)
        )
        self._subjects.number(born[_ID])
        self._born = self._counted(born[_BORN])
        if len(self._born):
            self._gather(table, people)

    def finish(self) -> Events:
        """Return what was gathered."""
        nothing = (np.empty(0, np.uint32), np.empty(0, np.int16))
        kinds = []
        for number, parts in enumerate(self._gathered):
            children, ages = zip(*(parts or [nothing]), strict=True)
            kinds.append((np.concatenate(children), np.concatenate(ages)))
            self._gathered[number] = []
        return Events(kinds)

    def _gather(self, table: str, batch: pl.DataFrame) -> None:
        child = self._subjects.of(table, batch)
        for kind, name in self._dated.get(table, []):
            if name not in batch.columns:
                continue
            days = batch[name].cast(pl.Date)
            there = (days.is_not_null() & ~days.is_in(self._missing)).to_numpy() & (child >= 0)
            whose = child[there]
            age = self._counted(days)[there] - self._born[whose]
            likely = np.abs(age) <= _OLDEST
            self._gathered[kind].append(
                (whose[likely].astype(np.uint32), age[likely].astype(np.int16))
            )

    def _counted(self, days: pl.Series) -> NDArray[np.int64]:
        number = days.to_physical().fill_null(0).to_numpy().astype(np.int64)
        return working_days().numbers(number) if self._working_days else number


def _dated(tables: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for table, held in sorted(tables.items()):
        for column, described in sorted(held["columns"].items()):
            moved = traits_of(described["treatment"]).moves_dates and column not in _BIRTHS
            if moved and described["type"].startswith("DATE"):
                yield table, column
