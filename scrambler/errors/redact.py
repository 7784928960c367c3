"""Makes texts fit to be shown: without passwords, and without what a terminal would act on.

A user's words can come back in messages, and so can names of a source, which anybody may have
chosen.
"""

from __future__ import annotations

import re

URL_FORM = "://user:password@host:port/database"
"""How a URL is to be written; in messages it stands as it is."""

_SHOWN = "\0form\0"

# Behind a user's name a password may hold blanks: all up to the last @ of a line goes.
_CREDENTIALS = re.compile(r"(:/{1,2})(?:[^\s/@:,]+:[^\n]*@|\S+@)")
_PASSWORD = re.compile(
    r"(?i)\b((?:ssl)?(?:pwd|pass(?:word|wd)?)\s*=\s*)(?:\{[^}\n]*\}?|[^;&\n'\")]*)"
)

_LONGEST, _CUT = 64, 48

_secrets: set[str] = set()


def remember(secret: str) -> None:
    """Take ``secret``, which came from no command line, out of every text from now on."""
    if secret:
        _secrets.add(secret)


def redacted(text: str) -> str:
    """Return ``text`` without what may be a password: `://ann:x@h/d` becomes `://…@h/d`."""
    for secret in _secrets:
        text = text.replace(secret, "…")
    text = _CREDENTIALS.sub(r"\1…@", text.replace(URL_FORM, _SHOWN)).replace(_SHOWN, URL_FORM)
    return _PASSWORD.sub(r"\1…", text)


def plain(text: str) -> str:
    """Return the text with what a terminal would act on spelled out."""
    return "".join(
        one if one.isprintable() or one == "\n" else one.encode("unicode_escape").decode("ascii")
        for one in text
    )


def shown(name: str) -> str:
    """Return the name of a table, column or schema as a source has it: plain, on one line, and cut.

    SQL Server's names have 128 characters at most, the SSD's longest 42; a name of more than 64 may
    be anything, even a row of a file. `aaa…` of 200 characters becomes its first 48 and `… (152
    more characters)`.
    """
    text = plain(name).replace("\n", "\\n")
    return text if len(text) <= _LONGEST else f"{text[:_CUT]}… ({len(text) - _CUT} more characters)"
