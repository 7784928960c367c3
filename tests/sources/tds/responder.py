"""A server that speaks SQL Server's protocol: logins, encryption, results, and planted faults."""

from __future__ import annotations

import re
import socket
import ssl
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread

from tests.sources.tds.database import Database
from tests.sources.tds.inserts import Inserts
from tests.sources.tds.wire import (
    ATTENTION,
    BATCH,
    LOGIN7,
    NOT_SUPPORTED,
    OFF,
    PRELOGIN,
    REPLY,
    REQUIRED,
    RPC,
    TRANSACTION,
    Column,
    Value,
    done,
    error,
    logged_in,
    packets,
    prelogin,
    prelogin_option,
    result,
    transaction,
)

PASSWORD = "correct-horse-7f3a"

TRANSACTIONS = {5: "BEGIN", 7: "COMMIT", 8: "ROLLBACK"}
"""What a request to the transaction manager is called among the statements."""

DROPPED = 0
"""In place of an error's number: the connection ends half-way."""


@dataclass
class Responder:
    """What a server heard, and what it is told to do.

    ``encrypt`` holds what each PRELOGIN asked, ``users`` each login, ``read_only`` what it intends,
    ``settings`` what changes a session and ``statements`` each query in turn; ``clear`` is all that
    came unencrypted. ``faults`` maps a pattern of a statement to the error it ends in (its number
    and words), DROPPED for none; ``once`` says that each comes a single time.
    """

    database: Database
    tls: ssl.SSLContext | None
    faults: dict[str, tuple[int, str]]
    once: bool = False
    port: int = 0
    encrypt: list[int] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    clear: bytearray = field(default_factory=bytearray)
    settings: list[str] = field(default_factory=list)
    read_only: list[bool] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)
    inserts: Inserts = field(default_factory=Inserts)


@contextmanager
def responding(
    database: Database | None = None,
    tls: ssl.SSLContext | None = None,
    faults: Mapping[str, tuple[int, str]] | None = None,
    once: bool = False,
) -> Iterator[Responder]:
    """Yield a server on this machine; without ``tls`` it has no certificate.

    Each fault comes always, or ``once``.
    """
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        responder = Responder(database or Database({}), tls, dict(faults or {}), once)
        responder.port = server.getsockname()[1]
        Thread(target=_accept, args=(server, responder), daemon=True).start()
        yield responder
    if responder.failures:
        raise responder.failures[0]


def _accept(server: socket.socket, responder: Responder) -> None:
    with suppress(OSError):  # the server was closed
        while True:
            client, _ = server.accept()
            Thread(target=_serve, args=(client, responder), daemon=True).start()


def _serve(client: socket.socket, responder: Responder) -> None:
    client.settimeout(60)
    with client:
        try:
            _Session(client, responder).run()
        except (OSError, EOFError):
            return
        except BaseException as failure:  # shown by the test that started the server
            responder.failures.append(failure)


