"""A ledger says what was appended, and shows every way of tampering with it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from scrambler.errors import OutputError
from scrambler.files import chain
from scrambler.phases.ledger import Entry, Ledger, append, read_ledger

ENTRIES = (
    Entry(1, True, "2026-04-01T09:00:00+00:00", 1.5, {"payloads": 1}),
    Entry(2, False, "2026-04-01T09:10:00+00:00", 60.0, fault="OutputError"),
    Entry(2, True, "2026-04-01T10:00:00+00:00", 61.0, {"payloads": 9000}),
    Entry(5, True, "2026-04-02T10:00:00+00:00", 2.0, {}, "0123456789abcdef", "a drill", "Jo"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for entry in ENTRIES:
        append(tmp_path / "phases", entry)
    return tmp_path / "phases"


def lines(folder: Path) -> list[bytes]:
    return (folder / "phases.jsonl").read_bytes().splitlines(keepends=True)


def rewrite(folder: Path, content: list[bytes]) -> Ledger:
    (folder / "phases.jsonl").write_bytes(b"".join(content))
    return read_ledger(folder)


def test_it_says_what_was_appended(folder: Path) -> None:
    ledger = read_ledger(folder)
    assert ledger.entries == ENTRIES
    assert (ledger.faults, ledger.notes) == ((), ())


def test_each_line_holds_the_hash_of_the_one_before(folder: Path) -> None:
    before = "0" * 64
    for line in lines(folder):
        assert json.loads(line)["previous"] == before
        before = hashlib.sha256(line.rstrip(b"\n")).hexdigest()
    assert read_ledger(folder).seal == before


def test_the_latest_run_of_a_phase_counts(folder: Path) -> None:
    ledger = read_ledger(folder)
    assert [ledger.passed(number) for number in (1, 2, 3)] == [True, True, False]
    append(folder, ENTRIES[1])
    assert not read_ledger(folder).passed(2)


def test_a_folder_without_a_ledger_has_no_entries(tmp_path: Path) -> None:
    ledger = read_ledger(tmp_path / "nowhere")
    assert (ledger.entries, ledger.faults, ledger.notes) == ((), (), ())


def edited(number: int) -> Callable[[list[bytes]], list[bytes]]:
    def edit(found: list[bytes]) -> list[bytes]:
        found[number] = found[number].replace(b"2026-04", b"2026-03")
        return found

    return edit


@pytest.mark.parametrize(
    "tamper",
    [
        pytest.param(edited(0), id="first line edited"),
        pytest.param(edited(2), id="middle line edited"),
        pytest.param(edited(3), id="last line edited"),
        pytest.param(lambda found: found[1:], id="first line removed"),
        pytest.param(lambda found: [found[0], *found[2:]], id="middle line removed"),
        pytest.param(lambda found: found[:-1], id="last line removed"),
        pytest.param(lambda found: found[:1], id="all but the first removed"),
        pytest.param(lambda found: [], id="all removed"),
        pytest.param(lambda found: [found[1], found[0], *found[2:]], id="reordered"),
        pytest.param(lambda found: [*found[:2], found[3], found[2]], id="reordered at the end"),
        pytest.param(lambda found: [*found, found[-1]], id="repeated"),
        pytest.param(lambda found: [*found[:3], found[3][:-20]], id="last line cut short"),
        pytest.param(lambda found: [*found[:3], found[3][:-1]], id="last line end cut"),
        pytest.param(lambda found: [found[0], b"\n", *found[1:]], id="blank line put in"),
        pytest.param(lambda found: [b"[]\n", *found[1:]], id="no entry"),
        pytest.param(
            lambda found: [found[0].replace(b'"phase": 1', b'"phase": "1"'), *found[1:]],
            id="another type",
        ),
        pytest.param(
            lambda found: [found[0].replace(b'{"payloads": 1}', b'{"payloads": "1"}'), *found[1:]],
            id="counts that are no numbers",
        ),
    ],
)
def test_tampering_shows(folder: Path, tamper: Callable[[list[bytes]], list[bytes]]) -> None:
    assert rewrite(folder, tamper(lines(folder))).faults
    with pytest.raises(OutputError, match="tampered"):
        append(folder, ENTRIES[0])


@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"lines": 3, "last": "ab"}'])
def test_tampering_with_the_seal_shows(folder: Path, content: bytes | None) -> None:
    seal = folder / "phases.seal"
    seal.unlink() if content is None else seal.write_bytes(content)
    assert read_ledger(folder).faults


def test_a_ledger_that_is_gone_shows(folder: Path) -> None:
    (folder / "phases.jsonl").unlink()
    assert read_ledger(folder).faults == ("4 lines are missing",)


def interrupted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Append ENTRIES[0], but die before the last seal; return what the ledger held before."""
    before = (folder / "phases.jsonl").read_bytes()
    write, seals = chain._write_seal, []

    def dying(path: Path, seal: Any, shared: bool) -> None:
        if seals:
            raise KeyboardInterrupt
        seals.append(seal)
        write(path, seal, shared)

    with monkeypatch.context() as patch:
        patch.setattr(chain, "_write_seal", dying)
        with pytest.raises(KeyboardInterrupt):
            append(folder, ENTRIES[0])
    return before


