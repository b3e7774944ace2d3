"""What an OpenSCENARIO document says: entities, places, actions, conditions, events."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol
from xml.etree.ElementTree import Element

from roadmark.geometry import FloatArray
from roadmark.traffic import ActorSpec, Path

Shape = Literal["linear", "cubic", "sinusoidal", "step"]
Dimension = Literal["time", "distance", "rate"]
Edge = Literal["none", "rising", "falling", "risingOrFalling"]


@dataclass(frozen=True, eq=False)
class Entity:
    """Someone in the scenario.

    Attributes:
        name: Name in the document.
        spec: What it is.
        reach: Metres that the origin of CARLA's actor is ahead of the document's reference point (of vehicles the
            middle of the rear axle), and to its left.
        element: Where it is declared.
    """

    name: str
    spec: ActorSpec
    reach: tuple[float, float]
    element: Element

    @property
    def walks(self) -> bool:
        """Whether it is a pedestrian."""
        return self.spec.blueprint.kind == "walker"


@dataclass(frozen=True)
class Spot:
    """A place and a heading of a reference point.

    Attributes:
        x, y, z: World metres; z on the ground.
        yaw: Radians.
        pitch, roll: Radians, None where the ground says.
    """

    x: float
    y: float
    z: float
    yaw: float
    pitch: float | None = None
    roll: float | None = None


class Moment(Protocol):
    """Where everyone is at one time, for what is relative to others."""

    @property
    def time(self) -> float:
        """Seconds."""

    def spot(self, name: str) -> Spot | None:
        """Where an entity is, None where it is not (yet, or any more)."""

    def speed(self, name: str) -> float:
        """m/s forward."""

    def acceleration(self, name: str) -> float:
        """m/s2 forward."""

    def travelled(self, name: str) -> float:
        """Metres since the start."""

    def standing(self, name: str) -> float:
        """Seconds it has stood."""

    def outline(self, name: str) -> FloatArray:
        """(4, 2) corners of its box."""

    def state(self, kind: str, name: str) -> tuple[str, frozenset[str]]:
        """State of a storyboard element and its transitions of this moment."""


PlaceFinder = Callable[[Moment], Spot]
"""Finds a place at a moment; it may depend on where others are then."""


@dataclass(frozen=True)
class Dynamics:
    """How a value gets to its target.

    Attributes:
        shape: Of the course.
        dimension: What `value` is: seconds, metres, or change per second at most.
        value: How long, how far, or how fast.
    """

    shape: Shape
    dimension: Dimension
    value: float

    def seconds(self, change: float, mean_speed: float) -> float:
        """How long a change takes, at a mean speed along the way."""
        if self.shape == "step" or change == 0.0:
            return 0.0
        if self.dimension == "time":
            return self.value
        if self.dimension == "distance":
            return self.value / max(mean_speed, 0.1)
        steepest = {"linear": 1.0, "cubic": 1.5, "sinusoidal": 0.5 * math.pi}[self.shape]
        return steepest * abs(change) / self.value

    def share(self, progress: float) -> float:
        """Share of the change at a progress from 0 to 1."""
        u = min(max(progress, 0.0), 1.0)
        if self.shape == "cubic":
            return u * u * (3.0 - 2.0 * u)
        if self.shape == "sinusoidal":
            return 0.5 - 0.5 * math.cos(math.pi * u)
        return u


@dataclass(frozen=True, eq=False)
class Teleport:
    """Be somewhere at once."""

    place: PlaceFinder
    element: Element


@dataclass(frozen=True, eq=False)
class SpeedChange:
    """Get to a speed: `target` m/s, or of another entity (`of`) times or plus something."""

    dynamics: Dynamics
    target: float
    of: str | None
    relation: Literal["delta", "factor"]
    element: Element


@dataclass(frozen=True, eq=False)
class LaneChange:
    """Get to another lane, or to another offset in one's lane.

    Attributes:
        dynamics: How.
        lane: Id of the lane, number of lanes to the left of an entity (`of`), or None for the own one.
        of: Entity that the lane is counted from.
        offset: Metres to the left of the lane's middle, as the entity drives.
        element: Where it says so.
    """

    dynamics: Dynamics
    lane: int | None
    of: str | None
    offset: float
    element: Element


@dataclass(frozen=True, eq=False)
class RouteChange:
    """Drive along some places from now on; `last_reached` ends the action at the last of them, not at once."""

    places: tuple[PlaceFinder, ...]
    last_reached: bool
    element: Element


@dataclass(frozen=True, eq=False)
class Trajectory:
    """A line to follow.

    Attributes:
        path: The line, None where it is a single place.
        start: Its first place.
        at: (N,) metres along it of the vertices.
        yaws: (N,) headings there, None to head along it.
        times: (N,) seconds there, None to follow at one's own speed.
    """

    path: Path | None
    start: Spot
    at: FloatArray
    yaws: FloatArray | None
    times: FloatArray | None


@dataclass(frozen=True, eq=False)
class FollowTrajectory:
    """Follow a line; its times are relative to the action's start, or the scenario's."""

    trajectory: Callable[[Moment], Trajectory]
    relative: bool
    element: Element


Action = Teleport | SpeedChange | LaneChange | RouteChange | FollowTrajectory


@dataclass(eq=False)
class Condition:
    """Something that is true or not at a moment."""

    test: Callable[[Moment], bool]
    edge: Edge
    delay: float
    before: bool = False
    history: list[tuple[float, bool]] = field(default_factory=list)

    def holds(self, moment: Moment) -> bool:
        """Whether it triggers now; to be asked once at every moment."""
        value = self.test(moment)
        risen, fallen = value and not self.before, self.before and not value
        self.before = value
        now = {"none": value, "rising": risen, "falling": fallen, "risingOrFalling": risen or fallen}[self.edge]
        if self.delay <= 0.0:
            return now
        self.history.append((moment.time, now))
        then = False
        while self.history and self.history[0][0] <= moment.time - self.delay + 1e-9:
            then = self.history.pop(0)[1] or then
        return then


@dataclass(eq=False)
class Trigger:
    """Groups of conditions: it triggers when all of any group do."""

    groups: Sequence[Sequence[Condition]]

    def fires(self, moment: Moment) -> bool:
        """Whether it triggers now; to be asked once at every moment."""
        return any([all([one.holds(moment) for one in group]) for group in self.groups])  # noqa: C419 - ask every one


@dataclass(eq=False)
class Part:
    """A storyboard element: event, maneuver, group, act, story or the storyboard."""

    kind: str
    name: str
    element: Element
    state: str = "standbyState"
    transitions: frozenset[str] = frozenset()


@dataclass(eq=False)
class ActionPart(Part):
    """An action of an event, with what is still going on of it."""

    action: Action | None = None


@dataclass(eq=False)
class Event(Part):
    """Actions that a trigger starts.

    Attributes:
        priority: What becomes of the maneuver's other events: `overwrite`, `skip` or `parallel`.
        most: How often it can happen.
        trigger: When.
        actions: What.
    """

    priority: str = "parallel"
    most: int = 1
    trigger: Trigger | None = None
    actions: list[ActionPart] = field(default_factory=list)
    happened: int = 0


@dataclass(eq=False)
class Maneuver(Part):
    """Events of the same actors."""

    events: list[Event] = field(default_factory=list)


@dataclass(eq=False)
class ManeuverGroup(Part):
    """Maneuvers and who makes them."""

    actors: tuple[str, ...] = ()
    maneuvers: list[Maneuver] = field(default_factory=list)


@dataclass(eq=False)
class Act(Part):
    """Groups that a trigger starts together."""

    start: Trigger | None = None
    stop: Trigger | None = None
    groups: list[ManeuverGroup] = field(default_factory=list)


@dataclass(eq=False)
class Story(Part):
    """Acts."""

    acts: list[Act] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Storyboard:
    """Everything that happens.

    Attributes:
        first: Actions at the start, with who does them.
        stories: What happens then.
        stop: When it ends, None where all acts must be over.
    """

    first: tuple[tuple[str, Action], ...]
    stories: tuple[Story, ...]
    stop: Trigger | None
