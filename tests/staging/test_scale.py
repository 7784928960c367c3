"""From a changed source to changed rows: ten known edits, each on its share of the children.

The whole road: constructed source, scrambled output, payloads in PostgreSQL; then the edits, a
delta, the payloads again. Exactly the touched children are New, Updated or Deleted. By hand at any
size, on a server of its own: ``python -m tests.staging.test_scale 50000``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from polars.testing import assert_frame_equal

from kernels.fake_name import SURNAMES
from scrambler import api
from scrambler.keys.epoch import Epoch
from scrambler.keys.epoch_file import create
from scrambler.keys.pseudonyms import Pseudonyms
from scrambler.ssd import ssd
from scrambler.staging import open_staging
from scrambler.staging.stage_payloads import stage_payloads
from scrambler.staging.table import TABLE
from scrambler.synthetic import AS_OF
from tests.conftest import execute
from tests.staging.cases import rows

SHARE = 100
"""One child in so many is changed in each way."""

# Dates in the payload's window whatever the offset: it starts on 1 April two years back.
RECENT = date(AS_OF.year - 2, 9, 1)
YOUNG = date(AS_OF.year - 20, 1, 1)
AGAIN = "77"


@dataclass
class Town:
    """A source that is edited, the children staged from it, and those chosen for each edit."""

    source: Path
    staged: pl.DataFrame
    chosen: dict[str, set[str]] = field(default_factory=dict)
    new: set[str] = field(default_factory=set)

    def table(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(self.source / f"{name}.parquet")

    def write(self, name: str, frame: pl.DataFrame) -> None:
        frame.write_parquet(self.source / f"{name}.parquet")

    def change(self, name: str, which: pl.Expr, **columns: pl.Expr) -> None:
        frame = self.table(name)
        edited = [
            pl.when(which).then(value).otherwise(column).cast(frame.schema[column]).alias(column)
            for column, value in columns.items()
        ]
        self.write(name, frame.with_columns(edited))

    def choose(self, way: str, able: pl.Expr, people: pl.Series | None = None) -> pl.Series:
        """Choose the share of the staged children who are ``able``, and in no other way yet."""
        taken = [person for people in self.chosen.values() for person in people]
        free = self.staged.filter(able & ~pl.col("child").is_in(taken))
        if people is not None:
            free = free.filter(pl.col("child").is_in(people.implode()))
        wanted = max(1, self.staged.height // SHARE)
        assert free.height >= wanted, way
        chosen = free.sample(wanted, seed=len(self.chosen), shuffle=True)["child"]
        self.chosen[way] = set(chosen)
        return chosen


def says(key: str) -> pl.Expr:
    """The payload has this key."""
    return pl.col("json_payload").str.contains(f'"{key}":', literal=True)


def mine(column: str, people: pl.Series) -> pl.Expr:
    return pl.col(column).is_in(people.implode())


def born_on_another_day(town: Town) -> None:
    people = town.choose("born", says("date_of_birth") & (pl.col("pers_dob") > YOUNG))
    which = mine("pers_person_id", people)
    town.change("ssd_person", which, pers_dob=pl.col("pers_dob").dt.offset_by("-3d"))


def another_pupil_number(town: Town) -> None:
    people = town.choose("pupil", says("unique_pupil_number"))
    serials = [f"9{serial:011d}" for serial in range(len(people))]
    weighed = (sum(n * int(digit) for n, digit in enumerate(text, 2)) for text in serials)
    letters = ["ABCDEFGHJKLMNPQRTUVWXYZ"[weight % 23] for weight in weighed]
    numbers = {
        person: letter + serial
        for person, letter, serial in zip(people, letters, serials, strict=True)
    }
    upn = pl.col("pers_person_id").replace_strict(numbers, default=None, return_dtype=pl.String)
    town.change("ssd_person", mine("pers_person_id", people), pers_upn=upn)


def no_authorisation(town: Town) -> None:
    people = town.choose("unauthorised", says("authorisation_date"))
    which = mine("cina_person_id", people)
    town.change("ssd_cin_assessments", which, cina_assessment_auth_date=pl.lit(None))


def another_referral(town: Town) -> None:
    people = town.choose("referred", says("social_care_episodes"))
    held = town.table("ssd_cin_episodes")
    town.write("ssd_cin_episodes", pl.concat([held, _referrals(held, people)]))


def _referrals(held: pl.DataFrame, people: pl.Series) -> pl.DataFrame:
    """A new open referral for each of ``people``, like one they have."""
    first = held.filter(mine("cine_person_id", people)).unique("cine_person_id", keep="first")
    values = [
        pl.concat_str("cine_referral_id", pl.lit(AGAIN)).alias("cine_referral_id"),
        pl.lit(AS_OF - timedelta(days=100)).alias("cine_referral_date"),
        pl.lit(None).alias("cine_close_date"),
    ]
    return first.with_columns(values).cast(held.schema)


def no_plans(town: Town) -> None:
    people = town.choose("unplanned", says("child_in_need_plans"))
    held = town.table("ssd_cin_plans")
    town.write("ssd_cin_plans", held.filter(~mine("cinp_person_id", people)))


def moved_house(town: Town) -> None:
    people = town.choose("moved", says("postcode"))
    which = mine("addr_person_id", people) & (pl.col("addr_address_postcode") != "")
    town.change("ssd_address", which, addr_address_postcode=pl.lit("QQ1 1QQ"))


def closed(town: Town) -> None:
    opened = (pl.col("cine_referral_date") >= RECENT) & pl.col("cine_close_date").is_null()
    able = town.table("ssd_cin_episodes").filter(opened)["cine_person_id"]
    people = town.choose("closed", says("social_care_episodes"), able)
    which = mine("cine_person_id", people) & opened
    town.change("ssd_cin_episodes", which, cine_close_date=pl.lit(AS_OF))


def gone(town: Town) -> None:
    people = town.choose("gone", pl.lit(True))
    held = town.table("ssd_person")
    town.write("ssd_person", held.filter(~mine("pers_person_id", people)))


def come(town: Town) -> None:
    """Children nobody knew, like some that are there, with a referral of their own."""
    able = says("social_care_episodes") & (pl.col("pers_dob") > YOUNG)
    like = town.choose("like", able)
    held = town.table("ssd_person")
    again = [
        pl.concat_str(name, pl.lit(AGAIN)).alias(name)
        for name in ("pers_person_id", "pers_legacy_id")
    ]
    copies = held.filter(mine("pers_person_id", like)).with_columns(
        *again, pers_upn=pl.lit(None, pl.String), pers_upn_unknown=pl.lit("UN4")
    )
    town.write("ssd_person", pl.concat([held, copies]))
    town.new = set(copies["pers_person_id"])
    referrals = town.table("ssd_cin_episodes")
    # The first letters, since some of these may have been given a referral above.
    theirs = _referrals(referrals, like).with_columns(
        pl.concat_str(pl.lit(AGAIN), "cine_referral_id").alias("cine_referral_id"),
        pl.concat_str("cine_person_id", pl.lit(AGAIN)).alias("cine_person_id"),
    )
    town.write("ssd_cin_episodes", pl.concat([referrals, theirs]))


def another_parent(town: Town) -> None:
    """A referral that turns out to be another child's: both have changed."""
    held = town.table("ssd_cin_episodes").sort("cine_referral_date", descending=True)
    recent = held.filter(pl.col("cine_referral_date") >= RECENT)["cine_person_id"]
    several = pl.col("json_payload").str.count_matches('"social_care_episode_id":', literal=True)
    givers = town.choose("giver", several > 1, recent)
    takers = town.choose("taker", says("social_care_episodes"))
    newest = held.unique("cine_person_id", keep="first", maintain_order=True)
    referrals = newest.filter(mine("cine_person_id", givers))["cine_referral_id"]
    owners = dict(zip(referrals, takers, strict=True))
    owner = pl.col("cine_referral_id").replace_strict(owners, default=None, return_dtype=pl.String)
    town.change("ssd_cin_episodes", mine("cine_referral_id", referrals), cine_person_id=owner)


