"""A real browser, where the machine has one: Debian's chromium, driven by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
ABSENT = "did not run: needs a browser, Debian's chromium; pages were held to what can be computed"

needs_browser = pytest.mark.skipif(CHROMIUM is None, reason=ABSENT)

_WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Opened:
    """A page in the browser, and what it asked for or complained about since."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def violations(self) -> list[tuple[str, str]]:
        """What breaks WCAG 2.2 AA or good practice, as axe finds it."""
        # What axe itself would fetch, the page's own policy forbids.
        options = {"runOnly": _WCAG, "preload": False}
        found: list[dict[str, Any]] = Axe().run(self.page, options=options).response["violations"]
        return [(one["id"], one["nodes"][0]["html"]) for one in found]


@contextmanager
def browser() -> Iterator[Browser]:
    """Start headless Chromium."""
    with sync_playwright() as driver:
        # Root, as in containers, has no sandbox; the pages are ours.
        started = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@contextmanager
def opened(started: Browser, path: Path) -> Iterator[Opened]:
    """Open a file; every request and complaint is noted."""
    page = started.new_page()
    shown = Opened(page)
    page.on("request", lambda request: shown.requests.append(request.url))
    page.on("console", lambda message: shown.complaints.append(message.text))
    page.on("pageerror", lambda error: shown.complaints.append(str(error)))
    page.goto(path.resolve().as_uri())
    yield shown
    page.close()
