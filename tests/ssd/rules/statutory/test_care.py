"""The SSDA903 return: episodes of care and legal statuses."""

from .dataset import BASE, Case, breaking, change

FIRST, MOVED, NOW, BEFORE, ADOPTED, LEFT = range(6)
INTERIM, FULL, _, PLACED, VOLUNTARY = range(5)


def _status(code: str, at: int, status: str, **changes: object) -> Case:
    return change(code, "legal_status", at, lega_legal_status=status, **changes)


def _way_out(code: str, reason: str, ceased: str) -> Case:
    return change(
        code, "cla_episodes", LEFT, clae_cla_episode_ceased_reason=reason,
        clae_cla_episode_ceased_date=ceased,
    )  # fmt: skip


CASES = (
    change("302", "cla_episodes", BEFORE, clae_cla_episode_start_date="2019-01-09"),
    change("352", "person", 4, pers_dob="2001-01-08"),
    change("353", "cla_episodes", LEFT, clae_cla_episode_start_date="1991-10-13"),
    change("142", "cla_episodes", FIRST, clae_cla_episode_ceased_date=None),
    change("143", "cla_episodes", FIRST, clae_cla_episode_start_reason="Q"),
    change("145", "cla_episodes", FIRST, clae_cla_primary_need_code=None),
    change("149", "cla_episodes", LEFT, clae_cla_episode_ceased_reason="E43"),
    change("148", "cla_episodes", LEFT, clae_cla_episode_ceased_reason=None),
    change("355", "cla_episodes", LEFT, clae_cla_episode_ceased_date="2019-01-10"),
    change("356", "cla_episodes", LEFT, clae_cla_episode_ceased_date="2019-01-09"),
    change("501", "cla_episodes", FIRST, clae_cla_episode_ceased_date="2023-06-02"),
    change("504", "cla_episodes", FIRST, clae_cla_primary_need_code="N2"),
    change("357", "cla_episodes", FIRST, clae_cla_episode_start_reason="P"),
    change("388", "cla_episodes", FIRST, clae_cla_episode_ceased_reason="E8"),
    change("388", "cla_episodes", LEFT, clae_cla_episode_ceased_reason="X1"),
    change("431", "cla_episodes", MOVED, clae_cla_episode_start_reason="S"),
    change("432", "cla_episodes", FIRST, clae_cla_episode_ceased_reason="E8"),
    change("433", "cla_episodes", FIRST, clae_cla_episode_ceased_date="2023-05-01"),
    change("434", "cla_episodes", MOVED, clae_cla_episode_start_reason="L"),
    _status("434", FULL, "C1"),
    change("435", "cla_episodes", NOW, clae_cla_episode_start_reason="T"),
    change("435", "cla_episodes", ADOPTED, clae_cla_episode_start_reason="P"),
    change("436", "cla_episodes", MOVED, clae_cla_episode_start_reason="U"),
    change("437", "cla_episodes", FIRST, clae_cla_episode_ceased_reason="E15"),
    change("199", "cla_episodes", FIRST, clae_cla_episode_ceased_reason="E12"),
    _way_out("386", "E12", "2022-07-06"),
    _way_out("407", "E47", "2022-07-06"),
    change("387", "cla_episodes", ADOPTED, clae_cla_episode_ceased_reason="E5"),
    _way_out("389", "E7", "2020-07-01"),
    _way_out("460", "E17", "2022-07-01"),
    Case("359", "person", 2, {"pers_dob": "2008-02-01"}),
    change("516", "cla_episodes", ADOPTED, clae_cla_episode_ceased_reason="E45"),
    change("390", "cla_episodes", LEFT, clae_cla_episode_ceased_reason="E11"),
    _status("365", INTERIM, "V3"),
    _status("366", FULL, "V3"),
    _status("367", INTERIM, "V4"),
    Case("382", "legal_status", INTERIM, {"lega_legal_status": "V4"}, {"cla_episodes": [
        {**BASE["ssd_cla_episodes"][0], "clae_cla_placement_id": "pt",
         "clae_cla_episode_start_date": "2023-04-01"}
    ], "cla_placement": [
        {**BASE["ssd_cla_placement"][0], "clap_cla_placement_id": "pt",
         "clap_cla_placement_type": "T4"}
    ]}),
    _status("384", VOLUNTARY, "V4"),
    _status("398", INTERIM, "V4"),
    _status("214", INTERIM, "V3"),
    change("380", "cla_placement", 0, clap_cla_placement_type="T1"),
    change("381", "cla_placement", 4, clap_cla_placement_type="T1"),
    change("225", "cla_placement", 0, clap_cla_placement_change_reason=None),
    change("378", "cla_placement", 4, clap_cla_placement_type="P1"),
    change("217", "cla_placement", 3, clap_cla_placement_type="A5"),
    _status("408", PLACED, "C2"),
    change("551", "permanence", 0, perm_adm_decision_date=None),
    _status("144", FULL, "Q9"),
    _status("358", BEFORE, "J1"),
    _status("361", INTERIM, "L1", lega_legal_status_end_date="2023-01-14"),
    _status("362", INTERIM, "L2", lega_legal_status_end_date="2023-02-01"),
    _status("363", INTERIM, "L3", lega_legal_status_end_date="2023-01-18"),
    _status("364", INTERIM, "J2", lega_legal_status_end_date="2023-02-01"),
    _status("399", INTERIM, "V4"),
    Case("426", "legal_status", INTERIM, {"lega_legal_status": "V3"}, {"legal_status": [
        {**BASE["ssd_legal_status"][0], "lega_legal_status": "V4"}
    ]}),
    _status("446", PLACED, "E1", lega_legal_status_start_date="2005-11-01"),
    _status("553", VOLUNTARY, "E1"),
    _status("553", FULL, "E1"),
    _status("554", _, "E1"),
    change("557", "cla_episodes", ADOPTED, clae_cla_episode_ceased_reason="E4A"),
)  # fmt: skip

test_rule = breaking("SSDA903", CASES)
