"""Which conditions contradict each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from roadmark.catalog import CONDITION_KEYS, LIGHTING_NAMES, ROAD_NAMES, WEATHER_NAMES
from roadmark.errors import ConfigError

Selections: TypeAlias = Mapping[str, str]
"""The chosen value of every varied name: weather_condition: raining, ..."""


KNOWN_VALUES: Mapping[str, tuple[str, ...]] = {
    "weather": WEATHER_NAMES,
    "lighting": LIGHTING_NAMES,
    "road": ROAD_NAMES,
}
"""The conditions that sentences, keywords and rules are known for."""


class ContradictionError(ConfigError):
    """Conditions that no picture can show together; the message names the pair and the rule."""


@dataclass(frozen=True)
class Rule:
    """States of the road that a weather cannot have.

    Attributes:
        weather: The weather.
        roads: The states of the road.
        reason: Why not.
    """

    weather: str
    roads: tuple[str, ...]
    reason: str


RULES: tuple[Rule, ...] = (
    Rule("raining", ("dry", "snow", "sand"), "rain wets a dry road, melts snow and washes sand away"),
    Rule("snow_falling", ("sand", "puddles", "flooding"), "falling snow covers sand and does not lie on water"),
)
"""Everything else goes together: snow and puddles stay when the sky has cleared."""


def canonical(name: str) -> str:
    """A value as it is compared: case does not count, spaces and hyphens are underscores."""
    return "_".join(name.lower().replace("-", " ").replace("_", " ").split())


def known_conditions(selections: Selections) -> dict[str, str]:
    """Those selections that are conditions by name, `weather`, `lighting` and `road`, with canonical values.

    Values that are none of the published recipe's, such as hail, are left out.
    """
    fields = {CONDITION_KEYS.get(key, key): canonical(value) for key, value in selections.items()}
    return {field: value for field, value in fields.items() if value in KNOWN_VALUES.get(field, ())}


def contradictions(selections: Selections) -> Iterator[str]:
    """What of the selections cannot be together, each with its rule; empty where all goes together.

    Examples:
        >>> list(contradictions({"weather_condition": "raining", "road_condition": "dry"}))
        ['weather raining with road dry: rain wets a dry road, melts snow and washes sand away']
    """
    known = known_conditions(selections)
    for rule in RULES:
        if known.get("weather") == rule.weather and known.get("road") in rule.roads:
            yield f"weather {rule.weather} with road {known['road']}: {rule.reason}"


def check_selections(selections: Selections, *, strict: bool = True) -> tuple[str, ...]:
    """Refuse contradictory selections, or warn of them.

    Args:
        selections: What was chosen.
        strict: Refuse them.

    Returns:
        Warnings, each naming the pair and the rule.

    Raises:
        ContradictionError: They contradict each other, and `strict`.
    """
    found = tuple(contradictions(selections))
    if found and strict:
        advice = "Choose others, or allow it with strict: false (--any-combination)"
        raise ContradictionError(f"{'; '.join(found)}. {advice}")
    return found
