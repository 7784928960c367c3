"""Each audit sees the fault planted for it, and none where the data are honest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from scrambler.policy import load_policy
from scrambler.ssd import ssd
from scrambler.synthetic import build
from tests.columns import each_column
from tests.comparisons import column_of, verdict
from tests.contexts import SHIPPED, Local, Stage, epoch, scrambled, staged

ROWS = 4_000
Fault = Callable[[pl.Series, pl.Series], pl.Series]

VALUES = {
    "identifier": "id-{n}",
    "date": "2020-01-{d:02}",
    "name": "Zaphod",
    "postcode": "SW1A {s}AA",
    "address_json": '{{"HOUSE":"{n}","STREET":"High Street"}}',
    "free_text": "Ann said {n}",
    "code_list_json": '["1A","2B","3C"]',
    "label": "Old Trust {n}",
    "clear": "1",
    "keep": "Ann said {n}",
}

FITTING = {
    "link_identifier_type": "Home Office Registration",
    "version_number": "1.4.5a",
    "fiscal_year_label": "2020/21",
}


def _stage(table: str, column: str, *, local: Local | None = None) -> Stage:
    assignment = SHIPPED[table][column]
    parameters = assignment.parameters
    key = ssd().tables[table].primary_key[0]
    if "list" in parameters and assignment.treatment == "code":
        codes = ssd().code_lists[parameters["list"]].codes
        values = [codes[n % len(codes)] for n in range(ROWS)]
    elif assignment.treatment == "flags_json":
        keys = ssd().outcomes[column]
        comment = f',"{keys.comments}":"Ann said so"' if keys.comments else ""
        values = [
            "{"
            + ",".join(f'"{k}":"{"YN"[(n + i) % 2]}"' for i, k in enumerate(keys.flags))
            + comment
            + "}"
            for n in range(ROWS)
        ]
    elif assignment.treatment == "number":
        values = [str(n % 3 + 1) for n in range(ROWS)]
    else:
        form = VALUES[assignment.treatment]
        values = [form.format(n=n, d=n % 28 + 1, s=n % 10) for n in range(ROWS)]
    if "follows" in parameters and assignment.treatment == "label":
        listed = ssd().code_lists[assignment.column.code_list or ""]
        values = [listed.labels[n % len(listed.labels)] for n in range(ROWS)]
    if assignment.treatment == "keep":
        # Every other one fits; the rest is cleared.
        values[1::2] = [FITTING[column]] * (ROWS // 2)
    held = {column: [value if n % 10 else None for n, value in enumerate(values)]}
    prefix = "k" if ssd().tables[table].columns[key].dtype == pl.String else ""
    rows = {key: [f"{prefix}{n}" for n in range(ROWS)]} if key != column else {}
    if "follows" in parameters:
        leader = parameters["follows"]
        codes = ssd().code_lists[SHIPPED[table][leader].parameters["list"]].codes
        rows[leader] = [codes[n % len(codes)] for n in range(ROWS)]
    if "key" in parameters and parameters["key"] != key:
        rows[parameters["key"]] = [f"p{n}" for n in range(ROWS)]
    return staged({table: {**rows, **held}}, local=local)


def _faults(stage: Stage, table: str, column: str, after: pl.Series | None = None) -> list[str]:
    return column_of(stage, table, column, after).faults()


def _spoiled(table: str, column: str, spoil: Fault) -> list[str]:
    stage = _stage(table, column)
    batch = stage.batch(table)
    after = scrambled(batch, column)
    return _faults(stage, table, column, spoil(batch.frame[column], after))


COMPARED = [
    (table, name)
    for table, columns in SHIPPED.items()
    for name, a in columns.items()
    if a.treatment in VALUES.keys() | {"code", "number", "flags_json"}
    and a.treatment != "clear"
    and not {"type", "within"} & a.parameters.keys()
    and (a.treatment != "keep" or a.column.dtype == pl.String)
]
EACH = each_column(COMPARED, sampled=True)


@EACH
def test_honest_scrambling_passes(table: str, column: str) -> None:
    stage = _stage(table, column)
    assert _faults(stage, table, column) == []


@EACH
def test_a_column_left_as_it_was_is_seen(table: str, column: str) -> None:
    assert _spoiled(table, column, lambda before, after: before)


@EACH
def test_a_null_that_moved_is_seen(table: str, column: str) -> None:
    def move(before: pl.Series, after: pl.Series) -> pl.Series:
        return after.gather([*range(1, len(after)), 0])

    assert any("nulls not where they were" in fault for fault in _spoiled(table, column, move))


@EACH
def test_a_value_lost_is_seen(table: str, column: str) -> None:
    def lose(before: pl.Series, after: pl.Series) -> pl.Series:
        return after.set(_first(after, 5), None)

    assert any("nulls not where they were" in fault for fault in _spoiled(table, column, lose))


def _first(like: pl.Series, row: int) -> pl.Series:
    return pl.Series(np.arange(len(like)) == row)


MUST_CHANGE = [
    (t, c)
    for t, c in COMPARED
    if SHIPPED[t][c].treatment not in ("code", "number", "flags_json", "code_list_json", "keep")
    and "follows" not in SHIPPED[t][c].parameters
]


@each_column(MUST_CHANGE, sampled=True)
def test_one_value_unchanged_is_seen(table: str, column: str) -> None:
    def keep(before: pl.Series, after: pl.Series) -> pl.Series:
        return before.cast(after.dtype).zip_with(_first(after, 5), after)

    assert f"1 of {ROWS * 9 // 10} values unchanged" in _spoiled(table, column, keep)


@pytest.mark.parametrize("change", [str.upper, lambda text: f"  {text} "], ids=["case", "blanks"])
def test_case_and_blanks_are_no_change(change: Callable[[str], str]) -> None:
    def spell(before: pl.Series, after: pl.Series) -> pl.Series:
        return pl.Series([change(before[5])] * len(after)).zip_with(_first(after, 5), after)

    assert _spoiled("ssd_person", "pers_surname", spell)


DRAWN = [(t, c) for t, c in COMPARED if SHIPPED[t][c].treatment == "code"]


SPELLED = [(t, c) for t, c in DRAWN if SHIPPED[t][c].column.dtype != pl.Boolean]


@each_column(SPELLED, sampled=True)
def test_a_code_of_no_list_is_seen(table: str, column: str) -> None:
    def foreign(before: pl.Series, after: pl.Series) -> pl.Series:
        return pl.Series(["zzz"] * len(after)).zip_with(_first(after, 5), after)

    assert any("not allowed" in fault for fault in _spoiled(table, column, foreign))


@each_column(DRAWN, sampled=True)
def test_a_biased_draw_is_seen(table: str, column: str) -> None:
    codes = ssd().code_lists[SHIPPED[table][column].parameters["list"]].codes

    def favour(before: pl.Series, after: pl.Series) -> pl.Series:
        texts = after.cast(pl.Int8).cast(pl.String) if after.dtype == pl.Boolean else after
        rarest = min(codes, key=lambda code: int((texts == code).sum()))
        here = pl.Series(np.arange(len(after)) % 2 == 0) & after.is_not_null()
        spoiled = pl.Series([rarest] * len(after)).zip_with(here, texts)
        return spoiled == "1" if after.dtype == pl.Boolean else spoiled

    assert _spoiled(table, column, favour)


def _codes(table: str, column: str) -> tuple[str, ...]:
    return ssd().code_lists[SHIPPED[table][column].parameters["list"]].codes


# Of longer lists these rows are too few to tell.
SHORT = [(t, c) for t, c in DRAWN if len(_codes(t, c)) <= 60]


@each_column(SHORT, sampled=True)
def test_forcing_every_code_to_differ_is_seen(table: str, column: str) -> None:  # T7
    codes = _codes(table, column)

    def differ(before: pl.Series, after: pl.Series) -> pl.Series:
        other = (
            before.cast(pl.String).replace_strict(
                dict(zip(codes, (*codes[1:], codes[0]), strict=True)), default=None
            )
            if before.dtype == pl.String
            else ~before
        )
        return other.zip_with((before == after).fill_null(False), after)

    assert _spoiled(table, column, differ)


def test_a_code_that_the_law_leaves_no_chance_is_seen() -> None:
    tables = {
        "ssd_cin_episodes": {
            "cine_referral_id": [f"r{n}" for n in range(200)],
            "cine_close_reason": ["RC1"] * 200,
        }
    }
    stage = staged(tables)
    after = scrambled(stage.batch("ssd_cin_episodes"), "cine_close_reason")
    dead = pl.Series(["RC2"] * 200).zip_with(_first(after, 7), after)
    assert "1 values not allowed" in _faults(stage, "ssd_cin_episodes", "cine_close_reason", dead)


def test_a_letter_of_gender_left_as_it_was_is_seen() -> None:
    people = {
        "pers_person_id": [f"p{n}" for n in range(900)],
        "pers_sex": ["M", "F", None] * 300,
        "pers_gender": ["M", "F", "F"] * 300,
    }
    stage = staged({"ssd_person": people})
    assert _faults(stage, "ssd_person", "pers_gender") == []
    assert _faults(stage, "ssd_person", "pers_gender", pl.Series(people["pers_gender"]))


FLAGS = [(t, c) for t, c in COMPARED if SHIPPED[t][c].treatment == "flags_json"]


@each_column(FLAGS, sampled=True)
def test_flags_left_biased_or_lost_are_seen(table: str, column: str) -> None:
    flag = ssd().outcomes[column].flags[0]

    def one_left(before: pl.Series, after: pl.Series) -> pl.Series:
        held = before.str.extract(rf'"{flag}":"(.)')
        swapped = pl.DataFrame({"a": after, "h": held}).select(
            pl.col("a").str.replace(
                rf'"{flag}":"[A-Za-z]*"', pl.concat_str(pl.lit(f'"{flag}":"'), "h", pl.lit('"'))
            )
        )
        return swapped.to_series()

    def all_yes(before: pl.Series, after: pl.Series) -> pl.Series:
        return after.str.replace_all(r'":"N(?:o)?"', '":"Y"')

    def one_lost(before: pl.Series, after: pl.Series) -> pl.Series:
        return after.str.replace(rf'"{flag}":"[A-Za-z]*"', f'"{flag}":"?"')

    for spoil in (one_left, all_yes, one_lost):
        assert _spoiled(table, column, spoil)


COMMENTED = [(t, c) for t, c in FLAGS if ssd().outcomes[c].comments]


@each_column(COMMENTED, sampled=True)
def test_one_comment_left_is_seen(table: str, column: str) -> None:
    comments = ssd().outcomes[column].comments

    def leave(before: pl.Series, after: pl.Series) -> pl.Series:
        kept = after.str.replace(rf'"{comments}":"[^"]*"', f'"{comments}":"Ann said so"')
        return kept.zip_with(_first(after, 5), after)

    assert _spoiled(table, column, leave)


FACTORS = ("ssd_assessment_factors", "cinf_assessment_factors_json")


def test_factors_left_or_foreign_are_seen() -> None:
    def foreign(before: pl.Series, after: pl.Series) -> pl.Series:
        return pl.Series(['["99Z"]'] * len(after)).zip_with(_first(after, 5), after)

    assert any("not allowed" in fault for fault in _spoiled(*FACTORS, foreign))


def test_what_is_cleared_must_be_empty() -> None:
    stage = _stage("ssd_s251_finance", "s251_placeholder_1")
    assert _faults(stage, "ssd_s251_finance", "s251_placeholder_1") == []
    held = stage.frames["ssd_s251_finance"]["s251_placeholder_1"]
    assert _faults(stage, "ssd_s251_finance", "s251_placeholder_1", held)


SAYS_NOTHING = [
    ("ssd_cla_previous_permanence", "lapp_previous_permanence_order_date", ["zz/zz/zzzz"]),
    ("ssd_cla_previous_permanence", "lapp_previous_permanence_order_date", ["01/01/1900"]),
    ("ssd_person", "pers_dob", ["1900-01-01"]),
    ("ssd_person", "pers_person_id", ["SSD_PH", "0", "-1", ""]),
    ("ssd_person", "pers_surname", ["SSD_PH", "  "]),
]  # fmt: skip


@pytest.mark.parametrize(("table", "column", "values"), SAYS_NOTHING)
def test_what_says_nothing_may_stay(table: str, column: str, values: list[str]) -> None:
    key = ssd().tables[table].primary_key[0]
    rows = {} if key == column else {key: [f"k{n}" for n in range(len(values))]}
    stage = staged({table: {**rows, column: values}})
    assert _faults(stage, table, column, stage.frames[table][column]) == []


def test_draws_that_rows_share_count_for_less() -> None:
    periods = [f"c{n % 400}" for n in range(4_000)]
    tables = {
        "ssd_cla_episodes": {
            "clae_cla_episode_id": [f"e{n}" for n in range(4_000)],
            "clae_cla_id": periods,
            "clae_cla_primary_need_code": [f"N{int(p[1:]) % 8 + 1}" for p in periods],
        }
    }
    found = column_of(staged(tables), "ssd_cla_episodes", "clae_cla_primary_need_code")
    assert found.examined == 4_000
    assert found.design_effect == pytest.approx(10, rel=0.15)
    assert found.faults() == []


@pytest.fixture(scope="module")
def sources() -> dict[bool, dict[str, pl.DataFrame]]:
    def whole(dirty: bool) -> dict[str, pl.DataFrame]:
        parts: dict[str, list[pl.DataFrame]] = {}
        for table, frame in build(250, seed=5, dirty=dirty):
            parts.setdefault(table, []).append(frame)
        assigned = load_policy(ssd()).assignments
        return {
            table: pl.concat(frames)
            for table, frames in parts.items()
            if all(a.treatment != "omit" for a in assigned[table].values())
        }

    return {dirty: whole(dirty) for dirty in (False, True)}


def _audited(
    stage: Stage, folder: Path, rows: int, spoil: Fault | None = None, at: str = ""
) -> list[str]:
    return list(verdict(stage, folder, rows=rows, spoil=spoil, at=at).faults())


@pytest.mark.parametrize(
    "dirty",
    [
        pytest.param(False, id="clean", marks=pytest.mark.battery("epochs", "clean")),
        pytest.param(True, id="dirty", marks=pytest.mark.battery("epochs", "dirty")),
    ],
)
@pytest.mark.parametrize("number", [1, 2, 3])
def test_honest_data_pass_under_any_epoch_in_small_batches(
    sources: dict[bool, dict[str, pl.DataFrame]], dirty: bool, number: int, tmp_path: Path
) -> None:
    stage = staged(sources[dirty], epoch(number))
    assert _audited(stage, tmp_path, 400) == []


def _merged(before: pl.Series, after: pl.Series) -> pl.Series:
    return pl.Series([after[0]]).new_from_index(0, len(after)).zip_with(_first(after, 1), after)


def _other(before: pl.Series, after: pl.Series) -> pl.Series:
    return "x" + after


@pytest.mark.parametrize(
    "spoil", [_merged, _other], ids=["two become one", "others here than there"]
)
@pytest.mark.parametrize("column", ["pers_person_id", "cont_person_id", "cine_referral_id"])
def test_faults_among_pseudonyms_are_seen_over_the_whole_run(
    sources: dict[bool, dict[str, pl.DataFrame]], column: str, spoil: Fault, tmp_path: Path
) -> None:
    tables = ("ssd_person", "ssd_contacts", "ssd_cin_episodes", "ssd_cin_assessments")
    stage = staged({name: sources[False][name] for name in tables})
    faults = _audited(stage, tmp_path, 10_000, spoil, column)
    assert any(fault.startswith("id domain") for fault in faults)


def test_a_broken_foreign_key_is_seen(
    sources: dict[bool, dict[str, pl.DataFrame]], tmp_path: Path
) -> None:
    tables = ("ssd_person", "ssd_contacts")
    stage = staged({name: sources[False][name] for name in tables})
    faults = _audited(stage, tmp_path, 10_000, lambda before, after: "x" + after, "cont_person_id")
    assert any("were found in ssd_person.pers_person_id before, 0 after" in f for f in faults)
