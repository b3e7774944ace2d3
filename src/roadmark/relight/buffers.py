"""What is known of one frame besides its picture: the arrays that a relight reads, each of them optional."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import Conditions
from roadmark.errors import InputError
from roadmark.geometry import Box3D, Pose


class MissingBufferError(InputError):
    """The wished conditions cannot be drawn without a buffer that is not there.

    Attributes:
        buffers: Names of the missing fields of `ViewBuffers`.
    """

    def __init__(self, message: str, buffers: tuple[str, ...]) -> None:
        super().__init__(message)
        self.buffers = buffers


@dataclass(frozen=True, eq=False)
class Vehicle:
    """A vehicle whose lamps may shine.

    Attributes:
        box: Its box in the world (FLU); the heading is the box's first axis.
        braking: Whether its brake lamps are on.
        lamps: Whether its lamps are on where others' are: a bicycle has none, those of parked cars are off.
    """

    box: Box3D
    braking: bool = False
    lamps: bool = True


@dataclass(frozen=True, eq=False)
class ViewBuffers:
    """One frame: the picture and what is known of every pixel. The arrays are only read.

    Attributes:
        rgb: (H, W, 3) uint8 sRGB.
        pose: world_from_camera: world FLU, z up, metres; camera RDF.
        depth: (H, W) float32 metres along the camera's z axis, or along the ray (`Relighter`'s `depth_is_range`); inf
            is the sky.
        normals: (H, W, 3) float32 unit normals in the world; NaN where there is no surface.
        semantic: (H, W) uint8 classes (`catalog.SemanticClass`).
        sun_visibility: (H, W) uint8, 255 where the source's sun shines on the surface, 0 in shadow.
        albedo: (H, W, 3) uint8 sRGB diffuse colour without light.
        vehicles: Every vehicle in view or near it.
    """

    rgb: NDArray[np.uint8]
    pose: Pose
    depth: NDArray[np.float32] | None = None
    normals: NDArray[np.float32] | None = None
    semantic: NDArray[np.uint8] | None = None
    sun_visibility: NDArray[np.uint8] | None = None
    albedo: NDArray[np.uint8] | None = None
    vehicles: tuple[Vehicle, ...] = ()

    def check(self, width: int, height: int) -> None:
        """Check types and sizes.

        Raises:
            InputError: An array is of another size or type, or a depth is not a number; the message names it.
        """
        for name, (channels, kind) in _ARRAYS.items():
            array = getattr(self, name)
            wanted = (height, width, *channels)
            if array is not None and (array.shape != wanted or array.dtype != kind):
                raise InputError(f"{name}: expected {wanted} {np.dtype(kind)}, got {array.shape} {array.dtype}")
        if self.depth is not None and (np.isnan(lowest := self.depth.min()) or lowest < 0.0):
            raise InputError(f"depth holds {lowest}; give metres from 0, and inf where nothing was hit")

    def available(self) -> frozenset[str]:
        """Names of the arrays that are there."""
        return frozenset(name for name in _ARRAYS if getattr(self, name) is not None)


_ARRAYS: dict[str, tuple[tuple[int, ...], type[np.generic]]] = {
    "rgb": ((3,), np.uint8),
    "depth": ((), np.float32),
    "normals": ((3,), np.float32),
    "semantic": ((), np.uint8),
    "sun_visibility": ((), np.uint8),
    "albedo": ((3,), np.uint8),
}


def check_available(target: Conditions, available: frozenset[str]) -> None:
    """Refuse a state of the road that cannot be drawn on a picture alone.

    Weather and light can: colour, haze and what falls need no more than the picture, though they gain by the rest.

    Args:
        target: The wished conditions.
        available: Names of the arrays there are, fields of `ViewBuffers`.

    Raises:
        MissingBufferError: Depth or classes are missing for snow, sand, puddles or flooding on the road.
    """
    missing = tuple(name for name in ("depth", "semantic") if name not in available)
    if target.road != "dry" and missing:
        raise MissingBufferError(
            f"a road under {target.road} is drawn where the road is: {' and '.join(missing)} needed; "
            "give it, or choose road_condition: dry",
            missing,
        )
