"""Pattern sources for shading: a tileable noise table, hashes, and the filters that keep detail from aliasing.

Everything a kernel calls here takes and returns float32 or integer scalars, so that it compiles for CPU and GPU alike.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from roadmark.render.jit import device_function_inlined

NOISE_SIZE: Final = 256
"""Width in texels of each of the two square tiles of the noise table."""

_MASK: Final = NOISE_SIZE - 1
_SMOOTH_EXPONENT: Final = 1.15
_GRAIN_EXPONENT: Final = 0.2
_LONGEST_WAVE: Final = 52.0  # texels; longer ones would make one end of a street unlike the other

f32 = np.float32
Scalar = np.float32
Whole: TypeAlias = Any  # an integer of any width
Table = npt.NDArray[np.float32]
Rgb = tuple[np.float32, np.float32, np.float32]


def noise_table(seed: int = 0) -> npt.NDArray[np.float32]:
    """Two tileable noise textures in one array, for `smooth_noise` and `grain`.

    The upper tile has a 1/f spectrum (clouds, stains), the lower one is nearly white (grain). Both are rank-equalised:
    a texel is below q with probability q, so that a threshold is an area share.

    Args:
        seed: Seed of the pattern.

    Returns:
        (2 * NOISE_SIZE, NOISE_SIZE) float32 in [0, 1).
    """
    rng = np.random.default_rng(seed)
    tiles = [_equalised_tile(rng, exponent) for exponent in (_SMOOTH_EXPONENT, _GRAIN_EXPONENT)]
    return np.ascontiguousarray(np.concatenate(tiles))


def _equalised_tile(rng: np.random.Generator, exponent: float) -> npt.NDArray[np.float32]:
    """Periodic Gaussian noise with amplitude spectrum 1/f^exponent, mapped to a uniform distribution by rank."""
    frequency = np.fft.fftfreq(NOISE_SIZE)
    radius = np.hypot(frequency[:, None], frequency[None, :])
    amplitude = np.maximum(radius, 1.0 / _LONGEST_WAVE) ** -exponent * (radius < 0.45)
    amplitude[0, 0] = 0.0
    # Rounding keeps the ranks equal across FFT libraries, which differ in the last bits.
    signal = np.fft.ifft2(np.fft.fft2(rng.normal(size=(NOISE_SIZE, NOISE_SIZE))) * amplitude).real.round(9)
    ranks = np.argsort(np.argsort(signal, axis=None, kind="stable"), kind="stable")
    return (ranks.reshape(NOISE_SIZE, NOISE_SIZE) / signal.size).astype(np.float32)


@device_function_inlined
def floor_int(x: Scalar) -> int:
    """Largest whole number not above x, for |x| < 2^31; compiles to a conversion instead of a call of the C library."""
    whole = int(x)
    return whole - 1 if f32(whole) > x else whole


@device_function_inlined
def smooth_noise(noise: Table, x: Scalar, y: Scalar) -> Scalar:
    """Bilinear 1/f noise in [0, 1) at (x, y) in texels; period `NOISE_SIZE`."""
    column = floor_int(x)
    row = floor_int(y)
    fx = x - f32(column)
    fy = y - f32(row)
    x0 = column & _MASK
    y0 = row & _MASK
    x1 = (column + 1) & _MASK
    y1 = (row + 1) & _MASK
    top = noise[y0, x0] + (noise[y0, x1] - noise[y0, x0]) * fx
    bottom = noise[y1, x0] + (noise[y1, x1] - noise[y1, x0]) * fx
    return f32(top + (bottom - top) * fy)


@device_function_inlined
def grain(noise: Table, x: Scalar, y: Scalar) -> Scalar:
    """Nearest texel of the nearly white tile, in [0, 1), at (x, y) in texels; period `NOISE_SIZE`."""
    return f32(noise[NOISE_SIZE + (floor_int(y) & _MASK), floor_int(x) & _MASK])


@device_function_inlined
def hash_unit(key: Whole) -> Scalar:
    """Uniform float32 in [0, 1) of an integer key: the PCG hash of Jarzynski and Olano, JCGT 9(3), 2020."""
    state = (np.uint64(key) & np.uint64(0xFFFFFFFF)) * np.uint64(747796405) + np.uint64(2891336453)
    state = state & np.uint64(0xFFFFFFFF)
    word = (((state >> ((state >> np.uint64(28)) + np.uint64(4))) ^ state) * np.uint64(277803737)) & np.uint64(
        0xFFFFFFFF
    )
    word = (word >> np.uint64(22)) ^ word
    return f32(np.int32(word & np.uint64(0xFFFFFF))) * f32(1.0 / 16777216.0)


@device_function_inlined
def hash_cell(column: Whole, row: Whole, key: Whole) -> Scalar:
    """Uniform float32 in [0, 1) of a grid cell (integers, may be negative) and a key, for tiles, bricks and panes."""
    mixed = (int(column) * 73856093) ^ (int(row) * 19349663) ^ (int(key) * 83492791)
    return hash_unit(mixed & 0xFFFFFFFF)


@device_function_inlined
def saturate(x: Scalar) -> Scalar:
    """Clamp to [0, 1]."""
    return min(max(x, f32(0.0)), f32(1.0))


@device_function_inlined
def smooth_step(low: Scalar, high: Scalar, x: Scalar) -> Scalar:
    """Cubic ramp from 0 at `low` to 1 at `high` (low < high)."""
    t = min(max((x - low) / (high - low), f32(0.0)), f32(1.0))
    return t * t * (f32(3.0) - f32(2.0) * t)


@device_function_inlined
def mix(a: Scalar, b: Scalar, t: Scalar) -> Scalar:
    """Linear interpolation from `a` (t = 0) to `b` (t = 1)."""
    return a + (b - a) * t


@device_function_inlined
def fraction(x: Scalar) -> Scalar:
    """Part of x above its floor, in [0, 1)."""
    return x - f32(floor_int(x))


@device_function_inlined
def detail(size: Scalar, footprint: Scalar) -> Scalar:
    """Weight 0..1 of a pattern whose features are `size` metres across, seen through pixels of `footprint` metres.

    Full while a feature covers two pixels or more, gone when it is smaller than half a pixel: the pattern is replaced
    by its mean instead of being sampled too coarsely.
    """
    return saturate((size / max(footprint, f32(1e-6)) - f32(0.5)) * f32(0.6667))


@device_function_inlined
def joint(x: Scalar, width: Scalar, footprint: Scalar) -> Scalar:
    """Share 0..1 of a pixel that lies on a line of `width` around the nearest whole number, box filtered.

    Args:
        x: Coordinate in periods: lines lie at whole numbers.
        width: Width of the line in periods.
        footprint: Size of the pixel in periods; from half a period on, the result is the mean, `width`.
    """
    distance = abs(x - f32(floor_int(x + f32(0.5))))
    size = max(footprint, f32(1e-4))
    covered = min(saturate((f32(0.5) * (width + size) - distance) / size), width / size)
    return mix(covered, width, saturate(f32(4.0) * footprint - f32(1.0)))


@device_function_inlined
def negative_exponential(x: Scalar) -> Scalar:
    """exp(-x) for x >= 0, within 0.002, by the square of a reciprocal polynomial: cheaper than the exact function."""
    half = f32(1.0) / (f32(1.0) + x * (f32(0.5) + x * (f32(0.1105) + x * f32(0.03675))))
    return half * half
