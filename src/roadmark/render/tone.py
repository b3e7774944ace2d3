"""From radiance to a picture: exposure, a film-like curve and the sRGB transfer function, tabulated for the kernels."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from roadmark.render.jit import device_function_inlined

TONE_SIZE: Final = 2048
"""Entries of the tone table; steps between neighbours stay below one third of an 8-bit step."""

_KNEE: Final = 0.35  # exposed radiance x is stored at x / (x + knee): dense where the eye is

f32 = np.float32


def film_curve(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Display-linear 0..1 of exposed radiance.

    The rational curve of Narkowicz, "ACES Filmic Tone Mapping Curve" (2015), with a softer toe, so that shadows keep
    their colour as in the pictures of street cameras.
    """
    x = np.maximum(x, 0.0)
    return np.minimum(x * (2.51 * x + 0.15) / (x * (2.43 * x + 0.62) + 0.15), 1.0)


def srgb_encode(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Encoded 0..1 of display-linear 0..1 (IEC 61966-2-1)."""
    return np.where(x <= 0.0031308, 12.92 * x, 1.055 * np.maximum(x, 1e-12) ** (1.0 / 2.4) - 0.055)


def srgb_decode(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Display-linear 0..1 of encoded 0..1 (IEC 61966-2-1)."""
    return np.where(x <= 0.04045, x / 12.92, ((np.maximum(x, 0.0) + 0.055) / 1.055) ** 2.4)


def tone_table(exposure: float) -> npt.NDArray[np.float32]:
    """Values for `tone_map`: the knee in radiance units, then `TONE_SIZE` display values in 0..255 plus one half."""
    position = (np.arange(TONE_SIZE) + 0.5) / TONE_SIZE
    exposed = _KNEE * position / (1.0 - position)
    values = 255.0 * srgb_encode(film_curve(exposed)) + 0.5
    return np.concatenate([[_KNEE / exposure], values]).astype(np.float32)


@device_function_inlined
def tone_map(
    r: np.float32, g: np.float32, b: np.float32, env: npt.NDArray[np.float32]
) -> tuple[np.uint8, np.uint8, np.uint8]:
    """8-bit sRGB colour of linear radiance.

    Args:
        r: Red; negative values count as 0.
        g: Green.
        b: Blue.
        env: Packed environment; its last values are `tone_table`.
    """
    start = env.shape[0] - TONE_SIZE
    knee = env[start - 1]
    top = f32(TONE_SIZE - 1)
    r = max(r, f32(0.0))
    g = max(g, f32(0.0))
    b = max(b, f32(0.0))
    red = env[start + int(min(f32(TONE_SIZE) * r / (r + knee), top))]
    green = env[start + int(min(f32(TONE_SIZE) * g / (g + knee), top))]
    blue = env[start + int(min(f32(TONE_SIZE) * b / (b + knee), top))]
    return np.uint8(np.int32(red)), np.uint8(np.int32(green)), np.uint8(np.int32(blue))
