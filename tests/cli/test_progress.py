"""Progress: bars where somebody watches, nothing where nobody does or a machine reads."""

from __future__ import annotations

import io

import pytest

from scrambler.cli.progress import progress
from scrambler.resources.progress import OVERALL


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
    for words in ("ssd_person", "ssd_address", "0/10"):
        assert words in text


def test_all_has_the_rate_and_the_time_left_and_what_is_done_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "xterm")
    stream = Screen()
    monkeypatch.setattr("sys.stderr", stream)
    with progress(quiet=False) as bars:
        bars.begin(OVERALL, 4000)
        bars.begin("prescan", 2000)
        bars.advance("prescan", 1500)
        bars.advance("prescan", 1500)  # some rows are read twice
        bars.begin("ssd_person", 2000)
        bars.advance("ssd_person", 500)
    last = stream.getvalue().split("prescan")[-1]
    assert "2500/4000" in last
    assert "500/2000" in last
    for line in last.splitlines():
        assert ("rows/s" in line) <= (f"{OVERALL}  " in line)


def test_elsewhere_a_table_that_is_done_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(io.StringIO(), monkeypatch) == "[done] ssd_person: 2,000 rows\n"
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    with progress(quiet=False) as lines:
        lines.begin(OVERALL, 4000)
        for stage in ("prescan", "ssd_person", "ssd_address"):
            lines.begin(stage, 0 if stage == "ssd_address" else 2000)
        lines.advance("prescan", 1500)
        lines.advance("ssd_person", 500)
        lines.advance("prescan", 1500)  # some rows are read twice
        lines.advance("ssd_address", 0)
        lines.advance("ssd_person", 1500)
    said = "[ 62 %] prescan: 2,000 rows\n[100 %] ssd_person: 2,000 rows\n"
    assert stream.getvalue() == said


def test_machines_are_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(Screen(), monkeypatch, quiet=True) == ""
    assert shown(io.StringIO(), monkeypatch, quiet=True) == ""
