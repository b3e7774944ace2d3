"""A pedestrian crosses the road away from crosswalks."""

from __future__ import annotations

import numpy as np

from roadmark.incidents.draws import draw_person, heart_times
from roadmark.incidents.model import IncidentOptions, IncidentPlan, NoCourseError, Scene
from roadmark.incidents.physics import sampled
from roadmark.incidents.registry import register
from roadmark.incidents.scripts import moving
from roadmark.incidents.stepping import draw_line, draw_section, jaywalk_event, road_times, walkable_lanes
from roadmark.incidents.walks import walk
from roadmark.incidents.ways import Way
from roadmark.traffic import ScriptedActor

_PACE = (1.1, 1.9)  # m/s


@register("jaywalk", "a pedestrian crosses the road away from crosswalks")
def plan(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    """Draw a street with sidewalks on both sides and someone who crosses it."""
    clock = scene.clock
    lanes = walkable_lanes(scene, options, "jaywalk", sides=2)
    lane = lanes[int(rng.integers(len(lanes)))]
    spec = draw_person(options, 0, rng)
    section, along = draw_section(scene.network, lane, rng, sides=2)
    line = draw_line(section, rng)
    pace = float(rng.uniform(*_PACE))
    middle = 0.5 * (line.kerbs[0] + line.kerbs[1])
    for time in heart_times(clock, options, rng):
        course = walk(spec.blueprint, line, pace, middle, float(time), clock.duration)
        start, end = road_times(course, line, section)
        if 0.5 < start < end < clock.duration - 0.5:
            break
    else:
        raise NoCourseError("the person needs longer to cross than there is before and after the middle of the road")
    actor = ScriptedActor(moving(spec, sampled(course, clock, 0, clock.count)))
    place = Way.through(scene.network, [lane.index]).place(along)
    event = jaywalk_event(0, spec, start, end, place)
    focus = course.poses(np.array([time]))[0, :3]
    return IncidentPlan("jaywalk", (actor,), (event,), focus, float(time), measures={"pace": pace})
