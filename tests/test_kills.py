"""Every command that writes, killed at every step of it: before or after, and no hand is needed."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from scrambler import api, synthetic
from scrambler.errors import EpochError, OutputError
from scrambler.files.commit import last_state
from scrambler.keys.epoch import Epoch
from scrambler.keys.epoch_file import close, create
from scrambler.payload import build
from scrambler.phases import phase_ledger, run_phase
from scrambler.sinks import open_output
from scrambler.sinks.postgresql import SCHEMA, key_of
from scrambler.staging import open_staging, review, stage
from scrambler.staging.table import TABLE
from tests.conftest import execute
from tests.kills import Deadly, files_of
from tests.staging.cases import LATER, NOW, rows

FEW = ("ssd_person", "ssd_address")
CHILDREN = 30


def output(folder: Path) -> dict[str, bytes]:
    """What a reader of the output finds, where a killed run left it; and the key is whole."""
    if (folder / "epoch").exists():
        Epoch.load(folder / "epoch")
    return files_of(last_state(folder / "out"))


def scrambled(folder: Path, **options: Any) -> None:
    api.run(str(folder / "source"), folder / "out", epoch=folder / "epoch", verify=True, **options)


def scrambled_anew(folder: Path) -> None:
    """What is there already is refused, and complete."""
    with _there(folder / "out"):
        scrambled(folder)


def fake_anew(folder: Path) -> None:
    with _there(folder / "out"):
        api.fake(str(folder / "out"), CHILDREN)


def fake_anew_in_sqlite(folder: Path) -> None:
    with _there(folder / "out"):
        api.fake(sqlite(folder), CHILDREN)


def rows_of(folder: Path) -> list[str]:
    """What a SQLite file holds."""
    if not (folder / "out").exists():
        return []
    with closing(sqlite3.connect(folder / "out")) as database:
        return [*database.iterdump()]


def scrambled_to_sqlite(folder: Path, **options: Any) -> None:
    api.run(str(folder / "source"), sqlite(folder), epoch=folder / "epoch", **options)


def scrambled_anew_to_sqlite(folder: Path) -> None:
    with _there(folder / "out"):
        scrambled_to_sqlite(folder)


@contextmanager
def _there(out: Path) -> Iterator[None]:
    there = last_state(out).exists()
    try:
        yield
    except OutputError:
        assert there


RUN = "from scrambler import api, cli; import scrambler.run.steps"
STAGE = """
import polars as pl
from scrambler.staging import stage
from tests.staging.cases import LATER
"""
RUN_ARGUMENTS = 'str(folder / "source"), folder / "out", epoch=folder / "epoch"'


def run(**options: Any) -> Deadly:
    said = "".join(f", {name}={value}" for name, value in options.items())
    return Deadly(
        RUN,
        f"api.run({RUN_ARGUMENTS}{said})",
        output,
        (lambda folder: scrambled(folder, **options)) if options else scrambled_anew,
        frozenset({"source", "epoch", "out", "out.evidence"}),
    )


def staged(folder: Path) -> object:
    """What a look finds; and the batches, which are what would be sent."""
    if not last_state(folder / "out").exists():
        return None
    counts = review(str(folder / "out")).counts
    return counts, files_of(last_state(folder / "out"))


STAGING = Deadly(
    STAGE,
    'stage(str(folder / "out"), pl.read_parquet(folder / "payloads").iter_slices(4), LATER)',
    staged,
    lambda folder: stage(str(folder / "out"), [pl.read_parquet(folder / "payloads")], LATER),
    frozenset({"payloads", "out"}),
)


def sqlite(folder: Path, name: str = "out") -> str:
    return f"sqlite:///{(folder / name).as_posix()}"


def key(folder: Path) -> str | None:
    """The epoch that somebody may still use; and none by any other name, once it is closed."""
    try:
        return Epoch.load(folder / "epoch").fingerprint
    except EpochError:
        assert not (folder / "epoch").exists()
        return None


def closed_anew(folder: Path) -> None:
    """What there is left of it is closed again; then nothing keeps another from being made."""
    if (folder / "epoch").exists() or (folder / "epoch.new").exists():
        close(folder / "epoch")
    create(folder / "epoch")
    close(folder / "epoch")


CLOSING = Deadly(
    "from scrambler.keys import epoch_file",
    'epoch_file.close(folder / "epoch")',
    key,
    closed_anew,
    frozenset(),
)

# What phase 4 proves of a delta, it proves in a folder of the system's.
PHASE = """
from scrambler.phases import run_phase, scrambled_children
from scrambler.synthetic import AS_OF
import scrambler.run.steps
scrambled_children.delta_self_test = lambda progress: ((), {})
"""


def phase_4(folder: Path) -> None:
    run_phase(
        4,
        folder=folder / "phases",
        source=str(folder / "source"),
        as_of=synthetic.AS_OF,
        out_of_order="the first three are not tried here",
    )


def phased(folder: Path) -> object:
    """What a phase leaves is readable at any time; with its line in the ledger it is done."""
    own = folder / "phases" / "phase-4"
    for place, look in ((own / "scrambled", open_output), (own / "staging", _reviewed)):
        if last_state(place).exists():
            look(last_state(place))
    ledger = phase_ledger(folder / "phases")
    assert not ledger.faults
    return ledger.passed(4)


def _reviewed(place: Path) -> object:
    return review(str(place)).counts


def phase_4_again(folder: Path) -> None:
    phase_4(folder)
    found = {path.name for path in (folder / "phases" / "phase-4").iterdir()}
    assert found == {"scrambled", "scrambled.evidence", "staging"}


COMMANDS = {
    "epoch close": CLOSING,
    "epoch close after a save that died": CLOSING,
    "phase 4": Deadly(
        PHASE,
        'run_phase(4, folder=folder / "phases", source=str(folder / "source"), as_of=AS_OF, '
        'out_of_order="the first three are not tried here")',
        phased,
        phase_4_again,
        frozenset({"source", "phases"}),
    ),
    "run": run(),
    "run --replace": run(replace=True),
    "run --delta": run(delta=True),
    "payload": STAGING,
    "payload again": STAGING,
    "fake": Deadly(
        RUN,
        f'api.fake(str(folder / "out"), {CHILDREN})',
        output,
        fake_anew,
        frozenset({"out"}),
    ),
    "run to SQLite": Deadly(
        RUN,
        'api.run(str(folder / "source"), f"sqlite:///{folder}/out", epoch=folder / "epoch")',
        rows_of,
        scrambled_anew_to_sqlite,
        frozenset({"source", "epoch", "out", "out.evidence"}),
    ),
    "run --replace to SQLite": Deadly(
        RUN,
        'api.run(str(folder / "source"), f"sqlite:///{folder}/out", epoch=folder / "epoch", '
        "replace=True)",
        rows_of,
        lambda folder: scrambled_to_sqlite(folder, replace=True),
        frozenset({"source", "epoch", "out", "out.evidence"}),
    ),
    "fake to SQLite": Deadly(
        RUN,
        f'api.fake("sqlite:///" + str(folder / "out"), {CHILDREN})',
        rows_of,
        fake_anew_in_sqlite,
        frozenset({"out"}),
    ),
}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("source")
    for name, frame in synthetic.build(CHILDREN):
        if name in FEW:
            frame.write_parquet(folder / f"{name}.parquet")
    return folder


def _made(command: str, source: Path, folder: Path) -> Path:
    """Return a folder in which ``command`` has something to do."""
    made = folder / "made"
    made.mkdir()
    if command.startswith("payload"):
        tables = {name: frame.lazy() for name, frame in synthetic.build(60)}
        payloads = build(tables, synthetic.AS_OF)
        payloads.write_parquet(made / "payloads")
        if command == "payload again":
            stage(str(made / "out"), [payloads.head(20)], NOW)
    if command.startswith("epoch close"):
        create(made / "epoch")
        if command != "epoch close":
            shutil.copy(made / "epoch", made / "epoch.new")
    if command == "phase 4":
        shutil.copytree(source, made / "source")
        referrals = dict(synthetic.build(CHILDREN))["ssd_cin_episodes"]
        referrals.write_parquet(made / "source/ssd_cin_episodes.parquet")
    if command.startswith("run"):
        shutil.copytree(source, made / "source")
        create(made / "epoch")
    if command in ("run --replace", "run --delta", "run --replace to SQLite"):
        scrambled_to_sqlite(made) if "SQLite" in command else scrambled(made)
        table = made / "source/ssd_address.parquet"
        pl.read_parquet(table).slice(3).write_parquet(table)
    return made


# SQLite writes its own files and PostgreSQL is elsewhere: a step is a call to them.
STATEMENTS = """
from scrambler.sinks.database import Connection
from scrambler.staging.session import AdbcSession

