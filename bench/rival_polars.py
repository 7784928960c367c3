"""The rival in Polars: what a good engineer would write by hand for two large tables.

Each identifier is hashed once where it stands, flags are drawn without parsing, and the rows leave
sorted by a keyed hash. What it leaves out: every check, missing-value codes and odd spellings,
UPN and NHS numbers from reserved ranges (theirs are hashes), coherence among codes, the payload
cohort, a manifest, a commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import polars_hash as plh

from kernels.fake_name import FEMALE, MALE, SURNAMES
from scrambler.ssd import ssd

KEY = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
"""Public: the test case of RFC 4231."""

_LENGTH = 20


def scramble_two_large(source: Path, out: Path) -> None:
    """Scramble ``ssd_person`` and ``ssd_cin_episodes`` of ``source``."""
    for table, columns in (("ssd_person", _person()), ("ssd_cin_episodes", _referrals())):
        target = out / "tables" / table / "part-00000.parquet"
        target.parent.mkdir(parents=True)
        child = "pers_person_id" if table == "ssd_person" else "cine_person_id"
        (
            pl.scan_parquet(source / f"{table}.parquet")
            .with_columns(seed=pl.first().hash(1), child=pl.col(child).hash(2))
            .with_columns(days=pl.duration(days=14 + pl.col("child") % 107))
            .sort(pl.col("child").hash(3))
            .select(columns)
            .sink_parquet(target, compression="zstd")
        )


def _person() -> list[pl.Expr]:
    return [
        *map(_identifier, ("pers_legacy_id", "pers_person_id")),
        _drawn("pers_forename", (*MALE, *FEMALE)),
        _drawn("pers_surname", SURNAMES),
        *(_code(f"pers_{name}", name) for name in ("sex", "gender", "ethnicity")),
        _date("pers_dob"),
        *(_code(f"pers_{name}", name) for name in ("upn_unknown", "send_flag")),
        *map(_date, ("pers_expected_dob", "pers_death_date")),
        *(_code(f"pers_{name}", name) for name in ("is_mother", "nationality")),
        _identifier("pers_common_child_id"),
    ]


def _referrals() -> list[pl.Expr]:
    sources = ssd().code_lists["referral_source"]
    return [
        *map(_identifier, ("cine_referral_id", "cine_person_id")),
        _date("cine_referral_date"),
        _code("cine_cin_primary_need_code", "primary_need_cin"),
        _drawn("cine_referral_source_code", sources.codes),
        _drawn("cine_referral_source_desc", sources.labels, like="cine_referral_source_code"),
        _drawn("cine_referral_outcome_json", _objects()),
        _code("cine_referral_nfa", "yn_flag"),
        _code("cine_close_reason", "closure_reason"),
        _date("cine_close_date"),
        *map(_identifier, ("cine_referral_team", "cine_referral_worker_id")),
    ]


def _identifier(name: str) -> pl.Expr:
    # The hash is an expression of another package, which Polars' own types do not know.
    digest: pl.Expr = plh.col(name).chash.hmac_sha256(key=KEY)  # type: ignore[attr-defined]
    return digest.str.slice(0, _LENGTH)


def _date(name: str) -> pl.Expr:
    return pl.col(name) - pl.col("days")


def _code(name: str, code_list: str) -> pl.Expr:
    return _drawn(name, ssd().code_lists[code_list].codes)


def _drawn(name: str, values: Sequence[str], like: str = "") -> pl.Expr:
    seed = int.from_bytes((like or name).encode()[-7:])
    place = pl.col("seed").hash(seed) % len(values)
    drawn = pl.lit(pl.Series(values)).gather(place)
    return pl.when(pl.col(name).is_not_null()).then(drawn).alias(name)


def _objects() -> list[str]:
    keys = ssd().outcomes["cine_referral_outcome_json"]
    states = np.arange(1 << len(keys.flags))
    return [
        "{"
        + ",".join(
            f'"{flag}":"{"Y" if state >> place & 1 else "N"}"'
            for place, flag in enumerate(keys.flags)
        )
        + f',"{keys.count}":{state.bit_count()},"{keys.comments}":""}}'
        for state in states.tolist()
    ]
