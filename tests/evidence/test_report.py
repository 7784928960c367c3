"""The report: each figure from one place, noticed when changed, readable by anybody."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from scrambler import api
from scrambler.errors import OutputError, UsageError, VerificationError
from scrambler.evidence import evidence_beside
from scrambler.evidence.page import failure_page, report_page
from scrambler.evidence.plots import funnel_plot
from scrambler.evidence.signature import Signature, refuse_unsigned
from scrambler.evidence.words import TREATMENTS
from scrambler.run import begin
from scrambler.sinks import open_output
from scrambler.treatments import TREATMENTS as ALL
from tests.command import Command
from tests.conftest import Scrambled
from tests.evidence.pages import assert_readable, colours_of, contrast, numbers_in, parsed, text_of
from tests.outputs import manifest_of

PACKAGE = Path(begin.__file__).parents[1]
HASH = re.compile(r"\b[0-9a-f]{16,64}\b")
NUMBER = re.compile(r"\d[\d,.]*\d|\d")
TEMPLATE = PACKAGE / "evidence" / "templates" / "report.html.j2"


@pytest.fixture(scope="module")
def judged(clean: Scrambled, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output with all evidence: verified after the run, staged, looked at."""
    folder = tmp_path_factory.mktemp("judged")
    out = shutil.copytree(clean.out, folder / "out")
    shutil.copytree(evidence_of(clean.out), evidence_of(out))
    assert api.verify(str(clean.source), out).passed
    api.stage_payloads(str(out), str(folder / "staging"))
    api.run_phase(1, folder=folder / "phases")
    api.report(out, staging=str(folder / "staging"), phases=folder / "phases")
    return out


def evidence_of(out: Path) -> Path:
    beside = evidence_beside(out)
    assert beside is not None
    return beside.folder


def document_of(out: Path) -> dict[str, Any]:
    held: dict[str, Any] = json.loads((evidence_of(out) / "report.json").read_text("utf-8"))
    return held


def test_every_treatment_has_words() -> None:
    assert TREATMENTS.keys() | {"omit"} == {one.name for one in ALL.values()}


def test_every_number_on_the_page_stands_in_the_document(judged: Path) -> None:
    document = document_of(judged)
    page = text_of(parsed((evidence_of(judged) / "report.html").read_text("utf-8")))
    said = re.sub(r"\{\{.*?\}\}", " ", TEMPLATE.read_text("utf-8"), flags=re.DOTALL)
    words = (PACKAGE / "evidence" / "words.py").read_text("utf-8")
    texts = json.dumps(document, ensure_ascii=False).replace("T", " ")
    known = {*re.findall(r"\d+", HASH.sub(" ", " ".join((said, words, texts))))}
    known |= {f"{number:,}" for number in numbers_in(document)}
    page = HASH.sub(" ", page)
    seen = [(one.group(), page[one.start() - 30 : one.end() + 30]) for one in NUMBER.finditer(page)]
    unknown = [
        (one, where)
        for one, where in seen
        if one not in known and not {*re.findall(r"\d+", one)} <= known
    ]
    assert len(seen) > 100
    assert unknown == []


def test_every_number_of_the_document_stands_where_it_is_from(judged: Path, tmp_path: Path) -> None:
    document, manifest = document_of(judged), manifest_of(judged)
    folder = evidence_of(judged)
    tables, verdict = manifest["tables"].values(), manifest["verdict"]
    treated = [one["treatment"] for table in tables for one in table["columns"].values()]
    counted = Counter(TREATMENTS[one].kind for one in treated)
    assert document["done"]["kinds"] == dict(counted)
    assert document["done"]["replaced"] == len(treated) - treated.count("keep")
    output = document["output"]
    assert output["rows"] == sum(table["rows"] for table in tables)
    assert (output["tables"], output["columns"]) == (len(tables), len(treated))
    run = document["run"]
    assert (run["id_domains"], run["references"]) == (
        len(verdict["id_domains"]),
        len(verdict["references"]),
    )
    assert (run["one_to_one"], run["intact"]) == (run["id_domains"], run["references"])
    assert run["compared"] == len(verdict["columns"]) == sum(run["judged"].values())
    summed = {"kinds", "replaced", "judged", "compared", "id_domains", "one_to_one", "references",
              "intact", "failed", "tables", "rows", "columns", "deltas", "format"}  # fmt: skip
    files = [json.loads(path.read_text("utf-8")) for path in folder.glob("[vp]*-*.json")]
    phases = [
        json.loads(line)
        for line in (judged.parent / "phases" / "phases.jsonl").read_text("utf-8").splitlines()
    ]
    staged = api.review(str(judged.parent / "staging")).counts
    sources = {*numbers_in([manifest, files, phases, [vars(one) for one in staged]])}
    sources |= {sum(one.rows for one in staged)}

    def walk(value: Any, path: tuple[str, ...]) -> None:
        if isinstance(value, dict):
            for key, one in value.items():
                walk(one, (*path, key))
        elif isinstance(value, list):
            for one in value:
                walk(one, path)
        elif not (path[0] in ("output", "done", "run") and set(path[:2]) & summed):
            for number in numbers_in(value):
                assert number in sources or path[-1] in summed, path

    walk(document, ())


def test_the_page_can_be_read_by_anybody(judged: Path) -> None:
    page = (evidence_of(judged) / "report.html").read_text("utf-8")
    assert len(page.encode()) < 2_000_000
    assert "<script" not in page
    assert_readable(page)
    colours = colours_of(PACKAGE / "pages" / "style.css")
    for ground in ("#ffffff", colours["band"]):
        for name in ("ink", "quiet", "good", "bad", "link"):
            assert contrast(colours[name], ground) >= 4.5, (name, ground)


