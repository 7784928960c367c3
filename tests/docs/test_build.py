"""The documentation as a site: built without a warning, and every link leads somewhere."""

from __future__ import annotations

import shutil
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from docs import build
from scrambler.ssd import ssd
from scrambler.ssd.rules import RULES
from scrambler.treatments import TREATMENTS


class Page(HTMLParser):
    """The links of a page, and what can be linked to in it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.places: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.places.add(value)
            elif name in ("href", "src") and value:
                self.links.add(value)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs") / "built"
    assert build.main(folder) == 0
    return folder / "site"


def test_every_link_leads_somewhere(site: Path) -> None:
    pages = {path.resolve(): Page(path) for path in site.rglob("*.html") if path.name != "404.html"}
    assert len(pages) >= 16
    followed = 0
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme in ("mailto", "data"):
                continue
            assert not parts.scheme or (parts.scheme, parts.netloc) == ("https", "zensical.org")
            if parts.scheme:
                continue
            aim = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert aim.exists(), f"{path.name} links to {link}"
            if parts.fragment and aim in pages and not parts.fragment.startswith("__"):
                assert unquote(parts.fragment) in pages[aim].places, f"{path.name}: {link}"
            followed += 1
    assert followed > 500


def test_the_reference_has_all_that_there_is(site: Path) -> None:
    def text(name: str) -> str:
        return (site / "reference" / f"{name}.html").read_text(encoding="utf-8")

    for name, wanted in {
        "treatments": TREATMENTS,
        "rules": [rule.id for rule in RULES],
        "dictionary": ssd().tables,
        "code-lists": ssd().code_lists,
        "policy": ssd().tables,
        "commands": ["scrambler run", "scrambler epoch close", "--invalid"],
    }.items():
        page = text(name)
        assert [one for one in wanted if one not in page] == [], name


def test_a_broken_link_ends_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    docs = tmp_path / "docs"
    shutil.copytree(build.DOCS, docs, ignore=shutil.ignore_patterns("__pycache__"))
    with (docs / "pages" / "install.md").open("a", encoding="utf-8") as page:
        page.write("\n[nowhere](nowhere.md)\n")
    monkeypatch.setattr(build, "DOCS", docs)
    assert build.main(tmp_path / "built") != 0
