"""What a run needs on its way goes with it, and with the next run where it was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from scrambler.errors import OutputError
from scrambler.files.commit import MARKER
from scrambler.files.scratch import scratch_folder
from tests.command import ROOT


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's folder for temporary files, for one test."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_it_is_private_and_goes_with_the_block(temporary: Path) -> None:
    for ended in (None, KeyboardInterrupt):
        try:
            with scratch_folder() as folder:
                assert [*folder.iterdir()] == []
                (folder / "spilled").write_text("x")
                (top,) = temporary.iterdir()
                if os.name == "posix":
                    assert top.stat().st_mode & 0o077 == 0
                if ended:
                    raise ended
        except KeyboardInterrupt:
            pass
        assert [*temporary.iterdir()] == []


def test_what_a_killed_run_left_is_removed_and_nothing_else(temporary: Path) -> None:
    program = (
        "import os, signal\n"
        "from scrambler.files.scratch import scratch_folder\n"
        "with scratch_folder() as folder:\n"
        "    (folder / 'spilled').write_text('x')\n"
        f"    os.kill(os.getpid(), {int(getattr(signal, 'SIGKILL', signal.SIGTERM))})\n"
    )
    (temporary / "scrambler-mine").mkdir()
    (temporary / "scrambler-mine" / "letter").write_text("somebody's own")
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False)
    assert len([*temporary.rglob("spilled")]) == 1
    with scratch_folder() as one, scratch_folder() as other:
        assert [*temporary.rglob("spilled")] == []
        assert one.is_dir()
        assert other.is_dir()
    assert [path.name for path in temporary.rglob("*")] == ["scrambler-mine", "letter"]


def test_a_folder_that_is_being_made_is_left_alone(temporary: Path) -> None:
    """Between its making and its mark another run may begin."""
    making = temporary / "scrambler-1"
    making.mkdir()
    with scratch_folder():
        assert making.is_dir()
    (making / MARKER).touch()
    with scratch_folder():
        assert not making.exists()


@pytest.mark.skipif(os.name != "posix", reason="links to folders need rights on Windows")
def test_a_link_is_not_followed(temporary: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    aim = tmp_path_factory.mktemp("aim")
    for name in (MARKER, "letter"):
        (aim / name).touch()
    (temporary / "scrambler-1").symlink_to(aim)
    with scratch_folder():
        pass
    assert (aim / "letter").exists()


def test_where_nothing_can_be_made(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(temporary / "none"))
    with pytest.raises(OutputError, match="Cannot make a folder"), scratch_folder():
        pass
