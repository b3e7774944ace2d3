"""The images of one frame, checked, and small images derived from them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.clip.ids import STORED_ID_LIMIT
from roadmark.clip.layout import Modality
from roadmark.errors import InputError

Gray = NDArray[np.uint8]

CANNY_THRESHOLDS = (100.0, 200.0)
"""Hysteresis thresholds of the edge images: the "medium" preset of the published transfer models."""


@dataclass(frozen=True, eq=False)
class FrameImages:
    """Everything rendered for one frame; the arrays must not be changed afterwards, encoding goes on in the background.

    Attributes:
        rgb: (H, W, 3) uint8 sRGB.
        depth: (H, W) float32 metres along z (or range); inf means no return.
        semantic: (H, W) uint8 class ids.
        instance: (H, W) uint16 stored object ids, 0 = none.
        normal: (H, W, 3) uint8 world normals, (n + 1) / 2 * 255.
        sun_visibility: (H, W) uint8.
        albedo: (H, W, 3) uint8 sRGB.
    """

    rgb: NDArray[np.uint8]
    depth: NDArray[np.float32] | None = None
    semantic: NDArray[np.uint8] | None = None
    instance: NDArray[np.uint16] | None = None
    normal: NDArray[np.uint8] | None = None
    sun_visibility: NDArray[np.uint8] | None = None
    albedo: NDArray[np.uint8] | None = None

    def by_modality(self) -> dict[Modality, NDArray[np.generic]]:
        """The images that are there, by their modality's name."""
        images: dict[Modality, NDArray[np.generic] | None] = {
            "rgb": self.rgb,
            "depth": self.depth,
            "semantic_segmentation": self.semantic,
            "instance_segmentation": self.instance,
            "normals": self.normal,
            "sun_visibility": self.sun_visibility,
            "albedo": self.albedo,
        }
        return {name: image for name, image in images.items() if image is not None}

    def check(self, width: int, height: int, modalities: frozenset[Modality]) -> None:
        """Check types and sizes before anything is written.

        Raises:
            InputError: An image is missing, of another size or type, or a depth is not a number.
        """
        images = self.by_modality()
        missing = modalities - set(images)
        if missing:
            raise InputError(f"the frame lacks {', '.join(sorted(missing))}, which this clip has in every frame")
        for name, image in images.items():
            channels = (3,) if name in _COLORED else ()
            if image.shape != (height, width, *channels) or image.dtype != _TYPES.get(name, np.uint8):
                raise InputError(
                    f"{name}: expected {(height, width, *channels)} {np.dtype(_TYPES.get(name, np.uint8))}, "
                    f"got {image.shape} {image.dtype}"
                )
        if self.depth is not None and np.isnan(np.min(self.depth)):
            raise InputError("depth holds NaN; give inf where nothing was hit")


_COLORED = frozenset({"rgb", "normals", "albedo"})
_TYPES: dict[str, type[np.generic]] = {"depth": np.float32, "instance_segmentation": np.uint16}


def edge_image(rgb: NDArray[np.uint8], keep: NDArray[np.bool_] | None = None) -> Gray:
    """Canny edges of the whole picture.

    Args:
        rgb: (H, W, 3).
        keep: (H, W) where edges are kept; None keeps all. Edges are found on the whole picture and then cut, so that
            the border of the kept area is not itself an edge.

    Returns:
        (H, W) uint8, 255 on edges.
    """
    edges = cv2.Canny(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), *CANNY_THRESHOLDS)
    if keep is not None:
        edges[~keep] = 0
    return edges  # type: ignore[return-value]  # cv2 keeps uint8, its stubs do not say so


def masked_picture(rgb: NDArray[np.uint8], keep: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """The picture (H, W, 3) where `keep` (H, W), black elsewhere."""
    return rgb * keep[..., None]


def _instance_palette() -> NDArray[np.uint8]:
    """255 bright colours in an order that sets neighbouring ids far apart (golden-angle hues), and black for none."""
    numbers = np.arange(255)
    hue = (numbers * 0.618033988749895) % 1.0 * 180.0
    saturation = 150 + 35 * (numbers % 4)
    value = 255 - 40 * (numbers // 4 % 3)
    hsv = np.stack([hue, saturation, value], axis=-1).astype(np.uint8)[None]
    return np.concatenate([np.zeros((1, 3), np.uint8), cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0]]).astype(np.uint8)


INSTANCE_PALETTE: NDArray[np.uint8] = _instance_palette()
"""(256, 3) colours of instance images; ids share them modulo 255."""
INSTANCE_PALETTE.setflags(write=False)

_INSTANCE_INDEX = np.concatenate([[0], 1 + np.arange(STORED_ID_LIMIT) % 255]).astype(np.uint8)


def instance_indices(instance: NDArray[np.uint16]) -> Gray:
    """(H, W) index into `INSTANCE_PALETTE` of stored ids (H, W)."""
    return np.take(_INSTANCE_INDEX, instance, mode="clip")  # cannot clip; without the mode, take buffers its output


def instance_color(stored_id: int) -> tuple[int, int, int]:
    """Colour of a stored id in instance images and overlays."""
    red, green, blue = INSTANCE_PALETTE[_INSTANCE_INDEX[stored_id]]
    return int(red), int(green), int(blue)
