"""``--delta`` on the command line."""

from __future__ import annotations

import json

from tests.command import process
from tests.outputs import manifest_of
from tests.run.delta.conftest import Town, counts


def test_counts_are_printed_by_table(town: Town) -> None:
    town.edit("ssd_contacts", lambda rows: rows.slice(31))
    done = process(*town.words)
    assert done.code == 0, done.err
    assert manifest_of(town.out)["verdict"]["passed"]
    _, _, told = done.out.partition("Deleted")
    assert [line for line in told.splitlines() if "ssd_contacts" in line and "31" in line]
    assert "Nothing changed in the other 7 tables." in told


def test_json_has_them_too(town: Town) -> None:
    town.edit("ssd_contacts", lambda rows: rows.slice(3))
    done = process(*town.words, "--json")
    assert json.loads(done.out)["changes"]["ssd_contacts"] == counts(deleted=3)


def test_a_refusal_exits_with_the_code_of_its_kind(town: Town) -> None:
    done = process(*(word for word in town.words if word not in ("--epoch", str(town.epoch))))
    assert (done.code, done.out) == (2, "")
    assert "--epoch" in done.err
