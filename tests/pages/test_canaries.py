"""No page, record or ledger holds a value of the source."""

from __future__ import annotations

from pathlib import Path

from scrambler import api
from tests.canary import WORD, plant
from tests.outputs import everything_in


def test_no_page_holds_a_canary(tmp_path: Path) -> None:
    source, out = tmp_path / "source", tmp_path / "out"
    plant(str(source))
    api.run(str(source), out, count_errors=True)
    api.verify(str(source), out)
    api.stage_payloads(str(out), str(tmp_path / "staging"))
    api.report(out, staging=str(tmp_path / "staging"), to=tmp_path / "copy.html")
    api.review_pages(str(tmp_path / "staging"), tmp_path / "pages", every=True)
    made = {path.name for path in (tmp_path / "out.evidence").iterdir()}
    assert {"report.html", "report.json", "verification-2.json", "payloads-1.json"} <= made
    for place in ("out.evidence", "copy.html", "pages"):
        assert WORD.encode() not in everything_in(tmp_path / place).lower(), place
