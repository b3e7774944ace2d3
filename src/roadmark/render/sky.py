"""Radiance of the sky in a direction: gradient, glow, sun or moon, clouds, haze."""

from __future__ import annotations

import math

from roadmark.render.environment import EnvironmentIndex as Env
from roadmark.render.jit import device_function_inlined
from roadmark.render.noise import (
    Rgb,
    Scalar,
    Table,
    f32,
    mix,
    negative_exponential,
    saturate,
    smooth_noise,
    smooth_step,
)


@device_function_inlined
def clear_sky(dx: Scalar, dy: Scalar, dz: Scalar, env: Table) -> Rgb:
    """Sky without clouds, disc or haze in a unit direction; below the horizon it repeats the horizon."""
    height = max(dz, f32(0.0))
    low = f32(1.0) - height
    low2 = low * low
    horizon = low2 * low2 * (f32(0.72) + f32(0.28) * low2)
    towards = max(dx * env[Env.SUN_X] + dy * env[Env.SUN_Y] + dz * env[Env.SUN_Z], f32(0.0))
    m2 = towards * towards
    m4 = m2 * m2
    m8 = m4 * m4
    m32 = m8 * m8 * m8 * m8
    glow = f32(0.55) * m2 * low2 * low2 + f32(0.40) * m8 + f32(0.9) * m32 * m32 * m32
    r = mix(env[Env.ZENITH_R], env[Env.HORIZON_R], horizon) + env[Env.GLOW_R] * glow
    g = mix(env[Env.ZENITH_G], env[Env.HORIZON_G], horizon) + env[Env.GLOW_G] * glow
    b = mix(env[Env.ZENITH_B], env[Env.HORIZON_B], horizon) + env[Env.GLOW_B] * glow
    return r, g, b


@device_function_inlined
def fog_radiance(dx: Scalar, dy: Scalar, dz: Scalar, env: Table) -> Rgb:
    """Radiance of infinitely thick haze in a unit direction: the air's colour, brighter towards the sun."""
    towards = max(dx * env[Env.SUN_X] + dy * env[Env.SUN_Y] + dz * env[Env.SUN_Z], f32(0.0))
    glow = towards * towards
    glow = f32(0.6) * glow * glow
    return (
        env[Env.FOG_R] + env[Env.GLOW_R] * glow,
        env[Env.FOG_G] + env[Env.GLOW_G] * glow,
        env[Env.FOG_B] + env[Env.GLOW_B] * glow,
    )


@device_function_inlined
def sky_radiance(dx: Scalar, dy: Scalar, dz: Scalar, env: Table, noise: Table) -> Rgb:
    """Radiance of the sky in a unit direction, with everything in it.

    Args:
        dx: Direction from the eye, world x.
        dy: World y.
        dz: World z, up.
        env: Packed environment.
        noise: Table of `noise.noise_table`.

    Returns:
        Linear red, green, blue.
    """
    r, g, b = clear_sky(dx, dy, dz, env)
    cover = env[Env.CLOUD_COVER]
    veil = f32(0.0)
    if dz > f32(0.0) and cover > f32(0.0):
        density, shade = _clouds(dx, dy, dz, env, noise)
        veil = density * saturate(dz * f32(7.0))
        r = mix(r, env[Env.CLOUD_R] * shade, veil)
        g = mix(g, env[Env.CLOUD_G] * shade, veil)
        b = mix(b, env[Env.CLOUD_B] * shade, veil)
    towards = dx * env[Env.SUN_X] + dy * env[Env.SUN_Y] + dz * env[Env.SUN_Z]
    if towards > f32(0.9999) and env[Env.SUN_Z] > f32(-0.02):
        disc = smooth_step(f32(0.99995), f32(0.99997), towards) * env[Env.DISC] * (f32(1.0) - veil)
        r += env[Env.SUN_R] * disc
        g += env[Env.SUN_G] * disc
        b += env[Env.SUN_B] * disc
    # Haze fills a layer of some hundred metres: the flatter the ray, the longer its way through it.
    clear = negative_exponential(env[Env.FOG_DENSITY] * f32(140.0) / (max(dz, f32(0.0)) + f32(0.02)))
    fog_r, fog_g, fog_b = fog_radiance(dx, dy, dz, env)
    return mix(fog_r, r, clear), mix(fog_g, g, clear), mix(fog_b, b, clear)


@device_function_inlined
def _clouds(dx: Scalar, dy: Scalar, dz: Scalar, env: Table, noise: Table) -> tuple[Scalar, Scalar]:
    """Opacity 0..1 and brightness of the cloud layer, a plane high above, in a direction above the horizon."""
    scale = f32(13.0) / (dz + f32(0.13))
    u = dx * scale
    v = dy * scale
    base = smooth_noise(noise, u + f32(11.3), v + f32(47.9))
    fine = smooth_noise(noise, u * f32(3.3) + f32(101.0), v * f32(3.3) + f32(7.0))
    finest = smooth_noise(noise, u * f32(11.0), v * f32(11.0) + f32(63.0))
    height = f32(0.60) * base + f32(0.27) * fine + f32(0.13) * finest
    # The side away from the sun is darker: compare with the cloud a little nearer the sun.
    sunward = f32(1.6) / f32(math.sqrt(f32(1.0) + f32(8.0) * env[Env.SUN_Z] * env[Env.SUN_Z]))
    nearer = smooth_noise(
        noise, u + f32(11.3) + f32(1.5) * sunward * env[Env.SUN_X], v + f32(47.9) + f32(1.5) * sunward * env[Env.SUN_Y]
    )
    cover = env[Env.CLOUD_COVER]
    # The mean of three uniform layers is bell-shaped around 0.5; this threshold makes `cover` about the share covered.
    threshold = f32(0.5) + (f32(0.5) - cover) * (f32(0.62) + f32(0.25) * abs(f32(0.5) - cover))
    density = smooth_step(threshold - f32(0.07), threshold + f32(0.20), height)
    if cover > f32(0.95):
        return f32(0.85), f32(0.70) + f32(0.55) * height
    shade = f32(0.86) + f32(0.55) * (base - nearer) - f32(0.30) * density * max(height - f32(0.6), f32(0.0))
    return density * f32(0.92), min(max(shade, f32(0.55)), f32(1.15))
