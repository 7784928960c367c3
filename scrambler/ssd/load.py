"""Makes the types of the SSD from the files of facts."""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import groupby

from scrambler.ssd.fact_file import Row
from scrambler.ssd.missing import missing_codes
from scrambler.ssd.read_facts import Facts, all_facts
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


@cache
def ssd() -> Spec:
    """Return the Standard Safeguarding Dataset. Read once a process."""
    return spec_of(all_facts())


def spec_of(facts: Facts) -> Spec:
    """Return the dataset that these facts describe."""
    columns: dict[str, dict[str, ColumnSpec]] = {}
    for row in facts["columns"]:
        columns.setdefault(row["table"], {})[row["column"]] = _column(row)
    preferred = facts["routes"]
    tables = {
        row["table"]: _table(row, columns[row["table"]], preferred) for row in facts["tables"]
    }
    lists = facts["code_lists"] + facts["local_lists"]
    return Spec(
        tables=tables,
        code_lists={
            name: _code_list(name, list(rows))
            for name, rows in groupby(
                sorted(lists, key=lambda row: row["code_list"]), key=lambda row: row["code_list"]
            )
        },
        domains={row["domain"]: _domain(row) for row in facts["domains"]},
        linked_types={row["type"]: row["domain"] for row in facts["linked_types"]},
        outcomes=_outcomes(facts["json_columns"]),
        missing=missing_codes(facts["missing_codes"]),
    )


def _column(row: Row) -> ColumnSpec:
    table, _, key = row["references"].partition(".")
    return ColumnSpec(
        table=row["table"],
        name=row["column"],
        sql_type=row["sql_type"],
        nullable=row["nullable"] == "Y",
        primary_key=row["pk"] == "Y",
        references=(table, key) if table else None,
        kind=row["kind"],
        code_list=row["code_list"] or None,
        domain=row["id_domain"] or None,
        in_ddl=row["in_ddl"] == "Y",
        notes=row["format_notes"],
    )


def _table(row: Row, columns: dict[str, ColumnSpec], preferred: list[Row]) -> TableSpec:
    paths = [other["subject_path"] for other in preferred if other["table"] == row["table"]]
    paths += [row["subject_path"]] if row["subject_path"] != "none" else []
    return TableSpec(
        name=row["table"],
        columns=columns,
        primary_key=tuple(filter(None, row["primary_key"].split("+"))),
        routes=tuple(_route(path) for path in paths),
        grain=row["grain"],
        notes=row["notes"],
        leftover=row["leftover"] == "Y",
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


def _code_list(name: str, rows: list[Row]) -> CodeList:
    drawn = [row for row in rows if row["alternate"] == "N"]
    return CodeList(
        name=name,
        codes=tuple(row["code"] for row in drawn),
        labels=tuple(row["label"] for row in drawn),
        alternates={row["code"]: row["label"] for row in rows if row["alternate"] == "Y"},
        lists={row["code"]: tuple(row.get("lists", "").split()) for row in drawn},
        since=_days(rows, "since"),
        until=_days(rows, "until"),
    )


def _days(rows: list[Row], end: str) -> dict[str, date]:
    return {row["code"]: date.fromisoformat(row[end]) for row in rows if row.get(end)}


def _domain(row: Row) -> Domain:
    return Domain(
        name=row["domain"],
        map=row["shared_with"] or row["domain"],
        length=int(row["length"]),
        least=int(row["least"]),
        shape=row["shape"],
        why=row["why"],
    )


def _outcomes(rows: list[Row]) -> dict[str, OutcomeKeys]:
    keys: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        keys.setdefault(row["column"], []).append((row["role"], row["key"]))
    return {
        column: OutcomeKeys(
            flags=tuple(key for role, key in found if role == "flag"),
            count=next((key for role, key in found if role == "count"), None),
            comments=next((key for role, key in found if role == "comment"), None),
        )
        for column, found in keys.items()
        if any(role == "flag" for role, _ in found)
    }
