"""A distracted driver brakes too late for the vehicle in front."""

from __future__ import annotations

import numpy as np

from roadmark.events import Event, Participant
from roadmark.incidents.draws import (
    check_severity,
    closing_speed,
    draw_vehicle,
    heart_times,
    severity_at,
    severity_of,
)
from roadmark.incidents.following import Chase, chase_to_contact, follow, light_at_end, open_lanes, way_along
from roadmark.incidents.junctions import check_options, need
from roadmark.incidents.model import Contact, IncidentOptions, IncidentPlan, NoCourseError, Scene
from roadmark.incidents.names import named, sentence
from roadmark.incidents.physics import Drive, Pedals, collide, front_end
from roadmark.incidents.registry import register
from roadmark.incidents.scripts import Party, crashed, fallen, meet
from roadmark.incidents.ways import Way
from roadmark.traffic import ActorSpec, NetworkLane

_FASTEST = 15.0


@register("rear_end", "a vehicle runs into the back of the one in front")
def plan(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    """Draw a lane, two vehicles behind one another, and how late the second brakes."""
    specs = draw_vehicle(options, 0, rng), draw_vehicle(options, 1, rng)
    return rear_collision(scene, options, rng, "rear_end", specs)


def rear_collision(
    scene: Scene,
    options: IncidentOptions,
    rng: np.random.Generator,
    kind: str,
    specs: tuple[ActorSpec, ActorSpec],
) -> IncidentPlan:
    """The first of two specs runs into the back of the second, which brakes before it.

    Raises:
        MissingElementError: No lane is long enough where the user wants it.
        NoCourseError: This draw does not work out.
    """
    network = scene.network
    check_options(network, options)
    lanes = open_lanes(network, options)
    need(lanes, kind, "a lane of 25 m between junctions", network, options)
    lane = lanes[int(rng.choice(len(lanes), p=_weights(lanes)))]
    way = way_along(network, lane, rng)
    closing = closing_speed(severity_of(options, rng), rng)
    chase = chase_to_contact(closing, _speed(lane, closing, kind, rng), rng)
    brakes_at, red = _where(scene, way, lane, specs, chase, rng)
    times = heart_times(scene.clock, options, rng)
    striking, struck, time = follow(scene, way, specs, chase, brakes_at, times, red)
    contact = meet(striking, struck, time, scene.clock)
    pedals = Pedals(0.85, 0.95, 0.3), Pedals(0.5, float(rng.uniform(0.5, 0.9)), 0.4)
    outcome = collide(striking, struck, contact, scene.clock, pedals)
    check_severity(outcome.closing, options)
    if kind == "cyclist_collision":
        outcome = fallen(outcome, (striking, struck), contact, scene.clock)
    parties = Party(specs[0], striking), Party(specs[1], struck)
    actors = crashed(parties, outcome, scene.clock)
    place = float(struck.table.at(contact))
    reason = "for a red light" if red is not None else "hard"
    event = Event(
        "collision",
        contact,
        outcome.at_rest,
        (Participant(0, "striking"), Participant(1, "struck" if kind == "rear_end" else "cyclist")),
        way.place(place),
        kind,
        contact,
        f"distracted, braked {chase.delay:.1f} s late",
        sentence(_story(kind, specs, reason)),
        {"relative_speed": outcome.closing},
    )
    return IncidentPlan(
        kind,
        actors,
        (event,),
        _front(striking, contact),
        contact,
        (Contact((0, 1), *outcome.contact),),
        {
            "severity": severity_at(outcome.closing),
            "relative_speed": outcome.closing,
            "speed_changes": list(outcome.change),
            "delay": chase.delay,
            "headway": chase.gap / chase.speed,
        },
    )


def _story(kind: str, specs: tuple[ActorSpec, ActorSpec], reason: str) -> str:
    if kind == "rear_end":
        return f"{named(specs[1])} brakes {reason} and {named(specs[0])} runs into its back"
    return f"{named(specs[0])} hits {named(specs[1])} from behind"


def _front(drive: Drive, time: float) -> np.ndarray:
    pose = drive.poses(np.array([time]))[0]
    reach = front_end(drive.blueprint)
    return np.asarray(pose[:3] + reach * np.array([np.cos(pose[5]), np.sin(pose[5]), 0.0]))


def _weights(lanes: list[NetworkLane]) -> np.ndarray:
    """Lanes that end at a light come three times as often: there, drivers brake."""
    weights = np.array(
        [3.0 if lane.stop_line is not None and lane.stop_line.sign == "light" else 1.0 for lane in lanes]
    )
    return np.asarray(weights / weights.sum())


def _speed(lane: NetworkLane, closing: float, kind: str, rng: np.random.Generator) -> float:
    fastest = min(1.04 * lane.speed_limit, _FASTEST)
    slowest = max(closing + 0.8, 7.0)
    if slowest > fastest:
        raise NoCourseError(f"nobody drives {slowest:.1f} m/s there")
    return float(rng.uniform(slowest, fastest))


def _where(
    scene: Scene,
    way: Way,
    lane: NetworkLane,
    specs: tuple[ActorSpec, ActorSpec],
    chase: Chase,
    rng: np.random.Generator,
) -> tuple[float, str | None]:
    """Where the first begins to brake, and the light it brakes for."""
    stops_in = chase.speed**2 / (2.0 * chase.leader)
    light = light_at_end(way, lane, scene)
    begins = way.start_of(lane.index)
    if light is not None and rng.random() < 0.8:
        return light[0] - 0.9 - front_end(specs[1].blueprint) - stops_in, light[1]
    last = begins + lane.length - stops_in - 12.0
    first = begins + 2.0
    if last < first:
        raise NoCourseError("the lane is too short to brake on it")
    return float(rng.uniform(first, last)), None
