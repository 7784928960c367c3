"""Runs from end to end: one epoch gives one output, whatever the source and the batches."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scrambler import api
from scrambler.errors import EpochError, OutputError, PolicyError, SourceError, UsageError
from scrambler.keys import epoch_file
from scrambler.keys.epoch import Epoch
from scrambler.policy import load_policy
from scrambler.run import steps
from scrambler.ssd import ssd
from scrambler.ssd.rules import RULES, Frames, check
from scrambler.ssd.rules.staging import STAGING
from scrambler.ssd.types import Route
from tests.conftest import Scrambled, execute
from tests.links import linked
from tests.outputs import Tables, assert_same_tables, hashes_of, manifest_of, tables_of

MISSING = [*ssd().missing.spellings]
FEW = ("ssd_person", "ssd_address", "ssd_cla_episodes", "ssd_linked_identifiers")


@pytest.fixture(params=["clean", "dirty"])
def made(request: pytest.FixtureRequest) -> Scrambled:
    found: Scrambled = request.getfixturevalue(request.param)
    return found


def read(source: Path) -> Tables:
    return {path.stem: pl.read_parquet(path) for path in sorted(source.iterdir())}


def small(folder: Path, source: Path, tables: tuple[str, ...] = FEW) -> str:
    """A source of a few tables."""
    folder.mkdir()
    for table in tables:
        (folder / f"{table}.parquet").write_bytes((source / f"{table}.parquet").read_bytes())
    return str(folder)


@pytest.mark.battery("roads", "SQLite")
def test_sqlite_gives_what_parquet_gives(made: Scrambled, tmp_path: Path) -> None:
    url = f"sqlite:///{(tmp_path / 'source.db').as_posix()}"
    api.fake(url, 300, dirty=made.source.parent.name.startswith("dirty"))
    api.run(url, tmp_path / "out", epoch=made.epoch)
    assert_same_tables(tables_of(tmp_path / "out"), tables_of(made.out))


@pytest.mark.battery("roads", "PostgreSQL")
def test_postgresql_gives_what_parquet_gives(
    made: Scrambled, tmp_path: Path, fresh_postgres_url: str
) -> None:
    api.fake(fresh_postgres_url, 300, dirty=made.source.parent.name.startswith("dirty"))
    api.run(fresh_postgres_url, tmp_path / "out", epoch=made.epoch)
    assert_same_tables(tables_of(tmp_path / "out"), tables_of(made.out))


def test_a_second_run_of_an_epoch_is_the_same_to_the_byte(dirty: Scrambled, tmp_path: Path) -> None:
    api.run(str(dirty.source), tmp_path / "out", epoch=dirty.epoch, verify=False)
    assert hashes_of(tmp_path / "out") == hashes_of(dirty.out)


def test_batches_do_not_matter(dirty: Scrambled, tmp_path: Path) -> None:
    api.run(str(dirty.source), tmp_path / "out", epoch=dirty.epoch, batch_rows=1000, verify=False)
    assert_same_tables(tables_of(tmp_path / "out"), tables_of(dirty.out))


def test_batches_of_seven_do_not_matter(tmp_path: Path) -> None:
    source, key = str(tmp_path / "source"), tmp_path / "epoch"
    api.fake(source, 6, dirty=True)
    (tmp_path / "source/ssd_dim_date.parquet").unlink()
    epoch_file.create(key)
    outs = [tmp_path / name for name in ("whole", "sevens")]
    for out, rows in zip(outs, (100_000, 7), strict=True):
        api.run(source, out, epoch=key, batch_rows=rows)
    assert_same_tables(tables_of(outs[0]), tables_of(outs[1]))


def test_rows_of_one_key_may_stand_in_many_batches(clean: Scrambled, tmp_path: Path) -> None:
    source = Path(small(tmp_path / "source", clean.source, ("ssd_person",)))
    for table in ("ssd_voice_of_child", "ssd_assessment_factors", "ssd_contacts"):
        row = pl.read_parquet(clean.source / f"{table}.parquet").head(1)
        pl.concat([row] * 4000).write_parquet(source / f"{table}.parquet")
    report = api.run(str(source), tmp_path / "out", batch_rows=500)
    assert report.verdict
    (column,) = (one for one in report.verdict.columns if one.column == "voch_agree_worker")
    assert (column.rows, column.examined, column.design_effect) == (4000, 4000, 4000)


@pytest.mark.parametrize(
    "key", [pl.lit(None, pl.String), pl.col("clae_cla_episode_id").first().over("clae_cla_id")]
)
def test_rules_hold_where_keys_are_null_or_repeated(
    key: pl.Expr, clean: Scrambled, tmp_path: Path
) -> None:  # C076, C077
    source = small(tmp_path / "source", clean.source, ("ssd_person", "ssd_cla_episodes"))
    path = tmp_path / "source" / "ssd_cla_episodes.parquet"
    keyed = pl.read_parquet(path).with_columns(key.alias("clae_cla_episode_id"))
    keyed.write_parquet(path)
    api.run(source, tmp_path / "out", batch_rows=40)
    result = api.verify(source, tmp_path / "out")
    assert result.passed, result.notes
    assert not any("C076" in note or "C077" in note for note in result.notes)


def test_an_output_can_be_scrambled_again(clean: Scrambled, tmp_path: Path) -> None:
    # Filler is drawn from few words: with one key it would be what it replaces.
    source = tmp_path / "source"
    source.mkdir()
    tables = ("ssd_person", "ssd_contacts", "ssd_early_help_episodes", "ssd_cin_episodes")
    for table in tables:
        frame = pl.read_parquet(clean.out / "tables" / table / "*.parquet")
        every = pl.concat([frame, *(_again(frame, turn) for turn in range(5))])
        every.write_parquet(source / f"{table}.parquet")
    report = api.run(str(source), tmp_path / "out")
    assert report.verdict
    assert report.verdict.passed


def _again(frame: pl.DataFrame, turn: int) -> pl.DataFrame:
    """The same rows under keys of their own."""
    key = frame.columns[0]
    return frame.with_columns(pl.lit(f"{turn}").add(pl.col(key)).str.slice(0, 20).alias(key))


def test_runs_of_one_epoch_agree_where_another_source_has_wider_columns(
    tmp_path: Path, fresh_postgres_url: str
) -> None:
    def made_of(width: int) -> None:
        execute(
            fresh_postgres_url,
            "DROP TABLE IF EXISTS ssd_mother",
            "CREATE TABLE IF NOT EXISTS ssd_person AS SELECT CAST('p1' AS text) pers_person_id",
            f"CREATE TABLE ssd_mother (moth_table_id varchar({width}), moth_person_id varchar(48))",
            "INSERT INTO ssd_mother VALUES ('m1', 'p1')",
        )

    key = tmp_path / "epoch"
    epoch_file.create(key)
    made = []
    for width in (24, 48):
        made_of(width)
        api.run(fresh_postgres_url, tmp_path / "out", epoch=key, replace=True)
        made.append(tables_of(tmp_path / "out")["ssd_mother"])
    assert made[0]["moth_table_id"].str.len_chars().to_list() == [24]
    assert made[1]["moth_table_id"].to_list() == made[0]["moth_table_id"].to_list()
    made_of(20)
    for dry in (True, False):
        with pytest.raises(EpochError, match="Widen or change the"):
            api.run(fresh_postgres_url, tmp_path / "out", epoch=key, replace=True, dry_run=dry)
    assert tables_of(tmp_path / "out")["ssd_mother"].equals(made[1])


def test_two_epochs_share_no_pseudonym(dirty: Scrambled, tmp_path: Path) -> None:
    spec = ssd()
    outs = [tmp_path / "one", tmp_path / "two"]
    for number, out in enumerate(outs):
        key = out.with_suffix(".epoch")
        Epoch(bytes([number]) * 32).save(key)
        api.run(str(dirty.source), out, epoch=key, verify=False)
    one, two = (tables_of(out) for out in outs)
    manifests = [manifest_of(out) for out in outs]
    assert manifests[0]["epoch"] != manifests[1]["epoch"]
    examined = 0
    for table, held in manifests[0]["tables"].items():
        for name, column in held["columns"].items():
            if column["treatment"] != "identifier":
                continue
            domain = spec.domains[load_policy(spec).assignments[table][name].column.domain or ""]
            before, after = one[table][name], two[table][name]
            real = pl.select(
                pl.lit(before).str.contains(r"^[0-9a-f]{12,36}$|^[A-Z][0-9]{11}|^[0-9]{7,10}$|^SW")
            ).to_series()
            # Row by row nothing is the same; hexadecimal pseudonyms meet nowhere at all. (Of the
            # numbers that stand beside them in a column of several types, some do by chance.)
            assert not (before == after).filter(real).any(), f"{table}.{name}"
            if domain.shape == "hex":
                hexadecimal = before.str.contains("^[0-9a-f]{12,36}$").fill_null(False)
                several = domain.name == "by_type"
                shared = set(before.filter(hexadecimal if several else real)) & set(after)
                assert not shared, f"{table}.{name}"
            examined += int(real.sum())
    assert examined > 10_000


def test_some_children_are_kept_whole(dirty: Scrambled, tmp_path: Path) -> None:
    api.run(str(dirty.source), tmp_path / "out", epoch=dirty.epoch, children=40)
    every, some = tables_of(dirty.out), tables_of(tmp_path / "out")
    assert manifest_of(tmp_path / "out")["children"] == 40
    assert some.keys() == every.keys()
    chosen = some["ssd_person"]["pers_person_id"]
    assert chosen.n_unique() == 40
    for name, table in ssd().tables.items():
        if name not in every:
            continue
        if not table.routes:
            assert some[name].height == every[name].height, name
        else:
            # All the rows of a chosen child and none of another, where it can be told whose a row
            # is: dirty data have keys that several rows have.
            mine = _whose(every[name], every, table.routes).is_in(chosen.to_list())
            told = _whose(some[name], every, table.routes).is_not_null()
            expected, found = every[name].filter(mine), some[name].filter(told)
            assert_same_tables({name: expected}, {name: found})
            columns = some[name].columns
            strange = some[name].join(every[name], on=columns, how="anti", nulls_equal=True)
            assert strange.is_empty(), name


def _whose(
    rows: pl.DataFrame, every: dict[str, pl.DataFrame], routes: tuple[Route, ...]
) -> pl.Series:
    """The child that rows lead to, by the first way that finds one; null where that is unclear."""
    whose = rows.with_row_index("row").select(
        "row", child=pl.lit(None, pl.String), unclear=pl.lit(False)
    )
    for route in routes:
        if route.start not in rows.columns:
            continue
        ids = rows.select(id=pl.col(route.start))
        ids = ids.with_columns(several=pl.lit(False))
        steps = [hop.column for hop in route.hops[1:]] + [route.subject]
        for hop, step in zip(route.hops, steps, strict=True) if route.hops else ():
            held = every[hop.table].select(id=pl.col(hop.key), next=pl.col(step))
            held = (
                held.filter(~pl.col("id").is_in(MISSING))
                .group_by("id")
                .agg(pl.col("next").first(), more=pl.len() > 1)
            )
            ids = ids.join(held, on="id", how="left", maintain_order="left").select(
                id="next", several=pl.col("several") | pl.col("more").fill_null(False)
            )
        child = ids["id"].set(ids["id"].is_in(MISSING).fill_null(False), None)
        open_ = pl.col("child").is_null() & ~pl.col("unclear")
        whose = (
            whose.with_columns(pl.Series("new", child), ids["several"])
            .with_columns(
                child=pl.when(open_ & ~pl.col("several")).then("new").otherwise("child"),
                unclear=pl.col("unclear") | (open_ & pl.col("several")),
            )
            .drop("new", "several")
        )
    return whose["child"]


def test_more_children_than_there_are_is_everybody(clean: Scrambled, tmp_path: Path) -> None:
    source = small(tmp_path / "source", clean.source)
    api.run(source, tmp_path / "out", children=10_000)
    assert tables_of(tmp_path / "out")["ssd_person"].height == 300


def test_chosen_tables_are_what_they_are_in_the_whole(dirty: Scrambled, tmp_path: Path) -> None:
    # The factors find their child through the assessments, which are read and not written.
    chosen = ("ssd_person", "ssd_assessment_factors")
    report = api.run(str(dirty.source), tmp_path / "out", epoch=dirty.epoch, tables=chosen)
    every = tables_of(dirty.out)
    assert tuple(report.rows) == chosen
    assert_same_tables(tables_of(tmp_path / "out"), {name: every[name] for name in chosen})


def test_a_dry_run_counts_and_writes_nothing(clean: Scrambled, tmp_path: Path) -> None:
    report = api.run(str(clean.source), tmp_path / "out", dry_run=True)
    assert report.rows["ssd_person"] == 300
    assert report.verdict is None
    assert list(tmp_path.iterdir()) == []


# Staging tables are never copied, so what must hold in them has nowhere to hold.
KEPT = [
    rule for rule in RULES if rule.hard and rule.kept and rule.violations and rule not in STAGING
]


@pytest.fixture(scope="module")
def sides(clean: Scrambled, dirty: Scrambled) -> Mapping[str, Frames]:
    """The frames of clean output, dirty source and dirty output."""
    tables = {
        "clean out": tables_of(clean.out),
        "dirty in": read(dirty.source),
        "dirty out": tables_of(dirty.out),
    }
    return {
        side: {name: frame.lazy() for name, frame in frames.items()}
        for side, frames in tables.items()
    }


def test_hard_rules_hold_after_scrambling(sides: Mapping[str, Frames]) -> None:
    found = {
        side: {one.rule.id: one.violations for one in check(frames)}
        for side, frames in sides.items()
    }
    assert [rule.id for rule in KEPT if found["clean out"][rule.id] != 0] == []
    # Dirt breaks some rules before; those that it leaves whole stay whole.
    before, after = found["dirty in"], found["dirty out"]
    assert [rule.id for rule in KEPT if not before[rule.id] and after[rule.id] != 0] == []


def test_a_rule_that_is_not_kept_says_why() -> None:
    assert all(rule.kept or rule.why for rule in RULES)


@pytest.mark.parametrize("offsets", [(0, 10), (20, 10), (-5, 5), (1, 3_651)])
def test_dates_never_move_forward(
    offsets: tuple[int, int], clean: Scrambled, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="days back"):
        api.run(str(clean.source), tmp_path / "out", shift=api.DateShift(*offsets))


def test_offsets_are_a_setting(clean: Scrambled, tmp_path: Path) -> None:
    source = small(tmp_path / "source", clean.source)
    api.run(source, tmp_path / "out", epoch=clean.epoch, shift=api.DateShift(7, 7, "intervals"))
    before = read(clean.source)["ssd_cla_episodes"]["clae_cla_episode_start_date"]
    after = tables_of(tmp_path / "out")["ssd_cla_episodes"]["clae_cla_episode_start_date"]
    assert (before.sort() - after.sort()).unique().dt.total_days().drop_nulls().to_list() == [7]


def test_a_demo_never_overwrites_what_is_no_demo(tmp_path: Path) -> None:
    folder, report = api.demo(tmp_path / "demo", children=20)
    assert report.verdict
    assert report.verdict.passed
    made = {path.name for path in folder.iterdir()}
    assert made == {".scrambler", "source.db", "scrambled", "scrambled.evidence"}
    api.demo(folder, children=20)
    (folder / "my notes.txt").write_text("precious")
    with pytest.raises(OutputError, match="is no demo"):
        api.demo(folder, children=20)
    assert (folder / "my notes.txt").read_text() == "precious"


def test_a_demo_never_removes_a_database_of_somebody_s_own(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "source.db").write_text("precious")
    with pytest.raises(OutputError, match="is no demo"):
        api.demo(folder, children=20)
    assert (folder / "source.db").read_text() == "precious"
    api.demo(tmp_path / "demo", children=20)
    (tmp_path / "demo" / "source.db").write_text("precious")
    with pytest.raises(OutputError, match="is no demo"):
        api.demo(tmp_path / "demo", children=20)
    assert (tmp_path / "demo" / "source.db").read_text() == "precious"


def test_flags_never_write_over_anything(clean: Scrambled, tmp_path: Path) -> None:
    source = small(tmp_path / "source", clean.source, ("ssd_person",))
    policy = tmp_path / "mine.csv"
    policy.write_text("table,column,treatment,parameters,reason\n")
    for precious in (policy, clean.epoch, Path(source) / "ssd_person.parquet", tmp_path):
        held = precious.read_bytes() if precious.is_file() else b""
        with pytest.raises(OutputError, match="nothing is ever overwritten"):
            api.run(source, tmp_path / "out", flags=precious, policy=policy, epoch=clean.epoch)
        assert not held or precious.read_bytes() == held
    api.run(source, tmp_path / "out", flags=tmp_path / "flags.csv")
    assert (tmp_path / "flags.csv").read_text() == "table,column,row\n"
    made = {path.name for path in tmp_path.iterdir()}
    assert made == {"source", "mine.csv", "out", "out.evidence", "flags.csv"}


@pytest.mark.parametrize("place", ["out/e", "out.incomplete/e", "out.old/e", "out.lock"])
def test_an_epoch_never_lies_where_an_output_comes(
    place: str, clean: Scrambled, tmp_path: Path
) -> None:
    source = small(tmp_path / "source", clean.source, ("ssd_person",))
    inside, link = tmp_path / place, tmp_path / "link"
    inside.parent.mkdir(exist_ok=True)
    epoch_file.create(inside)
    places = [inside]
    if linked(link, inside) and linked(tmp_path / "folder", inside.parent):
        places += [link, tmp_path / "folder" / inside.name]
    for path in places:
        with pytest.raises(EpochError, match="lies inside the output"):
            api.run(source, tmp_path / "out", epoch=path, replace=True)
    assert Epoch.load(inside)


def test_one_run_at_a_time_draws_from_an_epoch(clean: Scrambled, tmp_path: Path) -> None:
    source = small(tmp_path / "source", clean.source, ("ssd_person",))
    key = tmp_path / "epoch"
    epoch_file.create(key)
    with epoch_file.opened(key), pytest.raises(EpochError, match="Another run is using"):
        api.run(source, tmp_path / "out", epoch=key)
    api.run(source, tmp_path / "out", epoch=key)
    assert {path.name for path in tmp_path.iterdir()} == {"source", "epoch", "out", "out.evidence"}


def test_children_are_chosen_from_persons(clean: Scrambled, tmp_path: Path) -> None:
    source = small(tmp_path / "source", clean.source, ("ssd_person", "ssd_address"))
    policy = tmp_path / "ours.csv"
    policy.write_text(
        "table,column,treatment,parameters,reason\nssd_person,pers_person_id,omit,,not needed\n"
    )
    with pytest.raises(UsageError, match="--children chooses from ssd_person"):
        api.run(source, tmp_path / "out", children=3, policy=policy)
    assert not (tmp_path / "out").exists()


def test_a_failing_count_of_the_cohort_commits_nothing(
    clean: Scrambled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    source = small(tmp_path / "source", clean.source, ("ssd_person",))
    monkeypatch.setattr(steps, "cohort_shift", interrupted)
    with pytest.raises(KeyboardInterrupt):
        api.run(source, tmp_path / "out")
    assert {path.name for path in tmp_path.iterdir()} == {"source"}


def test_a_source_with_nobody_in_it_is_refused(clean: Scrambled, tmp_path: Path) -> None:
    source = small(tmp_path / "source", clean.source, ("ssd_person", "ssd_address"))
    person = Path(source) / "ssd_person.parquet"
    pl.read_parquet(person).clear().write_parquet(person)
    for dry in (True, False):
        with pytest.raises(SourceError, match=r"ssd_person .* no rows"):
            api.run(source, tmp_path / "out", dry_run=dry)
    person.unlink()
    with pytest.raises(PolicyError, match="ssd_person: the source lacks it"):
        api.run(source, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_every_error_of_a_source_is_ours(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        api.check(str(tmp_path / "nowhere"))
    api.fake(str(tmp_path / "source"), 5)
    with pytest.raises(PolicyError, match="no such table"):
        api.check(str(tmp_path / "source"), tables=["ssd_persons"])
    with pytest.raises(EpochError, match="epoch new"):
        api.run(str(tmp_path / "source"), tmp_path / "out", epoch=tmp_path / "none")


def test_a_policy_of_their_own_goes_over_the_shipped_one(clean: Scrambled, tmp_path: Path) -> None:
    mine = tmp_path / "mine.csv"
    mine.write_text(
        "table,column,treatment,parameters,reason\nssd_person,pers_sex,clear,,not wanted\n"
    )
    source = small(tmp_path / "source", clean.source, ("ssd_person",))
    api.run(source, tmp_path / "out", policy=mine)
    assert tables_of(tmp_path / "out")["ssd_person"]["pers_sex"].null_count() == 300
    manifest = manifest_of(tmp_path / "out")
    assert manifest["tables"]["ssd_person"]["columns"]["pers_sex"]["treatment"] == "clear"


def test_long_decimals_stay_as_many_identifiers(tmp_path: Path) -> None:
    numbers = [Decimal(12345678901234567890 + n) for n in range(50)]
    source = tmp_path / "source"
    source.mkdir()
    ids = pa.array(numbers, pa.decimal128(20, 0))
    pq.write_table(pa.table({"pers_person_id": ids}), source / "ssd_person.parquet")
    # The other table has them as text, and joins all the same.
    pq.write_table(
        pa.table({"addr_person_id": [str(number) for number in numbers]}),
        source / "ssd_address.parquet",
    )
    report = api.run(str(source), tmp_path / "out")
    assert report.verdict
    assert report.verdict.passed
    made = tables_of(tmp_path / "out")
    person, address = made["ssd_person"]["pers_person_id"], made["ssd_address"]["addr_person_id"]
    assert person.n_unique() == 50
    assert set(person) == set(address)


def test_the_remedy_of_the_message_works(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    pl.DataFrame({"pers_person_id": ["1", "2"], "pers_dob": ["soon", "2020-01-01"]}).write_parquet(
        source / "ssd_person.parquet"
    )
    with pytest.raises(SourceError, match=r"treatment `clear` .* in a policy of your own"):
        api.run(str(source), tmp_path / "out")
    mine = tmp_path / "mine.csv"
    mine.write_text("table,column,treatment,parameters,reason\nssd_person,pers_dob,clear,,soiled\n")
    api.run(str(source), tmp_path / "out", policy=mine)
    assert tables_of(tmp_path / "out")["ssd_person"]["pers_dob"].null_count() == 2


def test_a_run_with_a_policy_of_its_own_is_looked_at_again(tmp_path: Path) -> None:
    source, out, mine = tmp_path / "source", tmp_path / "out", tmp_path / "mine.csv"
    source.mkdir()
    rows = pl.DataFrame({"pers_person_id": ["p1", "p2"], "pers_ours": ["Y", "N"]})
    rows.write_parquet(source / "ssd_person.parquet")
    mine.write_text(
        "table,column,treatment,parameters,reason\n"
        "ssd_person,pers_ours,code,list=yn_flag;type=NCHAR(1),\n"
    )
    api.run(str(source), out, policy=mine)
    assert api.verify(str(source), out, policy=mine).passed
    with pytest.raises(PolicyError, match=r"1 columns that no policy names.*--policy"):
        api.verify(str(source), out)


def test_what_the_source_lacks_is_a_fault_of_the_second_look(
    clean: Scrambled, tmp_path: Path
) -> None:
    source = Path(small(tmp_path / "source", clean.source))
    api.run(str(source), tmp_path / "out")
    assert api.verify(str(source), tmp_path / "out").passed
    person = pl.read_parquet(source / "ssd_person.parquet")
    person.drop("pers_sex").write_parquet(source / "ssd_person.parquet")
    (source / "ssd_linked_identifiers.parquet").unlink()
    found = api.verify(str(source), tmp_path / "out")
    assert not found.passed
    assert [one.failures for one in found.checks if "source has too" in one.what] == [2]
    (note,) = (note for note in found.notes if "lacks" in note)
    assert "ssd_linked_identifiers" in note
    assert "ssd_person.pers_sex" in note
