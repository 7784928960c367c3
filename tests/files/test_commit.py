"""What takes a folder's place does so whole; nothing of anybody else's is touched."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from scrambler.errors import CommittedError, OutputError
from scrambler.files.commit import (
    MARKER,
    Commit,
    clear,
    disk_errors,
    is_owned,
    last_state,
    make,
    write_file,
)


def put(out: Path, text: str) -> None:
    """Make OUT a folder with one file that holds ``text``."""
    with Commit(out, lambda: None) as commit:
        (commit.new / "deep").mkdir(parents=True)
        (commit.new / "deep" / "file").write_text(text)
        (commit.scratch / "notes").write_text("on the way")
        commit.publish()


def text_of(out: Path) -> str:
    return (out / "deep" / "file").read_text()


def test_a_folder_and_nothing_beside_it(tmp_path: Path) -> None:
    out = tmp_path / "a" / "out"
    for text in ("one", "two"):
        put(out, text)
        assert text_of(out) == text
        assert [path.name for path in out.parent.iterdir()] == ["out"]
        assert [path.name for path in out.iterdir()] == ["deep"]


def test_a_file_takes_the_place_of_a_file(tmp_path: Path) -> None:
    for text in ("one", "two"):
        with Commit(tmp_path / "out", lambda: None) as commit:
            commit.new.write_text(text)
            commit.publish()
        assert (tmp_path / "out").read_text() == text
        assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, MemoryError, SystemExit])
def test_an_error_leaves_everything_as_it_was(error: type[BaseException], tmp_path: Path) -> None:
    put(tmp_path / "out", "one")
    for name in ("out", "other"):
        with pytest.raises(error), Commit(tmp_path / name, lambda: None) as commit:  # noqa: PT012
            commit.new.mkdir()
            raise error
    assert text_of(tmp_path / "out") == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_may_not_be_replaced_is_asked_before_and_at_the_end(tmp_path: Path) -> None:
    out, asked = tmp_path / "out", []

    def may_replace() -> None:
        asked.append(out.exists())
        if out.exists():
            raise OutputError("in the way")

    with pytest.raises(OutputError, match="in the way"), Commit(out, may_replace) as commit:  # noqa: PT012
        commit.new.mkdir()
        out.mkdir()
        commit.publish()
    assert asked == [False, True]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_death_between_the_renames_is_undone(tmp_path: Path) -> None:
    out, old = tmp_path / "out", tmp_path / "out.old"
    put(out, "one")
    make(tmp_path / "out.incomplete")
    (tmp_path / "out.incomplete" / "replacing").touch()
    out.rename(old)
    assert last_state(out) == old
    with pytest.raises(ValueError, match="told"), Commit(out, lambda: None):  # noqa: PT012
        assert text_of(out) == "one"
        raise ValueError("told")
    assert text_of(out) == "one"
    assert last_state(out) == out
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("end", [".incomplete", ".old"])
def test_a_folder_of_somebody_s_own_is_never_touched(end: str, tmp_path: Path) -> None:
    put(tmp_path / "out", "one")
    thesis = tmp_path / f"out{end}" / "thesis.txt"
    thesis.parent.mkdir()
    thesis.write_text("years of work")
    with pytest.raises(OutputError, match=f"out{end} is in the way"):
        put(tmp_path / "out", "two")
    assert thesis.read_text() == "years of work"
    assert text_of(tmp_path / "out") == "one"


def test_a_copy_that_somebody_kept_is_no_state_of_ours(tmp_path: Path) -> None:
    out, kept = tmp_path / "out", tmp_path / "out.old"
    put(out, "one")
    out.rename(kept)
    assert last_state(out) == out
    with pytest.raises(OutputError, match=r"out\.old is in the way"):
        put(out, "two")
    assert text_of(kept) == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["out.old"]


def test_a_lock_of_somebody_s_own_is_neither_emptied_nor_removed(tmp_path: Path) -> None:
    (tmp_path / "out.lock").write_text("mine")
    with pytest.raises(OutputError, match="in the way"):
        put(tmp_path / "out", "one")
    assert (tmp_path / "out.lock").read_text() == "mine"


def test_two_do_not_meet(tmp_path: Path) -> None:
    with Commit(tmp_path / "out", lambda: None) as commit:
        with pytest.raises(OutputError, match="Another run"):
            put(tmp_path / "out", "two")
        assert commit.scratch.exists(), "the second must not clear away what the first writes"
        commit.new.mkdir()
        commit.publish()
    assert [*(tmp_path / "out").iterdir()] == []


def test_a_rename_that_fails_puts_the_old_folder_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, rename = tmp_path / "out", Path.rename
    put(out, "one")

    def failing(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise PermissionError(13, "Permission denied")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OutputError, match="Permission denied"):
        put(out, "two")
    assert text_of(out) == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("renames", [1, 2])
def test_an_interrupt_among_the_renames_is_told_as_it_is(
    renames: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, rename, done = tmp_path / "out", Path.rename, list[str]()
    put(out, "0")

    def interrupted(self: Path, target: Path) -> Path:
        result = rename(self, target)
        done.append(self.name)
        if len(done) == renames:
            raise KeyboardInterrupt
        return result

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt if renames == 1 else CommittedError):
        put(out, "1")
    assert text_of(out) == str(renames - 1)
    monkeypatch.undo()
    put(out, "2")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_everything_is_synced_before_it_is_renamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, rename = os.fsync, Path.rename

    def synced(handle: int) -> None:
        # A handle knows no name, so it is looked up by its inode.
        number = os.fstat(handle).st_ino
        paths = [tmp_path, *tmp_path.rglob("*")]
        steps.extend(f"sync {path.name}" for path in paths if path.stat().st_ino == number)
        fsync(handle)

    def renamed(self: Path, target: Path) -> Path:
        steps.append(f"rename {self.name}")
        return rename(self, target)

    put(tmp_path / "out", "one")
    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "rename", renamed)
    put(tmp_path / "out", "two")
    assert steps == [
        "sync new",
        "sync deep",
        "rename out",
        "rename new",
        f"sync {tmp_path.name}",
        "rename out.old",
    ]


def test_a_folder_is_ours_from_its_first_moment_to_its_last(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    make(folder)
    (folder / "deep").mkdir()
    (folder / "deep" / "file").touch()
    assert is_owned(folder)
    (folder / MARKER).unlink()
    assert not is_owned(folder)
    clear(folder)
    assert folder.exists(), "it bears no mark"
    (folder / MARKER).touch()
    clear(folder)
    assert not folder.exists()
    folder.mkdir()
    assert is_owned(folder), "an empty one may go, whoever made it"


def test_a_file_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    (tmp_path / "file.new").write_text("what a dead run left")
    for text in ("one\n", "two\n"):
        write_file(path, text)
        assert path.read_bytes() == text.encode()

    def failing(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(OSError, match="No space"):
        write_file(path, "three\n")
    assert path.read_bytes() == b"two\n"
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


# Windows keeps rights in access lists that mode bits do not show.
@pytest.mark.skipif(os.name != "posix", reason="mode bits are of POSIX")
def test_a_private_file_is_for_its_owner_from_the_first_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: list[int] = []
    fsync = os.fsync

    def seen(handle: int) -> None:
        modes.append(stat.S_IMODE(os.fstat(handle).st_mode))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", seen)
    before = os.umask(0o022)
    try:
        write_file(tmp_path / "own", "secret")
        write_file(tmp_path / "all", "public", shared=True)
    finally:
        os.umask(before)
    assert modes[0] == 0o600
    found = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("own", "all")]
    assert found == [0o600, 0o644]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(28, "No space left on device"), "No space left on device"),
        (PermissionError(13, "Permission denied"), "Permission denied"),
        (OSError("a library's own words: 'Ann'"), "the file system refused"),
    ],
)
def test_errors_of_the_disk_say_where_and_what_to_do(error: OSError, said: str) -> None:
    with pytest.raises(OutputError) as raised, disk_errors(Path("there")):
        raise error
    assert str(raised.value).startswith(f"Cannot write there: {said}. Nothing was committed.")
    assert "run again" in str(raised.value)
    assert "Ann" not in str(raised.value)
    assert raised.value.__cause__ is None
