"""Which of a video's questions are asked: those whose actors are seen, with both answers, and only so many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from roadmark.questions.asking.forms import Asker
from roadmark.questions.family import Family
from roadmark.questions.question import Question
from roadmark.questions.shown.shown_scene import ShownScene


def draw_questions(scene: ShownScene, family: Family, rng: np.random.Generator, per_template: int) -> list[Question]:
    """The questions of one family about one video.

    Those whose actors are not seen with their marks when it matters are left out. Of each template as many are drawn
    as it may have, each answer as often as the other where there are enough; where a closed question has one answer
    only, one is drawn.

    Args:
        scene: What the video shows.
        family: What asks.
        rng: The only source of chance.
        per_template: Most questions of a template.
    """
    asked: dict[str, list[Question]] = {}
    for question in family.ask(scene, Asker(rng)):
        asked.setdefault(question.template, []).append(question)
    return [question for _, every in sorted(asked.items()) for question in _balanced(scene, every, rng, per_template)]


def _balanced(scene: ShownScene, questions: Sequence[Question], rng: np.random.Generator, most: int) -> list[Question]:
    """Questions of one template, the answers in turn."""
    answers: dict[str, list[Question]] = {}
    for index in rng.permutation(len(questions)):
        question = questions[int(index)]
        answers.setdefault(question.truth, []).append(question)
    seen = [_seen(scene, every) for every in answers.values()]
    if questions[0].form == "yes_no":
        found = [list(islice(every, (most + 1) // 2)) for every in seen]
        fewest = min(map(len, found)) if len(found) == 2 else 0
        seen = [iter(every[: max(fewest, 1)]) for every in found]
    return list(islice(_in_turn(seen), most))


def _in_turn(answers: Sequence[Iterator[Question]]) -> Iterator[Question]:
    """One of each answer, then another of each, until there are no more."""
    going = list(answers)
    while going:
        following = []
        for every in going:
            question = next(every, None)
            if question is not None:
                yield question
                following.append(every)
        going = following


def _seen(scene: ShownScene, questions: Sequence[Question]) -> Iterator[Question]:
    """Different questions whose actors are seen with their marks when it matters."""
    said = set()
    for question in questions:
        if question.text not in said and all(scene.bears_mark(actor, question.during) for actor in question.actors):
            said.add(question.text)
            yield question
