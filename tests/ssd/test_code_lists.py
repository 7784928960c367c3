"""Codes by use: who has a code on a list, and from when to when."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from typing import Any

from scrambler.ssd import CodeList, ssd
from scrambler.ssd.read_facts import facts


def _enumerations(schema: Any) -> Iterator[set[str]]:
    if isinstance(schema, dict):
        if "enum" in schema:
            yield set(schema["enum"])
        for part in schema.values():
            yield from _enumerations(part)


def test_the_codes_of_the_payload_are_those_of_its_schema() -> None:
    text = files("scrambler.payload").joinpath("payload.schema.json").read_text("utf-8")
    enumerations = [*_enumerations(json.loads(text))]
    fed = {row["code_list"] for row in facts("payload_fields") if row["code_list"]}
    assert len(fed) == len(enumerations)
    for name, listed in ssd().code_lists.items():
        codes = {code for code, lists in listed.lists.items() if "payload" in lists}
        assert bool(codes) == (name in fed)
        assert not codes or codes in enumerations


def test_the_sector_says_which_types_of_placement_went_out_of_use() -> None:
    placed = ssd().code_lists["placement_type"]
    assert placed.turns == (date(2023, 4, 1), date(2025, 4, 1))
    gone = [{c for c in placed.codes if not placed.in_use(c, turn)} for turn in (0, 1, 2)]
    assert gone == [set(), {"H5", "P2"}, {"H5", "P2", "Z1"}]


def test_a_code_is_in_use_from_its_first_day_to_its_last() -> None:
    one = CodeList(
        "colour", ("red", "blue", "green"), ("", "", ""), {},
        since={"blue": date(2020, 1, 1)}, until={"red": date(2019, 12, 31)},
    )  # fmt: skip
    assert one.turns == (date(2020, 1, 1),)
    assert [one.in_use(code, 0) for code in one.codes] == [True, False, True]
    assert [one.in_use(code, 1) for code in one.codes] == [False, True, True]
