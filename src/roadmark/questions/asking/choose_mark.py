"""Questions whose options are marks: which of several road users is it?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Unpack

from roadmark.questions.asking.forms import About, Asker
from roadmark.questions.question import Question
from roadmark.questions.shown.shown_scene import ShownScene


def choose_mark(
    scene: ShownScene,
    asker: Asker,
    template: str,
    wordings: Sequence[str],
    right: int,
    wrong: Iterable[int],
    when: tuple[float, float] | None = None,
    all_then: bool = False,
    **about: Unpack[About],
) -> tuple[Question, ...]:
    """Which of up to four marks it is; empty unless the right one and one that is wrong are seen when it matters.

    Args:
        scene: What the video shows.
        asker: Puts it into words.
        template: Of the question.
        wordings: Of the question, without names.
        right: The actor that it is.
        wrong: Actors that it surely is not.
        when: Seconds in which the right one must be seen.
        all_then: Whether the others must be seen then, too, not just at any time.
        about: What it is about.
    """
    if not scene.bears_mark(right, when):
        return ()
    kind = scene.who(right).split()[0]
    during = when if all_then else None
    others = [actor for actor in wrong if scene.bears_mark(actor, during) and scene.who(actor).split()[0] == kind]
    asked = asker.choice(
        template,
        wordings,
        {"kind": kind},
        f"mark {scene.mark(right)}",
        [f"mark {scene.mark(actor)}" for actor in others],
        **about,
    )
    by_option = {f"mark {scene.mark(actor)}": actor for actor in (right, *others)}
    return tuple(
        replace(question, actors=tuple(sorted(by_option[option] for option in question.options)), during=during)
        for question in asked
    )
