"""What a reasoning model's answer says, apart from how it got there."""

from __future__ import annotations

import re

_THOUGHT_END = re.compile(r"</think>", re.IGNORECASE)
_THOUGHT_START = re.compile(r"\A\s*<think>", re.IGNORECASE)
_ANSWER = re.compile(r"<answer>(.*?)(?:</answer>|\Z)", re.DOTALL | re.IGNORECASE)
_ANSWER_END = re.compile(r"</answer>\s*\Z", re.IGNORECASE)


def parse_answer(content: str, reasoning: str = "") -> tuple[str, str]:
    """Split a model's text into answer and reasoning, however its server marks them.

    Servers do it in one of these ways: `<think>...</think><answer>...</answer>` (Cosmos-Reason1), the answer after
    `</think>` (Cosmos-Reason2, Nemotron; the first tag may be part of the prompt and missing), a field of its own for
    the reasoning (vLLM's reasoning parsers), or plain text. What the reasoning itself says about tags does not count.

    Args:
        content: The message's text.
        reasoning: The message's `reasoning_content`, where the server has one.

    Returns:
        (answer, reasoning); the answer is empty where the model did not get beyond its reasoning.

    Examples:
        >>> parse_answer("<think>Wet.</think> <answer>It rains.</answer>")
        ('It rains.', 'Wet.')
        >>> parse_answer("Wet. </think> It rains.")
        ('It rains.', 'Wet.')
        >>> parse_answer("<think>Wet, so")
        ('', 'Wet, so')
    """
    start = _THOUGHT_START.match(content)
    ends = list(_THOUGHT_END.finditer(content))
    if ends:
        thought, rest = content[start.end() if start else 0 : ends[-1].start()], content[ends[-1].end() :]
    elif start:
        thought, rest = content[start.end() :], ""
    else:
        thought, rest = "", content
    tagged = _ANSWER.search(rest)
    answer = tagged.group(1) if tagged else _ANSWER_END.sub("", rest)
    thoughts = "\n".join(part for part in (reasoning.strip(), thought.strip()) if part)
    return answer.strip(), thoughts
