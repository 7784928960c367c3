"""Every kind of place for payloads, real ones."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(params=["folder", "sqlite", "postgresql"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty place for payloads."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("fresh_postgres_url")
        return url
    if request.param == "sqlite":
        return f"sqlite:///{(tmp_path / 'staging.db').as_posix()}"
    return str(tmp_path / "staged")
