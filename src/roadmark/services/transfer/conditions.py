"""The conditions that a prompt asks for, read from its words.

A reader of words, not of language; the words are those by which our own prompts are checked. Of several values of one
list, what falls outranks the sky it falls from, special hours outrank parts of the day, and what covers the road
outranks what the road is like. What no word says is left to the caller.
"""

from __future__ import annotations

from roadmark.catalog import CONDITION_KEYS
from roadmark.variations import said_values

RANKS: dict[str, tuple[str, ...]] = {
    "weather": ("snow_falling", "raining", "fog", "overcast", "clear_sky"),
    "lighting": (
        "blue_hour",
        "golden_hour",
        "sunrise",
        "sunset",
        "twilight",
        "night",
        "zenith",
        "mid_morning",
        "afternoon",
    ),
    "road": ("flooding", "snow", "sand", "puddles", "dry"),
}
"""Values of each list, those that outrank others first."""


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
    found = {}
    for key, field in CONDITION_KEYS.items():
        said = said_values(prompt, field)
        if said:
            found[key] = min(said, key=RANKS[field].index)
    return found
