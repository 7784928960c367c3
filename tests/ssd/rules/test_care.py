from typing import Any

from .cases import Case, judged

DAY, LATER, LAST, BEFORE = "2020-03-02", "2020-03-09", "2020-04-09", "2020-02-24"
EPISODES = {
    "clae_cla_id": ["c", "c", "d"],
    "clae_person_id": ["1", "1", "1"],
    "clae_cla_episode_start_date": [DAY, LATER, LAST],
    "clae_cla_episode_start_reason": ["S Started", "L", "S"],
    "clae_cla_episode_ceased_date": [LATER, LAST, None],
    "clae_cla_episode_ceased_reason": ["X1", "E4A", None],
    "clae_entered_care_date": [DAY, DAY, LAST],
    "clae_cla_primary_need_code": ["N1", "N1", "N8"],
}
DIED = {
    "clae_person_id": "1",
    "clae_cla_episode_ceased_date": DAY,
    "clae_cla_episode_ceased_reason": "E2",
    "pers_person_id": "1",
    "pers_death_date": DAY,
}
GROWN = {
    "clae_person_id": ["1", "1"],
    "clae_cla_episode_ceased_date": [DAY, BEFORE],
    "clae_cla_episode_ceased_reason": ["E17", "E5"],
    "pers_person_id": "1",
    "pers_dob": "2002-03-02",
}


def _period_of(person: str, cla: str) -> dict[str, Any]:
    return {"clae_cla_id": "c", "clae_person_id": "1", cla: "c", person: "1"}


CASES = (
    Case("C074", EPISODES, {"clae_cla_episode_ceased_date": [DAY, LAST, None]}),
    Case("C075", EPISODES, {"clae_cla_episode_ceased_reason": ["X1", "", None]}),
    Case("C075", EPISODES, {"clae_cla_episode_ceased_date": [LATER, None, None]}),
    Case("C076", EPISODES, {"clae_cla_episode_ceased_reason": ["E3", "E4A", None]}),
    Case("C076", EPISODES, {"clae_cla_episode_ceased_reason": ["X1", "X1", None]}),
    Case("C076", EPISODES, {"clae_cla_id": ["c", "e", "d"]}),
    Case("C077", EPISODES, {"clae_cla_episode_start_reason": ["L", "L", "S"]}),
    Case("C077", EPISODES, {"clae_cla_episode_start_reason": ["S", "S", "S"]}),
    Case("C078", DIED, {"pers_death_date": LATER}),
    Case("C079", GROWN, {"pers_dob": "2002-03-09"}),
    Case("C080", EPISODES, {"clae_entered_care_date": [DAY, BEFORE, LAST]}),
    Case("C080", EPISODES, {"clae_entered_care_date": [LATER, LATER, LAST]}),
    Case("C081", EPISODES, {"clae_cla_primary_need_code": ["N1", "N2", "N8"]}),
    Case("C081", EPISODES, {"clae_cla_primary_need_code": ["N1", "N1", "N9"]}),
    Case("C082", EPISODES, {"clae_person_id": ["1", "2", "1"]}),
    Case("C082", _period_of("clap_person_id", "clap_cla_id"), {"clap_person_id": "2"}),
    Case("C082", _period_of("clav_person_id", "clav_cla_id"), {"clav_person_id": "2"}),
    Case("C082", _period_of("clar_cla_person_id", "clar_cla_id"), {"clar_cla_person_id": "2"}),
)

test_rule = judged(CASES)
