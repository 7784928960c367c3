import pytest

from scrambler.errors import EpochError
from scrambler.keys.formats import Forms


def test_what_was_recorded_holds_and_columns_tell_the_rest() -> None:
    recorded = Forms({"person": 20, "legacy": 24}, frozenset({"person"}))
    own = Forms({"person": 12, "upn": 13}, frozenset({"upn"}))
    assert own.under(None) == own
    both = own.under(recorded)
    assert both.lengths == {"person": 20, "legacy": 24, "upn": 13}
    assert both.numeric == {"person", "upn"}


def test_forms_that_columns_cannot_hold_are_refused() -> None:
    recorded = Forms({"person": 20, "legacy": 24}, frozenset({"legacy"}))
    wide = Forms({"person": 36, "upn": 13}, frozenset({"upn"}))
    assert wide.fitting(None) == wide
    assert wide.fitting(recorded) == Forms({"person": 20, "upn": 13}, frozenset({"upn"}))
    # Integers fit columns of text that are wide enough for what is no integer.
    assert Forms({"legacy": 36}, frozenset()).fitting(recorded).numeric == {"legacy"}
    for own in (
        Forms({"person": 12, "upn": 13}, frozenset()),
        Forms({"person": 36, "upn": 13}, frozenset({"person"})),
    ):
        with pytest.raises(EpochError, match="Pseudonyms of person do not fit"):
            own.fitting(recorded)
