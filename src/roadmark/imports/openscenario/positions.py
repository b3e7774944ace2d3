"""Positions of an OpenSCENARIO document, as finders of places."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from xml.etree.ElementTree import Element

from roadmark.errors import InputError, RoadmarkError
from roadmark.imports.openscenario.document import Document
from roadmark.imports.openscenario.model import Entity, Moment, PlaceFinder, Spot
from roadmark.imports.openscenario.roads import AHEAD, Roads


class NotPlacedError(RoadmarkError):
    """A place is relative to someone who is not there."""


class Positions:
    """Reads positions.

    Attributes:
        document: The document.
        roads: The map.
        entities: Who can be referred to.
    """

    def __init__(self, document: Document, roads: Roads, entities: dict[str, Entity]) -> None:
        self.document, self.roads, self.entities = document, roads, entities
        self._readers: dict[str, Callable[[Element], PlaceFinder]] = {
            "WorldPosition": self._world,
            "LanePosition": self._lane,
            "RoadPosition": self._road,
            "RelativeLanePosition": self._relative_lane,
            "RelativeWorldPosition": self._relative_world,
            "RelativeObjectPosition": self._relative_world,
        }

    def find(self, element: Element) -> PlaceFinder:
        """The place that a `Position` element means.

        Raises:
            FormatError: It is of a kind that is not supported, or there is no such place.
        """
        kind = self.document.choice(element)
        if kind.tag not in self._readers:
            self.document.unsupported(kind, f"use one of {', '.join(self._readers)}")
        return self._readers[kind.tag](kind)

    def entity(self, element: Element, name: str = "entityRef") -> str:
        """The entity that an attribute names.

        Raises:
            FormatError: There is none of that name.
        """
        found = self.document.text(element, name)
        if found not in self.entities:
            known = ", ".join(self.entities)[:200]
            self.document.fail(element, f"{name}={found[:60]!r}: there is no such entity; there are {known}")
        return found

    def _world(self, element: Element) -> PlaceFinder:
        read = self.document
        x, y = read.number(element, "x"), read.number(element, "y")
        z = read.number(element, "z") if read.optional(element, "z") is not None else None
        angles = [read.number(element, name) if read.optional(element, name) is not None else None for name in "pr"]
        spot = Spot(
            x, y, self.roads.ground(x, y, z), read.number(element, "h", 0.0), angles[0] or None, angles[1] or None
        )
        return lambda _: spot

    def _lane(self, element: Element) -> PlaceFinder:
        read = self.document
        road, lane = read.text(element, "roadId"), read.integer(element, "laneId")
        s, offset = read.number(element, "s"), read.number(element, "offset", 0.0)
        try:
            place = self.roads.lane_spot(road, lane, s, offset)
        except InputError as error:
            read.fail(element, str(error))
        spot = self._turned(element, place)
        return lambda _: spot

    def _road(self, element: Element) -> PlaceFinder:
        read = self.document
        road, s, t = read.text(element, "roadId"), read.number(element, "s"), read.number(element, "t")
        try:
            place = self.roads.road_spot(road, s, t)
        except InputError as error:
            read.fail(element, str(error))
        spot = self._turned(element, place)
        return lambda _: spot

    def _turned(self, element: Element, spot: Spot) -> Spot:
        """A place with the heading that its Orientation asks for; relative ones count from the place's own."""
        for one in self.document.children(element, "Orientation"):
            kind = self.document.word(one, "type", ("absolute", "relative"), "absolute")
            h = self.document.number(one, "h", 0.0)
            spot = replace(spot, yaw=spot.yaw + h if kind == "relative" else h)
        return spot

    def _there(self, element: Element, name: str, moment: Moment) -> Spot:
        found = moment.spot(name)
        if found is None:
            line = self.document.line(element)
            raise NotPlacedError(f"{self.document.path}, line {line}, <{element.tag}>: {name} is nowhere at that time")
        return found

    def _relative_world(self, element: Element) -> PlaceFinder:
        read, name = self.document, self.entity(element)
        dx, dy = read.number(element, "dx"), read.number(element, "dy")
        own_axes = element.tag == "RelativeObjectPosition"

        def place(moment: Moment) -> Spot:
            other = self._there(element, name, moment)
            turn = other.yaw if own_axes else 0.0
            x = other.x + dx * math.cos(turn) - dy * math.sin(turn)
            y = other.y + dx * math.sin(turn) + dy * math.cos(turn)
            return self._turned(element, Spot(x, y, self.roads.ground(x, y, other.z), other.yaw))

        return place

    def _relative_lane(self, element: Element) -> PlaceFinder:
        read, name = self.document, self.entity(element)
        lanes, offset = read.integer(element, "dLane"), read.number(element, "offset", 0.0)
        given = [word for word in ("ds", "dsLane") if read.optional(element, word) is not None]
        if len(given) != 1:
            read.fail(element, "needs either ds or dsLane")
        ahead = read.number(element, given[0])
        if abs(ahead) > AHEAD:
            read.fail(element, f"{given[0]}={ahead:g} is more than {AHEAD:g} m away; give a LanePosition")

        def place(moment: Moment) -> Spot:
            other = self._there(element, name, moment)
            try:
                found = self._along(other, ahead, lanes, offset)
            except InputError as error:
                read.fail(element, f"{name}: {error}")
            return self._turned(element, found)

        return place

    def _along(self, other: Spot, ahead: float, lanes: int, offset: float) -> Spot:
        """The place some metres ahead of another along the traffic's way, some lanes beside."""
        on = self.roads.on_lane(other)
        if on is None:
            raise InputError("is on no lane")
        rail = self.roads.rail_from(on.key, forward=ahead >= 0.0)
        at, _ = rail.project(other.x, other.y)
        if at + abs(ahead) > rail.path.length:
            raise InputError(f"the lane ends before {ahead:g} m")
        x, y, z = rail.path.position(at + abs(ahead)).tolist()
        there = self.roads.on_lane(Spot(x, y, z, 0.0))
        if there is None:
            raise InputError(f"there is no lane {ahead:g} m ahead")
        key = self.roads.beside(there.key, lanes)
        return self.roads.lane_spot(key.road, key.lane, there.s, offset)
