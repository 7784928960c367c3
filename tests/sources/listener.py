"""Somebody who answers as SQL Server does, refuses every login, and notes what came in clear."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread

REQUIRED = 1
"""What PRELOGIN says of a client that goes on encrypted only."""

_PRELOGIN_OPTIONS = b"\0" + struct.pack(">HH", 11, 6) + b"\1" + struct.pack(">HH", 17, 1) + b"\xff"
_VERSION_AND_NO_ENCRYPTION = b"\x0d\0\0\0\0\0\2"
_LOGIN7 = b"\x10"


@dataclass
class Heard:
    """What PRELOGIN said of encryption, connection by connection, and the logins sent in clear."""

    port: int
    encrypt: list[int] = field(default_factory=list)
    logins: int = 0


@contextmanager
def listening() -> Iterator[Heard]:
    """Yield what a SQL Server without encryption hears."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        heard = Heard(server.getsockname()[1])
        Thread(target=_answer, args=(server, heard), daemon=True).start()
        yield heard


def _answer(server: socket.socket, heard: Heard) -> None:
    while True:
        try:
            client, _ = server.accept()
        except OSError:
            return
        with client:
            client.settimeout(5)
            try:
                _login(client, heard)
            except OSError:
                continue


def _login(client: socket.socket, heard: Heard) -> None:
    said = client.recv(4096)
    at = 8
    while said and said[at] != 0xFF:
        offset, _ = struct.unpack(">HH", said[at + 1 : at + 5])
        if said[at] == 1:
            heard.encrypt.append(said[8 + offset])
        at += 5
    if said:
        body = _PRELOGIN_OPTIONS + _VERSION_AND_NO_ENCRYPTION
        client.sendall(b"\4\1" + struct.pack(">H", len(body) + 8) + b"\0\0\1\0" + body)
        heard.logins += client.recv(4096)[:1] == _LOGIN7
