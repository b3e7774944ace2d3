"""Takes old conditions out of a caption, so that new ones can be said.

Captions from labels keep conditions apart and come through as they are. Captions from models mix them with what
happens: sentences about conditions alone are left out, phrases and adjectives are taken out of the others, and where
grammar needs a word, it becomes the new condition's. What cannot be put right so is left out, unless it tells the
incident.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from roadmark.variations import grammar
from roadmark.variations.check import keeps
from roadmark.variations.keywords import FAMILIES, Mention, contradicting
from roadmark.variations.rules import Selections, known_conditions

_LONGEST = 250
"""Words of a sentence that are read: models that repeat themselves write longer ones, which no prompt can hold."""


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
        tells = grammar.ACTORS.search(sentence) is not None and grammar.ABOUT_CONDITIONS.match(sentence) is None
        if _first(sentence, known) is None:
            fitted.append(sentence)
            continue
        is_needed = grammar.INCIDENTS.search(sentence) is not None or any(keeps(sentence, term) for term in terms)
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
    return [sentence for sentence in grammar.SENTENCE_END.split(" ".join(text.split())) if sentence]


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
    tail = grammar.TAIL.match(after)
    phrase, rest = grammar.BEFORE_PHRASE.search(before), after[tail.end() :] if tail else after
    if phrase and grammar.PHRASE_ENDS.match(rest):
        return before[: phrase.start()], rest, True
    clause = grammar.CLAUSE_START.search(before)
    if clause and (grammar.VERB.match(after) or grammar.VERB.search(f" {words}")):
        if clause.start() == 0:
            return "", grammar.FIRST_CLAUSE_END.split(after, maxsplit=1)[-1], True
        end = grammar.CLAUSE_END.search(after)
        return before[: clause.start()], after[end.start() :] if end else "", True
    if grammar.PREDICATE.search(before):
        return before + family.adjective, after, field != "lighting"
    if re.match(r"[\s-]+\w", after):
        return before, re.sub(r"^(?:,|\s+and\b)?[\s-]+", "", after), grammar.NOUN_AT_END.search(words) is None
    return before + family.noun, after, False


def form_at(before: str, after: str, field: str, value: str) -> str:
    """A condition's noun or adjective, as a place between two pieces of text wants it."""
    family = FAMILIES[field][value]
    before_noun = (
        re.match(r"[\s-]+\w", after) and not grammar.PHRASE_ENDS.match(after) and not grammar.VERB.match(after)
    )
    return family.adjective if before_noun or grammar.PREDICATE.search(before) else family.noun


def _tidied(before: str, after: str) -> str:
    joined = before + after if not before or before[-1:].isspace() or after[:1] in " ,.;:!?" else f"{before} {after}"
    joined = re.sub(r"\s+([,.;:!?])", r"\1", re.sub(r"\s{2,}", " ", joined)).lstrip(" ,;:")
    joined = re.sub(r",(?=[,.;:!?])", "", joined)
    joined = grammar.ARTICLE.sub(lambda found: _article(found, len(before)), joined)
    return joined[:1].upper() + joined[1:]


def _article(found: re.Match[str], place: int) -> str:
    """The article before the place where words went, as the next word wants it; others as they are."""
    if not found.start() <= place <= found.end():
        return found.group()
    n = "n" if found.group(3).lower() in "aeio" else ""
    return f"{found.group(1)}{n}{found.group(2)}{found.group(3)}"
