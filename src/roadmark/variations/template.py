"""Templates: which words of a caption say the conditions, and new ones in their place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from roadmark.endpoints import json_from_text
from roadmark.errors import FormatError
from roadmark.variations.caption_words import form_at
from roadmark.variations.keywords import FAMILIES
from roadmark.variations.rules import Selections, canonical, known_conditions
from roadmark.variations.sentences import spoken

_WRAPPERS = ("templates", "items", "data", "list", "result", "output")
_MOST_WORDS = 200
_NEVER = re.compile(
    r"traffic[ -]lights?|stop[ -]lights?|street ?lights?|(?:head|tail|brake)[ -]?lights?|(?:side|cross)walks?",
    re.IGNORECASE,
)
"""Things on the road whose names have words of light and road in them."""


def parse_template(answer: str, names: Sequence[str], text: str) -> dict[str, tuple[str, ...]]:
    """Which words of a text say which name, from a model's answer, in any of the shapes that models give it.

    Args:
        answer: A JSON list of objects with `category` and `words`, a mapping of categories to words, either within
            another object, with or without reasoning, fences and comments around it.
        names: The categories asked for; others do not count.
        text: What the words were to be found in; those that are not there do not count.

    Raises:
        FormatError: The answer is nothing of the kind.

    Examples:
        >>> parse_template('[{"category": "weather", "words": ["rain", "hail"]}]', ["weather"], "Rain.")
        {'weather': ('rain',)}
    """
    pairs = _pairs(json_from_text(answer), depth=3)
    wanted = {canonical(name): name for name in names}
    found: dict[str, dict[str, None]] = {}
    for category, words in pairs:
        name = wanted.get(canonical(category))
        for word in (one.strip() for one in words[:_MOST_WORDS]):
            if name is not None and word and _whole(word).search(text):
                found.setdefault(name, {})[word] = None
    return {name: tuple(found[name]) for name in names if name in found}


def _pairs(value: Any, depth: int) -> list[tuple[str, list[str]]]:
    if isinstance(value, list):
        pairs = [pair for item in value if isinstance(item, dict) for pair in _pairs(item, depth - 1)] if depth else []
        if value and not pairs:
            raise FormatError("the answer lists no categories with words")
        return pairs
    if not isinstance(value, dict):
        raise FormatError("the answer holds neither a list nor a mapping")
    if "category" in value and "words" in value:
        return [(str(value["category"]), _words(value["words"]))]
    for key in _WRAPPERS:
        if isinstance(value.get(key), list) and depth and any(isinstance(item, dict) for item in value[key]):
            return _pairs(value[key], depth - 1)
    return [(str(category), _words(words)) for category, words in value.items()]


def _words(value: Any) -> list[str]:
    parts = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else [value]
    return [str(part) for part in parts if isinstance(part, str | int | float)]


def fill_template(
    text: str, template: Mapping[str, Sequence[str]], selections: Selections, terms: Sequence[str] = ()
) -> str:
    """A text with the selections in place of the words that said the old conditions; all at once, braces are text.

    Args:
        text: The caption.
        template: Words of it by name.
        selections: What takes their place.
        terms: Words to keep, as names of traffic lights and lamps are kept.

    Examples:
        >>> fill_template("Rain falls on {0}.", {"weather": ["rain"]}, {"weather": "snow_falling"})
        'Falling snow falls on {0}.'
    """
    names = {word.lower(): name for name, words in template.items() for word in words if name in selections}
    if not names:
        return text
    kept = [found.span() for found in _NEVER.finditer(text)]
    kept += [found.span() for term in terms for found in _whole(term).finditer(text)]
    pattern = re.compile("|".join(_whole(word).pattern for word in sorted(names, key=len, reverse=True)), re.IGNORECASE)

    def new(found: re.Match[str]) -> str:
        if any(start < found.end() and found.start() < end for start, end in kept):
            return found.group()
        name = names[found.group().lower()]
        words = _spoken_at(text, found, name, selections[name])
        return words[:1].upper() + words[1:] if found.group()[:1].isupper() else words

    return pattern.sub(new, text)


def _spoken_at(text: str, found: re.Match[str], name: str, value: str) -> str:
    known = known_conditions({name: value})
    if not known:
        return spoken(value)
    ((field, canonical_value),) = known.items()
    sky = re.search(r"\bsk(?:y|ies)$", found.group(), re.IGNORECASE)
    if sky is not None and field == "weather":
        return f"{FAMILIES[field][canonical_value].adjective} {sky.group()}"
    return form_at(text[: found.start()], text[found.end() :], field, canonical_value)


def _whole(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(words)}(?!\w)", re.IGNORECASE)
