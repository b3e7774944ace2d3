"""The conditions that a prompt asks for, read from its words.

A reader of words, not of language: the first pattern of a list that occurs, and is not negated just before ("no rain",
"without snow"), decides. What falls outranks the sky, special hours outrank parts of the day, what covers the road
outranks wetness. What no word says is left to the caller.
"""

from __future__ import annotations

import re

_NEGATED = re.compile(r"\b(?:no|not|without|never|free of|instead of|rather than)\s+(?:\w+\s+){0,2}$")

_ROAD = r"(?:road|street|lane|asphalt|pavement|ground|surface|carriageway|intersection|junction)s?"

_PATTERNS: dict[str, tuple[tuple[str, str], ...]] = {
    "weather_condition": (
        ("snow_falling", r"snow_falling|falling snow|snow\W+(?:is\W+)?fall\w*|snowing|snowfall|snowflakes?|blizzard"),
        ("raining", r"rain(?:ing|s|fall|drops?|y|storm)?|drizzl\w+|downpour|shower(?:s|ing)"),
        ("fog", r"fog(?:gy)?|mist(?:y)?|haz[ey]"),
        ("overcast", r"overcast|cloudy|grey sky|gray sky|cloud cover"),
        ("clear_sky", r"clear_sky|clear\W+(?:\w+\W+)?(?:sky|skies|weather)|cloudless|sunny|blue sky"),
    ),
    "lighting_condition": (
        ("blue_hour", r"blue[ _-]hour"),
        ("golden_hour", r"golden[ _-](?:hour|light)"),
        ("sunrise", r"sunrise|dawn|daybreak"),
        ("sunset", r"sunset|setting sun"),
        ("twilight", r"twilight|dusk"),
        ("night", r"night(?:time|fall)?|after dark|midnight"),
        ("zenith", r"zenith|noon|midday|overhead sun"),
        ("mid_morning", r"mid[ _-]?morning|morning"),
        ("afternoon", r"afternoon"),
    ),
    "road_condition": (
        ("flooding", r"flood(?:ing|ed|s|water)?|submerged|under(?: \w+)? water"),
        (
            "snow",
            r"snow[ -]?(?:covered|packed|y)|snow (?:covers|blankets|lies|lying|on)"
            r"|covered (?:in|with|by)(?: \w+)? snow"
            rf"|(?:layer|blanket|carpet) of(?: \w+)? snow|{_ROAD}\W+(?:\w+\W+){{0,4}}under(?: \w+)? snow",
        ),
        ("sand", r"sand(?:y)?|sand[ -]covered"),
        ("puddles", rf"puddles?|standing water|wet(?: \w+)? {_ROAD}|{_ROAD} (?:is|are|looks?)(?: \w+)? wet"),
        ("dry", rf"dry(?: \w+)? {_ROAD}|{_ROAD} (?:is|are|remains?|looks?)(?: \w+)? dry"),
    ),
}
_COMPILED = {
    kind: tuple((name, re.compile(rf"\b(?:{pattern})\b")) for name, pattern in patterns)
    for kind, patterns in _PATTERNS.items()
}


def conditions_in_words(prompt: str) -> dict[str, str]:
    """The conditions that a prompt names, by the recipe's names of the lists; what it does not name is left out.

    Examples:
        >>> conditions_in_words("A rainy night at a junction; the road is covered with deep puddles.")
        {'weather_condition': 'raining', 'lighting_condition': 'night', 'road_condition': 'puddles'}
        >>> conditions_in_words("A clear blue sky at noon. No rain, no snow; the road is dry.")
        {'weather_condition': 'clear_sky', 'lighting_condition': 'zenith', 'road_condition': 'dry'}
        >>> conditions_in_words("Two cars collide.")
        {}
    """
    text = " ".join(prompt.lower().split())
    found = {}
    for kind, patterns in _COMPILED.items():
        named = next((name for name, pattern in patterns if _occurs(pattern, text)), None)
        if named is not None:
            found[kind] = named
    return found


def _occurs(pattern: re.Pattern[str], text: str) -> bool:
    return any(
        not _NEGATED.search(text[max(0, match.start() - 60) : match.start()]) for match in pattern.finditer(text)
    )
