"""`Box3D`: an oriented box, and its encodings as nine numbers.

Inside Roadmark a box is a centre, a size and a rotation matrix, with local axes FLU: x along the heading (length),
y left (width), z up (height). The named encodings of 3D grounding live here too:

    rdf-lhw-xyz  canonical: x, y, z, length, height, width, roll, pitch, yaw in the camera's RDF frame. Local axes are
                 heading, down, heading x down (left); the angles are extrinsic xyz, so pitch is KITTI's rotation_y.
    nvidia       what the published AV dataset holds: x, y, z, length, width, height and the angles of C R Cᵀ (R the
                 object in the world, C camera_from_world). It is no orientation in the camera: reading it takes the
                 camera's pose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from roadmark.errors import GeometryError
from roadmark.geometry.pose import Pose
from roadmark.geometry.rotations import (
    FloatArray,
    check_rotation,
    finite_array,
    rotation_from_rpy,
    rpy_from_rotation,
    wrap_angle,
)

CORNER_SIGNS: FloatArray = np.array(
    [[1, 1, -1], [-1, 1, -1], [-1, -1, -1], [1, -1, -1], [1, 1, 1], [-1, 1, 1], [-1, -1, 1], [1, -1, 1]],
    dtype=np.float64,
)
"""(8, 3) signs of the corners along local x, y, z: the bottom face counter-clockwise from above, then the top one."""
CORNER_SIGNS.setflags(write=False)

EDGES: tuple[tuple[int, int], ...] = (
    *((0, 1), (1, 2), (2, 3), (3, 0)),
    *((4, 5), (5, 6), (6, 7), (7, 4)),
    *((0, 4), (1, 5), (2, 6), (3, 7)),
)
"""The 12 edges as pairs of corner indices."""

FACES: tuple[tuple[int, int, int, int], ...] = (
    *((0, 4, 7, 3), (1, 2, 6, 5)),
    *((0, 1, 5, 4), (3, 7, 6, 2)),
    *((4, 5, 6, 7), (0, 3, 2, 1)),
)
"""The 6 faces (+x, -x, +y, -y, +z, -z) as corner indices, counter-clockwise seen from outside."""

_LOCAL_FROM_FLU: FloatArray = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])


@dataclass(frozen=True, eq=False)
class Box3D:
    """An oriented box with nine degrees of freedom.

    Attributes:
        center: (3,) metres, in `frame`.
        size: (3,) full length, width, height in metres along local x (heading), y (left), z (up); all > 0.
        rotation: (3, 3) frame_from_box; columns are heading, left, up in `frame`.
        frame: Name of the frame, for example "world" (FLU) or "camera" (RDF).

    Raises:
        GeometryError: Shapes, non-finite values, sizes <= 0, or a matrix that is no rotation.

    Examples:
        >>> car = Box3D(np.array([10.0, 0.0, 0.75]), np.array([4.0, 2.0, 1.5]), np.eye(3))
        >>> car.corners()[0].tolist()  # front, left, bottom
        [12.0, 1.0, 0.0]
    """

    center: FloatArray
    size: FloatArray
    rotation: FloatArray
    frame: str = "world"

    def __post_init__(self) -> None:
        for name, shape in (("center", (3,)), ("size", (3,)), ("rotation", (3, 3))):
            array = np.array(getattr(self, name), dtype=np.float64)
            if array.shape != shape:
                raise GeometryError(f"a box's {name} must have shape {shape}, not {array.shape}")
            if not np.isfinite(array).all():
                raise GeometryError(f"a box's {name} must be finite numbers, got {array.tolist()}")
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        if not (self.size > 0.0).all():
            raise GeometryError(f"a box's length, width, height must be > 0, got {self.size.tolist()}")
        check_rotation(self.rotation)

    @property
    def volume(self) -> float:
        """Cubic metres."""
        return float(self.size.prod())

    def corners(self) -> FloatArray:
        """(8, 3) corners in `frame`, in the order of `CORNER_SIGNS`."""
        return np.asarray((CORNER_SIGNS * (0.5 * self.size)) @ self.rotation.T + self.center)

    def contains(self, points: ArrayLike, tolerance: float = 0.0) -> NDArray[np.bool_]:
        """Which of the points (..., 3) in `frame` lie in the box, enlarged by `tolerance` metres on every side."""
        local = (finite_array(points, 3, "points") - self.center) @ self.rotation
        return np.asarray((np.abs(local) <= 0.5 * self.size + tolerance).all(axis=-1))

    def transformed(self, pose: Pose) -> Box3D:
        """The same box seen from the pose's parent frame.

        Raises:
            GeometryError: The pose's child is not this box's frame (an empty name fits any).
        """
        if pose.child and self.frame and pose.child != self.frame:
            raise GeometryError(f"a box in {self.frame!r} cannot be moved by {pose.parent}_from_{pose.child}")
        return Box3D(pose.apply(self.center), self.size, pose.rotation @ self.rotation, pose.parent)

    def canonical_rotation(self) -> FloatArray:
        """(3, 3) frame_from_local of the canonical local axes: heading, down, left (heading x down)."""
        return self.rotation @ _LOCAL_FROM_FLU.T

    def to_lhw_xyz(self, rotation: Literal["heading", "full"] = "heading") -> FloatArray:
        """Encode a box in a camera's RDF frame by the canonical `rdf-lhw-xyz` convention.

        Args:
            rotation: "heading" keeps only the turn about the camera's down axis (roll = yaw = 0), the best such turn;
                "full" is exact: of the two equal angle triples the one with the smaller |roll| + |yaw|.

        Returns:
            (9,) x, y, z, length, height, width (metres), roll, pitch, yaw (radians, in (-pi, pi]). Pitch 0 faces the
            camera's right, -pi/2 away from the camera, +pi/2 towards it.

        Source: specs/av-grounding.md section 5.
        """
        local = self.canonical_rotation()
        length, width, height = self.size
        if rotation == "heading":
            angles = np.array([0.0, np.arctan2(local[0, 2] - local[2, 0], local[0, 0] + local[2, 2]), 0.0])
        elif rotation == "full":
            angles = _smaller_twin(rpy_from_rotation(local))
        else:
            raise GeometryError(f"rotation must be 'heading' or 'full', not {rotation!r}")
        return np.array([*self.center, length, height, width, *angles])

    @classmethod
    def from_lhw_xyz(cls, values: Sequence[float] | FloatArray, *, frame: str = "camera") -> Box3D:
        """Decode nine numbers of the canonical `rdf-lhw-xyz` convention; inverse of ``to_lhw_xyz("full")``."""
        numbers = _nine(values)
        length, height, width = numbers[3:6]
        return cls(
            numbers[:3], np.array([length, width, height]), rotation_from_rpy(numbers[6:]) @ _LOCAL_FROM_FLU, frame
        )

    def to_nvidia(self, world_from_camera: Pose) -> FloatArray:
        """Encode a box in a camera's RDF frame by the `nvidia` compatible convention.

        Args:
            world_from_camera: The camera's RDF pose; the published rotation depends on it.

        Returns:
            (9,) x, y, z, length, width, height (metres), extrinsic xyz angles of C R Cᵀ (radians): lossless, given
            the pose.
        """
        return np.array([*self.center, *self.size, *rpy_from_rotation(self.rotation @ world_from_camera.rotation)])

    @classmethod
    def from_nvidia(
        cls, values: Sequence[float] | FloatArray, world_from_camera: Pose, *, frame: str = "camera"
    ) -> Box3D:
        """Decode nine numbers of the `nvidia` compatible convention, given the camera's RDF pose."""
        numbers = _nine(values)
        rotation = rotation_from_rpy(numbers[6:]) @ world_from_camera.rotation.T
        return cls(numbers[:3], numbers[3:6], rotation, frame)


def _nine(values: Sequence[float] | FloatArray) -> FloatArray:
    numbers = finite_array(values, 9, "a 3D box")
    if numbers.shape != (9,):
        raise GeometryError(f"a 3D box is 9 numbers, not {numbers.shape}")
    return numbers


def _smaller_twin(rpy: FloatArray) -> FloatArray:
    """Of (r, p, y) and (r + pi, pi - p, y + pi), which are one rotation, the one with the smaller |r| + |y|."""
    twin = wrap_angle(np.array([rpy[0] + np.pi, np.pi - rpy[1], rpy[2] + np.pi]))
    return twin if abs(twin[0]) + abs(twin[2]) < abs(rpy[0]) + abs(rpy[2]) else rpy
