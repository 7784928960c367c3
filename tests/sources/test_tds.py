"""SQL Server's protocol, both roads to it: ConnectorX by URL, and FreeTDS over ODBC."""

from __future__ import annotations

import os
import re
import ssl
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest
import trustme

from scrambler import api
from scrambler.keys import epoch_file
from tests.command import Command
from tests.conftest import Scrambled
from tests.odbc import FREETDS, needs_freetds
from tests.outputs import assert_same_tables, tables_of
from tests.sources.tds.database import Database
from tests.sources.tds.responder import DROPPED, PASSWORD, Responder, responding

TRUST = "trust_server_certificate=true"
ROADS = ["mssql", pytest.param("odbc", marks=needs_freetds)]
TABLES = (
    "ssd_person",
    "ssd_professionals",
    "ssd_early_help_episodes",
    "ssd_cla_episodes",
    "ssd_cla_placement",
    "ssd_permanence",
    "ssd_sdq_scores",
    "ssd_dim_date",
)
"""Between them they have every type of D2I's tables."""


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Scrambled:
    """A few tables of 40 dirty children, scrambled from Parquet."""
    folder = tmp_path_factory.mktemp("few")
    made = Scrambled(folder / "source", folder / "out", folder / "epoch")
    api.fake(str(folder / "whole"), 40, dirty=True)
    made.source.mkdir()
    for table in TABLES:
        frame = pl.read_parquet(folder / "whole" / f"{table}.parquet")
        frame.head(200).write_parquet(made.source / f"{table}.parquet")
    epoch_file.create(made.epoch)
    api.run(str(made.source), made.out, epoch=made.epoch)
    return made


def database_of(source: Path) -> Database:
    return Database({path.stem: pl.read_parquet(path) for path in source.glob("*.parquet")})


def location(road: str, responder: Responder, words: str = TRUST, password: str = PASSWORD) -> str:
    if road == "mssql":
        return f"mssql://sa:{password}@127.0.0.1:{responder.port}/HDM?{words}"
    said = f"odbc:Driver={FREETDS};Server=127.0.0.1;Port={responder.port};Database=HDM;Uid=sa;"
    return f"{said}Pwd={password};{'' if words == TRUST else words}"


@pytest.mark.battery("tds", "roads")
@pytest.mark.parametrize("road", ROADS)
def test_a_run_equals_that_of_parquet(
    road: str, few: Scrambled, tls: ssl.SSLContext, tmp_path: Path
) -> None:
    with responding(database_of(few.source), tls) as server:
        api.run(location(road, server), tmp_path / "out", epoch=few.epoch)
        assert_same_tables(tables_of(tmp_path / "out"), tables_of(few.out))
        if road == "odbc":
            _assert_few_questions(server)
        assert api.verify(location(road, server), tmp_path / "out").passed
        _assert_nothing_in_clear(server)


@needs_freetds
@pytest.mark.battery("tds", "every table")
def test_every_table_over_odbc(dirty: Scrambled, tls: ssl.SSLContext, tmp_path: Path) -> None:
    with responding(database_of(dirty.source), tls) as server:
        api.run(location("odbc", server), tmp_path / "out", epoch=dirty.epoch)
        assert_same_tables(tables_of(tmp_path / "out"), tables_of(dirty.out))
        _assert_few_questions(server)


def _assert_few_questions(server: Responder) -> None:
    """Two logins, no statement sent twice over, each row sent twice on the whole."""
    held = sum(frame.height for frame in server.database.frames.values())
    assert len(server.users) <= 2
    assert max(Counter(server.statements).values()) <= 2
    assert sum(server.database.sent.values()) <= 2 * held


@pytest.mark.parametrize("road", ROADS)
def test_nothing_crosses_in_clear_unless_the_location_says_no(
    road: str, few: Scrambled, tls: ssl.SSLContext
) -> None:
    said = {
        "mssql": [TRUST, f"Encrypt=yes&{TRUST}", "TrustServerCertificate=Yes&encrypt=1"],
        "odbc": ["", "Encrypt=yes;", "Encryption=require;TrustServerCertificate=yes;"],
    }[road]
    for words in said:
        with responding(database_of(few.source), tls) as server:
            assert not api.check(location(road, server, words)).plain
            _assert_nothing_in_clear(server)
    no = {"mssql": f"Encrypt=no&{TRUST}", "odbc": "Encryption=off;"}[road]
    with responding(database_of(few.source), tls) as server:
        assert api.check(location(road, server, no)).plain
        assert b"S\0E\0L\0E\0C\0T" in bytes(server.clear)


def test_a_certificate_of_an_authority_that_is_named(
    few: Scrambled, authority: trustme.CA, tls: ssl.SSLContext, tmp_path: Path
) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    words = f"trust_server_certificate_ca={(tmp_path / 'ca.pem').as_posix()}"
    with responding(database_of(few.source), tls) as server:
        api.check(location("mssql", server, words))


@pytest.mark.skipif(
    "SCRAMBLER_TEST_MSSQL" not in os.environ,
    reason="did not run: SCRAMBLER_TEST_MSSQL names no SQL Server with an SSD",
)
def test_a_real_server(tmp_path: Path) -> None:
    source = "env:SCRAMBLER_TEST_MSSQL"
    api.check(source)
    api.run(source, tmp_path / "out")
    assert api.verify(source, tmp_path / "out").passed


