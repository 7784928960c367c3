"""The pages in a real browser: readable by anybody, nothing fetched, printed on A4."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from scrambler import api
from scrambler.errors import VerificationError
from scrambler.evidence import Evidence
from scrambler.evidence.failure import keep_failure
from tests.browser import browser, needs_browser, opened
from tests.conftest import Scrambled

pytestmark = needs_browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def pages(clean: Scrambled, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with samples, the pages of what is staged, and that of a run that failed."""
    folder = tmp_path_factory.mktemp("pages")
    out = shutil.copytree(clean.out, folder / "out")
    shutil.copytree(clean.out.with_name("out.evidence"), folder / "out.evidence")
    target = str(folder / "staging")
    api.stage_payloads(str(out), target)
    api.report(out, staging=target)
    api.review_pages(target, folder / "review", count=2)
    failure = VerificationError("ssd_person.pers_sex: 12 of 300 values unchanged.")
    keep_failure(Evidence(folder / "out.evidence"), failure, stays=True)
    return folder


def test_pages_are_accessible_and_fetch_nothing(pages: Path, chromium: Browser) -> None:
    (child, *_) = sorted((pages / "review" / "children").rglob("*.html"))
    evidence = pages / "out.evidence"
    for path in (
        evidence / "report.html",
        evidence / "failed-1.html",
        pages / "review/index.html",
        child,
    ):
        with opened(chromium, path) as shown:
            assert shown.violations() == [], path
            assert shown.complaints == [], path
            beside = {one for one in shown.requests if one != path.resolve().as_uri()}
            assert beside <= {(pages / "review" / "style.css").resolve().as_uri()}, path


def test_the_report_prints_on_a4(pages: Path, chromium: Browser) -> None:
    with opened(chromium, pages / "out.evidence" / "report.html") as shown:
        printed = shown.page.pdf(prefer_css_page_size=True)
    sizes = set(re.findall(rb"/MediaBox \[([^\]]*)\]", printed))
    assert printed.startswith(b"%PDF")
    for box in sizes:
        width, height = map(float, box.split()[2:])
        assert (round(width), round(height)) == (595, 842)


def test_children_are_found_and_filtered(pages: Path, chromium: Browser) -> None:
    staged = api.review(str(pages / "staging")).rows
    with opened(chromium, pages / "review" / "index.html") as shown:
        page = shown.page
        assert page.locator("#list tbody tr").count() == 2
        page.get_by_label("with a page only").uncheck()
        assert f"{staged} children found" in page.locator("#said").inner_text()
        assert page.locator("#list tbody tr").count() == min(100, staged)
        child = page.locator("#list tbody th").nth(7).inner_text()
        page.get_by_label("ID").fill(child[2:9].upper())
        assert page.locator("#list tbody th").all_inner_texts() == [child]
        page.get_by_label("ID").fill("")
        page.get_by_label("Has").select_option("in care")
        rows = page.locator("#list tbody tr").all_inner_texts()
        assert rows
        assert all("in care" in row for row in rows)
        page.get_by_label("in error only").check()
        assert "0 children found" in page.locator("#said").inner_text()
        assert shown.complaints == []
