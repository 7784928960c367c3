"""Pages as a reader has them: their text, their names for assistive technology, their contrasts."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib

_XHTML = "{http://www.w3.org/1999/xhtml}"


def parsed(page: str) -> Element:
    """The page as a tree; an error for HTML that is not well formed by the standard."""
    tree: Element = html5lib.HTMLParser(strict=True, namespaceHTMLElements=True).parse(page)
    return tree


def found(tree: Element, tag: str) -> list[Element]:
    return [one for one in tree.iter() if one.tag == f"{_XHTML}{tag}"]


def text_of(tree: Element, without: tuple[str, ...] = ("style", "script", "svg")) -> str:
    """What is read on the page, pictures aside."""

    def read(element: Element) -> str:
        if not isinstance(element.tag, str) or element.tag.rpartition("}")[2] in without:
            return ""
        inner = " ".join(read(child) + (child.tail or "") for child in element)
        return f"{element.text or ''} {inner}"

    return re.sub(r"\s+", " ", read(tree))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours #rrggbb, as WCAG 2.2 defines it."""

    def luminance(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def numbers_in(value: Any) -> list[float]:
    """Every number of a JSON document; truth values are none."""
    if isinstance(value, dict):
        return [number for one in value.values() for number in numbers_in(one)]
    if isinstance(value, list):
        return [number for one in value for number in numbers_in(one)]
    return [value] if isinstance(value, int | float) and not isinstance(value, bool) else []


def assert_readable(page: str) -> None:
    """Held against what can be computed: headings, tables, language, no script, no request."""
    tree = parsed(page)
    assert tree.get("lang") == "en-GB"
    levels = [int(one.tag[-1]) for one in tree.iter() if re.fullmatch(r".*\}h[1-6]", str(one.tag))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for table in found(tree, "table"):
        assert found(table, "caption")
        headers = found(table, "th")
        assert headers
        assert all(one.get("scope") in ("row", "col") for one in headers)
    for figure in found(tree, "figure"):
        assert figure.get("aria-label")
    ids = [one.get("id") for one in tree.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    assert not re.search(r"""(?:src|href|action)\s*=\s*["'](?!#)|url\(|@import""", page)


def colours_of(style: Path) -> dict[str, str]:
    """The colours that a style sheet names."""
    return dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", style.read_text("utf-8")))
