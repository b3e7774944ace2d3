"""Single moments of a clip under other conditions, without making a video."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from roadmark.augment.transfer.relight import RelightTransfer
from roadmark.catalog import Conditions
from roadmark.clip import Clip
from roadmark.errors import ConfigError
from roadmark.simulate import Rerender

PREVIEWED = ("rerender", "relight")
"""Backends that can draw single frames."""


def preview(backend: str, clip: Clip, conditions: Conditions, index: int, seed: int = 0) -> NDArray[np.uint8]:
    """One frame of a clip under other conditions.

    Args:
        backend: One of `PREVIEWED`.
        clip: The clip.
        conditions: What the picture shows.
        index: The frame.
        seed: Of the backend's randomness.

    Returns:
        (H, W, 3) uint8 sRGB.

    Raises:
        ConfigError: A backend that draws whole videos only.
        RoadmarkError: The backend cannot draw the clip.
    """
    if backend == "rerender":
        with Rerender(clip, conditions) as scene:
            return scene.picture(clip[index])
    if backend == "relight":
        return RelightTransfer().picture(clip, conditions, index, seed)
    raise ConfigError(f"backend {backend} makes whole videos only; draw single frames with {' or '.join(PREVIEWED)}")
