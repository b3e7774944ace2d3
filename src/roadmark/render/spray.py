"""Spray behind wheels on wet roads: soft puffs that leave the ground, spread and thin out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from roadmark.geometry import Camera, PinholeCamera, Pose
from roadmark.render.capsules import blend_capsules

SLOWEST = 4.0
"""m/s below which wheels throw no spray."""

_PUFFS = 60
_LIFE = 0.55  # seconds
_FULL = 16.0  # m/s at which there is most of it


@dataclass(frozen=True, eq=False)
class Plume:
    """Where a vehicle throws spray.

    Attributes:
        place: (3,) world metres: on the ground, in the middle between its rear wheels.
        forward: (3,) unit vector of its heading.
        width: Metres between the outer sides of its wheels.
        speed: m/s.
        number: Tells it from others.
    """

    place: NDArray[np.float64]
    forward: NDArray[np.float64]
    width: float
    speed: float
    number: int


def draw_spray(
    rgb: NDArray[np.uint8],
    depth: NDArray[np.float32],
    camera: Camera,
    pose: Pose,
    time: float,
    plumes: Sequence[Plume],
    color: tuple[float, float, float],
    *,
    depth_is_range: bool = False,
) -> NDArray[np.uint8]:
    """The picture with spray behind vehicles.

    Args:
        rgb: (H, W, 3) uint8 sRGB; not changed.
        depth: (H, W) float32 metres to what the picture shows, inf where there is nothing.
        camera: Pinhole or f-theta, of the picture's size.
        pose: world_from_camera.
        time: Seconds.
        plumes: Of all vehicles; slow ones throw none.
        color: Display colour 0..255 of spray in the scene's light.
        depth_is_range: Whether depth is the distance along the ray, not along the camera's z.

    Returns:
        A new (H, W, 3) uint8 image.
    """
    drawn = np.array(rgb, np.uint8, order="C")
    moving = [plume for plume in plumes if plume.speed > SLOWEST]
    if not moving:
        return drawn
    puffs = np.concatenate([_puffs(plume, time) for plume in moving])
    seen = (puffs[:, :3] - pose.translation) @ pose.rotation
    projected = camera.project(seen)
    distance = np.linalg.norm(seen, axis=1)
    focal = camera.fx if isinstance(camera, PinholeCamera) else camera.width / (2.0 * camera.max_angle)
    radius = focal * puffs[:, 3] / np.maximum(distance, 0.5)
    along = distance if depth_is_range else seen[:, 2]
    rows = np.column_stack([projected.uv, projected.uv, radius, puffs[:, 4], along])
    rows = rows[projected.valid & np.isfinite(rows).all(axis=1) & (distance > 1.0)]
    rows = np.ascontiguousarray(rows[np.argsort(-rows[:, 6], kind="stable")], np.float32)
    blend_capsules(drawn, depth, rows, np.asarray(color, np.float32), np.zeros((1, 1, 3), np.uint8))
    return drawn


def _puffs(plume: Plume, time: float) -> NDArray[np.float64]:
    """(N, 5) world place, radius in metres and opacity of a plume's puffs."""
    chance = _chances(plume.number)
    beat = time / _LIFE + chance[:, 0]
    age = beat - np.floor(beat)
    left = np.stack([-plume.forward[1], plume.forward[0], 0.0 * plume.forward[2]])
    side = np.where(chance[:, 1] < 0.5, -0.5, 0.5) * plume.width + (chance[:, 2] - 0.5) * (0.25 + 0.6 * age)
    strength = min(1.0, (plume.speed - SLOWEST) / (_FULL - SLOWEST))
    back = age * _LIFE * plume.speed * (0.35 + 0.4 * chance[:, 3])
    up = 0.12 + age * (0.5 + 0.9 * chance[:, 4]) * (0.4 + 0.6 * strength) * (1.0 - 0.55 * age)
    place = plume.place - back[:, None] * plume.forward + side[:, None] * left
    place[:, 2] += up
    opacity = 0.16 * strength * (1.0 - age) * np.minimum(1.0, 6.0 * age)
    return np.column_stack([place, 0.10 + 0.32 * age, opacity])


@lru_cache(maxsize=512)
def _chances(number: int) -> NDArray[np.float64]:
    values = np.random.default_rng([number, 77]).random((_PUFFS, 5))
    values.setflags(write=False)
    return values
