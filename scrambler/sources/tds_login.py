"""One login to SQL Server, before ConnectorX's pool makes any.

The pool tries a refused login again, seven times in half a minute: enough to lock an account. So
the first attempt is made here, as MS-TDS 7.4 lays it out: PRELOGIN, TLS inside PRELOGIN packets,
LOGIN7. A certificate is checked before a password is sent. python-tds would do, but takes a private
list of authorities in place of this machine's.
"""

from __future__ import annotations

import socket
import ssl
import struct
from dataclasses import dataclass

_PRELOGIN, _LOGIN7 = 0x12, 0x10
_OFF, _NOT_SUPPORTED, _REQUIRED = 0, 2, 3
_VERSION_7_4 = 0x74000004
_PACKET = 4096
_ERROR, _DONE, _INFO, _CHANGE, _LOGIN_ACK = 0xAA, 0xFD, 0xAB, 0xE3, 0xAD


@dataclass(frozen=True, repr=False)
class Login:
    """Who wants to go where; ``repr`` shows nothing of it.

    ``encrypt`` is for all that follows; a password is encrypted in any case.
    ``authority`` is a file of certificates to trust beside this machine's.
    """

    host: str
    port: int
    user: str
    password: str
    database: str
    encrypt: bool = True
    trust_any: bool = False
    authority: str | None = None


class LoginError(Exception):
    """The server lets nobody in. Its text is a code, or words of our own: no name, no password."""


def ensure_let_in(login: Login, patience: float) -> None:
    """Log in once and hang up. LoginError, OSError or ssl.SSLError when that cannot be done.

    ``patience`` is the most seconds to wait for each answer.
    """
    with socket.create_connection((login.host, login.port), timeout=patience) as connection:
        wire = _Wire(connection)
        wire.send(_PRELOGIN, _prelogin(_REQUIRED if login.encrypt else _OFF))
        answer = _encryption_of(wire.receive())
        if answer == _NOT_SUPPORTED:  # not even for the password
            raise LoginError("the server offers no encryption")
        wire.encrypt(_context(login), login.host)
        wire.send(_LOGIN7, _login7(login))
        if answer == _OFF and not login.encrypt:
            wire.decrypt()
        _ensure_acknowledged(wire.receive())


class _Wire:
    """Messages cut into packets, inside TLS or not."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._tls: ssl.SSLObject | None = None
        self._heard, self._said = ssl.MemoryBIO(), ssl.MemoryBIO()

    def send(self, kind: int, body: bytes) -> None:
        packets = _packets(kind, body)
        if self._tls:
            self._tls.write(packets)
            packets = self._said.read()
        self._connection.sendall(packets)

    def receive(self) -> bytes:
        """Return the whole of the next message."""
        body = b""
        while True:
            head = self._read(8)
            body += self._read(struct.unpack(">H", head[2:4])[0] - 8)
            if head[1] & 1:
                return body

    def encrypt(self, context: ssl.SSLContext, host: str) -> None:
        """Shake hands: what TLS says goes into PRELOGIN packets until both sides are ready."""
        tls = context.wrap_bio(self._heard, self._said, server_hostname=host)
        ready = False
        while not ready:
            try:
                tls.do_handshake()
                ready = True
            except ssl.SSLWantReadError:
                pass
            if said := self._said.read():
                self._connection.sendall(_packets(_PRELOGIN, said))
            if not ready:
                self._heard.write(self.receive())
        self._tls = tls

    def decrypt(self) -> None:
        """Go on in clear: both sides encrypt the login alone."""
        self._tls = None

    def _read(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            found += self._some(size - len(found))
        return found

    def _some(self, size: int) -> bytes:
        while self._tls:
            try:
                return self._tls.read(size)
            except ssl.SSLWantReadError:
                self._heard.write(self._from_network(_PACKET))
        return self._from_network(size)

    def _from_network(self, size: int) -> bytes:
        heard = self._connection.recv(size)
        if not heard:
            raise LoginError("the server hung up: connection refused")
        return heard


def _packets(kind: int, body: bytes) -> bytes:
    room = _PACKET - 8
    pieces = [body[at : at + room] for at in range(0, len(body), room)]
    return b"".join(
        struct.pack(">BBHHBB", kind, number == len(pieces), len(piece) + 8, 0, number % 256, 0)
        + piece
        for number, piece in enumerate(pieces, 1)
    )


def _prelogin(encryption: int) -> bytes:
    """Return a PRELOGIN of two options, VERSION at 11 and ENCRYPTION at 17."""
    options = b"\0" + struct.pack(">HH", 11, 6) + b"\1" + struct.pack(">HH", 17, 1) + b"\xff"
    return options + bytes(6) + bytes([encryption])


def _encryption_of(answer: bytes) -> int:
    at = 0
    while at + 5 <= len(answer) and answer[at] != 0xFF:
        option, place = int(answer[at]), int.from_bytes(answer[at + 1 : at + 3], "big")
        if option == 1 and place < len(answer):
            return answer[place]
        at += 5
    raise LoginError("what answers is no SQL Server: connection refused")


def _context(login: Login) -> ssl.SSLContext:
    context = ssl.create_default_context()
    # Up to TLS 1.2 the handshake ends before the login; 1.3 belongs to TDS 8.
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    if login.authority:
        context.load_verify_locations(login.authority)
    if login.trust_any:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _login7(login: Login) -> bytes:
    """Return a LOGIN7: 94 bytes of numbers and places, then the texts in UTF-16."""
    texts = ["", login.user, login.password, "scrambler", login.host, "", "", "", login.database]
    places, data = b"", b""
    for number, text in enumerate(texts):
        sent = text.encode("utf-16le")
        places += struct.pack("<HH", 94 + len(data), len(sent) // 2)
        data += _hidden(sent) if number == 2 else sent
    end = struct.pack("<HH", 94 + len(data), 0)
    flags = bytes([0xE0, 0x03, 0, 0])  # a database that cannot be opened ends the login
    numbers = struct.pack("<IIIII", _VERSION_7_4, _PACKET, 0, 0, 0) + flags + bytes(8)
    body = numbers + places + bytes(6) + 3 * end + bytes(4) + data
    return struct.pack("<I", len(body) + 4) + body


def _hidden(password: bytes) -> bytes:
    """Return a password as LOGIN7 wants it, half-bytes swapped: no secrecy, hence TLS."""
    return bytes(((byte << 4 | byte >> 4) & 0xFF) ^ 0xA5 for byte in password)


def _ensure_acknowledged(answer: bytes) -> None:
    """Raise LoginError with the number of the first error token; return at a LOGINACK."""
    at = 0
    while at < len(answer) and answer[at] in (_ERROR, _INFO, _CHANGE, _LOGIN_ACK):
        token, length = struct.unpack("<BH", answer[at : at + 3])
        if token == _ERROR:
            number, state, severity = struct.unpack("<iBB", answer[at + 3 : at + 9])
            raise LoginError(f"(code: {number}, state: {state}, class: {severity})")
        if token == _LOGIN_ACK:
            return
        at += 3 + length
    raise LoginError("the server hung up: connection refused")
