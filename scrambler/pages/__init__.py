"""How pages are made: Jinja2 with everything escaped, one layout, no script and no request.

What a page shows may have been written by anybody: characters that are not printed are spelled out.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import BaseLoader, ChoiceLoader, Environment, PackageLoader, StrictUndefined


@cache
def environment(package: str) -> Environment:
    """Return the environment whose templates stand in ``package`` and here."""
    loaders: list[BaseLoader] = [PackageLoader(package), PackageLoader(__name__)]
    made = Environment(
        loader=ChoiceLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["style"] = lambda: (files(__name__) / "style.css").read_text("utf-8")
    made.filters["count"] = _count
    return made


def _shown(value: Any) -> Any:
    """Return a text with its control characters spelled out: a tab by its name is no tab."""
    if type(value) is not str or value.isprintable():
        return value
    return "".join(
        one if one.isprintable() or one == "\n" else one.encode("unicode_escape").decode("ascii")
        for one in value
    )


def _count(value: Any) -> str:
    """Return a number as people read it; a text such as `too few to show` as it is."""
    return f"{value:,}" if isinstance(value, int | float) else str(value)
