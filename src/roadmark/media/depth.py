"""Depth as 16-bit images and as gray for control videos.

Stored depth follows KITTI: value / 256 = metres, rounded to nearest, 0 = no return. It saturates and never wraps
(published clips in millimetres wrap at 65.535 m). Control videos show near-bright inverse depth with one fixed scale,
so that gray means the same distance in every frame.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

DepthUnit = Literal["1/256m", "mm"]

UNITS_PER_METRE: dict[DepthUnit, float] = {"1/256m": 256.0, "mm": 1000.0}
"""Stored steps per metre."""
NO_RETURN = 0
FARTHEST = 65535
"""Stored for this depth and every larger finite one."""


def encode_depth(metres: NDArray[np.float32], unit: DepthUnit = "1/256m") -> NDArray[np.uint16]:
    """Depths as 16-bit steps.

    Args:
        metres: (H, W) depth > 0; inf (or 0 and less) means no return.
        unit: Step.

    Returns:
        (H, W) uint16: rounded to nearest, at least 1 and at most 65535 where there is a return, 0 where there is none.

    Raises:
        ValueError: A depth is NaN.

    Examples:
        >>> encode_depth(np.array([[1.0, 300.0, np.inf, 0.0001]], np.float32)).tolist()
        [[256, 65535, 0, 1]]
    """
    steps = np.multiply(metres, np.float32(UNITS_PER_METRE[unit]), dtype=np.float32)
    np.rint(steps, out=steps)
    np.clip(steps, 1.0, FARTHEST, out=steps)  # NaN stays NaN
    steps *= np.isfinite(metres) & (metres > 0.0)
    if np.isnan(steps.max(initial=0.0)) or np.isnan(metres.max(initial=0.0)):
        raise ValueError("depth holds NaN; give inf where nothing was hit")
    return steps.astype(np.uint16)


def decode_depth(stored: NDArray[np.uint16], unit: DepthUnit = "1/256m") -> NDArray[np.float32]:
    """Metres (H, W) float32 of 16-bit steps; no return becomes inf, 65535 the farthest depth the unit holds."""
    metres = stored.astype(np.float32)
    metres /= np.float32(UNITS_PER_METRE[unit])
    metres[stored == NO_RETURN] = np.inf
    return metres


def inverse_depth_table(near: float, far: float = np.inf, unit: DepthUnit = "1/256m") -> NDArray[np.uint8]:
    """Gray level of every stored depth: white at `near` and nearer, black at `far`, farther and at no return.

    Between them gray is linear in 1 / depth, what disparity-trained models expect.

    Args:
        near: Metres shown white, > 0.
        far: Metres shown black, > near; inf allowed.
        unit: Step of the stored depth.

    Returns:
        (65536,) uint8, full range 0..255.

    Raises:
        ValueError: Not 0 < near < far.
    """
    if not (0.0 < near < far and np.isfinite(near)):
        raise ValueError(f"the gray scale of depth needs 0 < near < far, not near={near}, far={far}")
    metres = np.arange(FARTHEST + 1, dtype=np.float64) / UNITS_PER_METRE[unit]
    metres[NO_RETURN] = np.inf
    gray = (1.0 / metres - 1.0 / far) / (1.0 / near - 1.0 / far)
    return np.rint(255.0 * np.clip(gray, 0.0, 1.0)).astype(np.uint8)


def suggested_near(metres: NDArray[np.float32]) -> float:
    """A `near` for `inverse_depth_table` from a clip's first frame.

    Three quarters of the depth that 5 % of the picture are nearer than: a pole beside the lens does not darken
    everything else, and what comes closer later still has shades left. Kept within 0.5 to 20 m, rounded to 0.1 m; 5 m
    where nothing was hit.
    """
    sample = metres[::4, ::4]
    hits = sample[np.isfinite(sample) & (sample > 0.0)]
    if not hits.size:
        return 5.0
    nearest = float(np.partition(hits, hits.size // 20)[hits.size // 20])
    return round(min(max(0.75 * nearest, 0.5), 20.0), 1)
