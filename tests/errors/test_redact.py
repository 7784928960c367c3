from __future__ import annotations

import pytest

from scrambler.errors import redact
from scrambler.errors.redact import URL_FORM, redacted


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
