"""What an attack came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["singling out", "linkability", "inference"]
"""The three risks of the opinion 05/2014 of the Article 29 Working Party."""


@dataclass(frozen=True)
class Attack:
    """Of ``tried`` guesses ``right`` were right; of as many, ``chance`` gets right unaided.

    ``what`` completes "a reader finds …". Figures, not checks: they cannot fail.
    """

    kind: Kind
    what: str
    tried: int
    right: int
    chance: float

    def __str__(self) -> str:
        """Say it in a sentence."""
        if not self.tried:
            return f"{self.kind.capitalize()}, {self.what}: nothing to try it on."
        return (
            f"{self.kind.capitalize()}, {self.what}: {self.right:,} of {self.tried:,} right "
            f"({self.right / self.tried:.1%}), {self.chance / self.tried:.1%} by chance."
        )
