"""What a run takes of the machine is settled before Polars is imported, and once."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from scrambler.cli.commands import app
from scrambler.machine import BATCH_ROWS, CORES, share_cores

_POOL = """
import sys
from scrambler.cli.commands import app
import scrambler.machine
assert "polars" not in sys.modules
scrambler.machine.share_cores()
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


def test_polars_gets_half_of_the_cores() -> None:
    assert _threads() == max(1, CORES // 2)


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
