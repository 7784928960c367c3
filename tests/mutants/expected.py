"""Which mutants the run does not stop: those only ``verify`` can see, and those still pending.

A mutant in neither list must be stopped by the run. A line that is no longer true fails its test,
so that lists only shrink.
"""

from __future__ import annotations

_VERIFY_ONLY: dict[tuple[str, str], tuple[str, ...]] = {}
"""By kind and the reason why a run cannot tell."""

_PENDING: dict[tuple[str, str], tuple[str, ...]] = {
    ("JSON text", "texts judged word by word, and drawn anew"): (
        "comment behind filler, one row",
        "comments as long as the true ones",
        "comments backwards",
        "comments behind filler",
        "comments in capitals",
        "first words of comments",
        "names out of comments",
    ),
    ("address", "addresses judged part by part, and drawn anew"): (
        "UPRN and grid reference true",
        "UPRN true, one row",
        "address from its text alone",
        "building true",
        "easting true, one row",
        "house number true",
        "one address at two places",
        "street and town true",
        "street in the town's place",
        "street true, one row",
        "town true",
    ),
    ("code", "exact redraw check"): (
        "closing reason kept, 1 in 20",
        "code kept, one row of a long list",
        "code kept, one row of a short list",
        "codes kept, 1 in 50",
        "codes kept, a small column",
        "distinct codes kept among siblings",
        "each code the one behind it, one row",
        "each drawn code one place on",
        "flag kept, one child of a small table",
        "flag kept, one row",
    ),
    ("date", "moves computed anew by the check"): (
        "order: every date 60 days",
        "order: intervals hold for one in two",
        "order: no perturbation",
        "order: one course for all",
        "partly known dates wrong",
        "subjects all one child",
    ),
    ("files", "files and manifest searched before the commit"): (
        "a CSV file at the top",
        "a CSV file in a folder of its own",
        "a folder named after a child",
        "a part that no manifest names",
        "a table swapped for its source",
        "two CSV files of source rows",
    ),
    ("flag list", "exact redraw check"): (
        "factors kept, 1 in 50",
        "factors kept, one row",
        "flags of an object kept, one row",
        "flags of objects kept, 1 in 20",
    ),
    ("identifier", "pseudonyms computed anew, and searched for parts of their originals"): (
        "SHA-256 with a public salt",
        "id as hexadecimal bytes",
        "id as its number in hexadecimal",
        "id backwards",
        "id behind a letter",
        "id behind a letter, one row",
        "id inside its own pseudonym",
        "id with its digits turned",
        "plain MD5 of contacts",
        "plain SHA-1 of one row",
        "plain SHA-256 of all",
        "plain SHA-256 of persons",
        "pseudonyms sort as ids do",
    ),
    ("keys", "known-answer test at the start"): (
        "epoch key a constant",
        "epoch key of the day",
        "every subkey constant",
        "every subkey the same",
        "one subkey for all domains",
        "subkeys of ids constant",
    ),
    ("keys", "manifest and files are searched for the key before the commit"): (
        "epoch key as numbers in the manifest",
        "epoch key in a file of the output",
        "epoch key in base 64 in the manifest",
        "epoch key in the manifest",
    ),
    ("label", "texts judged word by word, and drawn anew"): (
        "description of the true code, one row",
        "organisation behind an invented one",
        "team name and a 1",
        "team name backwards",
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
    ("name", "names independent of their originals, and drawn anew"): (
        "forename as a public function of the true one",
        "forename by the true sex",
        "forename with the true initial",
        "surname as a public function of the true one",
        "surname as long as the true one",
        "worker's forename kept",
        "worker's surname kept",
    ),
    ("number", "exact redraw check"): (
        "distance one more than the true",
        "number kept, one row",
        "score kept, one row",
        "scores kept, the share that shows",
        "scores of the true half of the range",
    ),
    ("postcode", "addresses judged part by part, and drawn anew"): (
        "ZZ before the true postcode",
        "inward part true",
        "inward part true, one row",
        "postcode from its text alone",
    ),
    ("shared slip", "a check that shares nothing with the treatments"): (
        "a code list of one code",
        "a flag's line reworded",
        "a hundred days are no dates",
        "a name in many records is nothing",
        "all rows have one seed",
        "forenames say nothing",
        "ids but for their last character",
        "nothing is ever missing",
        "texts of one word in capitals are nothing",
        "texts with a full stop are nothing",
        "values lost where columns are cast",
    ),
    ("order", "rank correlation of positions"): (
        "halves of the source kept apart",
        "one table in the source's order",
        "rows in the order of a public hash of ids",
        "rows in the order of birth",
        "rows in the order of ids",
        "rows in the source's order",
        "rows in the source's order, backwards",
        "rows of a child as they came",
    ),
}
"""By kind and the check that is to stop them."""


def _by_mutant(groups: dict[tuple[str, str], tuple[str, ...]]) -> dict[tuple[str, str], str]:
    return {(kind, name): why for (kind, why), names in groups.items() for name in names}


VERIFY_ONLY, PENDING = _by_mutant(_VERIFY_ONLY), _by_mutant(_PENDING)
