"""Colours of a model's triangles: base colours, vertex colours, and pictures averaged over each triangle."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]

MAX_PIXELS: Final = 64_000_000
"""Of one picture."""
_PLAIN: Final = (170, 168, 164)
_CHUNK = 200_000  # triangles looked up together
# Places within a triangle at which a picture is looked up: inside, so that seams do not bleed.
_WEIGHTS: Final = np.array(
    [[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8], [0.45, 0.45, 0.1], [0.45, 0.1, 0.45], [0.1, 0.45, 0.45],
     [1 / 3, 1 / 3, 1 / 3]]
)  # fmt: skip


def face_colors(geometry: Any) -> Bytes:
    """(T, 3) sRGB of each triangle of a trimesh geometry; a plain grey where it has no colour."""
    count = len(geometry.faces)
    plain = np.broadcast_to(np.array(_PLAIN, dtype=np.uint8), (count, 3))
    visual = geometry.visual
    kind = getattr(visual, "kind", None)
    if kind == "vertex":
        linear = np.asarray(visual.vertex_colors, dtype=np.float64)[:, :3] / 255.0
        return _srgb(linear[np.asarray(geometry.faces)].mean(axis=1))
    if kind == "face":
        return np.asarray(visual.face_colors, dtype=np.uint8)[:, :3]
    material = getattr(visual, "material", None)
    if kind != "texture" or material is None:
        return plain
    base, picture = _look(material)
    if picture is not None:
        found = _averaged(picture, getattr(visual, "uv", None), np.asarray(geometry.faces))
        if found is not None:
            tint = np.ones(3) if base is None else base
            return np.asarray(np.clip(_srgb(_linear(found) * tint), 0, 255), dtype=np.uint8)
    return plain if base is None else np.broadcast_to(_srgb(base), (count, 3))


def _look(material: Any) -> tuple[Floats | None, Any]:
    """Linear base colour and picture of a material of either kind."""
    factor = getattr(material, "baseColorFactor", None)
    if hasattr(material, "baseColorTexture"):  # glTF: factors are linear
        picture = material.baseColorTexture
        return None if factor is None else np.asarray(factor, dtype=np.float64)[:3] / 255.0, picture
    diffuse = getattr(material, "diffuse", None)
    picture = getattr(material, "image", None)
    if diffuse is None:
        return None, picture
    value = np.asarray(diffuse, dtype=np.float64)[:3]
    # MTL: what is seen on a screen; exporters write white, or a dull grey, beside a picture.
    return (None, picture) if picture is not None else (_linear(value / 255.0), None)


def _averaged(picture: Any, uv: Any, faces: NDArray[np.int64]) -> Floats | None:
    """(T, 3) mean sRGB of a picture over each triangle, 0..1; None where it cannot be looked up."""
    if uv is None or getattr(picture, "size", (0, 0))[0] * getattr(picture, "size", (0, 0))[1] > MAX_PIXELS:
        return None
    where = np.asarray(uv, dtype=np.float64)
    if where.ndim != 2 or where.shape[1] < 2 or len(where) <= faces.max() or not np.isfinite(where).all():
        return None
    image = np.asarray(picture.convert("RGB"), dtype=np.uint8)
    height, width = image.shape[:2]
    found = np.empty((len(faces), 3))
    for start in range(0, len(faces), _CHUNK):
        corners = where[faces[start : start + _CHUNK], :2]
        points = np.einsum("wk,tkc->twc", _WEIGHTS, corners) % 1.0  # pictures repeat
        column = np.minimum((points[..., 0] * width).astype(np.int64), width - 1)
        row = np.minimum(((1.0 - points[..., 1]) * height).astype(np.int64), height - 1)
        found[start : start + _CHUNK] = image[row, column].mean(axis=1) / 255.0
    return found


def _linear(srgb: Floats) -> Floats:
    """SRGB 0..1 to linear (IEC 61966-2-1)."""
    return np.asarray(np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4))


def _srgb(linear: Floats) -> Bytes:
    """Linear 0..1 to sRGB bytes (IEC 61966-2-1)."""
    value = np.clip(linear, 0.0, 1.0)
    shown = np.where(value <= 0.0031308, 12.92 * value, 1.055 * value ** (1.0 / 2.4) - 0.055)
    return np.asarray(np.round(255.0 * shown), dtype=np.uint8)
