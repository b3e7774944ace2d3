"""Ground: asphalt, concrete, kerb stones, road paint, grass, soil, gravel, water; and rain, snow and sand lying on it.

Patterns are functions of the world position, so neighbouring triangles continue each other. Features smaller than a
pixel fade into their mean: `footprint` is the size of a pixel on the surface in metres.
"""

from __future__ import annotations

from roadmark.render.environment import EnvironmentIndex as Env
from roadmark.render.jit import device_function_inlined
from roadmark.render.noise import (
    Rgb,
    Scalar,
    Table,
    detail,
    f32,
    floor_int,
    fraction,
    grain,
    hash_cell,
    joint,
    mix,
    saturate,
    smooth_noise,
    smooth_step,
)

Ground = tuple[Scalar, Scalar, Scalar, Scalar, Scalar]
"""Albedo red, green, blue, share mirrored at normal incidence, roughness."""


@device_function_inlined
def asphalt(r: Scalar, g: Scalar, b: Scalar, x: Scalar, y: Scalar, footprint: Scalar, noise: Table) -> Rgb:
    """Rolled asphalt: stone grain, blotches, mended rectangles, sealed cracks."""
    large = smooth_noise(noise, x * f32(0.9) + f32(31.0), y * f32(0.9))
    blotch = smooth_noise(noise, x * f32(5.3), y * f32(5.3) + f32(17.0))
    tone = f32(1.0) + (large - f32(0.5)) * f32(0.34) + (blotch - f32(0.5)) * f32(0.20)
    fine = detail(f32(0.02), footprint)
    if fine > f32(0.0):
        stones = grain(noise, x * f32(71.0), y * f32(71.0)) - f32(0.5)
        tone += stones * stones * stones * f32(2.4) * fine + stones * f32(0.14) * fine
    medium = detail(f32(0.06), footprint)
    if medium > f32(0.0):
        tone += (grain(noise, x * f32(21.0) + f32(5.0), y * f32(21.0)) - f32(0.5)) * f32(0.16) * medium
    tone *= _mended(x, y, footprint)
    cracks = detail(f32(0.05), footprint)
    if cracks > f32(0.0):
        tone *= f32(1.0) - f32(0.42) * cracks * _sealed_cracks(x, y, large, blotch)
    return r * tone, g * tone, b * tone * (f32(1.0) + (f32(0.5) - large) * f32(0.05))


@device_function_inlined
def _sealed_cracks(x: Scalar, y: Scalar, large: Scalar, blotch: Scalar) -> Scalar:
    """Share 0..1 of bitumen over wandering cracks, most of them across or along the first axis."""
    wander = (large - f32(0.5)) * f32(0.16) + (blotch - f32(0.5)) * f32(0.022)
    u = x * f32(1.0 / 12.0) + wander
    v = y * f32(1.0 / 15.0) + wander
    column = floor_int(u + f32(0.5))
    row = floor_int(v + f32(0.5))
    across = abs(u - f32(column)) * f32(12.0)
    along = abs(v - f32(row)) * f32(15.0)
    nearest = f32(1.0)
    if across < f32(0.034) and hash_cell(column, floor_int(y * f32(1.0 / 7.0) + f32(2.0) * wander), 31) < f32(0.45):
        nearest = across
    if along < f32(0.034) and hash_cell(row, floor_int(x * f32(1.0 / 10.0) + f32(2.0) * wander), 32) < f32(0.35):
        nearest = min(nearest, along)
    return f32(1.0) - smooth_step(f32(0.018), f32(0.034), nearest)


