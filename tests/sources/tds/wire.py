"""What SQL Server puts on the wire: packets, tokens and values, as MS-TDS 7.4 lays them out."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

PRELOGIN, LOGIN7, BATCH, RPC, REPLY, ATTENTION, TRANSACTION = 0x12, 0x10, 0x01, 0x03, 0x04, 0x06, 14
OFF, NOT_SUPPORTED, REQUIRED = 0, 2, 3
"""What PRELOGIN says of encryption."""

_PACKET = 4096
_COLLATION = b"\x09\x04\xd0\x00\x34"  # Latin1_General_CI_AS
_NULL_OF_MAX = b"\xff" * 8
_START = datetime(1900, 1, 1)
_TICKS_A_SECOND = 300
_WRITTEN = re.compile(r"([A-Z]+[0-9]*)(?:\((\d+|MAX)\))?")

Value = str | int | float | bool | date | None


@dataclass(frozen=True)
class Column:
    """A column of a result: its name and its type as DDL writes it, such as NCHAR(5)."""

    name: str
    type: str


def packets(kind: int, body: bytes) -> bytes:
    """Cut a message into packets; the last one says so."""
    room = _PACKET - 8
    pieces = [body[at : at + room] for at in range(0, len(body), room)] or [b""]
    return b"".join(
        struct.pack(">BBHHBB", kind, number == len(pieces), len(piece) + 8, 0, number % 256, 0)
        + piece
        for number, piece in enumerate(pieces, 1)
    )


def prelogin(encryption: int) -> bytes:
    options = b"\0" + struct.pack(">HH", 11, 6) + b"\1" + struct.pack(">HH", 17, 1) + b"\xff"
    return options + b"\x0d\0\0\0\0\0" + bytes([encryption])


def prelogin_option(said: bytes, wanted: int) -> bytes:
    """The value of an option in what a client said; empty where it did not say."""
    at = 0
    while said[at] != 0xFF:
        offset, length = struct.unpack(">HH", said[at + 1 : at + 5])
        if said[at] == wanted:
            return said[offset : offset + length]
        at += 5
    return b""


def logged_in() -> bytes:
    version = struct.pack(">I", 0x74000004)
    name = _short("Microsoft SQL Server")
    ack = b"\x01" + version + name + b"\x0d\0\0\0"
    size = b"\x04" + _short(str(_PACKET)) + _short(str(_PACKET))
    collation = b"\x07\x05" + _COLLATION + b"\0"
    changes = b"".join(b"\xe3" + struct.pack("<H", len(one)) + one for one in (size, collation))
    return changes + b"\xad" + struct.pack("<H", len(ack)) + ack + done()


def transaction(request: int) -> bytes:
    """What ends a request to begin (5), commit (7) or roll back (8): it names the transaction."""
    known = b"\x08" + bytes(range(8))
    change = {5: b"\x08" + known + b"\0", 7: b"\x09\0" + known, 8: b"\x0a\0" + known}[request]
    return b"\xe3" + struct.pack("<H", len(change)) + change + done()


def error(number: int, message: str, severity: int = 16) -> bytes:
    text = message.encode("utf-16le")
    body = struct.pack("<iBB", number, 1, severity) + struct.pack("<H", len(message)) + text
    body += _short("SRV") + _short("") + struct.pack("<i", 1)
    return b"\xaa" + struct.pack("<H", len(body)) + body


def done(
    rows: int | None = None, *, failed: bool = False, token: int = 0xFD, more: bool = False
) -> bytes:
    status = (0x02 if failed else 0) | (0x10 if rows is not None else 0) | more
    return struct.pack("<BHHQ", token, status, 0xC1 if rows is not None else 0, rows or 0)


def result(columns: Sequence[Column], rows: Sequence[Sequence[Value]], *, rpc: bool) -> bytes:
    """A result set, as a batch or a call of sp_executesql gives it."""
    types = [_type(column.type) for column in columns]
    head = b"\x81" + struct.pack("<H", len(columns))
    for column, (info, _) in zip(columns, types, strict=True):
        head += struct.pack("<IH", 0, 0x09) + info + _short(column.name)
    encoders = [encode for _, encode in types]
    body = b"".join(
        b"\xd1" + b"".join([encode(value) for encode, value in zip(encoders, row, strict=True)])
        for row in rows
    )
    if not rpc:
        return head + body + done(len(rows))
    ended = done(len(rows), token=0xFF) + b"\x79" + struct.pack("<i", 0)
    return head + body + ended + done(token=0xFE)


def _type(written: str) -> tuple[bytes, Callable[[Value], bytes]]:
    """The TYPE_INFO of a type, and what writes its values."""
    found = _WRITTEN.fullmatch(written)
    assert found, written
    name, width = found.groups()
    if name in ("NVARCHAR", "NCHAR") and width != "MAX":
        size = 2 * int(width)
        code = b"\xe7" if name == "NVARCHAR" else b"\xef"
        pad = int(width) if name == "NCHAR" else 0
        return code + struct.pack("<H", size) + _COLLATION, lambda value: _text(value, pad)
    if name == "VARCHAR":
        return b"\xa7" + struct.pack("<H", int(width)) + _COLLATION, _latin
    if name == "NVARCHAR":
        return b"\xe7\xff\xff" + _COLLATION, _max
    return _FIXED[name]


def _text(value: Value, pad: int) -> bytes:
    if value is None:
        return b"\xff\xff"
    text = str(value).ljust(pad).encode("utf-16le")
    return struct.pack("<H", len(text)) + text


def _latin(value: Value) -> bytes:
    if value is None:
        return b"\xff\xff"
    text = str(value).encode("cp1252")
    return struct.pack("<H", len(text)) + text


def _max(value: Value) -> bytes:
    """A text of any length, sent in pieces (PLP)."""
    if value is None:
        return _NULL_OF_MAX
    text = str(value).encode("utf-16le")
    pieces = [text[at : at + 1000] for at in range(0, len(text), 1000)]
    sent = b"".join(struct.pack("<I", len(piece)) + piece for piece in pieces)
    return struct.pack("<Q", len(text)) + sent + b"\0\0\0\0"


def _moment(value: Value) -> bytes:
    """A DATETIME: days since 1900 and three-hundredths of a second."""
    if value is None:
        return b"\0"
    assert isinstance(value, datetime)
    since = value - _START
    ticks = round((since - timedelta(days=since.days)).total_seconds() * _TICKS_A_SECOND)
    return b"\x08" + struct.pack("<iI", since.days, ticks)


def _day(value: Value) -> bytes:
    """A DATE: days since the year 1."""
    if value is None:
        return b"\0"
    assert isinstance(value, date)
    return b"\x03" + struct.pack("<I", value.toordinal() - 1)[:3]


def _sized(size: int, packing: str) -> Callable[[Value], bytes]:
    return lambda value: b"\0" if value is None else bytes([size]) + struct.pack(packing, value)


_FIXED: dict[str, tuple[bytes, Callable[[Value], bytes]]] = {
    "BIT": (b"\x68\x01", _sized(1, "<B")),
    "TINYINT": (b"\x26\x01", _sized(1, "<B")),
    "INT": (b"\x26\x04", _sized(4, "<i")),
    "BIGINT": (b"\x26\x08", _sized(8, "<q")),
    "FLOAT": (b"\x6d\x08", _sized(8, "<d")),
    "DATETIME": (b"\x6f\x08", _moment),
    "DATE": (b"\x28", _day),
}


def _short(text: str) -> bytes:
    return bytes([len(text)]) + text.encode("utf-16le")
