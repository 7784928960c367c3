"""Pages of what is staged: every text as text, few to open, none written over anything."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from scrambler import api
from scrambler.errors import OutputError
from scrambler.payload import build
from scrambler.staging import stage
from scrambler.staging.pages import child_page, index_page
from scrambler.synthetic import AS_OF
from scrambler.synthetic import build as constructed
from tests.command import Command
from tests.evidence.pages import assert_readable, parsed, text_of
from tests.staging.cases import NOW

HOSTILE = "<script>alert(1)</script></style><img src=x onerror=y>\x00\x1b[31m=1+1" + "x" * 10_000


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> str:
    target = str(tmp_path_factory.mktemp("pages") / "staging")
    tables = {name: frame.lazy() for name, frame in constructed(60)}
    stage(target, [build(tables, AS_OF)], NOW)
    return target


def data_of(index: str) -> list[list[Any]]:
    (text,) = re.findall(r'<script type="application/json" id="children">(.*?)</script>', index)
    rows: list[list[Any]] = json.loads(text)
    return rows


def test_a_sample_has_pages_and_the_index_has_everybody(staged: str, tmp_path: Path) -> None:
    index = api.review_pages(staged, tmp_path / "pages", count=4)
    rows = data_of(index.read_text("utf-8"))
    assert len(rows) == api.review(staged).rows
    with_pages = [row for row in rows if row[-1] is not None]
    assert len(with_pages) == 4
    again = api.review_pages(staged, tmp_path / "again", count=4)
    assert again.read_text("utf-8") == index.read_text("utf-8")
    other = api.review_pages(staged, tmp_path / "other", count=4, seed=1)
    assert other.read_text("utf-8") != index.read_text("utf-8")
    for row in with_pages:
        page = (index.parent / f"children/{row[-1]:03}/{row[0]}.html").read_text("utf-8")
        record = api.review(staged, child=row[0]).record or {}
        day = json.loads(record["json_payload"] or "")["child_details"].get("date_of_birth")
        text = text_of(parsed(page))
        assert day is None or day in text
        assert "A sender would send it" in text
        assert not re.search(r"""(?:src|href)\s*=\s*["'](?!\.\./\.\./|#)""", page)
    assert {path.suffix for path in index.parent.rglob("*") if path.is_file()} == {".html", ".css"}


def test_all_and_those_asked_for(staged: str, tmp_path: Path, scrambler: Command) -> None:
    everybody = scrambler("review", staged, "--html", tmp_path / "all", "--all", "--json")
    rows = data_of(Path(json.loads(everybody.out)["index"]).read_text("utf-8"))
    assert all(row[-1] == 0 for row in rows)
    one = rows[3][0]
    done = scrambler("review", staged, "--html", tmp_path / "one", "--child", one)
    assert done.code == 0, done.err
    pages = [path.name for path in (tmp_path / "one" / "children").rglob("*.html")]
    assert pages == [f"{one}.html"]
    assert scrambler("review", staged, "--html", tmp_path / "one").code == 5
    with pytest.raises(OutputError, match="not staged"):
        api.review_pages(staged, tmp_path / "none", children=["nobody"])
    with pytest.raises(OutputError, match="in the staging itself"):
        api.review_pages(staged, Path(staged) / "pages")
    shown = scrambler("review", staged, "--sample", 2).out
    assert shown.count("Child, date of birth") <= 2
    assert "what" in shown
    assert scrambler("review", staged, "--all").code == 2


def test_what_anybody_staged_is_text(tmp_path: Path) -> None:
    row = dict.fromkeys(
        ("person_id", "row_state", "submission_status", "json_payload", "previous_json_payload",
         "partial_json_payload", "api_response"), HOSTILE)  # fmt: skip
    payload = {"child_details": {"first_name": HOSTILE, "date_of_birth": HOSTILE}}
    row |= {"row_state": "Updated", "json_payload": json.dumps(payload)}
    page = child_page(row)
    assert "<script>" not in page
    assert "<img" not in page
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", page)
    assert text_of(parsed(page)).count("<script>alert(1)</script></style>") >= 6
    held = pl.DataFrame([[HOSTILE], [HOSTILE], [HOSTILE], ["referral"], [9], [True], [True]],
        schema=["person_id", "row_state", "submission_status", "reasons", "characters", "error",
                "sent"])  # fmt: skip
    index = index_page(held, {}, 0)
    assert data_of(index)[0][0] == HOSTILE
    assert index.count("<script") == 2
    assert index.count("</script>") == 2
    assert_readable(index)
