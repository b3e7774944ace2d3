"""Light that leaves a surface towards the eye: sun, sky, lamps, highlights, cheap mirror images and the air in between.

All radiance is linear on the scale of `environment`: illumination is given as the radiance of a white matt surface,
so that a matt surface's radiance is albedo times illumination (the factor pi is inside the lights).
"""

from __future__ import annotations

import math

from roadmark.render.environment import EnvironmentIndex as Env
from roadmark.render.jit import device_function_inlined
from roadmark.render.noise import Rgb, Scalar, Table, f32, mix, negative_exponential, saturate, smooth_step
from roadmark.render.sky import clear_sky, fog_radiance

LAMP_COLUMNS = 12
"""Columns of a lamp in `spot_lights`: position 3, direction 3, color 3, cos_inner, cos_outer, range."""


@device_function_inlined
def fresnel(f0: Scalar, roughness: Scalar, cos_theta: Scalar) -> Scalar:
    """Share of light a surface mirrors.

    Schlick's approximation (1994), with the grazing value lowered for rough surfaces (Lagarde, 2011).

    Args:
        f0: Share mirrored at normal incidence.
        roughness: 0 mirror .. 1 matt.
        cos_theta: Cosine between normal and view direction.
    """
    away = f32(1.0) - saturate(cos_theta)
    away2 = away * away
    return f0 + (max(f32(1.0) - roughness, f0) - f0) * away2 * away2 * away * min(f32(1.0), f0 * f32(60.0))


@device_function_inlined
def direct_radiance(
    ar: Scalar,
    ag: Scalar,
    ab: Scalar,
    f0: Scalar,
    roughness: Scalar,
    er: Scalar,
    eg: Scalar,
    eb: Scalar,
    nx: Scalar,
    ny: Scalar,
    nz: Scalar,
    vx: Scalar,
    vy: Scalar,
    vz: Scalar,
    sun_visibility: Scalar,
    ambient_occlusion: Scalar,
    spot_r: Scalar,
    spot_g: Scalar,
    spot_b: Scalar,
    env: Table,
) -> Rgb:
    """Radiance without mirror images: matt part, sun highlight, emission. Arguments as `surface_radiance`."""
    facing = nx * env[Env.SUN_X] + ny * env[Env.SUN_Y] + nz * env[Env.SUN_Z]
    sun = max(facing, f32(0.0)) * sun_visibility
    up = f32(0.5) + f32(0.5) * nz
    matt = f32(1.0) - f0
    open_sky = ambient_occlusion * matt
    highlight = f32(0.0)
    if sun > f32(0.0) and f0 > f32(0.015) and roughness < f32(0.8):
        highlight = sun * _highlight(f0, roughness, nx, ny, nz, vx, vy, vz, env)
    sun *= matt
    r = ar * (env[Env.SUN_R] * sun + mix(env[Env.BELOW_R], env[Env.ABOVE_R], up) * open_sky + spot_r)
    g = ag * (env[Env.SUN_G] * sun + mix(env[Env.BELOW_G], env[Env.ABOVE_G], up) * open_sky + spot_g)
    b = ab * (env[Env.SUN_B] * sun + mix(env[Env.BELOW_B], env[Env.ABOVE_B], up) * open_sky + spot_b)
    return (
        r + er + env[Env.SUN_R] * highlight,
        g + eg + env[Env.SUN_G] * highlight,
        b + eb + env[Env.SUN_B] * highlight,
    )


