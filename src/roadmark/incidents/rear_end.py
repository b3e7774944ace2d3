"""A distracted driver brakes too late for the vehicle in front."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from roadmark.catalog import BodyStyle
from roadmark.events import Event, Participant
from roadmark.incidents.draws import (
    check_severity,
    closing_speed,
    draw_two,
    heart_times,
    severity_at,
    severity_of,
)
from roadmark.incidents.following import Chase, chase_to_contact, follow, light_at_end, open_lanes, way_along
from roadmark.incidents.junctions import check_options, need
from roadmark.incidents.model import Contact, IncidentOptions, IncidentPlan, NoCourseError, Scene
from roadmark.incidents.names import named, sentence
from roadmark.incidents.oncoming import bent
from roadmark.incidents.physics import Drive, Pedals, collide, eased, front_end
from roadmark.incidents.registry import register
from roadmark.incidents.scripts import Party, crashed, fallen, meet
from roadmark.incidents.ways import Way
from roadmark.traffic import ActorSpec, NetworkLane

_FASTEST = 15.0
_ASIDE, _DRIFTS = 0.4, 45.0  # metres to either side, and over which someone distracted gets there


@register("rear_end", "a vehicle runs into the back of the one in front")
def plan(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    """Draw a lane, two vehicles behind one another, and how late the second brakes."""
    specs = draw_two(options, rng)
    network = scene.network
    check_options(network, options)
    lanes = open_lanes(network, options)
    need(lanes, "rear_end", "a lane of 25 m between junctions", network, options)
    lane = lanes[int(rng.choice(len(lanes), p=_weights(lanes)))]
    way = way_along(network, lane, rng)
    closing = closing_speed(severity_of(options, rng), rng)
    chase = chase_to_contact(closing, speeds_on(lane, closing + 0.8), rng)
    brakes_at, red = where_to_brake(scene, way, lane, specs[1], chase, rng)
    times = heart_times(scene.clock, options, rng)
    striking, struck, time = follow(scene, way, specs, chase, brakes_at, times, red)
    striking = _drifting(striking, way, time, rng)
    contact = meet(striking, struck, time, scene.clock)
    cause = f"distracted, braked {chase.delay:.1f} s late"
    found = carry_out(scene, options, rng, way, specs, (striking, struck), contact, cause, red=red is not None)
    return replace(found, measures={**found.measures, "delay": chase.delay, "headway": chase.gap / chase.speed})


def carry_out(
    scene: Scene,
    options: IncidentOptions,
    rng: np.random.Generator,
    way: Way,
    specs: tuple[ActorSpec, ActorSpec],
    drives: tuple[Drive, Drive],
    contact: float,
    cause: str,
    *,
    red: bool = False,
) -> IncidentPlan:
    """The plan of a vehicle that runs into the back of another vehicle or of a cyclist.

    Args:
        scene: Where and when.
        options: What the user asks for.
        rng: What chance comes from.
        way: Of both.
        specs: Striking and struck.
        drives: Their courses until they meet.
        contact: Second at which they do.
        cause: Why.
        red: Whether the struck one brakes for a red light.
    """
    cyclist = specs[1].blueprint.style is BodyStyle.BICYCLE
    kind = "cyclist_collision" if cyclist else "rear_end"
    pedals = Pedals(0.85, 0.95, 0.3), Pedals(0.5, float(rng.uniform(0.5, 0.9)), 0.4)
    outcome = collide(*drives, contact, scene.clock, pedals)
    check_severity(outcome.closing, options)
    outcome = fallen(outcome, drives, contact, scene.clock)
    parties = Party(specs[0], drives[0]), Party(specs[1], drives[1])
    event = Event(
        "collision",
        contact,
        outcome.at_rest,
        (Participant(0, "striking"), Participant(1, "cyclist" if cyclist else "struck")),
        way.place(float(drives[1].table.at(contact))),
        kind,
        contact,
        cause,
        sentence(_story(kind, specs, "for a red light" if red else "hard")),
        {"relative_speed": outcome.closing},
    )
    return IncidentPlan(
        kind,
        crashed(parties, outcome, scene.clock),
        (event,),
        _front(drives[0], contact),
        contact,
        (Contact((0, 1), *outcome.contact),),
        {
            "severity": severity_at(outcome.closing),
            "relative_speed": outcome.closing,
            "speed_changes": list(outcome.change),
        },
    )


def _story(kind: str, specs: tuple[ActorSpec, ActorSpec], reason: str) -> str:
    if kind == "rear_end":
        return f"{named(specs[1])} brakes {reason} and {named(specs[0])} runs into its back"
    return f"{named(specs[0])} hits {named(specs[1])} from behind"


def _drifting(drive: Drive, way: Way, time: float, rng: np.random.Generator) -> Drive:
    """The course of someone who does not look and gets a little to the side of the lane's middle until a time."""
    at = float(drive.table.at(time))
    aside = float(rng.uniform(-_ASIDE, _ASIDE)) * eased(way.route.path.distances, at - _DRIFTS, at - 4.0)
    return replace(drive, rail=bent(way, aside).rail)


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


def speeds_on(lane: NetworkLane, slowest: float) -> tuple[float, float]:
    """m/s that drivers choose on a lane, from and to.

    Raises:
        NoCourseError: Nobody drives as fast as the slowest asked for.
    """
    fastest = min(1.04 * lane.speed_limit, _FASTEST)
    slowest = max(slowest, 7.0)
    if slowest > fastest:
        raise NoCourseError(f"nobody drives {slowest:.1f} m/s there")
    return slowest, fastest


def where_to_brake(
    scene: Scene,
    way: Way,
    lane: NetworkLane,
    leader: ActorSpec,
    chase: Chase,
    rng: np.random.Generator,
) -> tuple[float, str | None]:
    """Where the first begins to brake, and the light it brakes for."""
    stops_in = chase.speed**2 / (2.0 * chase.leader)
    light = light_at_end(way, lane, scene)
    begins = way.start_of(lane.index)
    if light is not None and rng.random() < 0.8:
        return light[0] - 0.9 - front_end(leader.blueprint) - stops_in, light[1]
    last = begins + lane.length - stops_in - 12.0
    first = begins + 2.0
    if last < first:
        raise NoCourseError("the lane is too short to brake on it")
    return float(rng.uniform(first, last)), None
