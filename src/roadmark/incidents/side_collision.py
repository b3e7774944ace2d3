"""Two vehicles meet at about a right angle in a junction: one ran a red light, turned across, or did not give way."""

from __future__ import annotations

import numpy as np

from roadmark.events import Event, Participant
from roadmark.geometry import FloatArray
from roadmark.incidents.crossings import Fault, Meeting, Wishes, arrange, draw_place, red_light_event
from roadmark.incidents.draws import (
    check_severity,
    closing_speed,
    draw_two,
    heart_times,
    severity_at,
    severity_of,
)
from roadmark.incidents.junctions import check_options, junction_lanes, need
from roadmark.incidents.model import Contact, IncidentOptions, IncidentPlan, NoCourseError, Scene
from roadmark.incidents.names import named, sentence
from roadmark.incidents.physics import Pedals, collide, front_end, plan_boxes
from roadmark.incidents.registry import register
from roadmark.incidents.scripts import Party, crashed, fallen, meet, turn_signals
from roadmark.traffic import ActorSpec

_LATE = (0.2, 0.6)  # seconds before the contact at which the striking driver brakes, if at all
_HIT_RIDER = (0.38, 0.6)  # the same of two-wheelers: hit near an end they would only spin
_FLAT = 0.66  # cosine of the angle between them: more is a rear-end or a head-on collision
_HIT = (0.12, 0.8)  # share of the struck vehicle's length, from its front, at which it is hit


@register("side_collision", "a vehicle hits another in its side at a junction")
def plan(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    """Draw a junction, two crossing lanes, and who is in the wrong."""
    specs = draw_two(options, rng)
    return crossing_collision(scene, options, rng, "side_collision", specs, (4.0, 8.5))


def crossing_collision(
    scene: Scene,
    options: IncidentOptions,
    rng: np.random.Generator,
    kind: str,
    specs: tuple[ActorSpec, ActorSpec],
    struck_speeds: tuple[float, float],
) -> IncidentPlan:
    """The first drives into the side of the second where their lanes cross.

    Args:
        scene: Where and when.
        options: What the user asks for.
        rng: What chance comes from.
        kind: Sub-category of the collision.
        specs: Striking and struck.
        struck_speeds: m/s of the struck, from and to.

    Raises:
        MissingElementError: No lanes cross where the user wants it.
        NoCourseError: This draw does not work out.
    """
    check_options(scene.network, options)
    lanes = [
        lane
        for lane in junction_lanes(scene.network, options)
        if lane.predecessors and any(conflict.crossing for conflict in lane.conflicts)
    ]
    need(lanes, kind, "a junction where lanes cross", scene.network, options)
    closing = closing_speed(severity_of(options, rng), rng)
    slow = min(float(rng.uniform(*struck_speeds)), 0.75 * closing)
    fast = float(np.sqrt(closing**2 - slow**2))
    late = float(rng.uniform(*_LATE)) if rng.random() < 0.6 else 0.0
    hit = _HIT_RIDER if specs[1].blueprint.is_two_wheeler else _HIT
    wishes = Wishes((fast, slow), float(rng.uniform(*hit)), late, float(rng.uniform(5.0, 8.0)))
    place = draw_place(scene, lanes, rng)
    meeting = arrange(scene, place, specs, wishes, heart_times(scene.clock, options, rng), rng)
    return _carry_out(scene, options, rng, kind, meeting)


def _carry_out(
    scene: Scene, options: IncidentOptions, rng: np.random.Generator, kind: str, meeting: Meeting
) -> IncidentPlan:
    drives, specs, clock = meeting.drives, meeting.specs, scene.clock
    contact = meet(drives[0], drives[1], meeting.time, clock)
    pedals = Pedals(later=float(rng.uniform(0.7, 1.0))), Pedals(0.1, float(rng.uniform(0.5, 1.0)), 0.5)
    outcome = collide(drives[0], drives[1], contact, clock, pedals)
    check_severity(outcome.closing, options)
    side = _struck_side(meeting, contact)
    outcome = fallen(outcome, drives, contact, clock)
    parties = [
        Party(spec, drive, turn_signals(way, drive, clock, clock.count))
        for spec, drive, way in zip(specs, drives, meeting.place.ways, strict=True)
    ]
    actors = crashed((parties[0], parties[1]), outcome, clock)
    where = f" in its {side} side" if kind == "side_collision" else ""
    event = Event(
        "collision",
        contact,
        outcome.at_rest,
        (Participant(0, "striking"), Participant(1, "struck" if kind == "side_collision" else "cyclist")),
        meeting.place.ways[0].place(meeting.place.at[0]),
        kind,
        contact,
        _cause(meeting.fault),
        sentence(_story(meeting, where)),
        {"relative_speed": outcome.closing},
    )
    events: tuple[Event, ...] = (event,)
    if meeting.fault.kind == "red_light":
        events = (red_light_event(meeting, scene, contact), event)
    return IncidentPlan(
        kind,
        actors,
        events,
        contact_point(meeting, contact),
        contact,
        (Contact((0, 1), *outcome.contact),),
        {
            "severity": severity_at(outcome.closing),
            "relative_speed": outcome.closing,
            "speed_changes": list(outcome.change),
            "fault": meeting.fault.kind,
        },
    )


def contact_point(meeting: Meeting, contact: float) -> FloatArray:
    """(3,) the middle of the striking vehicle's front at the contact."""
    pose = meeting.drives[0].poses(np.array([contact]))[0]
    reach = front_end(meeting.specs[0].blueprint)
    return np.asarray(pose[:3] + reach * np.array([np.cos(pose[5]), np.sin(pose[5]), 0.0]))


def _struck_side(meeting: Meeting, contact: float) -> str:
    """Which side of the second the first's front is at.

    Raises:
        NoCourseError: It is at its front or rear.
    """
    point = contact_point(meeting, contact)[:2]
    x, y, yaw = plan_boxes(meeting.drives[1], np.array([contact]))[0]
    ahead = (point[0] - x) * np.cos(yaw) + (point[1] - y) * np.sin(yaw)
    aside = (point[1] - y) * np.cos(yaw) - (point[0] - x) * np.sin(yaw)
    half = meeting.specs[1].blueprint.half_extents
    striking = plan_boxes(meeting.drives[0], np.array([contact]))[0, 2]
    if abs(np.cos(striking - yaw)) > _FLAT:
        raise NoCourseError("they meet at a flat angle")
    if abs(ahead) > half[0] + 0.3 or abs(aside) < 0.5 * half[1]:
        raise NoCourseError("the struck vehicle is not hit in its side")
    return "left" if aside > 0.0 else "right"


def _cause(fault: Fault) -> str:
    return {
        "red_light": "ran a red light",
        "turn": "turned across oncoming traffic",
        "give_way": "did not give way",
    }[fault.kind]


def _story(meeting: Meeting, where: str) -> str:
    one, other = named(meeting.specs[0]), named(meeting.specs[1])
    fault = meeting.fault
    if fault.side == 0:
        does = {
            "red_light": "runs a red light and hits",
            "turn": "turns left without giving way and hits",
            "give_way": "does not give way and hits",
        }[fault.kind]
        return f"{one} {does} {other}{where}"
    does = {
        "red_light": "runs a red light",
        "turn": "turns left without giving way",
        "give_way": "does not give way",
    }[fault.kind]
    return f"{other} {does} and is hit{where} by {one}"
