"""Plainly artificial text: free-text filler, and invented organisations, councils and teams.

All of it is public; seeds only choose. No text holds a quote, a backslash or a control character,
so that it can stand in JSON that its source builds without escaping.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from kernels.draw import Seeds, below, mix
from kernels.fake_name import SURNAMES
from kernels.pool import key_of, pick

OPENING = "Scrambled text."
REOPENING = "Replaced text."
"""The openings: the other one stands where filler would equal what it replaces."""

SENTENCES = (
    "A kettle was filled and nobody mentioned it again.",
    "All the pencils in the tray were sharpened by noon.",
    "An empty chair stood near the window.",
    "Eleven envelopes were sorted by size.",
    "Every shelf in the cupboard was given a number.",
    "It rained lightly and then it stopped.",
    "Nothing in this sentence refers to anyone.",
    "Paint of three shades of green was compared.",
    "Seven pebbles were placed in a row.",
    "Some leaves had gathered beside the gate.",
    "The bell rang twice and was then quiet.",
    "The blue folder was moved to the second shelf.",
    "The bridge was described as neither long nor short.",
    "The calendar was turned to the next page.",
    "The clock on the wall was four minutes slow.",
    "The corridor was measured and found to be straight.",
    "The door was opened and closed to test the hinge.",
    "The field was mown on the following dry day.",
    "The garden was said to look tidy.",
    "The glass jar held forty buttons.",
    "The grey cat of the story slept on the stairs.",
    "The hill could be seen from the far bank.",
    "The inkwell was refilled from a larger bottle.",
    "The ladder was returned to its usual place.",
    "The lamp was switched off at the end of the afternoon.",
    "The list was read aloud from the bottom to the top.",
    "The map was folded along the wrong crease.",
    "The meeting room was painted a pale yellow.",
    "The number of tiles was counted and written down.",
    "The old radio played a tune without words.",
    "The orchard had one more tree than expected.",
    "The paper aeroplane landed under the table.",
    "The parcel contained string and brown paper.",
    "The pond was still for most of the morning.",
    "The recipe called for less salt than before.",
    "The rope was coiled and hung on a hook.",
    "The second drawer was found to be empty.",
    "The signpost pointed towards the sea.",
    "The spoons were put away with the other spoons.",
    "The tape measure was borrowed and brought back.",
    "The ticket was the colour of weak tea.",
    "The train in the picture had five carriages.",
    "The wallpaper had a pattern of small ferns.",
    "The weather vane turned slowly to the west.",
    "These words come from a public list of sentences.",
    "This sentence takes the place of another.",
    "Three kites were flown and two came down.",
    "Two maps of the same valley were laid side by side.",
)
"""The sentences that filler is made of."""

_MOST = 4
_SPACED = pl.Series([*(f" {sentence}" for sentence in SENTENCES), None])
_LENGTHS = np.array([len(sentence) for sentence in SENTENCES])

ORGANISATION_KINDS = (
    "Children and Families Charity", "Community Hub", "Day Nursery", "Early Help Service",
    "Family Centre", "Family Trust", "Health Centre", "Outreach Project", "Support Service",
    "Youth Project",
)  # fmt: skip

COUNCIL_NAMES = (
    "Alderquay", "Amberholt", "Ashenvale", "Barleymarch", "Bellowmere", "Birchenfold",
    "Brackenshaw", "Candlewick", "Cinderholm", "Cloverstoke", "Coppergate", "Dapplemoor",
    "Dunnelshire", "Eastermarch", "Embercombe", "Fallowmere", "Farrowhythe", "Fernhollow",
    "Foxcombe", "Gildersholt", "Gossamer Bay", "Greyharrow", "Harrowmarch", "Hazelhythe",
    "Heronshire", "Inglemarsh", "Juniper Vale", "Kestrelshire", "Larkenshire", "Linnetdale",
    "Marlowmere", "Merrowshire", "Nettlecombe", "Oakenhythe", "Otterdale", "Pennymarch",
    "Quillshire", "Ravelmoor", "Rushenholt", "Saffronshire", "Silvermarch", "Sorrelshire",
    "Swanmarch", "Tansyfold", "Thistleshire", "Umbershire", "Wexcombe Vale", "Yarrowshire",
)  # fmt: skip
COUNCIL_KINDS = ("Borough Council", "City Council", "Council", "County Council")

TEAM_NAMES = (
    "Acorn", "Alder", "Ash", "Aspen", "Bay", "Beech", "Birch", "Bramble", "Cedar", "Cherry",
    "Clover", "Elder", "Fern", "Fir", "Hawthorn", "Hazel", "Heather", "Holly", "Ivy", "Juniper",
    "Larch", "Laurel", "Lime", "Maple", "Moss", "Oak", "Olive", "Pine", "Poplar", "Rose", "Rowan",
    "Sorrel", "Spruce", "Sycamore", "Thistle", "Thyme", "Walnut", "Willow", "Yarrow", "Yew",
)  # fmt: skip
TEAM_KINDS = ("Assessment", "Children in Care", "Duty", "Family Support", "Front Door",
               "Leaving Care", "Locality", "Safeguarding")  # fmt: skip


def filler(seeds: Seeds, width: int | None, avoid: pl.Series | None = None) -> pl.Series:
    """Return ``OPENING`` and one to four ``SENTENCES`` a seed, never longer than ``width``.

    The seed alone decides how many, so length tells nothing of what stood there; those that do not
    fit are left out, and the opening itself is cut where not even that fits. None means no limit.
    ``avoid`` holds what a text replaces: compared without case and blanks around it, never
    returned; null avoids nothing. ValueError for a width below 1.
    """
    if width is not None and width < 1:
        raise ValueError("filler needs a width of at least 1")
    opening = OPENING if width is None else OPENING[:width].rstrip()
    most = 1 + below(mix(seeds, key_of("filler length")), _MOST)
    length = np.full(len(seeds), len(OPENING))
    parts = [pl.repeat(opening, len(seeds), eager=True).alias("opening")]
    for n in range(1, _MOST + 1):
        place = below(mix(seeds, key_of(f"filler sentence {n}")), len(SENTENCES))
        length += 1 + _LENGTHS[place]
        kept = (most >= n) & (length <= (width or np.inf))
        parts.append(_SPACED.gather(np.where(kept, place, len(SENTENCES))).alias(f"s{n}"))
    text = pl.concat_str(pl.all(), ignore_nulls=True).alias("filler")
    filled = pl.DataFrame(parts).select(text).to_series()
    return filled if avoid is None else _unlike(filled, width, avoid)


def _unlike(text: pl.Series, width: int | None, avoid: pl.Series) -> pl.Series:
    """Open otherwise where a text is what it replaces: the letter it begins with then differs."""
    same = (text.str.to_lowercase() == avoid.str.strip_chars().str.to_lowercase()).fill_null(False)
    if not same.any():
        return text
    rest = pl.Series([REOPENING]) + text.str.slice(len(OPENING))
    other = rest if width is None else rest.str.slice(0, width).str.strip_chars_end()
    return other.zip_with(same, text)


def foreign(text: pl.Series, width: int | None) -> int:
    """Return how many texts hold anything but what ``filler`` makes; nulls are none."""
    rest = text.str.replace_many([*SENTENCES], [""] * len(SENTENCES)).str.strip_chars()
    openings = [one if width is None else one[:width].rstrip() for one in (OPENING, REOPENING)]
    return int((~rest.is_in(openings)).sum())


def organisations(seeds: Seeds) -> pl.Series:
    """Return an invented organisation a seed: ``<Surname> Family Centre``."""
    name = pick(SURNAMES, seeds, key_of("organisation"))
    kind = pick(ORGANISATION_KINDS, seeds, key_of("organisation kind"))
    return (name + " " + kind).alias("organisation")


def authorities(seeds: Seeds) -> pl.Series:
    """Return the name of a council that does not exist: ``Quillshire County Council``."""
    name = pick(COUNCIL_NAMES, seeds, key_of("authority"))
    kind = pick(COUNCIL_KINDS, seeds, key_of("authority kind"))
    return (name + " " + kind).alias("authority")


def teams(seeds: Seeds) -> pl.Series:
    """Return an invented team a seed, numbered so that few share a name: ``Willow Duty Team 417``.

    At most 45 characters.
    """
    name = pick(TEAM_NAMES, seeds, key_of("team"))
    kind = pick(TEAM_KINDS, seeds, key_of("team kind"))
    number = pl.Series(100 + below(mix(seeds, key_of("team number")), 900), dtype=pl.Int64)
    return (name + " " + kind + " Team " + number.cast(pl.String)).alias("team")
