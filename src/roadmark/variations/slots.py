"""Prompts from the caption's core and sentences of ours: no model, nothing lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from roadmark.catalog import CONDITION_KEYS
from roadmark.pipeline import JsonValue
from roadmark.variations.caption_words import fit_caption, sentences_of
from roadmark.variations.check import MAX_WORDS, check_prompt, keeps
from roadmark.variations.prompt import CaptionText, Prompt, PromptError
from roadmark.variations.rules import Selections
from roadmark.variations.sentences import condition_sentences

USUAL_WORDS = 150
"""Length to which captions are shortened where that costs no term: longer prompts bind less."""


class SlotWriter:
    """Joins what happens, from the caption, and sentences that ask for the conditions by what they do to the picture.

    Args:
        lists: What varies, so that other values of a list of one's own are noticed as contradictions.
        max_words: Longest a prompt may be.
    """

    name = "slots"

    def __init__(self, lists: Mapping[str, Sequence[str]] | None = None, max_words: int = MAX_WORDS) -> None:
        self.lists = lists
        self.max_words = max_words

    def config(self) -> Mapping[str, JsonValue]:
        """What of the writer's set-up changes its prompts."""
        return {"max_words": self.max_words}

    def write(
        self,
        caption: CaptionText,
        selections: Selections,
        generator: np.random.Generator,
        source: Selections | None = None,
    ) -> Prompt:
        """See `PromptWriter`."""
        conditions = _with_source(selections, source or {})
        asked = " ".join(condition_sentences(conditions, generator))
        core = sentences_of(fit_caption(caption.core, conditions, caption.terms))
        room = min(USUAL_WORDS, self.max_words) - len(asked.split())
        text = " ".join([*_shortened(core, caption.terms, room), asked]).strip()
        words = len(text.split())
        if words > self.max_words:
            raise PromptError(
                f"the prompt has {words} words, {self.max_words} are the most, and none of its sentences can be left "
                "out; write it by hand (prompt, in the sample)"
            )
        problems = check_prompt(text, selections, caption.terms, lists=self.lists, max_words=self.max_words)
        return Prompt(text, self.name, problems=problems)


def _with_source(selections: Selections, source: Selections) -> dict[str, str]:
    """What to ask for: the selections, and what the source has where they choose nothing."""
    chosen = {CONDITION_KEYS.get(name, name) for name in selections}
    kept = {name: value for name, value in source.items() if CONDITION_KEYS.get(name, name) not in chosen}
    return {**kept, **selections}


def _shortened(sentences: Sequence[str], terms: Sequence[str], room: int) -> list[str]:
    """Sentences without the last clauses that have no term, until they fit if they can; the first always stays."""
    clauses = [sentence.split("; ") for sentence in sentences]
    places = [(row, column) for row, parts in enumerate(clauses) for column in range(len(parts)) if row > 0]
    for row, column in reversed(places):
        kept = _joined(clauses)
        if sum(len(sentence.split()) for sentence in kept) <= room:
            break
        fewer = [*clauses[:row], clauses[row][:column] + clauses[row][column + 1 :], *clauses[row + 1 :]]
        if all(keeps(" ".join(_joined(fewer)), term) for term in terms if keeps(" ".join(kept), term)):
            clauses = fewer
    return _joined(clauses)


def _joined(clauses: Sequence[Sequence[str]]) -> list[str]:
    """Sentences of clauses; those that lost their beginning or end get a capital and a full stop."""
    sentences = ["; ".join(parts) for parts in clauses if parts]
    return [
        sentence if sentence[-1] in ".!?\"')" else f"{sentence.rstrip(';,')}."
        for sentence in (sentence[0].upper() + sentence[1:] for sentence in sentences)
    ]
