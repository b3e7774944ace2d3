"""Weather, light and state of the road in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from roadmark.scene import sentence

_WEATHER: Final = {
    "clear_sky": "with a clear sky",
    "overcast": "with an overcast sky",
    "snow_falling": "with snow falling",
    "raining": "with rain falling",
    "fog": "with fog over the scene",
}
_LIGHTING: Final = {
    "sunrise": "sunrise",
    "sunset": "sunset",
    "twilight": "twilight",
    "mid_morning": "mid-morning",
    "afternoon": "afternoon",
    "zenith": "noon",
    "golden_hour": "the golden hour",
    "blue_hour": "the blue hour",
    "night": "night",
}
_ROAD: Final = {
    "dry": "the road is dry",
    "snow": "the road is covered with snow",
    "sand": "the road is covered with sand",
    "puddles": "the road is wet with puddles",
    "flooding": "the road is flooded",
}
_FALLING: Final = {"raining": "the road is wet", "snow_falling": ""}
"""What a road that is called dry is like under what falls on it: named for what lies on it, not for its skin."""


def conditions_sentence(conditions: Mapping[str, Any]) -> str:
    """A clip's conditions in one sentence; names that nobody knows are left out.

    Args:
        conditions: Of its manifest: `weather`, `lighting`, `road`; with `sun_time` the light is not what its name says.

    Examples:
        >>> conditions_sentence({"weather": "fog", "lighting": "night", "road": "puddles"})
        'It is night with fog over the scene, and the road is wet with puddles.'
    """
    weather, lighting, road = (str(conditions.get(name) or "") for name in ("weather", "lighting", "road"))
    light = "" if conditions.get("sun_time") else _LIGHTING.get(lighting, "")
    sky = _WEATHER.get(weather, "")
    ground = _FALLING.get(weather, _ROAD["dry"]) if road == "dry" else _ROAD.get(road, "")
    air = f"it is {light} {sky}".strip() if light else f"the scene is seen {sky}" if sky else ""
    parts = [part for part in (air, ground) if part]
    return sentence(", and ".join(parts)) if parts else ""
