"""`Pose`: a rigid transform that knows which frames it connects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from roadmark.errors import GeometryError
from roadmark.geometry.rotations import FloatArray, check_rotation, finite_array, nearest_rotation


@dataclass(frozen=True, eq=False)
class Pose:
    """Where a child frame is in its parent frame: ``point_in_parent = rotation @ point_in_child + translation``.

    Read it as `parent_from_child`; ``a @ b`` then chains as the names do. The arrays are read-only copies.

    Attributes:
        rotation: (3, 3) float64, columns are the child's axes in the parent frame.
        translation: (3,) float64, the child's origin in the parent frame, metres.
        parent: Name of the parent frame; "" stands for any.
        child: Name of the child frame; "" stands for any.

    Raises:
        GeometryError: Shapes, non-finite values, or a matrix that is no rotation (within 1e-6).

    Examples:
        >>> world_from_car = Pose(np.eye(3), np.array([10.0, 0.0, 0.0]), "world", "car")
        >>> world_from_car.apply([1.0, 2.0, 0.0]).tolist()
        [11.0, 2.0, 0.0]
    """

    rotation: FloatArray
    translation: FloatArray
    parent: str = "world"
    child: str = "body"

    def __post_init__(self) -> None:
        rotation = np.array(self.rotation, dtype=np.float64)
        translation = np.array(self.translation, dtype=np.float64)
        if rotation.shape != (3, 3) or translation.shape != (3,):
            raise GeometryError(
                f"a pose needs rotation (3, 3) and translation (3,), not {rotation.shape} and {translation.shape}"
            )
        if not (np.isfinite(rotation).all() and np.isfinite(translation).all()):
            raise GeometryError(f"pose {self.parent}_from_{self.child} holds NaN or infinity")
        check_rotation(rotation)
        rotation.setflags(write=False)
        translation.setflags(write=False)
        object.__setattr__(self, "rotation", rotation)
        object.__setattr__(self, "translation", translation)

    @classmethod
    def identity(cls, parent: str = "world", child: str = "body") -> Pose:
        """The pose of a child frame that coincides with its parent."""
        return cls(np.eye(3), np.zeros(3), parent, child)

    @classmethod
    def from_matrix(cls, matrix: ArrayLike, *, parent: str = "world", child: str = "body") -> Pose:
        """Build a pose from a homogeneous matrix.

        Args:
            matrix: (4, 4) or (3, 4), parent_from_child. A rotation part orthonormal to 1e-4 (single-precision files) is
                replaced by the nearest rotation.
            parent: Name of the parent frame.
            child: Name of the child frame.

        Raises:
            GeometryError: Wrong shape, a last row other than (0, 0, 0, 1), or no rotation.
        """
        values = np.asarray(matrix, dtype=np.float64)
        if values.shape not in {(4, 4), (3, 4)}:
            raise GeometryError(f"a pose matrix must have shape (4, 4) or (3, 4), not {values.shape}")
        if values.shape == (4, 4) and not np.allclose(values[3], (0.0, 0.0, 0.0, 1.0), rtol=0.0, atol=1e-6):
            raise GeometryError(f"the last row of a pose matrix must be 0 0 0 1, not {values[3].tolist()}")
        return cls(nearest_rotation(values[:3, :3]), values[:3, 3], parent, child)

    @property
    def matrix(self) -> FloatArray:
        """(4, 4) homogeneous matrix, parent_from_child."""
        matrix = np.eye(4)
        matrix[:3, :3] = self.rotation
        matrix[:3, 3] = self.translation
        return matrix

    def inverse(self) -> Pose:
        """The same relation read the other way: child_from_parent."""
        return Pose(self.rotation.T, -self.rotation.T @ self.translation, self.child, self.parent)

    def __matmul__(self, other: Pose) -> Pose:
        """Chain ``a_from_b @ b_from_c`` to a_from_c.

        Raises:
            GeometryError: The inner frame names differ (an empty name fits any).
        """
        if not isinstance(other, Pose):
            return NotImplemented
        if self.child and other.parent and self.child != other.parent:
            raise GeometryError(
                f"cannot chain {self.parent}_from_{self.child} with {other.parent}_from_{other.child}: "
                f"{self.child!r} is not {other.parent!r}"
            )
        rotation = self.rotation @ other.rotation
        return Pose(rotation, self.apply(other.translation), self.parent, other.child)

    def apply(self, points: ArrayLike) -> FloatArray:
        """Points (..., 3) of the child frame, in the parent frame (metres)."""
        values = finite_array(points, 3, "points")
        return np.asarray(values @ self.rotation.T + self.translation)

    def rotate(self, vectors: ArrayLike) -> FloatArray:
        """Directions (..., 3) of the child frame, in the parent frame: rotated, not moved."""
        return np.asarray(finite_array(vectors, 3, "vectors") @ self.rotation.T)
