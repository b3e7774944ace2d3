"""Which of a video's questions are asked: those whose actors are seen, with both answers, and only so many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, zip_longest

import numpy as np

from roadmark.questions.family import Family
from roadmark.questions.forms import Asker
from roadmark.questions.question import Question
from roadmark.questions.shown_scene import ShownScene


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
    yes_no = questions[0].form == "yes_no"
    share = (most + 1) // 2 if yes_no else most
    drawn = {answer: list(islice(_seen(scene, every), share)) for answer, every in answers.items()}
    if yes_no:
        fewest = min(len(drawn.get(answer, ())) for answer in ("yes", "no"))
        drawn = {answer: every[: max(fewest, 1)] for answer, every in drawn.items()}
    in_turn = [one for row in zip_longest(*drawn.values()) for one in row if one is not None]
    return in_turn[:most]


def _seen(scene: ShownScene, questions: Sequence[Question]) -> Iterator[Question]:
    """Different questions whose actors are seen with their marks when it matters."""
    said = set()
    for question in questions:
        if question.text not in said and all(scene.bears_mark(actor, question.during) for actor in question.actors):
            said.add(question.text)
            yield question
