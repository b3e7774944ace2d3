"""Someone steps onto the road before a vehicle, away from crosswalks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from roadmark.events import Event, Participant, Place
from roadmark.geometry import FloatArray
from roadmark.incidents.approach import approaches, come
from roadmark.incidents.following import open_lanes, way_along
from roadmark.incidents.junctions import check_options, need
from roadmark.incidents.model import IncidentOptions, NoCourseError, Scene
from roadmark.incidents.names import named, sentence
from roadmark.incidents.physics import Drive, front_end
from roadmark.incidents.streets import CrossSection, cross_section, has_sidewalk
from roadmark.incidents.walks import CrosswalkWalk, Walk, WalkLine, line_across, walk
from roadmark.incidents.ways import Way
from roadmark.traffic import ActorSpec, Network, NetworkLane

CLEAR_OF_CROSSWALK = 6.0
"""Metres from crosswalks at which nobody can be taken for using one."""
JAYWALKS = 1.9
"""Metres walked on the road from which on it is a jaywalk of its own, with a margin to the detector's."""
NO_JAYWALK = 1.2
_FROM_JUNCTION = 14.0
_ALONG = (5.0, 14.0)  # metres walked on the sidewalk before


@dataclass(frozen=True, eq=False)
class Encounter:
    """A vehicle and a person who shall come to one place.

    Attributes:
        specs: The vehicle and the person.
        speed: m/s of the vehicle when its front is at the person; of one who stops, before it brakes.
        late: Seconds before that at which the driver begins to brake; of one who stops, after which it would be there
            without braking.
        strength: m/s2 of the braking.
        times: (N,) seconds at which that may be.
        stops: Whether braking keeps it from reaching the person.
    """

    specs: tuple[ActorSpec, ActorSpec]
    speed: float
    late: float
    strength: float
    times: FloatArray
    stops: bool = False

    @property
    def before(self) -> float:
        """m/s before the driver brakes."""
        return self.speed if self.stops else self.speed + self.strength * self.late

    @property
    def reach(self) -> float:
        """Metres from where the driver begins to brake to the person."""
        if self.stops:
            return self.speed * self.late
        return self.before * self.late - 0.5 * self.strength * self.late * self.late


@dataclass(frozen=True, eq=False)
class Step:
    """Someone who comes onto the road before a vehicle.

    Attributes:
        specs: The vehicle and the person.
        way: The vehicle's.
        drive: The vehicle's course.
        walk: The person's course if nothing happens.
        enters: Second at which the person comes onto the lanes; infinite if it does not.
        leaves: Second at which it leaves them again if nothing happens.
        along: Metres along the way.
        time: Second at which the vehicle's front is at the person's line.
        strength: m/s2 by which the driver brakes.
        crosswalk: Whether it walks on a crosswalk.
    """

    specs: tuple[ActorSpec, ActorSpec]
    way: Way
    drive: Drive
    walk: Walk | CrosswalkWalk
    enters: float
    leaves: float
    along: float
    time: float
    strength: float
    crosswalk: bool = False


def walkable_lanes(scene: Scene, options: IncidentOptions, name: str, sides: int = 1) -> list[NetworkLane]:
    """Lanes between junctions beside sidewalks, long enough to cross in their middle.

    Raises:
        MissingElementError: There are none.
    """
    check_options(scene.network, options)
    shortest = 2.0 * _FROM_JUNCTION + 4.0
    lanes = [
        lane for lane in open_lanes(scene.network, options, shortest) if has_sidewalk(scene.network, lane, sides)
    ]  # fmt: skip
    what = "a road with a sidewalk" if sides == 1 else "a road with sidewalks on both sides"
    need(lanes, name, f"{what} and 32 m between junctions", scene.network, options)
    return lanes


