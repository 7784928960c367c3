"""What is taken for a path, and where a path may lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from scrambler.errors import OutputError, UsageError
from scrambler.files.paths import in_output, new_file, output_of, path_of
from tests.links import linked

SECRET = "hunter-2-hunter"


@pytest.mark.parametrize(
    "given",
    [
        f"postgresql://ann:{SECRET}@host/db",
        f"postgresql:/ann:{SECRET}@host/db",
        f"MSSQL+x:\\\\{SECRET}",
        f"odbc:Driver=x;UID=ann;PWD={SECRET}",
        f" ODBC:{SECRET}",
        f"host/db?password={SECRET}",
        f"Driver=x;Pwd={SECRET}",
        f"env:{SECRET}",
        Path(f"postgresql://ann:{SECRET}@host/db"),
    ],
)
def test_a_location_of_a_database_is_no_path_and_not_repeated(given: Path | str) -> None:
    with pytest.raises(UsageError) as caught:
        path_of(given, "The output")
    assert SECRET not in str(caught.value)
    with pytest.raises(UsageError):
        output_of(given)


@pytest.mark.parametrize(
    "given", ["out", "C:/data/out", "c:\\data", "/a/b", "a:b", "odbc", "passwords/x", "Müller & Co"]
)
def test_paths_are_paths(given: str) -> None:
    assert path_of(given, "The output") == Path(given)


def test_an_output_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="name of its own"):
        output_of(Path(tmp_path.anchor))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    assert output_of("out") == tmp_path / "out"
    assert output_of("in/..") == tmp_path.resolve()
    if linked(tmp_path / "link", tmp_path / "in"):
        assert output_of("link") == (tmp_path / "in").resolve()


def test_what_lies_in_an_output(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    links = ["link/x"] if linked(tmp_path / "link", out) else []
    for inside in ("out/x", "out", "out.old/x", "out.incomplete/a/x", "out.lock", *links):
        assert in_output(tmp_path / inside, out), inside
    for beside in ("output", "x", "out.epoch"):
        assert not in_output(tmp_path / beside, out), beside


def test_a_new_file_is_new(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert new_file(tmp_path / "x", out, "A list") == tmp_path / "x"
    # A link to nowhere is somebody's too.
    if not linked(tmp_path / "x", tmp_path / "nowhere"):
        (tmp_path / "x").touch()
    with pytest.raises(OutputError, match="exists already"):
        new_file(tmp_path / "x", out, "A list")
    with pytest.raises(OutputError, match="inside the output"):
        new_file(out / "y", out, "A list")


@pytest.mark.parametrize("given", ["", " ", "x" * 300, "x" * 250, "x\0y"])
def test_what_can_be_no_output(given: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="The output"):
        output_of(tmp_path / given if given.strip() else given)


def test_links_in_a_circle_lead_nowhere(tmp_path: Path) -> None:
    if linked(tmp_path / "loop", tmp_path / "loop"):
        with pytest.raises(UsageError, match="The output cannot be at that place"):
            output_of(tmp_path / "loop")
