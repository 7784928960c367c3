"""What is said when a report cannot be printed: by then the work is done, and that is the truth."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from scrambler.errors import CommittedError, ScramblerError


@contextmanager
def afterwards(done: str) -> Iterator[None]:
    """Turn whatever goes wrong in the block into an error that says what was ``done`` before."""
    try:
        yield
    except KeyboardInterrupt:
        raise CommittedError(f"Interrupted while the report was printed; {done} before.") from None
    except Exception as error:
        raise ScramblerError(
            f"The report could not be printed ({type(error).__name__}), but {done} before."
        ) from None
