from scrambler.ssd.row_states import DELETED, NEW, UNCHANGED, UPDATED


def test_states_are_those_of_the_builder() -> None:
    # The words that the known builder and senders compare with.
    assert (NEW, UPDATED, UNCHANGED, DELETED) == ("New", "Updated", "Unchanged", "Deleted")
