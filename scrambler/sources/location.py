"""Reads a location such as ``postgresql://user:password@host/database``.

A location can hold a password, and a mistyped one can hold it anywhere, so no message repeats one.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from scrambler.errors import SourceError

_SCHEMES = {
    "sqlite": "sqlite",
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "mssql": "mssql",
    "mysql": "mysql",
    "oracle": "oracle",
}
_PORTS = {"postgresql": 5432, "mssql": 1433, "mysql": 3306, "oracle": 1521}


def server_of(location: str) -> str | None:
    """Return the server that a URL names (``sqlite``, ``postgresql``, ...); None for anything else.

    ``postgres://`` is ``postgresql``.
    """
    scheme, separator, _ = location.partition("://")
    return _SCHEMES.get(scheme.lower()) if separator else None


def sqlite_path(location: str) -> Path:
    """Return the file that ``sqlite:///`` names; percent-encoded characters are decoded.

    Four slashes are absolute. Three are relative to the current folder, or absolute where only that
    leads to an existing folder, because both readings are common. Windows paths follow three.
    """
    rest = unquote(location.partition("://")[2].removeprefix("/"))
    relative, absolute = Path(rest), Path("/" + rest)
    if not relative.parent.is_dir() and absolute.parent.is_dir():
        return absolute
    return relative


def sqlite_url(path: Path) -> str:
    """Return ``path`` as the URL that ConnectorX opens; a drive's colon is percent-encoded."""
    return "sqlite://" + quote(path.absolute().as_posix())


def server_url(location: str) -> str:
    """Return ``location`` as ConnectorX reads it.

    PostgreSQL's ``?host=/folder`` (a Unix socket) moves into the host, percent-encoded.
    """
    parts = _split(location)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    host = options.pop("host", None)
    if server_of(location) != "postgresql" or host is None:
        return location
    port = options.pop("port", None)
    user, at, _ = parts.netloc.rpartition("@")
    netloc = user + at + quote(host, safe="") + (f":{port}" if port else "")
    return parts._replace(netloc=netloc, query=urlencode(options)).geturl()


def address(location: str) -> tuple[str, int] | None:
    """Return host and port of a server on the network; None where a socket or instance is named."""
    parts = _split(server_url(location))
    host, port = parts.hostname, parts.port
    if not host or "%" in host or "\\" in host or "," in parts.netloc:
        return None
    return host, port or _PORTS[server_of(location) or ""]


def _split(location: str) -> SplitResult:
    try:
        parts = urlsplit(location)
        _ = parts.port
    except ValueError:
        raise SourceError(
            f"the {server_of(location)} URL cannot be read: it should look like "
            f"{server_of(location)}://user:password@host:port/database, with characters such as "
            "@ : / # in a password written percent-encoded (/ is %2F)"
        ) from None
    return parts
