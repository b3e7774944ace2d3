"""JSON out of what a language model wrote around it."""

from __future__ import annotations

import json
import re
from typing import Any

from roadmark.endpoints.answers import parse_answer
from roadmark.errors import FormatError

MAX_CHARACTERS = 1_000_000
_MOST_STARTS = 1000
"""Brackets at which JSON is looked for."""

_FENCED = re.compile(r"```[\w-]*[ \t]*\r?\n(.*?)```", re.DOTALL)
_STRING = r'(?P<string>"(?:[^"\\]|\\.)*(?:"|\Z))'
_COMMENT = re.compile(rf"{_STRING}|/\*.*?(?:\*/|\Z)|//[^\r\n]*|(?<!\S)#[^\r\n]*", re.DOTALL)
_LAST_COMMA = re.compile(rf"{_STRING}|,(?=\s*[}}\]])", re.DOTALL)


def json_from_text(text: str) -> Any:
    """The first JSON object or array in a model's answer.

    Reasoning before it, a fenced block around it, words before and after it, comments (`//`, `#`, `/* */`) and commas
    before a closing bracket do not matter.

    Args:
        text: What the model wrote.

    Raises:
        FormatError: There is none, or the text is longer than any answer.

    Examples:
        >>> json_from_text('Here you are: [{"category": "weather", "words": ["rain",]}] // done')
        [{'category': 'weather', 'words': ['rain']}]
    """
    if len(text) > MAX_CHARACTERS:
        raise FormatError(f"the answer has more than {MAX_CHARACTERS} characters")
    answer = parse_answer(text)[0]
    for candidate in (*_FENCED.findall(answer), answer):
        found = _first_value(_without(_LAST_COMMA, _without(_COMMENT, candidate)))
        if found is not None:
            return found
    raise FormatError(f"the answer holds no JSON object or array: {' '.join(answer.split())[:200] or 'it is empty'}")


def _without(noise: re.Pattern[str], text: str) -> str:
    return noise.sub(lambda match: match.group("string") or " ", text)


def _first_value(text: str) -> dict[str, Any] | list[Any] | None:
    decoder = json.JSONDecoder()
    starts = re.finditer(r"[\[{]", text)
    for _, start in zip(range(_MOST_STARTS), starts, strict=False):
        try:
            value, _ = decoder.raw_decode(text, start.start())
        except (ValueError, RecursionError):
            continue
        if isinstance(value, (dict, list)):
            return value
    return None
