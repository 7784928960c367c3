"""Takes out of a text what may be a password, wherever a user's words can come back."""

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
