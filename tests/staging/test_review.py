"""Looking at what is staged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scrambler.errors import OutputError
from scrambler.staging import review, stage

from .cases import CHANGES, LATER, NOW, child, first, second, send


@pytest.fixture
def staged(location: str) -> str:
    stage(location, [first()], NOW)
    send(location)
    stage(location, [second()], LATER)
    return location


def test_rows_are_counted_by_state_and_status(staged: str) -> None:
    found = review(staged)
    unchanged = "sent" if staged.startswith(("sqlite", "postgresql")) else "pending"
    counts = {(one.row_state, one.submission_status): one.rows for one in found.counts}
    assert counts == {
        ("New", "pending"): 1,
        ("Updated", "pending"): len(CHANGES) - 1,
        ("Unchanged", unchanged): first().height - len(CHANGES),
        ("Deleted", "pending"): 1,
    }
    assert found.rows == first().height + 1
    assert (found.children, found.record) == ((), None)
    same = next(one for one in found.counts if one.row_state == "Unchanged")
    texts = first().filter(~first()["person_id"].is_in([child(way) for way in CHANGES]))
    sizes = texts["json_payload"].str.len_chars()
    assert (same.shortest, same.longest) == (sizes.min(), sizes.max())
    assert same.mean == int(sizes.mean())  # type: ignore[arg-type]


def test_one_state(staged: str) -> None:
    found = review(staged, state="updated")
    assert found.rows == len(CHANGES) - 1
    assert set(found.children) == {child(way) for way in CHANGES if way != "gone"}


def test_one_child(staged: str) -> None:
    record = review(staged, child=child("name")).record
    assert record is not None
    assert record["row_state"] == "Updated"
    payload = record["json_payload"]
    assert payload is not None
    assert payload.startswith('{\n  "la_child_id": "')
    assert json.loads(payload)["child_details"]["surname"] == 'O\'New "Näme"'
    assert len(str(record["current_hash"])) == 64
    assert record["api_response"] is None


@pytest.mark.parametrize("kind", ["folder", "sqlite"])
def test_nothing_staged_is_said_and_nothing_is_made(kind: str, tmp_path: Path) -> None:
    place = tmp_path / "none"
    with pytest.raises(OutputError, match="nothing is staged"):
        review(str(place) if kind == "folder" else f"sqlite:///{place.as_posix()}")
    assert list(tmp_path.iterdir()) == []


def test_unknown_states_and_children_are_said(staged: str) -> None:
    with pytest.raises(OutputError, match="states are New, Updated, Unchanged, Deleted"):
        review(staged, state="Gone")
    with pytest.raises(OutputError, match="no child of that id"):
        review(staged, child="nobody")
    with pytest.raises(OutputError, match="no id of a payload"):
        review(staged, child="x' OR '1'='1")
