"""Rain and snow in the air, drawn over a finished picture.

Every drop and flake has a place in the world that depends on the seed and the time alone, so that a picture can be made
anew, in any order, and that a moving camera flies through them. The air is a few nested cubes around the camera, each
tiled over the world: near ones hold little, far ones much.

Streaks follow Garg and Nayar, "Vision and Rain" (IJCV 75, 2007): a drop covers a pixel only for part of the exposure.
Drops are drawn more strongly than nature's, as films light them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.errors import RenderError
from roadmark.geometry import Camera, PinholeCamera, Pose
from roadmark.render.capsules import blend_capsules
from roadmark.render.jit import Array, kernel

PrecipitationKind = Literal["rain", "snow"]

RAIN_RATE = 12.0
"""Millimetres of water per hour of an ordinary shower."""

SNOW_RATE = 2.5
"""The same of steady snowfall."""

_APERTURE = 0.002  # metres: what is nearer than the focus is blurred as if it were larger by this
_NEAREST = 0.6  # metres from the camera


@dataclass(frozen=True)
class Precipitation:
    """What falls.

    Attributes:
        kind: "rain" or "snow".
        rate: Millimetres of water per hour; more of it is more drops, not larger ones.
        seed: Places the drops.
        ambient: Display colour (sRGB, 0..255) of a drop or flake in the scene's light.
        wind: Metres per second, east and north.
        exposure_time: Seconds over which motion is blurred.
    """

    kind: PrecipitationKind
    rate: float
    seed: int = 0
    ambient: tuple[float, float, float] = (200.0, 205.0, 212.0)
    wind: tuple[float, float] = (1.1, 0.5)
    exposure_time: float = 1.0 / 50.0

    def __post_init__(self) -> None:
        """Check the kind and the ranges."""
        if self.kind not in _AIR:
            raise RenderError(f"unknown precipitation {self.kind!r}; choose one of {', '.join(_AIR)}")
        numbers = (self.rate, *self.ambient, *self.wind, self.exposure_time)
        if not np.isfinite(numbers).all() or self.rate < 0.0 or self.exposure_time <= 0.0 or self.seed < 0:
            raise RenderError(f"precipitation needs finite numbers, a rate and a seed not below 0, not {self}")


@dataclass(frozen=True)
class _Cube:
    """One of the nested cubes of air.

    Attributes:
        side: Metres; what is in it repeats after so much.
        count: Drops in it at the kind's usual rate.
    """

    side: float
    count: int


@dataclass(frozen=True)
class _Air:
    """How a kind falls: its cubes, usual rate, sizes (metres) and speeds (m/s), from smallest to largest."""

    cubes: tuple[_Cube, ...]
    rate: float
    sizes: tuple[float, float]
    speeds: tuple[float, float]
    flutter: float  # metres to either side
    opacity: float
    visibility: float  # factor on nature's contrast


_AIR: dict[str, _Air] = {
    # Terminal velocities after Atlas, Srivastava and Sekhon (1973) for drops of 1.2 to 3.2 mm.
    "rain": _Air(
        cubes=(_Cube(6.0, 1800), _Cube(20.0, 40_000), _Cube(56.0, 110_000)),
        rate=RAIN_RATE,
        sizes=(0.0014, 0.0036),
        speeds=(5.0, 8.6),
        flutter=0.0,
        opacity=0.4,
        visibility=30.0,
    ),
    "snow": _Air(
        cubes=(_Cube(5.0, 500), _Cube(18.0, 16_000), _Cube(60.0, 130_000)),
        rate=SNOW_RATE,
        sizes=(0.006, 0.014),
        speeds=(0.9, 1.6),
        flutter=0.14,
        opacity=0.95,
        visibility=8.0,
    ),
}


def draw_precipitation(
    rgb: NDArray[np.uint8],
    depth: NDArray[np.float32],
    camera: Camera,
    pose: Pose,
    time: float,
    falling: Precipitation,
    *,
    depth_is_range: bool = False,
    velocity: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> NDArray[np.uint8]:
    """The picture with what falls before its surfaces.

    Args:
        rgb: (H, W, 3) uint8 sRGB; not changed.
        depth: (H, W) float32 metres to what the picture shows, inf where there is nothing.
        camera: Pinhole or f-theta, of the picture's size.
        pose: world_from_camera; camera axes right, down, forward.
        time: Seconds; the same time gives the same drops.
        falling: What falls, and in which light.
        depth_is_range: Whether depth is the distance along the ray, not along the camera's z.
        velocity: Of the camera in the world, m/s; streaks are drawn as it sees them.

    Returns:
        A new (H, W, 3) uint8 image.
    """
    drawn = np.ascontiguousarray(rgb).copy()
    local = _light_around(rgb)
    air = _AIR[falling.kind]
    for layer in range(len(air.cubes) - 1, -1, -1):  # far ones first
        capsules = _capsules(
            falling, layer, camera, pose, float(time), np.asarray(velocity, np.float64), depth_is_range
        )
        blend_capsules(drawn, depth, capsules, np.asarray(falling.ambient, np.float32), local)
    return drawn


def _capsules(
    falling: Precipitation,
    layer: int,
    camera: Camera,
    pose: Pose,
    time: float,
    velocity: NDArray[np.float64],
    depth_is_range: bool,
) -> NDArray[np.float32]:
    """(N, 7) float32 rows for `blend_capsules` of one cube's drops, as they cross the picture during the exposure."""
    air = _AIR[falling.kind]
    cube = air.cubes[layer]
    chance = _chances(falling.seed, falling.kind, layer, round(cube.count * falling.rate / air.rate))
    # Cubes end in a sphere that fades, so that nothing appears at once; each begins where the next smaller one ends.
    inner = 0.5 * air.cubes[layer - 1].side if layer else _NEAREST
    numbers = (cube.side, inner, time, *falling.wind, *air.speeds, air.flutter, _half_view(camera))
    around = np.empty((len(chance), 4))
    found = place_drops(chance, np.array(numbers), pose.translation, pose.rotation[:, 2].copy(), around)
    index, around = around[:found, 3].astype(np.int64), around[:found, :3]
    share = chance[index, 3]
    size = air.sizes[0] + (air.sizes[1] - air.sizes[0]) * share**2
    fall = air.speeds[0] + (air.speeds[1] - air.speeds[0]) * share
    speed = np.stack([np.full(found, falling.wind[0]), np.full(found, falling.wind[1]), -fall], axis=1)
    distance = np.linalg.norm(around, axis=1)
    there = _ramp(distance, 0.7 * inner, inner) * (1.0 - _ramp(distance, 0.4 * cube.side, 0.5 * cube.side))
    starts = around @ pose.rotation
    ends = (around + (speed - velocity) * falling.exposure_time) @ pose.rotation
    first, last = camera.project(starts), camera.project(ends)
    focal = camera.fx if isinstance(camera, PinholeCamera) else camera.width / (2.0 * camera.max_angle)
    along = distance if depth_is_range else starts[:, 2]
    sharp, blurred = focal * size / distance, focal * (size + _APERTURE) / distance
    length = np.linalg.norm(last.uv - first.uv, axis=1)
    # A drop covers a pixel for the share of the exposure that it takes to pass by its own width.
    cover = np.minimum(1.0, air.visibility * np.maximum(sharp, 0.5) / np.maximum(length, 1e-6))
    strength = np.minimum(cover * (sharp / blurred) ** 1.5, air.opacity) * there
    rows = np.column_stack([first.uv, last.uv, 0.5 * blurred, strength, along])
    seen = first.valid & last.valid & np.isfinite(rows).all(axis=1) & (length < camera.width)
    rows = rows[seen]
    return np.ascontiguousarray(rows[np.argsort(-rows[:, 6], kind="stable")], np.float32)


