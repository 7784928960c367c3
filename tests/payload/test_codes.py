from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrambler.payload.codes import code_of, meant
from scrambler.ssd import ssd

from . import reference

COLUMNS = (
    ("ssd_person", "pers_upn_unknown"),
    ("ssd_person", "pers_sex"),
    ("ssd_person", "pers_ethnicity"),
    ("ssd_disability", "disa_disability_code"),
    ("ssd_cin_episodes", "cine_referral_source_code"),
    ("ssd_cin_episodes", "cine_close_reason"),
    ("ssd_cla_episodes", "clae_cla_episode_start_reason"),
    ("ssd_cla_episodes", "clae_cla_episode_ceased_reason"),
    ("ssd_cla_placement", "clap_cla_placement_type"),
    ("ssd_cla_placement", "clap_cla_placement_change_reason"),
    ("ssd_care_leavers", "clea_care_leaver_activity"),
    ("ssd_care_leavers", "clea_care_leaver_accommodation"),
)


# White space and control characters are whose they are; people type none of the odd ones.
TYPED = st.characters(min_codepoint=32, max_codepoint=0x17F, exclude_characters="\x7f\x85\xa0")


def code_index(table: str, column: str) -> str:
    return ssd().column(table, column).code_list or ""


@st.composite
def spelt(draw: st.DrawFn, code_list: str) -> str | None:
    """A code as somebody may have written it: bare, described, both, padded, or not at all."""
    known = ssd().code_lists[code_list]
    code, label = draw(st.sampled_from(list(zip(known.codes, known.labels, strict=True))))
    joint = draw(st.sampled_from([" ", " - ", ":", ", ", ""]))
    forms = [
        code,
        code.lower(),
        label,
        label.upper(),
        label.lower(),
        code + joint + label,
        code + " ",
        label[:9],
    ]
    others = [*known.alternates, *known.alternates.values(), "LOCAL7", "", " ", None]
    text = draw(st.sampled_from([*forms, *others]) | st.text(TYPED, max_size=8))
    return text if text is None else draw(st.sampled_from(["", " "])) + text


@pytest.mark.parametrize(("table", "column"), COLUMNS)
@settings(max_examples=30)
@given(data=st.data())
def test_every_spelling_is_the_reference_s(table: str, column: str, data: st.DataObject) -> None:
    name = code_index(table, column)
    texts = data.draw(st.lists(spelt(name), max_size=20))
    frame = pl.DataFrame({column: texts}, schema={column: pl.String})
    found = frame.select(meant=meant(table, column), coded=code_of(table, column, 4))
    assert found["meant"].to_list() == [reference.meant(name, text) for text in texts]
    assert found["coded"].to_list() == [reference.code(name, text, 4) for text in texts]


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_every_description_of_its_own_finds_its_code(table: str, column: str) -> None:
    known = ssd().code_lists[code_index(table, column)]
    own = {
        label: code
        for code, label in zip(known.codes, known.labels, strict=True)
        if known.labels.count(label) == 1
    }
    frame = pl.DataFrame({column: [*own, *(f"{code} {label}" for label, code in own.items())]})
    assert frame.select(meant(table, column)).to_series().to_list() == [*own.values()] * 2


@pytest.mark.parametrize(
    ("table", "column", "text", "sent"),
    [
        # What compares alike in SQL Server.
        ("ssd_person", "pers_sex", "m", "M"),
        ("ssd_cin_episodes", "cine_referral_source_code", "1a", "1A"),
        # What the cut alone would send as another code.
        ("ssd_care_leavers", "clea_care_leaver_accommodation", "With parents or relatives", "B"),
        ("ssd_cla_episodes", "clae_cla_episode_start_reason", "Change of legal status only", "L"),
        ("ssd_cin_episodes", "cine_close_reason", "RC8 Closed after assessment", "RC8"),
        ("ssd_cla_placement", "clap_cla_placement_change_reason", "Other", "OTHER"),
        ("ssd_person", "pers_upn_unknown", "(number only, no label in sources)", "(numbe"),
    ],
)
def test_a_description_is_its_code(table: str, column: str, text: str, sent: str) -> None:
    frame = pl.DataFrame({column: [text]})
    assert frame.select(code_of(table, column, 6)).item() == sent
