"""What happens in a clip, in the order of time: every event a sentence or two."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from roadmark.captions.courses import Course
from roadmark.captions.traffic import Picture, is_ridden
from roadmark.captions.words import Names, listed, noun, number, sentence, with_article
from roadmark.clip import ClipEvent

MOST_TOLD = 4
"""Events that a caption tells; more make it longer than any prompt may be."""

_SEEN_AROUND = 1.0
"""Seconds before and after an event in which someone must be seen to be in it."""

_FAULTS: Final = {
    "ran a red light": "runs a red light",
    "ignored the light": "runs a red light",
    "did not stop at the red light": "runs a red light",
    "runs a red light": "runs a red light",
    "turned across oncoming traffic": "turns left across oncoming traffic",
    "turns left across its path": "turns left without giving way",
    "did not give way": "fails to give way",
    "does not give way": "fails to give way",
    "drove against the traffic": "drives against the traffic",
    "turned where it must not": "makes an illegal turn",
    "crossed the road away from a crosswalk": "crosses the road away from a crosswalk",
    "crossed away from a crosswalk": "crosses the road away from a crosswalk",
    "stepped onto the road away from a crosswalk": "steps onto the road away from a crosswalk",
    "braked suddenly": "brakes suddenly",
    "drove too fast": "drives too fast",
    "lost control and left its lane": "swerves out of its lane",
    "fell asleep and drifted over the centre line": "drifts over the centre line",
    "distracted, drifted over the centre line": "drifts over the centre line",
}
"""Causes that one can see, as what their doer does; what goes on in a driver's head is not in the picture."""

_ON_FOOT: Final = frozenset({"crosses the road away from a crosswalk", "steps onto the road away from a crosswalk"})
_ON_CROSSWALK: Final = "ignored a pedestrian on a crosswalk"
_FALLEN = math.radians(45.0)
_TURNING = math.radians(30.0)
_DROP = 2.0
"""m/s within an event by which someone who brakes in it slows down."""


@dataclass(frozen=True)
class Told:
    """What a caption says of its events.

    Attributes:
        sentences: In the order of time.
        terms: Words that must stay.
        actors: Ids of everyone who was mentioned.
    """

    sentences: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    actors: frozenset[int] = frozenset()


@dataclass(frozen=True, eq=False)
class Cast:
    """Everyone who may take part.

    Attributes:
        courses: Of those who are in view at some time, by id.
        categories: Of all actors of the recording, by id.
        carrier: Id of the one that carries the camera, which nobody sees; None where nobody does.
    """

    courses: Mapping[int, Course]
    categories: Mapping[int, str] = field(default_factory=dict)
    carrier: int | None = None


def tell_incidents(events: Sequence[ClipEvent], cast: Cast, names: Names, picture: Picture) -> Told:
    """Tell the events that can be seen.

    Args:
        events: The clip's.
        cast: Everyone who may take part.
        names: Gives actors their names.
        picture: The clip's size, and whether its camera moves.
    """
    shown = [event for event in events if _seen(event, cast)]
    shown = [event for event in shown if not _is_part(event, shown)]
    shown.sort(key=lambda event: (_moment(event), event.category, event.actor_ids))
    if len(shown) > MOST_TOLD:  # the graver ones, still in order
        graver = sorted(shown, key=lambda event: event.category != "collision")[:MOST_TOLD]
        shown = [event for event in shown if event in graver]
    teller = _Teller(cast, names, picture)
    sentences = [sentence_ for event in shown for sentence_ in teller.tell(event)]
    return Told(tuple(sentences), tuple(dict.fromkeys(teller.terms)), frozenset(teller.actors))


def _moment(event: ClipEvent) -> float:
    """When it happens, seconds from the clip's start."""
    contact = event.attributes.get("contact_time")
    return float(contact) if isinstance(contact, (int, float)) else event.start_time


