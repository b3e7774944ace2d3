"""The words by which a text says a condition, and which of them contradict another condition."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class Family:
    """How texts say one value of a condition.

    Attributes:
        words: Regular expressions, without groups, of words that say it.
        noun: What stands for it where a noun is wanted.
        adjective: What stands for it before a noun and after `is`.
        beside: Other values whose words may stand in a text that says this one.
    """

    words: tuple[str, ...]
    noun: str
    adjective: str
    beside: tuple[str, ...] = ()


FAMILIES: Mapping[str, Mapping[str, Family]] = {
    "weather": {
        "clear_sky": Family(
            (
                r"clear(?: \w+)? sk(?:y|ies)",
                r"sk(?:y|ies)(?: \w+)? (?:is|are|stays?|remains?) (?:\w+ )?(?:clear|blue)",
                r"clear(?:,? \w+)? weather",
                r"cloudless",
                r"unclouded",
                r"blue sk(?:y|ies)",
            ),
            "clear weather",
            "clear",
        ),
        "overcast": Family(
            (r"overcast", r"cloudy", r"clouded", r"clouds?", r"cloud[ -]cover(?:ed)?", r"gr[ea]y sk(?:y|ies)"),
            "overcast weather",
            "overcast",
        ),
        "raining": Family(
            (
                r"rain(?:s|ed|ing|y|fall|drops?|storms?|water)?",
                r"rain-\w+",
                r"drizzl(?:e|es|ing|y)",
                r"downpours?",
                r"thunderstorms?",
            ),
            "rain",
            "rainy",
            ("overcast",),
        ),
        "snow_falling": Family(
            (
                r"snow(?: is|s)? falling",
                r"snow falls",
                r"snow drifts down",
                r"falling snow(?:flakes)?",
                r"snowfalls?",
                r"snow(?:s|ing)",
                r"snowflakes?",
                r"flakes",
                r"snowstorms?",
                r"blizzards?",
                r"snow flurries",
                r"snowy (?:\w+ )?(?:weather|conditions?|day|night|morning|afternoon|evening|scene)",
            ),
            "falling snow",
            "snowy",
            ("overcast",),
        ),
        "fog": Family((r"fog", r"foggy", r"fogbound", r"mist", r"misty"), "fog", "foggy", ("overcast",)),
    },
    "lighting": {
        "sunrise": Family(
            (r"sunrise", r"dawn", r"daybreak", r"rising sun", r"sun (?:is (?:just )?rising|rises)", r"early morning"),
            "sunrise",
            "early-morning",
            ("mid_morning", "golden_hour"),
        ),
        "sunset": Family(
            (r"sunset", r"sundown", r"setting sun", r"sun (?:is (?:just )?setting|sets)"),
            "sunset",
            "sunset",
            ("golden_hour",),
        ),
        "twilight": Family((r"twilight", r"dusk"), "twilight", "twilit", ("blue_hour",)),
        "mid_morning": Family((r"mid-? ?morning", r"late morning", r"morning"), "mid-morning", "mid-morning"),
        "afternoon": Family((r"afternoon",), "afternoon", "afternoon"),
        "zenith": Family((r"noon", r"noonday", r"mid-?day", r"zenith"), "midday", "midday"),
        "golden_hour": Family(
            (r"golden[ -]hour", r"golden (?:\w+ )?(?:light|sun|sunlight|glow)"),
            "the golden hour",
            "golden-hour",
            ("afternoon", "sunrise", "sunset"),
        ),
        "blue_hour": Family((r"blue[ -]hour",), "the blue hour", "blue-hour", ("twilight",)),
        "night": Family((r"night", r"night-?time", r"nights", r"midnight", r"nightfall"), "night", "night-time"),
    },
    "road": {
        "dry": Family((r"dry",), "dry asphalt", "dry"),
        "snow": Family(
            (
                r"snow-(?:covered|packed|laden|dusted)",
                r"snowy (?:road|street|asphalt|pavement|surface|lanes?|roadway|carriageway|junction|intersection)",
                r"snow (?:\w+ )?(?:covers|lies|blankets|coats)",
                r"(?:covered|blanketed|coated) (?:in|with|by) (?:\w+ )?snow",
                r"(?:layer|blanket|piles) of snow",
                r"under (?:\w+ )?snow",
                r"snow on the (?:road|street|ground|asphalt|pavement|lanes)",
                r"slush(?:y)?",
                r"icy",
            ),
            "snow",
            "snow-covered",
        ),
        "sand": Family((r"sand", r"sandy", r"sand-\w+"), "sand", "sandy"),
        "puddles": Family((r"puddles?",), "puddles", "wet"),
        "flooding": Family(
            (r"flood(?:s|ed|ing)?", r"floodwater", r"under water", r"submerged", r"inundated"),
            "flooding",
            "flooded",
            ("puddles",),
        ),
    },
}
"""By field of `Conditions` and its values."""

_DARK = ("twilight", "blue_hour", "night")
_HIGH_SUN = ("mid_morning", "afternoon", "zenith")
_LAMPS = (
    r"(?:street ?|city )(?:lamps?|lights?) (?:glow|shine|cast|illuminate|are (?:on|lit))",
    r"city lights",
    r"head ?lights? (?:illuminat(?:e|es|ing)|light up)",
    r"artificial light(?:s|ing)?",
    r"dark(?:ness| ambiance| ambience)",
    r"dimly lit",
)
_DAYLIGHT = (r"daylight", r"day-?time", r"sunlight", r"sunny", r"sunlit", r"bright sun", r"sunshine")
_SHADOWS = (r"(?:sharp|long|short|hard|crisp|distinct|clear|strong|dark|deep) shadows?",)
_WET = (
    r"wet",
    r"standing water",
    r"soaked",
    r"rain-(?:slick|slicked|soaked|wet)",
    r"(?:glossy|slick|slippery) (?:road|roadway|street|asphalt|pavement|surface|ground)",
    r"(?:road|roadway|street|asphalt|pavement|surface|ground) (?:is |looks |appears )?(?:glossy|slick|slippery)",
)
AGAINST: Mapping[tuple[str, str], tuple[str, ...]] = {
    **{("lighting", name): (*_LAMPS, r"evening") for name in _HIGH_SUN},
    ("lighting", "sunrise"): (r"evening",),
    ("lighting", "golden_hour"): _LAMPS,
    **{("lighting", name): (*_DAYLIGHT, *_SHADOWS) for name in _DARK},
    ("weather", "clear_sky"): (
        r"(?:reduced|low|poor|limited) visibility",
        r"visibility is (?:reduced|low|poor|limited)",
    ),
    **{
        ("weather", name): (*_SHADOWS, r"sunny", r"sunshine") for name in ("overcast", "raining", "snow_falling", "fog")
    },
    ("road", "dry"): (*_WET, r"snow"),
    ("road", "sand"): (*_WET, r"snow"),
    ("road", "puddles"): (r"snow",),
    ("road", "flooding"): (r"snow",),
}
"""Words that contradict a value without saying another one of its list."""

_DENIED = re.compile(
    r"(?:\b(?:no|not|never|without|after|before|recent|earlier|previous|free of|instead of)|n't)\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Mention:
    """A place where a text says a condition.

    Attributes:
        start: Its first character.
        end: Behind its last.
        value: Which value it says; empty for words that only contradict.
        denied: `No rain`, `after the rain`: said not to be there now.
    """

    start: int
    end: int
    value: str
    denied: bool


def mentions(text: str, field: str, value: str) -> Iterator[Mention]:
    """Where a text says a known value of a condition's field."""
    yield from _found(text, FAMILIES[field][value].words, value)


