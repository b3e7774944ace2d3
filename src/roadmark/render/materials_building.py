"""Walls and what is built: brick, plaster, stone, windows, roofs, metal, wood.

Vertical patterns run along the wall's horizontal tangent and world height; `key` is the triangle's variation, so that
every building (and every window) differs. Features smaller than a pixel fade into their mean.
"""

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
    floor_int,
    fraction,
    grain,
    hash_cell,
    hash_unit,
    joint,
    mix,
    saturate,
    smooth_noise,
    smooth_step,
)

CURTAIN_WALL = 0x8000
"""Bit of a window's variation: the triangle is a whole glass front, to be divided into panes and storeys."""

STOREY_HEIGHT = 3.5
"""Height of a storey of a curtain wall, metres."""

PANE_WIDTH = 1.5
"""Width of a pane of a curtain wall, metres."""


@device_function_inlined
def brick(r: Scalar, g: Scalar, b: Scalar, key: Whole, u: Scalar, z: Scalar, footprint: Scalar, noise: Table) -> Rgb:
    """Running bond of 24 x 7.5 cm courses with light mortar; every brick its own fire."""
    weather = smooth_noise(noise, u * f32(1.6) + f32(key & 255), z * f32(1.6))
    tone = f32(1.0) + (weather - f32(0.5)) * f32(0.24)
    courses = z * f32(1.0 / 0.075)
    row = floor_int(courses)
    along = u * f32(1.0 / 0.24) + f32(0.5) * f32(row & 1)
    fade = detail(f32(0.12), footprint)
    fired = (hash_cell(floor_int(along), row, key) - f32(0.5)) * fade
    tone *= f32(1.0) + fired * f32(0.42)
    lines = max(
        joint(courses, f32(0.15), footprint * f32(1.0 / 0.075)), joint(along, f32(0.05), footprint * f32(1.0 / 0.24))
    )
    mortar = lines * f32(0.75)
    lime = f32(0.36) * (f32(0.8) + f32(0.4) * weather)
    return (
        mix(r * tone * (f32(1.0) + fired * f32(0.10)), lime, mortar),
        mix(g * tone, lime * f32(0.95), mortar),
        mix(b * tone * (f32(1.0) - fired * f32(0.10)), lime * f32(0.87), mortar),
    )


@device_function_inlined
def plaster(r: Scalar, g: Scalar, b: Scalar, key: Whole, u: Scalar, z: Scalar, footprint: Scalar, noise: Table) -> Rgb:
    """Painted render: faint clouds, rain streaks, a fine tooth when near."""
    offset = f32(key & 255)
    cloud = smooth_noise(noise, u * f32(0.9) + offset, z * f32(0.9))
    streak = smooth_noise(noise, u * f32(6.5) + offset, z * f32(0.35) + f32(21.0))
    dirt = saturate((streak - f32(0.58)) * f32(2.2)) * f32(0.30)
    tone = (f32(1.0) + (cloud - f32(0.5)) * f32(0.12)) * (f32(1.0) - dirt)
    fine = detail(f32(0.02), footprint)
    if fine > f32(0.0):
        tone += (grain(noise, u * f32(70.0), z * f32(70.0)) - f32(0.5)) * f32(0.06) * fine
    tint = (hash_unit(key) - f32(0.5)) * f32(0.05)
    return r * tone * (f32(1.0) + tint), g * tone, b * tone * (f32(1.0) - tint - f32(0.06) * dirt)


