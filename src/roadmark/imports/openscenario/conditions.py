"""Conditions of an OpenSCENARIO document."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Final, cast
from xml.etree.ElementTree import Element

import numpy as np

from roadmark.geometry import FloatArray
from roadmark.imports.openscenario.document import Document
from roadmark.imports.openscenario.model import Condition, Edge, Moment, Spot, Trigger
from roadmark.imports.openscenario.positions import Positions

RULES: Final[dict[str, Callable[[float, float], bool]]] = {
    "lessThan": operator.lt,
    "greaterThan": operator.gt,
    "equalTo": lambda a, b: abs(a - b) < 1e-3,
    "lessOrEqual": operator.le,
    "greaterOrEqual": operator.ge,
    "notEqualTo": lambda a, b: abs(a - b) >= 1e-3,
}
_STATES: Final = ("standbyState", "runningState", "completeState")
_TRANSITIONS: Final = ("startTransition", "endTransition", "stopTransition")
_ELEMENTS: Final = ("story", "act", "maneuverGroup", "maneuver", "event", "action")
_DISTANCES: Final = ("longitudinal", "lateral", "cartesianDistance", "euclidianDistance")
Measure = Callable[[Moment, str], float]
"""A quantity of an entity at a moment; NaN where it has none, which is never true."""


class Conditions:
    """Reads triggers.

    Attributes:
        document: The document.
        positions: Reads places in them.
    """

    def __init__(self, document: Document, positions: Positions) -> None:
        self.document, self.positions = document, positions
        self.watched: list[tuple[Element, str, str]] = []
        self._measures: dict[str, Callable[[Element], Measure]] = {
            "TraveledDistanceCondition": lambda _: lambda moment, name: moment.travelled(name),
            "SpeedCondition": self._speed,
            "AccelerationCondition": self._acceleration,
            "StandStillCondition": lambda _: lambda moment, name: moment.standing(name),
            "RelativeSpeedCondition": self._relative_speed,
            "RelativeDistanceCondition": self._relative_distance,
            "DistanceCondition": self._distance,
            "ReachPositionCondition": self._reach,
            "TimeHeadwayCondition": self._headway,
            "TimeToCollisionCondition": self._time_to_collision,
        }

    def trigger(self, element: Element | None) -> Trigger | None:
        """What a StartTrigger or StopTrigger says; None for one without conditions.

        Raises:
            FormatError: A condition is not supported.
        """
        if element is None:
            return None
        groups = [
            [self._condition(one) for one in self.document.children(group, "Condition")]
            for group in self.document.children(element, "ConditionGroup")
        ]
        return Trigger([group for group in groups if group]) if any(groups) else None

    def _condition(self, element: Element) -> Condition:
        read = self.document
        edge = cast(Edge, read.word(element, "conditionEdge", ("none", "rising", "falling", "risingOrFalling"), "none"))
        delay = read.length(element, "delay", 0.0)
        kind = read.choice(element)
        if kind.tag == "ByValueCondition":
            return Condition(self._by_value(read.choice(kind)), edge, delay)
        if kind.tag == "ByEntityCondition":
            return Condition(self._by_entity(kind), edge, delay)
        read.unsupported(kind)

    def _by_value(self, element: Element) -> Callable[[Moment], bool]:
        read = self.document
        if element.tag == "SimulationTimeCondition":
            rule, value = self._rule(element), read.number(element, "value")
            return lambda moment: rule(moment.time, value)
        if element.tag == "ParameterCondition":
            return self._parameter(element)
        if element.tag != "StoryboardElementStateCondition":
            read.unsupported(element, "use SimulationTimeCondition or StoryboardElementStateCondition")
        kind = read.word(element, "storyboardElementType", _ELEMENTS)
        name, state = read.text(element, "storyboardElementRef"), read.word(element, "state", _STATES + _TRANSITIONS)
        self.watched.append((element, kind, name))

        def holds(moment: Moment) -> bool:
            now, transitions = moment.state(kind, name)
            return now == state or state in transitions

        return holds

    def _parameter(self, element: Element) -> Callable[[Moment], bool]:
        read = self.document
        name, wanted = read.text(element, "parameterRef"), read.text(element, "value")
        if name not in read.parameters:
            read.fail(element, f"parameterRef={name[:60]!r}: no such parameter is declared")
        rule = read.word(element, "rule", tuple(RULES))
        given = read.parameters[name]
        try:
            value = RULES[rule](float(given), float(wanted))
        except ValueError:
            if rule not in {"equalTo", "notEqualTo"}:
                read.fail(element, f"{given[:40]!r} and {wanted[:40]!r} are no numbers to compare")
            value = (given == wanted) == (rule == "equalTo")
        return lambda _: value

    def _rule(self, element: Element) -> Callable[[float, float], bool]:
        return RULES[self.document.word(element, "rule", tuple(RULES))]

    def _by_entity(self, element: Element) -> Callable[[Moment], bool]:
        read = self.document
        who = read.child(element, "TriggeringEntities")
        every = read.word(who, "triggeringEntitiesRule", ("any", "all")) == "all"
        names = [self.positions.entity(one) for one in read.children(who, "EntityRef")]
        if not names:
            read.fail(who, "names nobody; add an EntityRef")
        kind = read.choice(read.child(element, "EntityCondition"))
        if kind.tag not in self._measures:
            read.unsupported(kind, f"of conditions, {', '.join(self._measures)} are")
        measure = self._measures[kind.tag](kind)
        rule: Callable[[float, float], bool]
        if kind.tag == "ReachPositionCondition":
            rule, value = RULES["lessOrEqual"], read.length(kind, "tolerance")
        elif kind.tag == "StandStillCondition":
            rule, value = RULES["greaterOrEqual"], read.length(kind, "duration")
        elif kind.tag == "TraveledDistanceCondition":
            rule, value = RULES["greaterOrEqual"], read.length(kind, "value")
        else:
            rule, value = self._rule(kind), read.number(kind, "value")

        def holds(moment: Moment) -> bool:
            found = [measure(moment, name) if moment.spot(name) is not None else math.nan for name in names]
            results = [not math.isnan(one) and rule(one, value) for one in found]
            return all(results) if every else any(results)

        return holds

    def _speed(self, element: Element) -> Measure:
        self.document.word(element, "direction", ("longitudinal",), "longitudinal")
        return lambda moment, name: moment.speed(name)

    def _acceleration(self, element: Element) -> Measure:
        self.document.word(element, "direction", ("longitudinal",), "longitudinal")
        return lambda moment, name: moment.acceleration(name)

    def _relative_speed(self, element: Element) -> Measure:
        self.document.word(element, "direction", ("longitudinal",), "longitudinal")
        other = self.positions.entity(element)
        return lambda moment, name: moment.speed(name) - moment.speed(other)

    def _kind(self, element: Element) -> tuple[str, bool]:
        """Which distance, and whether between boxes."""
        read = self.document
        read.word(element, "coordinateSystem", ("entity",), "entity")
        if read.boolean(element, "alongRoute"):
            read.fail(element, "alongRoute=true is not supported; use relativeDistanceType")
        kind = read.word(element, "relativeDistanceType", _DISTANCES, "euclidianDistance")
        return kind, read.boolean(element, "freespace")

    def _relative_distance(self, element: Element) -> Measure:
        kind, free = self._kind(element)
        other = self.positions.entity(element)
        return lambda moment, name: apart(moment, name, other, kind, free=free)

    def _distance(self, element: Element) -> Measure:
        kind, free = self._kind(element)
        place = self.positions.find(self.document.child(element, "Position"))
        return lambda moment, name: apart(moment, name, place(moment), kind, free=free)

    def _reach(self, element: Element) -> Measure:
        place = self.positions.find(self.document.child(element, "Position"))
        return lambda moment, name: apart(moment, name, place(moment), "euclidianDistance", free=False)

    def _headway(self, element: Element) -> Measure:
        kind, free = self._kind(element)
        other = self.positions.entity(element)

        def seconds(moment: Moment, name: str) -> float:
            speed = moment.speed(name)
            return apart(moment, name, other, kind, free=free) / speed if speed > 0.01 else math.nan

        return seconds

    def _time_to_collision(self, element: Element) -> Measure:
        kind, free = self._kind(element)
        target = self.document.choice(self.document.child(element, "TimeToCollisionConditionTarget"))
        if target.tag == "EntityRef":
            other = self.positions.entity(target)
            return lambda moment, name: seconds_apart(moment, name, other, kind, free=free)
        if target.tag != "Position":
            self.document.unsupported(target)
        place = self.positions.find(target)
        return lambda moment, name: seconds_apart(moment, name, place(moment), kind, free=free)


def _way(moment: Moment, name: str, other: str | Spot) -> tuple[Spot, Spot] | None:
    here = moment.spot(name)
    there = moment.spot(other) if isinstance(other, str) else other
    return None if here is None or there is None else (here, there)


def apart(moment: Moment, name: str, other: str | Spot, kind: str, *, free: bool) -> float:
    """Metres between an entity and another or a place; NaN where one of them is not there.

    Args:
        moment: When.
        name: The entity, whose axes count.
        other: The other.
        kind: Which distance.
        free: Between the boxes rather than the reference points.
    """
    pair = _way(moment, name, other)
    if pair is None:
        return math.nan
    here, there = pair
    forward = np.array([math.cos(here.yaw), math.sin(here.yaw)])
    axis = {"longitudinal": forward, "lateral": np.array([-forward[1], forward[0]])}.get(kind)
    if not free:
        way = np.array([there.x - here.x, there.y - here.y])
        return float(np.hypot(*way) if axis is None else abs(way @ axis))
    mine = moment.outline(name)
    theirs = moment.outline(other) if isinstance(other, str) else np.array([[there.x, there.y]])
    if axis is None:
        return box_distance(mine, theirs)
    one, two = mine @ axis, theirs @ axis
    return float(max(0.0, two.min() - one.max(), one.min() - two.max()))


def box_distance(one: FloatArray, two: FloatArray) -> float:
    """Metres between two convex outlines (K, 2), counter-clockwise; 0 where they overlap."""
    if len(two) > 2 and not _separated(one, two) and not _separated(two, one):
        return 0.0
    return min(_to_edges(one, two), _to_edges(two, one))


def _separated(one: FloatArray, two: FloatArray) -> bool:
    edges = np.roll(one, -1, axis=0) - one
    normals = np.stack([edges[:, 1], -edges[:, 0]], axis=1)
    reach = (one * normals).sum(axis=1)
    return bool(((two @ normals.T).min(axis=0) > reach).any())


def _to_edges(points: FloatArray, outline: FloatArray) -> float:
    if len(outline) < 3:
        return math.inf
    if len(points) == 1 and not _separated(outline, points):
        return 0.0
    start, step = outline, np.roll(outline, -1, axis=0) - outline
    along = ((points[:, None] - start) * step).sum(axis=2) / np.maximum((step**2).sum(axis=1), 1e-12)
    nearest = start + np.clip(along, 0.0, 1.0)[..., None] * step
    return float(np.hypot(*(points[:, None] - nearest).transpose(2, 0, 1)).min())


def seconds_apart(moment: Moment, name: str, other: str | Spot, kind: str, *, free: bool) -> float:
    """Seconds until the distance is gone at the present speeds; NaN where it does not shrink."""
    pair = _way(moment, name, other)
    if pair is None:
        return math.nan
    here, there = pair
    way = np.array([there.x - here.x, there.y - here.y])
    forward = np.array([math.cos(here.yaw), math.sin(here.yaw)])
    if kind == "longitudinal":
        way = forward * (way @ forward)
    elif kind == "lateral":
        way = way - forward * (way @ forward)
    velocity = moment.speed(name) * forward
    if isinstance(other, str):
        velocity = velocity - moment.speed(other) * np.array([math.cos(there.yaw), math.sin(there.yaw)])
    length = float(np.hypot(*way))
    closing = float(velocity @ way) / length if length > 1e-6 else 0.0
    return apart(moment, name, other, kind, free=free) / closing if closing > 1e-3 else math.nan