def condition_words(text: str, field: str) -> tuple[str, ...]:
    """The words by which a text says any value of a condition's field, as they stand there, each once.

    Examples:
        >>> condition_words("Rain at night, no fog; rain.", "weather")
        ('Rain', 'rain')
    """
    found = [mention for value in FAMILIES[field] for mention in mentions(text, field, value) if not mention.denied]
    return tuple(dict.fromkeys(text[it.start : it.end] for it in sorted(found, key=lambda it: it.start)))


def said_values(text: str, field: str) -> tuple[str, ...]:
    """The values of a condition's field that a text says, in the order of the list.

    Examples:
        >>> said_values("Early morning, no fog; rain falls from a grey sky.", "weather")
        ('overcast', 'raining')
        >>> said_values("Early morning.", "lighting")
        ('sunrise',)
    """
    found = [mention for value in FAMILIES[field] for mention in mentions(text, field, value) if not mention.denied]
    # "early morning" says sunrise, though "morning" alone says mid-morning
    whole = {it.value for it in found if not any(_inside(it, other) for other in found)}
    return tuple(value for value in FAMILIES[field] if value in whole)


def contradicting(text: str, field: str, value: str) -> Iterator[Mention]:
    """Where a text says something that cannot be where the field has this value.

    Examples:
        >>> text = "No fog, but drizzle over a wet road."
        >>> [text[found.start : found.end] for found in contradicting(text, "weather", "clear_sky")]
        ['drizzle']
    """
    own = [(found.start, found.end) for found in mentions(text, field, value)]
    for other, family in FAMILIES[field].items():
        if other != value and other not in FAMILIES[field][value].beside:
            for found in _found(text, family.words, other):
                # "early morning" says sunrise, though "morning" alone says mid-morning
                within_own = any(start <= found.start and found.end <= end for start, end in own)
                if not found.denied and not within_own:
                    yield found
    falling = [(found.start, found.end) for found in mentions(text, "weather", "snow_falling")]
    for found in _found(text, AGAINST.get((field, value), ()), ""):
        in_the_air = any(start <= found.start and found.end <= end for start, end in falling)
        if not found.denied and not in_the_air:
            yield found


def _inside(one: Mention, other: Mention) -> bool:
    return other.start <= one.start and one.end <= other.end and other.end - other.start > one.end - one.start


def _found(text: str, words: tuple[str, ...], value: str) -> Iterator[Mention]:
    if words:
        for match in _pattern(words).finditer(text):
            denied = _DENIED.search(text[max(0, match.start() - 60) : match.start()]) is not None
            yield Mention(match.start(), match.end(), value, denied)


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    # the longest first, so that "early morning" is not found as "morning" of another family's start
    ordered = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(ordered)})(?!\w)", re.IGNORECASE)
