"""Facts that both sides go by, held to a record of what was reviewed.

Treatments and check read code lists, flags, missing-value codes, the ages that rules ask about and
the weights of codes from one place: a code that is lost there is drawn no more, a word that is
added counts as nothing, and both sides agree on it. So ``reviewed.csv`` says a second time how many
there are of each, and what they are together. Whoever changes a fact on purpose records it anew:
``from scrambler.verification.during import reviewed``, ``reviewed.record()``.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from scrambler.errors import VerificationError
from scrambler.ssd import Spec, ssd
from scrambler.ssd.age_limits import age_limits
from scrambler.ssd.national import national_weights

_RECORD = Path(__file__).with_name("reviewed.csv")
_HEADER = ("fact", "name", "count", "sha256")
_SHOWN = 16
"""Hexadecimal characters of a digest that are recorded: 64 bits."""

Fact = tuple[str, str]


def refuse_unreviewed(spec: Spec) -> None:
    """VerificationError where ``spec`` has other facts than those recorded."""
    recorded, found = _recorded(), dict(_facts(spec))
    for fact in sorted(recorded.keys() | found.keys()):
        was, now = recorded.get(fact, (0, "")), found.get(fact, (0, ""))
        if was != now:
            raise VerificationError(
                f"{' '.join(fact)} has {now[0]} entries that are not the {was[0]} last reviewed. "
                "Nothing was written; report this. Who changed the facts on purpose records them "
                "anew with scrambler.verification.during.reviewed.record()."
            )


def record(path: Path = _RECORD) -> None:
    """Write the record of the facts as they are."""
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(_HEADER)
        lines.writerows((*fact, *entry) for fact, entry in sorted(_facts(ssd())))


def _recorded() -> dict[Fact, tuple[int, str]]:
    rows = csv.DictReader(_RECORD.read_text("utf-8").splitlines())
    return {(row["fact"], row["name"]): (int(row["count"]), row["sha256"]) for row in rows}


def _facts(spec: Spec) -> Iterator[tuple[Fact, tuple[int, str]]]:
    """Yield each fact with the number of its entries and their digest."""
    for name, listed in spec.code_lists.items():
        labelled = zip(listed.codes, listed.labels, strict=True)
        yield ("code list", name), _entry(f"{code}={label}" for code, label in labelled)
        if listed.alternates:
            pairs = sorted(listed.alternates.items())
            yield ("alternates", name), _entry(f"{code}={label}" for code, label in pairs)
    for name, keys in spec.outcomes.items():
        yield ("flags", name), _entry(keys.flags)
        yield ("other keys", name), _entry(filter(None, (keys.count, keys.comments)))
    codes = spec.missing
    yield ("missing", "texts"), _entry(codes.texts)
    yield ("missing", "dates"), _entry(map(str, codes.dates))
    yield ("missing", "numbers"), _entry(map(str, codes.numbers))
    for name, numbers in codes.own_numbers.items():
        yield ("missing", name), _entry(map(str, numbers))
    limits = (f"{one.years} {one.days} {one.below}" for one in age_limits())
    yield ("ages", "limits"), _entry(limits)
    for name, weights in national_weights().items():
        weighted = sorted(weights.items())
        yield ("weights", name), _entry(f"{code}={weight}" for code, weight in weighted)


def _entry(values: Iterable[str]) -> tuple[int, str]:
    held = [*values]
    return len(held), hashlib.sha256("\n".join(held).encode()).hexdigest()[:_SHOWN]
