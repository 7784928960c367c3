"""Drivers of ODBC that may be on a machine: Debian's odbc-postgresql and tdsodbc."""

from __future__ import annotations

import shutil
import subprocess
from urllib.parse import parse_qsl, urlsplit

import pytest

POSTGRESQL = "PostgreSQL Unicode"
FREETDS = "FreeTDS"


def _installed(driver: str) -> bool:
    try:
        import arrow_odbc  # noqa: F401
    except (ImportError, OSError):
        return False
    odbcinst = shutil.which("odbcinst")
    if odbcinst is None:
        return False
    listed = subprocess.run([odbcinst, "-q", "-d"], capture_output=True, check=False, text=True)
    return f"[{driver}]" in listed.stdout


needs_manager = pytest.mark.skipif(
    not (_installed(POSTGRESQL) or _installed(FREETDS)),
    reason="did not run: needs arrow-odbc, and Debian's unixodbc",
)
needs_postgresql = pytest.mark.skipif(
    not _installed(POSTGRESQL),
    reason="did not run: needs arrow-odbc, and Debian's unixodbc and odbc-postgresql",
)
needs_freetds = pytest.mark.skipif(
    not _installed(FREETDS),
    reason="did not run: needs arrow-odbc, and Debian's unixodbc and tdsodbc",
)


def odbc_of(url: str, password: str = "guess-9c2") -> str:
    """Return the odbc: location of a PostgreSQL whose URL this is."""
    parts = urlsplit(url)
    host = parts.hostname or dict(parse_qsl(parts.query))["host"]
    port = f"Port={parts.port};" if parts.port else ""
    return (
        f"odbc:Driver={{{POSTGRESQL}}};Server={host};{port}Database={parts.path[1:]};"
        f"Uid={parts.username};Pwd={password};"
    )
