"""Who stands, stops and sets off, when and for how long; sudden stops and stalled vehicles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from roadmark.questions.asking.choose_mark import choose_mark
from roadmark.questions.asking.forms import Asker
from roadmark.questions.facts.moments import around
from roadmark.questions.facts.pace import DRIVES, PAUSES, SETS_OFF, STANDS, STOPS, Pace, pace_of
from roadmark.questions.question import Question
from roadmark.questions.shown.shown_scene import ShownEvent, ShownScene

_WORDS: Final[Mapping[str, str]] = {
    STANDS: "it stands still all the time",
    DRIVES: "it drives all the time",
    STOPS: "it drives, then stops for good",
    SETS_OFF: "it stands, then sets off",
    PAUSES: "it stops, then drives on",
}
_TOLERANCE = 0.5
"""Seconds by which people differ on when something has come to rest."""
_GENTLE = 3.5
"""m/s2 that nobody calls sudden."""


class StopFamily:
    """Asks who comes to a stop, who stands, who sets off, and when."""

    name = "stop"

    def ask(self, scene: ShownScene, asker: Asker) -> Iterator[Question]:
        """See `Family.ask`."""
        paces = {actor: pace for actor in scene.vehicles if (pace := pace_of(scene, actor)) is not None}
        for actor, pace in paces.items():
            yield from _behaviour(scene, asker, actor, pace)
            yield from _moments(scene, asker, actor, pace)
        yield from _which(scene, asker, paces)
        for shown in scene.events:
            if shown.happening.kind == "sudden_stop" and shown.seen:
                yield from _sudden(scene, asker, shown, paces)
            elif shown.happening.kind == "stalled_vehicle" and shown.seen:
                yield from _stalled(scene, asker, shown, paces)


def _behaviour(scene: ShownScene, asker: Asker, actor: int, pace: Pace) -> Iterator[Question]:
    names = {"who": scene.who(actor)}
    facts = {"pace": pace.kind}
    reason = f"{scene.who(actor).capitalize()}: {_WORDS[pace.kind]}."
    yield from asker.choice(
        "stop.behaviour",
        (
            "How does {who} move while it is in view?",
            "What does {who} do while it can be seen?",
            "Which describes the motion of {who} in the video?",
        ),
        names, _WORDS[pace.kind], _WORDS.values(), actors=(actor,), during=pace.seen, facts=facts, reasons=(reason,),
    )  # fmt: skip
    closed = {
        "stop.stops": (
            (
                "Does {who} come to a stop after having driven?",
                "Is {who} first driving and later standing still?",
                "Does {who} drive and then stop?",
            ),
            pace.kind in (STOPS, PAUSES),
        ),
        "stop.stands": (
            (
                "Does {who} stand still all the time while it is in view?",
                "Is {who} standing still for as long as it can be seen?",
                "Does {who} remain at a standstill throughout?",
            ),
            pace.kind == STANDS,
        ),
        "stop.sets_off": (
            (
                "Does {who} set off from a standstill?",
                "Is {who} first standing still and later driving?",
                "Does {who} stand and then start to drive?",
            ),
            pace.kind in (SETS_OFF, PAUSES),
        ),
    }
    for template, (wordings, answer) in closed.items():
        yield asker.yes_no(
            template, wordings, names, answer, actors=(actor,), during=pace.seen, facts=facts, reasons=(reason,)
        )


def _moments(scene: ShownScene, asker: Asker, actor: int, pace: Pace) -> Iterator[Question]:
    names = {"who": scene.who(actor)}
    if pace.stopped is not None:
        yield asker.number(
            "stop.when",
            (
                "At which second of the video has {who} come to a stop?",
                "When does {who} come to rest?",
                "At what time does {who} stop moving?",
            ),
            names, pace.stopped, "s", 1, actors=(actor,), during=around(pace.stopped),
            facts={"value": round(pace.stopped, 3), "tolerance": _TOLERANCE},
            reasons=("It slows down.", f"It stands from {pace.stopped:.1f} s on."),
        )  # fmt: skip
    if pace.left is not None:
        yield asker.number(
            "stop.sets_off_when",
            (
                "At which second of the video does {who} set off?",
                "When does {who} start to drive?",
                "At what time does {who} begin to move?",
            ),
            names, pace.left, "s", 1, actors=(actor,), during=around(pace.left),
            facts={"value": round(pace.left, 3), "tolerance": _TOLERANCE},
            reasons=(f"It stands until {pace.left:.1f} s.", "Then it drives."),
        )  # fmt: skip
    start, end = pace.stopped, pace.left
    if pace.kind == STOPS and pace.seen[1] > scene.duration - 0.3:
        end = scene.duration
    elif pace.kind == SETS_OFF and pace.seen[0] < 0.3:
        start = 0.0
    if start is not None and end is not None:
        yield asker.number(
            "stop.how_long",
            (
                "For how many seconds of the video does {who} stand still?",
                "How long does {who} stand in this video?",
                "How many seconds of the video does {who} spend at a standstill?",
            ),
            names, end - start, "s", 1, actors=(actor,), during=(start, end),
            facts={
                "value": round(end - start, 3), "tolerance": 2 * _TOLERANCE,
                "from": round(start, 3), "to": round(end, 3),
            },
            reasons=(f"It stands from {start:.1f} s to {end:.1f} s.",),
        )  # fmt: skip


def _which(scene: ShownScene, asker: Asker, paces: Mapping[int, Pace]) -> Iterator[Question]:
    wordings = {
        (STOPS, PAUSES): (
            "Which {kind} drives and then comes to a stop?",
            "Which {kind} comes to a stop in the video?",
            "Which of these marks first moves and later stands still?",
        ),
        (SETS_OFF, PAUSES): (
            "Which {kind} sets off from a standstill?",
            "Which {kind} starts to drive in the video?",
            "Which of these marks first stands still and later moves?",
        ),
    }
    templates = ("stop.which_stops", "stop.which_sets_off")
    for template, (kinds, words) in zip(templates, wordings.items(), strict=True):
        others = [actor for actor, pace in paces.items() if pace.kind not in kinds]
        for actor, pace in paces.items():
            moment = pace.stopped if kinds[0] == STOPS else pace.left
            if pace.kind not in kinds or moment is None:
                continue
            yield from choose_mark(
                scene, asker, template, words, actor, others, around(moment), facts={"pace": pace.kind}
            )


def _sudden(scene: ShownScene, asker: Asker, shown: ShownEvent, paces: Mapping[int, Pace]) -> Iterator[Question]:
    event = shown.happening.event
    who = scene.marked_violator(shown)
    if who is None:
        return
    wordings = (
        "Does {who} brake hard to a sudden stop?",
        "Is there an emergency stop by {who}?",
        "Does {who} brake abruptly until it stands?",
    )
    calm = [actor for actor, pace in paces.items() if actor != who and _calm(scene, actor, pace)]
    facts = {"kind": "sudden_stop"}
    during = (event.start_time, event.end_time)
    yield asker.yes_no(
        "stop.sudden", wordings, {"who": scene.who(who)}, True,
        actors=(who,), during=during, event=shown.number, facts=facts,
        reasons=(f"It brakes to a standstill within {event.end_time - event.start_time:.1f} s.",),
    )  # fmt: skip
    for actor in calm:
        yield asker.yes_no(
            "stop.sudden", wordings, {"who": scene.who(actor)}, False,
            actors=(actor,), during=paces[actor].seen, event=shown.number, facts={"pace": paces[actor].kind},
        )  # fmt: skip
    yield from choose_mark(
        scene, asker, "stop.which_sudden",
        ("Which {kind} brakes hard to a stop?", "Which {kind} makes an emergency stop?",
         "Which of these marks brakes suddenly to a standstill?"),
        who, calm, during, event=shown.number, facts=facts,
    )  # fmt: skip
    if scene.times_known:
        yield asker.number(
            "stop.sudden_when",
            (
                "At which second does {who} begin to brake hard?",
                "When does the emergency braking of {who} begin?",
                "At what time does {who} start to brake suddenly?",
            ),
            {"who": scene.who(who)}, event.start_time, "s", 1, actors=(who,), during=during, event=shown.number,
            facts={"value": round(event.start_time, 3), "tolerance": _TOLERANCE},
        )  # fmt: skip


def _calm(scene: ShownScene, actor: int, pace: Pace) -> bool:
    """Whether someone surely does not stop suddenly: stands or drives all along, or brakes gently."""
    if any(actor in shown.happening.event.actor_ids for shown in scene.events):
        return False
    if pace.stopped is None:
        return True
    course = scene.courses[actor]
    since = course.at(pace.stopped - 1.0)
    seconds = pace.stopped - float(course.times[since])
    return seconds > 0.5 and float(course.speeds[since]) / seconds < _GENTLE


def _stalled(scene: ShownScene, asker: Asker, shown: ShownEvent, paces: Mapping[int, Pace]) -> Iterator[Question]:
    who = scene.marked_violator(shown)
    if who is None:
        return
    wordings = (
        "Does {who} block its lane by standing there for no visible reason?",
        "Has {who} stalled on the road, with nothing ahead that makes it wait?",
        "Is {who} standing on its lane although the way ahead is free?",
    )
    event = shown.happening.event
    yield asker.yes_no(
        "stop.stalled", wordings, {"who": scene.who(who)}, True, actors=(who,),
        during=(event.start_time, event.end_time), event=shown.number, facts={"kind": "stalled_vehicle"},
    )  # fmt: skip
    moving = [actor for actor, pace in paces.items() if pace.kind in (DRIVES, SETS_OFF) and actor != who]
    for actor in moving:
        yield asker.yes_no(
            "stop.stalled", wordings, {"who": scene.who(actor)}, False, actors=(actor,),
            during=paces[actor].seen, event=shown.number, facts={"pace": paces[actor].kind},
        )  # fmt: skip
    yield from choose_mark(
        scene, asker, "stop.which_stalled",
        ("Which {kind} stands on its lane for no visible reason?", "Which {kind} has stalled on the road?",
         "Which of these marks stands although the way ahead is free?"),
        who, moving, (event.start_time, event.end_time), event=shown.number, facts={"kind": "stalled_vehicle"},
    )  # fmt: skip
