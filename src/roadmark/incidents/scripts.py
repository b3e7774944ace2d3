"""Courses become scripted actors, checked against the limits of what tyres can do."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from roadmark.incidents.model import NoCourseError
from roadmark.incidents.physics import (
    Course,
    Drive,
    Frames,
    Outcome,
    boxes_overlap,
    first_contact,
    gaps,
    rates,
    sampled,
    toppled,
)
from roadmark.incidents.ways import Way
from roadmark.traffic import (
    HAZARD,
    INCIDENT_BRAKING,
    INCIDENT_LATERAL,
    LEFT,
    RIGHT,
    ActorSpec,
    Clock,
    MovingActor,
    ScriptedActor,
)

_LONGEST_CONTACT = 1.5  # seconds; longer and a vehicle would drive over whom it hit
_FASTEST_SPIN = 6.0  # rad/s; cars turn by less after all but freak crashes


def moving(spec: ActorSpec, frames: Frames, start: int = 0, blinkers: NDArray[np.int8] | None = None) -> MovingActor:
    """The actor of a course."""
    poses = frames.poses
    return MovingActor(
        spec,
        np.ascontiguousarray(poses[:, :3]),
        np.ascontiguousarray(poses[:, 3:]),
        frames.velocity,
        frames.yaw_rate,
        start,
        blinkers,
    )


def driven(
    spec: ActorSpec,
    drive: Drive,
    clock: Clock,
    *,
    until: float | None = None,
    way: Way | None = None,
    blinkers: NDArray[np.int8] | None = None,
) -> ScriptedActor:
    """An actor on a rail; with `until` it joins traffic from that second on.

    Raises:
        NoCourseError: Its course asks more of the tyres than they give, or its rail ends too soon.
    """
    last = clock.count if until is None else min(clock.frame_at(until) + 1, clock.count)
    frames = sampled(drive, clock, 0, last)
    check_forces(frames, clock)
    _check_rail(drive, (last - 1) / clock.fps)
    if blinkers is None and way is not None:
        blinkers = turn_signals(way, drive, clock, last)
    return ScriptedActor(moving(spec, frames, 0, None if blinkers is None else blinkers[:last]), until is not None)


@dataclass(frozen=True)
class Party:
    """One of two who meet: who, and how until then."""

    spec: ActorSpec
    course: Course
    blinkers: NDArray[np.int8] | None = None


def crashed(parties: tuple[Party, Party], outcome: Outcome, clock: Clock) -> tuple[ScriptedActor, ScriptedActor]:
    """Two actors that meet: their drives, then what the crash makes of them.

    Raises:
        NoCourseError: A course asks more of the tyres than they give before the contact, or one spins after it.
    """
    _check_before(parties, outcome, clock)
    if max(float(np.abs(after.yaw_rate).max()) for after in outcome.frames) > _FASTEST_SPIN:
        raise NoCourseError("one would spin like a top")
    made = []
    for party, after in zip(parties, outcome.frames, strict=True):
        before = sampled(party.course, clock, 0, outcome.first_frame)
        check_forces(before, clock)
        if isinstance(party.course, Drive):
            _check_rail(party.course, outcome.first_frame / clock.fps)
        made.append(ScriptedActor(moving(party.spec, before.then(after), 0, party.blinkers)))
    return made[0], made[1]


def _check_before(parties: tuple[Party, Party], outcome: Outcome, clock: Clock) -> None:
    """The boxes in space must not overlap in the last frame before their shadows on the road do.

    Raises:
        NoCourseError: They do, as slopes tilt them.
    """
    last = outcome.first_frame - 1
    poses = [sampled(party.course, clock, last, last + 1).poses for party in parties]
    if boxes_overlap(parties[0].spec.blueprint, poses[0], parties[1].spec.blueprint, poses[1]).any():
        raise NoCourseError("tilted by a slope, they touch a frame too early")


def fallen(outcome: Outcome, drives: tuple[Drive, Drive], contact: float, clock: Clock) -> Outcome:
    """The outcome of a crash in which two-wheelers topple away from what they meet; others stay as they are.

    Raises:
        NoCourseError: They hardly touch, or one would drive over the other.
    """
    bodies = drives[0].blueprint, drives[1].blueprint
    if not any(body.is_two_wheeler for body in bodies):
        return outcome
    count = len(outcome.frames[0].poses)
    times = (outcome.first_frame + np.arange(count)) / clock.fps - contact
    before = np.array([contact - 0.01])
    after = list(outcome.frames)
    for row, body in enumerate(bodies):
        if body.is_two_wheeler:
            push = rates(drives[1 - row], before)[0, :2]
            after[row] = toppled(body, after[row], push, times)
    touches = np.flatnonzero(boxes_overlap(bodies[0], after[0].poses, bodies[1], after[1].poses))
    if not len(touches):
        raise NoCourseError("they hardly touch")
    if touches[-1] > _LONGEST_CONTACT * clock.fps:
        raise NoCourseError("one would drive over the other")
    span = (outcome.first_frame + int(touches[0]), outcome.first_frame + int(touches[-1]))
    return replace(outcome, frames=(after[0], after[1]), contact=span)


def check_forces(frames: Frames, clock: Clock) -> None:
    """Central differences of a course's positions must be what tyres can do.

    Raises:
        NoCourseError: They are not.
    """
    place = frames.poses[:, :2]
    if len(place) < 3:
        return
    change = (place[2:] - 2.0 * place[1:-1] + place[:-2]) * clock.fps**2
    yaw = frames.poses[1:-1, 5]
    along = change[:, 0] * np.cos(yaw) + change[:, 1] * np.sin(yaw)
    across = change[:, 1] * np.cos(yaw) - change[:, 0] * np.sin(yaw)
    if np.abs(along).max() > INCIDENT_BRAKING or np.abs(across).max() > INCIDENT_LATERAL:
        raise NoCourseError(f"needs {np.abs(along).max():.1f} m/s2 along and {np.abs(across).max():.1f} across")


def _check_rail(drive: Drive, until: float) -> None:
    if float(drive.table.at(until)) > drive.rail.length or float(drive.table.places[0]) < 0.0:
        raise NoCourseError("the way is too short for the course")


def meet(a: Course, b: Course, around: float, clock: Clock) -> float:
    """The second at which two courses first touch, near a time.

    Raises:
        NoCourseError: They do not, or they do at another time.
    """
    window = 1.5
    contact = first_contact(a, b, max(around - window, 0.0), min(around + window, clock.duration))
    if contact is None or abs(contact - around) > 0.25:
        raise NoCourseError("the courses do not meet as planned")
    early = np.arange(0.0, contact - 0.02, 0.1)
    if len(early) and gaps(a, b, early).min() <= 0.0:
        raise NoCourseError("the courses touch before they should")
    return contact


def turn_signals(way: Way, drive: Drive, clock: Clock, count: int) -> NDArray[np.int8]:
    """(count,) blinkers before and in turns at junctions."""
    out = np.zeros(count, np.int8)
    places = drive.table.at(np.arange(count) / clock.fps)
    for start, index in zip(way.route.starts.tolist(), way.route.lanes, strict=True):
        lane = way.network.lanes[index]
        side = {"left": LEFT, "u_turn": LEFT, "right": RIGHT}.get(lane.turn)
        if side is not None:
            out[(places > start - 30.0) & (places < start + lane.length - 2.0)] = side
    return out


def hazards(count: int, start: int) -> NDArray[np.int8]:
    """(count,) hazard lights from a frame on."""
    out = np.zeros(count, np.int8)
    out[start:] = HAZARD
    return out
