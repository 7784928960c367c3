"""The schema against payload_fields.csv, row by row, and the check against broken payloads."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import polars as pl
import pytest

from scrambler.payload import build, schema, validate
from scrambler.ssd import ssd
from scrambler.ssd.read_facts import facts

from .samples import AS_OF, frames, sample

FIELDS = [row for row in facts("payload_fields") if row["path"].startswith("$")]
SENT = json.loads(
    '{"la_child_id":"p1","purge":false,"child_details":{"sex":"M","disabilities":["NONE"],'
    '"date_of_birth":"2015-06-01"},"social_care_episodes":[{"social_care_episode_id":"r1"}]}'
)


def resolve(node: Any) -> Any:
    """Follow references, a reference's own keywords first."""
    for part in [node, *node.get("allOf", [])]:
        if "$ref" in part:
            node = schema()["$defs"][part["$ref"].rsplit("/", 1)[1]] | node
    return node


def at(path: str) -> Any:
    """Return the part of the schema that `$.a.b[].c` names."""
    node = schema()
    for step in path.split(".")[1:]:
        node = resolve(node["properties"][step.removesuffix("[]")])
        if step.endswith("[]"):
            assert node["type"] == "array"
            node = node["items"]
    return node


def paths(node: Any, here: str = "$") -> list[str]:
    """Return every path of the schema in its order."""
    found = []
    for name, part in node.get("properties", {}).items():
        array = part.get("type") == "array" and "properties" in part["items"]
        below = f"{here}.{name}" + "[]" * array
        found += [below, *paths(part["items"] if array else part, below)]
    return found


def test_the_paths_are_those_of_the_facts_in_their_order() -> None:
    assert paths(schema()) == [row["path"] for row in FIELDS]


@pytest.mark.parametrize("row", FIELDS, ids=lambda row: row["path"])
def test_each_field_has_its_type_limit_and_code_list(row: dict[str, str]) -> None:
    node = at(row["path"])
    parent, _, key = row["path"].rpartition(".")
    if row["type"] in ("object", "array of object"):
        assert node["type"] == "object"
        assert node["additionalProperties"] is False
    elif row["type"] == "boolean":
        # Only the root flag may be true: in a deletion.
        fixed = row["limit"] == "false" and row["path"] != "$.purge"
        assert node == ({"const": False} if fixed else {"type": "boolean"})
    elif row["type"] == "date":
        assert node["format"] == "date"
    elif row["type"] == "integer":
        assert f"{node['minimum']}-{node['maximum']}" == row["limit"]
    else:
        texts = node["items"] if row["type"] == "array of string" else node
        assert texts["type"] == "string"
        most = int(row["max_length"] or 0)
        if key.endswith("unique_pupil_number"):
            assert [n for n in range(99) if accepts(texts, "A" * n)] == [most]
        else:
            assert texts.get("maxLength", 0) == most
        assert str(node.get("maxItems", "")) == row["max_items"]
        if row["code_list"]:
            assert tuple(texts["enum"]) == ssd().code_lists[row["code_list"]].codes
    if key.endswith("_id"):
        assert (key in at(parent).get("required", [])) is (row["mandatory"] == "Y")
        assert accepts(node, "abc-DEF_0")
        for wrong in ("", "10xA", "0XA", "a b", "é", "x" * (node["maxLength"] + 1)):
            assert not accepts(node, wrong)


def accepts(node: Any, text: str) -> bool:
    return jsonschema_rs.is_valid(node | {"$defs": schema()["$defs"]}, text)


def broken(**changes: Any) -> list[tuple[str, str]]:
    text = json.dumps(SENT | changes)
    found = validate(pl.Series([json.dumps(SENT), text]))
    assert set(found["index"]) <= {1}
    return sorted(found.select("path", "rule").rows())


def test_a_valid_payload_has_no_findings() -> None:
    assert broken() == []
    assert validate(pl.Series([], dtype=pl.String)).height == 0


@pytest.mark.parametrize(
    ("changes", "findings"),
    [
        ({"la_child_id": "10X2"}, [("$.la_child_id", "not")]),
        ({"mis_child_id": None}, [("$.mis_child_id", "type")]),
        ({"surprise": "canary"}, [("$", "additionalProperties")]),
        ({"child_details": {"sex": "canary"}}, [("$.child_details.sex", "enum")]),
        (
            {"child_details": {"date_of_birth": "2023-02-29"}},
            [("$.child_details.date_of_birth", "format")],
        ),
        (
            {"social_care_episodes": [{"social_care_episode_id": "r1"}, {"purge": True}]},
            [
                ("$.social_care_episodes[1].social_care_episode_id", "required"),
                ("$.social_care_episodes[1].purge", "const"),
            ],
        ),
        ({"purge": True}, [("$.child_details", "falseSchema")]),
    ],
)
def test_findings_name_the_place_and_the_rule(
    changes: dict[str, Any], findings: list[tuple[str, str]]
) -> None:
    found = broken(**changes)
    assert set(findings) <= set(found)
    assert "canary" not in str(found)


def test_a_text_that_is_no_json_is_found_among_the_others() -> None:
    good = json.dumps(SENT)
    texts = pl.Series([good] * 700 + ["canary", None, good + "," + good, ""] + [good] * 700)
    found = validate(texts)
    assert found["index"].to_list() == [700, 701, 702, 703]
    assert found.select("path", "rule").unique().rows() == [("$", "json")]


def test_forty_one_factors_pass_and_forty_two_do_not() -> None:
    def findings(number: int) -> list[tuple[str, str]]:
        codes = list(ssd().code_lists["assessment_factors"].codes)[:number]
        assessment = {"child_and_family_assessment_id": "s1", "factors": codes}
        return broken(
            social_care_episodes=[
                {"social_care_episode_id": "r1", "child_and_family_assessments": [assessment]}
            ]
        )

    assert findings(41) == []
    place = "$.social_care_episodes[0].child_and_family_assessments[0].factors"
    assert findings(42) == [(place, "maxItems")]


def test_samples_meet_every_path_of_the_facts() -> None:
    """What the reference is held against leaves no field out."""

    def walk(value: Any, here: str) -> set[str]:
        if isinstance(value, list):
            return {path for item in value for path in walk(item, here)}
        if not isinstance(value, dict):
            return set()
        found = set()
        for key, below in value.items():
            array = isinstance(below, list) and any(isinstance(item, dict) for item in below)
            path = f"{here}.{key}" + "[]" * array
            found |= {path} | walk(below, path)
        return found

    payloads = [
        json.loads(text)
        for seed in range(6)
        for text in build(frames(sample(seed)), AS_OF)["json_payload"]
    ]
    assert set().union(*(walk(payload, "$") for payload in payloads)) == {
        row["path"] for row in FIELDS
    }


def test_two_broken_texts_are_not_whole_together() -> None:
    one = '{"la_child_id":"A","child_details":{},"purge":false},{"la_child_id":"B"'
    other = '"child_details":{},"purge":false}'
    found = validate(pl.Series([one, other]))
    assert found.rows() == [(0, "$", "json"), (1, "$", "json")]


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"la_child_id":' * 3000 + "1" + "}" * 3000, "9" * 5000, "NaN"]
)
def test_what_no_reader_takes_is_no_json(text: str) -> None:
    assert validate(pl.Series([text])).rows() == [(0, "$", "json")]
