"""Files of facts: every cell of every typed column is known, or the program does not start."""

import csv
import io
from importlib.resources import files
from typing import Any

import pytest

from scrambler.errors import FactsError
from scrambler.ssd.fact_files import FACT_FILES
from scrambler.ssd.read_facts import all_facts, read

FOLDER = files("scrambler.ssd") / "facts"
TEXTS = {name: (FOLDER / f"{name}.csv").read_text("utf-8") for name in FACT_FILES}
TYPED = [
    (name, column)
    for name, file in FACT_FILES.items()
    for column, cell in file.cells.items()
    if not cell.prose
]
WRONG = "~ wrong ~"


def faults(name: str, text: str) -> list[str]:
    with pytest.raises(FactsError) as caught:
        read({**TEXTS, name: text})
    return caught.value.findings


def with_cell(name: str, line: int, column: str, cell: str) -> str:
    """The text of a file with one cell replaced; the header is line 1."""
    rows = [dict(row) for row in all_facts()[name]]
    rows[line - 2][column] = cell
    written = io.StringIO()
    lines = csv.DictWriter(written, FACT_FILES[name].cells)
    lines.writeheader()
    lines.writerows(rows)
    return written.getvalue()


def test_every_file_is_known() -> None:
    held = {path.name for path in FOLDER.iterdir() if path.name.endswith(".csv")}
    assert held == {f"{name}.csv" for name in FACT_FILES}


@pytest.mark.parametrize(("name", "column"), TYPED)
def test_a_cell_that_its_column_does_not_know_is_named(name: str, column: str) -> None:
    if FACT_FILES[name].cells[column].holds(WRONG):
        # Free text, but it is a key or a link: what it names is gone.
        assert column in {"label", "path", "code", "type", "key", "value"}
        return
    found = faults(name, with_cell(name, 2, column, WRONG))
    assert any(fault.startswith(f"{name}.csv:2: {column} must be ") for fault in found)
    assert not any(WRONG in fault for fault in found)


LINKED = [(name, link) for name, file in FACT_FILES.items() for link in file.links]


@pytest.mark.parametrize(("name", "link"), LINKED)
def test_a_name_that_nothing_has_is_named(name: str, link: Any) -> None:
    column = link.columns[-1]
    line = next(n for n, row in enumerate(all_facts()[name], 2) if row[column])
    wrong = "no_such.column" if "." in all_facts()[name][line - 2][column] else "no_such"
    found = faults(name, with_cell(name, line, column, wrong))
    place = f"{name}.csv:{line}: {'.'.join(link.columns)} names what does not stand in "
    assert any(fault.startswith(place) for fault in found)


@pytest.mark.parametrize("name", FACT_FILES)
def test_another_header_is_refused(name: str) -> None:
    header, _, rest = TEXTS[name].partition("\n")
    for other in (f"{header},more", header.rpartition(",")[0], header.replace(",", ",un", 1)):
        assert f"{name}.csv:1: the header must be {header}." in faults(name, f"{other}\n{rest}")


@pytest.mark.parametrize("name", FACT_FILES)
def test_a_line_given_twice_is_refused(name: str) -> None:
    lines = TEXTS[name].splitlines()
    found = faults(name, "\n".join([*lines, lines[1]]))
    key = "+".join(FACT_FILES[name].key)
    assert found == [f"{name}.csv:{len(lines) + 1}: {key} is that of line 2 once more."]


@pytest.mark.parametrize("name", FACT_FILES)
def test_a_line_with_other_cells_is_refused(name: str) -> None:
    width, lines = len(FACT_FILES[name].cells), TEXTS[name].splitlines()
    found = faults(name, "\n".join([*lines, "one"]))
    assert found == [f"{name}.csv:{len(lines) + 1}: 1 cells where {width} belong."]


@pytest.mark.parametrize(
    ("name", "row", "fault"),
    [
        ("missing_codes", "31/12/1899,date,,,", "value must be a date"),
        ("missing_codes", "none,number,,,", "value must be a number"),
        ("missing_codes", "9,number,ssd_person,,", "column must stand with its table"),
        ("columns", "ssd_person,x,99,INT,Y,N,,identifier,,,Y,", "id_domain must be filled"),
        ("columns", "ssd_person,x,99,INT,Y,N,,number,,person,Y,", "id_domain must be filled"),
        ("columns", "ssd_person,x,99,DATE,Y,N,,date,sex,,Y,", "code_list must be empty"),
    ],
)
def test_cells_that_do_not_go_together(name: str, row: str, fault: str) -> None:
    text = TEXTS[name].rstrip("\n")
    found = faults(name, f"{text}\n{row}")
    assert found[0].startswith(f"{name}.csv:{len(text.splitlines()) + 1}: {fault}")


def test_all_faults_are_gathered() -> None:
    with pytest.raises(FactsError) as caught:
        read({**TEXTS, "routes": "table\n", "linked_types": "type,domain\nX,nowhere\nX,person"})
    assert len(caught.value.findings) == 3
