"""Reads policies: the shipped one, then the local authority's lines over it."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path

import polars as pl

from scrambler.errors import PolicyError
from scrambler.files.paths import path_of
from scrambler.policy.assignment import Assignment
from scrambler.policy.traits import traits_of
from scrambler.ssd import ColumnSpec, Spec
from scrambler.ssd.sql_types import sql_type

_WHOLE = "*"
_HEADER = ["table", "column", "treatment", "parameters", "reason"]
_CLOSE = 0.75  # tables all begin alike: at less, any two of them are close


@dataclass(frozen=True)
class Policy:
    """All assignments by table and column; ``digest`` tells two policies apart.

    ``omitted_tables`` are no tables of the SSD, and named by the policy as not wanted. A policy
    with ``findings`` is not whole: its faulty lines are in none of the others.
    """

    assignments: Mapping[str, Mapping[str, Assignment]]
    digest: str
    omitted_tables: frozenset[str] = frozenset()
    findings: tuple[str, ...] = ()


def load_policy(spec: Spec, local: Path | str | None = None) -> Policy:
    """Return the shipped policy with the lines of ``local`` over it; see `read_policy`.

    PolicyError gathers every fault of the local file.
    """
    policy = read_policy(spec, local)
    if policy.findings:
        raise PolicyError([*policy.findings])
    return policy


def read_policy(spec: Spec, local: Path | str | None = None) -> Policy:
    """Return the shipped policy with the lines of ``local`` over it.

    A line `ssd_our_view,*,omit,,` says of a table that is no SSD that it is not wanted.
    A treatment that draws codes draws them from the column's own list (columns.csv), unless the
    parameter ``list`` names another.
    ``findings`` are the faults of the local file, each with its line number: a wrong header, an
    unknown table, a column of no known type, a line given twice, parameters of no `name=value`
    form. PolicyError where the file cannot be read at all.
    """
    shipped = (files("scrambler.policy") / "ssd.csv").read_text(encoding="utf-8")
    text = ""
    if local is not None:
        local = path_of(local, "A policy")
        try:
            text = local.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            raise PolicyError(
                [f"The policy {local} cannot be read. It must be a CSV file in UTF-8."]
            ) from None
    assignments: dict[str, dict[str, Assignment]] = {}
    findings: list[str] = []
    omitted: set[str] = set()
    for name, content in (("ssd.csv", shipped), (local.name if local else "", text)):
        seen: set[tuple[str, str]] = set()
        for assignment in _assignments(name, content, spec, findings, omitted):
            column = assignment.column
            if (column.table, column.name) in seen:
                findings.append(f"{assignment.place}: {column} stands twice in this file.")
            seen.add((column.table, column.name))
            assignments.setdefault(column.table, {})[column.name] = assignment
    return Policy(assignments, _digest(assignments), frozenset(omitted), tuple(findings))


def _digest(assignments: Mapping[str, Mapping[str, Assignment]]) -> str:
    """Return what tells two policies apart: what becomes of each column, not how a file says it."""
    effective = [
        (str(one.column), one.column.sql_type, one.column.domain, one.treatment, one.parameters)
        for columns in assignments.values()
        for one in columns.values()
    ]
    text = json.dumps(sorted(effective, key=str), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _rows(name: str, content: str, findings: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and cells, up to where a file is no CSV any more."""
    lines = csv.reader(content.splitlines())
    try:
        for row in lines:
            yield lines.line_num, row
    except csv.Error:
        findings.append(
            f"{name}:{lines.line_num}: from here on it is no CSV: a cell is too long, or a "
            "quotation mark is not closed."
        )


def _assignments(
    name: str, content: str, spec: Spec, findings: list[str], omitted: set[str]
) -> Iterator[Assignment]:
    rows = _rows(name, content, findings)
    if content and (header := next(rows, (1, []))[1]) != _HEADER:
        findings.append(
            f"{name}:1: the header must be {','.join(_HEADER)}, not {len(header)} others."
        )
        return
    for number, row in rows:
        place = f"{name}:{number}"
        if not any(row):
            continue
        if len(row) != len(_HEADER):
            findings.append(f"{place}: {len(row)} cells where {len(_HEADER)} belong.")
            continue
        table, column, treatment, parameters, reason = (cell.strip() for cell in row)
        parsed = _parameters(parameters)
        if parsed is None:
            findings.append(f"{place}: parameters have the form name=value;name=value.")
        elif column == _WHOLE:
            if fault := _not_omitted(spec, table, treatment):
                findings.append(f"{place}: {fault}")
            omitted.add(table.lower())
        elif table not in spec.tables:
            findings.append(
                f"{place}: there is no table {table}{did_you_mean(table, spec.tables)}."
            )
        elif found := _column(spec, table, column, parsed):
            if found.code_list and traits_of(treatment).has_list:
                parsed = {"list": found.code_list, **parsed}
            yield Assignment(found, treatment, parsed, reason, place)
        else:
            known = spec.tables[table].columns
            findings.append(
                f"{place}: {table} has no column {column}{did_you_mean(column, known)}; to add a "
                "column of your own, say its type: type=NVARCHAR(48)."
            )


def _not_omitted(spec: Spec, table: str, treatment: str) -> str | None:
    """Return why a line about a whole table cannot stand, or None."""
    if not traits_of(treatment).is_omitted:
        return f"the column {_WHOLE} stands for a whole table, which can be left out only (omit)."
    if table in spec.tables:
        return f"{table} is of the SSD: give each of its columns a line of its own."
    if not table.lower().startswith("ssd_"):
        return f"{table} is never read in any case; only tables called ssd_… need such a line."
    return None


def _parameters(text: str) -> dict[str, str] | None:
    pairs = [pair.partition("=") for pair in text.split(";") if pair]
    if not all(name and equals for name, equals, _ in pairs):
        return None
    return {name.strip(): value.strip() for name, _, value in pairs}


def _column(spec: Spec, table: str, name: str, parameters: dict[str, str]) -> ColumnSpec | None:
    if known := spec.tables[table].columns.get(name):
        return known
    written = parameters.pop("type", "").upper()
    try:
        readable = sql_type(written).dtype != pl.Binary
    except ValueError:
        readable = False
    if not readable:
        return None
    return ColumnSpec(
        table=table,
        name=name,
        sql_type=written,
        nullable=True,
        primary_key=False,
        references=None,
        kind="local",
        code_list=None,
        domain=parameters.pop("domain", None),
        in_ddl=True,
        notes="added by the local policy",
    )


def did_you_mean(word: str, known: Mapping[str, object]) -> str:
    """Return `` (did you mean X?)`` for the closest known word, nothing where none is close."""
    close = get_close_matches(word, known, n=1, cutoff=_CLOSE)
    return f" (did you mean {close[0]}?)" if close else ""
