"""A fault: one kind of thing that is wrong in real databases, and the rules that it breaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scrambler.synthetic.faults.injector import FaultInjector


@dataclass(frozen=True)
class Fault:
    """``step`` soils some rows; ``breaks`` are the ids of the rules that these break, and no other.

    Rules are those of consistency.csv (C…) and statutory_rules.csv (S…) that have a check.
    """

    step: Callable[[FaultInjector], None]
    breaks: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What the fault is called: ``codes.padded``."""
        return f"{self.step.__module__.rpartition('.')[2]}.{self.step.__name__}"

    @property
    def summary(self) -> str:
        """What it does, in a sentence."""
        return (self.step.__doc__ or "").strip().partition("\n")[0]
