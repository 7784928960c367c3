"""The treatments: what can be done to a column, one a file. This literal is the registry."""

from scrambler.treatments.address_json import ADDRESS_JSON
from scrambler.treatments.clear import CLEAR
from scrambler.treatments.code import CODE
from scrambler.treatments.code_list_json import CODE_LIST_JSON
from scrambler.treatments.date import DATE
from scrambler.treatments.flags_json import FLAGS_JSON
from scrambler.treatments.free_text import FREE_TEXT
from scrambler.treatments.identifier import IDENTIFIER
from scrambler.treatments.keep import KEEP
from scrambler.treatments.label import LABEL
from scrambler.treatments.name import NAME
from scrambler.treatments.number import NUMBER
from scrambler.treatments.omit import OMIT
from scrambler.treatments.postcode import POSTCODE
from scrambler.treatments.treatment import Audit, Treatment

TREATMENTS = {
    treatment.name: treatment
    for treatment in (
        IDENTIFIER,
        DATE,
        CODE,
        CODE_LIST_JSON,
        FLAGS_JSON,
        NAME,
        POSTCODE,
        ADDRESS_JSON,
        LABEL,
        NUMBER,
        FREE_TEXT,
        KEEP,
        CLEAR,
        OMIT,
    )
}

__all__ = ["TREATMENTS", "Audit", "Treatment"]
