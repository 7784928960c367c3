"""What a cell means, whatever form its CMS gave it."""

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from scrambler.ssd.rules.check import owner
from scrambler.ssd.rules.tidy import tidy


@pytest.mark.parametrize(
    ("column", "written", "meant"),
    [
        ("clae_cla_episode_ceased_reason", ["X1", "e4a ", "X1 Episode ceases", "Died"],
         ["X1", "E4A", "X1", "E2"]),
        ("clae_cla_episode_ceased_reason", ["E44", "E4A - planned"], ["E44", "E4A"]),
        ("perm_permanence_order_type", ["Special Guardianship"], ["Special Guardianship Order"]),
        ("lega_legal_status", ["Full care order", "C2"], ["C2", "C2"]),
        ("miss_missing_episode_type", ["Missing", "A"], ["M", "A"]),
        ("perm_part_of_sibling_group", ["0", "1"], ["0", "1"]),
        ("cinv_cin_visit_seen", ["1", "no", "T", "false"], ["Y", "N", "Y", "N"]),
        ("pers_send_flag", ["Y    ", "     "], ["Y", None]),
        ("cina_assessment_team", ["0", "-1", "", " 7 "], [None, None, None, " 7"]),
        ("csdq_sdq_reason", ["SSD_PH", "SDQ1"], [None, "SDQ1"]),
        ("clap_cla_placement_urn", ["XXXXXXX", "SC000001"], [None, "SC000001"]),
        ("clap_cla_placement_distance", [999.9, 0.0], [None, 0.0]),
        ("pers_dob", [datetime(1900, 1, 1), datetime(2010, 5, 4, 8, 30)], [None, date(2010, 5, 4)]),
        ("clea_care_leaver_eligibility", ["Former Relevant", "something else"],
         ["Former Relevant", "something else"]),
    ],
)  # fmt: skip
def test_tidy(column: str, written: list[Any], meant: list[Any]) -> None:
    spec = owner(column)
    frame = pl.DataFrame({column: pl.Series(written, dtype=spec.dtype)})
    assert frame.select(tidy(spec)).to_series().to_list() == meant
