"""Plants, vehicles, people and things: patterns stick to the mesh, because they are functions of its own frame."""

from __future__ import annotations

import math

from roadmark.render.environment import EnvironmentIndex as Env
from roadmark.render.jit import device_function_inlined
from roadmark.render.noise import (
    Rgb,
    Scalar,
    Table,
    Whole,
    detail,
    f32,
    grain,
    hash_unit,
    mix,
    saturate,
    smooth_noise,
    smooth_step,
)


@device_function_inlined
def bark(r: Scalar, g: Scalar, b: Scalar, x: Scalar, y: Scalar, z: Scalar, footprint: Scalar, noise: Table) -> Rgb:
    """Furrows that run up the trunk."""
    furrow = smooth_noise(noise, (x - y) * f32(38.0), z * f32(4.5) + (x + y) * f32(9.0))
    tone = f32(0.55) + f32(0.85) * mix(f32(0.5), furrow, f32(0.35) + f32(0.65) * detail(f32(0.05), footprint))
    moss = smooth_noise(noise, x * f32(2.0) + f32(9.0), y * f32(2.0) + z * f32(2.0)) * f32(0.12)
    return r * tone * (f32(1.0) - moss), g * tone, b * tone * (f32(1.0) - moss)


@device_function_inlined
def foliage(
    r: Scalar,
    g: Scalar,
    b: Scalar,
    key: Whole,
    x: Scalar,
    y: Scalar,
    z: Scalar,
    footprint: Scalar,
    noise: Table,
) -> Rgb:
    """Leaves: dark depths, light tips, a tint for each plant."""
    plant = hash_unit(key) - f32(0.5)
    clump = smooth_noise(noise, x * f32(5.0) + z * f32(3.1), y * f32(5.0) - z * f32(3.7) + f32(12.0))
    tone = f32(0.42) + f32(0.66) * clump
    fine = detail(f32(0.05), footprint)
    light = f32(0.0)
    if fine > f32(0.0):
        leaf = smooth_noise(noise, x * f32(31.0) + z * f32(23.0), y * f32(31.0) - z * f32(19.0)) - f32(0.5)
        tone *= f32(1.0) + leaf * f32(1.25) * fine
        light = leaf * f32(0.20) * fine
    warm = plant * f32(0.28) + light
    return r * tone * (f32(1.0) + warm), g * tone, b * tone * (f32(1.0) - warm * f32(0.5))


@device_function_inlined
def leaf_glow(r: Scalar, g: Scalar, b: Scalar, env: Table) -> Rgb:
    """Radiance of daylight that has come through leaves: it keeps the inside of a crown green instead of black."""
    beam = f32(0.05) * max(env[Env.SUN_Z], f32(0.0))
    return (
        r * (f32(0.20) * env[Env.ABOVE_R] + beam * env[Env.SUN_R]),
        g * (f32(0.20) * env[Env.ABOVE_G] + beam * env[Env.SUN_G]),
        b * (f32(0.14) * env[Env.ABOVE_B] + beam * env[Env.SUN_B]),
    )


@device_function_inlined
def car_paint(r: Scalar, g: Scalar, b: Scalar, x: Scalar, y: Scalar, z: Scalar, nz: Scalar, noise: Table) -> Rgb:
    """Paint with road film: dust near the sills, a little everywhere. Mesh z is height above the ground."""
    film = smooth_noise(noise, x * f32(6.0) + z * f32(4.0), y * f32(6.0) + z * f32(11.0))
    low = f32(1.0) - smooth_step(f32(0.15), f32(0.75), z)
    dust = low * (f32(0.10) + f32(0.42) * film) + f32(0.035) * film * saturate(nz)
    return mix(r, f32(0.17), dust), mix(g, f32(0.155), dust), mix(b, f32(0.13), dust)


@device_function_inlined
def rubber(r: Scalar, g: Scalar, b: Scalar, x: Scalar, y: Scalar, z: Scalar, footprint: Scalar, noise: Table) -> Rgb:
    """Tyre: dull, dusty in places."""
    dust = smooth_noise(noise, x * f32(17.0) + y * f32(7.0), z * f32(17.0)) * f32(0.55)
    fine = detail(f32(0.02), footprint)
    if fine > f32(0.0):
        dust += (grain(noise, x * f32(80.0) + y * f32(60.0), z * f32(80.0)) - f32(0.5)) * f32(0.25) * fine
    dust = saturate(dust) * f32(0.16)
    return mix(r, f32(0.15), dust), mix(g, f32(0.14), dust), mix(b, f32(0.12), dust)


@device_function_inlined
def cloth(
    r: Scalar,
    g: Scalar,
    b: Scalar,
    x: Scalar,
    y: Scalar,
    z: Scalar,
    footprint: Scalar,
    noise: Table,
) -> Rgb:
    """Woven fabric with soft folds."""
    fold = smooth_noise(noise, x * f32(13.0) + y * f32(13.0), z * f32(9.0))
    tone = f32(0.78) + f32(0.44) * fold
    fine = detail(f32(0.008), footprint)
    if fine > f32(0.0):
        tone += (grain(noise, (x + y) * f32(180.0), z * f32(180.0)) - f32(0.5)) * f32(0.16) * fine
    return r * tone, g * tone, b * tone


@device_function_inlined
def skin(r: Scalar, g: Scalar, b: Scalar, x: Scalar, y: Scalar, z: Scalar, noise: Table) -> Rgb:
    """Skin with a little flush."""
    flush = smooth_noise(noise, x * f32(22.0) + y * f32(22.0), z * f32(22.0)) - f32(0.5)
    return r * (f32(1.0) + flush * f32(0.06)), g * (f32(1.0) - flush * f32(0.06)), b * (f32(1.0) - flush * f32(0.06))


@device_function_inlined
def lamp_emission(r: Scalar, g: Scalar, b: Scalar, glow: Scalar, env: Table) -> Rgb:
    """Radiance of a lamp's lens: saturated by day, brighter and with a pale core of its colour by night."""
    strength = glow * (f32(2.6) + f32(3.4) * env[Env.NIGHT])
    # Exposure differs by light; a lamp looks the same to a camera that adapts.
    strength *= f32(0.62) / f32(math.sqrt(max(env[Env.EXPOSURE], f32(0.05))))
    return strength * r, strength * g, strength * b
