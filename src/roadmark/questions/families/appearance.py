"""What it looks like: colour and kind of what bears a mark, and which mark is on what looks so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from roadmark.questions.asking.forms import Asker
from roadmark.questions.facts.instants import Instant, instants, some
from roadmark.questions.facts.kinds import (
    COLORS,
    color_of,
    colors_differ,
    colors_show,
    described_alone,
    is_kind_sure,
    kind_of,
    shapes_show,
    well_told,
    wrong_kinds,
)
from roadmark.questions.question import Question
from roadmark.questions.shown.shown_scene import ShownScene
from roadmark.scene import with_article

_COLOR: Final = (
    "What colour is {who}?",
    "Which colour does {who} have?",
    "Name the colour of {who}.",
)
_COLOR_IS: Final = ("Is {who} {color}?", "Is the colour of {who} {color}?", "Is {color} the colour of {who}?")
_KIND: Final = (
    "What is the object with mark {mark}?",
    "What kind of road user bears mark {mark}?",
    "Which kind of object is marked {mark}?",
)
_KIND_IS: Final = (
    "Is the object with mark {mark} {kind}?",
    "Does mark {mark} stand for {kind}?",
    "Does {kind} bear mark {mark}?",
)
_WHICH: Final = (
    "At second {at}, which mark is on the {it}?",
    "Which mark does the {it} bear at second {at}?",
    "The picture at second {at} shows one marked {it}. What is its mark?",
)


class AppearanceFamily:
    """Asks for colours and kinds of what is large and open enough, and which mark goes with them."""

    name = "appearance"

    def ask(self, scene: ShownScene, asker: Asker) -> Iterator[Question]:
        """See `Family.ask`."""
        if not shapes_show(scene):
            return
        told = [actor for actor in scene.marked if well_told(scene, actor, marked=True)]
        kinds = {actor: kind_of(scene.courses[actor]) for actor in told}
        colors = {actor: color_of(scene.courses[actor]) for actor in told} if colors_show(scene) else {}
        for actor in told:
            if colors.get(actor):
                yield from _color(scene, actor, colors[actor], sorted(set(colors.values()) - {""}), asker)
            if is_kind_sure(kinds[actor]):
                yield from _kind(scene, actor, kinds[actor], sorted(set(kinds.values())), asker)
        for moment in instants(scene, asker.rng):
            yield from _which(scene, moment, asker)


def _color(scene: ShownScene, actor: int, color: str, others: list[str], asker: Asker) -> Iterator[Question]:
    """Open, by choice, and by yes or no with colours that others have."""
    names, facts = {"who": scene.who(actor)}, {"color": color}
    wrong = [one for one in COLORS if colors_differ(color, one)]
    yield from asker.choice("appearance.color", _COLOR, names, color, wrong, actors=(actor,), facts=facts)
    yield asker.short("appearance.color_word", _COLOR, names, color, actors=(actor,), facts=facts)
    present = [one for one in others if one in wrong] or wrong
    for asked, answer in ((color, True), (asker.pick(present), False)):
        yield asker.yes_no(
            "appearance.color_is", _COLOR_IS, {**names, "color": asked}, answer, asked=asked, actors=(actor,),
            facts=facts,
        )  # fmt: skip


def _kind(scene: ShownScene, actor: int, kind: str, others: list[str], asker: Asker) -> Iterator[Question]:
    names, facts = {"mark": scene.mark(actor)}, {"kind": kind}
    wrong = wrong_kinds(kind)
    yield from asker.choice("appearance.kind", _KIND, names, kind, wrong, actors=(actor,), facts=facts)
    present = [one for one in others if one in wrong]
    if kind == "pedestrian" and not present:
        return  # or hardly anyone who is asked about would be anything else
    present = present or wrong
    for asked, answer in ((kind, True), (asker.pick(present), False)):
        yield asker.yes_no(
            "appearance.kind_is", _KIND_IS, {**names, "kind": with_article(asked)}, answer, asked=asked,
            actors=(actor,), facts=facts,
        )  # fmt: skip


def _which(scene: ShownScene, moment: Instant, asker: Asker) -> Iterator[Question]:
    """Which of the marks: the others are surely of another colour or another kind."""
    for sight in some(moment.marked, asker.rng, 6):
        words = described_alone(scene, sight, moment.sights)
        if not words:
            continue
        offered = some([one for one in moment.marked if one is not sight], asker.rng, 3)
        yield from asker.choice(
            "appearance.which", _WHICH, {"at": moment.at, "it": words}, scene.mark(sight.actor),
            [scene.mark(one.actor) for one in offered], actors=(sight.actor, *(one.actor for one in offered)),
            during=moment.during, asked=words, facts={"described": words, "second": moment.second},
        )  # fmt: skip
