"""What a client inserts: prepared once, executed for each row, its values as MS-TDS sends them."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tests.sources.tds.wire import Value, done

_PREPARE, _PREPARE_AND_EXECUTE, _UNPREPARE, _EXECUTE = 11, 13, 15, 12
_BY_NUMBER, _BETWEEN_CALLS = b"\xff\xff", 0xFF
_INSERT = re.compile(r'INSERT INTO "(\w+)"\."(\w+)" \((.*?)\) VALUES')
_COUNTED = {0xA7: 7, 0xE7: 7, 0xA5: 2}  # types with a length of two bytes: what stands before it
_SHORT = {0x26: 1, 0x6D: 1, 0x68: 1, 0x28: 0, 0x2A: 1}  # with a length of one
_TEXTS = {0x63: "utf-16le", 0x23: "cp1252"}


@dataclass
class Inserts:
    """The rows that were inserted, by table; ``prepared`` are the tables and their columns."""

    prepared: list[tuple[str, list[str]]] = field(default_factory=list)
    rows: dict[str, list[dict[str, Value]]] = field(default_factory=dict)

    def answer(self, body: bytes) -> bytes:
        """Take the calls of a message, and answer them; nothing where they insert nothing."""
        answer, calls = b"", list(_calls(body))
        for number, (procedure, (first, *others)) in enumerate(calls, 1):
            handle, more = b"", number < len(calls)
            if procedure in (_PREPARE, _PREPARE_AND_EXECUTE):
                found = _INSERT.match(str(others[1]))
                assert found, others[1]
                self.prepared.append((found[2], re.findall(r'"(\w+)"', found[3])))
                handle, others = _handle(len(self.prepared)), others[2:]
            answer += b"\x79\0\0\0\0" + handle + done(1, token=0xFE, more=more)
            if procedure in (_EXECUTE, _PREPARE_AND_EXECUTE):
                known = len(self.prepared) if procedure == _PREPARE_AND_EXECUTE else first
                assert isinstance(known, int)
                assert known > 0
                table, columns = self.prepared[known - 1]
                row = dict(zip(columns, others, strict=True))
                self.rows.setdefault(table, []).append(row)
        return answer


def _handle(number: int) -> bytes:
    """What gives a client the handle of what it prepared."""
    head = b"\xac" + struct.pack("<H", 0) + b"\0\x01" + struct.pack("<IH", 0, 0)
    return head + b"\x26\x04\x04" + struct.pack("<i", number)


def _calls(body: bytes) -> Iterator[tuple[int, list[Value]]]:
    """Yield the number and the parameters of each call of a message."""
    at = 0
    while at < len(body):
        if body[at : at + 2] == _BY_NUMBER:
            procedure, at = body[at + 2], at + 4
        else:
            end = at + 2 + 2 * body[at]
            assert body[at + 2 : end].decode("utf-16le") == "sp_execute"
            procedure, at = _EXECUTE, end
        at += 2  # its options
        values = []
        while at < len(body) and body[at] != _BETWEEN_CALLS:
            at += 1 + 2 * body[at] + 1  # the name of the parameter, its status
            value, at = _parameter(body, at)
            values.append(value)
        yield procedure, values
        at += 1


def _parameter(body: bytes, at: int) -> tuple[Value, int]:
    kind, scale = body[at], body[at + 1]
    if kind in _TEXTS or (kind in _COUNTED and body[at + 1 : at + 3] == b"\xff\xff"):
        return _long(kind, body, at)
    if kind in _COUNTED:
        at += 1 + _COUNTED[kind]
        length, at = struct.unpack("<H", body[at : at + 2])[0], at + 2
        if length == 0xFFFF:
            return None, at
        text = body[at : at + length]
        return text.decode(_encoding(kind), "replace"), at + length
    at += 1 + _SHORT[kind]
    length, at = body[at], at + 1
    raw = body[at : at + length]
    return (_value(kind, scale, raw) if length else None), at + length


def _long(kind: int, body: bytes, at: int) -> tuple[Value, int]:
    """A text with a length of four bytes, or in pieces."""
    if kind in _TEXTS:
        at += 1 + 4 + 5
        length, at = struct.unpack("<I", body[at : at + 4])[0], at + 4
        if length == 0xFFFFFFFF:
            return None, at
        return body[at : at + length].decode(_TEXTS[kind]), at + length
    at += 1 + 7
    if body[at : at + 8] == b"\xff" * 8:
        return None, at + 8
    at, text = at + 8, b""
    while length := struct.unpack("<I", body[at : at + 4])[0]:
        text, at = text + body[at + 4 : at + 4 + length], at + 4 + length
    return text.decode(_encoding(kind)), at + 4


def _encoding(kind: int) -> str:
    return "utf-16le" if kind == 0xE7 else "cp1252"


def _value(kind: int, scale: int, raw: bytes) -> Value:
    if kind == 0x6D:
        return float(struct.unpack("<d" if len(raw) == 8 else "<f", raw)[0])
    if kind == 0x68:
        return bool(raw[0])
    if kind == 0x26:
        return int.from_bytes(raw, "little", signed=len(raw) > 1)
    days = date(1, 1, 1) + timedelta(days=int.from_bytes(raw[-3:], "little"))
    if kind == 0x28:
        return days
    ticks = int.from_bytes(raw[:-3], "little") * 10 ** (6 - scale)
    return datetime(days.year, days.month, days.day) + timedelta(microseconds=ticks)
