from .cases import Case, judged

STAGED = {
    "person_id": ["1", "2"],
    "legacy_id": ["L1", None],
    "json_payload": [
        '{"la_child_id":"1","mis_child_id":"L1"}',
        '{"la_child_id":"2","child_details":{"uasc_flag":true,"uasc_end_date":"2020-01-01"}}',
    ],
    "previous_json_payload": [None, '{"la_child_id":"2"}'],
    "partial_json_payload": [None, '{"la_child_id":"2"}'],
    "row_state": ["Updated", "unchanged"],
    "submission_status": ["pending", "sent"],
    "current_hash": [b"a" * 32, b"b" * 32],
    "previous_hash": [b"b" * 32, b"b" * 32],
}
VERSIONS = {"version_number": ["1.0", "1.1"], "is_current": [False, True]}

CASES = (
    Case("C131", VERSIONS, {"is_current": [True, True]}),
    Case("C131", VERSIONS, {"is_current": [False, False]}),
    Case("C131", VERSIONS, {"version_number": ["1.1", "1.1"]}),
    Case("C132", STAGED, {"person_id": ["1", "1"]}),
    Case("C132", STAGED, {"legacy_id": ["L2", None]}),
    Case("C132", STAGED, {"previous_json_payload": [None, '{"la_child_id":"3"}']}),
    Case("C133", STAGED, {"row_state": ["Gone", "unchanged"]}),
    Case("C133", STAGED, {"submission_status": ["pending", "error"]}),
    Case("C134", STAGED, {"current_hash": [b"a" * 31, b"b" * 32]}),
    Case("C134", STAGED, {"current_hash": [b"b" * 32, b"b" * 32]}),
    Case("C135", STAGED, {"partial_json_payload": [None, '{"la_child_id":']}),
    Case(
        "C137",
        STAGED,
        {
            "json_payload": [
                '{"la_child_id":"1"}',
                '{"child_details":{"uasc_flag":false,"uasc_end_date":"2020-01-01"}}',
            ]
        },
    ),
)

test_rule = judged(CASES)