class _Session:
    """One connection, from PRELOGIN to its end."""

    def __init__(self, client: socket.socket, responder: Responder) -> None:
        self._client, self._responder = client, responder
        self._tls: ssl.SSLObject | None = None
        self._heard, self._said = ssl.MemoryBIO(), ssl.MemoryBIO()

    def run(self) -> None:
        kind, said = self._message()
        assert kind == PRELOGIN, kind
        asked = prelogin_option(said, 1)[0]
        self._responder.encrypt.append(asked)
        answer = {OFF: OFF, NOT_SUPPORTED: NOT_SUPPORTED}.get(asked, REQUIRED)
        if self._responder.tls is None:
            answer = NOT_SUPPORTED
        self._send(packets(REPLY, prelogin(answer)))
        if answer != NOT_SUPPORTED:
            self._shake_hands()
        kind, said = self._message()
        if kind != LOGIN7:
            return
        if answer == OFF:  # for the login alone
            self._tls = None
        if not self._let_in(said):
            return
        while self._answer(*self._message()):
            pass

    def _let_in(self, login: bytes) -> bool:
        user, password = _login_field(login, 40), _login_password(login)
        self._responder.users.append(user)
        self._responder.read_only.append(bool(login[26] & 0x20))  # fReadOnlyIntent
        refusal = self._responder.faults.get("LOGIN")
        if refusal is None and password != PASSWORD:
            refusal = (18456, f"Login failed for user '{user}'.")
        if refusal is None:
            self._send(packets(REPLY, logged_in()))
            return True
        if refusal[0] != DROPPED:
            self._send(packets(REPLY, error(*refusal, severity=14) + done(failed=True)))
        return False

    def _answer(self, kind: int, body: bytes) -> bool:
        """Answer a message; False where the connection ends."""
        if kind == TRANSACTION:
            request = struct.unpack("<H", _without_headers(body)[:2])[0]
            self._responder.statements.append(TRANSACTIONS[request])
            self._send(packets(REPLY, transaction(request)))
            return True
        if kind == ATTENTION:
            self._send(packets(REPLY, struct.pack("<BHHQ", 0xFD, 0x20, 0, 0)))
            return True
        assert kind in (BATCH, RPC), kind
        if kind == RPC and not _is_query(body):
            self._send(packets(REPLY, self._responder.inserts.answer(_without_headers(body))))
            return True
        statement = _statement(kind, body)
        if statement.upper().startswith(("SET ", "USE ", "IF @@TRANCOUNT", "BEGIN TRAN")):
            self._responder.settings.append(statement)
            self._send(packets(REPLY, done()))
            return True
        self._responder.statements.append(statement)
        if statement.startswith("CREATE TABLE "):
            self._send(packets(REPLY, done()))
            return True
        for pattern, (number, words) in [*self._responder.faults.items()]:
            if re.search(pattern, statement):
                if self._responder.once:
                    del self._responder.faults[pattern]
                if number == DROPPED:
                    half = packets(REPLY, result(*self._of(statement), rpc=kind == RPC))
                    self._send(half[: len(half) // 2])
                    return False
                ended = done(failed=True, token=0xFE if kind == RPC else 0xFD)
                self._send(packets(REPLY, error(number, words) + ended))
                return True
        self._send(packets(REPLY, result(*self._of(statement), rpc=kind == RPC)))
        return True

    def _of(self, statement: str) -> tuple[Sequence[Column], Sequence[Sequence[Value]]]:
        return self._responder.database.answer(statement)

    def _message(self) -> tuple[int, bytes]:
        body = b""
        while True:
            head = self._read(8)
            kind, status, length = head[0], head[1], struct.unpack(">H", head[2:4])[0]
            body += self._read(length - 8)
            if status & 1:
                return kind, body

    def _read(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            piece = self._read_some(size - len(found))
            if not piece:
                raise EOFError
            found += piece
        return found

    def _read_some(self, size: int) -> bytes:
        if self._tls is None:
            heard = self._client.recv(size)
            self._responder.clear += heard
            return heard
        while True:
            try:
                return self._tls.read(size)
            except ssl.SSLWantReadError:
                heard = self._client.recv(65536)
                if not heard:
                    raise EOFError from None
                self._heard.write(heard)

    def _send(self, data: bytes) -> None:
        if self._tls is None:
            self._client.sendall(data)
            return
        self._tls.write(data)
        self._client.sendall(self._said.read())

    def _shake_hands(self) -> None:
        """TLS inside PRELOGIN packets, until both sides are done."""
        assert self._responder.tls
        tls = self._responder.tls.wrap_bio(self._heard, self._said, server_side=True)
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                self._say_in_packets()
                _, piece = self._message()
                self._heard.write(piece)
        self._say_in_packets()
        self._tls = tls

    def _say_in_packets(self) -> None:
        if said := self._said.read():
            self._client.sendall(packets(PRELOGIN, said))


def _statement(kind: int, body: bytes) -> str:
    """The text of a batch, or of the first argument of sp_executesql."""
    body = _without_headers(body)
    if kind == BATCH:
        return body.decode("utf-16le")
    assert body[:2] == b"\xff\xff", "a procedure by name"
    at = 2 + 2 + 2  # the mark, which procedure, its options
    at += 1 + 2 * body[at] + 1  # the name of the argument, its status
    assert body[at] == 0xE7, "NVARCHAR"
    at += 1 + 2 + 5
    if body[at - 7 : at - 5] == b"\xff\xff":
        at, text = at + 8, b""
        while length := struct.unpack("<I", body[at : at + 4])[0]:
            text += body[at + 4 : at + 4 + length]
            at += 4 + length
        return text.decode("utf-16le")
    length = struct.unpack("<H", body[at : at + 2])[0]
    return body[at + 2 : at + 2 + length].decode("utf-16le")


def _is_query(body: bytes) -> bool:
    """Whether a call is of sp_executesql."""
    return _without_headers(body)[:4] == b"\xff\xff\x0a\0"


def _without_headers(body: bytes) -> bytes:
    return body[struct.unpack("<I", body[:4])[0] :]


def _login_field(login: bytes, at: int) -> str:
    offset, length = struct.unpack("<HH", login[at : at + 4])
    return login[offset : offset + 2 * length].decode("utf-16le")


def _login_password(login: bytes) -> str:
    offset, length = struct.unpack("<HH", login[44:48])
    sent = login[offset : offset + 2 * length]
    plain = bytes(((byte ^ 0xA5) >> 4 | (byte ^ 0xA5) << 4) & 255 for byte in sent)
    return plain.decode("utf-16le")
