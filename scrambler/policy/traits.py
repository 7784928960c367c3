"""What rooms have to know of a treatment besides what it does: facts, in one table.

A treatment stands here only where something outside `scrambler/treatments/` depends on what it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Traits:
    """What follows from a treatment for reading, planning, writing and checking a column.

    ``is_key``: values become pseudonyms of the column's id domain, and integers stay integers.
    ``moves_dates``: dates move with the child's. ``is_kept``: values stay where they fit a closed
    form. ``is_emptied``: the column is empty in the output, ``is_omitted``: it is not in it.
    ``draws``: what values are drawn from: one code of the parameter ``list`` (``code``), several of
    it (``codes``), the numbers of ``low`` to ``high`` (``number``). ``invents``: values are made up
    and may by chance be somebody's name or place. ``domain``: a value is made up once for each
    different value, told apart in this id domain; without it the column's own is meant.
    """

    is_key: bool = False
    moves_dates: bool = False
    is_kept: bool = False
    is_emptied: bool = False
    is_omitted: bool = False
    draws: Literal["", "code", "codes", "number"] = ""
    invents: bool = False
    domain: str = ""

    @property
    def has_list(self) -> bool:
        """Whether the parameter ``list`` is the column's own code list unless it is given."""
        return self.draws in ("code", "codes")


TRAITS: Mapping[str, Traits] = {
    "address_json": Traits(invents=True, domain="address"),
    "clear": Traits(is_emptied=True),
    "code": Traits(draws="code"),
    "code_list_json": Traits(draws="codes"),
    "date": Traits(moves_dates=True),
    "identifier": Traits(is_key=True),
    "keep": Traits(is_kept=True),
    "label": Traits(invents=True),
    "name": Traits(invents=True),
    "number": Traits(draws="number"),
    "omit": Traits(is_omitted=True),
    "postcode": Traits(domain="postcode"),
}


def traits_of(treatment: str) -> Traits:
    """Return the traits of a treatment by its name, as policies and manifests write it."""
    return TRAITS.get(treatment, Traits())
