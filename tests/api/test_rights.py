"""What is written is its owner's only, unless it is to be shared."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from scrambler import api, synthetic
from scrambler.payload import build
from scrambler.staging import MergeSettings, stage
from tests.staging.cases import NOW

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows has lists of access instead")

PART = ["ssd_person", "ssd_cin_episodes"]


def written(folder: Path, shared: bool) -> dict[str, int]:
    """Let everything be written that is, and return the rights of all of it."""
    source = f"sqlite:///{folder}/source.db"
    api.fake(source, 60, shared=shared)
    for out in (folder / "out", f"sqlite:///{folder}/out.db"):
        api.run(source, out, tables=PART, shared=shared)
    tables = {name: frame.lazy() for name, frame in synthetic.build(60)}
    payloads = build(tables, synthetic.AS_OF)
    for place in (str(folder / "staging"), f"sqlite:///{folder}/staging.db"):
        stage(place, [payloads], NOW, MergeSettings(shared=shared))
    api.run_phase(1, folder=folder / "phases", shared=shared)
    return {
        path.relative_to(folder).as_posix(): stat.S_IMODE(path.stat().st_mode)
        for path in folder.rglob("*")
        if path.is_dir() or path.stat().st_size  # marks and locks say nothing
    }


def test_what_is_written_is_its_owners_or_shared(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        found = {}
        for name in ("own", "shared"):
            (tmp_path / name).mkdir()
            found[name] = written(tmp_path / name, name == "shared")
    finally:
        os.umask(before)
    assert found["own"].keys() == found["shared"].keys()
    for path, rights in found["shared"].items():
        assert rights in (0o644, 0o755), path
        # The folder of a phase is made by whoever first writes into it; what it holds is not open.
        if path not in ("phases", "phases/phase-1"):
            assert found["own"][path] == (0o700 if rights == 0o755 else 0o600), path
    assert {"out/manifest.json", "out.db", "staging.db", "phases/phases.jsonl"} <= found[
        "own"
    ].keys()
