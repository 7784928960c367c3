"""Leaks through keys: one that everybody has, one that stays, one that goes out with the data."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scrambler.keys.epoch import Epoch
from scrambler.run import steps
from tests.mutants.mutant import Mutant, Plant
from tests.mutants.outside import before


def _every_subkey(constant: Callable[[str], str]) -> Callable[[Plant], None]:
    def plant_it(plant: Plant) -> None:
        def subkey(self: Epoch, purpose: str) -> str:
            plant.touched += 1
            return constant(purpose)

        plant.patch.setattr(Epoch, "subkey", subkey)

    return plant_it


def _subkeys(purposes: str, constant: str) -> Callable[[Plant], None]:
    """Of some purposes the subkey is a constant."""

    def plant_it(plant: Plant) -> None:
        honest = Epoch.subkey

        def subkey(self: Epoch, purpose: str) -> str:
            if not purpose.startswith(purposes):
                return honest(self, purpose)
            plant.touched += 1
            return hashlib.sha256(f"{constant}{purpose}".encode()).hexdigest()

        plant.patch.setattr(Epoch, "subkey", subkey)

    return plant_it


def _one_for_all(plant: Plant) -> None:
    """Every id domain has the same subkey: equal ids of two domains are seen to be equal."""
    honest = Epoch.subkey

    def subkey(self: Epoch, purpose: str) -> str:
        plant.touched += 1
        return honest(
            self, purpose.partition(":")[0] if purpose.startswith("identifier:") else purpose
        )

    plant.patch.setattr(Epoch, "subkey", subkey)


def _born(key: Callable[[int], bytes]) -> Callable[[Plant], None]:
    def plant_it(plant: Plant) -> None:
        def token_bytes(size: int) -> bytes:
            plant.touched += 1
            return key(size)

        plant.patch.setattr("scrambler.keys.epoch.secrets.token_bytes", token_bytes)

    return plant_it


def _remember(plant: Plant) -> None:
    honest = Epoch.__init__

    def init(self: Epoch, key: bytes, *more: Any) -> None:
        # The first is the run's; a check may make others.
        plant.key = plant.key or key
        honest(self, key, *more)

    plant.patch.setattr(Epoch, "__init__", init)


def in_manifest(spell: Callable[[bytes], object]) -> Callable[[Plant], None]:
    def plant_it(plant: Plant) -> None:
        _remember(plant)
        honest = steps.build_manifest

        def build(*arguments: Any, **more: Any) -> dict[str, object]:
            plant.touched += 1
            return {**honest(*arguments, **more), "session": spell(plant.key)}

        plant.patch.setattr(steps, "build_manifest", build)

    return plant_it


def _beside(plant: Plant) -> None:
    """The epoch file in the output, under a harmless name."""
    _remember(plant)
    path = "tables/README"
    plant.traces = (path,)

    def write(folder: Path) -> None:
        plant.touched += 1
        (folder / path).write_text(plant.key.hex(), encoding="ascii")

    before(plant, write)


KEYS = [
    Mutant(
        "every subkey constant",
        "everything, with the program",
        _every_subkey(lambda purpose: hashlib.sha256(purpose.encode()).hexdigest()),
    ),
    Mutant(
        "every subkey the same", "everything, with the program", _every_subkey(lambda _: "5a" * 32)
    ),
    Mutant("subkeys of ids constant", "every id, by guessing", _subkeys("identifier:", "a")),
    Mutant("one subkey for all domains", "equal ids of two domains", _one_for_all),
    Mutant(
        "epoch key a constant", "everything, with the program", _born(lambda size: b"\x07" * size)
    ),
    Mutant(
        "epoch key of the day",
        "everything, by trying days",
        _born(lambda size: hashlib.sha256(str(datetime.now(UTC).date()).encode()).digest()[:size]),
    ),
    Mutant("epoch key in the manifest", "everything", in_manifest(bytes.hex)),
    Mutant(
        "epoch key in base 64 in the manifest",
        "everything",
        in_manifest(lambda key: base64.b64encode(key).decode()),
    ),
    Mutant("epoch key as numbers in the manifest", "everything", in_manifest(list)),
    Mutant("epoch key in a file of the output", "everything", _beside),
]
