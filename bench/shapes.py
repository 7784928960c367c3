"""Sources of other shapes than `fake` gives: two large tables, long texts, more or less alike.

Everything is drawn from a fixed seed and the code lists, evenly; no row means anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from kernels.fake_name import FEMALE, MALE, SURNAMES
from kernels.filler import SENTENCES
from kernels.reserved import RESERVED
from scrambler.ssd import ssd

_SEED = 20_250_401
_FIRST_BIRTH, _FIRST_REFERRAL = np.datetime64("2007-01-01", "us"), np.datetime64("2019-04-01", "us")
_YEARS = {"births": 17 * 365, "referrals": 6 * 365}
_SENTENCES_A_COMMENT = 12


class Shapes:
    """Draws columns of ``rows`` rows each, from one seed."""

    def __init__(self, seed: int = _SEED) -> None:
        self._random = np.random.default_rng(seed)

    def one_of(self, values: Sequence[str], rows: int, empty: float = 0) -> pl.Series:
        """Return values drawn evenly, and null for a share of the rows."""
        drawn = pl.Series(values, dtype=pl.String).gather(
            self._random.integers(0, len(values), rows)
        )
        return self._emptied(drawn, rows, empty)

    def codes(self, code_list: str, rows: int, empty: float = 0) -> pl.Series:
        """Return codes of a list."""
        return self.one_of(ssd().code_lists[code_list].codes, rows, empty)

    def days(self, first: np.datetime64, span: int, rows: int, empty: float = 0) -> pl.Series:
        """Return days of ``span`` days from ``first`` on, at midnight."""
        days = self._random.integers(0, span, rows).astype("timedelta64[D]")
        return self._emptied(pl.Series(first + days).cast(pl.Datetime("us")), rows, empty)

    def flags(self, rows: int, comments: bool) -> pl.Series:
        """Return a referral's JSON: ten flags, how many are yes, and a comment where wanted."""
        keys = ssd().outcomes["cine_referral_outcome_json"]
        texts = []
        for bits in range(1 << len(keys.flags)):
            members = [
                f'"{flag}":"{"Y" if bits >> place & 1 else "N"}"'
                for place, flag in enumerate(keys.flags)
            ]
            texts.append("{" + ",".join([*members, f'"{keys.count}":{bits.bit_count()}']))
        drawn = self.one_of(texts, rows)
        if not comments:
            return drawn + f',"{keys.comments}":""}}'
        said = [self.one_of(SENTENCES, rows) for _ in range(_SENTENCES_A_COMMENT)]
        told = pl.select(pl.concat_str(*said, separator=" ")).to_series()
        return drawn + f',"{keys.comments}":"' + told + '"}'

    def _emptied(self, values: pl.Series, rows: int, share: float) -> pl.Series:
        if not share:
            return values
        empty = pl.Series(self._random.random(rows) < share)
        return values.zip_with(
            ~empty, pl.Series([None], dtype=values.dtype).new_from_index(0, rows)
        )


def two_large(folder: Path, persons: int, episodes: int, comments: bool = False) -> None:
    """Write 15 columns of ``persons`` children and 12 of their ``episodes`` referrals.

    The flags of a referral are one of 1,024 texts, or with ``comments`` all different and some
    1,000 characters long.
    """
    folder.mkdir(parents=True)
    draw = Shapes()
    person(draw, persons).write_parquet(folder / "ssd_person.parquet")
    referrals(draw, persons, episodes, comments).write_parquet(
        folder / "ssd_cin_episodes.parquet", row_group_size=122_880
    )


def person(draw: Shapes, rows: int) -> pl.DataFrame:
    """Return children with ids that count up."""
    return pl.DataFrame(
        {
            "pers_legacy_id": numbered("L", rows),
            "pers_person_id": numbered("", rows),
            "pers_forename": draw.one_of((*MALE, *FEMALE), rows),
            "pers_surname": draw.one_of(SURNAMES, rows),
            "pers_sex": draw.codes("sex", rows),
            "pers_gender": draw.codes("gender", rows),
            "pers_ethnicity": draw.codes("ethnicity", rows),
            "pers_dob": draw.days(_FIRST_BIRTH, _YEARS["births"], rows),
            "pers_upn_unknown": draw.codes("upn_unknown", rows, empty=0.9),
            "pers_send_flag": draw.codes("send_flag", rows),
            "pers_expected_dob": draw.days(_FIRST_REFERRAL, _YEARS["referrals"], rows, empty=0.99),
            "pers_death_date": draw.days(_FIRST_REFERRAL, _YEARS["referrals"], rows, empty=0.999),
            "pers_is_mother": draw.codes("is_mother", rows, empty=0.5),
            "pers_nationality": draw.codes("nationality", rows),
            "pers_common_child_id": _nhs_numbers(rows),
        }
    )


def numbered(prefix: str, rows: int) -> pl.Series:
    """Return identifiers that count up from 1,000,001."""
    return prefix + pl.Series(np.arange(1_000_001, 1_000_001 + rows)).cast(pl.String)


def referrals(draw: Shapes, persons: int, rows: int, comments: bool) -> pl.DataFrame:
    """Return referrals of children that count up, in no order of theirs."""
    source = draw.codes("referral_source", rows)
    sources = ssd().code_lists["referral_source"]
    teams = [f"Team {number}" for number in range(100)]
    workers = [f"W{number}" for number in range(2_000)]
    return pl.DataFrame(
        {
            "cine_referral_id": numbered("R", rows),
            "cine_person_id": draw.one_of(numbered("", persons).to_list(), rows),
            "cine_referral_date": draw.days(_FIRST_REFERRAL, _YEARS["referrals"], rows),
            "cine_cin_primary_need_code": draw.codes("primary_need_cin", rows),
            "cine_referral_source_code": source,
            "cine_referral_source_desc": source.replace_strict(
                sources.codes, sources.labels, return_dtype=pl.String
            ),
            "cine_referral_outcome_json": draw.flags(rows, comments),
            "cine_referral_nfa": draw.codes("yn_flag", rows),
            "cine_close_reason": draw.codes("closure_reason", rows, empty=0.3),
            "cine_close_date": draw.days(_FIRST_REFERRAL, _YEARS["referrals"], rows, empty=0.3),
            "cine_referral_team": draw.one_of(teams, rows),
            "cine_referral_worker_id": draw.one_of(workers, rows),
        }
    )


def _nhs_numbers(rows: int) -> pl.Series:
    """Return different NHS numbers of the blocks that are not to be issued."""
    # One stem in eleven has no check digit.
    numbers = RESERVED["nhs"].render(2, np.arange(rows * 10 // 9 + 11))
    return numbers.drop_nulls().head(rows)
