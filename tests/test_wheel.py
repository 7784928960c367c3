"""What is installed from a wheel works without the repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.battery("packaging")
def test_a_wheel_alone_runs_the_demo(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, project)
    for name in ("scrambler", "kernels"):
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet"]
    options = ["--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", str(tmp_path)]
    subprocess.run([*pip, *options, str(project)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    there = os.environ | {"PYTHONPATH": str(tmp_path / "installed")}
    said = [sys.executable, "-c", "import scrambler; print(scrambler.__file__)"]
    found = subprocess.run(
        said, cwd=tmp_path, env=there, check=True, capture_output=True, text=True
    )
    assert Path(found.stdout.strip()).is_relative_to(tmp_path)
    demo = [sys.executable, "-m", "scrambler", "demo", "--children", "20"]
    done = subprocess.run(
        demo, cwd=tmp_path, env=there, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "PASSED" in done.stdout
