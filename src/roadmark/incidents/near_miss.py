"""Two come within a second of touching: a driver notices late, and emergency braking just suffices."""

from __future__ import annotations

import numpy as np

from roadmark.events import Event, Participant, Place
from roadmark.geometry import FloatArray
from roadmark.incidents.crossings import Wishes, arrange, draw_place, red_light_event
from roadmark.incidents.crosswalks import cross_before, crosswalk_lanes
from roadmark.incidents.draws import draw_person, draw_two, draw_vehicle, heart_times
from roadmark.incidents.following import chase_to_miss, follow, open_lanes, way_along
from roadmark.incidents.junctions import check_options, junction_lanes
from roadmark.incidents.model import IncidentOptions, IncidentPlan, MissingElementError, NoCourseError, Scene
from roadmark.incidents.names import named, sentence
from roadmark.incidents.physics import Course, gaps, sampled
from roadmark.incidents.rear_end import speeds_on, where_to_brake
from roadmark.incidents.registry import Planner, register
from roadmark.incidents.scripts import driven, moving
from roadmark.incidents.stepping import Encounter, Step, jaywalk_event, step_before, walkable_lanes
from roadmark.traffic import ScriptedActor

_TRIES = 3  # draws of the chosen kind: crossings work out less often than the others
_CLOSEST = 0.15  # metres that must remain
_WIDEST = 2.5  # metres beyond which nobody would call it a miss
_AFTERWARDS = (1.5, 3.0)  # seconds until those who braked drive on
_LONGEST_STAND = 4.0
_BRAKING = (7.4, 8.4)
_EARLY = 0.12  # seconds into the braking at which the time to collision is stated


