"""Reads the facts of the SSD from the CSV files beside this module. Every cell is text."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files
from itertools import groupby

from scrambler.ssd.missing import missing_codes
from scrambler.ssd.types import (
    CodeList,
    ColumnSpec,
    Domain,
    Hop,
    OutcomeKeys,
    Route,
    Spec,
    TableSpec,
)


def facts(name: str) -> list[dict[str, str]]:
    """Return the rows of ``facts/<name>.csv`` in file order."""
    text = (files("scrambler.ssd") / "facts" / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def ssd() -> Spec:
    """Return the Standard Safeguarding Dataset. Read once a process."""
    columns: dict[str, dict[str, ColumnSpec]] = {}
    for row in facts("columns"):
        columns.setdefault(row["table"], {})[row["column"]] = _column(row)
    preferred = facts("routes")
    tables = {
        row["table"]: _table(row, columns[row["table"]], preferred) for row in facts("tables")
    }
    lists = facts("code_lists") + facts("local_lists")
    return Spec(
        tables=tables,
        code_lists={
            name: _code_list(name, list(rows))
            for name, rows in groupby(
                sorted(lists, key=lambda row: row["code_list"]), key=lambda row: row["code_list"]
            )
        },
        domains={row["domain"]: _domain(row) for row in facts("domains")},
        linked_types={row["type"]: row["domain"] for row in facts("linked_types")},
        outcomes=_outcomes(facts("json_columns")),
        missing=missing_codes(facts("missing_codes")),
    )


def _column(row: dict[str, str]) -> ColumnSpec:
    table, _, key = row["references"].partition(".")
    domain = re.search(r"id_domain=(\w+)", row["format_notes"])
    return ColumnSpec(
        table=row["table"],
        name=row["column"],
        sql_type=row["sql_type"],
        nullable=row["nullable"] == "Y",
        primary_key=row["pk"] == "Y",
        references=(table, key) if table else None,
        kind=row["kind"],
        code_list=row["code_list"] or None,
        domain=domain[1] if domain else None,
        notes=row["format_notes"],
    )


def _table(
    row: dict[str, str], columns: dict[str, ColumnSpec], preferred: list[dict[str, str]]
) -> TableSpec:
    paths = [other["subject_path"] for other in preferred if other["table"] == row["table"]]
    paths += [row["subject_path"]] if row["subject_path"] != "none" else []
    return TableSpec(
        name=row["table"],
        columns=columns,
        primary_key=tuple(filter(None, row["primary_key"].split("+"))),
        routes=tuple(_route(path) for path in paths),
        grain=row["grain"],
        notes=row["notes"],
    )


def _route(path: str) -> Route:
    # `a>t1.k1>b>t2.k2>person`: a column and the key it points at take turns.
    *steps, subject = path.split(">")
    return Route(
        hops=tuple(
            Hop(column, *target.split("."))
            for column, target in zip(steps[::2], steps[1::2], strict=True)
        ),
        subject=subject,
    )


def _code_list(name: str, rows: list[dict[str, str]]) -> CodeList:
    drawn = [row for row in rows if not row["source"].startswith("ALT")]
    return CodeList(
        name=name,
        codes=tuple(row["code"] for row in drawn),
        labels=tuple(row["label"] for row in drawn),
        alternates={row["code"]: row["label"] for row in rows if row["source"].startswith("ALT")},
    )


def _domain(row: dict[str, str]) -> Domain:
    return Domain(
        name=row["domain"],
        map=row["shared_with"] or row["domain"],
        length=int(row["length"]),
        shape=row["shape"],
        why=row["why"],
    )


def _outcomes(rows: list[dict[str, str]]) -> dict[str, OutcomeKeys]:
    keys: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        # A row like "OUTCOME_ + each flag key above" describes a form, not a key.
        if row["key"].isidentifier() and row["column"].endswith(("_outcome_json", "_plan_json")):
            keys.setdefault(row["column"], []).append((row["key"], row["value_domain"]))
    return {
        column: OutcomeKeys(
            flags=tuple(key for key, domain in found if domain[:4] in ("Y, N", "Y/T/", "form")),
            count=next((key for key, domain in found if domain.startswith("integer")), None),
            comments=next((key for key, domain in found if domain.startswith("FREE TEXT")), None),
        )
        for column, found in keys.items()
    }
