"""What is asked of an augmented video under its conditions: the table `limits.yaml`, read and combined."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml
from pydantic import Field

from roadmark.catalog import Conditions
from roadmark.config import Settings


class Limits(Settings):
    """Limits that hold for one video; units as in `limits.yaml`."""

    boundary_recall: float
    flicker: float
    contrast: float
    evidence: float
    moved_evidence: float
    strength: float
    displacement: float
    displacement_margin: float


class Look(Settings):
    """A rule about a number of `Appearance` under some conditions."""

    when: dict[Literal["weather", "lighting", "road"], tuple[str, ...]]
    number: str
    at_least: float | None = None
    at_most: float | None = None
    because: str

    @property
    def decides(self) -> bool:
        """Whether it has a bound; else its number is only told."""
        return self.at_least is not None or self.at_most is not None

    def holds_for(self, conditions: Conditions) -> bool:
        """Whether the rule says something about these conditions."""
        return all(getattr(conditions, kind) in names for kind, names in self.when.items())

    def fits(self, value: float) -> bool:
        """Whether a number is as the rule asks."""
        above = self.at_least is None or value >= self.at_least
        return above and (self.at_most is None or value <= self.at_most)


class LimitTable(Settings):
    """The whole of `limits.yaml`."""

    limits: dict[str, dict[str, float]]
    looks: tuple[Look, ...] = Field(min_length=1)


_HIGH_IS_LOOSE = frozenset({"flicker", "displacement", "displacement_margin", "strength", "moved_evidence"})


@cache
def limit_table() -> LimitTable:
    """The packaged table."""
    text = resources.files("roadmark.verify").joinpath("limits.yaml").read_text(encoding="utf-8")
    values: Mapping[str, Any] = yaml.safe_load(text)
    return LimitTable.model_validate(values)


def limits_for(conditions: Conditions | None) -> Limits:
    """The limits under some conditions: of every number the loosest that any of them names."""
    table = limit_table().limits
    values = dict(table["default"])
    names = () if conditions is None else (conditions.weather, conditions.lighting, conditions.road)
    for name in names:
        for key, value in table.get(name, {}).items():
            values[key] = max(values[key], value) if key in _HIGH_IS_LOOSE else min(values[key], value)
    return Limits(**values)


def looks_for(conditions: Conditions) -> tuple[Look, ...]:
    """The rules about looks under some conditions."""
    return tuple(look for look in limit_table().looks if look.holds_for(conditions))
