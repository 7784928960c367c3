from typing import Any

import numpy as np
import pytest

from kernels.filler import authorities
from scrambler.ssd import ssd
from tests.contexts import Local, epoch, staged
from tests.law import even

PAIRS = [
    ("ssd_cin_episodes", "cine_referral_source_code", "cine_referral_source_desc"),
    ("ssd_contacts", "cont_contact_source_code", "cont_contact_source_desc"),
]
DESCRIBED = pytest.mark.parametrize(("table", "code", "label"), PAIRS)


def _keys(table: str, rows: int) -> dict[str, list[str]]:
    return {ssd().tables[table].primary_key[0]: [f"k{n}" for n in range(rows)]}


@DESCRIBED
def test_a_description_is_that_of_the_scrambled_code(
    table: str, code: str, label: str
) -> None:  # C038, C039
    columns = {**_keys(table, 500), code: ["1A"] * 500, label: ["Individual"] * 500}
    after = staged({table: columns}).scramble(table)
    name = "referral_source" if table == "ssd_cin_episodes" else "contact_source"
    listed = ssd().code_lists[name]
    labels = dict(zip(listed.codes, listed.labels, strict=True))
    assert [labels[one] for one in after[code]] == after[label].to_list()


@DESCRIBED
@pytest.mark.parametrize("local", [{}, {"cleared": ("clear", {})}])
def test_without_its_code_a_description_is_drawn_alone(
    table: str, code: str, label: str, local: Local
) -> None:
    columns: dict[str, Any] = {**_keys(table, 4_000), label: ["from Ann's school"] * 4_000}
    if local:
        columns[code], local = ["1A"] * 4_000, {code: local["cleared"]}
    after = staged({table: columns}, local=local).column(table, label)
    name = "referral_source" if table == "ssd_cin_episodes" else "contact_source"
    assert even(after, ssd().code_lists[name].labels)


def test_one_name_a_team_and_the_parents_is_that_of_its_row() -> None:  # C109, C110
    after = staged(
        {
            "ssd_department": {
                "dept_team_id": ["t1", "t2", "t3"],
                "dept_team_name": ["North", "South", "Real Team"],
                "dept_team_parent_id": [None, "t1", "t1 "],
                "dept_team_parent_name": [None, "North", "North"],
            }
        }
    ).scramble("ssd_department")
    names = after["dept_team_name"].to_list()
    assert after["dept_team_parent_name"].to_list() == [None, names[0], names[0]]
    assert len(set(names)) == 3


@pytest.mark.parametrize("number", range(1, 4))
def test_nobody_keeps_a_name_even_of_a_small_pool(number: int) -> None:
    rows = 20_000
    before = authorities(np.arange(rows, dtype=np.uint64)).to_list()
    table, column = "ssd_cla_previous_permanence", "lapp_previous_permanence_la"
    after = staged({table: {**_keys(table, rows), column: before}}, epoch(number)).column(
        table, column
    )
    assert not any(a == b for a, b in zip(after, before, strict=True))


def test_blanks_nulls_and_sentinels_stay() -> None:
    table, column = "ssd_early_help_episodes", "earl_episode_organisation"
    values = [None, "", "SSD_PH", "Real Trust"]
    after = staged({table: {**_keys(table, 4), column: values}}).column(table, column)
    assert after[:3] == values[:3]
    assert after[3] not in values
