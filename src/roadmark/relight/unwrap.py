"""Depth that a tool let wrap around, made whole again.

The published recipe's tool casts millimetres to 16 bits, so that a wall 70 m away is stored as 4.464 m and the sky, at
CARLA's 1000 m, as 16.96 m. Classes and the ground's level say by how many turns each pixel is off.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import SemanticClass
from roadmark.geometry import Camera, Pose, pixel_centers
from roadmark.relight.images import KINDS, Floats, Kind

_GROUND = np.isin(KINDS, (Kind.ROAD, Kind.PAVEMENT, Kind.SOIL, Kind.UNKNOWN))
_LARGE = np.isin(
    np.arange(256),
    (SemanticClass.BUILDING, SemanticClass.WALL, SemanticClass.FENCE, SemanticClass.VEGETATION, SemanticClass.BRIDGE),
)
_MOST_TURNS = 8


def unwrapped_depth(
    depth: NDArray[np.float32],
    semantic: NDArray[np.uint8],
    camera: Camera,
    pose: Pose,
    ground: float,
    *,
    period: float = 65.536,
) -> Floats:
    """Whole depth of wrapped depth.

    The ground's turns are those that bring it nearest to a level plane. What stands on it, as large as houses and
    trees, is as far as the ground it meets below; smaller things are taken as they are, within one turn. Errors remain
    where neither holds: far cars, hills.

    Args:
        depth: (H, W) metres along z, wrapped; inf is the sky.
        semantic: (H, W) classes.
        camera: The camera.
        pose: world_from_camera.
        ground: World height of the ground.
        period: Metres after which depth began anew.

    Returns:
        (H, W) float32 metres; inf where the class is sky.
    """
    height, width = depth.shape
    rays = camera.rays(pixel_centers(width, height).reshape(-1, 2))
    down = -(rays @ pose.rotation.T)[:, 2]
    drop = max(float(pose.translation[2]) - ground, 0.1)
    with np.errstate(divide="ignore"):
        plane = np.where(down > 1e-3, drop / np.maximum(down, 1e-3) * rays[:, 2], np.inf)
    plane = np.minimum(plane, _MOST_TURNS * period).reshape(height, width)
    is_ground, is_large = _GROUND[semantic], _LARGE[semantic]
    turns = np.where(is_ground, np.rint((plane - depth) / period), 0.0)
    turns = np.clip(np.nan_to_num(turns, posinf=0.0, neginf=0.0), 0.0, _MOST_TURNS)
    whole = depth + turns * period
    below = np.zeros(width)
    for row in range(height - 1, -1, -1):
        large = is_large[row]
        missing = np.clip(np.rint((below - depth[row]) / period), 0.0, _MOST_TURNS)
        whole[row] = np.where(large, depth[row] + np.where(np.isfinite(missing), missing, 0.0) * period, whole[row])
        below = np.where(is_ground[row] | large, whole[row], below)
        below = np.where(np.isfinite(below), below, 0.0)
    whole[semantic == SemanticClass.SKY] = np.inf
    return np.asarray(whole, np.float32)