def draw_section(
    network: Network, lane: NetworkLane, rng: np.random.Generator, sides: int = 1
) -> tuple[CrossSection, float]:
    """A street across from a place on a lane away from junctions and crosswalks, and metres along the lane.

    Raises:
        NoCourseError: None among some draws.
    """
    for _ in range(6):
        along = float(rng.uniform(_FROM_JUNCTION, lane.length - _FROM_JUNCTION))
        section = cross_section(network, lane, along)
        if len(section.kerbs) < sides or section.divided:
            continue
        line = np.stack([section.across(offset)[:2] for offset in np.linspace(*section.road, 5)])
        if all(
            np.hypot(*(outline[:, None, :2] - line[None]).transpose(2, 0, 1)).min() > CLEAR_OF_CROSSWALK
            for outline in network.crosswalks
        ):
            return section, along
    raise NoCourseError("crosswalks are everywhere near")


def draw_line(section: CrossSection, rng: np.random.Generator) -> WalkLine:
    """The line of someone who crosses a street, from either side."""
    sides = sorted(section.kerbs)
    near = section.kerbs[sides[int(rng.integers(len(sides)))]]
    return line_across(section, near, float(rng.uniform(*_ALONG)), forwards=bool(rng.random() < 0.5))


def step_before(
    scene: Scene, options: IncidentOptions, lane: NetworkLane, encounter: Encounter, rng: np.random.Generator
) -> Step:
    """Someone who steps onto a street before a vehicle.

    Args:
        scene: Where and when.
        options: What the user asks for.
        lane: The vehicle's lane.
        encounter: Who meets, and how.
        rng: What chance comes from.

    Raises:
        NoCourseError: Lights and ways do not allow it.
    """
    before, late, strength = encounter.before, encounter.late, encounter.strength
    if before > 1.05 * lane.speed_limit:
        raise NoCourseError(f"nobody drives {before:.1f} m/s there")
    way = way_along(scene.network, lane, rng)
    section, along = draw_section(scene.network, lane, rng)
    line = draw_line(section, rng)
    vehicle, person = (spec.blueprint for spec in encounter.specs)
    place = way.start_of(lane.index) + along
    brakes_at = place - front_end(vehicle) - person.half_extents[0] - encounter.reach
    aside = float(rng.uniform(-0.7, 0.7)) * vehicle.half_extents[1]
    found, start = come(approaches(way, vehicle, brakes_at, before), encounter.times - late, scene.signals)
    time = start + late
    table = found.timetable(start, scene.clock.duration).braked(start, strength).smoothed()
    pace = float(rng.uniform(1.2, 2.2))
    on_foot = walk(person, line, pace, line.to_lane + aside, time, scene.clock.duration)
    enters, leaves = road_times(on_foot, line, section)
    return Step(encounter.specs, way, Drive(vehicle, way.rail, table), on_foot, enters, leaves, place, time, strength)


def road_times(step_walk: Walk, line: WalkLine, section: CrossSection) -> tuple[float, float]:
    """When a person comes onto the lanes and leaves them again; infinite if it does not."""
    middle = line.to_lane
    from_right = _comes_from_right(line, section)
    enter = middle + (section.road[0] if from_right else -section.road[1])
    leave = middle + (section.road[1] if from_right else -section.road[0])
    return step_walk.table.when(enter), step_walk.table.when(leave)


def jaywalk_event(actor: int, spec: ActorSpec, start: float, end: float, place: Place) -> Event:
    """Someone on the road away from crosswalks."""
    return Event(
        "jaywalk",
        start,
        end,
        (Participant(actor, "violator"),),
        place,
        cause="crossed away from a crosswalk",
        caption=sentence(f"{named(spec)} crosses the road away from a crosswalk"),
    )


def _comes_from_right(line: WalkLine, section: CrossSection) -> bool:
    start = line.rail.position(line.turns)
    left = np.array([-np.sin(section.heading), np.cos(section.heading)])
    return bool((start[:2] - section.point[:2]) @ left < 0.0)
