"""A vehicle drives far over the speed limit along a road."""

from __future__ import annotations

import numpy as np

from roadmark.events import Event, Participant
from roadmark.geometry import FloatArray
from roadmark.incidents.approach import Style, approaches, come
from roadmark.incidents.draws import draw_vehicle, heart_times, severity_of
from roadmark.incidents.following import open_lanes, way_along
from roadmark.incidents.junctions import check_options, need
from roadmark.incidents.model import IncidentOptions, IncidentPlan, NoCourseError, Scene
from roadmark.incidents.names import named, sentence
from roadmark.incidents.physics import GRID, RATE, Drive, reachable
from roadmark.incidents.registry import register
from roadmark.incidents.scripts import driven
from roadmark.incidents.ways import Way
from roadmark.traffic import NetworkLane

_SHARE = {"light": (1.41, 1.5), "medium": (1.5, 1.7), "severe": (1.7, 2.0)}
"""Of the limit, by severity."""
_FACTOR, _MARGIN = 1.25, 2.0  # what counts as speeding: a quarter over the limit and 2 m/s more
_SHORTEST = 1.4  # seconds of it
_LANE = 60.0
_STYLES = Style(4.2, 5.2, 4.2), Style(4.2, 5.6, 6.3)
"""How it drives: in a way that nobody takes for evading somebody, or harder, where the road bends too much."""
_DRAWS = 20  # few roads are straight enough and have green lights all along
_CALMS = 60.0  # metres in which it slows down again
_FASTEST = 44.0  # m/s
_LONGEST = 140.0  # metres of it at most


@register("speeding", "a vehicle drives far over the speed limit", _DRAWS)
def plan(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    """Draw a road, a vehicle and how fast it is."""
    clock = scene.clock
    check_options(scene.network, options)
    lanes = open_lanes(scene.network, options, _LANE)
    need(lanes, "speeding", "a lane of 60 m between junctions", scene.network, options)
    weights = np.array([lane.length / lane.speed_limit**2 for lane in lanes])
    lane = lanes[int(rng.choice(len(lanes), p=weights / weights.sum()))]
    spec = draw_vehicle(options, 0, rng)
    severity = severity_of(options, rng)
    counts_from = _FACTOR * lane.speed_limit + _MARGIN
    speed = max(min(float(rng.uniform(*_SHARE[severity])) * lane.speed_limit, _FASTEST), counts_from + 0.8)
    way = way_along(scene.network, lane, rng, 160.0, 1.1 * speed * 0.6 * clock.duration + 60.0)
    style, first_fast, last_fast = _stretch(way, lane, speed, counts_from, rng)
    at = float(rng.uniform(0.4, 0.7) * (last_fast - first_fast)) + first_fast
    first_fast -= (speed**2 - (0.8 * lane.speed_limit) ** 2) / (2.0 * style.acceleration)

    def wished(distance: FloatArray) -> FloatArray:
        fast = (distance > first_fast) & (distance < last_fast)
        return np.where(fast, speed, 0.95 * way.limits(distance))

    share = speed / lane.speed_limit + 0.01
    ahead = last_fast - at + _CALMS
    ways_to_come = approaches(way, spec.blueprint, at, wished, ahead=ahead, limit=share, style=style)
    found, time = come(ways_to_come, heart_times(clock, options, rng), scene.signals)
    drive = Drive(spec.blueprint, way.rail, found.timetable(time, clock.duration).smoothed())
    times = np.arange(clock.count) / clock.fps
    places = drive.table.at(times)
    speeds = np.gradient(drive.table.places, 1.0 / RATE)
    along = np.interp(times, drive.table.times, speeds)
    fast = along > _FACTOR * way.limits(places) + _MARGIN
    heart = clock.frame_at(time)
    if not fast[heart]:
        raise NoCourseError("not fast enough there")
    slow = np.flatnonzero(~fast)
    first = int(slow[slow < heart].max(initial=-1)) + 1
    last = int(slow[slow > heart].min(initial=clock.count)) - 1
    if (last - first) / clock.fps < _SHORTEST or fast[:first].any() or fast[last + 1 :].any():
        raise NoCourseError("not too fast for long enough, or more than once")
    calm = np.flatnonzero(along[last:] < 1.02 * way.limits(places[last:]))
    until = float(times[last + int(calm[0])]) if len(calm) else None
    actor = driven(spec, drive, clock, until=until, way=way)
    last = min(last, len(actor.actor.positions) - 1)
    limits = way.limits(places)
    fastest = first + int(np.argmax((along - _FACTOR * limits)[first : last + 1]))
    top, limit = float(along[fastest]), float(limits[fastest])
    event = Event(
        "speeding",
        float(times[first]),
        float(times[last]),
        (Participant(0, "violator"),),
        way.place(at),
        cause="drove too fast",
        caption=sentence(f"{named(spec)} speeds at {top * 3.6:.0f} km/h where {limit * 3.6:.0f} km/h are allowed"),
        measures={"speed": top, "limit": limit},
    )
    return IncidentPlan(
        "speeding",
        (actor,),
        (event,),
        way.rail.position(at),
        time,
        measures={"severity": severity, "speed": top, "limit": limit},
    )


def _stretch(
    way: Way, lane: NetworkLane, speed: float, counts_from: float, rng: np.random.Generator
) -> tuple[Style, float, float]:
    """How, and from where to where along a way, one can drive so fast, around a lane.

    Raises:
        NoCourseError: The bends are too near to one another.
    """
    for style in _STYLES:
        first, last = _longest_run(way, lane, speed, counts_from, style)
        if last - first >= _SHORTEST * speed:
            spare = max(last - first - _LONGEST, 0.0)
            first += float(rng.uniform(0.0, 1.0)) * spare
            return style, first, min(last, first + _LONGEST)
    raise NoCourseError("the bends are too near to one another")


def _longest_run(way: Way, lane: NetworkLane, speed: float, counts_from: float, style: Style) -> tuple[float, float]:
    """The longest stretch of a way around a lane that a style of driving allows to take too fast."""
    begins = way.start_of(lane.index)
    near = np.arange(max(begins - 140.0, 0.0), min(begins + lane.length + 140.0, way.length), GRID)
    bend = np.maximum(np.abs(way.rail.curvature(near)), 1e-4)
    cap = np.minimum(speed, np.sqrt(style.lateral / bend))
    cap[0] = min(cap[0], 0.95 * lane.speed_limit)
    fast = reachable(near, cap, style.acceleration, style.braking) > counts_from + 0.3
    fast &= way.limits(near) <= lane.speed_limit + 0.1
    edges = np.flatnonzero(np.diff(np.concatenate([[False], fast, [False]]).astype(np.int8)))
    runs = [(float(near[first]), float(near[after - 1])) for first, after in zip(edges[::2], edges[1::2], strict=True)]
    return max(runs, key=lambda run: run[1] - run[0], default=(0.0, 0.0))
