"""The page that an officer reads, prints and signs, made of a document and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scrambler.evidence.document import state_of
from scrambler.evidence.plots import funnel_plot, kinds_plot, shares_plot
from scrambler.evidence.words import DATES_KEPT, KINDS, words_of
from scrambler.pages import environment
from scrambler.policy.traits import traits_of


def report_page(document: Mapping[str, Any]) -> str:
    """Return the page of a document as one HTML file."""
    again = document["verifications"]
    latest = again[-1] if again else None
    tables = document["done"]["tables"]
    return (
        environment(__package__)
        .get_template("report.html.j2")
        .render(
            document,
            state=state_of(document),
            latest=latest,
            kinds=[kind for kind in KINDS if document["done"]["kinds"].get(kind)],
            words=words_of,
            dates_kept=DATES_KEPT[document["output"]["dates"]],
            kept=_kept(tables),
            structure=_judged(document, "structure"),
            pictures={
                "kinds": kinds_plot(document["done"]["kinds"]),
                "funnel": funnel_plot(document["run"]["columns"]),
                "risks": _risks(latest),
                "attacks": _attacks(latest),
            },
            signatures=[s for s in document["ledger"]["steps"] if s["act"] == "sign"],
        )
    )


def failure_page(failure: Mapping[str, Any]) -> str:
    """Return the page about a run that left no output."""
    return environment(__package__).get_template("failure.html.j2").render(failure)


def _kept(tables: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the columns that stay as they were, by table, each with its reason."""
    found = (
        (table["table"], [one for one in table["columns"] if traits_of(one["treatment"]).is_kept])
        for table in tables
    )
    return [(name, columns) for name, columns in found if columns]


def _judged(document: Mapping[str, Any], judged: str) -> list[dict[str, Any]]:
    return [one for one in document["run"]["columns"] if one["judged"] == judged]


def _attacks(latest: Mapping[str, Any] | None) -> Any:
    """Return each attack's share of right guesses, with that of chance below it."""
    tried = latest["attacks"] if latest else []
    shares = [
        (f"{name}{number}", 100 * one[held] / one["tried"])
        for number, one in enumerate(tried, 1)
        for name, held in (("attack ", "right"), ("chance ", "chance"))
        if one["tried"]
    ]
    return shares_plot(shares, "right guesses in a hundred") if shares else None


def _risks(latest: Mapping[str, Any] | None) -> Any:
    risks = latest["risks"] if latest else []
    shares = [
        (f"{one['dates_known']} other", 100 * one["unique"] / one["children"])
        for one in risks
        if one["children"]
    ]
    return (
        shares_plot(shares, "children in a hundred that are the only one who fits")
        if shares
        else None
    )
