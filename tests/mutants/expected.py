"""Which mutants the run does not stop: those only ``verify`` can see, and those still pending.

A mutant in neither list must be stopped by the run. A line that is no longer true fails its test,
so that lists only shrink.
"""

from __future__ import annotations

_VERIFY_ONLY: dict[tuple[str, str], tuple[str, ...]] = {}
"""By kind and the reason why a run cannot tell."""

_PENDING: dict[tuple[str, str], tuple[str, ...]] = {
    ("files", "files and manifest searched before the commit"): (
        "a CSV file at the top",
        "a CSV file in a folder of its own",
        "a folder named after a child",
        "a part that no manifest names",
        "a table swapped for its source",
        "two CSV files of source rows",
    ),
    ("keys", "manifest and files are searched for the key before the commit"): (
        "epoch key as numbers in the manifest",
        "epoch key in a file of the output",
    ),
    ("live payload", "the live road has the check of its own that tables have"): (
        "ZZ before the true postcode",
        "an id put back behind a letter",
        "birth dates a day off",
        "ethnicity kept",
        "ethnicity kept, one row",
        "every subkey constant",
        "factors kept",
        "id behind a letter",
        "one offset for all",
        "plain SHA-256 of all",
        "surname as a public function of the true one",
    ),
    ("metadata", "files and manifest searched before the commit"): (
        "a value in a file's metadata",
        "a value in a file's name",
        "a value in the manifest",
        "ids in the manifest",
        "source values in a dictionary page",
        "the source's place in the manifest",
    ),
}
"""By kind and the check that is to stop them."""


def _by_mutant(groups: dict[tuple[str, str], tuple[str, ...]]) -> dict[tuple[str, str], str]:
    return {(kind, name): why for (kind, why), names in groups.items() for name in names}


VERIFY_ONLY, PENDING = _by_mutant(_VERIFY_ONLY), _by_mutant(_PENDING)
