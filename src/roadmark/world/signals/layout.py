"""Where posts, mast arms, heads and plates go for the signals of a map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roadmark.maps import RoadMap, Signal
from roadmark.world.signals.faces import Face
from roadmark.world.signals.lamps import GREEN_EMITTER, RED_EMITTER, YELLOW_EMITTER
from roadmark.world.signals.sign_kinds import object_face, signal_face

Doubles = NDArray[np.float64]

_DRIVABLE = frozenset(
    {"driving", "parking", "biking", "bus", "taxi", "HOV", "entry", "exit", "onRamp", "offRamp", "connectingRamp",
     "bidirectional", "stop"}
)  # fmt: skip
_LIGHT_CLEARANCE = 0.3  # metres between a post's axis and any drivable lane: half a head's width
_SIGN_CLEARANCE = 0.5
_FAR_SIDE = 6.0  # a signal this far beyond the lanes it governs stands across the junction
_POST_HEAD_BOTTOM = 2.7
_ARM_HEAD_BOTTOM = 5.4
_SIGN_BOTTOM = 2.2
_LEAST_OWN_HEIGHT = 1.5  # lower zOffsets are the foot of the post, not the head (CARLA's towns: -0.7)
_LONGEST_ARM = 8.5
_PEDESTRIAN_TYPES = frozenset({"1000002", "1000007"})


@dataclass(frozen=True, eq=False)
class LightPlan:
    """How one traffic light stands.

    Attributes:
        signal: The map's signal.
        base: (3,) foot of the post, world metres.
        yaw: Heading of the face's outward normal, radians.
        size: Width and height of a head, metres.
        emitters: Lenses from top to bottom.
        post_bottom: Height of the lower edge of the post's own head over the foot, or None.
        arm: Signed length of the mast arm in metres, positive to the driver's left; 0 for none.
        arm_bottom: Height of the lower edge of the heads on the arm over the foot.
    """

    signal: Signal
    base: Doubles
    yaw: float
    size: tuple[float, float]
    emitters: tuple[int, ...]
    post_bottom: float | None
    arm: float
    arm_bottom: float


@dataclass(frozen=True, eq=False)
class SignPlan:
    """How one sign stands: foot (3,), heading of its face, what it shows, height of its lower edge over the foot."""

    base: Doubles
    yaw: float
    face: Face
    bottom: float


def plan_lights(road_map: RoadMap) -> list[LightPlan]:
    """Plan all traffic lights of a map that have a body.

    A dynamic signal without a size in the middle of a drivable lane is a rule, not a thing, and is left out.
    """
    lights = [signal for signal in road_map.signals if signal.dynamic]
    places = np.array([signal.pose.translation for signal in lights]).reshape(-1, 3)
    on_lane = _on_drivable(road_map, places)
    kept = [
        (signal, place)
        for signal, place, blocked in zip(lights, places, on_lane, strict=True)
        if not (blocked and signal.width == 0.0 and signal.height == 0.0)
    ]
    bases = _standing_places(road_map, np.array([place for _, place in kept]).reshape(-1, 3), _LIGHT_CLEARANCE)
    return [_plan_light(road_map, signal, base) for (signal, _), base in zip(kept, bases, strict=True)]


def _plan_light(road_map: RoadMap, signal: Signal, base: Doubles) -> LightPlan:
    normal = signal.pose.rotation[:, 0]
    yaw = float(np.arctan2(normal[1], normal[0]))
    own = signal.z_offset >= _LEAST_OWN_HEIGHT
    bottom = float(signal.pose.translation[2] - base[2]) if own else _POST_HEAD_BOTTOM
    if signal.type in _PEDESTRIAN_TYPES:
        return LightPlan(
            signal,
            base,
            yaw,
            _head_size(signal, 0.32, 0.62),
            (RED_EMITTER, GREEN_EMITTER),
            bottom if own else 2.1,
            0.0,
            0.0,
        )
    emitters = (RED_EMITTER, YELLOW_EMITTER, GREEN_EMITTER)
    size = _head_size(signal, 0.52, 1.16)
    ahead, left = _governed_place(road_map, signal, base, yaw)
    high = own and bottom >= 4.5
    if not high and ahead > -_FAR_SIDE:
        return LightPlan(signal, base, yaw, size, emitters, bottom, 0.0, 0.0)
    side = 1.0 if left >= 0.0 else -1.0
    arm = side * min(max(abs(left), 3.0), _LONGEST_ARM)
    return LightPlan(
        signal,
        base,
        yaw,
        size,
        emitters,
        None if high else _POST_HEAD_BOTTOM,
        arm,
        max(bottom, 4.5) if high else _ARM_HEAD_BOTTOM,
    )


def _head_size(signal: Signal, width: float, height: float) -> tuple[float, float]:
    if 0.2 <= signal.width <= 1.5 and 0.4 <= signal.height <= 3.0 and signal.height > signal.width:
        return round(signal.width, 2), round(signal.height, 2)
    return width, height


def _governed_place(road_map: RoadMap, signal: Signal, base: Doubles, yaw: float) -> tuple[float, float]:
    """Mean position of the entries of the governed lanes as their driver sees it: metres ahead and left of the post."""
    lanes = road_map.governed_lanes(signal)
    if not lanes:
        return 0.0, 0.0
    offset = np.mean([lane.point[:2] for lane in lanes], axis=0) - base[:2]
    ahead = np.array([-np.cos(yaw), -np.sin(yaw)])
    return float(offset @ ahead), float(ahead[0] * offset[1] - ahead[1] * offset[0])


def plan_signs(road_map: RoadMap) -> list[SignPlan]:
    """Plan all static signs: those among the signals, and objects that are signs by name."""
    things: list[tuple[Doubles, Doubles, Face, float]] = []
    for signal in road_map.signals:
        if not signal.dynamic:
            place = signal.pose.translation
            things.append((place, signal.pose.rotation[:, 0], signal_face(signal), signal.z_offset))
    for thing in road_map.objects:
        face = object_face(thing)
        if face is not None:
            # RoadRunner turns an object's x along the traffic it is for.
            things.append((thing.pose.translation, -thing.pose.rotation[:, 0], face, 0.0))
    bases = _standing_places(road_map, np.array([thing[0] for thing in things]).reshape(-1, 3), _SIGN_CLEARANCE)
    plans = []
    for (place, normal, face, offset), base in zip(things, bases, strict=True):
        bottom = float(place[2] - base[2]) if offset >= _LEAST_OWN_HEIGHT else _SIGN_BOTTOM
        plans.append(SignPlan(base, float(np.arctan2(normal[1], normal[0])), face, bottom))
    return plans


def bare_posts(road_map: RoadMap, taken: Doubles) -> list[tuple[Doubles, float]]:
    """Posts the map has as objects of their own (foot, height), where no sign planned at `taken` (K, 3) has one."""
    found = []
    for post in road_map.objects:
        if not (post.name.lower().startswith("signpost") or post.type.lower() == "pole"):
            continue
        place = post.pose.translation
        near = np.linalg.norm(taken[:, :2] - place[:2], axis=1) if len(taken) else np.array([np.inf])
        if near.min() > 0.6:
            found.append((place, post.height if 1.0 <= post.height <= 12.0 else 3.0))
    return found


def _on_drivable(road_map: RoadMap, places: Doubles) -> NDArray[np.bool_]:
    strips = road_map.strips()
    index = road_map.locate(places).strip_index
    return np.array([k >= 0 and strips[k].type in _DRIVABLE for k in index], dtype=bool)


def _standing_places(road_map: RoadMap, places: Doubles, clearance: float) -> Doubles:
    """Nearest spots (K, 3) to the places (K, 3) that keep clear of drivable lanes, at the ground's height."""
    if not len(places):
        return places
    spots = places.copy()
    angles = np.arange(16) * (np.pi / 8.0)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    todo = np.flatnonzero(~_is_clear(road_map, places[:, :2], places[:, 2], clearance))
    for radius in np.arange(0.25, 10.0, 0.25):
        if not len(todo):
            break
        candidates = places[todo, None, :2] + circle * radius
        clear = _is_clear(road_map, candidates.reshape(-1, 2), places[todo, 2].repeat(16), clearance).reshape(-1, 16)
        done = clear.any(axis=1)
        spots[todo[done], :2] = candidates[done, clear[done].argmax(axis=1)]
        todo = todo[~done]
    heights = road_map.elevation(spots[:, :2])
    located = road_map.locate(spots).z
    spots[:, 2] = np.where(np.isnan(located), heights, located)
    return spots


def _is_clear(road_map: RoadMap, points: Doubles, heights: Doubles, clearance: float) -> NDArray[np.bool_]:
    angles = np.arange(8) * (np.pi / 4.0)
    around = np.concatenate([[[0.0, 0.0]], np.stack([np.cos(angles), np.sin(angles)], axis=1) * clearance])
    probes = points[:, None, :] + around
    z = np.repeat(heights[:, None, None], len(around), axis=1)
    flat = np.concatenate([probes, z], axis=2).reshape(-1, 3)
    return np.asarray(~_on_drivable(road_map, flat).reshape(len(points), -1).any(axis=1))
