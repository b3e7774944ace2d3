"""The look of every material at a point."""

from __future__ import annotations

import math

from roadmark.render import materials_building as building
from roadmark.render import materials_ground as ground
from roadmark.render import materials_object as objects
from roadmark.render.environment import EnvironmentIndex as Env
from roadmark.render.jit import device_function, device_function_inlined
from roadmark.render.material_kinds import Material
from roadmark.render.noise import Scalar, Table, Whole, f32, smooth_noise

Sample = tuple[Scalar, Scalar, Scalar, Scalar, Scalar, Scalar, Scalar, Scalar]
"""Albedo red, green, blue; share mirrored at normal incidence; roughness; emitted red, green, blue."""


@device_function
def material_sample(
    material: Whole,
    r: Scalar,
    g: Scalar,
    b: Scalar,
    variation: Whole,
    lx: Scalar,
    ly: Scalar,
    lz: Scalar,
    wx: Scalar,
    wy: Scalar,
    wz: Scalar,
    nx: Scalar,
    ny: Scalar,
    nz: Scalar,
    distance: Scalar,
    glow: Scalar,
    env: Table,
    noise: Table,
    wheels: Scalar,
) -> Sample:
    """Look of a material at a point.

    Args:
        material: A `Material`.
        r: Base colour, linear red.
        g: Green.
        b: Blue.
        variation: The triangle's seed: one per building, plant, window (see `materials_building.CURTAIN_WALL`).
        lx: Position in the mesh's own frame.
        ly: Its y.
        lz: Its z.
        wx: World position relative to a fixed origin near the scene.
        wy: Its y.
        wz: Its z.
        nx: Unit shading normal, world.
        ny: Its y.
        nz: Its z.
        distance: Metres from the eye, divided by the square root of the cosine between normal and view: times the
            environment's pixel angle this is the size of a pixel on the surface, by which patterns are filtered.
        glow: 1 where the triangle's emitter is on, else 0.
        env: Packed environment.
        noise: Table of `noise.noise_table`.
        wheels: How much wheels roll at the place, 0..1.

    Returns:
        See `Sample`.
    """
    footprint = distance * env[Env.PIXEL_ANGLE]
    f0 = f32(0.0)
    roughness = f32(0.9)
    er = f32(0.0)
    eg = f32(0.0)
    eb = f32(0.0)
    # As `driven` of `ground.rain_snow_sand`; -2 where neither water nor snow changes the look.
    settles = f32(-1.0)
    if material <= Material.GRAVEL:
        if material == Material.ASPHALT:
            r, g, b = ground.asphalt(r, g, b, wx, wy, footprint, noise)
            settles = wheels
        elif material == Material.MARKING:
            r, g, b = ground.marking(r, g, b, wx, wy, footprint, noise)
            er, eg, eb = _retroreflection(r, g, b, f32(0.02), env)
            settles = wheels
        elif material == Material.CONCRETE:
            r, g, b = ground.concrete(r, g, b, wx, wy, footprint, noise)
            settles = f32(0.0)
        elif material == Material.KERB:
            r, g, b = ground.kerb(r, g, b, wx, wy, wz, nz, footprint, noise)
            settles = f32(0.0)
        elif material == Material.GRASS:
            r, g, b = ground.grass(r, g, b, wx, wy, footprint, noise)
            settles = f32(-0.5)
        elif material == Material.SOIL:
            r, g, b = ground.soil(r, g, b, wx, wy, footprint, noise)
            settles = f32(-0.5)
        elif material == Material.GRAVEL:
            r, g, b = ground.gravel(r, g, b, wx, wy, footprint, noise)
            settles = f32(-0.5)
    elif material <= Material.WOOD:
        across = f32(math.sqrt(nx * nx + ny * ny))
        along = (wx * ny - wy * nx) / max(across, f32(0.05))
        if across < f32(0.05):
            along = wx
        if material == Material.BRICK:
            r, g, b = building.brick(r, g, b, variation, along, wz, footprint, noise)
        elif material == Material.PLASTER:
            r, g, b = building.plaster(r, g, b, variation, along, wz, footprint, noise)
        elif material == Material.STONE:
            r, g, b = building.stone(r, g, b, variation, along, wz, footprint, noise)
        elif material == Material.WINDOW:
            r, g, b, er, eg, eb = building.window(r, g, b, variation, along, wz, footprint, env, noise)
            f0 = f32(0.08)
            roughness = f32(0.03)
            settles = f32(-2.0)
        elif material == Material.ROOF:
            r, g, b = building.roof(r, g, b, wx, wy, wz, nx, ny, nz, footprint, noise)
        elif material == Material.METAL:
            r, g, b = building.metal(r, g, b, variation, lx - ly, lz, footprint, noise)
            f0 = f32(0.09)
            roughness = f32(0.38)
        else:
            r, g, b = building.wood(r, g, b, variation, along, wz, footprint, noise)
    elif material == Material.FOLIAGE:
        r, g, b = objects.foliage(r, g, b, variation, lx, ly, lz, footprint, noise)
        er, eg, eb = objects.leaf_glow(r, g, b, env)
    elif material == Material.CAR_PAINT:
        r, g, b = objects.car_paint(r, g, b, lx, ly, lz, nz, noise)
        f0 = f32(0.05)
        roughness = f32(0.09)
    elif material == Material.CAR_GLASS:
        r *= f32(0.55)
        g *= f32(0.55)
        b *= f32(0.55)
        f0 = f32(0.07)
        roughness = f32(0.03)
        settles = f32(-2.0)
    elif material == Material.RUBBER:
        r, g, b = objects.rubber(r, g, b, lx, ly, lz, footprint, noise)
    elif material == Material.PLASTIC:
        f0 = f32(0.04)
        roughness = f32(0.45)
    elif material == Material.CHROME:
        r *= f32(0.20)
        g *= f32(0.20)
        b *= f32(0.20)
        f0 = f32(0.70)
        roughness = f32(0.07)
    elif material == Material.LAMP_LENS:
        er, eg, eb = objects.lamp_emission(r, g, b, glow, env)
        r *= f32(0.62)
        g *= f32(0.62)
        b *= f32(0.62)
        f0 = f32(0.05)
        roughness = f32(0.10)
        settles = f32(-2.0)
    elif material == Material.BARK:
        r, g, b = objects.bark(r, g, b, lx, ly, lz, footprint, noise)
    elif material == Material.SKIN:
        r, g, b = objects.skin(r, g, b, lx, ly, lz, noise)
        f0 = f32(0.028)
        roughness = f32(0.5)
        settles = f32(-2.0)
    elif material == Material.CLOTH:
        r, g, b = objects.cloth(r, g, b, lx, ly, lz, footprint, noise)
    elif material == Material.SIGN:
        er, eg, eb = _retroreflection(r, g, b, f32(0.30), env)
        f0 = f32(0.04)
        roughness = f32(0.35)
        settles = f32(-2.0)
    elif material == Material.WATER:
        ripple = smooth_noise(noise, wx * f32(2.0), wy * f32(5.0))
        r *= f32(0.7) + f32(0.6) * ripple
        g *= f32(0.7) + f32(0.6) * ripple
        b *= f32(0.7) + f32(0.6) * ripple
        f0 = f32(0.025)
        roughness = f32(0.05)
        settles = f32(-2.0)
    if settles > f32(-1.5) and env[Env.WETNESS] + env[Env.SNOW] + env[Env.SAND] > f32(0.0):
        r, g, b, f0, roughness = ground.rain_snow_sand(
            r, g, b, f0, roughness, settles, wx, wy, wz, nz, footprint, env, noise
        )
    top = f32(0.92)
    floor = f32(0.003)
    return (
        min(max(r, floor), top), min(max(g, floor), top), min(max(b, floor), top), f0, roughness, er, eg, eb,
    )  # fmt: skip


@device_function_inlined
def _retroreflection(r: Scalar, g: Scalar, b: Scalar, strength: Scalar, env: Table) -> tuple[Scalar, Scalar, Scalar]:
    """Glare of sheeting in the lamps near the eye, which only matters at night."""
    glare = strength * env[Env.NIGHT]
    return r * glare, g * glare, b * glare
