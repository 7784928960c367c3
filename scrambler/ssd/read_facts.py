"""Reads the files of facts. Every cell is text, and one that is not known stops the program."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from scrambler.errors import FactsError
from scrambler.ssd.fact_file import FactFile, Link, Row
from scrambler.ssd.fact_files import FACT_FILES

Facts = Mapping[str, list[Row]]


@cache
def all_facts() -> Facts:
    """Return the rows of every file in file order, by the file's name. Read once a process."""
    folder = files("scrambler.ssd") / "facts"
    return read({name: (folder / f"{name}.csv").read_text("utf-8") for name in FACT_FILES})


def facts(name: str) -> list[Row]:
    """Return the rows of ``facts/<name>.csv`` in file order."""
    return all_facts()[name]


def read(texts: Mapping[str, str]) -> Facts:
    """Return the rows of each text, the name of a file of facts before it.

    FactsError gathers every fault with file, line and column: another header, more or fewer cells,
    a cell that its column does not know, a key that stands twice, a name that nothing has.
    """
    findings: list[str] = []
    found = {name: _rows(name, text, findings) for name, text in texts.items()}
    for name, lines in found.items():
        for link in FACT_FILES[name].links:
            findings.extend(_dangling(name, lines, link, found))
    if findings:
        raise FactsError(findings)
    return {name: [row for _, row in lines] for name, lines in found.items()}


Lines = list[tuple[int, Row]]


def _rows(name: str, text: str, findings: list[str]) -> Lines:
    wanted = FACT_FILES[name]
    lines = csv.reader(text.splitlines())
    if (header := next(lines, [])) != list(wanted.cells):
        findings.append(f"{name}.csv:1: the header must be {','.join(wanted.cells)}.")
        return []
    rows: Lines = []
    for cells in lines:
        if len(cells) != len(header):
            findings.append(
                f"{name}.csv:{lines.line_num}: {len(cells)} cells where {len(header)} belong."
            )
            continue
        rows.append((lines.line_num, dict(zip(header, cells, strict=True))))
    findings.extend(_faults(name, rows, wanted))
    return rows


def _faults(name: str, rows: Lines, wanted: FactFile) -> Iterator[str]:
    seen: dict[tuple[str, ...], int] = {}
    for line, row in rows:
        faults = [
            f"{column} must be {cell.rule}"
            for column, cell in wanted.cells.items()
            if not cell.holds(row[column])
        ] or filter(None, [wanted.fault(row)])
        yield from (f"{name}.csv:{line}: {fault}." for fault in faults)
        key = tuple(row[column] for column in wanted.key)
        if key in seen:
            yield (
                f"{name}.csv:{line}: {'+'.join(wanted.key)} is that of line {seen[key]} once more."
            )
        seen.setdefault(key, line)


def _dangling(name: str, rows: Lines, link: Link, found: Mapping[str, Lines]) -> Iterator[str]:
    known = {_joined(row, link.keys) for file in link.files for _, row in found.get(file, [])}
    for line, row in rows:
        named = _joined(row, link.columns).partition("(")[0]
        if named and named not in known:
            yield (
                f"{name}.csv:{line}: {'.'.join(link.columns)} names what does not stand in "
                f"{' or '.join(f'{file}.csv' for file in link.files)}."
            )


def _joined(row: Row, columns: tuple[str, ...]) -> str:
    return ".".join(filter(None, (row[column] for column in columns)))
