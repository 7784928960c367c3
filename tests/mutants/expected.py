"""Which mutants the run does not stop: those only ``verify`` can see, and those still pending.

A mutant in neither list must be stopped by the run. A line that is no longer true fails its test,
so that lists only shrink.
"""

from __future__ import annotations

_VERIFY_ONLY: dict[tuple[str, str], tuple[str, ...]] = {
    ("files", "it comes after the last look of the run"): (
        "a CSV file written at the last moment",
        "a table swapped for its source",
    ),
    ("metadata", "the run does not read its files again"): (
        "a value in a file's metadata",
        "source values in a dictionary page",
    ),
}
"""By kind and the reason why a run cannot tell."""

_PENDING: dict[tuple[str, str], tuple[str, ...]] = {}
"""By kind and the check that is to stop them."""


def _by_mutant(groups: dict[tuple[str, str], tuple[str, ...]]) -> dict[tuple[str, str], str]:
    return {(kind, name): why for (kind, why), names in groups.items() for name in names}


VERIFY_ONLY, PENDING = _by_mutant(_VERIFY_ONLY), _by_mutant(_PENDING)
