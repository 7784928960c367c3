from __future__ import annotations

import pytest

from scrambler.sources.failures import reason

# As the servers and their drivers word them.
MESSAGES = [
    ('FATAL: password authentication failed for user "ann"', "user name or password"),
    ("Token error: 'Login failed for user 'ann'.' on server", "user name or password"),
    ("ERROR 1045 (28000): Access denied for user 'ann'@'h'", "user name or password"),
    ("ORA-01017: invalid username/password; logon denied", "user name or password"),
    ('FATAL: database "secret" does not exist', "no database of that name"),
    ("ERROR 1049 (42000): Unknown database 'secret'", "no database of that name"),
    ("DPI-1047: Cannot locate a 64-bit Oracle Client library", "Instant Client"),
    ("database is locked", "locked by another"),
    ("file is not a database", "damaged"),
    ("database disk image is malformed", "damaged"),
    ("no such table: secret", "table is missing"),
    ('db error: ERROR: relation "secret" does not exist', "table is missing"),
    ("Token error: 'Invalid object name 'secret'.'", "table is missing"),
    ("ORA-00942: table or view does not exist", "table is missing"),
    ('ERROR: column "secret" does not exist', "column is missing"),
    ("ERROR: permission denied for table secret", "may not do that"),
    ("error connecting to server: Connection refused (os error 111)", "does not answer"),
    ("timed out waiting for connection", "does not answer"),
    ('invalid input syntax for type integer: "secret"', "not repeated"),
]


@pytest.mark.parametrize(("message", "expected"), MESSAGES)
def test_reasons(message: str, expected: str) -> None:
    words = reason(RuntimeError(message))
    assert expected in words
    assert "secret" not in words
    assert "ann" not in words.split()