def _assert_nothing_in_clear(server: Responder) -> None:
    heard = bytes(server.clear)
    assert PASSWORD.encode("utf-16le") not in heard
    assert b"S\0E\0L\0E\0C\0T" not in heard


SECRET = "hunter2-canary"
READ = r"ROW_NUMBER|SELECT \[pers_legacy_id\]"
FAULTS = [
    ("wrong password", {"LOGIN": (18456, SECRET)}, "user name or password.*18456", 1),
    ("locked account", {"LOGIN": (18486, SECRET)}, "locked or its password has run out", 1),
    ("no such database", {"LOGIN": (4060, SECRET)}, "no database of that name", 1),
    ("deadlock", {READ: (1205, SECRET)}, "ssd_person.*run it again.*1205", None),
    ("lost half-way", {READ: (DROPPED, "")}, "ssd_person.*the connection was lost", None),
    ("no right", {READ: (229, SECRET)}, "ssd_person.*this user may not do that", None),
    ("table gone", {READ: (208, SECRET)}, "ssd_person.*a table is missing", None),
    ("column gone", {READ: (207, SECRET)}, "ssd_person.*a column is missing", None),
    ("sort too wide", {READ: (1540, SECRET)}, "too wide to be sorted", None),
    ("a value quoted", {READ: (245, SECRET)}, "not repeated here.*245", None),
]


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize(
    ("faults", "message", "logins"), [fault[1:] for fault in FAULTS], ids=[f[0] for f in FAULTS]
)
def test_each_fault_is_told_in_its_own_words(
    road: str,
    faults: Mapping[str, tuple[int, str]],
    message: str,
    logins: int | None,
    few: Scrambled,
    tls: ssl.SSLContext,
    scrambler: Command,
) -> None:
    with responding(database_of(few.source), tls, faults) as server:
        done = scrambler("check", location(road, server, password=PASSWORD))
        said = " ".join((done.out + done.err).split())
        assert done.code == 4
        assert re.search(message, said), said
        assert SECRET not in said
        assert PASSWORD not in said
        if logins is not None:
            assert len(server.users) == logins


@pytest.mark.parametrize(
    ("road", "words", "message"),
    [
        ("mssql", TRUST, "no encrypted connection came about"),
        ("mssql", "encrypt=no", "no encrypted connection came about"),
        pytest.param("odbc", "", "encryption was not agreed on.*08001", marks=needs_freetds),
    ],
)
def test_a_server_that_offers_no_encryption_hears_no_password(
    road: str, words: str, message: str, scrambler: Command
) -> None:
    with responding() as server:
        done = scrambler("check", location(road, server, words))
        assert done.code == 4
        assert re.search(message, " ".join(done.err.split())), done.err
        assert server.users == []


def test_a_certificate_that_cannot_be_checked(tls: ssl.SSLContext, scrambler: Command) -> None:
    with responding(tls=tls) as server:
        done = scrambler("check", location("mssql", server, "encrypt=yes"))
        said = " ".join(done.err.split())
        assert done.code == 4
        assert "trust_server_certificate=true (mssql://) takes any" in said
        assert "nobody knows whether it is that server" in said
        assert server.users == []


@needs_freetds
@pytest.mark.parametrize(("state", "begun"), [(0, False), (1, True), (2, False)])
def test_a_snapshot_is_read_only_where_the_database_allows_it(
    state: int, begun: bool, few: Scrambled, tls: ssl.SSLContext, tmp_path: Path
) -> None:
    held = database_of(few.source)
    held.snapshots = state
    with responding(held, tls) as server:
        api.run(location("odbc", server), tmp_path / "out", epoch=few.epoch)
        assert_same_tables(tables_of(tmp_path / "out"), tables_of(few.out))
        said = [one for one in server.settings if "ISOLATION" in one or "BEGIN" in one]
        wanted = ["SET TRANSACTION ISOLATION LEVEL SNAPSHOT", "BEGIN TRANSACTION"]
        assert said == wanted * len(server.users) * begun
        everything = " ".join([*server.statements, *server.settings]).upper()
        for never in ("NOLOCK", "READ UNCOMMITTED", "SERIALIZABLE", "REPEATABLE", "ALTER DATABASE"):
            assert never not in everything


@needs_freetds
@pytest.mark.parametrize("pattern", [r"COUNT_BIG", r"SELECT \[pers_legacy_id\]"])
def test_where_a_view_leads_out_of_the_snapshot_there_is_none(
    pattern: str, few: Scrambled, tls: ssl.SSLContext, tmp_path: Path
) -> None:
    held = database_of(few.source)
    held.snapshots = 1
    faults = {f"{pattern}.*ssd_person": (3952, SECRET)}
    with responding(held, tls, faults, once=True) as server:
        api.run(location("odbc", server), tmp_path / "out", epoch=few.epoch)
        assert_same_tables(tables_of(tmp_path / "out"), tables_of(few.out))
        assert server.faults == {}


@needs_freetds
def test_the_intention_to_read_alone_is_passed_on(few: Scrambled, tls: ssl.SSLContext) -> None:
    with responding(database_of(few.source), tls) as server:
        api.check(location("odbc", server))
        api.check(location("odbc", server, "ApplicationIntent=ReadOnly;"))
        assert server.read_only == [False, True]