@device_function_inlined
def stone(r: Scalar, g: Scalar, b: Scalar, key: Whole, u: Scalar, z: Scalar, footprint: Scalar, noise: Table) -> Rgb:
    """Ashlar: blocks of 80 x 40 cm with narrow joints and veined faces."""
    courses = z * f32(2.5)
    row = floor_int(courses)
    along = u * f32(1.25) + f32(0.5) * f32(row & 1)
    block = hash_cell(floor_int(along), row, key) - f32(0.5)
    vein = smooth_noise(noise, u * f32(5.0) + block * f32(90.0), z * f32(8.0))
    tone = f32(1.0) + block * f32(0.20) * detail(f32(0.5), footprint) + (vein - f32(0.5)) * f32(0.22)
    fine = detail(f32(0.02), footprint)
    if fine > f32(0.0):
        tone += (grain(noise, u * f32(64.0), z * f32(64.0)) - f32(0.5)) * f32(0.10) * fine
    lines = max(joint(courses, f32(0.03), footprint * f32(2.5)), joint(along, f32(0.016), footprint * f32(1.25)))
    tone *= f32(1.0) - f32(0.42) * lines
    return r * tone, g * tone * (f32(1.0) + block * f32(0.02)), b * tone * (f32(1.0) - block * f32(0.05))


@device_function_inlined
def window(
    r: Scalar,
    g: Scalar,
    b: Scalar,
    key: Whole,
    u: Scalar,
    z: Scalar,
    footprint: Scalar,
    env: Table,
    noise: Table,
) -> tuple[Scalar, Scalar, Scalar, Scalar, Scalar, Scalar]:
    """Glass with a room behind it.

    The variation decides what is behind: a dark room, a curtain, a blind, or something near the pane; and whether
    light is on.

    Returns:
        Albedo red, green, blue and emitted red, green, blue.
    """
    room = key & 0x7FFF
    frame = f32(0.0)
    if key & CURTAIN_WALL:
        storey = floor_int(z * f32(1.0 / STOREY_HEIGHT))
        pane = floor_int(u * f32(1.0 / PANE_WIDTH))
        # Rooms are three panes wide, so that light and blinds come in groups as in offices.
        room = int(hash_cell(floor_int(f32(pane) * f32(1.0 / 3.0)), storey, key) * f32(32767.0))
        frame = max(
            joint(u * f32(1.0 / PANE_WIDTH), f32(0.05), footprint * f32(1.0 / PANE_WIDTH)),
            joint(z * f32(1.0 / STOREY_HEIGHT), f32(0.09), footprint * f32(1.0 / STOREY_HEIGHT)),
        )
    kind = hash_unit(room)
    shade = hash_unit(room + 7919)
    depth = smooth_noise(noise, u * f32(3.0) + shade * f32(200.0), z * f32(4.0) + kind * f32(200.0))
    tone = f32(0.35) + f32(1.3) * depth * depth
    ar = r * f32(0.55) * tone
    ag = g * f32(0.55) * tone
    ab = b * f32(0.55) * tone
    if kind > f32(0.80):
        folds = abs(fraction(u * f32(7.0) + depth * f32(0.8)) - f32(0.5)) * detail(f32(0.15), footprint)
        folds = f32(0.5) + f32(0.5) * folds
        cloth = (f32(0.26) + f32(0.20) * shade) * (f32(0.55) + f32(0.6) * folds)
        ar, ag, ab = cloth, cloth * f32(0.96), cloth * (f32(0.84) + f32(0.12) * shade)
    elif kind > f32(0.62):
        slat = joint(z * f32(14.0), f32(0.35), footprint * f32(14.0))
        blind = (f32(0.34) + f32(0.16) * shade) * (f32(1.0) - f32(0.55) * slat)
        ar, ag, ab = blind, blind * f32(0.98), blind * f32(0.93)
    er = f32(0.0)
    eg = f32(0.0)
    eb = f32(0.0)
    if env[Env.NIGHT] > f32(0.0) and hash_unit(room + 104729) < f32(0.36) * env[Env.NIGHT]:
        # Warm homes, some cold offices; curtains and blinds let part of it through.
        cold = f32(1.0) if fraction(shade * f32(37.0)) > f32(0.78) else f32(0.0)
        strength = (f32(0.10) + f32(0.34) * shade * shade) * (f32(0.55) + f32(0.9) * depth) * (f32(1.0) - frame)
        if kind > f32(0.62):
            strength *= f32(0.30) + f32(1.2) * ag
        er = strength * mix(f32(1.05), f32(0.80), cold)
        eg = strength * mix(f32(0.72), f32(0.92), cold)
        eb = strength * mix(f32(0.38), f32(0.95), cold)
    return mix(ar, f32(0.14), frame), mix(ag, f32(0.14), frame), mix(ab, f32(0.15), frame), er, eg, eb


