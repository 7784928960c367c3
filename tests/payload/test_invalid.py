"""The pack of labelled payloads, judged by another validator than the program's own."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import polars as pl
import pytest

from scrambler.errors import OutputError
from scrambler.payload import invalid_payloads, schema, validate
from tests.command import Command

from .test_schema import resolve

JUDGED = jsonschema.Draft202012Validator(
    schema(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
)
STRUCTURE = {"properties", "items", "allOf", "$ref", "$schema", "$id", "$defs", "title"}
BRANCHES = {"if", "then", "else"}


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pack") / "bad"
    invalid_payloads(folder)
    return folder


def labelled(pack: Path) -> list[dict[str, str]]:
    with (pack / "cases.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def found(text: str) -> set[tuple[str, str]]:
    """Return what another validator says is wrong, as paths and rules."""
    try:
        payload = json.loads(text)
    except ValueError:
        return {("$", "json")}
    wrong = set()
    for error in JUDGED.iter_errors(payload):
        path = error.json_path
        if error.validator == "required":
            (missing,) = set(error.validator_value) - set(error.instance)
            path = f"{path}.{missing}"
        elif error.validator is None:  # what may not be there at all; this library loses its path
            (path,) = (f"$.{name}" for name, block in payload.items() if block is error.instance)
        wrong.add((path, error.validator or "falseSchema"))
    return wrong


def test_each_payload_breaks_what_its_label_says(pack: Path) -> None:
    assert json.loads((pack / "payload.schema.json").read_text("utf-8")) == schema()
    rows = labelled(pack)
    assert {row["file"] for row in rows} == {
        path.relative_to(pack).as_posix() for path in (pack / "payloads").iterdir()
    }
    texts = [(pack / row["file"]).read_text("utf-8") for row in rows]
    for row, text in zip(rows, texts, strict=True):
        wrong = found(text)
        assert row["verdict"] == ("refused" if wrong else "accepted"), row
        if wrong:
            assert (row["path"], row["rule"]) in wrong, row
            assert {path for path, _ in wrong} == {row["path"]}, row  # nothing wrong elsewhere
    ours = {(at, path, rule) for at, path, rule in validate(pl.Series(texts)).rows()}
    refused = {(at, row["path"], row["rule"]) for at, row in enumerate(rows) if row["rule"]}
    assert refused <= ours
    assert {at for at, *_ in ours} == {at for at, *_ in refused}


def test_each_rule_of_the_schema_is_broken(pack: Path) -> None:
    def rules(node: Any, path: str) -> Iterator[tuple[str, str]]:
        node = resolve(node)
        for keyword in node.keys() - STRUCTURE - BRANCHES:
            if keyword == "required":
                yield from ((f"{path}.{key}", keyword) for key in node[keyword])
            elif not (keyword == "maxLength" and "enum" in node):
                yield path, keyword
        for name, below in node.get("properties", {}).items():
            yield from rules(below, f"{path}.{name}")
        if "items" in node:
            yield from rules(node["items"], f"{path}[0]")

    node = schema()
    wanted = [*rules(node, "$"), ("$", "json"), ("$.child_details", "required")]
    wanted += [(f"$.{block}", "falseSchema") for block in node["then"]["properties"]]
    broken = [(row["path"], row["rule"]) for row in labelled(pack) if row["rule"]]
    assert sorted(broken) == sorted(wanted)


def test_the_command(tmp_path: Path, scrambler: Command) -> None:
    folder = tmp_path / "bad"
    done = scrambler("payload", "--invalid", "--to", folder)
    assert (done.code, done.err) == (0, "")
    assert "3 to be accepted" in done.out
    again = scrambler("payload", "--invalid", "--to", folder)
    assert again.code == OutputError.exit_code
    assert "exists already" in again.err
    assert scrambler("payload", "out", "--invalid", "--to", tmp_path / "other").code == 2
    assert not (tmp_path / "other").exists()
    missing = scrambler("payload", "--to", folder)
    assert missing.code == 2
    assert "SOURCE" in missing.err
