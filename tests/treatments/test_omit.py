from scrambler.treatments import TREATMENTS, Audit


def test_what_is_omitted_cannot_be_scrambled_or_written() -> None:
    omit = TREATMENTS["omit"]
    assert omit.scramble is None
    assert omit.audit is Audit.CLEARED
    assert "binary" in omit.types