@register("near_miss", "emergency braking just prevents a collision")
def plan(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    """Draw one of four kinds: someone crosses at a junction, brakes ahead, steps onto the road or is on a crosswalk."""
    check_options(scene.network, options)
    kinds: tuple[Planner, ...] = (_crossing, _following, _stepping, _heedless)
    order = [kinds[int(k)] for k in rng.permutation(len(kinds))]
    missing: MissingElementError | None = None
    hopeless: NoCourseError | None = None
    for kind in order:
        for _ in range(_TRIES):
            try:
                return kind(scene, options, rng)
            except MissingElementError as error:
                missing = error
                break
            except NoCourseError as error:
                hopeless = error
        if hopeless is not None:
            raise hopeless
    raise MissingElementError(f"near_miss needs a lane of 25 m or a junction where lanes cross: {missing}")


def _crossing(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    """The second crosses before the first, who has the right of way."""
    lanes = [
        lane
        for lane in junction_lanes(scene.network, options)
        if lane.predecessors and any(conflict.crossing for conflict in lane.conflicts)
    ]
    if not lanes:
        raise MissingElementError("no junction where lanes cross")
    specs = draw_two(options, rng)
    wishes = Wishes(
        (float(rng.uniform(7.8, 10.5)), float(rng.uniform(5.0, 9.0))),
        float(rng.uniform(0.3, 0.7)),
        strength=float(rng.uniform(*_BRAKING)),
        short=float(rng.uniform(0.4, 0.9)),
    )
    place = draw_place(scene, lanes, rng)
    meeting = arrange(scene, place, specs, wishes, heart_times(scene.clock, options, rng), rng, wrong=1)
    speed, early, _ = wishes.brakes
    begins = meeting.time - early
    first, second = meeting.drives
    if abs(first.table.speed_at(begins - 0.3) - speed) > 0.4:
        raise NoCourseError("it slows down there already")
    closest = _check_apart(first, second, scene, begins)
    out = second.table.when(place.ways[1].start_of(place.lanes[1].index) + place.lanes[1].length + 6.0)
    stands = begins + speed / wishes.strength
    goes_on = max(stands + float(rng.uniform(*_AFTERWARDS)), min(out, scene.clock.duration))
    if goes_on - stands > _LONGEST_STAND:
        raise NoCourseError("it would block the junction")
    actors = (
        driven(specs[0], first, scene.clock, until=min(goes_on, scene.clock.duration), way=place.ways[0]),
        driven(specs[1], second, scene.clock, until=min(out, scene.clock.duration), way=place.ways[1]),
    )
    does = {
        "red_light": "runs a red light",
        "turn": "turns left across its path",
        "give_way": "does not give way",
    }[meeting.fault.kind]
    event = _event(
        begins,
        meeting.time,
        (Participant(1, "intruding"), Participant(0, "evading")),
        place.ways[0].place(place.at[0]),
        does,
        f"{named(specs[1])} {does} and {named(specs[0])} brakes just in time",
        early - _EARLY,
        closest,
    )
    events: tuple[Event, ...] = (event,)
    if meeting.fault.kind == "red_light":
        crossed = second.table.when(place.ways[1].start_of(place.lanes[1].index) + place.lanes[1].length)
        events = (red_light_event(meeting, scene, min(crossed, scene.clock.duration)), event)
    return IncidentPlan(
        "near_miss",
        actors,
        events,
        place.point,
        meeting.time,
        measures={"time_to_collision": early - _EARLY, "closest": closest, "kind": "crossing"},
    )


def _following(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    """The first brakes for a red light or something else, the second notices late."""
    lanes = open_lanes(scene.network, options)
    if not lanes:
        raise MissingElementError("no lane of 25 m between junctions")
    lane = lanes[int(rng.integers(len(lanes)))]
    specs = draw_two(options, rng)
    way = way_along(scene.network, lane, rng)
    chase = chase_to_miss(speeds_on(lane, 8.0), rng)
    brakes_at, red = where_to_brake(scene, way, lane, specs[1], chase, rng)
    times = heart_times(scene.clock, options, rng)
    second, first, time = follow(scene, way, specs, chase, brakes_at, times, red)
    closest = _check_apart(second, first, scene, time)
    stands = time + chase.speed / chase.follower
    goes_on = stands + float(rng.uniform(*_AFTERWARDS))
    if not goes_on < scene.clock.duration:
        raise NoCourseError("the scenario ends before they drive on")
    apart, closing = _closing(second, first, time + _EARLY)
    actors = tuple(
        driven(spec, drive, scene.clock, until=goes_on, way=way)
        for spec, drive in zip(specs, (second, first), strict=True)
    )
    reason = "for a red light" if red is not None else "hard"
    event = _event(
        time,
        stands,
        (Participant(0, "approaching"), Participant(1, "leading")),
        way.place(float(second.table.at(stands))),
        f"distracted, braked {chase.delay:.1f} s late",
        f"{named(specs[1])} brakes {reason} and {named(specs[0])} stops just behind it",
        apart / closing,
        closest,
    )
    return IncidentPlan(
        "near_miss",
        actors,
        (event,),
        way.rail.position(float(first.table.at(stands))),
        time,
        measures={"time_to_collision": apart / closing, "closest": closest, "kind": "following"},
    )


def _stepping(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    """Someone steps onto the road, the driver brakes at the last moment."""
    lanes = walkable_lanes(scene, options, "near_miss", sides=2)
    lane = lanes[int(rng.integers(len(lanes)))]
    encounter = _late_braking(scene, options, rng)
    return _for_person(scene, step_before(scene, options, lane, encounter, rng), encounter, rng)


def _heedless(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    """Someone is on a crosswalk, the driver brakes at the last moment."""
    lanes = crosswalk_lanes(scene, options, "near_miss")
    lane = lanes[int(rng.integers(len(lanes)))]
    encounter = _late_braking(scene, options, rng)
    return _for_person(scene, cross_before(scene, lane, encounter, rng), encounter, rng)


def _late_braking(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> Encounter:
    """A person, and a driver who just stops."""
    specs = draw_vehicle(options, 0, rng), draw_person(options, 1, rng)
    strength, short = float(rng.uniform(*_BRAKING)), float(rng.uniform(0.4, 0.9))
    speed = float(rng.uniform(7.8, 11.0))
    late = (speed**2 / (2.0 * strength) + short) / speed
    return Encounter(specs, speed, late, strength, heart_times(scene.clock, options, rng), stops=True)


def _for_person(scene: Scene, step: Step, encounter: Encounter, rng: np.random.Generator) -> IncidentPlan:
    """The plan of a vehicle that just stops for someone on foot."""
    specs, clock = step.specs, scene.clock
    speed, early, strength = encounter.speed, encounter.late, encounter.strength
    begins = step.time - early
    closest = _check_apart(step.drive, step.walk, scene, begins)
    stands = begins + speed / strength
    goes_on = max(stands + float(rng.uniform(*_AFTERWARDS)), step.leaves + 0.5)
    if not goes_on < clock.duration:
        raise NoCourseError("the scenario ends before the vehicle drives on")
    if goes_on - stands > _LONGEST_STAND and step.way.lane_at(float(step.drive.table.at(stands))).junction is not None:
        raise NoCourseError("it would block the junction")
    actors = (
        driven(specs[0], step.drive, clock, until=goes_on, way=step.way),
        ScriptedActor(moving(specs[1], sampled(step.walk, clock, 0, clock.count))),
    )
    place = step.way.place(step.along)
    vehicle, person = (named(spec) for spec in specs)
    event = _event(
        begins,
        stands,
        (Participant(0, "approaching"), Participant(1, "pedestrian")),
        place,
        "ignored a pedestrian on a crosswalk" if step.crosswalk else "stepped onto the road away from a crosswalk",
        f"{vehicle} comes to a crosswalk too fast and stops just before {person} on it"
        if step.crosswalk
        else f"{person} steps onto the road and {vehicle} stops just before it",
        early - _EARLY,
        closest,
    )
    jaywalk = jaywalk_event(1, specs[1], step.enters, step.leaves, place)
    return IncidentPlan(
        "near_miss",
        actors,
        (event,) if step.crosswalk else (jaywalk, event),
        step.walk.poses(np.array([step.time]))[0, :3],
        step.time,
        measures={
            "time_to_collision": early - _EARLY,
            "closest": closest,
            "kind": "crosswalk" if step.crosswalk else "pedestrian",
        },
    )


def _event(
    start: float,
    end: float,
    people: tuple[Participant, ...],
    place: Place,
    cause: str,
    story: str,
    left: float,
    closest: float,
) -> Event:
    return Event(
        "near_miss",
        start,
        max(end, start),
        people,
        place,
        cause=cause,
        caption=sentence(story),
        measures={"time_to_collision": left, "closest": closest},
    )


def _check_apart(one: Course, other: Course, scene: Scene, around: float) -> float:
    """The closest two come, metres.

    Raises:
        NoCourseError: They touch, or are never close.
    """
    times = np.arange(0.0, min(around + 4.0, scene.clock.duration), 0.02)
    apart: FloatArray = gaps(one, other, times)
    late = apart[times > around - 0.5]
    if apart.min() < _CLOSEST or not len(late) or late.min() > _WIDEST:
        raise NoCourseError(f"they come as near as {apart.min():.1f} m")
    return float(late.min())


def _closing(second: Course, first: Course, time: float) -> tuple[float, float]:
    """Metres between two in a lane, and m/s by which that shrinks."""
    times = np.array([time - 0.02, time + 0.02])
    before, after = gaps(second, first, times)
    return 0.5 * float(before + after), max(float(before - after) / 0.04, 0.1)
