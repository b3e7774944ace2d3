"""Traffic lights and signs of a map as meshes: still parts in one mesh, heads as movable instances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from roadmark.catalog import SemanticClass
from roadmark.maps import RoadMap, nearest_places
from roadmark.render import Material, Mesh
from roadmark.world.shape import Shape, merge, place
from roadmark.world.signals.faces import face_shape
from roadmark.world.signals.lamps import head_mesh
from roadmark.world.signals.layout import LightPlan, SignPlan, bare_posts, plan_lights, plan_signs
from roadmark.world.solids import Look, box, tube

Doubles = NDArray[np.float64]

SIGNAL_EMISSION: Mapping[int, int] = {0: 1, 1: 2, 2: 4, 3: 0, 4: 0}
"""Emission mask of a head by CARLA's traffic-light state: red, yellow, green, off, unknown."""

_POST = Look(Material.METAL, SemanticClass.POLE, (66, 72, 70))
_SIGN_POST = Look(Material.METAL, SemanticClass.POLE, (138, 141, 143))
_FOOT = Look(Material.CONCRETE, SemanticClass.POLE, (128, 126, 121))
_GROUND_DEPTH = 0.25  # posts go on below the ground, which is not known to the centimetre


@dataclass(frozen=True, eq=False)
class SignalHead:
    """One lamp box.

    Attributes:
        signal_id: The map's signal; a signal may have several heads.
        mesh: Shared by all heads of a size.
        transform: (3, 4) world_from_mesh.
    """

    signal_id: str
    mesh: Mesh
    transform: Doubles


@dataclass(frozen=True, eq=False)
class SignalModels:
    """Everything that signals add to the world.

    Attributes:
        static: Posts, arms and signs.
        dynamic: Lamp heads; `SIGNAL_EMISSION` gives the mask of a state.
        places: World position (3,) of each light as the map has it, by signal id.
        footprints: (K, 3) feet of all posts, for scenery to keep clear of.
    """

    static: Mesh
    dynamic: tuple[SignalHead, ...]
    places: Mapping[str, Doubles]
    footprints: Doubles

    def heads_of(self, signal_id: str) -> tuple[SignalHead, ...]:
        """All heads of a signal."""
        return tuple(head for head in self.dynamic if head.signal_id == signal_id)


def signal_models(road_map: RoadMap) -> SignalModels:
    """Build the traffic lights and signs of a map.

    Posts stand off drivable lanes (moved to the nearest clear spot where the map has them on one); heads look at the
    traffic they govern, at the map's own height where it gives one, and hang from a mast arm where the signal stands
    beyond the junction.
    """
    lights, signs = plan_lights(road_map), plan_signs(road_map)
    shapes: list[Shape] = []
    heads: list[SignalHead] = []
    for light in lights:
        shapes.append(_light_shape(light))
        heads += _light_heads(light)
    shapes += _sign_shapes(signs)
    feet = np.array([light.base for light in lights] + [sign.base for sign in signs]).reshape(-1, 3)
    for foot, height in bare_posts(road_map, feet):
        shapes.append(place(_sign_post(height), [foot]))
        feet = np.concatenate([feet, [foot]])
    places = {light.signal.id: light.signal.pose.translation for light in lights}
    return SignalModels(merge(shapes).mesh(), tuple(heads), places, feet)


def bind_signals(models: SignalModels, positions: Mapping[int, ArrayLike]) -> dict[int, tuple[SignalHead, ...]]:
    """Match recorded traffic-light actors to the map's signals, see `roadmark.maps.nearest_places`.

    Args:
        models: The models of the map the recording was made on.
        positions: World position (3,) or (2,) of each light actor, by actor id.

    Returns:
        The heads of each actor that has a signal.
    """
    bound = nearest_places(positions, models.places)
    return {actor: models.heads_of(signal) for actor, signal in bound.items()}