def counted(name, real):
    def call(session, *arguments):
        step(name)
        return real(session, *arguments)
    return call

for name in ("execute", "load", "commit"):
    setattr(AdbcSession, name, counted(name, getattr(AdbcSession, name)))
for name in ("execute", "append", "commit"):
    setattr(Connection, name, counted(name, getattr(Connection, name)))
"""


@pytest.mark.battery("kills", "a merge")
@pytest.mark.parametrize("server", ["sqlite", "postgresql"])
def test_a_merge_into_a_database_killed_at_any_statement(
    server: str,
    request: pytest.FixtureRequest,
    chance: random.Random,
    whole_battery: bool,
    tmp_path: Path,
) -> None:
    made = _made("payload", tmp_path, tmp_path)
    payloads = pl.read_parquet(made / "payloads")
    url = request.getfixturevalue("fresh_postgres_url") if server == "postgresql" else ""

    def location(folder: Path) -> str:
        return url or sqlite(folder, "staged.db")

    def anew(folder: Path) -> None:
        if url:
            execute(url, f"DROP TABLE IF EXISTS {TABLE}")
        (folder / "staged.db").unlink(missing_ok=True)
        stage(location(folder), [payloads.head(20)], NOW)

    def look(folder: Path) -> object:
        if url:
            # The server may be at a statement whose sender is dead, the commit even.
            execute(url, f"DO $$ BEGIN LOCK TABLE {TABLE}; END $$")
        return rows(open_staging(location(folder))).rows()

    Deadly(
        STAGE + STATEMENTS + f"url = {url!r} or 'sqlite:///' + str(folder / 'staged.db')",
        "stage(url, pl.read_parquet(folder / 'payloads').iter_slices(9), LATER)",
        look,
        lambda folder: stage(location(folder), [payloads], LATER),
        frozenset({"payloads"} if url else {"payloads", "staged.db"}),
        anew,
    ).survives(made, tmp_path, chance, None if whole_battery else 1)


@pytest.mark.battery("kills")
def test_a_run_into_a_schema_killed_at_any_statement(
    source: Path,
    fresh_postgres_url: str,
    chance: random.Random,
    whole_battery: bool,
    tmp_path: Path,
) -> None:
    url, made = fresh_postgres_url, _made("run", source, tmp_path)

    def scramble(folder: Path, **options: Any) -> None:
        api.run(str(folder / "source"), url, epoch=folder / "epoch", **options)

    def look(folder: Path) -> object:
        # The server may be at a statement whose sender is dead, the commit even.
        execute(url, f"SELECT pg_advisory_xact_lock({key_of(SCHEMA)})")
        output = open_output(url)
        return {name: output.count(name) for name in output.manifest["tables"]}

    Deadly(
        RUN + STATEMENTS + f"url = {url!r}",
        "api.run(str(folder / 'source'), url, epoch=folder / 'epoch', replace=True)",
        look,
        lambda folder: scramble(folder, replace=True),
        frozenset({"source", "epoch"}),
        lambda folder: scramble(folder, replace=True, tables=["ssd_person"]),
    ).survives(made, tmp_path, chance, None if whole_battery else 1)


LESS_OFTEN = {name for name in COMMANDS if name.startswith(("epoch", "fake", "phase"))}


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(
            name,
            marks=pytest.mark.battery("kills", "one of the rest" if name in LESS_OFTEN else name),
        )
        for name in COMMANDS
    ],
)
def test_killed_at_any_step(
    command: str, source: Path, chance: random.Random, whole_battery: bool, tmp_path: Path
) -> None:
    made = _made(command, source, tmp_path)
    COMMANDS[command].survives(made, tmp_path, chance, None if whole_battery else 1)
