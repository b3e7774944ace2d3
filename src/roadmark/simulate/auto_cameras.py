"""Automatic surveillance cameras: places that an operator would choose and from which an incident is seen.

Poles beside the road and signal masts are the candidates. Rays through the grown town and the other actors tell how
much of the incident each would see; the best are confirmed pixel by pixel, and the best of these are taken.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from roadmark.errors import InputError
from roadmark.geometry import FloatArray, PinholeCamera, Pose, camera_pose_from_body, rotation_from_rpy
from roadmark.maps import RoadMap
from roadmark.scenario import Scenario
from roadmark.simulate.cameras import ALL_SENSORS, CameraSetup
from roadmark.simulate.sight import SeenActor, town_sight
from roadmark.simulate.view_options import NoViewError, PlacedCamera, ViewOptions
from roadmark.simulate.view_search import Search, Views, search_views
from roadmark.twins import Surroundings

WHOLE = 0.98
"""Share of a silhouette that must lie inside the picture."""
CONFIRMED = 40
"""Views per camera, at most, that are measured pixel by pixel."""
LEAST_APART = 0.6
"""Share of the angle between cameras that is good enough where there are too few such places."""
HD_HEIGHT = 1080.0


def place_cameras(
    scenario: Scenario,
    road_map: RoadMap,
    focus: FloatArray,
    focus_time: float,
    actor_ids: Sequence[int],
    count: int,
    rng: np.random.Generator,
    options: ViewOptions | None = None,
    surroundings: Surroundings | None = None,
) -> list[PlacedCamera]:
    """Place surveillance cameras that see an incident.

    Args:
        scenario: What happens.
        road_map: The recording's map; the same object for many scenarios saves growing its town again.
        focus: (3,) where the incident is, world metres.
        focus_time: When, seconds.
        actor_ids: Who must be seen.
        count: How many cameras, each looking from another direction.
        rng: Draws places and heights.
        options: Bounds; the town's seed must be the simulation's.
        surroundings: What stands around the map's roads, where that is given.

    Returns:
        The cameras, the best first.

    Raises:
        InputError: One of the actors is not there at that time.
        NoViewError: There are not so many places from which the incident is seen well; says what was in the way.
    """
    asked = options or ViewOptions()
    focus = np.asarray(focus, dtype=np.float64)
    town = town_sight(road_map, asked.seed, focus, surroundings)
    moment = min(max(float(focus_time), float(scenario.times[0])), float(scenario.times[-1]))
    times = _window(scenario, moment, asked)
    moments = town.moments(scenario, times, focus, actor_ids)
    missing = set(actor_ids) - set(moments[times.index(moment)].actors)
    if missing:
        raise InputError(f"no actor {min(missing)} at {moment:.2f} s that a camera could look at")
    search = Search(town, moments, times.index(moment), focus, tuple(actor_ids), asked)
    views = search_views(search, rng)
    chosen: list[PlacedCamera] = []
    measured: set[int] = set()
    for apart in (asked.apart, LEAST_APART * asked.apart):
        for index in np.argsort(-views.score, kind="stable").tolist():
            if len(chosen) == count or len(measured) == CONFIRMED * count:
                break
            if index in measured or not _looks_elsewhere(views, index, chosen, focus, apart):
                continue
            measured.add(index)
            placed = _confirmed(search, views, index, f"view_{len(chosen)}")
            if placed is not None:
                chosen.append(placed)
    if len(chosen) < count:
        left = views.left | {"measured": len(measured), "large and visible enough": len(chosen)}
        raise NoViewError(left)
    return chosen


def _window(scenario: Scenario, moment: float, options: ViewOptions) -> list[float]:
    """Seconds that are looked at, the moment itself among them."""
    begin, end = float(scenario.times[0]), float(scenario.times[-1])
    offsets = (-options.before, -0.5 * options.before, 0.0, 0.5 * options.after, options.after)
    return sorted({min(max(moment + offset, begin), end) for offset in offsets})


def _looks_elsewhere(views: Views, index: int, chosen: Sequence[PlacedCamera], focus: FloatArray, apart: float) -> bool:
    """Whether a view's direction is far enough from those of all cameras so far."""
    here = _azimuth(views.aims.eyes[index], focus)
    turns = [here - _azimuth(camera.setup.pose.translation, focus) for camera in chosen]
    return all(abs(math.remainder(turn, 360.0)) >= apart for turn in turns)


def _azimuth(eye: FloatArray, focus: FloatArray) -> float:
    return math.degrees(math.atan2(eye[1] - focus[1], eye[0] - focus[0]))


def _confirmed(search: Search, views: Views, index: int, name: str) -> PlacedCamera | None:
    """A view measured pixel by pixel; None where it does not hold what the rays promised."""
    options, aims = search.options, views.aims
    pitch, yaw, fov = (float(values[index]) for values in (aims.pitch, aims.yaw, aims.fov))
    camera = PinholeCamera.from_fov(options.width, options.height, math.radians(fov))
    body = Pose(rotation_from_rpy(np.radians([0.0, pitch, yaw])), aims.eyes[index], "world", "camera_body")
    pose = camera_pose_from_body(body)
    seen = search.town.seen_actors(camera, pose, search.moments[search.moment], search.actor_ids)
    if not all(_is_good(actor, options) for actor in seen):
        return None
    return PlacedCamera(
        setup=CameraSetup(name, camera, pose, ALL_SENSORS),
        score=float(views.score[index]),
        tries=views.left["places"],
        distance=float(np.linalg.norm(search.focus - pose.translation)),
        height=float(views.height[index]),
        pitch=pitch,
        fov=fov,
        actors=tuple(seen),
        window_visible=float(views.window_visible[index]),
        parts={part: float(values[index]) for part, values in views.parts.items()},
    )


def _is_good(actor: SeenActor, options: ViewOptions) -> bool:
    picture = options.width * options.height
    large = actor.pixels >= options.min_area * picture or actor.height >= options.tall * options.height
    tall_enough = actor.height >= options.min_height * options.height / HD_HEIGHT
    return large and tall_enough and actor.inside >= WHOLE and actor.visible >= options.min_visible
