"""Small scenarios for the tests of events: actors on closed formulas of time, on a street, a crossing, or nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from roadmark.catalog import blueprint
from roadmark.maps import RoadMap, parse_opendrive
from roadmark.scenario import Actor, ActorKind, LocalBox, Scenario, SignalState, SignalTrack, Track
from sample_crossing.town import crossing_xodr

Course = Callable[[float], tuple[float, float, float]]
"""Seconds to x, y in metres and heading in radians, FLU."""

CAR = (2.0, 1.0, 0.75)
"""Half length, width, height of every car here unless said otherwise: 4 m by 2 m, centred on its origin."""
EAST, NORTH, WEST, SOUTH = 0.0, math.pi / 2, math.pi, -math.pi / 2


def at(x: float, y: float, heading: float = 0.0) -> Course:
    """Stand still."""
    return lambda t: (x, y, heading)


def going(x: float, y: float, heading: float, speed: float) -> Course:
    """Constant velocity through (x, y) at time 0."""
    return lambda t: (x + speed * t * math.cos(heading), y + speed * t * math.sin(heading), heading)


def changing(x: float, y: float, heading: float, speed: float, start: float, rate: float, until: float = 0.0) -> Course:
    """Constant velocity through (x, y) at time 0, from `start` on changing at `rate` m/s2 until it is `until` m/s."""

    def course(t: float) -> tuple[float, float, float]:
        span = min(max(t - start, 0.0), (until - speed) / rate)
        after = max(t - start - span, 0.0)
        s = speed * min(t, start) + speed * span + 0.5 * rate * span * span + (speed + rate * span) * after
        return x + s * math.cos(heading), y + s * math.sin(heading), heading

    return course


@dataclass(frozen=True)
class Mover:
    """One actor."""

    id: int
    course: Course
    blueprint: str = "vehicle.audi.tt"
    half: tuple[float, float, float] | None = CAR
    start: float = 0.0
    until: float = math.inf
    parent: int | None = None

    @property
    def walks(self) -> bool:
        return self.blueprint.startswith("walker")


def walker(actor_id: int, course: Course, **options: object) -> Mover:
    """An adult: 0.3754 m by 0.3754 m."""
    return Mover(actor_id, course, "walker.pedestrian.0001", None, **options)


def scenario(
    movers: Sequence[Mover],
    seconds: float,
    fps: int = 20,
    lights: dict[tuple[float, float], Callable[[float], SignalState]] | None = None,
    collisions: tuple = (),
    z: float = 0.0,
) -> Scenario:
    """A scenario of movers; `lights` stand at (x, y) and show what their function says."""
    times = np.arange(round(seconds * fps) + 1) / fps
    actors, tracks, signals = {}, {}, {}
    for number, ((x, y), state) in enumerate((lights or {}).items(), 1):
        actors[number] = Actor(
            number, ActorKind.TRAFFIC_LIGHT, "traffic.traffic_light", spawn_position=np.array([x, y, 3.0])
        )
        shown = np.array([state(t) for t in times], np.int8)
        signals[number] = SignalTrack(number, times, shown, np.zeros(len(times), bool), np.zeros(len(times)))
    for mover in movers:
        frames = np.flatnonzero((times >= mover.start - 1e-9) & (times <= mover.until + 1e-9))
        poses = np.array([mover.course(t) for t in times[frames]])
        height = z + (blueprint(mover.blueprint).half_extents[2] if mover.walks else 0.0)
        zeros = np.zeros(len(frames))
        tracks[mover.id] = Track(
            mover.id,
            times[frames],
            frames.astype(np.int32),
            np.column_stack([poses[:, :2], zeros + height]),
            np.column_stack([zeros, zeros, poses[:, 2]]),
            walks=mover.walks,
        )
        box = None if mover.half is None else LocalBox(np.array([0.0, 0.0, mover.half[2]]), np.array(mover.half))
        kind = ActorKind.WALKER if mover.walks else ActorKind.VEHICLE
        actors[mover.id] = Actor(mover.id, kind, mover.blueprint, bounding_box=box, parent=mover.parent)
    return Scenario("Sample", times, np.arange(len(times)), actors, tracks, signals, collisions=collisions)


def crossing() -> RoadMap:
    """The sample crossing: arms of 140 m from 14 m on, lanes of 3.5 m, lights with their lines at 18.5 m."""
    return parse_opendrive(crossing_xodr(), "crossing")


def street(
    length: float = 200.0, limit: float | None = 13.9, crosswalk: float | None = None, extra: str = ""
) -> RoadMap:
    """A straight street along x from 0: driving lanes of 3.5 m, shoulders of 0.5 m, sidewalks of 3 m on either side.

    Traffic drives east on y -3.5 to 0 and west on y 0 to 3.5. A crosswalk, if any, covers 3 m of x from there on.
    """
    widths = {1: ("driving", 3.5), 2: ("shoulder", 0.5), 3: ("sidewalk", 3.0)}

    def lane(number: int) -> str:
        kind, width = widths[abs(number)]
        inner = f'<width sOffset="0" a="{width}" b="0" c="0" d="0"/>'
        return f'<lane id="{number}" type="{kind}" level="false">{inner}</lane>'

    sides = "".join(lane(k) for k in (3, 2, 1)), "".join(lane(k) for k in (-1, -2, -3))
    lanes = (
        f'<lanes><laneSection s="0"><left>{sides[0]}</left><center><lane id="0" type="none" level="false"/></center>'
        f"<right>{sides[1]}</right></laneSection></lanes>"
    )
    speed = "" if limit is None else f'<type s="0" type="town"><speed max="{limit}" unit="m/s"/></type>'
    objects = ""
    if crosswalk is not None:
        corners = "".join(
            f'<cornerLocal u="{u}" v="{v}" z="0"/>' for u, v in ((-1.5, -4), (1.5, -4), (1.5, 4), (-1.5, 4))
        )
        objects = (
            f'<objects><object id="9" name="Crosswalk" type="crosswalk" s="{crosswalk + 1.5}" t="0" zOffset="0" '
            f'hdg="0" orientation="none" length="3" width="8"><outline>{corners}</outline></object></objects>'
        )
    plan = f'<planView><geometry s="0" x="0" y="0" hdg="0" length="{length}"><line/></geometry></planView>'
    road = f'<road name="" length="{length}" id="1" junction="-1">{speed}{plan}{lanes}{objects}{extra}</road>'
    head = '<header revMajor="1" revMinor="4" name="" version="1"/>'
    return parse_opendrive(f'<?xml version="1.0"?><OpenDRIVE>{head}{road}</OpenDRIVE>'.encode(), "street")