def _half_view(camera: Camera) -> float:
    """Cosine of the largest angle off the axis that the picture shows, with a margin for near, blurred drops."""
    corners = np.array([[0.0, 0.0], [camera.width, 0.0], [0.0, camera.height], [camera.width, camera.height]])
    if not isinstance(camera, PinholeCamera):
        return float(np.cos(min(camera.max_angle + 0.1, np.pi)))
    return float(np.cos(np.arccos(camera.rays(corners)[:, 2].min()) + 0.1))


@kernel
def place_drops(chance: Array, numbers: Array, eye: Array, forward: Array, around: Array) -> int:
    """Find the drops of a cube that a camera may see.

    Args:
        chance: (N, 6) float64 from `_chances`.
        numbers: (9,) float64: side of the cube, metres from which it holds drops, seconds, wind east and north, slowest
            and fastest fall, flutter in metres, cosine of half the view.
        eye: (3,) float64 camera in the world.
        forward: (3,) float64 unit vector of its axis.
        around: (N, 4) float64, written: place relative to the camera in world axes, and row of `chance`.

    Returns:
        Rows written.
    """
    side, inner, time = numbers[0], numbers[1], numbers[2]
    found = 0
    for row in range(chance.shape[0]):
        fall = numbers[5] + (numbers[6] - numbers[5]) * chance[row, 3]
        rate = 0.35 + 0.4 * chance[row, 5]
        x = chance[row, 0] * side + numbers[3] * time - eye[0]
        y = chance[row, 1] * side + numbers[4] * time - eye[1]
        z = chance[row, 2] * side - fall * time - eye[2]
        if numbers[7] > 0.0:
            x += numbers[7] * np.sin(2.0 * np.pi * (chance[row, 4] + time * rate))
            y += numbers[7] * np.sin(2.0 * np.pi * (chance[row, 5] + time * rate))
        x -= np.floor(x / side + 0.5) * side
        y -= np.floor(y / side + 0.5) * side
        z -= np.floor(z / side + 0.5) * side
        squared = x * x + y * y + z * z
        if squared > 0.25 * side * side or squared < 0.49 * inner * inner:
            continue
        if x * forward[0] + y * forward[1] + z * forward[2] < numbers[8] * np.sqrt(squared):
            continue
        around[found, 0] = x
        around[found, 1] = y
        around[found, 2] = z
        around[found, 3] = row
        found += 1
    return found


@lru_cache(maxsize=32)
def _chances(seed: int, kind: str, layer: int, count: int) -> NDArray[np.float64]:
    """(N, 6) uniform numbers of a cube's drops: place, size, two phases; more drops leave the first as they are."""
    rng = np.random.default_rng([seed, sorted(_AIR).index(kind), layer])
    values = rng.random((count, 6))
    values.setflags(write=False)
    return values


def _ramp(x: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    return np.clip((x - low) / (high - low), 0.0, 1.0)


def _light_around(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h, w, 3) the picture made coarse: what lights a drop besides the sky, and what shines through it."""
    height, width = rgb.shape[:2]
    coarse = cv2.resize(rgb, (max(1, width // 16), max(1, height // 16)), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(cv2.GaussianBlur(coarse, (0, 0), 1.5), np.uint8)