@device_function_inlined
def roof(
    r: Scalar,
    g: Scalar,
    b: Scalar,
    x: Scalar,
    y: Scalar,
    z: Scalar,
    nx: Scalar,
    ny: Scalar,
    nz: Scalar,
    footprint: Scalar,
    noise: Table,
) -> Rgb:
    """Rows of tiles on a slope, welded felt with ponding marks on a flat roof."""
    weather = smooth_noise(noise, x * f32(1.4) + z, y * f32(1.4) + f32(14.0))
    tone = f32(0.86) + f32(0.30) * weather
    if nz < f32(0.985):
        horizontal = f32(math.sqrt(max(nx * nx + ny * ny, f32(1e-6))))
        rows = z / horizontal * f32(1.0 / 0.34)
        row = floor_int(rows)
        along = (x * ny - y * nx) / horizontal * f32(1.0 / 0.30) + f32(0.5) * f32(row & 1)
        fade = detail(f32(0.3), footprint)
        tone *= f32(1.0) + (hash_cell(floor_int(along), row, 9) - f32(0.5)) * f32(0.30) * fade
        # Each row is darkest under the edge of the row above it.
        tone *= f32(1.0) + (f32(0.5) - fraction(rows)) * f32(0.42) * fade
        tone *= f32(1.0) - f32(0.30) * joint(along, f32(0.06), footprint * f32(1.0 / 0.30))
    else:
        tone *= f32(1.0) - f32(0.25) * joint(x, f32(0.05), footprint)
        pond = smooth_noise(noise, x * f32(0.8) + f32(40.0), y * f32(0.8))
        tone *= f32(1.0) - f32(0.16) * smooth_step(f32(0.6), f32(0.7), pond)
        fine = detail(f32(0.03), footprint)
        if fine > f32(0.0):
            tone += (grain(noise, x * f32(40.0), y * f32(40.0)) - f32(0.5)) * f32(0.14) * fine
    return r * tone, g * tone, b * tone


@device_function_inlined
def metal(r: Scalar, g: Scalar, b: Scalar, key: Whole, u: Scalar, z: Scalar, footprint: Scalar, noise: Table) -> Rgb:
    """Painted or galvanised steel: spangle, faint rust running down from bolts."""
    spangle = smooth_noise(noise, u * f32(16.0) + f32(key & 127), z * f32(16.0))
    run = smooth_noise(noise, u * f32(9.0) + f32(key & 63), z * f32(1.1) + f32(5.0))
    tone = f32(1.0) + (spangle - f32(0.5)) * f32(0.16)
    rust = smooth_step(f32(0.80), f32(1.0), run) * f32(0.35) * (f32(0.4) + f32(0.6) * detail(f32(0.2), footprint))
    return mix(r * tone, f32(0.16), rust), mix(g * tone, f32(0.085), rust), mix(b * tone, f32(0.045), rust)


@device_function_inlined
def wood(r: Scalar, g: Scalar, b: Scalar, key: Whole, u: Scalar, z: Scalar, footprint: Scalar, noise: Table) -> Rgb:
    """Upright boards of 14 cm with grain along them."""
    boards = u * f32(1.0 / 0.14)
    board = hash_cell(floor_int(boards), 0, key)
    fade = detail(f32(0.14), footprint)
    rings = smooth_noise(noise, u * f32(55.0) + board * f32(80.0), z * f32(3.0) + board * f32(170.0))
    tone = (
        f32(1.0) + (board - f32(0.5)) * f32(0.34) * fade + (rings - f32(0.5)) * f32(0.5) * detail(f32(0.04), footprint)
    )
    tone *= f32(1.0) - f32(0.55) * joint(boards, f32(0.07), footprint * f32(1.0 / 0.14))
    return r * tone, g * tone, b * tone