def test_a_text_of_anybody_is_text_on_the_page(judged: Path) -> None:
    document = document_of(judged)
    hostile = (
        "<script>alert(1)</script></style><img src=x onerror=y>\x00\x1b[31m=1+1" + "x" * 10_000
    )
    sample = {"child": hostile, "row_state": hostile, "events": [
        {"day": hostile, "what": hostile, "details": [[hostile, hostile]]}]}  # fmt: skip
    document["payloads"]["samples"] = [sample]
    document["verifications"][-1]["notes"] = [hostile]
    page = report_page(document)
    assert_readable(page)
    assert text_of(parsed(page)).count("<script>alert(1)</script></style>") == 7
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", page)
    failed = {"error": "X", "exit_code": 6, "findings": [hostile], "stays": False,
              "when": "2026-01-01T00:00:00+00:00", "version": "1"}  # fmt: skip
    assert_readable(failure_page(failed))
    assert "<script" not in failure_page(failed)


@pytest.mark.parametrize("what", ["report.html", "ledger.jsonl", "verification-1.json", "output"])
def test_a_changed_byte_is_noticed(
    judged: Path, tmp_path: Path, scrambler: Command, what: str
) -> None:
    out = shutil.copytree(judged, tmp_path / "out")
    folder = shutil.copytree(evidence_of(judged), evidence_of(out))
    assert scrambler("report", "--check", folder / "report.html").code == 0
    (part, *_) = sorted((out / "tables" / "ssd_person").iterdir())
    path = part if what == "output" else folder / what
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    done = scrambler("report", "--check", folder / "report.html", "--json")
    assert done.code == 5
    assert not json.loads(done.out)["passed"]
    with pytest.raises(OutputError, match="not signed"):
        api.sign(folder / "report.html", "Jo", "release")


def test_signing_is_recorded_and_wanted(judged: Path, tmp_path: Path, scrambler: Command) -> None:
    out = shutil.copytree(judged, tmp_path / "out")
    folder = shutil.copytree(evidence_of(judged), evidence_of(out))
    fingerprint = open_output(out).fingerprint
    with pytest.raises(OutputError, match="Nobody has signed"):
        refuse_unsigned(evidence_beside(out), fingerprint)
    copy = tmp_path / "copy.html"
    api.report(out, to=copy)
    with pytest.raises(OutputError, match="name the output"):
        api.sign(copy, "Jo", "release")
    words = ("sign", copy, "--out", out, "--name", "Jo", "--role", "SIRO", "--decision")
    assert scrambler(*words, "release").code == 0
    assert (folder / "signed-1.html").read_bytes() == copy.read_bytes()
    assert refuse_unsigned(evidence_beside(out), fingerprint).said["role"] == "SIRO"
    assert "SIRO" in api.report(out).read_text("utf-8")
    assert all(check.passed for check in api.check_report(copy, out))
    assert scrambler(*words, "refuse").code == 0
    with pytest.raises(OutputError, match="refused"):
        refuse_unsigned(evidence_beside(out), fingerprint)
    with pytest.raises(UsageError):
        Signature("Jo", "release-with-conditions")


def test_evidence_of_an_output_that_was_replaced_is_set_aside(
    clean: Scrambled, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    asked: dict[str, Any] = {"tables": ("ssd_person",)}
    api.run(str(clean.source), out, **asked)
    first = open_output(out).fingerprint
    api.run(str(clean.source), out, replace=True, **asked)
    folder = evidence_of(out)
    former = folder / "former" / first[:16]
    assert {path.name for path in former.iterdir()} >= {"report.html", "verification-1.json"}
    assert {step.fingerprint for step in evidence_beside(out).ledger().entries} == {  # type: ignore[union-attr]
        open_output(out).fingerprint
    }
    shutil.copy(former / "verification-1.json", folder / "verification-9.json")
    api.report(out)
    assert document_of(out)["not_of_this_output"] == ["verification-9.json"]


def test_a_run_that_fails_leaves_a_page_and_no_output(
    clean: Scrambled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_: object) -> None:
        raise VerificationError("ssd_person.pers_sex: 12 of 300 values unchanged.")

    monkeypatch.setattr(begin, "STEPS", (failing,))
    with pytest.raises(VerificationError):
        api.run(str(clean.source), tmp_path / "out")
    assert {path.name for path in tmp_path.iterdir()} == {"out.evidence"}
    page = (tmp_path / "out.evidence" / "failed-1.html").read_text("utf-8")
    assert_readable(page)
    assert "12 of 300 values unchanged" in text_of(parsed(page))


def test_evidence_that_cannot_be_kept_undoes_no_run(clean: Scrambled, tmp_path: Path) -> None:
    (tmp_path / "out.evidence").mkdir()
    (tmp_path / "out.evidence" / "theirs.txt").write_text("mine")
    done = api.run(str(clean.source), tmp_path / "out", tables=("ssd_person",))
    assert "not made by this program" in done.evidence
    assert manifest_of(tmp_path / "out")["verdict"]["passed"]
    assert [path.name for path in (tmp_path / "out.evidence").iterdir()] == ["theirs.txt"]


def test_the_funnel_has_a_dot_for_each_figure() -> None:
    columns = [
        {"examined": 1000, "standard_errors": 3},
        {"examined": 20_000, "standard_errors": -7},
    ]
    drawn = funnel_plot([*columns, {"examined": 60}])
    assert drawn is not None
    assert drawn.count("<circle") == 2
    assert funnel_plot([{"examined": 60}]) is None
