"""Says whether every pin of constraints.txt has a wheel for each system: `python .ci/wheels.py`.

It asks the package index that uv is set up for, so it is no test; uv comes by `pip install uv` in
any environment. Nothing is installed. Exit code 1 where something has no wheel.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

CONSTRAINTS = Path(__file__).resolve().parent.parent / "constraints.txt"
SYSTEMS = {
    "Windows": "x86_64-pc-windows-msvc",
    "macOS, Apple silicon": "aarch64-apple-darwin",
    "Linux": "x86_64-unknown-linux-gnu",
    "Linux, ARM": "aarch64-unknown-linux-gnu",
}
PYTHONS = ("3.11", "3.12", "3.13")


def main() -> int:
    """Ask for every system and Python, and say what lacks a wheel; 1 where something does."""
    uv = shutil.which("uv")
    command = [uv] if uv else [sys.executable, "-m", "uv"]
    failed = False
    for name, platform in SYSTEMS.items():
        for python in PYTHONS:
            done = asked(command, platform, python)
            wheels = sum(line.startswith(" + ") for line in done.stderr.splitlines())
            lacking = done.returncode != 0 or not wheels
            print(f"{name}, Python {python}: {'FAILED' if lacking else f'{wheels} wheels'}")
            if lacking:
                print(done.stderr)
            failed |= lacking
    return int(failed)


def asked(command: list[str], platform: str, python: str) -> subprocess.CompletedProcess[str]:
    """Return what uv says to installing every pin there, from wheels alone."""
    with TemporaryDirectory() as folder:
        words = ["pip", "install", "--dry-run", "--no-deps", "--only-binary", ":all:"]
        there = ["--python-platform", platform, "--python-version", python, "--target", folder]
        return subprocess.run(
            [*command, *words, *there, "--requirement", str(CONSTRAINTS)],
            capture_output=True,
            text=True,
            check=False,
        )


if __name__ == "__main__":
    sys.exit(main())
