"""The policy as a page holds every column, with what takes effect."""

from scrambler.policy import load_policy
from scrambler.policy.page import policy_page
from scrambler.ssd import ssd


def test_every_column_stands_with_its_treatment_and_effective_parameters() -> None:
    assignments = load_policy(ssd()).assignments
    page = policy_page(assignments)
    for table, columns in assignments.items():
        section = page.partition(f"## {table}\n")[2].partition("\n## ")[0]
        lines = [line for line in section.splitlines() if line.startswith("|")][2:]
        assert len(lines) == len(columns)
        for line, one in zip(lines, columns.values(), strict=True):
            assert line.startswith(f"| {one.column.name} | {one.treatment} |")
            assert all(f"{name}=" in line for name in one.parameters)
    assert "| pers_sex | code | list=sex |" in page
