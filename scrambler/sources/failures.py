"""Says why a database failed without repeating what it said.

A server's own message can quote a value, a password or a host, so it is only matched against known
codes and patterns. What is passed on of it is its code alone: an SQLSTATE, or the server's number.
"""

from __future__ import annotations

import re

_LOGIN = (
    "the server refused the user name or password; check both, and in a URL write characters such "
    "as @ : / # in a password percent-encoded (%40 %3A %2F %23)"
)
_BARRED = "the account is locked or its password has run out; ask whoever runs the server"
_DATABASE = "the server has no database of that name, or this user may not open it"
_DRIVER = (
    "the ODBC driver that the string names is not installed; write the name of one that is "
    "(Windows: ODBC Data Sources; else: odbcinst -q -d)"
)
_TLS = (
    "no encrypted connection came about: the server offers none, or its certificate cannot be "
    "checked. Ask for a certificate that this machine trusts. TrustServerCertificate=yes "
    "(odbc:) or trust_server_certificate=true (mssql://) takes any, and then nobody knows whether "
    "it is that server"
)
_DEADLOCK = "the server ended this to free two that waited for each other; run it again"
_TABLE = "a table is missing, or this user may not see it"
_COLUMN = "a column is missing; the table changed while it was read"
_RIGHT = "this user may not do that; ask for the right to read the tables"
_LOST = "the connection was lost or ended by the server half-way; run it again"
_SILENT = "the server does not answer; check host and port, the network (VPN), and that it runs"
_UNREACHED = (
    "no connection came about: nobody answers there, or encryption was not agreed on; check host, "
    "instance and port, the network (VPN), and what the server offers"
)
_SHUT = (
    "the server answers but lets nobody in: check user, password, database, encryption and "
    "certificate"
)
_LOCKED = "it is locked by another program; close that program, or read a copy"
_SORT = "a table without a primary key is too wide to be sorted; give it a key, or use odbc:"

_CODES: dict[str, str] = {
    **dict.fromkeys(("28000", "28P01", "18456", "18452", "1045", "ORA-01017", "ORA-01005"), _LOGIN),
    **dict.fromkeys(("18486", "18487", "18488", "ORA-28000", "ORA-28001"), _BARRED),
    **dict.fromkeys(("3D000", "4060", "1049", "ORA-12514", "ORA-12505"), _DATABASE),
    **dict.fromkeys(("IM002", "IM003"), _DRIVER),
    **dict.fromkeys(("40001", "40P01", "1205", "1213", "ORA-00060"), _DEADLOCK),
    **dict.fromkeys(("42P01", "42S02", "208", "ORA-00942"), _TABLE),
    **dict.fromkeys(("42703", "42S22", "207", "ORA-00904"), _COLUMN),
    **dict.fromkeys(("42501", "229", "ORA-01031"), _RIGHT),
    **dict.fromkeys(("57P01", "57P02", "08003", "08006", "08S01", "20017"), _LOST),
    **dict.fromkeys(("HYT00", "HYT01"), _SILENT),
    "1540": _SORT,
}
"""By SQLSTATE or the server's own number; the more telling of the two where both are known."""

_REASONS: tuple[tuple[str, str], ...] = (
    (r"can't open lib|data source name not found|file not found", _DRIVER),
    (r"\b(?:ssl|tls)\b|certificate|encryption|handshake", _TLS),
    (r"password|authentication failed|login failed|access denied|role \S+ does not", _LOGIN),
    (r"database \S+ does not exist|unknown database|cannot open database", _DATABASE),
    (
        r"DPI-1047|oracle client",
        "the Oracle Instant Client is not installed, or not on the PATH",
    ),
    (r"deadlock", _DEADLOCK),
    (r"locked|busy", _LOCKED),
    (
        r"not a database|malformed|file is encrypted",
        "the file is damaged, encrypted, or not a SQLite database",
    ),
    (r"no such table|relation \S+ does not exist|invalid object name|doesn't exist", _TABLE),
    (
        r"no such column|column \S+ does not exist|invalid column name|unknown column",
        _COLUMN,
    ),
    (r"permission|denied|readonly|read-only|unable to open", _RIGHT),
    (
        r"utf-?8|invalid byte sequence",
        "a text column holds bytes that are not valid UTF-8",
    ),
    (
        r"terminating connection|server closed|connection (?:reset|closed)|broken pipe"
        r"|unexpected eof|remaining on stream",
        _LOST,
    ),
    (r"unable to connect to data source", _UNREACHED),
    (
        r"timed out|refused|unreachable|translate host|not known|error connecting|no route"
        r"|connection to server|no such file|unable to connect",
        _SILENT,
    ),
    (r"disk|no space", "the disk is full or fails"),
)
_UNKNOWN = "the reason given is not repeated here, because it might quote a record"

_POOL = "(?:timed out waiting for connection: )?"
"""What ConnectorX puts before the last error of a pool that let nobody in."""

# Where drivers write the code, so that no text of a record can stand in for it.
_PLACES = (
    re.compile(
        r"^(?:External error: )?[^:]*:\s*State: (?P<state>[0-9A-Z]{5}),"
        r" Native error: (?P<number>-?\d{1,6}),"
    ),
    re.compile(r"\(code: (?P<number>\d{1,6}), state: \d+, class: \d+\)\s*[)'\"]*$"),
    re.compile(rf"^\W*{_POOL}(?:OCI Error: )?(?P<number>ORA-\d{{5}}):"),
    re.compile(rf"^{_POOL}[\w {{]*ERROR (?P<number>\d{{4}}) \((?P<state>[0-9A-Z]{{5}})\):"),
)


def reason(failure: BaseException, answered: bool = False) -> str:
    """Return why ``failure`` happened and what to do, in words that hold nothing of it.

    ``answered``: somebody listens there, so that silence means a refusal. The SQLSTATE and the
    server's number follow in brackets where the driver told them.
    """
    message, codes = str(failure), codes_of(failure)
    words = next((_CODES[code] for code in reversed(codes) if code in _CODES), "") or next(
        (words for pattern, words in _REASONS if re.search(pattern, message, re.IGNORECASE)),
        _UNKNOWN,
    )
    if answered and words == _SILENT:
        words = _SHUT
    return f"{words} ({', '.join(codes)})" if codes else words


def codes_of(failure: BaseException) -> list[str]:
    """Return the SQLSTATE and the server's number, as far as they are told; 0 is no number."""
    message = str(failure)
    found = next(filter(None, (place.search(message) for place in _PLACES)), None)
    told = found.groupdict() if found else {"state": getattr(failure, "sqlstate", None)}
    codes = (told.get("state"), told.get("number"))
    return [code for code in codes if code and code.strip("0") and not code.startswith("\0")]
