"""Blocked junctions: standing inside a junction for longer than giving way takes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from roadmark.events.courses import BoolArray
from roadmark.events.model import Event
from roadmark.events.scene import Scene
from roadmark.events.stalled import detect_stalled
from roadmark.events.standing import standings, stuck_behind, wrecks
from roadmark.events.thresholds import BLOCKING


def detect_blocked_junctions(scene: Scene) -> list[Event]:
    """Junctions in which vehicles stand: one event per junction and time, who stood first comes first."""
    ground, courses = scene.ground, scene.courses
    if ground is None:
        return []
    events: list[Event] = []
    found = standings(scene, BLOCKING, ground.on_driving & ground.in_junction)
    causes = _causes(scene) if found else scene.intact
    for one in sorted(found, key=lambda standing: (standing.first, standing.row)):
        if stuck_behind(scene, one, causes):
            continue
        start, end = float(courses.times[one.first]), float(courses.times[one.last])
        junction = ground.streets.strips[int(ground.strip[one.row, one.first])].junction
        same = [k for k, event in enumerate(events) if event.place.junction == junction and event.end >= start]
        if same:
            known = events[same[0]]
            participants = (*known.participants, scene.person(one.row, "waiting"))
            events[same[0]] = replace(known, end=max(known.end, end), participants=participants)
            continue
        events.append(
            Event(
                category="blocked_junction",
                start=start,
                end=end,
                participants=(scene.person(one.row, "violator"),),
                place=replace(scene.place(one.row, one.first), junction=junction),
                caption=f"{scene.name(one.row).capitalize()} stands in a junction for {end - start:.0f} s.",
                measures={"duration": round(float(np.round(end - start, 3)), 3)},
            )
        )
    return events


def _causes(scene: Scene) -> BoolArray:
    """(A, F) whom a queue may reach back from into a junction without that being anyone's doing there."""
    courses = scene.courses
    causes = wrecks(scene)
    rows = {actor.id: row for row, actor in enumerate(courses.actors)}
    for event in detect_stalled(scene):
        within = (courses.times >= event.start) & (courses.times <= event.end)
        causes[rows[event.actor_ids[0]]] |= within
    return causes
