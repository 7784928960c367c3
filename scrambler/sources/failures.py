"""Says why a database failed without repeating what it said.

A server's own message can quote a value, a password or a host, so it is only matched against known
patterns, never passed on.
"""

from __future__ import annotations

import re

_REASONS: tuple[tuple[str, str], ...] = (
    (
        r"password|authentication failed|login failed|access denied|ORA-01017|role \S+ does not",
        "the server refused the user name or password; check both, and write characters such as "
        "@ : / # in a password percent-encoded (@ is %40)",
    ),
    (
        r"database \S+ does not exist|unknown database|cannot open database|ORA-12514",
        "the server has no database of that name, or this user may not open it",
    ),
    (
        r"DPI-1047|oracle client",
        "the Oracle Instant Client is not installed, or not on the PATH",
    ),
    (r"locked|busy", "it is locked by another program; close that program, or read a copy"),
    (
        r"not a database|malformed|file is encrypted",
        "the file is damaged, encrypted, or not a SQLite database",
    ),
    (
        r"no such table|relation \S+ does not exist|invalid object name|ORA-00942|doesn't exist",
        "a table is missing, or this user may not see it",
    ),
    (
        r"no such column|column \S+ does not exist|invalid column name|ORA-00904|unknown column",
        "a column is missing; the table changed while it was read",
    ),
    (
        r"permission|denied|ORA-01031|readonly|read-only|unable to open",
        "this user may not do that; ask for the right to read the tables",
    ),
    (
        r"utf-?8|invalid byte sequence",
        "a text column holds bytes that are not valid UTF-8",
    ),
    (
        r"timed out|refused|unreachable|translate host|not known|error connecting|no route"
        r"|connection (?:reset|closed|to server)|no such file",
        "the server does not answer; check host and port, the network (VPN), and that it runs",
    ),
    (r"disk|no space", "the disk is full or fails"),
)
_UNKNOWN = "the reason given is not repeated here, because it might quote a record"


def reason(failure: BaseException) -> str:
    """Return why ``failure`` happened and what to do, in words that hold nothing of it."""
    message = str(failure)
    return next(
        (words for pattern, words in _REASONS if re.search(pattern, message, re.IGNORECASE)),
        _UNKNOWN,
    )
