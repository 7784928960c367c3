"""What may be asked of a run: one frozen object that refuses what makes no sense."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, TypedDict

from scrambler.batch.dates import DateShift
from scrambler.errors import EpochError, PolicyError, SourceError, UsageError
from scrambler.files.paths import in_output, new_file, path_of
from scrambler.keys.dates_key import refuse_within
from scrambler.keys.epoch import Ids
from scrambler.policy import read_policy
from scrambler.resources.limits import BATCH_ROWS
from scrambler.run.plan import Plan
from scrambler.run.planning import make_plan
from scrambler.sinks import Destination
from scrambler.sources import Source
from scrambler.ssd import ssd
from scrambler.ssd.national import Codes


class Asked(TypedDict, total=False):
    """The settings by name, as a caller gives those that differ from `Settings`."""

    epoch: Path | str | None
    dates_key: Path | str | None
    ids: Ids | None
    policy: Path | str | None
    schema: str | None
    tables: Sequence[str]
    children: int | None
    batch_rows: int
    shift: DateShift | None
    codes: Codes
    drop_unknown: bool
    strict: bool
    replace: bool
    delta: bool
    verify: bool
    dry_run: bool
    flags: Path | str | None
    as_of: date | None
    out_schema: str | None
    count_errors: bool
    shared: bool


_PATHS = {
    "epoch": "An epoch",
    "dates_key": "A dates key",
    "policy": "A policy",
    "flags": "The list of flags",
}


@dataclass(frozen=True)
class Settings:
    """How a run is to be made.

    ``epoch`` is a file made by ``scrambler epoch new``; without one the key is born and destroyed
    with the run. ``dates_key`` is a file made by ``scrambler dates-key new``: dates then move as in
    all releases made with it. ``ids`` says whether identifiers that differ in case alone are one
    (`fold`) or not (`exact`): without it as the epoch's first run had it, or as the source has it.
    ``policy`` has lines over the shipped, ``schema`` is the source's, ``tables`` and
    ``children`` limit what is written. ``shift`` says how dates move, 14 to 90 days back without
    it; ``codes`` whether codes are drawn evenly or as common as they are in England.
    ``drop_unknown`` leaves out columns that no policy names; ``strict`` refuses unknown tables.
    ``replace`` puts the output in the place of an earlier one; ``delta`` does so for one of the
    same epoch, policy and schema, and adds to it what changed since. ``flags`` is a file for values
    that had to change and did not. ``as_of`` is the day the payload cohort is counted for, today
    without it. ``out_schema`` is the schema made in a database, ``scrambled`` without it.
    ``count_errors`` counts the children with an error by the DfE's rules on both sides.
    ``shared`` leaves to the umask who can read the output; without it only its owner can.

    UsageError for counts below 1 and for combinations that make no sense.
    """

    epoch: Path | None = None
    dates_key: Path | None = None
    ids: Ids | None = None
    policy: Path | None = None
    schema: str | None = None
    tables: Sequence[str] = ()
    children: int | None = None
    batch_rows: int = BATCH_ROWS
    shift: DateShift | None = None
    codes: Codes = "even"
    drop_unknown: bool = False
    strict: bool = False
    replace: bool = False
    delta: bool = False
    verify: bool = True
    dry_run: bool = False
    flags: Path | None = None
    as_of: date | None = None
    out_schema: str | None = None
    count_errors: bool = False
    shared: bool = False

    @classmethod
    def of(cls, asked: Asked) -> Settings:
        """Return the settings that were asked for; paths may be given as text."""
        values: dict[str, Any] = {**asked}
        for name, what in _PATHS.items():
            if isinstance(text := values.get(name), str):
                values[name] = path_of(text, what)
        return cls(**values)

    def __post_init__(self) -> None:
        """Refuse what makes no sense, whatever the source and the output."""
        if self.batch_rows < 1 or (self.children is not None and self.children < 1):
            raise UsageError("Rows of a batch and children are counted from 1.")
        if not self.delta:
            return
        if self.epoch is None:
            raise UsageError(
                "A delta needs the epoch file that the output was made with: give it with --epoch."
            )
        if self.children is not None:
            raise UsageError(
                "A delta is of the whole output: which children are chosen would change with the "
                "source. Leave out --children."
            )
        if self.replace:
            raise UsageError(
                "--delta compares with the earlier output, --replace starts anew: choose one."
            )

    @property
    def dates(self) -> DateShift:
        """How dates move, whether or not it was asked for."""
        return self.shift or DateShift()

    @property
    def whole(self) -> bool:
        """Whether all children and tables are scrambled, so that a cohort can be counted."""
        return self.children is None and not self.tables

    def beside(self, place: Destination) -> Settings:
        """Return the settings with the file of flags settled; refuse what the place rules out."""
        if self.delta and not place.is_folder:
            raise UsageError(
                "--delta is for an output folder: databases keep no state of rows to compare with."
            )
        flags = self.flags and new_file(self.flags, place.path, "The list of flags")
        if self.epoch is not None and in_output(path_of(self.epoch, "An epoch"), place.path):
            raise EpochError(
                f"The epoch file {self.epoch} lies inside the output. Whoever gets the output "
                "would get the key: keep the file somewhere else."
            )
        if self.dates_key is not None:
            refuse_within(self.dates_key, place.path)
        return replace(self, flags=flags)

    def plan(self, source: Source) -> tuple[Plan, str]:
        """Return the plan of a run over ``source``, and the digest of the policy it follows.

        PolicyError has all findings; SourceError where nobody is in the source.
        """
        spec = ssd()
        policy = read_policy(spec, self.policy)
        plan = make_plan(
            source.tables(),
            policy,
            spec,
            tables=self.tables,
            drop_unknown=self.drop_unknown,
            strict=self.strict,
        )
        if not plan.tables:
            raise PolicyError(
                ["The policy leaves out every table asked for: nothing is to be written."]
            )
        if not source.count("ssd_person"):
            raise SourceError(
                "ssd_person of the source has no rows, so nobody is in it. Is it the right "
                "database and schema?"
            )
        if self.children is not None and "pers_person_id" not in plan.prescanned.get(
            "ssd_person", ()
        ):
            raise UsageError("--children chooses from ssd_person, which the policy leaves out.")
        plan = replace(plan, plain=source.plain, schema_found=source.schema_found)
        return plan, policy.digest
