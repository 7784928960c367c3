"""The Standard Safeguarding Dataset as data: tables, columns, domains and code lists.

The facts are the CSV files in ``facts/``; this package reads them into a few frozen types.
Nothing here knows how anything is scrambled.
"""

from scrambler.ssd.load import ssd
from scrambler.ssd.missing import MissingCodes
from scrambler.ssd.types import (
    CodeList,
    ColumnSpec,
    Domain,
    Hop,
    OutcomeKeys,
    Route,
    Spec,
    TableSpec,
)

__all__ = [
    "CodeList",
    "ColumnSpec",
    "Domain",
    "Hop",
    "MissingCodes",
    "OutcomeKeys",
    "Route",
    "Spec",
    "TableSpec",
    "ssd",
]
