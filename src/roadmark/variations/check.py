"""Whether a prompt still says what was chosen and what happens."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from roadmark.variations.keywords import contradicting, mentions
from roadmark.variations.rules import Selections, canonical, known_conditions
from roadmark.variations.sentences import spoken

MAX_WORDS = 250
"""Longest prompt that services take; Cosmos-Transfer's NIM cuts there."""


def check_prompt(
    prompt: str,
    selections: Selections,
    terms: Sequence[str] = (),
    *,
    lists: Mapping[str, Sequence[str]] | None = None,
    max_words: int = MAX_WORDS,
) -> tuple[str, ...]:
    """What is wrong with a prompt; empty where nothing is.

    Args:
        prompt: The text.
        selections: What it must say, and not contradict.
        terms: Words that it must keep, in any inflection; those of several words in their order, others between them.
        lists: What varies; another value of a list contradicts the chosen one. Known conditions need no list.
        max_words: Longest it may be.

    Examples:
        >>> check_prompt("A red van turns. It is a foggy day.", {"weather_condition": "raining"}, ["red van", "bus"])
        ('does not say weather_condition raining', "says 'foggy', not weather_condition raining", "lost 'bus'")
    """
    problems = []
    if not prompt.strip():
        return ("is empty",)
    problems += _not_text(prompt)
    words = len(prompt.split())
    if words > max_words:
        problems.append(f"has {words} words; {max_words} are the most")
    for name, value in selections.items():
        problems += _selection_problems(prompt, name, value, (lists or {}).get(name, ()))
    problems += [f"lost {term!r}" for term in terms if not keeps(prompt, term)]
    return tuple(problems)


def _not_text(prompt: str) -> list[str]:
    found = [character for character in prompt if "\ud800" <= character <= "\udfff" or character == "\0"]
    return [f"has {found[0]!r}, which is no text"] if found else []


def _selection_problems(prompt: str, name: str, value: str, values: Sequence[str]) -> list[str]:
    known = known_conditions({name: value})
    if not known:
        others = [other for other in values if canonical(other) != canonical(value) and _says(prompt, other)]
        missing = [] if _says(prompt, value) else [f"does not say {name} {value}"]
        # "heavy traffic" says "heavy" and "heavy traffic"; only what the chosen value does not explain contradicts it
        rivals = [other for other in others if spoken(other).lower() not in spoken(value).lower()]
        return missing + [f"says {spoken(other)!r}, not {name} {value}" for other in rivals]
    ((field, canonical_value),) = known.items()
    problems = []
    if not any(not found.denied for found in mentions(prompt, field, canonical_value)):
        problems.append(f"does not say {name} {value}")
    said = dict.fromkeys(prompt[found.start : found.end] for found in contradicting(prompt, field, canonical_value))
    return problems + [f"says {words!r}, not {name} {value}" for words in said]


def _says(prompt: str, value: str) -> bool:
    words = r"[\s_-]+".join(map(re.escape, spoken(value).split()))
    return re.search(rf"(?<!\w){words}(?!\w)", prompt, re.IGNORECASE) is not None


def keeps(text: str, term: str) -> bool:
    """Whether a text has a term in any inflection.

    Examples:
        >>> keeps("Two red delivery vans collided.", "red van"), keeps("A collision.", "collides"), keeps("Card", "car")
        (True, True, False)
    """
    return re.search(rf"(?<!\w){_BETWEEN.join(map(_inflected, term.split()))}(?!\w)", text, re.IGNORECASE) is not None


_BETWEEN = r"(?:\W+\w+){0,2}\W+"


def _inflected(word: str) -> str:
    """Regular expression of a word in its inflections: long ones with whatever end, short ones with the usual ends."""
    base = word.removesuffix("s") if len(word) > 3 else word
    if len(base) < 5:
        return rf"{re.escape(base)}(?:\w?(?:es|s|ed|ing))?"
    return rf"{re.escape(base[: max(4, len(base) - 3)])}\w*"
