"""The error boundary: whatever goes wrong inside, no data value comes out with it.

Polars and PyArrow quote the offending value in their errors, and a Rust panic is not even an
``Exception``. So an error from inside is replaced here by its type and the place it came from.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scrambler.errors import ScramblerError

_HERE = Path(__file__).parent.parent
_OURS = (_HERE, _HERE.parent / "kernels")


@contextmanager
def fault_at(place: str) -> Iterator[None]:
    """Turn any error that is not ours into one that names ``place`` and quotes nothing.

    Interrupts and exhausted memory pass as they are; so do errors of the operating system, which
    the sink and the sources tell the user about.
    """
    try:
        yield
    except (ScramblerError, KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError, OSError):
        raise
    except BaseException as error:
        raise ScramblerError(
            f"{place}: a fault of this program ({type(error).__name__} at {_origin(error)}). "
            "Nothing was committed. Please report this line; it holds no data."
        ) from None


def _origin(error: BaseException) -> str:
    """Return the innermost line of our own code in the traceback, as ``file:line``."""
    found = "unknown"
    trace = error.__traceback__
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if any(path.is_relative_to(folder) for folder in _OURS):
            found = f"{path.relative_to(_HERE.parent).as_posix()}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found
