"""The data dictionary: pages in Markdown, made of the facts and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from scrambler.ssd.fact_files import FACT_FILES
from scrambler.ssd.load import ssd
from scrambler.ssd.markdown import markdown_table
from scrambler.ssd.read_facts import facts
from scrambler.ssd.types import ColumnSpec, Route, TableSpec

_HEADER = ("column", "type", "empty", "kind", "refers to", "values", "notes")


def dictionary(tables: tuple[str, ...] = ()) -> str:
    """Return the dictionary of these tables, all without them. KeyError for an unknown one."""
    return "\n".join(_table(ssd().tables[name]) for name in tables or ssd().tables)


def fact_page(name: str) -> str:
    """Return one file of facts as a page, every cell as it stands. KeyError for an unknown one."""
    columns = FACT_FILES[name].cells
    rows = [[row[column] for column in columns] for row in facts(name)]
    return f"## {name}\n\n{FACT_FILES[name].about}\n\n{markdown_table([*columns], rows)}"


def _table(table: TableSpec) -> str:
    ways = " Else: ".join(_way(route) for route in table.routes)
    about = [
        f"{table.grain[:1].upper()}{table.grain[1:]}.",
        f"Key: {' and '.join(table.primary_key) or 'none'}.",
        f"Its child: {ways}." if ways else "It is about no child.",
        *([f"Note: {table.notes}."] if table.notes else []),
    ]
    rows = [_row(column) for column in table.columns.values()]
    return f"## {table.name}\n\n{' '.join(about)}\n\n{markdown_table(_HEADER, rows)}"


def _way(route: Route) -> str:
    hops = [f"{hop.column} to {hop.table}.{hop.key}" for hop in route.hops]
    return ", ".join([*hops, route.subject])


def _row(column: ColumnSpec) -> list[str]:
    return [
        column.name,
        column.sql_type,
        "may be" if column.nullable else "never",
        column.kind,
        ".".join(column.references or ()),
        "; ".join(_values(column)),
        column.notes,
    ]


def _values(column: ColumnSpec) -> Iterator[str]:
    if column.code_list:
        yield f"codes of {column.code_list}"
    if column.domain:
        yield f"ids of {column.domain}"
    for number in ssd().missing.own_numbers.get(str(column), ()):
        yield f"{number} for none"
    if keys := ssd().outcomes.get(column.name):
        yield f"keys {', '.join(keys.every)}"