@device_function_inlined
def _mended(x: Scalar, y: Scalar, footprint: Scalar) -> Scalar:
    """Brightness of a road surface where some rectangles were cut out and filled again."""
    column = floor_int(x * f32(1.0 / 9.0))
    row = floor_int(y * f32(1.0 / 7.0))
    chance = hash_cell(column, row, 5)
    if chance < f32(0.86):
        return f32(1.0)
    width = f32(0.16) + f32(0.22) * hash_cell(column, row, 6)
    height = f32(0.14) + f32(0.25) * hash_cell(column, row, 7)
    u = abs(fraction(x * f32(1.0 / 9.0)) - f32(0.5))
    v = abs(fraction(y * f32(1.0 / 7.0)) - f32(0.5))
    inside = min((width - u) * f32(9.0), (height - v) * f32(7.0))
    soft = f32(0.01) + footprint
    tone = mix(f32(1.0), f32(0.72) + f32(2.8) * (chance - f32(0.86)), smooth_step(-soft, soft, inside))
    seam = f32(1.0) - smooth_step(f32(0.025), f32(0.025) + soft, abs(inside))
    return tone * (f32(1.0) - f32(0.35) * seam * detail(f32(0.08), footprint))


@device_function_inlined
def concrete(r: Scalar, g: Scalar, b: Scalar, x: Scalar, y: Scalar, footprint: Scalar, noise: Table) -> Rgb:
    """Cast slabs of one metre with joints; each slab has its own tint, stains run across."""
    stain = smooth_noise(noise, x * f32(2.3) + f32(3.0), y * f32(2.3))
    tone = f32(1.0) + (stain - f32(0.5)) * f32(0.22)
    tint = hash_cell(floor_int(x), floor_int(y), 11) - f32(0.5)
    tone += tint * f32(0.13) * detail(f32(1.0), footprint)
    fine = detail(f32(0.02), footprint)
    if fine > f32(0.0):
        tone += (grain(noise, x * f32(60.0), y * f32(60.0)) - f32(0.5)) * f32(0.12) * fine
    lines = max(joint(x, f32(0.018), footprint), joint(y, f32(0.018), footprint))
    tone *= f32(1.0) - f32(0.5) * lines
    return r * tone, g * tone, b * tone * (f32(1.0) - tint * f32(0.04))


@device_function_inlined
def kerb(
    r: Scalar,
    g: Scalar,
    b: Scalar,
    x: Scalar,
    y: Scalar,
    z: Scalar,
    nz: Scalar,
    footprint: Scalar,
    noise: Table,
) -> Rgb:
    """Kerb stones: joints every metre of the way along either axis, scuffed and dirty sides."""
    stain = smooth_noise(noise, x * f32(6.0) + z * f32(9.0), y * f32(6.0) + f32(40.0))
    tone = f32(1.0) + (stain - f32(0.5)) * f32(0.30)
    # Diagonal planes cut kerbs of every direction into stones of about a metre.
    along = (x + y) * f32(0.8)
    across = (x - y) * f32(0.8)
    tone += (hash_cell(floor_int(along), floor_int(across), 3) - f32(0.5)) * f32(0.12) * detail(f32(1.0), footprint)
    lines = max(joint(along, f32(0.016), footprint), joint(across, f32(0.016), footprint))
    tone *= (f32(1.0) - f32(0.5) * lines) * (f32(1.0) if nz > f32(0.5) else f32(0.84))
    return r * tone, g * tone, b * tone


@device_function_inlined
def marking(r: Scalar, g: Scalar, b: Scalar, x: Scalar, y: Scalar, footprint: Scalar, noise: Table) -> Rgb:
    """Road paint worn down to grey asphalt in places, with tyre dirt."""
    scuff = smooth_noise(noise, x * f32(13.0), y * f32(13.0) + f32(9.0))
    region = smooth_noise(noise, x * f32(0.8), y * f32(0.8) + f32(50.0))
    dirt = f32(1.0) - f32(0.30) * region * (f32(0.4) + f32(0.6) * scuff)
    worn = f32(0.45) * scuff + f32(0.40) * region
    fine = detail(f32(0.03), footprint)
    if fine > f32(0.0):
        worn += (grain(noise, x * f32(48.0), y * f32(48.0)) - f32(0.5)) * f32(0.34) * fine
    bare = smooth_step(f32(0.56), f32(0.80), worn) * f32(0.70)
    return mix(r * dirt, f32(0.10), bare), mix(g * dirt, f32(0.10), bare), mix(b * dirt, f32(0.097), bare)


