"""Actions of an OpenSCENARIO document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, cast
from xml.etree.ElementTree import Element

from roadmark.imports.openscenario.document import Document
from roadmark.imports.openscenario.model import (
    Action,
    Dimension,
    Dynamics,
    LaneChange,
    RouteChange,
    Shape,
    SpeedChange,
    Teleport,
)
from roadmark.imports.openscenario.positions import Positions
from roadmark.imports.openscenario.trajectories import read_follow

_SHAPES = ("linear", "cubic", "sinusoidal", "step")


class Actions:
    """Reads private actions.

    Attributes:
        document: The document.
        positions: Reads places in them.
    """

    def __init__(self, document: Document, positions: Positions) -> None:
        self.document, self.positions = document, positions
        self._readers: dict[str, Callable[[Element], Action | None]] = {
            "TeleportAction": self._teleport,
            "LongitudinalAction": self._longitudinal,
            "LateralAction": self._lateral,
            "RoutingAction": self._routing,
            "ControllerAction": self._controller,
            "ActivateControllerAction": self._controller,
        }

    def private(self, element: Element) -> Action | None:
        """What a `PrivateAction` does; None for one that changes nothing of what happens.

        Raises:
            FormatError: It is not supported.
        """
        kind = self.document.choice(element)
        if kind.tag not in self._readers:
            self.document.unsupported(kind, f"of actions, {', '.join(self._readers)} are")
        return self._readers[kind.tag](kind)

    def _teleport(self, element: Element) -> Action:
        return Teleport(self.positions.find(self.document.child(element, "Position")), element)

    def _controller(self, element: Element) -> None:
        self.document.note(element, "controllers are not run: entities do what the document's other actions say")

    def _longitudinal(self, element: Element) -> Action:
        kind = self.document.choice(element)
        if kind.tag != "SpeedAction":
            self.document.unsupported(kind, "only SpeedAction is; keep a distance with a speed and a trigger")
        dynamics = self._dynamics(self.document.child(kind, "SpeedActionDynamics"), of_speed=True)
        target = self.document.choice(self.document.child(kind, "SpeedActionTarget"))
        if target.tag == "AbsoluteTargetSpeed":
            return SpeedChange(dynamics, self.document.number(target, "value"), None, "delta", kind)
        if target.tag != "RelativeTargetSpeed":
            self.document.unsupported(target)
        if self.document.boolean(target, "continuous"):
            self.document.fail(target, "continuous=true is not supported; the speed is reached once")
        relation = self.document.word(target, "speedTargetValueType", ("delta", "factor"))
        value, other = self.document.number(target, "value"), self.positions.entity(target)
        return SpeedChange(dynamics, value, other, cast(Literal["delta", "factor"], relation), kind)

    def _dynamics(self, element: Element, *, of_speed: bool) -> Dynamics:
        read = self.document
        shape = cast(Shape, read.word(element, "dynamicsShape", _SHAPES))
        if shape == "step":
            return Dynamics(shape, "time", 0.0)
        dimension = cast(Dimension, read.word(element, "dynamicsDimension", ("time", "distance", "rate")))
        value = read.number(element, "value")
        if value <= 0.0:
            if value == 0.0 and dimension != "rate":
                return Dynamics("step", "time", 0.0)
            read.fail(element, f"value={value:g} must be greater than 0{' m/s2' if of_speed else ''}")
        return Dynamics(shape, dimension, value)

    def _lateral(self, element: Element) -> Action:
        kind = self.document.choice(element)
        if kind.tag == "LaneChangeAction":
            return self._lane_change(kind)
        if kind.tag == "LaneOffsetAction":
            return self._lane_offset(kind)
        self.document.unsupported(kind, "use LaneChangeAction or LaneOffsetAction")

    def _lane_change(self, element: Element) -> Action:
        read = self.document
        dynamics = self._dynamics(read.child(element, "LaneChangeActionDynamics"), of_speed=False)
        target = read.choice(read.child(element, "LaneChangeTarget"))
        offset = read.number(element, "targetLaneOffset", 0.0)
        if target.tag == "AbsoluteTargetLane":
            return LaneChange(dynamics, read.integer(target, "value"), None, offset, element)
        if target.tag != "RelativeTargetLane":
            read.unsupported(target)
        return LaneChange(dynamics, read.integer(target, "value"), self.positions.entity(target), offset, element)

    def _lane_offset(self, element: Element) -> Action:
        read = self.document
        if read.boolean(element, "continuous"):
            read.note(element, "continuous=true: the offset is reached and kept")
        how, target = (
            read.child(element, "LaneOffsetActionDynamics"),
            read.choice(read.child(element, "LaneOffsetTarget")),
        )
        if target.tag != "AbsoluteTargetLaneOffset":
            read.unsupported(target, "use AbsoluteTargetLaneOffset")
        shape = cast(Shape, read.word(how, "dynamicsShape", _SHAPES))
        fastest = read.number(how, "maxLateralAcc", 1.0)
        if fastest <= 0.0:
            read.fail(how, f"maxLateralAcc={fastest:g} must be greater than 0")
        value = read.number(target, "value")
        # half of the way speeding up sideways, half slowing down: 2 sqrt(way / acceleration) seconds
        dynamics = Dynamics(shape, "time", max(2.0 * (abs(value) / fastest) ** 0.5, 0.1))
        return LaneChange(dynamics, None, None, value, element)

    def _routing(self, element: Element) -> Action:
        read = self.document
        kind = read.choice(element)
        if kind.tag == "FollowTrajectoryAction":
            return read_follow(read, self.positions, kind)
        if kind.tag == "AcquirePositionAction":
            return RouteChange((self.positions.find(read.child(kind, "Position")),), True, kind)
        if kind.tag != "AssignRouteAction":
            read.unsupported(kind, "use AssignRouteAction, AcquirePositionAction or FollowTrajectoryAction")
        route = read.choice(kind)
        if route.tag != "Route":
            read.unsupported(route, "write the route in place")
        if read.boolean(route, "closed"):
            read.fail(route, "closed routes are not supported")
        places = []
        for one in read.children(route, "Waypoint", "ParameterDeclarations"):
            if one.tag == "Waypoint":
                read.word(one, "routeStrategy", ("shortest", "fastest", "leastIntersections", "random"), "shortest")
                places.append(self.positions.find(read.child(one, "Position")))
            elif len(one):
                read.unsupported(one, "declare parameters at the top of the document")
        if not places:
            read.fail(route, "has no Waypoint")
        return RouteChange(tuple(places), False, kind)
