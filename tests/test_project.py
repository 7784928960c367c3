"""The frame around the code: what is pinned, what is packaged, what must stand in no file."""

from __future__ import annotations

import ast
import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = ("kernels", "scrambler")
FOLDERS = (".ci", "bench", "data", "docs", "tests", *PACKAGES)

# Taken apart, so that this file does not hold what it looks for.
BANNED = {
    "a package registry": rb"py" rb"pi\.org|python" rb"hosted|anaconda\.(?:org|com)",
    "an option naming an index": rb"(?:index|find)-" rb"(?:url|links)|trusted-" rb"host",
    "a path of one machine": rb"(?<![\w.])/(?:work|farm|root|home|Users)/\w",
    "a folder outside the project": rb"\.\./" rb"shared",
}


def committed() -> list[Path]:
    """Every file of the project; what tools leave behind is not looked at."""
    below = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))
    return [
        path
        for path in (*ROOT.iterdir(), *below)
        if path.is_file() and path.name != ".git" and "__pycache__" not in path.parts
    ]


@pytest.mark.parametrize("what", BANNED)
def test_no_file_names_this_place(what: str) -> None:
    files = committed()
    assert ROOT / "constraints.txt" in files
    found = [
        str(path.relative_to(ROOT)) for path in files if re.search(BANNED[what], path.read_bytes())
    ]
    assert found == []


def test_every_requirement_is_pinned_with_hashes() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    lines = text.replace("\\\n", " ").splitlines()
    assert all("--hash=sha256:" in line for line in lines)
    pinned = {}
    for line in lines:
        requirement = Requirement(line.split("--hash")[0])
        assert canonicalize_name(requirement.name) not in pinned, "two versions of one package"
        (pin,) = requirement.specifier
        assert pin.operator == "=="
        pinned[canonicalize_name(requirement.name)] = pin.version
    project = PROJECT["project"]
    wanted = [
        *project["dependencies"],
        *(line for extra in project["optional-dependencies"].values() for line in extra),
        *PROJECT["build-system"]["requires"],
    ]
    for requirement in map(Requirement, wanted):
        assert pinned[canonicalize_name(requirement.name)] in requirement.specifier


def test_a_wheel_holds_every_data_file() -> None:
    globs = PROJECT["tool"]["setuptools"]["package-data"]
    for package in PACKAGES:
        folder = ROOT / package
        packaged = {path for glob in globs[package] for path in folder.glob(glob)}
        data = {path for path in committed() if path.is_relative_to(folder)}
        assert {path for path in data if path.suffix != ".py"} == packaged
        assert folder / "py.typed" in packaged


def test_no_csv_is_read_with_guessed_types() -> None:
    # Codes such as 00, 10, NA and NO must arrive as they stand.
    guessed = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in committed()
        if path.suffix == ".py"
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and re.search(r"\b(?:read|scan)_csv\w*$", ast.unparse(call.func))
        and not any(
            word.arg == "infer_schema" and ast.unparse(word.value) == "False"
            for word in call.keywords
        )
    ]
    assert guessed == []


def test_what_is_installed_is_this_version() -> None:
    assert version(PROJECT["project"]["name"]) == PROJECT["project"]["version"]


def test_the_layers_are_as_written_down() -> None:
    (contract,) = (c for c in PROJECT["tool"]["importlinter"]["contracts"] if "layers" in c)
    layers = [[name.strip("() ") for name in layer.split(":")] for layer in contract["layers"]]
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.split("## Layers")[1].split("##")[0]
    written = re.findall(r"^ {4}(\S.*)$", section, flags=re.MULTILINE)
    assert [line.split(", ") for line in written] == layers


def test_the_glossary_owns_the_words() -> None:
    text = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    entries = re.findall(r"^\*\*(.+?)\*\*: (.+)$", text, flags=re.MULTILINE)
    words = [word for word, _ in entries]
    assert words == sorted(set(words))
    assert all(meaning.endswith(".") for _, meaning in entries)