@device_function_inlined
def _highlight(
    f0: Scalar,
    roughness: Scalar,
    nx: Scalar,
    ny: Scalar,
    nz: Scalar,
    vx: Scalar,
    vy: Scalar,
    vz: Scalar,
    env: Table,
) -> Scalar:
    """Sun's mirror image on a rough surface per unit of illumination.

    GGX distribution (Walter et al., EGSR 2007) with the visibility of Kelemen and Szirmay-Kalos (Eurographics 2001).
    """
    hx = vx + env[Env.SUN_X]
    hy = vy + env[Env.SUN_Y]
    hz = vz + env[Env.SUN_Z]
    squared = max(hx * hx + hy * hy + hz * hz, f32(1e-6))
    scale = f32(1.0) / f32(math.sqrt(squared))
    n_h = saturate((nx * hx + ny * hy + nz * hz) * scale)
    l_h = max((hx * env[Env.SUN_X] + hy * env[Env.SUN_Y] + hz * env[Env.SUN_Z]) * scale, f32(0.1))
    alpha = max(roughness * roughness, f32(0.004))
    alpha2 = alpha * alpha
    spread = n_h * n_h * (alpha2 - f32(1.0)) + f32(1.0)
    value = alpha2 * fresnel(f0, roughness, l_h) / (f32(4.0) * spread * spread * l_h * l_h)
    return min(value, f32(12.0))


@device_function_inlined
def reflected_environment(
    f0: Scalar,
    roughness: Scalar,
    nx: Scalar,
    ny: Scalar,
    nz: Scalar,
    vx: Scalar,
    vy: Scalar,
    vz: Scalar,
    ambient_occlusion: Scalar,
    env: Table,
) -> Rgb:
    """Mirror image of a typical street where no reflection ray is traced: sky above, dim buildings, ground below.

    Already multiplied by `fresnel`; replace it by fresnel times traced radiance where a ray is traced.
    """
    n_v = nx * vx + ny * vy + nz * vz
    rx = f32(2.0) * n_v * nx - vx
    ry = f32(2.0) * n_v * ny - vy
    rz = f32(2.0) * n_v * nz - vz
    share = fresnel(f0, roughness, n_v) * (f32(0.35) + f32(0.65) * ambient_occlusion)
    sky_r, sky_g, sky_b = clear_sky(rx, ry, rz, env)
    cloudy = env[Env.CLOUD_COVER] * f32(0.7)
    width = f32(0.06) + f32(0.5) * roughness
    # Buildings and trees hide the lowest sky of a street.
    above_roofs = smooth_step(f32(0.24) - width, f32(0.24) + width, rz)
    above_ground = smooth_step(-width, width, rz)
    street = mix(f32(0.30), f32(0.24), above_ground)
    out_r = mix((env[Env.ABOVE_R] + env[Env.BELOW_R]) * street, mix(sky_r, env[Env.CLOUD_R], cloudy), above_roofs)
    out_g = mix((env[Env.ABOVE_G] + env[Env.BELOW_G]) * street, mix(sky_g, env[Env.CLOUD_G], cloudy), above_roofs)
    out_b = mix((env[Env.ABOVE_B] + env[Env.BELOW_B]) * street, mix(sky_b, env[Env.CLOUD_B], cloudy), above_roofs)
    return out_r * share, out_g * share, out_b * share


@device_function_inlined
def surface_radiance(
    ar: Scalar,
    ag: Scalar,
    ab: Scalar,
    f0: Scalar,
    roughness: Scalar,
    er: Scalar,
    eg: Scalar,
    eb: Scalar,
    nx: Scalar,
    ny: Scalar,
    nz: Scalar,
    vx: Scalar,
    vy: Scalar,
    vz: Scalar,
    sun_visibility: Scalar,
    ambient_occlusion: Scalar,
    spot_r: Scalar,
    spot_g: Scalar,
    spot_b: Scalar,
    env: Table,
) -> Rgb:
    """Radiance of a surface towards the eye where no reflection ray is traced.

    Args:
        ar: Albedo, red.
        ag: Green.
        ab: Blue.
        f0: Share of light mirrored at normal incidence.
        roughness: 0 mirror .. 1 matt.
        er: Emitted radiance, red.
        eg: Green.
        eb: Blue.
        nx: Unit shading normal on the eye's side, world.
        ny: Its y.
        nz: Its z.
        vx: Unit vector from the surface to the eye, world.
        vy: Its y.
        vz: Its z.
        sun_visibility: 0 in shadow .. 1.
        ambient_occlusion: Open share of the hemisphere, 0..1.
        spot_r: Illumination by lamps, from `spot_lights`, red.
        spot_g: Green.
        spot_b: Blue.
        env: Packed environment.
    """
    r, g, b = direct_radiance(
        ar, ag, ab, f0, roughness, er, eg, eb, nx, ny, nz, vx, vy, vz,
        sun_visibility, ambient_occlusion, spot_r, spot_g, spot_b, env,
    )  # fmt: skip
    if f0 > f32(0.015):
        mr, mg, mb = reflected_environment(f0, roughness, nx, ny, nz, vx, vy, vz, ambient_occlusion, env)
        r += mr
        g += mg
        b += mb
    return r, g, b


