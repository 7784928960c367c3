"""Progress: bars where somebody watches, nothing where nobody does or a machine reads."""

from __future__ import annotations

import io

import pytest

from scrambler.cli.progress import progress


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch, *, quiet: bool = False) -> str:
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    with progress(quiet) as bars:
        bars.begin("ssd_person", 2000)
        bars.advance("ssd_person", 500)
        bars.advance("ssd_person", 1500)
        bars.begin("ssd_address", 10)
    return stream.getvalue()


def test_on_a_terminal_there_is_a_bar_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    text = shown(Screen(), monkeypatch)
    for words in ("ssd_person", "ssd_address", "2000/2000", "rows/s"):
        assert words in text


def test_elsewhere_there_is_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(io.StringIO(), monkeypatch) == ""
    assert shown(Screen(), monkeypatch, quiet=True) == ""
