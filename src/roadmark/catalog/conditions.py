"""Named conditions of a picture: weather, light and state of the road, with the published recipe's values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from roadmark.errors import ConfigError

WEATHER_NAMES: tuple[str, ...] = ("clear_sky", "overcast", "snow_falling", "raining", "fog")
"""The weather conditions."""

LIGHTING_NAMES: tuple[str, ...] = (
    "sunrise",
    "sunset",
    "twilight",
    "mid_morning",
    "afternoon",
    "zenith",
    "golden_hour",
    "blue_hour",
    "night",
)
"""The lighting conditions: times of day."""

ROAD_NAMES: tuple[str, ...] = ("dry", "snow", "sand", "puddles", "flooding")
"""The states of the road."""

CONDITION_KEYS: dict[str, str] = {
    "weather_condition": "weather",
    "lighting_condition": "lighting",
    "road_condition": "road",
}
"""The recipe's names of the three lists, each with the field of `Conditions` it chooses."""


def canonical_condition(kind: str, name: str, known: tuple[str, ...]) -> str:
    """Spelling-tolerant look-up of a condition's name: case does not count, spaces and hyphens are underscores.

    Raises:
        ConfigError: Unknown name; the message lists the known ones.
    """
    wanted = "_".join(name.lower().replace("-", " ").replace("_", " ").split())
    if wanted not in known:
        raise ConfigError(f"unknown {kind} condition {name!r}; known: {', '.join(known)}")
    return wanted


@dataclass(frozen=True, order=True)
class Conditions:
    """One weather, one light and one state of the road; names are made canonical.

    Attributes:
        weather: One of `WEATHER_NAMES`.
        lighting: One of `LIGHTING_NAMES`.
        road: One of `ROAD_NAMES`.

    Raises:
        ConfigError: An unknown name; the message lists the known ones.

    Examples:
        >>> Conditions("Raining", "golden hour").lighting
        'golden_hour'
    """

    weather: str = "clear_sky"
    lighting: str = "mid_morning"
    road: str = "dry"

    def __post_init__(self) -> None:
        """Make the names canonical."""
        for field, known in (("weather", WEATHER_NAMES), ("lighting", LIGHTING_NAMES), ("road", ROAD_NAMES)):
            object.__setattr__(self, field, canonical_condition(field, getattr(self, field), known))

    @classmethod
    def from_selections(cls, selections: Mapping[str, str]) -> Conditions:
        """The conditions among named selections; what is not selected has its default.

        Args:
            selections: By the recipe's names (`CONDITION_KEYS`) or this class's; other names do not count.
        """
        values = {CONDITION_KEYS.get(key, key): value for key, value in selections.items()}
        return cls(**{key: value for key, value in values.items() if key in CONDITION_KEYS.values()})

    def selections(self) -> dict[str, str]:
        """The values by the recipe's names."""
        return {key: str(getattr(self, field)) for key, field in CONDITION_KEYS.items()}
