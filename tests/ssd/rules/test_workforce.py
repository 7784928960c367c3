from typing import Any

from .cases import Case, judged

TEAMS = {
    "dept_team_id": ["1", "2", "3"],
    "dept_team_name": ["North", "South", "All"],
    "dept_team_parent_id": ["3", "3", None],
    "dept_team_parent_name": ["All", None, None],
}
INVOLVED = {
    "invo_involvement_start_date": "2020-03-02",
    "invo_involvement_end_date": "2020-03-09",
    "invo_worker_change_reason": "MANAGE",
}


def _registered(*numbers: str | None) -> dict[str, Any]:
    return {"prof_social_worker_registration_no": list(numbers)}


CASES = (
    Case("C109", TEAMS, {"dept_team_id": ["1", "1", "3"]}),
    Case("C110", TEAMS, {"dept_team_parent_name": ["South", None, None]}),
    Case("C110", TEAMS, {"dept_team_parent_id": ["2", "1", None]}),
    Case("C110", TEAMS, {"dept_team_parent_id": ["3", "3", "3"]}),
    Case("C114", _registered("SW12", "SW13", None, ""), _registered("SW12", "SW12")),
    Case("C114", _registered("SW1234567890"), _registered("SW12345678901")),
    Case("C115", INVOLVED, {"invo_involvement_end_date": "2020-03-01"}),
    Case("C118", INVOLVED, {"invo_involvement_end_date": None}),
)

test_rule = judged(CASES)