@device_function_inlined
def spot_lights(
    wx: Scalar,
    wy: Scalar,
    wz: Scalar,
    nx: Scalar,
    ny: Scalar,
    nz: Scalar,
    lights: Table,
    first: int,
    last: int,
) -> Rgb:
    """Illumination of a point by lamps `first` to `last - 1`, without their shadows.

    Args:
        wx: World position.
        wy: Its y.
        wz: Its z.
        nx: Unit normal.
        ny: Its y.
        nz: Its z.
        lights: (N, 12) rows of `LAMP_COLUMNS`; the color is the radiance of a white wall facing the lamp at 1 m.
        first: First row.
        last: Row after the last one.
    """
    r = f32(0.0)
    g = f32(0.0)
    b = f32(0.0)
    for index in range(first, last):
        lx = lights[index, 0] - wx
        ly = lights[index, 1] - wy
        lz = lights[index, 2] - wz
        squared = lx * lx + ly * ly + lz * lz
        if squared >= lights[index, 11] * lights[index, 11] or nx * lx + ny * ly + nz * lz <= f32(0.0):
            continue
        along = -(lx * lights[index, 3] + ly * lights[index, 4] + lz * lights[index, 5])
        edge_low = lights[index, 10] - f32(1e-3)
        if edge_low > f32(0.0) and (along <= f32(0.0) or along * along < edge_low * edge_low * squared):
            continue  # outside the cone, found without a root
        strength = lamp_strength(lx, ly, lz, nx, ny, nz, lights, index)
        r += lights[index, 6] * strength
        g += lights[index, 7] * strength
        b += lights[index, 8] * strength
    return r, g, b


@device_function_inlined
def lamp_strength(
    lx: Scalar, ly: Scalar, lz: Scalar, nx: Scalar, ny: Scalar, nz: Scalar, lights: Table, index: int
) -> Scalar:
    """Share of a lamp's colour that a point receives; 0 outside its cone and range. No branch: loops become vectors.

    Args:
        lx: From the point to the lamp, x.
        ly: Its y.
        lz: Its z.
        nx: Unit normal.
        ny: Its y.
        nz: Its z.
        lights: As of `spot_lights`.
        index: Row of the lamp.
    """
    squared = lx * lx + ly * ly + lz * lz
    inverse = f32(1.0) / f32(math.sqrt(squared + f32(1e-4)))
    facing = max(nx * lx + ny * ly + nz * lz, f32(0.0)) * inverse
    cone = -(lx * lights[index, 3] + ly * lights[index, 4] + lz * lights[index, 5]) * inverse
    edge = smooth_step(lights[index, 10], lights[index, 9] + f32(1e-4), cone)
    falloff = max(f32(1.0) - squared / (lights[index, 11] * lights[index, 11]), f32(0.0))
    return f32(edge * falloff * falloff * facing / max(squared, f32(0.04)))


@device_function_inlined
def apply_fog(r: Scalar, g: Scalar, b: Scalar, distance: Scalar, dx: Scalar, dy: Scalar, dz: Scalar, env: Table) -> Rgb:
    """Radiance after `distance` metres of air along the unit direction d, which points away from the eye."""
    clear = negative_exponential(env[Env.FOG_DENSITY] * distance)
    fog_r, fog_g, fog_b = fog_radiance(dx, dy, dz, env)
    return mix(fog_r, r, clear), mix(fog_g, g, clear), mix(fog_b, b, clear)