def test_an_interrupted_append_is_said_and_counts_for_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = interrupted(folder, monkeypatch)
    whole = (folder / "phases.jsonl").read_bytes()
    for end in range(len(before), len(whole)):
        ledger = rewrite(folder, [whole[:end]])
        assert ledger.entries == ENTRIES
        assert ledger.faults == ()
        assert "cut short" in ledger.notes[0]
    append(folder, ENTRIES[1])
    ledger = read_ledger(folder)
    assert ledger.entries == (*ENTRIES, ENTRIES[1])
    assert (ledger.faults, ledger.notes) == ((), ())


def test_an_append_interrupted_before_its_seal_counts(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(folder, monkeypatch)
    ledger = read_ledger(folder)
    assert ledger.entries == (*ENTRIES, ENTRIES[0])
    assert ledger.faults == ()
    assert "seal" in ledger.notes[0]
    append(folder, ENTRIES[1])
    assert read_ledger(folder).notes == ()


def forged(folder: Path) -> bytes:
    """A line of the right form that follows the last one, made by hand."""
    last = lines(folder)[-1].rstrip(b"\n")
    entry = json.loads(last) | {"phase": 4, "passed": True}
    entry["previous"] = hashlib.sha256(last).hexdigest()
    return json.dumps(entry).encode("ascii") + b"\n"


def test_a_forged_line_is_a_fault_and_is_never_sealed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = forged(folder)
    for part in (line, line[:-1], line[:9]):
        assert rewrite(folder, [*lines(folder)[: len(ENTRIES)], part]).faults
        with pytest.raises(OutputError, match="tampered"):
            append(folder, ENTRIES[0])
    # Nor in the place of the line that an interrupted append was about to write.
    rewrite(folder, lines(folder)[: len(ENTRIES)])
    before = interrupted(folder, monkeypatch)
    assert rewrite(folder, [before, line]).faults
    assert rewrite(folder, [before[: before[:-1].rindex(b"\n") + 1]]).faults


def test_a_seal_that_is_gone_is_a_fault_beside_lines(folder: Path) -> None:
    (folder / "phases.seal").unlink()
    for kept in (lines(folder)[:1], lines(folder)[:3], [b"{"]):
        assert rewrite(folder, kept).faults == ("phases.seal is missing",)
    (folder / "phases.jsonl").unlink()
    assert read_ledger(folder).faults == ()


@pytest.mark.parametrize(
    "content", [b'{"lines": -1, "last": "x"}', b'{"lines": 1e400, "last": "x"}', b"[" * 100_000]
)
def test_a_seal_of_another_form_is_a_fault(folder: Path, content: bytes) -> None:
    (folder / "phases.seal").write_bytes(content)
    assert read_ledger(folder).faults == ("phases.seal cannot be read",)


@pytest.mark.parametrize("line", [b"[" * 100_000, b'{"counts": 1}'])
def test_a_line_of_another_form_is_a_fault(folder: Path, line: bytes) -> None:
    assert "line 5 is no entry" in rewrite(folder, [*lines(folder), line + b"\n"]).faults[0]


def _append_some(folder: Path, entry: Entry) -> None:
    for _ in range(5):
        append(folder, entry)


def test_two_processes_append_one_after_the_other(tmp_path: Path) -> None:
    # Not forked: Polars' threads would not survive it.
    both = [
        get_context("spawn").Process(target=_append_some, args=(tmp_path, entry))
        for entry in ENTRIES[:2]
    ]
    for one in both:
        one.start()
    for one in both:
        one.join()
        assert one.exitcode == 0
    ledger = read_ledger(tmp_path)
    assert [sum(entry == one for entry in ledger.entries) for one in ENTRIES[:2]] == [5, 5]
    assert ledger.faults == ()