def another_code_and_name(town: Town) -> None:
    """What is drawn from the row's key: the same whatever the source says, so nothing shows.

    But for children who drew the name they have: they got the next one, and lose it now.
    """
    names = dict(zip(SURNAMES, [*SURNAMES[1:], SURNAMES[0]], strict=True))
    following = pl.col("pers_surname").replace_strict(names, default=None, return_dtype=pl.String)
    held = pl.col("json_payload").str.json_path_match("$.child_details.surname")
    able = held.ne_missing(following) & says("surname") & says("ethnicity")
    people = town.choose("redrawn", able)
    other = pl.when(pl.col("pers_ethnicity") == "REFU").then(pl.lit("NOBT"))
    town.change(
        "ssd_person",
        mine("pers_person_id", people),
        pers_ethnicity=other.otherwise(pl.lit("REFU")),
        pers_surname=pl.lit("Otherwise"),
    )


WAYS: tuple[Callable[[Town], None], ...] = (
    another_parent,
    born_on_another_day,
    another_pupil_number,
    no_authorisation,
    no_plans,
    moved_house,
    closed,
    another_referral,
    gone,
    come,
    another_code_and_name,
)
"""Ten that must show, the narrowest first, and one that must not."""

OTHERWISE = {"gone", "like", "redrawn"}
"""What is chosen for other states than Updated."""


