"""A vehicle drifts over the centre line and meets an oncoming one head-on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import Blueprint
from roadmark.events import Event, Participant
from roadmark.geometry import FloatArray
from roadmark.incidents.approach import Approach, approaches
from roadmark.incidents.crossings import touch_place
from roadmark.incidents.draws import check_severity, closing_speed, draw_two, heart_times, severity_at, severity_of
from roadmark.incidents.following import open_lanes, way_along
from roadmark.incidents.junctions import check_options, need
from roadmark.incidents.model import Contact, IncidentOptions, IncidentPlan, NoCourseError, Scene
from roadmark.incidents.names import named, sentence
from roadmark.incidents.oncoming import bent, oncoming
from roadmark.incidents.physics import Drive, Pedals, collide, eased, front_end
from roadmark.incidents.registry import register
from roadmark.incidents.scripts import Party, crashed, fallen, meet
from roadmark.incidents.ways import Way
from roadmark.traffic import NetworkLane

_CAUSES = (
    ("fell asleep and drifted over the centre line", "drifts over the centre line"),
    ("distracted, drifted over the centre line", "drifts over the centre line"),
    ("lost control and left its lane", "swerves over the centre line"),
)
_DRIFTS = (20.0, 30.0)  # metres in which it leaves its lane
_DRIFT_TIME = 3.2  # seconds of that at most: longer would be driving on the wrong side
_OVERLAP = (0.62, 1.0)  # share of the way to the oncoming lane's middle at the contact
_FROM_END = 14.0


@register("head_on", "a vehicle drifts over the centre line and meets an oncoming one")
def plan(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    """Draw a two-way road, two vehicles and how far the first drifts."""
    network, clock = scene.network, scene.clock
    check_options(network, options)
    lanes = [lane for lane in open_lanes(network, options, 40.0) if _undivided(scene, lane)]
    need(lanes, "head_on", "an undivided two-way road of 40 m between junctions", network, options)
    lane = lanes[int(rng.integers(len(lanes)))]
    other = oncoming(network, lane)
    assert other is not None
    specs = draw_two(options, rng)
    together = 2.0 * closing_speed(severity_of(options, rng), rng)
    share = float(rng.uniform(0.42, 0.58))
    speeds = share * together, (1.0 - share) * together
    lates = [(float(rng.uniform(0.05, 0.5)), float(rng.uniform(6.0, 8.0))) for _ in range(2)]
    starts = [speed + late * strength for speed, (late, strength) in zip(speeds, lates, strict=True)]
    if max(starts) > 1.05 * min(lane.speed_limit, other.lane.speed_limit) or max(starts) > 17.0:
        raise NoCourseError("nobody drives so fast there")
    meets = float(rng.uniform(_FROM_END, lane.length - _FROM_END))
    way, towards = way_along(network, lane, rng), way_along(network, other.lane, rng)
    begins = way.start_of(lane.index)
    drift = min(float(rng.uniform(*_DRIFTS)), _DRIFT_TIME * starts[0])
    drifted = eased(way.route.path.distances, begins + meets - drift, begins + meets + 2.0)
    way = bent(way, float(rng.uniform(*_OVERLAP)) * other.offset * drifted)
    bodies = specs[0].blueprint, specs[1].blueprint
    place = towards.rail.project(way.rail.position(begins + meets)) - front_end(bodies[1])
    own = touch_place(way.rail, bodies[0], towards.rail, bodies[1], place, begins + meets)
    times = heart_times(clock, options, rng)
    sides = (
        _Side(way, own, bodies[0], starts[0], *lates[0]),
        _Side(towards, place, bodies[1], starts[1], *lates[1]),
    )
    drives, time = _drives(scene, sides, times)
    contact = meet(drives[0], drives[1], time, clock)
    outcome = collide(drives[0], drives[1], contact, clock, (Pedals(0.4, 0.9, 0.3), Pedals(0.7, 0.9, 0.3)))
    check_severity(0.5 * outcome.closing, options)
    outcome = fallen(outcome, drives, contact, clock)
    actors = crashed((Party(specs[0], drives[0]), Party(specs[1], drives[1])), outcome, clock)
    cause, does = _CAUSES[int(rng.integers(len(_CAUSES)))]
    event = Event(
        "collision",
        contact,
        outcome.at_rest,
        (Participant(0, "striking"), Participant(1, "struck")),
        towards.place(place),
        "head_on",
        contact,
        cause,
        sentence(f"{named(specs[0])} {does} and meets {named(specs[1])} head-on"),
        {"relative_speed": outcome.closing},
    )
    return IncidentPlan(
        "head_on",
        actors,
        (event,),
        towards.rail.position(place + front_end(bodies[1])),
        contact,
        (Contact((0, 1), *outcome.contact),),
        {
            "severity": severity_at(0.5 * outcome.closing),
            "relative_speed": outcome.closing,
            "speed_changes": list(outcome.change),
        },
    )


def _undivided(scene: Scene, lane: NetworkLane) -> bool:
    found = oncoming(scene.network, lane)
    return found is not None and found.open and bool(found.lane.predecessors) and found.lane.length > 30.0


@dataclass(frozen=True, eq=False)
class _Side:
    """One of the two: along what, where at the contact, how fast before, and how it brakes."""

    way: Way
    at: float
    body: Blueprint
    speed: float
    late: float
    strength: float

    def comes(self, times: FloatArray, scene: Scene) -> list[tuple[Approach, NDArray[np.bool_]]]:
        """Ways to come, and the times at which each is possible."""
        brakes_at = self.at - (self.speed * self.late - 0.5 * self.strength * self.late**2)
        found = approaches(self.way, self.body, brakes_at, self.speed)
        return [(one, one.possible(times - self.late, scene.signals)) for one in found]

    def drive(self, come: Approach, time: float, duration: float) -> Drive:
        """The course that is at the place at a time."""
        table = come.timetable(time - self.late, duration).braked(time - self.late, self.strength)
        return Drive(self.body, self.way.rail, table.smoothed())


def _drives(scene: Scene, sides: tuple[_Side, _Side], times: FloatArray) -> tuple[tuple[Drive, Drive], float]:
    """Both courses, and when they meet.

    Raises:
        NoCourseError: Lights and ways do not allow it.
    """
    duration = scene.clock.duration
    for one, fine in sides[0].comes(times, scene):
        for two, also in sides[1].comes(times, scene):
            both = fine & also
            if both.any():
                time = float(times[int(np.argmax(both))])
                return (sides[0].drive(one, time, duration), sides[1].drive(two, time, duration)), time
    raise NoCourseError("lights and ways do not let both be there")
