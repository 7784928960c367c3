"""DfE payloads from SSD tables: one JSON text a child, set-based, canonical.

``build`` and ``build_slices`` make payloads, ``partial`` and ``deletion`` what is sent of them in a
delta, ``validate`` holds them against ``schema``, ``business_breaches`` against the DfE's rules.
The facts are payload_fields.csv.

Where the known builders leave a choice open, this one does not. Arrays are ordered newest first,
then by row id, descending. The latest address, former UPN, adoption and unaccompanied status is
followed by the greatest row id. The latest care leaver contact and SDQ score are followed by what
is sent of the row, since their ids are not stable. Texts compare by code point.
"""

from scrambler.payload.assemble import build, build_slices
from scrambler.payload.business import business_breaches
from scrambler.payload.cohort import COHORT_COLUMNS, cohort, cohort_size, matters
from scrambler.payload.invalid import Case, invalid_payloads
from scrambler.payload.partial import Partials, deletion, partial
from scrambler.payload.projection import content_hash, projection
from scrambler.payload.schema import schema, validate
from scrambler.payload.tables import Tables, read
from scrambler.payload.window import Window, window

__all__ = [
    "COHORT_COLUMNS",
    "Case",
    "Partials",
    "Tables",
    "Window",
    "build",
    "build_slices",
    "business_breaches",
    "cohort",
    "cohort_size",
    "content_hash",
    "deletion",
    "invalid_payloads",
    "matters",
    "partial",
    "projection",
    "read",
    "schema",
    "validate",
    "window",
]
