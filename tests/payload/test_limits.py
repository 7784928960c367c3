"""Limits of the payload have one home, and what else states them agrees with it."""

from collections import defaultdict

import pytest

from scrambler.payload.limits import max_items, max_length
from scrambler.payload.shape import payload_shape
from scrambler.ssd import ssd
from scrambler.ssd.read_facts import facts

FIELDS = [row for row in facts("payload_fields") if row["path"].startswith("$")]


def test_limits_as_the_department_gives_them() -> None:
    # The guidance's 20, 36, 13 and 12 characters, and the notebook's 41 factors.
    ids = ("la_child_id", "mis_child_id", "unique_pupil_number", "worker_id")
    assert [max_length(name) for name in ids] == [20, 36, 13, 12]
    assert (max_items("factors"), max_items("disabilities")) == (41, 12)


@pytest.mark.parametrize("limit", ["max_length", "max_items"])
def test_fields_of_one_name_have_one_limit(limit: str) -> None:
    found = defaultdict(set)
    for row in FIELDS:
        found[row["path"].rpartition(".")[2]].add(row[limit])
    assert {name for name, limits in found.items() if len(limits) > 1} == set()


def test_a_field_without_a_limit_has_none() -> None:
    with pytest.raises(KeyError):
        max_length("first_name")


def test_no_pseudonym_is_wider_than_its_field() -> None:
    lengths = {}
    for node in payload_shape().walk():
        for name, leaf in node.leaves.items():
            domain = leaf.table and ssd().column(leaf.table, leaf.column).domain
            if domain and domain != "by_type":
                lengths[name] = (ssd().domains[domain].length, max_length(name))
    assert len(lengths) == 10
    assert {name for name, (made, most) in lengths.items() if made > most} == set()
