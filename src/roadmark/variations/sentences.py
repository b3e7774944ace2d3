"""Sentences that ask for conditions by what they do to a picture: shadows, lamps, reflections, tracks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from roadmark.variations.rules import Selections, known_conditions

DARK = frozenset({"twilight", "blue_hour", "night"})
"""Lights under which lamps count more than the sky."""

_SUN: Mapping[str, Sequence[str]] = {
    "sunrise": (
        "It is sunrise: low, warm light reaches across the scene and everything casts a very long, soft shadow.",
        "The sun is just rising over a pale orange horizon, and the shadows are very long.",
    ),
    "sunset": (
        "It is sunset: deep orange light rakes across the scene and everything casts a very long shadow.",
        "The sun is setting, the horizon glows red and orange, and the shadows are very long.",
    ),
    "mid_morning": (
        "It is mid-morning, with bright, slightly warm sunlight and clear-cut shadows.",
        "Bright mid-morning sunlight falls from the side, and shadows are well defined.",
    ),
    "afternoon": (
        "It is afternoon, with bright sunlight from the side and well-defined shadows.",
        "Bright afternoon sunlight brings out colours and draws distinct shadows beside the vehicles.",
    ),
    "zenith": (
        "It is midday: the sun stands at its zenith and shadows are short and hard.",
        "At noon the light comes from straight above, hard and white, with short shadows under the vehicles.",
    ),
    "golden_hour": (
        "It is the golden hour: warm, golden light from a low sun, long shadows and gleaming paint.",
        "Golden light of a low sun warms every surface at this golden hour, and shadows are long.",
    ),
}
"""Under a clear sky."""

_VEILED: Mapping[str, Sequence[str]] = {
    "sunrise": (
        "It is sunrise, but the light is dim, a pinkish gray without shadows.",
        "The dim, cool light of dawn is even and casts no shadows.",
    ),
    "sunset": (
        "It is sunset, but the light is dim, a reddish gray without shadows.",
        "The light of the sunset is muted and even, with a faint reddish tint and no shadows.",
    ),
    "mid_morning": (
        "It is mid-morning, in soft, even light without shadows.",
        "Soft mid-morning light falls evenly from everywhere and casts no shadows.",
    ),
    "afternoon": (
        "It is afternoon, in diffuse, even light without shadows.",
        "The diffuse afternoon light is even and casts no shadows.",
    ),
    "zenith": (
        "It is midday, but the light is flat and even, without shadows.",
        "At noon the light is bright, but flat and without shadows.",
    ),
    "golden_hour": (
        "It is the golden hour, but only a muted, warm tint gets through, without shadows.",
        "The light of the golden hour is muted to a faint, warm, shadowless tint.",
    ),
}
"""With the sun hidden."""

_LAMPS: Mapping[str, Sequence[str]] = {
    "twilight": (
        "It is twilight: only a faint glow is left in the sky, and headlights and the first street lamps are on.",
        "Dusk has fallen, and in the fading twilight street lamps and headlights glow softly.",
    ),
    "blue_hour": (
        "It is the blue hour: everything lies in deep blue light, and street lamps, windows and headlights glow warm.",
        "In the deep blue light of the blue hour, street lamps, lit windows and headlights stand out warm and bright.",
    ),
    "night": (
        "It is night: street lamps, lit windows, headlights and red tail lights glow against the dark.",
        "At night, the scene is lit by street lamps and by the glowing headlights and tail lights of the vehicles.",
    ),
}
"""With the sun below the horizon."""

_WEATHER_BY_DAY: Mapping[str, Sequence[str]] = {
    "clear_sky": (
        "The sky is clear, without a cloud, and visibility is excellent.",
        "Under a clear sky the air is transparent and distant details are crisp.",
    ),
    "overcast": (
        "The sky is overcast: a closed layer of cloud makes colours muted and surfaces matt.",
        "Thick gray clouds cover the overcast sky, and colours are muted.",
    ),
    "raining": (
        "It is raining: streaks of rain fill the air, wet surfaces reflect the vehicles, and wheels throw up spray.",
        "Steady rain falls, wet surfaces gleam with reflections, and the vehicles drive with their headlights on.",
    ),
    "snow_falling": (
        "Snow is falling: flakes drift through the air and the distance fades into white.",
        "Falling snow fills the air, and its flakes soften the view of everything distant.",
    ),
    "fog": (
        "Fog lies over the scene: distant vehicles and buildings fade into pale gray, and contrast is low.",
        "It is foggy; near things are clear, farther ones grow pale, and the distance is lost in gray.",
    ),
}
_WEATHER_IN_THE_DARK: Mapping[str, Sequence[str]] = {
    "clear_sky": (
        "The sky is clear, and lights stay sharp into the distance.",
        "Under a clear sky the air is transparent, and every light is crisp.",
    ),
    "overcast": (
        "The sky is overcast, and its low clouds catch a dull glow.",
        "Thick clouds cover the overcast sky and reflect a faint glow.",
    ),
    "raining": (
        "It is raining: streaks of rain shine in the beams of headlights, and wet surfaces mirror every lamp.",
        "Steady rain falls, every lamp is mirrored on wet surfaces, and wheels throw up spray.",
    ),
    "snow_falling": (
        "Snow is falling, and its flakes shine in the light of lamps and headlights.",
        "Falling snow fills the air, lit by lamps and headlights.",
    ),
    "fog": (
        "Fog lies over the scene, and every lamp and headlight has a soft halo.",
        "It is foggy; lamps and headlights are blurred by wide, soft halos, and the distance is lost.",
    ),
}
_ROAD_BY_DAY: Mapping[str, Sequence[str]] = {
    "dry": (
        "The road is dry: plain, matt asphalt with clearly visible markings.",
        "The asphalt is dry and matt, and its markings are plain to see.",
    ),
    "snow": (
        "Snow covers the road; dark tyre tracks run through the white, and most markings are hidden.",
        "The road is snow-covered, with tyre tracks pressed into the white and heaps of snow along its edges.",
    ),
    "sand": (
        "Sand covers much of the road, drifted in pale streaks over the lanes and their markings.",
        "A thin, pale layer of sand lies on the road, with traces of wheels in it, and hides parts of the markings.",
    ),
    "puddles": (
        "Puddles stand on the wet asphalt and mirror the sky and the vehicles.",
        "The wet road is dotted with puddles that reflect the vehicles and whatever stands beside it.",
    ),
    "flooding": (
        "The road is flooded: a shallow sheet of water covers the lanes, mirrors the vehicles and ripples at wheels.",
        "Shallow floodwater covers the road and its markings, reflects the vehicles and ripples around their wheels.",
    ),
}
_ROAD_IN_THE_DARK: Mapping[str, Sequence[str]] = {
    **_ROAD_BY_DAY,
    "puddles": (
        "Puddles stand on the wet asphalt and mirror lamps, headlights and tail lights.",
        "The wet road is dotted with puddles that reflect the lamps and the lights of the vehicles.",
    ),
    "flooding": (
        "The road is flooded: a shallow sheet of water covers the lanes, mirrors the lights and ripples at the wheels.",
        "Shallow floodwater covers the road and its markings and reflects lamps and headlights in ripples.",
    ),
}


def condition_sentences(conditions: Selections, generator: np.random.Generator) -> list[str]:
    """One sentence for each condition: light, weather, road, then every other name with its value.

    Args:
        conditions: What the picture shall show, by name.
        generator: Chooses among wordings.

    Examples:
        >>> condition_sentences({"season": "late_autumn"}, np.random.default_rng(0))
        ['The season is late autumn.']
    """
    known = known_conditions(conditions)
    sentences = [_pick(table[known[field]], generator) for field, table in _tables(known) if known[field] in table]
    said = {name for name in conditions if known_conditions({name: conditions[name]})}
    return sentences + [
        f"The {spoken(name)} is {spoken(value)}." for name, value in conditions.items() if name not in said
    ]


def _tables(known: Mapping[str, str]) -> list[tuple[str, Mapping[str, Sequence[str]]]]:
    is_dark = known.get("lighting") in DARK
    sky = _SUN if known.get("weather", "clear_sky") == "clear_sky" else _VEILED
    tables = (
        ("lighting", _LAMPS if is_dark else sky),
        ("weather", _WEATHER_IN_THE_DARK if is_dark else _WEATHER_BY_DAY),
        ("road", _ROAD_IN_THE_DARK if is_dark else _ROAD_BY_DAY),
    )
    return [(field, table) for field, table in tables if field in known]


def _pick(wordings: Sequence[str], generator: np.random.Generator) -> str:
    return wordings[int(generator.integers(len(wordings)))]


def spoken(name: str) -> str:
    """A name or value as it is said: without underscores.

    Examples:
        >>> spoken("golden_hour")
        'golden hour'
    """
    return " ".join(name.replace("_", " ").split())