def _light_shape(light: LightPlan) -> Shape:
    """Post, foot and arm of a light, placed."""
    height = light.size[1]
    if light.arm:
        level = light.arm_bottom + 0.5 * height
        post = tube([[0, 0, -_GROUND_DEPTH], [0, 0, level + 0.35]], [0.125, 0.095], _POST, sides=12)
        end = -light.arm  # the viewer's right is +y, so the driver's left is -y
        bow = [[0.0, 0.0, level], [0.0, 0.35 * end, level + 0.12], [0.0, end, level + 0.18]]
        parts = [post, tube(bow, [0.075, 0.062, 0.045], _POST, sides=10)]
        parts += [_bracket(offset, level, light) for offset in _arm_offsets(light)]
    else:
        top = (light.post_bottom or 0.0) + height
        parts = [tube([[0, 0, -_GROUND_DEPTH], [0, 0, top + 0.06]], 0.065, _POST, sides=12)]
    if light.post_bottom is not None:
        middle = light.post_bottom + 0.5 * height
        for z in (middle - 0.3 * height, middle + 0.3 * height):
            parts.append(box((0.5 * _post_gap(light), 0.0, z), (_post_gap(light), 0.06, 0.05), _POST))
    parts.append(box((0.0, 0.0, 0.06), (0.44, 0.44, 0.12 + 2 * _GROUND_DEPTH), _FOOT))
    return place(merge(parts), [light.base], light.yaw)


def _post_gap(light: LightPlan) -> float:
    """Distance from the post's axis to the back of its head."""
    return 0.18 if light.arm else 0.12


def _bracket(offset: float, level: float, light: LightPlan) -> Shape:
    return box((0.05, offset, level + 0.1), (0.14, 0.05, 0.5 * light.size[1]), _POST)


def _arm_offsets(light: LightPlan) -> list[float]:
    """Positions along y, in the face's frame, of the heads on the arm: one at the tip, on a long arm one more."""
    sign, length = -np.sign(light.arm), abs(light.arm)
    offsets = [sign * (length - 0.25)]
    if length > 6.5:
        offsets.append(sign * (length - 3.5))
    return [float(offset) for offset in offsets]


def _light_heads(light: LightPlan) -> list[SignalHead]:
    mesh = head_mesh(*light.size, light.emitters)
    half = 0.5 * light.size[1]
    spots = [(0.12, offset, light.arm_bottom + half) for offset in (_arm_offsets(light) if light.arm else ())]
    if light.post_bottom is not None:
        spots.append((_post_gap(light), 0.0, light.post_bottom + half))
    cosine, sine = np.cos(light.yaw), np.sin(light.yaw)
    rotation = np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])
    return [
        SignalHead(light.signal.id, mesh, np.column_stack([rotation, light.base + rotation @ np.array(spot)]))
        for spot in spots
    ]


def _sign_post(height: float) -> Shape:
    return tube([[0, 0, -_GROUND_DEPTH], [0, 0, height]], 0.034, _SIGN_POST, sides=8)


def _sign_shapes(signs: list[SignPlan]) -> list[Shape]:
    """Signs with their posts; signs at one spot share the tallest post."""
    shapes = []
    tops: dict[tuple[int, int], tuple[Doubles, float]] = {}
    for sign in signs:
        top = sign.bottom + sign.face.height
        spot = (round(2.0 * sign.base[0]), round(2.0 * sign.base[1]))
        if spot not in tops or tops[spot][1] < top:
            tops[spot] = (sign.base, top)
        turn = np.array([np.cos(sign.yaw), np.sin(sign.yaw), 0.0])
        middle = sign.base + turn * 0.036 + np.array([0.0, 0.0, sign.bottom + 0.5 * sign.face.height])
        shapes.append(place(face_shape(sign.face), [middle], sign.yaw))
    shapes += [place(_sign_post(top - 0.04), [base]) for base, top in tops.values()]
    return shapes
