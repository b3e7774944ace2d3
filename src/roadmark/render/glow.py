"""Halos of lamps: what the lens and the air scatter of a light that shines into the camera, over a finished picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from roadmark.geometry import Camera, PinholeCamera, Pose
from roadmark.render.instances import SpotLight
from roadmark.render.jit import Array, kernel

f32 = np.float32

LENS_RADIUS = 0.006
"""Radius of the glare in the lens, as a share of the picture's width."""
AIR_RADIUS = 2.6
"""Radius of the lit air around a lamp in fog, metres."""

_LAMP_RADIUS = 0.12  # metres within which a lamp may be covered in part
_SLACK = 0.7  # metres that a lamp may lie behind the surface its pixel shows
_REACH = 5.0  # radii at which a halo ends
_SAMPLES = np.array([(x, y) for x in (-1.0, -0.5, 0.0, 0.5, 1.0) for y in (-1.0, -0.5, 0.0, 0.5, 1.0)])


def draw_glow(
    rgb: NDArray[np.uint8],
    depth: NDArray[np.float32],
    camera: Camera,
    pose: Pose,
    lamps: Sequence[SpotLight],
    *,
    fog_density: float,
    strength: float,
    depth_is_range: bool = False,
) -> NDArray[np.uint8]:
    """The picture with a halo around every lamp that shines towards the camera and is not hidden.

    Args:
        rgb: (H, W, 3) uint8 sRGB; not changed.
        depth: (H, W) float32 metres to what the picture shows, inf where there is nothing.
        camera: Pinhole or f-theta, of the picture's size.
        pose: world_from_camera.
        lamps: What shines.
        fog_density: Extinction of the air, 1/m: the thicker it is the wider the halos.
        strength: 1 at night, less where daylight outshines lamps.
        depth_is_range: Whether depth is the distance along the ray, not along the camera's z.

    Returns:
        A new (H, W, 3) uint8 image.
    """
    drawn = np.array(rgb, np.uint8, order="C")
    if lamps and strength > 0.0:
        blend_halos(drawn, _halos(depth, camera, pose, lamps, fog_density, strength, depth_is_range))
    return drawn


def _halos(
    depth: NDArray[np.float32],
    camera: Camera,
    pose: Pose,
    lamps: Sequence[SpotLight],
    fog_density: float,
    strength: float,
    depth_is_range: bool,
) -> NDArray[np.float32]:
    """(N, 6) float32 rows for `blend_halos`: one for the lens and one for the air per lamp."""
    places = np.array([lamp.position for lamp in lamps], np.float64)
    colors = np.array([lamp.color for lamp in lamps], np.float64)
    power = colors.max(axis=1)
    towards = pose.translation - places
    distance = np.maximum(np.linalg.norm(towards, axis=1), 0.3)
    facing = np.einsum("ni,ni->n", towards / distance[:, None], np.array([lamp.direction for lamp in lamps]))
    seen = (places - pose.translation) @ pose.rotation
    projected = camera.project(seen)
    focal = camera.fx if isinstance(camera, PinholeCamera) else camera.width / (2.0 * camera.max_angle)
    along = distance if depth_is_range else seen[:, 2]
    # A lamp shines most along its axis; a wide one is bright from all sides.
    spread = np.clip(1.0 - np.array([lamp.cos_outer for lamp in lamps]), 0.0, 0.6)
    shown = projected.valid & (facing > -0.1 - 0.5 * spread)
    beam = spread + (1.0 - spread) * np.clip((facing + 0.1) / 1.1, 0.0, 1.0) ** 1.5
    bright = strength * beam * np.sqrt(power / 45.0) * np.exp(-0.7 * fog_density * distance)
    bright[shown] *= _uncovered(depth, projected.uv[shown], focal * _LAMP_RADIUS / distance[shown], along[shown])
    hue = colors / np.maximum(power, 1e-9)[:, None]
    lens = LENS_RADIUS * camera.width / np.sqrt(1.0 + (distance / 60.0) ** 2)
    air = np.minimum(focal * AIR_RADIUS / distance, 0.12 * camera.width)
    thick = 1.0 - np.exp(-80.0 * fog_density)
    rows = []
    for radius, share in ((lens, 0.85), (air, 0.95 * thick)):
        color = hue * np.minimum(bright * share, 0.95)[:, None]
        rows.append(np.column_stack([projected.uv, radius, color])[shown])
    halos = np.concatenate(rows)
    return np.ascontiguousarray(halos[np.isfinite(halos).all(axis=1)], np.float32)


def _uncovered(
    depth: NDArray[np.float32], uv: NDArray[np.float64], radius: NDArray[np.float64], along: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(N,) shares of lamps that nothing hides; those beyond the picture's edges count as their nearest pixels."""
    height, width = depth.shape
    spots = uv[:, None] + _SAMPLES * np.maximum(radius, 1.0)[:, None, None]
    columns = np.clip(np.nan_to_num(spots[..., 0]), 0, width - 1).astype(np.int64)
    rows = np.clip(np.nan_to_num(spots[..., 1]), 0, height - 1).astype(np.int64)
    return np.asarray((depth[rows, columns] > (along - _SLACK)[:, None]).mean(axis=1))


@kernel
def blend_halos(rgb: Array, halos: Array) -> None:
    """Add light around points, never beyond white.

    Args:
        rgb: (H, W, 3) uint8, changed in place.
        halos: (N, 6) float32: u, v (continuous pixels), radius in pixels, share of white added at the middle for each
            channel.
    """
    height, width = rgb.shape[0], rgb.shape[1]
    for row in range(halos.shape[0]):
        radius = max(halos[row, 2], f32(0.7))
        if max(halos[row, 3], halos[row, 4], halos[row, 5]) < f32(0.004):
            continue
        reach = f32(_REACH) * radius
        left = max(int(np.floor(halos[row, 0] - reach)), 0)
        right = min(int(np.ceil(halos[row, 0] + reach)), width)
        top = max(int(np.floor(halos[row, 1] - reach)), 0)
        bottom = min(int(np.ceil(halos[row, 1] + reach)), height)
        inverse = f32(1.0) / (radius * radius)
        edge = f32(1.0 / (1.0 + _REACH * _REACH))
        for y in range(top, bottom):
            dv = f32(y) + f32(0.5) - halos[row, 1]
            for x in range(left, right):
                du = f32(x) + f32(0.5) - halos[row, 0]
                weight = f32(1.0) / (f32(1.0) + (du * du + dv * dv) * inverse) - edge
                if weight <= f32(0.0):
                    continue
                weight *= weight
                for channel in range(3):
                    dark = f32(255.0) - f32(rgb[y, x, channel])
                    rgb[y, x, channel] = np.uint8(f32(255.5) - dark * (f32(1.0) - halos[row, 3 + channel] * weight))
