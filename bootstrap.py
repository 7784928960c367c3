"""Sets the project up in `.venv`, then runs it: `python3 -m bootstrap demo`, and so on.

The steps stand here once, for make, for CI and for Windows (`py -m bootstrap demo`). Standard
library only, in a syntax old enough that a Python too old for the project can say so.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "installed.sha256"

CHECKS = {
    "ruff check": [str(PYTHON), "-m", "ruff", "check"],
    "ruff format": [str(PYTHON), "-m", "ruff", "format", "--check"],
    "mypy": [str(PYTHON), "-m", "mypy"],
    "lint-imports": [str(BIN / "lint-imports"), "--no-logo"],
    "pytest": [str(PYTHON), "-m", "pytest", "-n", "auto"],
}
"""In this order, so that the tests have the last word."""

BATTERY = [*CHECKS["pytest"], "--battery", "-m", "battery"]
"""The long batteries whole, of which the tests hold a sample."""


def main(arguments: list[str]) -> int:
    """Run a command, handing what follows it to the demo or to pytest; return the code."""
    if sys.version_info[:2] < OLDEST:
        sys.exit(
            "This needs Python %d.%d or newer; %s is Python %d.%d. With make, name a newer one: "
            "make PYTHON=python3.12 demo" % (*OLDEST, sys.executable, *sys.version_info[:2])
        )
    if arguments[:1] not in (["demo"], ["test"], ["battery"], ["docs"]):
        print("usage: python3 -m bootstrap demo|test|battery|docs [options]", file=sys.stderr)
        return 2
    command, *options = arguments
    set_up()
    if command == "demo":
        return run([str(PYTHON), "-m", "scrambler", "demo", *options])
    if command == "docs":
        return run([str(PYTHON), "-m", "docs.build", *options])
    if command == "battery":
        return run([*BATTERY, *options])
    return test(options)


def test(options: list[str]) -> int:
    """Run every check, so that one run shows all that is wrong; 1 when any failed."""
    failed = []
    for name, check in CHECKS.items():
        print(f"== {name}", flush=True)
        if run([*check, *(options if name == "pytest" else [])]):
            failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


def set_up() -> None:
    """Make `.venv` hold what constraints.txt pins and this project; nothing to do when it does."""
    wanted = _state()
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text(encoding="ascii") == wanted:
        return
    print("Setting up .venv; the first time this takes a minute or two.", flush=True)
    # An environment that was never finished is made anew, but not under its own running Python.
    finished = PYTHON.exists() and STAMP.exists()
    if not finished and Path(sys.prefix).resolve() != VENV:
        if importlib.util.find_spec("ensurepip") is None:
            sys.exit("This Python cannot make environments. On Debian: apt install python3-venv")
        _must([sys.executable, "-m", "venv", "--clear", str(VENV)])
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _must([*pip, "--only-binary", ":all:", "--require-hashes", "-r", "constraints.txt"])
    _must([*pip, "--no-deps", "--no-build-isolation", "--editable", "."])
    STAMP.write_text(wanted, encoding="ascii")


def run(command: list[str]) -> int:
    """Run a command in the project's folder and return its exit code."""
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def _must(command: list[str]) -> None:
    if run(command):
        sys.exit(
            "Setting up .venv failed; the reason stands above. If no package could be reached, "
            "tell pip about your proxy or package mirror (pip config) and try again."
        )


def _state() -> str:
    # The folder counts too: an editable install does not survive a move.
    parts = [str(ROOT).encode()]
    parts += [(ROOT / name).read_bytes() for name in ("constraints.txt", "pyproject.toml")]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
