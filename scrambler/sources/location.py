"""Reads a location such as ``postgresql://user:password@host/database``.

A location can hold a password, and a mistyped one can hold it anywhere, so no message repeats one.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from scrambler.errors import SourceError
from scrambler.errors.redact import URL_FORM
from scrambler.sources.encryption import NO, YES, Secured, is_plain, secured_options
from scrambler.sources.tds_login import Login

_SCHEMES = {
    "sqlite": "sqlite",
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "mssql": "mssql",
    "mysql": "mysql",
    "oracle": "oracle",
}
_PORTS = {"postgresql": 5432, "mssql": 1433, "mysql": 3306, "oracle": 1521}
_OPTIONS: dict[str, frozenset[str]] = {
    "mssql": frozenset(
        {"encrypt", "trust_server_certificate", "trust_server_certificate_ca"}
        | {"trusted_connection", "appname"}
    ),
    "postgresql": frozenset(
        {"host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey", "application_name"}
        | {"connect_timeout", "options", "target_session_attrs"}
    ),
    "mysql": frozenset({"ssl-mode"}),
    "oracle": frozenset(),
}
"""What ConnectorX heeds. It passes over other options of SQL Server without a word."""
_ALIASES = {
    "trustservercertificate": "trust_server_certificate",
    "trustedconnection": "trusted_connection",
    "ssl_mode": "ssl-mode",
}
_SWITCHES = frozenset(
    {"encrypt", "trust_server_certificate", "trusted_connection", "sslmode", "ssl-mode"}
)


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


def secured_url(location: str) -> Secured:
    """Return the URL of a server as ConnectorX reads it, encrypted unless it says no.

    Names of options and words such as Yes are read in any case, and PostgreSQL's ?host=/folder (a
    Unix socket) moves into the host. SourceError for an option that nobody would heed, and for a
    host that ConnectorX would read as another one.
    """
    server, parts = server_of(location) or "", _split(location)
    options = _options(server, parts)
    host, port = options.pop("host", None), options.pop("port", None)
    user, at, place = parts.netloc.rpartition("@")
    if host is not None:
        place = quote(host, safe="") + (f":{port}" if port else "")
    _ensure_host(server, place)
    options = secured_options(server, unquote(host or parts.hostname or ""), options)
    url = parts._replace(netloc=user + at + place, query=urlencode(options, quote_via=quote))
    return Secured(url.geturl(), is_plain(server, unquote(host or parts.hostname or ""), options))


def address(url: str) -> tuple[str, int] | None:
    """Return host and port of a server on the network; None where a socket is named."""
    parts = _split(url)
    host, port = parts.hostname, parts.port
    if not host or "%" in host:
        return None
    return host, port or _PORTS[server_of(url) or ""]


def sql_server_login(url: str) -> Login | None:
    """Return who logs in where by a URL that ``secured_url`` made; None for a sign-on of Windows.

    That one is Kerberos or NTLM, and nobody's password can be wrong in it.
    """
    parts, (host, port) = _split(url), address(url) or ("", 0)
    options = dict(parse_qsl(parts.query))
    if not host or options.get("trusted_connection") == "true":
        return None
    return Login(
        host,
        port,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        unquote(parts.path.removeprefix("/")),
        encrypt=options.get("encrypt") == "true",
        trust_any=options.get("trust_server_certificate") == "true",
        authority=options.get("trust_server_certificate_ca"),
    )


def _options(server: str, parts: SplitResult) -> dict[str, str]:
    """Return the options of a URL by the names that ConnectorX knows."""
    found: dict[str, str] = {}
    for given, value in parse_qsl(parts.query, keep_blank_values=True):
        name = _ALIASES.get(given.lower(), given.lower())
        if name not in _OPTIONS[server]:
            known = ", ".join(sorted(_OPTIONS[server])) or "none"
            raise SourceError(
                f"the {server} URL has an option that {server}:// does not know, and what is not "
                f"known would not be heeded. It knows: {known}. For others use odbc:"
            )
        if name in _SWITCHES:
            value = _switch(server, name, value)
        found[name] = value
    return found


def _switch(server: str, name: str, value: str) -> str:
    """Return the word that the driver knows for what was written in any."""
    word = value.lower()
    if word not in YES and word not in NO:
        raise SourceError(f"the {server} URL says neither yes nor no with its option {name}")
    if word in ("strict", "verify-ca", "verify-full"):
        raise SourceError(
            f"{server}:// cannot check as much as the option {name} asks for. Use odbc: with the "
            "same words, or ask for less."
        )
    if server == "mssql":
        return "true" if word in YES else "false"
    return word.upper() if server == "mysql" else word


def _ensure_host(server: str, place: str) -> None:
    if "\\" in place or "%5c" in place.lower() or "," in place:
        raise SourceError(
            f"{server}:// reaches a server by its host and port alone, and would take this one for "
            f"another: write the port of the instance ({server}://HOST:PORT/DATABASE), or use "
            "odbc: with Server=HOST\\INSTANCE"
        )


def _split(location: str) -> SplitResult:
    try:
        parts = urlsplit(location)
        _ = parts.port
    except ValueError:
        # A comma or backslash before the port is told of as what it is.
        place = location.rpartition("@")[2].partition("/")[0]
        if "," in place or "\\" in place:
            _ensure_host(server_of(location) or "", place)
        raise SourceError(
            f"the {server_of(location)} URL cannot be read: it should look like "
            f"{server_of(location)}{URL_FORM}, with characters such as @ : / # in a password "
            "written percent-encoded (%40 %3A %2F %23)"
        ) from None
    return parts
