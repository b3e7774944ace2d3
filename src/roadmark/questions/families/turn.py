"""Which way vehicles go at a junction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from roadmark.questions.asking.choose_mark import choose_mark
from roadmark.questions.asking.forms import Asker
from roadmark.questions.facts.pace import STANDS, pace_of
from roadmark.questions.question import Question
from roadmark.questions.shown.on_road import Passage
from roadmark.questions.shown.shown_scene import ShownScene
from roadmark.scene import listed

_WORDS: Final[Mapping[str, str]] = {
    "left": "it turns left",
    "right": "it turns right",
    "straight": "it goes straight on",
    "back": "it turns back",
}
_VERBS: Final[Mapping[str, str]] = {
    "left": "turn left",
    "right": "turn right",
    "straight": "go straight on",
}
_FEWEST, _MOST = 2, 4
"""Marks of whom one is asked which go one way."""


class TurnFamily:
    """Asks which way a vehicle goes at a junction, and who turns where."""

    name = "turn"

    def ask(self, scene: ShownScene, asker: Asker) -> Iterator[Question]:
        """See `Family.ask`; only ways that are seen from before the junction to after it."""
        known: dict[int, Passage] = {}
        for actor, passages in scene.roads.passages.items():
            if len(passages) == 1 and scene.bears_mark(actor, (passages[0].entered, passages[0].left)):
                known[actor] = passages[0]
        for actor, passage in known.items():
            yield from _way(scene, asker, actor, passage)
        yield from _which(scene, asker, known)
        yield from _all(scene, asker, known)


def _facts(passage: Passage) -> dict[str, object]:
    return {
        "way": passage.way,
        "degrees": round(passage.turned, 1),
        "from": round(passage.entered, 2),
        "to": round(passage.left, 2),
    }


def _way(scene: ShownScene, asker: Asker, actor: int, passage: Passage) -> Iterator[Question]:
    names = {"who": scene.who(actor)}
    during = (passage.entered, passage.left)
    reasons = (f"It passes the junction from {passage.entered:.1f} s to {passage.left:.1f} s.",
               f"In the junction {_WORDS[passage.way]}.")  # fmt: skip
    yield from asker.choice(
        "turn.way",
        (
            "Which way does {who} go at the junction?",
            "What does {who} do at the junction, as seen by its driver?",
            "How does {who} pass the junction?",
        ),
        names, _WORDS[passage.way], _WORDS.values(),
        actors=(actor,), during=during, facts=_facts(passage), reasons=reasons,
    )  # fmt: skip
    for way, verb in _VERBS.items():
        yield asker.yes_no(
            f"turn.{way}",
            (
                f"Does {{who}} {verb} at the junction?",
                f"At the junction, does {{who}} {verb}, as its driver sees it?",
                f"Does the driver of {{who}} {verb} at the junction?",
            ),
            names, way == passage.way, actors=(actor,), during=during, facts=_facts(passage), reasons=reasons,
        )  # fmt: skip


def _all(scene: ShownScene, asker: Asker, known: Mapping[int, Passage]) -> Iterator[Question]:
    """Which of up to four go one way: all, none, or some of them."""
    if len(known) < _FEWEST:
        return
    drawn = sorted(asker.rng.permutation(sorted(known))[:_MOST].tolist())
    marks = ", ".join(scene.mark(actor) for actor in drawn)
    for way, verb in _VERBS.items():
        those = [actor for actor in drawn if known[actor].way == way]
        yield asker.short(
            "turn.all",
            (
                f"Which of marks {marks} {verb} at the junction?",
                f"Name those of marks {marks} that {verb} at the junction.",
                f"Of marks {marks}, which ones {verb} at the junction, as their drivers see it?",
            ),
            {}, listed([scene.mark(actor) for actor in those]) if those else "none",
            ("Answer with the marks, or none.", "List the marks, or say none.", "Reply with the marks or none."),
            asked=verb, actors=tuple(drawn), facts={"ways": {scene.mark(actor): known[actor].way for actor in drawn}},
            reasons=tuple(f"Mark {scene.mark(actor)}: {_WORDS[known[actor].way]}." for actor in drawn),
        )  # fmt: skip


def _which(scene: ShownScene, asker: Asker, known: Mapping[int, Passage]) -> Iterator[Question]:
    standing = [
        actor
        for actor in scene.vehicles
        if actor not in known and (pace := pace_of(scene, actor)) is not None and pace.kind == STANDS
    ]
    for actor, passage in known.items():
        if passage.way not in _VERBS:
            continue
        verb = _WORDS[passage.way].removeprefix("it ")
        others = [other for other, its in known.items() if its.way != passage.way]
        yield from choose_mark(
            scene, asker, f"turn.which_{passage.way}",
            (f"Which {{kind}} {verb} at the junction?", f"Which of these marks {verb} at the junction?",
             f"Who {verb} at the junction, as its driver sees it?"),
            actor, [*others, *standing], (passage.entered, passage.left), facts=_facts(passage),
            reasons=(f"In the junction mark {scene.mark(actor)} {verb}.",),
        )  # fmt: skip