def _seen(event: ClipEvent, cast: Cast) -> bool:
    """Whether anyone who takes part is in view meanwhile, or carries the camera."""
    start, end = event.start_time - _SEEN_AROUND, event.end_time + _SEEN_AROUND
    known = [cast.courses[actor] for actor in event.actor_ids if actor in cast.courses]
    return cast.carrier in event.actor_ids or any(course.seen_during(start, end) for course in known)


def _is_part(event: ClipEvent, events: Sequence[ClipEvent]) -> bool:
    """Whether a violation is told as the cause of a collision or a near miss of its doer."""
    if event.category in ("collision", "near_miss") or not event.actor_ids:
        return False
    return any(
        other.category in ("collision", "near_miss")
        and event.actor_ids[0] in other.actor_ids
        and str(other.attributes.get("cause")) in _FAULTS
        and event.start_time <= _moment(other) + 1e-6
        for other in events
    )


@dataclass
class _Scene:
    """One event while it is told: who does what."""

    event: ClipEvent
    first: int | None
    second: int | None
    cause: str
    measures: Mapping[str, Any]

    @property
    def moment(self) -> float:
        return _moment(self.event)


@dataclass
class _Teller:
    cast: Cast
    names: Names
    picture: Picture
    terms: list[str] = field(default_factory=list)
    actors: set[int] = field(default_factory=set)

    def tell(self, event: ClipEvent) -> list[str]:
        """An event's sentences."""
        attributes = event.attributes
        kind = str(attributes.get("kind") or event.category)
        roles = attributes.get("roles")
        roles = roles if isinstance(roles, Mapping) else {}
        order = [int(actor) for actor in roles if str(actor).isdecimal() and int(actor) in event.actor_ids]
        order += [actor for actor in event.actor_ids if actor not in order]
        measures = attributes.get("measures")
        scene = _Scene(
            event,
            order[0] if order else None,
            order[1] if len(order) > 1 else None,
            str(attributes.get("cause") or ""),
            measures if isinstance(measures, Mapping) else {},
        )
        by_role = {str(role): int(actor) for actor, role in roles.items() if str(actor).isdecimal()}
        tell = _TELLERS.get(kind, _Teller._collision if event.category == "collision" else _Teller._other)
        text = tell(self, scene, by_role)
        seen = self._first_seen(scene)
        told = [sentence(f"{self._when(seen)}, {text}{self._where(scene, seen)}")]
        if event.category == "collision":
            told += self._aftermath(scene)
        return told

    # What each kind is.

    def _rear_end(self, scene: _Scene, roles: Mapping[str, int]) -> str:
        striking, struck = self._pair(scene, roles, "striking", "struck")
        self.terms.append("rear-end collision")
        return f"{self._name(striking)} runs into the back of {self._name(struck)} in a rear-end collision"

    def _side_collision(self, scene: _Scene, roles: Mapping[str, int]) -> str:
        striking, struck = self._pair(scene, roles, "striking", "struck")
        self.terms.append("side collision")
        side = self._struck_side(striking, struck, scene.moment)
        return self._hit(scene, striking, struck, f"{side} side".strip(), " in a side collision")

    def _head_on(self, scene: _Scene, roles: Mapping[str, int]) -> str:
        first, second = self._pair(scene, roles, "striking", "struck")
        fault = _FAULTS.get(scene.cause, "")
        self.terms.append("head-on collision")
        if fault and scene.first is not None:
            other = second if scene.first == first else first
            return f"{self._name(scene.first)} {fault} and meets {self._name(other)} in a head-on collision"
        return f"{self._name(first)} and {self._name(second)} meet in a head-on collision"

    def _run_over(self, scene: _Scene, roles: Mapping[str, int]) -> str:
        """Someone on foot or on a bicycle is hit."""
        victim = roles.get("pedestrian", roles.get("cyclist", scene.second))
        striking = roles.get("striking", scene.first if scene.first != victim else scene.second)
        self.terms.append("hit")
        if scene.cause == _ON_CROSSWALK:
            return f"{self._name(striking)} fails to stop at a crosswalk and hits {self._name(victim)} on it"
        return self._hit(scene, striking, victim)

    def _collision(self, scene: _Scene, roles: Mapping[str, int]) -> str:
        """Two touch, and nobody knows more."""
        self.terms.append("collide")
        if scene.second is None:
            kinds = scene.event.sub_category.split("_")
            thing = next((_THINGS[kind] for kind in _THINGS if kind.split("_")[0] in kinds), "something at the road")
            return f"{self._name(scene.first)} collides with {thing}"
        return f"{self._name(scene.first)} and {self._name(scene.second)} collide"

    def _near_miss(self, scene: _Scene, roles: Mapping[str, int]) -> str:
        evading = roles.get("evading", roles.get("approaching"))
        if evading is None or scene.second is None:
            self.terms.append("near miss")
            return f"{self._name(scene.first)} and {self._name(scene.second)} just avoid a collision, a near miss"
        other = scene.second if scene.first == evading else scene.first
        self.terms.append("near miss")
        fault = _FAULTS.get(scene.cause, "")
        does = "brakes hard and just avoids" if self._brakes(evading, scene.event) else "just avoids"
        if scene.cause == _ON_CROSSWALK:
            return f"{self._name(evading)} {does} {self._name(other)} on a crosswalk, a near miss"
        if fault and scene.first == other:
            doer = self._name(other)
            return f"{doer} {fault} and {self._name(evading)} {does} a collision, a near miss"
        return f"{self._name(evading)} {does} {self._name(other)}, a near miss"

    def _wrong_way(self, scene: _Scene, roles: Mapping[str, int]) -> str:
        self.terms.append("against the direction of traffic")
        return f"{self._name(scene.first)} drives against the direction of traffic in the oncoming lane"

    def _red_light(self, scene: _Scene, roles: Mapping[str, int]) -> str:
        self.terms.append("red light")
        course = self._course(scene.first)
        angle = 0.0 if course is None else course.turned(since=scene.moment - 0.5, until=scene.moment + 5.0)
        turns = "" if abs(angle) < _TURNING else f" and turns {'left' if angle > 0 else 'right'}"
        return f"{self._name(scene.first)} runs a red light{turns}"

    def _sudden_stop(self, scene: _Scene, roles: Mapping[str, int]) -> str:
        self.terms.append("sudden stop")
        return f"{self._name(scene.first)} brakes hard and comes to a sudden stop"

    def _stalled_vehicle(self, scene: _Scene, roles: Mapping[str, int]) -> str:
        self.terms.append("stalled")
        return f"{self._name(scene.first)} {self._halts(scene)} in its lane and stays there, stalled"

    def _blocked_junction(self, scene: _Scene, roles: Mapping[str, int]) -> str:
        self.terms.append("block")
        return f"{self._name(scene.first)} {self._halts(scene)} in the middle of the junction and blocks it"

    def _illegal_turn(self, scene: _Scene, roles: Mapping[str, int]) -> str:
        turn = scene.event.sub_category
        self.terms.append("illegal")
        if turn == "u_turn":
            self.terms[-1] = "U-turn"
            return f"{self._name(scene.first)} makes an illegal U-turn"
        if turn in ("left", "right"):
            return f"{self._name(scene.first)} makes an illegal {turn} turn"
        if turn == "straight":
            return f"{self._name(scene.first)} makes an illegal move straight on from a turning lane"
        return f"{self._name(scene.first)} makes an illegal turn"

    def _speeding(self, scene: _Scene, roles: Mapping[str, int]) -> str:
        self.terms.append("speeding")
        speed, limit = (_kmh(scene.measures.get(name)) for name in ("speed", "limit"))
        how = f" at about {speed} km/h where {limit} km/h are allowed" if speed and limit else ""
        return f"{self._name(scene.first)} is speeding{how}"

    def _jaywalk(self, scene: _Scene, roles: Mapping[str, int]) -> str:
        self.terms.append("away from a crosswalk")
        return f"{self._name(scene.first)} crosses the road away from a crosswalk"

    def _other(self, scene: _Scene, roles: Mapping[str, int]) -> str:
        """A kind that only the clip's maker knows."""
        what = " ".join(scene.event.category.replace("_", " ").split())[:60] or "incident"
        who = [self._name(actor) for actor in (scene.first, scene.second) if actor is not None]
        self.terms.append(what)
        return f"there is {'an' if what[0] in 'aeiou' else 'a'} {what}" + (f" of {listed(who)}" if who else "")

    # How it is told.

    def _course(self, actor: int | None) -> Course | None:
        return None if actor is None else self.cast.courses.get(actor)

    def _name(self, actor: int | None) -> str:
        if actor is not None and actor == self.cast.carrier:
            return "the vehicle with the camera"
        course = self._course(actor)
        if course is None:
            category = self.cast.categories.get(actor or -1, "")
            return f"{with_article(category) if category else 'someone'} out of view"
        if course.actor_id not in self.actors:
            self.actors.add(course.actor_id)
            self.terms.append(noun(course))
        return self.names.of(course)

    def _pair(self, scene: _Scene, roles: Mapping[str, int], one: str, other: str) -> tuple[int | None, int | None]:
        """Who has two roles; without roles, the event's order."""
        return roles.get(one, scene.first), roles.get(other, scene.second)

    def _hit(self, scene: _Scene, striking: int | None, struck: int | None, part: str = "", kind: str = "") -> str:
        """`A fails to give way and hits the left side of B`, or `B steps onto the road and is hit by A`."""
        fault = _FAULTS.get(scene.cause, "")
        if fault and self._is_doer(struck, scene, fault):
            on = f" on its {part}" if part not in ("", "side") else ""
            return f"{self._name(struck)} {fault} and is hit{on} by {self._name(striking)}{kind}"
        turning = "" if fault.startswith("turns") else self._turning(striking, scene.moment)
        does = f" {fault} and hits" if fault else " hits"
        doer = f"{self._name(striking)}{turning}{does}"
        return f"{doer} {f'the {part} of ' if part else ''}{self._name(struck)}{kind}"

    def _is_doer(self, actor: int | None, scene: _Scene, fault: str) -> bool:
        """Whether the one who was struck is the one who did it."""
        course = self._course(actor)
        if fault in _ON_FOOT:
            return course is None or not course.is_vehicle
        return scene.first == actor or " is hit " in scene.event.caption

    def _turning(self, actor: int | None, moment: float) -> str:
        course = self._course(actor)
        angle = 0.0 if course is None else course.turned(until=moment - 0.1, since=moment - 4.0)
        if abs(angle) < _TURNING:
            return ""
        return f" turning {'left' if angle > 0 else 'right'}"

    def _struck_side(self, striking: int | None, struck: int | None, moment: float) -> str:
        """Which side of the struck vehicle the other one is at; empty where it is not clear."""
        one, other = self._course(striking), self._course(struck)
        if one is None or other is None:
            return ""
        row, mine = one.at(moment), other.at(moment)
        if max(abs(one.times[row] - moment), abs(other.times[mine] - moment)) > 0.25:
            return ""
        offset = one.places[row, :2] - other.places[mine, :2]
        heading = other.headings[mine]
        aside = float(-math.sin(heading) * offset[0] + math.cos(heading) * offset[1])
        ahead = float(math.cos(heading) * offset[0] + math.sin(heading) * offset[1])
        if abs(aside) < 0.6 * abs(ahead):
            return ""
        return "left" if aside > 0.0 else "right"

    def _brakes(self, actor: int, event: ClipEvent) -> bool:
        course = self.cast.courses.get(actor)
        if course is None:
            return False
        inside = course.speeds[(course.times >= event.start_time - 1.5) & (course.times <= event.end_time + 0.5)]
        return bool(inside.size and inside.max() - inside[int(np.argmax(inside)) :].min() >= _DROP)

    def _halts(self, scene: _Scene) -> str:
        course = self._course(scene.first)
        return "stands" if course is not None and course.stood else "comes to a halt"

    def _when(self, moment: float) -> str:
        seconds = max(0, round(moment))
        if seconds == 0:
            return "right at the start"
        return f"about {number(seconds)} second{'s' if seconds > 1 else ''} in"

    def _first_seen(self, scene: _Scene) -> float:
        """When one sees it first: its moment, or later where nobody in it was in view then."""
        courses = [self.cast.courses[actor] for actor in scene.event.actor_ids if actor in self.cast.courses]
        later = min(
            (float(it.times[it.times >= scene.moment - 0.5].min(initial=np.inf)) for it in courses), default=0.0
        )
        return max(scene.moment, later) if math.isfinite(later) else scene.moment

    def _where(self, scene: _Scene, moment: float) -> str:
        """Where in the picture, by the boxes of who takes part."""
        middles = []
        for actor in scene.event.actor_ids:
            course = self.cast.courses.get(actor)
            if course is not None:
                row = course.at(moment)
                if abs(course.times[row] - moment) <= 0.5:
                    middles.append(0.5 * float(course.boxes[row, 0] + course.boxes[row, 2] + 1))
        if not middles:
            return ""
        share = sum(middles) / len(middles) / self.picture.width
        place = "on the left" if share < 0.35 else "on the right" if share > 0.65 else "in the middle"
        return f", {place} of the picture"

    def _aftermath(self, scene: _Scene) -> list[str]:
        """What becomes of those who collide, as far as they are in view."""
        known = [actor for actor in (scene.first, scene.second) if actor is not None and actor in self.cast.courses]
        fates = {actor: self._fate(self.cast.courses[actor], scene.moment) for actor in known}
        if len(known) == 2 and len(set(fates.values())) == 1 and fates[known[0]]:
            return [sentence(f"both {_SEVERAL[fates[known[0]]]}")]
        parts = [f"{self._name(actor)} {fate}" for actor, fate in fates.items() if fate]
        return [sentence(listed(parts))] if parts else []

    @staticmethod
    def _fate(course: Course, moment: float) -> str:
        after = course.times > moment + 0.5
        if not after.any():
            return ""
        if (is_ridden(course) or not course.is_vehicle) and course.tilts[-1] > _FALLEN:
            return "falls and stays lying on the road" if course.ends_standing else "falls"
        if course.ends_standing:
            return "comes to rest"
        return "moves on" if float(course.speeds[-1]) > 1.5 else ""