@device_function_inlined
def grass(r: Scalar, g: Scalar, b: Scalar, x: Scalar, y: Scalar, footprint: Scalar, noise: Table) -> Rgb:
    """Mown lawn: tufts, mowing blotches, some dry straw."""
    patch = smooth_noise(noise, x * f32(1.1) + f32(60.0), y * f32(1.1))
    tufts = smooth_noise(noise, x * f32(9.0), y * f32(9.0) + f32(25.0))
    tone = f32(0.70) + f32(0.30) * patch + (tufts - f32(0.5)) * f32(0.40)
    fine = detail(f32(0.03), footprint)
    if fine > f32(0.0):
        blade = grain(noise, x * f32(43.0) + y * f32(9.0), y * f32(39.0) - x * f32(7.0))
        tone *= f32(1.0) + (blade - f32(0.5)) * f32(0.95) * fine
    medium = detail(f32(0.10), footprint)
    if medium > f32(0.0):
        tone *= f32(1.0) + (grain(noise, x * f32(13.0) + f32(80.0), y * f32(11.0)) - f32(0.5)) * f32(0.45) * medium
    dry = smooth_step(f32(0.55), f32(0.95), f32(0.7) * patch + f32(0.3) * tufts) * f32(0.55)
    return r * tone * (f32(1.0) + f32(0.35) * dry), g * tone * (f32(1.0) + f32(0.06) * dry), b * tone


@device_function_inlined
def soil(r: Scalar, g: Scalar, b: Scalar, x: Scalar, y: Scalar, footprint: Scalar, noise: Table) -> Rgb:
    """Bare earth with clods."""
    large = smooth_noise(noise, x * f32(1.7), y * f32(1.7) + f32(12.0))
    clods = smooth_noise(noise, x * f32(14.0) + f32(33.0), y * f32(14.0))
    tone = f32(0.70) + f32(0.35) * large + (clods - f32(0.5)) * f32(0.50)
    fine = detail(f32(0.03), footprint)
    if fine > f32(0.0):
        tone += (grain(noise, x * f32(45.0), y * f32(45.0)) - f32(0.5)) * f32(0.40) * fine
    return r * tone, g * tone, b * tone * (f32(1.05) - f32(0.1) * large)


@device_function_inlined
def gravel(r: Scalar, g: Scalar, b: Scalar, x: Scalar, y: Scalar, footprint: Scalar, noise: Table) -> Rgb:
    """Loose stones of a few centimetres, each with its own grey."""
    large = smooth_noise(noise, x * f32(1.3), y * f32(1.3) + f32(70.0))
    tone = f32(0.85) + f32(0.28) * large
    stones = detail(f32(0.05), footprint)
    warm = f32(0.0)
    if stones > f32(0.0):
        # Warped cells look like pebbles, straight ones would look like mosaic.
        bend = smooth_noise(noise, x * f32(30.0), y * f32(30.0))
        u = x * f32(24.0) + bend * f32(2.2)
        v = y * f32(24.0) - bend * f32(2.2)
        pebble = hash_cell(floor_int(u), floor_int(v), 21)
        gap = max(joint(u, f32(0.16), footprint * f32(24.0)), joint(v, f32(0.16), footprint * f32(24.0)))
        tone *= mix(f32(1.0), (f32(0.72) + f32(0.84) * pebble) * (f32(1.0) - f32(0.55) * gap), stones)
        warm = (pebble - f32(0.5)) * f32(0.10) * stones
    return r * tone * (f32(1.0) + warm), g * tone, b * tone * (f32(1.0) - warm)


@device_function_inlined
def pool_height(x: Scalar, y: Scalar, noise: Table) -> Scalar:
    """How low the ground lies at a place, 0..1: water gathers where it is near 1."""
    wide = smooth_noise(noise, x * f32(1.3) + f32(19.0), y * f32(1.3) + f32(3.0))
    return f32(0.85) * wide + f32(0.15) * smooth_noise(noise, x * f32(6.1) + f32(90.0), y * f32(6.1))


