"""What a model wrote as one plain paragraph."""

from __future__ import annotations

import re
from typing import Final

_LIST_HEAD = re.compile(r"^\s*(?:[-*•]\s+|\d{1,3}[.)]\s+|#{1,6}\s*)", re.MULTILINE)
_EMPHASIS = re.compile(r"\*+|`+|(?<!\w)_{1,2}(?=\w)|(?<=\w)_{1,2}(?!\w)|#+(?=\s|$)")
_SENTENCE_END = re.compile(r"[.!?][\"')\]]*(?=\s)")

_INCIDENTS: Final = (
    *("collision", "collide", "crash", "accident", "hit", "near miss", "red light", "U-turn", "jaywalk", "speeding"),
    *("wrong way", "stalled", "breakdown", "sudden stop", "overturned"),
)
_ACTORS: Final = (
    *("pedestrian", "cyclist", "bicycle", "motorcycle", "motorcyclist", "scooter", "bus", "truck", "van", "taxi"),
    *("ambulance", "fire truck", "police car"),
)


def paragraph(text: str) -> str:
    r"""Without list heads, headings and emphasis, on one line.

    Examples:
        >>> paragraph("**Scene**\n- A van  turns.\n2. It rains.")
        'Scene A van turns. It rains.'
    """
    return " ".join(_EMPHASIS.sub("", _LIST_HEAD.sub("", text)).split())


def whole_sentences(text: str) -> str:
    """Up to the last sentence that ends; all of it where none does."""
    ends = list(_SENTENCE_END.finditer(f"{text} "))
    return text[: ends[-1].end()] if ends else text


def telling_words(text: str) -> tuple[str, ...]:
    """The words of a text that name an incident or a kind of road user that is not just a car.

    Examples:
        >>> telling_words("A red bus hits a cyclist.")
        ('hit', 'cyclist', 'bus')
    """
    return tuple(word for word in (*_INCIDENTS, *_ACTORS) if _has(word, text))


def _has(word: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(word)}(?:s|es|d|ed|ing)?\b", text, re.IGNORECASE) is not None
