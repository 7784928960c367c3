"""Encryption is the default of every connection over a network, whatever its driver does by itself.

A location that says nothing of encryption is told to encrypt. One that says no is obeyed, with a
warning. Only sockets and loopback need none, and loopback does for SQL Server too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

PLAIN = (
    "Connection not encrypted, as its location asks: whoever is on the network can read the "
    "records, and perhaps the password."
)

YES = frozenset(
    {"yes", "true", "1", "on", "mandatory", "require", "required", "strict", "sspi"}
    | {"verify-ca", "verify-full", "verify_ca", "verify_identity"}
)
NO = frozenset(
    {"no", "false", "0", "off", "optional", "disable", "disabled"}
    | {"allow", "prefer", "preferred", "request"}
)
"""The words for it of all drivers. A wish that the server may refuse is a no."""

_SWITCHES = {
    "mssql": ("encrypt", "true"),
    "postgresql": ("sslmode", "require"),
    "mysql": ("ssl-mode", "REQUIRED"),
}
_LOOPBACK = re.compile(r"(?i)localhost|127(?:\.\d{1,3}){3}|::1|\[::1\]|\(local\)")
_PAIR = re.compile(r"\s*([^=;{}]+?)\s*=\s*(\{(?:[^}]|\}\})*\}|[^;]*)\s*(?:;|$)")


@dataclass(frozen=True)
class Secured:
    """A location that says whether to encrypt; ``plain`` where it asks for no encryption.

    ``repr`` shows nothing: a location can hold a password.
    """

    location: str
    plain: bool = False

    def __repr__(self) -> str:
        """Show whether it is encrypted, and nothing else."""
        return f"Secured(plain={self.plain})"


def on_this_machine(host: str | None) -> bool:
    """Return whether ``host`` is this machine: a loopback address, a socket's folder, or none."""
    return not host or host.startswith(("/", "@", "%2F")) or bool(_LOOPBACK.fullmatch(host))


def secured_options(server: str, host: str | None, options: Mapping[str, str]) -> dict[str, str]:
    """Return the options of a ConnectorX URL, lower case, with encryption where they lack it.

    mssql://h/d -> encrypt=true; postgresql://h/d -> sslmode=require; mysql://h/d ->
    ssl-mode=REQUIRED. Oracle's is settled in sqlnet.ora, not in the URL.
    """
    name, value = _SWITCHES.get(server, ("", ""))
    if not name or name in options or _exempt(server, host):
        return dict(options)
    return {**options, name: value}


def is_plain(server: str, host: str | None, options: Mapping[str, str]) -> bool:
    """Return whether a ConnectorX URL with these options asks for no encryption over a network."""
    name, _ = _SWITCHES.get(server, ("", ""))
    return not _exempt(server, host) and options.get(name, "yes").lower() not in YES


def _exempt(server: str, host: str | None) -> bool:
    return server != "mssql" and on_this_machine(host)


def secured_odbc(connection: str) -> Secured:
    """Return an ODBC connection string that asks for encryption, unless it says no itself.

    `Driver={ODBC Driver 17 for SQL Server};Server=S` -> `…;Encrypt=yes`. FreeTDS knows the word
    Encryption alone, and a DSN can be of any driver: it is told both ways. PostgreSQL's driver is
    told SSLmode=require, but on this machine.
    """
    said = {name.lower(): value.strip("{} ") for name, value in _PAIR.findall(connection)}
    driver = said.get("driver", "").lower()
    host = said.get("server") or said.get("servername") or said.get("host")
    if "postgres" in driver or "psqlodbc" in driver:
        words = {} if on_this_machine(host) else {"SSLmode": "require"}
    elif "freetds" in driver or "tdsodbc" in driver:
        words = {"Encryption": "require"}
    elif "sqlite" in driver:
        words = {}
    elif "sql server" in driver or "msodbcsql" in driver or driver.startswith("sqlncli"):
        words = {"Encrypt": "yes"}
    else:
        words = {"Encrypt": "yes", "Encryption": "require"}
    asked = [said[name] for name in ("encrypt", "encryption", "sslmode") if name in said]
    if any(value.lower() not in YES for value in asked):
        return Secured(connection, plain=bool(words))
    missing = [f"{name}={value}" for name, value in words.items() if name.lower() not in said]
    return Secured(";".join([connection.rstrip("; "), *missing]) + ";")
