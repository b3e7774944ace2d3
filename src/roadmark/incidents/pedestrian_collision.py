"""A pedestrian steps onto the road and the driver brakes too late, or a driver ignores someone on a crosswalk."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from roadmark.events import Event, Participant
from roadmark.incidents.crosswalks import cross_before, crosswalk_lanes
from roadmark.incidents.draws import (
    check_severity,
    closing_speed,
    draw_person,
    draw_vehicle,
    heart_times,
    severity_at,
    severity_of,
)
from roadmark.incidents.model import (
    Contact,
    IncidentOptions,
    IncidentPlan,
    MissingElementError,
    NoCourseError,
    Scene,
)
from roadmark.incidents.names import named, sentence
from roadmark.incidents.physics import Frames, boxes_overlap, plan_boxes, rates, sampled, thrown
from roadmark.incidents.registry import register
from roadmark.incidents.scripts import driven, meet, moving
from roadmark.incidents.stepping import (
    JAYWALKS,
    NO_JAYWALK,
    Encounter,
    Step,
    jaywalk_event,
    step_before,
    walkable_lanes,
)
from roadmark.traffic import ScriptedActor

_LONGEST_CONTACT = 1.3  # seconds; longer and the vehicle would drive over the person
_ROOM = 1.3  # metres between the stopped front and the middle of who lies before it
_ON_CROSSWALK = 0.4  # share of those who are hit on a crosswalk, where there are any


@register("pedestrian_collision", "a vehicle hits a pedestrian who steps onto the road or is on a crosswalk")
def plan(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    """Draw a street with a sidewalk or a crosswalk, a vehicle and someone who crosses before it."""
    specs = draw_vehicle(options, 0, rng), draw_person(options, 1, rng)
    speed = closing_speed(severity_of(options, rng), rng)
    late, strength = float(rng.uniform(0.0, 0.7)), float(rng.uniform(7.0, 8.2))
    encounter = Encounter(specs, speed, late, strength, heart_times(scene.clock, options, rng))
    kinds = (_crosses, _steps) if rng.random() < _ON_CROSSWALK else (_steps, _crosses)
    missing: MissingElementError | None = None
    for kind in kinds:
        try:
            return _carry_out(scene, options, kind(scene, options, encounter, rng))
        except MissingElementError as error:
            missing = missing if missing is not None and kind is _crosses else error
    assert missing is not None
    raise missing


def _steps(scene: Scene, options: IncidentOptions, encounter: Encounter, rng: np.random.Generator) -> Step:
    """Someone steps onto the road away from crosswalks."""
    lanes = walkable_lanes(scene, options, "pedestrian_collision")
    return step_before(scene, options, lanes[int(rng.integers(len(lanes)))], encounter, rng)


def _crosses(scene: Scene, options: IncidentOptions, encounter: Encounter, rng: np.random.Generator) -> Step:
    """Someone is on a crosswalk and may be there."""
    lanes = crosswalk_lanes(scene, options, "pedestrian_collision")
    return cross_before(scene, lanes[int(rng.integers(len(lanes)))], encounter, rng)


def _carry_out(scene: Scene, options: IncidentOptions, step: Step) -> IncidentPlan:
    specs = step.specs
    contact = meet(step.drive, step.walk, step.time, scene.clock)
    _check_front(step, contact)
    closing = step.drive.table.speed_at(contact)
    check_severity(closing, options)
    braking = step.drive.table.braked(contact + 0.05, step.strength).smoothed(0.2)
    step = replace(step, drive=replace(step.drive, table=braking))
    car = driven(specs[0], step.drive, scene.clock)
    before, after = _thrown(step, contact, scene)
    frames = before.then(after)
    touch = _contact(step, frames, len(before.poses), scene)
    moves = np.flatnonzero(np.maximum(car.actor.speed, np.hypot(*frames.velocity[:, :2].T)) > 0.05)
    person = ScriptedActor(moving(specs[1], frames))
    place = step.way.place(step.along)
    event = Event(
        "collision",
        contact,
        min((int(moves[-1]) + 1) / scene.clock.fps, scene.clock.duration),
        (Participant(0, "striking"), Participant(1, "pedestrian")),
        place,
        "pedestrian_collision",
        contact,
        "ignored a pedestrian on a crosswalk" if step.crosswalk else "stepped onto the road away from a crosswalk",
        sentence(_story(step)),
        {"relative_speed": closing},
    )
    events: tuple[Event, ...] = (event,)
    enters = step.enters
    walked = float(step.walk.table.at(contact) - step.walk.table.at(enters)) if enters < contact else 0.0
    if not step.crosswalk and NO_JAYWALK < walked < JAYWALKS:
        raise NoCourseError("neither clearly a jaywalk nor none")
    if not step.crosswalk and walked >= JAYWALKS:
        events = (jaywalk_event(1, specs[1], enters, contact, place), event)
    return IncidentPlan(
        "pedestrian_collision",
        (car, person),
        events,
        step.walk.poses(np.array([contact]))[0, :3],
        contact,
        (touch,),
        {
            "severity": severity_at(closing),
            "relative_speed": closing,
            "walked_on_road": walked,
            "crosswalk": step.crosswalk,
        },
    )


def _story(step: Step) -> str:
    vehicle, person = (named(spec) for spec in step.specs)
    if step.crosswalk:
        return f"{vehicle} does not stop at a crosswalk and hits {person} on it"
    return f"{person} steps onto the road and is hit by {vehicle}"


def _check_front(step: Step, contact: float) -> None:
    """The person must be before the vehicle's front.

    Raises:
        NoCourseError: It walks into the vehicle's side.
    """
    x, y, yaw = plan_boxes(step.drive, np.array([contact]))[0]
    px, py, _ = plan_boxes(step.walk, np.array([contact]))[0]
    half = step.specs[0].blueprint.half_extents
    ahead = (px - x) * np.cos(yaw) + (py - y) * np.sin(yaw)
    aside = (py - y) * np.cos(yaw) - (px - x) * np.sin(yaw)
    if ahead < half[0] or abs(aside) > half[1]:
        raise NoCourseError("the person would walk into the vehicle's side")


def _thrown(step: Step, contact: float, scene: Scene) -> tuple[Frames, Frames]:
    """The person's frames before and after the contact."""
    clock = scene.clock
    first = int(np.floor(contact * clock.fps + 1e-6)) + 1
    times = np.arange(first, clock.count) / clock.fps - contact
    instant = np.array([contact])
    push = rates(step.drive, instant - 0.01)[0, :2]
    own = rates(step.walk, instant - 0.01)[0, :2]
    car_stops = float(step.drive.table.places[-1] - step.drive.table.at(contact))
    pose = step.walk.poses(instant)[0]
    return sampled(step.walk, clock, 0, first), thrown(
        step.specs[1].blueprint, pose, own, push, car_stops + _ROOM, times
    )  # fmt: skip


def _contact(step: Step, frames: Frames, first: int, scene: Scene) -> Contact:
    """In which frames the vehicle touches the person.

    Raises:
        NoCourseError: It would drive over the person.
    """
    clock = scene.clock
    car = step.drive.poses(np.arange(first, clock.count) / clock.fps)
    touches = np.flatnonzero(
        boxes_overlap(step.specs[0].blueprint, car, step.specs[1].blueprint, frames.poses[first:])
    )  # fmt: skip
    if not len(touches) or touches[-1] > _LONGEST_CONTACT * clock.fps:
        raise NoCourseError("the vehicle would drive over the person")
    return Contact((0, 1), first + int(touches[0]), first + int(touches[-1]))