@device_function_inlined
def is_pool(x: Scalar, y: Scalar, edge: Scalar, noise: Table) -> bool:
    """Whether `pool_height` is at least `edge`, with half its work where that is enough."""
    wide = f32(0.85) * smooth_noise(noise, x * f32(1.3) + f32(19.0), y * f32(1.3) + f32(3.0))
    if wide >= edge:
        return True
    if wide + f32(0.15) < edge:
        return False
    return bool(pool_height(x, y, noise) >= edge)


@device_function_inlined
def water_tilt(x: Scalar, y: Scalar, distance: Scalar, env: Table, noise: Table) -> tuple[Scalar, Scalar]:
    """How far the normal of standing water leans, along x and y: faint waves, more on wide water and under rain."""
    fade = detail(f32(0.25), distance * env[Env.PIXEL_ANGLE])
    if fade <= f32(0.0):
        return f32(0.0), f32(0.0)
    height = (f32(0.006) + f32(0.020) * smooth_step(f32(0.5), f32(0.9), env[Env.PUDDLES])) * fade
    height *= f32(1.0) + f32(1.2) * env[Env.PRECIPITATION]
    u = x * f32(4.0)
    v = y * f32(4.0)
    return (
        (smooth_noise(noise, u, v + f32(17.0)) - f32(0.5)) * height,
        (smooth_noise(noise, u + f32(91.0), v) - f32(0.5)) * height,
    )


@device_function_inlined
def rain_snow_sand(
    r: Scalar,
    g: Scalar,
    b: Scalar,
    f0: Scalar,
    roughness: Scalar,
    driven: Scalar,
    x: Scalar,
    y: Scalar,
    z: Scalar,
    nz: Scalar,
    footprint: Scalar,
    env: Table,
    noise: Table,
) -> Ground:
    """Put the environment's water, sand and snow on a surface that can take them.

    Args:
        r: Albedo of the bare surface, red.
        g: Green.
        b: Blue.
        f0: Share the bare surface mirrors at normal incidence.
        roughness: Its roughness.
        driven: 1 where wheels go (snow and sand get thin and dirty), 0 on other paved ground, -0.5 on ground that
            soaks up its puddles, -1 for walls and objects, on which neither puddles nor sand stay.
        x: World position.
        y: Its y.
        z: Its z.
        nz: Up component of the normal.
        footprint: Size of a pixel on the surface, metres.
        env: Packed environment.
        noise: Noise table.
    """
    flat = smooth_step(f32(0.55), f32(0.85), nz)
    pool = pool_height(x, y, noise)
    if env[Env.SAND] > f32(0.0) and driven > f32(-0.75) and flat > f32(0.0):
        ripple = smooth_noise(noise, x * f32(7.0) + f32(70.0), y * f32(3.5))
        share = env[Env.SAND] * (f32(1.0) - f32(0.50) * max(driven, f32(0.0)))
        drift = flat * smooth_step(
            f32(1.0) - share - f32(0.22), f32(1.0) - share + f32(0.22), pool + (ripple - f32(0.5)) * f32(0.3)
        )
        tone = f32(0.85) + f32(0.3) * ripple
        fine = detail(f32(0.03), footprint)
        if fine > f32(0.0):
            tone += (grain(noise, x * f32(60.0), y * f32(60.0)) - f32(0.5)) * f32(0.12) * fine
        r = mix(r, f32(0.46) * tone, drift * f32(0.92))
        g = mix(g, f32(0.34) * tone, drift * f32(0.92))
        b = mix(b, f32(0.205) * tone, drift * f32(0.92))
    if env[Env.WETNESS] > f32(0.0):
        r, g, b, f0, roughness = _wet(r, g, b, f0, roughness, driven, pool, flat, env)
    if env[Env.SNOW] > f32(0.0) and nz > f32(0.15):
        r, g, b, f0, roughness = _snowed(r, g, b, f0, roughness, driven, x, y, z, nz, pool, footprint, env, noise)
    return r, g, b, f0, roughness


