import traceback

import polars as pl
import pytest

from kernels.reserved import RESERVED
from scrambler.errors import PolicyError, ScramblerError
from scrambler.errors.boundary import fault_at

CANARY = "canary-4711"


def _polars() -> None:
    pl.Series([CANARY]).cast(pl.Int64)


def _panic() -> None:
    raise pl.exceptions.PanicException(CANARY)


def _own() -> None:
    raise ValueError(CANARY)


def _chained() -> None:
    try:
        raise ValueError(CANARY)
    except ValueError as cause:
        raise RuntimeError(CANARY) from cause


@pytest.mark.parametrize("fail", [_polars, _panic, _own, _chained])
def test_no_value_comes_out(fail) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ScramblerError) as caught, fault_at("ssd_person.pers_dob"):
        fail()
    shown = "".join(traceback.format_exception(caught.value))
    assert CANARY not in shown
    assert str(caught.value).startswith("ssd_person.pers_dob: a fault of this program (")
    assert caught.value.exit_code == 1


@pytest.mark.parametrize(
    "error",
    [
        KeyboardInterrupt(),
        SystemExit(3),
        MemoryError(),
        OSError(28, "No space left on device"),
        PolicyError(["one finding"]),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_is_not_ours_to_hide_passes(error: BaseException) -> None:
    with pytest.raises(type(error)) as caught, fault_at("anywhere"):
        raise error
    assert caught.value is error


def test_the_innermost_line_of_our_own_is_named() -> None:
    with (
        pytest.raises(ScramblerError, match=r"ValueError at kernels/reserved\.py:\d+"),
        fault_at("x"),
    ):
        RESERVED["upn"].render(99, None)  # type: ignore[arg-type]


def test_lines_of_others_are_not_named() -> None:
    with pytest.raises(ScramblerError, match="InvalidOperationError at") as caught, fault_at("x"):
        _polars()
    assert "site-packages" not in str(caught.value)
    assert "polars/" not in str(caught.value)


def test_nothing_happens_where_nothing_fails() -> None:
    with fault_at("x"):
        pass
