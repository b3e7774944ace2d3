"""Questions for which two it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Unpack

from roadmark.questions.asking.forms import About, Asker
from roadmark.questions.facts.pairs import named_pair
from roadmark.questions.question import Question
from roadmark.questions.shown.shown_scene import ShownScene


def ask_which_pair(
    scene: ShownScene,
    asker: Asker,
    template: str,
    wordings: Sequence[str],
    pair: tuple[int, int],
    bystanders: Sequence[int],
    **about: Unpack[About],
) -> Iterator[Question]:
    """Questions for the marks of two that do something together: in words, as JSON, as a choice of pairs.

    Options are such that every mark stands in as many of them as any other: nobody finds the pair by counting.

    Args:
        scene: What the video shows.
        asker: Puts it into words.
        template: `<template>_short`, `<template>_json` and `<template>` are asked.
        wordings: That end before the question mark.
        pair: Who it is.
        bystanders: Others, the likeliest first.
        about: What it is about.
    """
    right = named_pair(scene, pair)
    asked = tuple(f"{wording}?" for wording in wordings)
    yield asker.short(f"{template}_short", asked, {}, right, ("Answer with the two numbers.",), **about)
    marks = sorted(int(scene.mark(actor)) for actor in pair)
    yield asker.json(f"{template}_json", asked, {}, {"marks": marks}, '{"marks": [number, number]}', **about)
    if len(bystanders) >= 2:
        wrong = [(pair[0], bystanders[0]), (pair[1], bystanders[1]), (bystanders[0], bystanders[1])]
    else:
        wrong = [(actor, one) for actor in pair for one in bystanders]
    yield from asker.choice(template, asked, {}, right, [named_pair(scene, one) for one in wrong], **about)
