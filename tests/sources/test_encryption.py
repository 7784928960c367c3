from __future__ import annotations

import pytest

from scrambler.sources.encryption import secured_odbc

MICROSOFT = "Driver={ODBC Driver 17 for SQL Server};Server=SRV\\INST;Trusted_Connection=yes"


@pytest.mark.parametrize(
    ("said", "added"),
    [
        (MICROSOFT, "Encrypt=yes"),
        ("DRIVER=SQL Server Native Client 11.0;SERVER=s", "Encrypt=yes"),
        ("Driver={SQL Server};Server=localhost;", "Encrypt=yes"),
        ("Driver=FreeTDS;Server=127.0.0.1;Port=1433", "Encryption=require"),
        # FreeTDS passes over Encrypt.
        ("Driver=FreeTDS;Server=s;Encrypt=yes", "Encryption=require"),
        ("DSN=ours;Uid=u;Pwd=p", "Encrypt=yes;Encryption=require"),
        ("Driver={PostgreSQL Unicode};Server=db;Uid=u", "SSLmode=require"),
        ("Driver={PostgreSQL Unicode};Server=localhost;Uid=u", ""),
        ("Driver={PostgreSQL Unicode};Server=/tmp;Uid=u", ""),
        (MICROSOFT + ";Encrypt=strict", ""),
        ("Driver={PostgreSQL Unicode};Server=db;sslmode=verify-full", ""),
        # What stands in a password says nothing.
        ("Driver={ODBC Driver 18 for SQL Server};Pwd={a;Encrypt=no;b}}c}", "Encrypt=yes"),
    ],
)
def test_strings_that_do_not_say_no_are_encrypted(said: str, added: str) -> None:
    secured = secured_odbc(said)
    assert secured.location == ";".join(filter(None, [said.rstrip("; "), added])) + ";"
    assert not secured.plain
    assert "Pwd" not in repr(secured)


@pytest.mark.parametrize(
    "said",
    [
        MICROSOFT + ";Encrypt=no",
        MICROSOFT + ";ENCRYPT = {Optional};",
        "Driver=FreeTDS;Server=s;Encryption=off",
        "Driver={PostgreSQL Unicode};Server=db;sslmode=prefer",
    ],
)
def test_a_string_that_says_no_is_obeyed_and_told_of(said: str) -> None:
    secured = secured_odbc(said)
    assert (secured.location, secured.plain) == (said, True)
