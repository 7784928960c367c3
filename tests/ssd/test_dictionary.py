"""Pages of facts: complete, and readable by whatever reads Markdown."""

import re

import pytest

from scrambler.ssd import ssd
from scrambler.ssd.dictionary import dictionary, fact_page
from scrambler.ssd.fact_files import FACT_FILES
from scrambler.ssd.markdown import markdown_table
from scrambler.ssd.read_facts import facts


def cells(line: str) -> list[str]:
    """The cells of one line of a table as a reader of Markdown shows them."""
    parts = re.split(r"(?<!\\) \| ", line.removeprefix("| ").removesuffix(" |"))
    return [re.sub(r"\\([\\|*])", r"\1", part).replace("&lt;", "<") for part in parts]


def rows(page: str) -> list[list[str]]:
    """All rows of all tables of a page, their headers left out."""
    lines = page.splitlines()
    return [
        cells(line)
        for number, line in enumerate(lines)
        if line.startswith("|") and not line.startswith("| ---")
        if number + 1 == len(lines) or not lines[number + 1].startswith("| ---")
    ]


def test_what_a_cell_holds_comes_back() -> None:
    held = [["a|b", "<c>", "*d*", "e\\"], ["", " ", "f | g", "#"]]
    table = markdown_table(["w", "x", "y", "z"], held)
    assert table.splitlines()[:2] == ["| w | x | y | z |", "| --- | --- | --- | --- |"]
    assert rows(table)[0] == held[0]
    assert markdown_table(["x"], [["two\nlines"]]).count("\n") == 3


@pytest.mark.parametrize("name", FACT_FILES)
def test_a_page_holds_every_cell_of_its_file(name: str) -> None:
    page = fact_page(name)
    assert FACT_FILES[name].about in page
    assert rows(page) == [[row[column] for column in FACT_FILES[name].cells] for row in facts(name)]


def test_the_dictionary_holds_every_table_column_list_and_domain() -> None:
    page = dictionary()
    sections = dict(re.findall(r"^## (\w+)\n\n(.*?)(?=^## |\Z)", page, flags=re.M | re.S))
    assert [*sections] == [*ssd().tables]
    for name, table in ssd().tables.items():
        shown = {row[0]: row for row in rows(sections[name])}
        assert [*shown] == [*table.columns]
        for column in table.columns.values():
            _, kind, _, _, refers, values, notes = shown[column.name]
            assert (kind, refers) == (column.sql_type, ".".join(column.references or ()))
            assert (column.code_list or "") in values
            assert (column.domain or "") in values
            assert notes == column.notes


def test_the_dictionary_of_one_table() -> None:
    page = dictionary(("ssd_cla_placement",))
    assert page.count("## ") == 1
    assert "999.9 for none" in page
    assert "NEW_REFERRAL_FLAG" in dictionary(("ssd_contacts",))
    with pytest.raises(KeyError):
        dictionary(("ssd_nothing",))
