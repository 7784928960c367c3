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
    (
        "timed out waiting for connection: DPI Error: DPI-1047: Cannot locate a 64-bit Oracle "
        'Client library: "libclntsh.so: cannot open shared object file"',
        "Instant Client",
    ),
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
    ("Transaction (Process ID 5) was deadlocked on lock resources", "run it again"),
    ("FATAL: terminating connection due to administrator command", "lost or ended"),
    ("SSL Provider: The certificate chain was issued by an authority that", "TrustServerCert"),
    ("server does not support SSL, but SSL was required", "encrypted connection"),
    ("error performing TLS handshake: the handshake failed", "encrypted connection"),
]
# ConnectorX's pool before the words of rust-oracle, as heard where its client lacks, and of MySQL.
_POOL = "timed out waiting for connection: "
_CALL = "ODBC emitted an error calling 'SQLDriverConnect':\nState: "
CODES = [
    (_CALL + "28000, Native error: 18456, Message: secret", "refused the user", "28000, 18456"),
    (_CALL + "IM002, Native error: 0, Message: secret", "driver", "IM002"),
    (_CALL + "01000, Native error: 0, Message: Can't open lib 'secret'", "driver", "01000"),
    (_CALL + "HYT00, Native error: 0, Message: Login timeout expired", "not answer", "HYT00"),
    (_CALL + "42000, Native error: 4060, Message: secret", "no database", "42000, 4060"),
    (_CALL + "40001, Native error: 1205, Message: secret", "run it again", "40001, 1205"),
    (_CALL + "22018, Native error: 245, Message: 'secret'", "not repeated", "22018, 245"),
    (
        "Token error: 'secret' on server h executing  on line 1 (code: 1540, state: 1, class: 16)",
        "too wide to be sorted",
        "1540",
    ),
    ("ERROR 1213 (40001): secret", "run it again", "40001, 1213"),
    ("ORA-00060: secret", "run it again", "ORA-00060"),
    ("OCI Error: ORA-00942: secret", "a table is missing", "ORA-00942"),
    (_POOL + "OCI Error: ORA-01017: secret; logon denied", "refused the user", "ORA-01017"),
    (_POOL + "OCI Error: ORA-28000: secret is locked", "the account is locked", "ORA-28000"),
    (_POOL + "OCI Error: ORA-12514: secret", "no database of that name", "ORA-12514"),
    (_POOL + "MySqlError { ERROR 1045 (28000): secret }", "refused the user", "28000, 1045"),
]


@pytest.mark.parametrize(("message", "expected"), MESSAGES)
def test_reasons(message: str, expected: str) -> None:
    words = reason(RuntimeError(message))
    assert expected in words
    assert "secret" not in words
    assert "ann" not in words.split()


@pytest.mark.parametrize(("message", "expected", "codes"), CODES)
def test_codes_are_told(message: str, expected: str, codes: str) -> None:
    words = reason(RuntimeError(message))
    assert expected in words
    assert words.endswith(f" ({codes})")
    assert "secret" not in words


def test_what_a_value_says_is_no_code() -> None:
    for value in ("(code: 943476, state: 5, class: 9)", "ORA-12345: x", "ERROR 1045 (28000): x"):
        words = reason(RuntimeError(f"Conversion of '{value}' to int failed on server h"))
        assert words == "the reason given is not repeated here, because it might quote a record"


def test_silence_of_a_server_that_answers_is_a_refusal() -> None:
    words = reason(RuntimeError("Timed out in bb8"), answered=True)
    assert words.startswith("the server answers but lets nobody in: check user, password")
