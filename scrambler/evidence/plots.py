"""Static pictures as SVG that stands in a page: no script, no file beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import leather
from leather import theme
from markupsafe import Markup

from scrambler.evidence.words import KINDS

_INK, _BLUE, _RED, _WIDTH = "#1d2733", "#1f5fa8", "#a01818", 720
_LIMIT = 6

for _name in ("axis_title", "title", "tick", "legend"):
    setattr(theme, f"{_name}_font_family", "Arial, Helvetica, sans-serif")
theme.background_color = "#ffffff"
theme.label_color = theme.axis_title_color = theme.legend_color = theme.title_color = _INK
theme.tick_color = "#d5dbe1"


def kinds_plot(kinds: Mapping[str, int]) -> Markup:
    """Return bars: how many columns have each kind of treatment."""
    held = [(kinds[kind], kind) for kind in KINDS if kinds.get(kind)]
    chart = leather.Chart()
    chart.add_bars(held, fill_color=_BLUE)
    chart.add_x_axis(name="columns")
    return _svg(chart, 80 + 34 * len(held))


def funnel_plot(columns: Sequence[Mapping[str, Any]]) -> Markup | None:
    """Return dots: how far chance took each column, by how many values were examined.

    None where no column has a figure that may be shown.
    """
    dots = [
        (math.log10(one["examined"]), one["standard_errors"])
        for one in columns
        if one.get("standard_errors") is not None
    ]
    if not dots:
        return None
    least, most = math.floor(min(dots)[0]), math.ceil(max(dots)[0] + 0.01)
    tallest = max(_LIMIT + 2, *(abs(height) + 1 for _, height in dots))
    chart = leather.Chart()
    chart.add_x_scale(least, most)
    chart.add_y_scale(-tallest, tallest)
    chart.add_x_axis(
        ticks=[*range(least, most + 1)],
        tick_formatter=lambda tick, *_: f"{10**tick:,}",
        name="values examined",
    )
    chart.add_y_axis(
        ticks=[-_LIMIT, -3, 0, 3, _LIMIT],
        tick_formatter=lambda tick, *_: f"{tick:+}" if tick else "0",
        name="standard errors",
    )
    for name, height in (("upper limit", _LIMIT), ("lower limit", -_LIMIT)):
        chart.add_line([(least, height), (most, height)], name=name, stroke_color=_RED)
    chart.add_dots(dots, name="columns", fill_color=_BLUE, radius=4)
    return _svg(chart, 340)


def shares_plot(shares: Sequence[tuple[str, float]], unit: str) -> Markup:
    """Return bars of percentages, 0 to 100, in the order given from above."""
    chart = leather.Chart()
    chart.add_x_scale(0, 100)
    chart.add_bars([(share, name) for name, share in shares], fill_color=_BLUE)
    chart.add_x_axis(ticks=[0, 25, 50, 75, 100], name=unit)
    return _svg(chart, 90 + 34 * len(shares))


def _svg(chart: Any, height: int) -> Markup:
    drawn = chart.to_svg(width=_WIDTH, height=height)
    # Named and described where it stands in the page; to readers of the screen it is one picture.
    opening = f'<svg viewBox="0 0 {_WIDTH} {height}" aria-hidden="true" focusable="false" '
    return Markup(drawn.replace("<svg ", opening, 1))  # noqa: S704 - drawn here, of numbers
