"""Originals are shown on a terminal only, and nothing of them stays anywhere."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Timer

import polars as pl
import pytest

from scrambler import api
from tests.canary import WORD, plant
from tests.command import ROOT, Command
from tests.conftest import Scrambled
from tests.outputs import everything_in

pty = pytest.importorskip("pty", reason="did not run: Windows has no pseudo-terminals to try it on")


@pytest.fixture(scope="module")
def canary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a source of canaries and its output under an epoch."""
    folder = tmp_path_factory.mktemp("compare")
    plant(str(folder / "source"))
    api.create(folder / "epoch")
    api.run(str(folder / "source"), folder / "out", epoch=folder / "epoch")
    return folder


def shown(
    folder: Path,
    *words: object,
    home: Path,
    typed: Sequence[tuple[str, str]] = (("Enter: on", "\n" * 400),),
    **more: str,
) -> tuple[int, str]:
    """Run the command on a terminal of its own, and return its code and what that was sent.

    Each text is ``typed`` when the one before it was shown: a hidden prompt throws away what was
    typed before it and after.
    """
    ours, theirs = pty.openpty()
    environment = {**os.environ, "HOME": str(home), "TERM": "xterm-256color", "TMPDIR": str(home)}
    words = ("compare", folder / "source", folder / "out", "--epoch", folder / "epoch", *words)
    started = subprocess.Popen(
        [sys.executable, "-m", "scrambler", *map(str, words)],
        cwd=ROOT,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment | more,
    )
    os.close(theirs)
    sent, left = b"", [*typed]
    end = Timer(100, started.kill)
    end.start()
    while True:
        if left and left[0][0].encode() in sent:
            os.write(ours, left.pop(0)[1].encode())
        try:
            sent += (part := os.read(ours, 65536))
        except OSError:  # Linux: the other side is closed
            break
        if not part:
            break
    end.cancel()
    os.close(ours)
    return started.wait(), sent.decode("utf-8", "replace")


def test_both_sides_are_shown_and_nothing_is_left(canary: Path, tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in canary.rglob("*")}
    code, sent = shown(canary, "--random", 2, home=tmp_path)
    assert code == 0, sent[-500:]
    assert WORD in sent
    assert "as it was" in sent
    opened, _, rest = sent.partition("\x1b[?1049h")
    seen, left, after = rest.rpartition("\x1b[?1049l")
    assert left
    assert WORD in seen
    assert WORD not in opened + after
    said = re.sub(r"\x1b\[[0-9;]*m", "", after)
    assert re.search(r"[0-9,]+ of [0-9,]+ values looked at", said)
    # Nothing but the ledger was written, and that says only that it was used.
    changed = [
        p for p in canary.rglob("*") if before.get(p) != p.stat().st_mtime_ns and p.is_file()
    ]
    assert {path.name for path in changed} <= {"ledger.jsonl", "ledger.seal", "ledger.lock"}
    (line,) = [
        json.loads(one)
        for one in (canary / "out.evidence" / "ledger.jsonl").read_text("utf-8").splitlines()
        if '"compare"' in one
    ]
    assert line["said"] == {}
    for place in (canary / "out.evidence", tmp_path):
        assert WORD.encode() not in everything_in(place)


def test_a_child_is_named_by_its_pseudonym_or_unseen(canary: Path, tmp_path: Path) -> None:
    child = pl.read_parquet(canary / "out/tables/ssd_person/*.parquet")["pers_person_id"][3]
    code, sent = shown(canary, "--row-of", child, home=tmp_path)
    assert code == 0
    assert child in sent
    true = pl.read_parquet(canary / "source/ssd_person.parquet")["pers_person_id"].drop_nulls()[5]
    typed = (("not shown", f"{true}\n"), ("Enter: on", "q\n"))
    code, sent = shown(canary, "--ask", typed=typed, home=tmp_path)
    assert code == 0
    assert true in sent.partition("\x1b[?1049h")[2]
    assert true not in sent.partition("True id of the child")[0]
    code, sent = shown(canary, "--row-of", "nobody", home=tmp_path)
    assert code == 5


def test_it_is_refused_where_it_would_be_kept(
    canary: Path, tmp_path: Path, scrambler: Command, clean: Scrambled
) -> None:
    words = ("compare", canary / "source", canary / "out", "--epoch", canary / "epoch")
    done = scrambler(*words, "--random", 1)
    assert done.code == 2
    assert "not in a pipe" in done.err
    assert scrambler(*words).code == 2
    for more in ({"ASCIINEMA_REC": "1"}, {"SCRIPT": "typescript"}):
        code, sent = shown(canary, "--random", 1, home=tmp_path, **more)
        assert code == 2
        assert "being recorded" in sent
        assert WORD not in sent
    other = ("compare", clean.source, clean.out, "--epoch", canary / "epoch", "--random", 1)
    assert scrambler(*other).code == 2
