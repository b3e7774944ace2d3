"""What stands in a scene besides its static mesh: placed meshes and spot lights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from roadmark.errors import GeometryError
from roadmark.render.mesh import Mesh


@dataclass(frozen=True, eq=False)
class Instance:
    """A mesh placed in the world.

    Attributes:
        mesh: What is placed; instances of the same mesh object share its memory.
        transform: (3, 4) float64 world_from_mesh, a rotation and a translation in metres.
        object_id: Written to the instance image, 0..65535; parts of one object share it.
        color: (3,) uint8 sRGB paint of the triangles whose material is paint.
        emission: Bit k-1 lights the triangles with emitter k.

    Raises:
        GeometryError: for a transform that is not finite and rigid, or an id or colour out of range.
    """

    mesh: Mesh
    transform: NDArray[np.float64]
    object_id: int
    color: ArrayLike = (128, 128, 128)
    emission: int = 0

    def __post_init__(self) -> None:
        """Check the transform and normalise array types."""
        matrix = np.ascontiguousarray(np.asarray(self.transform, np.float64)[:3])
        if matrix.shape != (3, 4) or not np.isfinite(matrix).all():
            raise GeometryError(f"object {self.object_id}: transform must be a finite (3, 4) matrix")
        rotation = matrix[:, :3]
        if np.abs(rotation @ rotation.T - np.eye(3)).max() > 1e-5 or np.linalg.det(rotation) < 0:
            raise GeometryError(f"object {self.object_id}: transform must be a rotation and a translation")
        if not 0 <= self.object_id <= 0xFFFF:
            raise GeometryError(f"object id {self.object_id} is outside 0..65535")
        if not 0 <= self.emission <= 0xFFFFFFFF:
            raise GeometryError(f"object {self.object_id}: emission mask {self.emission} needs more than 32 bits")
        color = np.asarray(self.color)
        if color.shape != (3,) or color.min() < 0 or color.max() > 255:
            raise GeometryError(f"object {self.object_id}: paint must be three values in 0..255, not {self.color}")
        object.__setattr__(self, "transform", matrix)
        object.__setattr__(self, "color", color.astype(np.uint8))


@dataclass(frozen=True, eq=False)
class SpotLight:
    """A lamp that shines into a cone: head lamps, street lamps.

    Attributes:
        position: (3,) world metres.
        direction: (3,) unit vector in the world, along the cone's axis.
        color: (3,) linear radiant intensity; irradiance at distance d is color / d**2.
        cos_inner: Cosine of the angle within which it shines fully.
        cos_outer: Cosine of the angle beyond which it is dark; below `cos_inner`.
        range: Distance beyond which it is ignored, metres.

    Raises:
        GeometryError: for non-finite numbers, a zero direction or a cone the wrong way round.
    """

    position: ArrayLike
    direction: ArrayLike
    color: ArrayLike
    cos_inner: float
    cos_outer: float
    range: float

    def __post_init__(self) -> None:
        """Check and normalise."""
        vectors = {name: np.asarray(getattr(self, name), np.float64) for name in ("position", "direction", "color")}
        for name, vector in vectors.items():
            if vector.shape != (3,) or not np.isfinite(vector).all():
                raise GeometryError(f"spot light {name} must be three finite numbers, not {getattr(self, name)}")
        length = float(np.linalg.norm(vectors["direction"]))
        if length < 1e-9:
            raise GeometryError("spot light direction is zero")
        if not -1.0 <= self.cos_outer <= self.cos_inner <= 1.0:
            raise GeometryError(
                f"spot light cone: cos_outer {self.cos_outer} must not exceed cos_inner {self.cos_inner}"
            )
        if not 0.0 < self.range < np.inf:
            raise GeometryError(f"spot light range must be positive, not {self.range}")
        vectors["direction"] = vectors["direction"] / length
        for name, vector in vectors.items():
            object.__setattr__(self, name, vector)

    def pack(self, origin: ArrayLike = (0.0, 0.0, 0.0)) -> NDArray[np.float32]:
        """(12,) float32 row for the kernels: position from `origin`, direction, colour, cos_inner, cos_outer, range."""
        position = np.asarray(self.position, np.float64) - np.asarray(origin, np.float64)
        parts = [position, self.direction, self.color, (self.cos_inner, self.cos_outer, self.range)]
        return np.concatenate([np.asarray(part, np.float64) for part in parts]).astype(np.float32)
