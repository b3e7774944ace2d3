"""What weather leaves on surfaces: snow, sand, wetness, puddles; a function of the place in the world alone."""

from __future__ import annotations

from roadmark.relight.images import Effect, Kind
from roadmark.render.kernels import (
    Array,
    Scalar,
    device_function_inlined,
    f32,
    mix,
    saturate,
    smooth_noise,
    smooth_step,
)

# Patterns repeat after NOISE_SIZE texels; whole quarters of texels per metre keep them whole where the kernels' zero
# moves, in steps of 1024 m.
_ROAD = int(Kind.ROAD)
_PAVEMENT = int(Kind.PAVEMENT)
_SOIL = int(Kind.SOIL)
_LEAVES = int(Kind.LEAVES)
_UNKNOWN = int(Kind.UNKNOWN)


@device_function_inlined
def is_ground(kind: int) -> bool:
    """Whether a kind is walked or driven on."""
    return bool(kind in (_ROAD, _PAVEMENT, _SOIL, _UNKNOWN))


@device_function_inlined
def snow_share(kind: int, x: Scalar, y: Scalar, nz: Scalar, track: Scalar, level: Scalar, noise: Array) -> Scalar:
    """Share 0..1 of a surface under snow.

    Args:
        kind: A `Kind`.
        x: Place in the patterns' frame, metres.
        y: Its y.
        nz: Upward part of the normal.
        track: How much wheels have cleared, 0..1.
        level: Share of upward surfaces under snow.
        noise: Table of patterns.
    """
    pattern = f32(0.7) * smooth_noise(noise, x * f32(3.0), y * f32(3.0)) + f32(0.3) * smooth_noise(
        noise, x * f32(17.0) + f32(31.0), y * f32(17.0)
    )
    if kind == _LEAVES:
        return level * f32(0.9) * smooth_step(f32(-0.25), f32(0.75), nz + f32(0.5) * (pattern - f32(0.5)))
    if not is_ground(kind):
        return level * smooth_step(f32(0.30), f32(0.75), nz)
    flat = smooth_step(f32(0.6), f32(0.9), nz)
    if kind == _ROAD:
        level = level * (f32(0.96) - f32(0.62) * track)
    bare = f32(1.0) - f32(1.1) * level
    return flat * smooth_step(bare - f32(0.16), bare + f32(0.16), pattern)


@device_function_inlined
def sand_share(kind: int, x: Scalar, y: Scalar, nz: Scalar, track: Scalar, level: Scalar, noise: Array) -> Scalar:
    """Share 0..1 of a surface under drifted sand; arguments as `snow_share`."""
    if not is_ground(kind):
        return f32(0.45) * level * smooth_step(f32(0.5), f32(0.95), nz)
    drift = f32(0.75) * smooth_noise(noise, x * f32(2.0) + f32(7.0), y * f32(5.0)) + f32(0.25) * smooth_noise(
        noise, x * f32(24.0), y * f32(24.0) + f32(13.0)
    )
    level = level * (f32(1.0) - f32(0.55) * track)
    bare = f32(1.0) - f32(1.15) * level
    cover = smooth_step(bare - f32(0.18), bare + f32(0.22), drift)
    # A thin film of dust lies between the drifts.
    return smooth_step(f32(0.7), f32(0.95), nz) * max(cover, f32(0.45) * level)


@device_function_inlined
def puddle_share(kind: int, x: Scalar, y: Scalar, nz: Scalar, level: Scalar, noise: Array) -> Scalar:
    """Share 0..1 of a flat surface under standing water; arguments as `snow_share`."""
    if level <= f32(0.0) or not is_ground(kind):
        return f32(0.0)
    if kind == _SOIL:
        level *= f32(0.5)
    elif kind == _PAVEMENT:
        level *= f32(0.6)
    height = f32(0.80) * smooth_noise(noise, x * f32(3.25) + f32(53.0), y * f32(3.25) + f32(101.0)) + f32(
        0.20
    ) * smooth_noise(noise, x * f32(8.0), y * f32(8.0))
    # The mean of two patterns is less spread than each.
    level = f32(0.5) + (level - f32(0.5)) * f32(0.9)
    above = smooth_step(level - f32(0.02), level + f32(0.02), height)
    return smooth_step(f32(0.96), f32(0.995), nz) * (f32(1.0) - above)


@device_function_inlined
def wet_factor(kind: int, wetness: Scalar, nz: Scalar) -> Scalar:
    """Factor on the albedo of a wet surface: water fills its pores (Lagarde, "Water drop 3b", 2013)."""
    pores = f32(0.70) if kind in (_ROAD, _SOIL, _UNKNOWN) else f32(0.40)
    up = f32(0.4) + f32(0.6) * saturate(nz)
    return f32(1.0) - pores * wetness * f32(0.65) * up


@device_function_inlined
def covered(
    r: Scalar,
    g: Scalar,
    b: Scalar,
    kind: int,
    x: Scalar,
    y: Scalar,
    nz: Scalar,
    track: Scalar,
    effects: Array,
    noise: Array,
) -> tuple[Scalar, Scalar, Scalar, Scalar, Scalar]:
    """Albedo under snow, sand and water, and what mirrors.

    Args:
        r: Albedo, red.
        g: Green.
        b: Blue.
        kind: A `Kind`.
        x: Place in the patterns' frame, metres.
        y: Its y.
        nz: Upward part of the normal.
        track: How much wheels have cleared, 0..1.
        effects: Values by `Effect`.
        noise: Table of patterns.

    Returns:
        Albedo, share of standing water, wetness of what mirrors.
    """
    snow = f32(0.0)
    wet, was_wet = effects[Effect.WET], effects[Effect.WET_FROM]
    if wet == was_wet and effects[Effect.SNOW] + effects[Effect.SAND] + effects[Effect.PUDDLES] == f32(0.0):
        return r, g, b, f32(0.0), f32(0.0)
    puddle = puddle_share(kind, x, y, nz, effects[Effect.PUDDLES], noise)
    if wet != was_wet or puddle > f32(0.0):
        factor = wet_factor(kind, max(wet, puddle), nz)
        if was_wet > f32(0.0):
            factor /= wet_factor(kind, was_wet, nz)
        r, g, b = r * factor, g * factor, b * factor
    if effects[Effect.SAND] > f32(0.0):
        sand = sand_share(kind, x, y, nz, track, effects[Effect.SAND], noise)
        grain = f32(0.84) + f32(0.32) * smooth_noise(noise, x * f32(48.0), y * f32(48.0))
        r = mix(r, f32(0.42) * grain, sand)
        g = mix(g, f32(0.31) * grain, sand)
        b = mix(b, f32(0.185) * grain, sand)
    if effects[Effect.SNOW] > f32(0.0):
        snow = snow_share(kind, x, y, nz, track, effects[Effect.SNOW], noise)
        relief = f32(0.76) + f32(0.10) * smooth_noise(noise, x * f32(9.0), y * f32(9.0))
        # Thin snow on a road is grey slush.
        relief -= f32(0.22) * track * snow
        r = mix(r, relief * f32(0.965), snow)
        g = mix(g, relief * f32(0.985), snow)
        b = mix(b, relief * f32(1.01), snow)
    dry = f32(1.0) - snow
    shiny = wet - was_wet if is_ground(kind) else f32(0.0)
    if kind == _SOIL:
        shiny *= f32(0.15)
    return r, g, b, puddle * dry, max(shiny, f32(0.0)) * smooth_step(f32(0.85), f32(0.97), nz) * dry