@device_function_inlined
def _wet(
    r: Scalar,
    g: Scalar,
    b: Scalar,
    f0: Scalar,
    roughness: Scalar,
    driven: Scalar,
    pool: Scalar,
    flat: Scalar,
    env: Table,
) -> Ground:
    """Darken a wet porous surface, give it a film of water, and pools where the ground is low."""
    wet = env[Env.WETNESS] * (f32(0.35) + f32(0.65) * flat)
    pores = f32(1.0) if driven > f32(-0.75) else f32(0.35)
    dark = f32(1.0) - f32(0.56) * wet * pores
    film = wet * flat * (f32(1.0) if driven > f32(-0.25) else f32(0.15))
    film *= f32(0.55) + f32(0.75) * pool  # low places keep more water
    f0 = max(f0, f32(0.019) * film)
    roughness = mix(roughness, min(roughness, f32(0.48)), min(film, f32(1.0)))
    r *= dark
    g *= dark
    b *= dark
    if env[Env.PUDDLES] > f32(0.0) and driven > f32(-0.25):
        edge = f32(1.0) - env[Env.PUDDLES]
        water = flat * smooth_step(edge - f32(0.05), edge + f32(0.05), pool)
        deep = water * saturate((pool - edge) * f32(3.0) + f32(0.35))
        # A flood is brown with what it carries and hides the road; a puddle is clear and dark.
        flood = smooth_step(f32(0.5), f32(0.9), env[Env.PUDDLES]) * saturate(deep * f32(1.5))
        r = mix(mix(r, r * f32(0.60) + f32(0.010), deep), f32(0.088), flood * f32(0.85))
        g = mix(mix(g, g * f32(0.60) + f32(0.010), deep), f32(0.074), flood * f32(0.85))
        b = mix(mix(b, b * f32(0.60) + f32(0.008), deep), f32(0.052), flood * f32(0.85))
        # A pool's edge is sharp: half-wet ground would otherwise shine like neither.
        if water > f32(0.5):
            f0 = max(f0, f32(0.030) * smooth_step(f32(0.45), f32(0.85), water))
            roughness = f32(0.03) + f32(0.09) * env[Env.PRECIPITATION]
    return r, g, b, f0, roughness


@device_function_inlined
def _snowed(
    r: Scalar,
    g: Scalar,
    b: Scalar,
    f0: Scalar,
    roughness: Scalar,
    driven: Scalar,
    x: Scalar,
    y: Scalar,
    z: Scalar,
    nz: Scalar,
    pool: Scalar,
    footprint: Scalar,
    env: Table,
    noise: Table,
) -> Ground:
    """Cover what faces up with snow; grey slush where wheels go."""
    wheels = max(driven, f32(0.0))
    share = env[Env.SNOW] * (f32(1.0) - f32(0.72) * wheels)
    if driven < f32(-0.75):
        share *= f32(0.82)
    lumps = smooth_noise(noise, x * f32(5.0) + z * f32(3.0), y * f32(5.0) + f32(44.0))
    height = f32(0.55) * pool + f32(0.45) * lumps
    lying = smooth_step(f32(0.92) - share - f32(0.16), f32(0.92) - share + f32(0.16), height)
    lying *= smooth_step(f32(0.25), f32(0.62), nz + (lumps - f32(0.5)) * f32(0.2))
    tone = f32(0.90) + f32(0.14) * lumps
    fine = detail(f32(0.04), footprint)
    if fine > f32(0.0):
        tone += (grain(noise, x * f32(40.0), y * f32(40.0)) - f32(0.5)) * f32(0.05) * fine
    slush = smooth_step(f32(0.0), f32(0.6), wheels) * f32(0.65)
    r = mix(r, mix(f32(0.80), f32(0.42), slush) * tone, lying)
    g = mix(g, mix(f32(0.82), f32(0.41), slush) * tone, lying)
    b = mix(b, mix(f32(0.86), f32(0.40), slush) * tone, lying)
    return r, g, b, mix(f0, f32(0.01), lying), mix(roughness, f32(0.9), lying)