_SEVERAL: Final = {
    "falls and stays lying on the road": "fall and stay lying on the road",
    "falls": "fall",
    "comes to rest": "come to rest",
    "moves on": "move on",
}
_THINGS: Final = {
    "walker": "a pedestrian out of view",
    "traffic_light": "a traffic light",
    "traffic_sign": "a traffic sign",
    "non_actor": "something at the road",
}
_TELLERS: Final[dict[str, Callable[[_Teller, _Scene, Mapping[str, int]], str]]] = {
    "rear_end": _Teller._rear_end,
    "side_collision": _Teller._side_collision,
    "head_on": _Teller._head_on,
    "pedestrian_collision": _Teller._run_over,
    "cyclist_collision": _Teller._run_over,
    "near_miss": _Teller._near_miss,
    "wrong_way": _Teller._wrong_way,
    "red_light": _Teller._red_light,
    "sudden_stop": _Teller._sudden_stop,
    "stalled_vehicle": _Teller._stalled_vehicle,
    "blocked_junction": _Teller._blocked_junction,
    "illegal_turn": _Teller._illegal_turn,
    "speeding": _Teller._speeding,
    "jaywalk": _Teller._jaywalk,
}


def _kmh(speed: Any) -> int | None:
    """km/h of m/s, a whole number."""
    fine = isinstance(speed, (int, float)) and math.isfinite(speed) and 0.0 < speed < 150.0
    return round(3.6 * float(speed)) if fine else None
