"""The ADBC drivers, imported by whoever connects: they take as long as Polars does."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def adbc_driver(server: str) -> Any:
    """Return the driver of ``sqlite`` or ``postgresql``, a DB-API 2 module."""
    return import_module(f"adbc_driver_{server}.dbapi")