def pseudonyms(folder: Path, source: Path, people: pl.Series) -> pl.Series:
    """The pseudonyms of ``people`` under the epoch, as payloads have them."""
    plan, domain = api.check(str(source)), ssd().column("ssd_person", "pers_person_id").domain
    assert domain
    under = Pseudonyms(
        Epoch.load(folder / "epoch"), ssd().domains, plan.forms.lengths, plan.forms.numeric
    )
    return under.pseudonyms(domain, under.identify(domain, people)).str.head(20)


def walk(children: int, folder: Path, location: str) -> dict[str, float]:
    """Walk the whole road and check every row; return counts, and seconds of each step."""
    source, out = folder / "source", folder / "out"
    said: dict[str, float] = {}
    changed: dict[str, dict[str, int]] = {}

    def timed(step: str, act: Callable[[], object]) -> None:
        began = time.monotonic()
        act()
        said[f"seconds: {step}"] = round(time.monotonic() - began, 1)

    def scramble(delta: bool) -> None:
        report = api.run(str(source), out, epoch=folder / "epoch", delta=delta, verify=False)
        changed.update(report.changes or {})

    timed("fake", lambda: api.fake(str(source), children))
    create(folder / "epoch")
    timed("run", lambda: scramble(False))
    timed("payload", lambda: stage_payloads(str(out), location, as_of=AS_OF))
    sent = f"UPDATE {TABLE} SET submission_status = 'sent', api_response = 'receipt ' || id, "
    execute(location, sent + "submission_timestamp = TIMESTAMP '2026-04-01 20:00:00'")

    before = rows(open_staging(location))
    town = Town(source, _staged(folder, source, before))
    for way in WAYS:
        way(town)
    timed("run --delta", lambda: scramble(True))
    timed("payload again", lambda: stage_payloads(str(out), location, as_of=AS_OF))
    share = len(town.new)
    assert changed["ssd_person"] == {"New": share, "Updated": 2 * share, "Deleted": share}, changed
    after = rows(open_staging(location))
    said |= _checked(town, before, after, lambda found: pseudonyms(folder, source, found))
    return said


def _staged(folder: Path, source: Path, before: pl.DataFrame) -> pl.DataFrame:
    """Each staged child's source id and dates beside its payload."""
    people = pl.read_parquet(source / "ssd_person.parquet").select(
        "pers_dob", "pers_surname", child="pers_person_id"
    )
    people = people.with_columns(person_id=pseudonyms(folder, source, people["child"]))
    joined = before.select("person_id", "json_payload").join(people, on="person_id")
    assert joined.height == before.height
    return joined.sort("child")


def _checked(
    town: Town,
    before: pl.DataFrame,
    after: pl.DataFrame,
    names: Callable[[pl.Series], pl.Series],
) -> dict[str, float]:
    expected = {
        "Updated": set().union(*(town.chosen[way] for way in town.chosen.keys() - OTHERWISE)),
        "Deleted": town.chosen["gone"],
        "New": town.new,
    }
    touched: set[str] = set()
    for state, people in expected.items():
        found = set(after.filter(row_state=state)["person_id"])
        wanted = set(names(pl.Series(sorted(people))))
        assert len(wanted) == len(people)
        assert found == wanted, (state, len(found - wanted), len(wanted - found))
        touched |= wanted
    assert set(after["row_state"]) == {"New", "Updated", "Deleted", "Unchanged"}

    rest = ~pl.col("person_id").is_in(touched)
    assert set(after.filter(rest)["row_state"]) == {"Unchanged"}
    untouched = [frame.filter(rest).drop("row_state") for frame in (before, after)]
    assert_frame_equal(*untouched, check_exact=True)
    moved = after.filter(pl.col("row_state").is_in(["Updated", "Deleted"])).join(
        before, on="person_id", suffix="_was"
    )
    assert moved["id"].equals(moved["id_was"])
    assert moved["previous_json_payload"].equals(moved["json_payload_was"], null_equal=False)
    assert moved["previous_hash"].equals(moved["current_hash_was"], null_equal=False)
    assert (moved["json_payload"] != moved["json_payload_was"]).all()
    pending = after.filter(~rest)
    assert set(pending["submission_status"]) == {"pending"}
    assert pending["api_response"].null_count() == pending.height
    assert pending["submission_timestamp"].null_count() == pending.height
    counts = dict(after["row_state"].value_counts().iter_rows())
    return {**counts, "staged before": before.height}


def test_exactly_the_touched_children_are_staged_anew(
    fresh_postgres_url: str, tmp_path: Path
) -> None:
    said = walk(400, tmp_path, fresh_postgres_url)
    assert said["Updated"] == 9 * said["New"] == 9 * said["Deleted"] > 0


if __name__ == "__main__":
    from bench.server import postgresql

    with postgresql() as url, TemporaryDirectory() as place:
        for what, count in walk(int(sys.argv[1]), Path(place), url).items():
            print(f"{what}: {count}")
