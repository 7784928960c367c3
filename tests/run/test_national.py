"""Codes that are drawn as common as they are in England, and what verification makes of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scrambler import api
from scrambler.errors import OutputError, VerificationError
from scrambler.run import steps
from scrambler.run.check_input import check_of
from tests.outputs import manifest_of, tables_of


def test_rare_codes_are_rare_and_a_delta_wants_the_same(tmp_path: Path) -> None:
    source, epoch, out = str(tmp_path / "source"), tmp_path / "epoch", tmp_path / "out"
    api.fake(source, 400)
    api.create(epoch)
    assert api.run(source, out, epoch=epoch, codes="national").codes == "national"
    assert manifest_of(out)["codes"] == "national"
    tables = tables_of(out)
    sources = tables["ssd_cin_episodes"]["cine_referral_source_code"].drop_nulls()
    # 28.7 % of referrals are by the police, evenly it would be 4.5 %; standard error 2 %.
    assert (sources == "6").mean() == pytest.approx(0.287, abs=0.1)
    plans = tables["ssd_cp_plans"]["cppl_cp_plan_initial_category"].drop_nulls()
    assert (plans.is_in(["Neglect", "Emotional abuse"])).mean() > 0.7
    with pytest.raises(OutputError, match="--codes"):
        api.run(source, out, epoch=epoch, delta=True)


def test_a_draw_by_other_weights_than_were_asked_for_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = str(tmp_path / "source")
    api.fake(source, 60)
    monkeypatch.setattr(
        steps, "check_of", lambda *given: replace(check_of(*given), codes="national")
    )
    with pytest.raises(VerificationError, match="cine_referral_source_code"):
        api.run(source, tmp_path / "out")
