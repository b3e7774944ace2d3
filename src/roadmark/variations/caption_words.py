"""Takes old conditions out of a caption, so that new ones can be said.

Captions from labels keep conditions apart and come through as they are. Captions from models mix them with what
happens: sentences about conditions alone are left out, phrases and adjectives are taken out of the others, and where
grammar needs a word, it becomes the new condition's. What cannot be put right so is left out, unless it tells the
incident.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from roadmark.variations.check import keeps
from roadmark.variations.keywords import FAMILIES, Mention, contradicting
from roadmark.variations.rules import Selections, known_conditions

_LONGEST = 250
"""Words of a sentence that are read: models that repeat themselves write longer ones, which no prompt can hold."""
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9\"'(])")
_ACTORS = re.compile(
    r"\b(?:cars?|vehicles?|trucks?|bus(?:es)?|vans?|taxis?|cabs?|sedans?|suvs?|hatchbacks?|pickups?|lorr(?:y|ies)|"
    r"ambulances?|motorc\w+|scooters?|bicycl\w+|bikes?|cyclists?|riders?|pedestrians?|persons?|people|drivers?|traffic|"
    r"footage|video|clip|camera)\b",
    re.IGNORECASE,
)
_INCIDENTS = re.compile(
    r"\b(?:collid\w+|collisions?|crash\w*|hits?|struck|strikes?|rams?|impact\w*|accidents?|near[ -]miss\w*|swerv\w+|"
    r"overturn\w*|runs? (?:a|the) red|falls? (?:over|to the ground)|jaywalk\w*|wrong[ -]way)\b",
    re.IGNORECASE,
)
_ABOUT_CONDITIONS = re.compile(
    r"^(?:the\s+|it\s+is\s+|it's\s+)?(?:overall\s+|ambient\s+)?(?:sky|skies|weather|light(?:ing)?|atmosphere|visibility|"
    r"sun\w*|shadows|daylight|time of day|roads?(?: surface| conditions?)?|pavement|asphalt|"
    r"street ?(?:lamps?|lights?))\b",
    re.IGNORECASE,
)
"""Beginnings of sentences that tell conditions, even where they mention vehicles that they fall on."""
_BEFORE_PHRASE = re.compile(
    r"(?:^|,?\s+)(?:at|in|under|during|on|through|amid|beneath|despite|by|with)\s+"
    r"(?:(?:a|an|the|this|some)\s+)?(?:(?!and\b)\w+\s+){0,1}$",
    re.IGNORECASE,
)
_TAIL = re.compile(r"\s+(?:conditions?|weather|light(?:ing)?|sk(?:y|ies)|hours?|time|days?|scene)\b", re.IGNORECASE)
_PHRASE_ENDS = re.compile(
    r"\s*(?:$|[,.;:!?]|\s(?:and|but|as|while|when|with|a|an|the|one|two|three|its?|his|her|their|at|in|on|under)\b)",
    re.IGNORECASE,
)
_PREDICATE = re.compile(
    r"\b(?:is|are|was|were|looks?|appears?|seems?|remains?|stays?)\s+(?:\w+ly\s+|very\s+|quite\s+)?$", re.IGNORECASE
)
_CLAUSE_START = re.compile(
    r"(?:^|[,;]?\s+\b(?:as|while|and|when|where|because)\s+|[,;]\s+)(?:(?:the|a|some)\s+)?(?:\w+\s+)?$", re.IGNORECASE
)
_VERB = re.compile(
    r"\s+(?:is|are|was|falls?|drifts?|covers?|lies|hangs?|fills?|pours?|reduces?|obscures?|blankets?|begins?|continues?|"
    r"makes?|sets? in|rolls?|comes?|casts?|glows?|shines?)\b",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[,.;:!?]|\s+(?:as|while|and|when|but)\b|$", re.IGNORECASE)
_FIRST_CLAUSE_END = re.compile(
    r"[.;:!?]|,\s+(?:(?=a\b|an\b|the\b|one\b|two\b|three\b|several\b)|(?:as|while|when|but)\b)|\s+(?:as|while|when|but)\b|$",
    re.IGNORECASE,
)
_NOUN_AT_END = re.compile(
    r"(?:shadows?|lights?|lighting|sunlight|sunshine|daylight|snow|darkness|ambi\w+|visibility|evening|water)$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"\b([Aa])n?(\s+)(\w)")


def fit_caption(text: str, selections: Selections, terms: Sequence[str] = ()) -> str:
    """A caption's text without words that contradict new conditions.

    Args:
        text: The caption, or its core.
        selections: The new conditions; only the known ones among them change anything.
        terms: Words to keep: a sentence that has the only one is never left out.

    Examples:
        >>> fit_caption("The sky is overcast. At night, a red van skids on the wet road.", {"weather": "clear_sky",
        ...     "lighting": "zenith", "road": "dry"})
        'A red van skids on the road.'
    """
    known = known_conditions(selections)
    sentences = [" ".join(sentence.split()[:_LONGEST]) for sentence in sentences_of(text)]
    fitted = []
    for sentence in sentences:
        tells = _ACTORS.search(sentence) is not None and _ABOUT_CONDITIONS.match(sentence) is None
        if _first(sentence, known) is None:
            fitted.append(sentence)
            continue
        is_needed = _INCIDENTS.search(sentence) is not None or any(keeps(sentence, term) for term in terms)
        if tells or is_needed:
            rewritten, is_clean = _rewritten(sentence, known)
            fitted += [rewritten] if is_clean or is_needed else []
    return " ".join(sentence for sentence in fitted if sentence)


def sentences_of(text: str) -> list[str]:
    """A text's sentences, with single spaces.

    Examples:
        >>> sentences_of("A van  turns. A 2.5 m wide bus waits!")
        ['A van turns.', 'A 2.5 m wide bus waits!']
    """
    return [sentence for sentence in _SENTENCE_END.split(" ".join(text.split())) if sentence]


def _first(sentence: str, known: Selections) -> tuple[str, Mention] | None:
    found = [(field, mention) for field, value in known.items() for mention in contradicting(sentence, field, value)]
    return min(found, key=lambda entry: (entry[1].start, -entry[1].end), default=None)


def _rewritten(sentence: str, known: Selections) -> tuple[str, bool]:
    """A sentence without words that contradict, and whether grammar was kept in doing so."""
    is_clean = True
    for _ in range(len(sentence)):  # every turn takes one mention out, or puts one in that fits
        found = _first(sentence, known)
        if found is None:
            break
        field, mention = found
        before, words, after = sentence[: mention.start], sentence[mention.start : mention.end], sentence[mention.end :]
        kept_before, kept_after, was_clean = _without(before, words, after, field, known[field])
        is_clean &= was_clean or bool(mention.value)
        sentence = _tidied(kept_before, kept_after)
    return sentence, is_clean


def _without(before: str, words: str, after: str, field: str, value: str) -> tuple[str, str, bool]:
    """What stays before and after words that go, and whether that fits words that say no value, too."""
    family = FAMILIES[field][value]
    tail = _TAIL.match(after)
    phrase, rest = _BEFORE_PHRASE.search(before), after[tail.end() :] if tail else after
    if phrase and _PHRASE_ENDS.match(rest):
        return before[: phrase.start()], rest, True
    clause = _CLAUSE_START.search(before)
    if clause and (_VERB.match(after) or _VERB.search(f" {words}")):
        if clause.start() == 0:
            return "", after[match.end() :] if (match := _FIRST_CLAUSE_END.search(after)) else "", True
        return before[: clause.start()], after[match.start() :] if (match := _CLAUSE_END.search(after)) else "", True
    if _PREDICATE.search(before):
        return before + family.adjective, after, field != "lighting"
    if re.match(r"[\s-]+\w", after):
        return before, re.sub(r"^(?:,|\s+and\b)?[\s-]+", "", after), _NOUN_AT_END.search(words) is None
    return before + family.noun, after, False


def form_at(before: str, after: str, field: str, value: str) -> str:
    """A condition's noun or adjective, as a place between two pieces of text wants it."""
    family = FAMILIES[field][value]
    before_noun = re.match(r"[\s-]+\w", after) and not _PHRASE_ENDS.match(after) and not _VERB.match(after)
    return family.adjective if before_noun or _PREDICATE.search(before) else family.noun


def _tidied(before: str, after: str) -> str:
    joined = before + after if not before or before[-1:].isspace() or after[:1] in " ,.;:!?" else f"{before} {after}"
    joined = re.sub(r"\s+([,.;:!?])", r"\1", re.sub(r"\s{2,}", " ", joined)).lstrip(" ,;:")
    joined = re.sub(r",(?=[,.;:!?])", "", joined)
    joined = _ARTICLE.sub(lambda found: _article(found, len(before)), joined)
    return joined[:1].upper() + joined[1:]


def _article(found: re.Match[str], place: int) -> str:
    """The article before the place where words went, as the next word wants it; others as they are."""
    if not found.start() <= place <= found.end():
        return found.group()
    n = "n" if found.group(3).lower() in "aeio" else ""
    return f"{found.group(1)}{n}{found.group(2)}{found.group(3)}"
