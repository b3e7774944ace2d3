"""Turning cameras towards something and choosing their lenses, many at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadmark.geometry import FloatArray, rotation_from_rpy, wrap_angle

MARGIN = 1.12
"""What is to be seen keeps this much away from the borders: the picture is so many times wider than needed."""
NEAREST = 1.0
"""Metres before a camera that nothing to be seen may come closer than."""
TOWARDS_FOCUS = 0.75
"""Share of the way from the middle of what must be in the picture to the focus by which cameras look."""
LENS_STEP, TURN_STEP, PLACE_STEP = 0.5, 0.1, 0.01
"""Degrees and metres to which cameras are rounded, so that their files read well."""


@dataclass(frozen=True, eq=False)
class Aims:
    """Where cameras stand and look.

    Attributes:
        eyes: (C, 3) world metres.
        yaw: (C,) degrees, positive to the left.
        pitch: (C,) degrees, positive looking down.
        fov: (C,) horizontal field of view, degrees.
        fits: (C,) whether everything lies inside the picture.
    """

    eyes: FloatArray
    yaw: FloatArray
    pitch: FloatArray
    fov: FloatArray
    fits: npt.NDArray[np.bool_]

    def tangents(self, points: FloatArray) -> FloatArray:
        """(C, P, 2) right and down over forward of points (P, 3); infinite for those not before the camera."""
        return tangents(self.eyes, self.yaw, self.pitch, points)

    def inside(self, points: FloatArray, aspect: float) -> npt.NDArray[np.bool_]:
        """(C, P) whether points lie in the pictures, whose width is `aspect` heights."""
        half = np.tan(np.radians(self.fov) / 2.0)[:, None]
        across = np.abs(self.tangents(points))
        return np.asarray((across[..., 0] < half) & (across[..., 1] * aspect < half))

    def where(self, mask: npt.NDArray[np.bool_], other: Aims) -> Aims:
        """These where a mask (C,) holds, and others of the same places elsewhere."""
        return Aims(
            self.eyes,
            np.where(mask, self.yaw, other.yaw),
            np.where(mask, self.pitch, other.pitch),
            np.where(mask, self.fov, other.fov),
            np.where(mask, self.fits, other.fits),
        )

    def taken(self, index: npt.NDArray[np.int64]) -> Aims:
        """Some of them."""
        return Aims(self.eyes[index], self.yaw[index], self.pitch[index], self.fov[index], self.fits[index])


@dataclass(frozen=True)
class Lens:
    """What cameras can be.

    Attributes:
        aspect: Width over height of the pictures.
        pitches: Flattest and steepest look downwards, degrees.
        fovs: Narrowest and widest horizontal field of view, degrees.
    """

    aspect: float
    pitches: tuple[float, float]
    fovs: tuple[float, float]


def aim_at(eyes: FloatArray, points: FloatArray, focus: FloatArray, lens: Lens) -> Aims:
    """Turn cameras so that points are in the picture, and give each the longest lens that holds them all.

    Cameras look near the focus where the picture then holds all points, else at the middle of the points.

    Args:
        eyes: (C, 3) world metres.
        points: (P, 3) what must be in the picture.
        focus: (3,) what should be near its middle.
        lens: What the cameras can be.
    """
    eyes = np.round(eyes / PLACE_STEP) * PLACE_STEP
    near = _aimed(eyes, points, focus, TOWARDS_FOCUS, lens)
    even = _aimed(eyes, points, focus, 0.0, lens)
    return near.where(near.fits, even)


def _aimed(eyes: FloatArray, points: FloatArray, focus: FloatArray, share: float, lens: Lens) -> Aims:
    """Cameras that look between the middle of the points (share 0) and the focus (1)."""
    ways = points[None] - eyes[:, None]
    toward = focus - eyes
    straight = np.arctan2(toward[:, 1], toward[:, 0])
    aside = wrap_angle(np.arctan2(ways[..., 1], ways[..., 0]) - straight[:, None])
    yaw = np.degrees(straight + (1.0 - share) * _middle(aside))
    down = np.arctan2(-ways[..., 2], np.hypot(ways[..., 0], ways[..., 1]))
    ahead = np.arctan2(-toward[:, 2], np.hypot(toward[:, 0], toward[:, 1]))
    pitch = np.degrees(share * ahead + (1.0 - share) * _middle(down)).clip(*lens.pitches)
    yaw, pitch = np.round(yaw / TURN_STEP) * TURN_STEP, np.round(pitch / TURN_STEP) * TURN_STEP
    across = np.abs(tangents(eyes, yaw, pitch, points))
    half = np.maximum(across[..., 0], across[..., 1] * lens.aspect).max(axis=1) * MARGIN
    needed = np.ceil(2.0 * np.degrees(np.arctan(half)) / LENS_STEP) * LENS_STEP
    return Aims(eyes, yaw, pitch, needed.clip(*lens.fovs), needed <= lens.fovs[1])


def _middle(angles: FloatArray) -> FloatArray:
    """(C,) middle between the least and the largest of (C, P)."""
    return np.asarray(0.5 * (angles.min(axis=1) + angles.max(axis=1)))


def tangents(eyes: FloatArray, yaw: FloatArray, pitch: FloatArray, points: FloatArray) -> FloatArray:
    """(C, P, 2) right and down over forward of points (P, 3) seen by cameras (C); see `Aims.tangents`."""
    rpy = np.radians(np.stack([np.zeros_like(yaw), pitch, yaw], axis=1))
    own = np.einsum("cpi,cij->cpj", points[None] - eyes[:, None], rotation_from_rpy(rpy))
    forward = np.where(own[..., 0] > NEAREST, own[..., 0], np.nan)
    return np.nan_to_num(np.stack([-own[..., 1], -own[..., 2]], axis=-1) / forward[..., None], nan=np.inf)
