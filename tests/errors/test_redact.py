from __future__ import annotations

import pytest

from scrambler.errors import redact
from scrambler.errors.redact import URL_FORM, plain, redacted, shown
from scrambler.ssd import ssd


@pytest.mark.parametrize(
    "text",
    [
        "mssql://sa:hunter2@h/d",
        "mssql://sa:hun ter2@x@h/d cannot be read",
        "postgresql://u:hunter2/x@h/d",
        "odbc:Driver={x};Uid=u;Pwd={hunter2;}}",
        "Password = hunter2",
    ],
)
def test_passwords_go(text: str) -> None:
    assert "hun" not in redacted(text)
    assert "ter2" not in redacted(text)


def test_the_form_of_a_url_is_shown() -> None:
    advice = f"it should look like mssql{URL_FORM}, with characters such as @ : / # (%40 %23)"
    assert redacted(advice) == advice


def test_what_came_from_the_environment_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redact, "_secrets", set[str]())
    redact.remember("")
    assert redacted("a b c") == "a b c"
    redact.remember("b c")
    assert redacted("a b c") == "a …"


def test_what_a_terminal_would_act_on_is_spelled_out() -> None:
    assert plain("a\x1b[2Jb\r\n\x07\u202ec\x9bd") == "a\\x1b[2Jb\\r\n\\x07\\u202ec\\x9bd"
    assert plain("Café — £, 名前") == "Café — £, 名前"


def test_a_name_of_a_source_is_one_line_and_short() -> None:
    assert shown("ssd_local") == "ssd_local"
    assert shown("a\nb\x1b") == "a\\nb\\x1b"
    assert shown("x" * 64) == "x" * 64
    assert shown("x" * 200) == "x" * 48 + "… (152 more characters)"
    longest = max(len(f"{column}") for table in ssd().tables.values() for column in table.columns)
    assert longest <= 64
