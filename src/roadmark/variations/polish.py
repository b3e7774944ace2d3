"""What a model wrote, as one plain paragraph."""

from __future__ import annotations

import re

from roadmark.endpoints import parse_answer

_LIST_HEAD = re.compile(r"^\s*(?:[-*\u2022]|\d+[.)])\s+", re.MULTILINE)
_EMPHASIS = re.compile(r"[*#`]+|(?<!\w)_+|_+(?!\w)")
_FENCE = re.compile(r"```[\w-]*")


def clean_answer(answer: str) -> str:
    r"""A model's answer without reasoning, list heads, emphasis, quotation marks around it and line breaks.

    Examples:
        >>> clean_answer('<think>Hm.</think>"**Rain** falls:\n- on the road."')
        'Rain falls: on the road.'
    """
    text = _EMPHASIS.sub("", _LIST_HEAD.sub("", _FENCE.sub("", parse_answer(answer)[0])))
    text = " ".join(text.split())
    if len(text) > 1 and text[0] + text[-1] in {'""', "''", "\u201c\u201d"}:
        text = text[1:-1].strip()
    return text
