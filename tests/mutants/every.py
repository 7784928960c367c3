"""All mutants by kind, and where each must be stopped."""

from __future__ import annotations

from collections.abc import Sequence

from tests.mutants.both import BOTH
from tests.mutants.dates import DATED
from tests.mutants.drawn import CODES, LABELS, LISTS, NUMBERS
from tests.mutants.identifiers import IDENTIFIERS
from tests.mutants.keys import KEYS
from tests.mutants.live import LIVE
from tests.mutants.mutant import Mutant
from tests.mutants.order import ORDERS
from tests.mutants.outside import FILES, METADATA_LEAKS
from tests.mutants.people import ADDRESSES, NAMES, POSTCODES
from tests.mutants.slips import SLIPS
from tests.mutants.texts import FREE_TEXTS, JSON_TEXTS, STRUCTURES

MUTANTS: dict[str, Sequence[Mutant]] = {
    "identifier": IDENTIFIERS,
    "name": NAMES,
    "address": ADDRESSES,
    "postcode": POSTCODES,
    "date": DATED,
    "code": CODES,
    "number": NUMBERS,
    "flag list": LISTS,
    "label": LABELS,
    "JSON text": JSON_TEXTS,
    "free text": FREE_TEXTS,
    "structure": STRUCTURES,
    "keys": KEYS,
    "files": FILES,
    "metadata": METADATA_LEAKS,
    "order": ORDERS,
    "shared slip": SLIPS,
    "both sides": BOTH,
    "live payload": LIVE,
}
