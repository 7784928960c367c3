"""What a run takes of the machine is settled before Polars is imported, and once."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner

from scrambler.cli.commands import app, demo, phase, run
from scrambler.resources.limits import BATCH_ROWS, CORES, WORKERS, share_cores

_POOL = """
import sys
from scrambler.cli.commands import app
import scrambler.resources.limits
assert "polars" not in sys.modules
scrambler.resources.limits.share_cores()
import polars
print(polars.thread_pool_size())
"""


def _threads(**environment: str) -> int:
    """Return how many threads Polars has where a command shares the cores."""
    kept = {name: value for name, value in os.environ.items() if name != "POLARS_MAX_THREADS"}
    done = subprocess.run(
        [sys.executable, "-c", _POOL],
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


def test_polars_gets_what_the_tables_leave() -> None:
    assert _threads() == max(1, CORES // 2, CORES - WORKERS)


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="cores cannot be taken away here")
def test_cores_that_may_not_be_used_do_not_count() -> None:
    held = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(held)})
        assert _threads() == 1
    finally:
        os.sched_setaffinity(0, held)


@pytest.mark.parametrize(
    ("module", "command"),
    [
        (run, "run {0}/source {0}/out"),
        (demo, "demo --out {0}/demo"),
        (phase, "phase 1 --folder {0}/phases"),
    ],
    ids=["run", "demo", "phase"],
)
def test_commands_that_scramble_share_the_cores(
    module: ModuleType, command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Shared(Exception):  # noqa: N818 - stops the command where it would begin to work
        pass

    def stop() -> None:
        raise Shared

    monkeypatch.setattr(module, "share_cores", stop)
    result = CliRunner().invoke(app, [word.format(tmp_path) for word in command.split()])
    assert isinstance(result.exception, Shared)


def test_what_the_user_set_stays() -> None:
    assert _threads(POLARS_MAX_THREADS="3") == 3


def test_it_can_be_said_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLARS_MAX_THREADS", "5")
    share_cores()
    assert os.environ["POLARS_MAX_THREADS"] == "5"


def test_the_command_reads_as_many_rows_as_the_library() -> None:
    said = CliRunner().invoke(app, ["run", "--help"], env={"COLUMNS": "200"}).stdout
    shown = re.search(r"--batch-rows.*?default: (\d+)", said, flags=re.DOTALL)
    assert shown is not None
    assert int(shown[1]) == BATCH_ROWS
