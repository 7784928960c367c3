"""Looking at what is staged: scrambled or constructed data, so values are shown on purpose."""

# ruff: noqa: S608 - what stands in these texts is a constant or held against a pattern

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import astuple, dataclass
from typing import Any

import polars as pl

from scrambler.errors import OutputError
from scrambler.payload.limits import max_length
from scrambler.resources.notebook import as_html
from scrambler.ssd import ssd
from scrambler.staging.staging import Staging
from scrambler.staging.table import TABLE, table

_SHOWN = 20
_ID = re.compile(rf"[A-Za-z0-9_-]{{1,{max_length('mis_child_id')}}}")
_JSON = ("json_payload", "partial_json_payload", "previous_json_payload")


@dataclass(frozen=True)
class StateCount:
    """The rows of one state and status, with the least, mean and greatest length of json_payload.

    Lengths are in characters, the mean rounded down.
    """

    row_state: str
    submission_status: str
    rows: int
    shortest: int
    mean: int
    longest: int


@dataclass(frozen=True, repr=False)
class Review:
    """What is staged: ``counts`` of all rows, or of one state.

    ``children`` are the first person ids of the asked state, empty where none was asked.
    ``record`` is one child's row by column: JSON indented, hashes as hexadecimal; None where no
    child was asked.
    """

    counts: tuple[StateCount, ...]
    children: tuple[str, ...]
    record: dict[str, str | None] | None

    @property
    def rows(self) -> int:
        """The number of rows counted."""
        return sum(count.rows for count in self.counts)

    @property
    def frame(self) -> pl.DataFrame:
        """The counts, a row for each state and status."""
        types = dict.fromkeys(("row_state", "submission_status"), pl.String()) | dict.fromkeys(
            ("rows", "shortest", "mean", "longest"), pl.Int64()
        )
        return pl.DataFrame([astuple(one) for one in self.counts], schema=types, orient="row")

    def _repr_html_(self) -> str:
        """Show the counts."""
        return as_html(repr(self), self.frame)

    def __repr__(self) -> str:
        """Show how much is staged: a notebook prints it whole."""
        states = Counter[str]()
        for one in self.counts:
            states[one.row_state] += one.rows
        return f"Review({', '.join(f'{rows:,} {name}' for name, rows in states.items())})"


def look_at(staging: Staging, child: str | None, state: str | None) -> Review:
    """Return the review of ``staging``; see `scrambler.staging.review`."""
    known = {name.lower(): name for name in ssd().code_lists["row_state"].codes}
    if state is not None and state.lower() not in known:
        raise OutputError(f"there is no such state; states are {', '.join(known.values())}")
    where = f" WHERE LOWER(row_state) = '{state.lower()}'" if state is not None else ""
    return Review(
        counts=_counts(staging, where),
        children=_children(staging, where) if where else (),
        record=_record(staging, child) if child is not None else None,
    )


def _counts(staging: Staging, where: str) -> tuple[StateCount, ...]:
    length = "{size}(json_payload)"
    found = staging.query(
        "SELECT COALESCE(row_state, '') AS row_state, "
        "COALESCE(submission_status, '') AS submission_status, COUNT(*) AS amount, "
        f"MIN({length}) AS shortest, CAST(SUM(CAST({length} AS BIGINT)) AS BIGINT) AS total, "
        f"MAX({length}) AS longest FROM {TABLE}{where} "
        "GROUP BY COALESCE(row_state, ''), COALESCE(submission_status, '') ORDER BY 1, 2"
    )
    return tuple(
        StateCount(_word(state), _word(status), rows, shortest, total // rows, longest)
        for state, status, rows, shortest, total, longest in found.rows()
    )


def _word(value: object) -> str:
    """Return a state or status; SQLite may hold anything there."""
    return value if isinstance(value, str) else "(no text)"


def _children(staging: Staging, where: str) -> tuple[str, ...]:
    # Numbered, since servers have different words for the first rows.
    found = staging.query(
        f"SELECT person_id FROM (SELECT person_id, ROW_NUMBER() OVER (ORDER BY person_id) AS place "
        f"FROM {TABLE}{where}) p WHERE place <= {_SHOWN} ORDER BY place"
    )
    return tuple(found["person_id"])


def refuse_no_id(child: str) -> None:
    """OutputError, quoting nothing, for a text that no payload can have as its id."""
    if not _ID.fullmatch(child):
        raise OutputError("that is no id of a payload; ids have letters, digits, - and _ only")


def _record(staging: Staging, child: str) -> dict[str, str | None]:
    refuse_no_id(child)
    columns = ", ".join(table().columns)
    found = staging.query(f"SELECT {columns} FROM {TABLE} WHERE person_id = '{child}'")
    if not found.height:
        raise OutputError("no child of that id is staged there")
    return {name: _shown(name, value) for name, value in found.row(0, named=True).items()}


def _shown(name: str, value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bytes):
        return value.hex()
    if name in _JSON:
        try:
            return json.dumps(json.loads(value), ensure_ascii=False, indent=2)
        except ValueError:
            return str(value)
    return str(value)
