"""The phases one after the other, on constructed sources, in real staging targets."""

from __future__ import annotations

import json
import stat
import sys
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from scrambler import api
from scrambler.errors import OutputError, SourceError, UsageError, VerificationError
from scrambler.phases import PHASES, PhaseReport, delta_self_test, phase_ledger, run_phase
from scrambler.staging import review
from scrambler.synthetic import AS_OF
from tests.outputs import everything_in

CHILDREN = 60
FEW = ("ssd_person", "ssd_cin_episodes", "ssd_address")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("phases") / "source"
    api.fake(str(path), CHILDREN, seed=3)
    return path


@pytest.fixture(scope="module")
def done(source: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[PhaseReport]]:
    """All five phases, from an empty folder, each with its defaults. Not to be changed."""
    folder = tmp_path_factory.mktemp("done") / "phases"
    reports = [
        run_phase(1, folder=folder),
        run_phase(2, folder=folder, children=CHILDREN),
        run_phase(3, folder=folder, source=str(source), as_of=AS_OF),
        run_phase(4, folder=folder, source=str(source), as_of=AS_OF),
        run_phase(5, folder=folder, source=str(source), agreed_by="Jo Field"),
    ]
    return folder, reports


@pytest.fixture(scope="module")
def small(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A source of a few tables, which is soon scrambled."""
    path = tmp_path_factory.mktemp("small")
    for table in FEW:
        (path / f"{table}.parquet").write_bytes((source / f"{table}.parquet").read_bytes())
    return path


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "phases.jsonl").read_text("ascii").splitlines()]


def everything_under(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_order_only_dates_are_passed_on(small: Path, tmp_path: Path) -> None:
    run_phase(
        3,
        folder=tmp_path,
        source=str(small),
        as_of=AS_OF,
        shift=api.DateShift(keep="order"),
        out_of_order="a test",
    )
    manifest = json.loads((tmp_path / "phase-3" / "scrambled" / "manifest.json").read_text("utf-8"))
    assert manifest["dates"] == "order"


def test_all_five_pass_and_are_recorded(done: tuple[Path, list[PhaseReport]]) -> None:
    folder, reports = done
    assert [report.phase for report in reports] == list(PHASES)
    assert all(report.outcome.passed for report in reports)
    ledger = phase_ledger(folder)
    assert [entry.phase for entry in ledger.entries] == [1, 2, 3, 4, 5]
    assert all(ledger.passed(number) for number in range(1, 6))
    assert (ledger.faults, ledger.notes) == ((), ())
    assert ledger.seal == reports[-1].seal
    for entry, report in zip(ledger.entries, reports, strict=True):
        assert entry.counts == report.outcome.counts
        assert entry.epoch == report.outcome.epoch
        assert entry.when.endswith("+00:00")
        assert (entry.out_of_order, entry.fault) == (None, None)
    assert [entry.agreed_by for entry in ledger.entries] == [None] * 4 + ["Jo Field"]


@pytest.mark.parametrize("number", [1, 3])
def test_one_child_is_staged(done: tuple[Path, list[PhaseReport]], number: int) -> None:
    folder, reports = done
    staging = folder / f"phase-{number}/staging"
    assert review(str(staging)).rows == reports[number - 1].outcome.counts["payloads"] == 1
    (batch,) = (staging / "batches").iterdir()
    assert len(json.loads(batch.read_text("utf-8"))) == 1


def test_the_volume_is_the_cohort(done: tuple[Path, list[PhaseReport]]) -> None:
    folder, reports = done
    counts = reports[1].outcome.counts
    assert counts["constructed"] == CHILDREN > counts["payloads"] == counts["new"] > CHILDREN / 3
    assert review(str(folder / "phase-2/staging")).rows == counts["payloads"]


def test_a_delta_of_an_unchanged_source_changes_nothing(
    done: tuple[Path, list[PhaseReport]],
) -> None:
    counts = done[1][3].outcome.counts
    assert counts["full_new"] == counts["full_payloads"] == counts["cohort_after"] > 0
    assert counts["delta_unchanged"] == counts["full_new"]
    changed = ("new", "updated", "deleted", "rows")
    assert [counts[f"delta_{what}"] for what in changed] == [0, 0, 0, 0]
    assert counts["cohort_before"] >= counts["cohort_after"]
    assert "Payload cohort" in done[1][3].outcome.notes[0]


def test_phase_4_proves_that_a_delta_holds_what_was_edited(
    done: tuple[Path, list[PhaseReport]],
) -> None:
    counts = done[1][3].outcome.counts
    for way in ("new", "updated", "deleted"):
        assert counts[f"drill_{way}"] == counts[f"drill_rows_{way}"] == 5
    assert counts["drill_unchanged"] > 20


def test_a_delta_that_misses_what_changed_fails_the_phase(
    done: tuple[Path, list[PhaseReport]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second run sees the source as it was, as a delta that finds nothing would."""
    write, written = delta_self_test._write, list[int]()

    def once(folder: Path, people: pl.DataFrame) -> None:
        if not written:
            write(folder, people)
        written.append(people.height)

    monkeypatch.setattr(delta_self_test, "_write", once)
    checks, counts = delta_self_test.delta_self_test(api.Silent())
    assert [check.passed for check in checks] == [False, False, True]
    assert counts["drill_new"] == counts["drill_rows_updated"] == 0


def test_the_epoch_is_made_for_its_owner_only(done: tuple[Path, list[PhaseReport]]) -> None:
    key = done[0] / "epoch.key"
    assert key.is_file()
    if sys.platform != "win32":
        assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_nothing_of_the_source_is_in_the_folder(
    done: tuple[Path, list[PhaseReport]], source: Path
) -> None:
    ids = pl.read_parquet(source / "ssd_person.parquet")["pers_upn"].drop_nulls()
    assert len(ids) > CHILDREN / 3
    written = everything_in(done[0] / "phase-3") + everything_in(done[0] / "phase-4")
    assert [upn for upn in ids if upn.encode() in written] == []


def test_no_value_of_a_record_is_in_the_ledger(
    done: tuple[Path, list[PhaseReport]], source: Path
) -> None:
    """Every text of the ledger is a fingerprint, a hash, a moment or what somebody typed."""
    for line in lines(done[0]):
        assert all(isinstance(count, int) for count in line["counts"].values())
        assert set(line) == {
            "phase", "passed", "when", "seconds", "counts", "epoch", "out_of_order", "agreed_by",
            "fault", "previous",
        }  # fmt: skip
    ledger = (done[0] / "phases.jsonl").read_bytes()
    ids = pl.read_parquet(source / "ssd_person.parquet")["pers_person_id"]
    staged = pl.read_parquet(done[0] / "phase-4/staging/*.parquet")["person_id"]
    assert [value for value in (*ids, *staged) if f'"{value}"'.encode() in ledger] == []


def test_phase_5_writes_nothing_but_its_line(
    done: tuple[Path, list[PhaseReport]], source: Path
) -> None:
    folder = done[0]
    before, read = everything_under(folder), everything_under(source)
    run_phase(5, folder=folder, source=str(source), agreed_by="Jo Field")
    after = everything_under(folder)
    changed = {path.name for path in after if after[path] != before.get(path)}
    assert changed == {"phases.jsonl", "phases.seal"}
    assert everything_under(source) == read


def test_a_phase_waits_for_those_before_it(source: Path, tmp_path: Path) -> None:
    folder = tmp_path / "phases"
    for number, missing in ((2, "1"), (3, "1, 2"), (4, "1, 2, 3"), (5, "1, 2, 3, 4")):
        with pytest.raises(VerificationError, match=f"and {missing} did not"):
            run_phase(number, folder=folder, source=str(source), agreed_by="Jo")
    assert not folder.exists()


def test_out_of_order_is_recorded_with_its_reason(source: Path, tmp_path: Path) -> None:
    asked = {"folder": tmp_path, "source": str(source), "agreed_by": "Jo"}
    with pytest.raises(VerificationError, match="Nothing was done"):
        run_phase(5, **asked, out_of_order="  ")  # type: ignore[arg-type]
    run_phase(5, **asked, out_of_order="a drill")  # type: ignore[arg-type]
    run_phase(1, folder=tmp_path, out_of_order="not needed")
    assert [entry.out_of_order for entry in phase_ledger(tmp_path).entries] == ["a drill", None]
    assert not phase_ledger(tmp_path).passed(4)


def test_phase_5_wants_a_source_and_a_name(source: Path, tmp_path: Path) -> None:
    for given in ({"source": str(source)}, {"agreed_by": "Jo"}, {"source": "", "agreed_by": " "}):
        with pytest.raises(UsageError, match="wants --"):
            run_phase(5, folder=tmp_path, out_of_order="a drill", **given)  # type: ignore[arg-type]
    assert phase_ledger(tmp_path).entries == ()


def test_an_error_is_recorded_as_a_failure_and_closes_the_way(tmp_path: Path) -> None:
    run_phase(1, folder=tmp_path)
    (tmp_path / "phase-2/staging").mkdir(parents=True)
    (tmp_path / "phase-2/staging/mine.txt").write_text("somebody else's")
    with pytest.raises(OutputError):
        run_phase(2, folder=tmp_path, children=CHILDREN)
    failed = phase_ledger(tmp_path).entries[-1]
    assert (failed.phase, failed.passed, failed.fault) == (2, False, "OutputError")
    with pytest.raises(VerificationError, match="and 2 did not"):
        run_phase(3, folder=tmp_path, source="nowhere")


def test_an_interrupted_phase_is_recorded_as_a_failure(tmp_path: Path) -> None:
    class Impatient(api.Silent):
        def begin(self, stage: str, rows: int) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_phase(1, folder=tmp_path, progress=Impatient())
    (entry,) = phase_ledger(tmp_path).entries
    assert (entry.passed, entry.fault) == (False, "KeyboardInterrupt")


def test_a_source_that_is_not_there_is_recorded_without_its_location(tmp_path: Path) -> None:
    location = "postgresql://jo:hunter2@127.0.0.1:1/ssd"
    with pytest.raises(SourceError):
        run_phase(3, folder=tmp_path, source=location, out_of_order="a drill")
    assert "hunter2" not in (tmp_path / "phases.jsonl").read_text("ascii")


def test_a_failed_check_is_a_failed_phase(small: Path, tmp_path: Path) -> None:
    """Nobody has a payload on a day before all constructed lives."""
    report = run_phase(2, folder=tmp_path, children=20, as_of=date(1950, 1, 1), out_of_order="x")
    assert not report.outcome.passed
    assert not phase_ledger(tmp_path).entries[-1].passed
    asked = {"source": str(small), "as_of": date(1950, 1, 1), "out_of_order": "x"}
    report = run_phase(3, folder=tmp_path, **asked)  # type: ignore[arg-type]
    assert [check.what for check in report.outcome.checks if not check.passed] == [
        "a child of the payload cohort"
    ]


def test_a_tampered_ledger_stops_every_phase(source: Path, tmp_path: Path) -> None:
    run_phase(1, folder=tmp_path)
    path = tmp_path / "phases.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"passed": true', b'"passed":false'))
    for number in range(1, 6):
        with pytest.raises(OutputError, match="tampered"):
            run_phase(
                number, folder=tmp_path, source=str(source), agreed_by="Jo", out_of_order="x"
            )  # fmt: skip


def test_phases_share_a_database(small: Path, tmp_path: Path, fresh_postgres_url: str) -> None:
    """What a phase stages takes the place of what the one before it staged."""
    for target in (f"sqlite:///{(tmp_path / 'staging.db').as_posix()}", fresh_postgres_url):
        folder = tmp_path / target[:6]
        assert run_phase(1, folder=folder, to=target).outcome.passed
        assert run_phase(2, folder=folder, to=target, children=CHILDREN).outcome.passed
        asked = {"to": target, "source": str(small), "as_of": AS_OF}
        scrambled = run_phase(3, folder=folder, **asked).outcome  # type: ignore[arg-type]
        assert scrambled.passed
        # Nobody sent them, so nobody has to be told that they are gone.
        assert scrambled.counts["removed"] > CHILDREN / 3
        assert not review(target, state="Deleted").rows
        again = run_phase(2, folder=folder, to=target, children=CHILDREN).outcome
        assert again.passed
        assert again.counts["new"] == again.counts["payloads"]
        assert {path.name for path in folder.iterdir() if path.is_dir()} == {"phase-3"}


def test_there_are_five(tmp_path: Path) -> None:
    assert [phase.number for phase in PHASES] == [1, 2, 3, 4, 5]
    for number in (0, 6):
        with pytest.raises(UsageError, match="1 to 5"):
            run_phase(number, folder=tmp_path)


def test_results_are_short_and_have_frames(done: tuple[Path, list[PhaseReport]]) -> None:
    folder, reports = done
    ledger = phase_ledger(folder)
    for result in (*reports, ledger):
        assert len(repr(result)) < 2000
        assert result._repr_html_().count("<table") == 1
    assert ledger.frame["passed"].to_list()[: len(reports)] == [
        report.outcome.passed for report in reports
    ]
