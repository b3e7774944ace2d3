"""Light of lamps on a block of hits: which of them reach it, what they add to its colours."""

from __future__ import annotations

import math

import numpy as np

from roadmark.render.environment import EnvironmentIndex as Env
from roadmark.render.hits import (
    ALBEDO_B,
    ALBEDO_G,
    ALBEDO_R,
    BLOCK,
    BLUE,
    DX,
    DY,
    DZ,
    F0,
    GREEN,
    LENGTH,
    NX,
    NY,
    NZ,
    PX,
    PY,
    PZ,
    RED,
    ROUGHNESS,
    SURFACE,
    Scratch,
)
from roadmark.render.jit import Array, Scalar, device_function, device_function_inlined
from roadmark.render.lighting import fresnel, lamp_strength
from roadmark.render.look import Look
from roadmark.render.noise import saturate, smooth_step
from roadmark.render.packets import LANES

f32 = np.float32

HIGHLIGHT_MARGIN = 0.5
"""How much lower than a lamp's own the cosine is up to which it shines in mirror images on wet ground."""

_LEAST_F0 = 0.004  # surfaces that mirror less head-on show no lamp
_FACES_UP = 0.5  # upward part of a normal from which a wet surface shows lamps


@device_function
def add_lamps(look: Look, scratch: Scratch, lanes: Array, marks: Array, mirrored: Scalar) -> None:
    """Add the light of lamps to RED, GREEN, BLUE of the columns that hit something.

    Args:
        look: Its lamps, and how wet the ground is.
        scratch: Room for the lamps near the block.
        lanes: Block, located, with albedo, F0 and ROUGHNESS.
        marks: Block.
        mirrored: Whether lamps show in wet ground, too.
    """
    wet = mirrored and look.env[Env.WETNESS] > f32(0.0)
    margin = f32(HIGHLIGHT_MARGIN) if wet else f32(0.0)  # on wet ground lamps show beyond their cones
    every = look.lamps.shape[0]
    for i in range(every):
        scratch.near[i] = i
    count = _lamps_near(look.lamps, scratch.near, every, margin, lanes, marks, 0, BLOCK, scratch.block_near)
    if count == 0:
        return
    for packet in range(BLOCK // LANES):
        base = packet * LANES
        found = _lamps_near(look.lamps, scratch.block_near, count, margin, lanes, marks, base, LANES, scratch.near)
        for i in range(found):
            lamp = scratch.near[i]
            _add_light(look.lamps, lamp, lanes[base:], marks[base:])
            if wet:
                _add_highlight(look.lamps, lamp, lanes[base:], marks[base:])


@device_function
def _lamps_near(
    lamps: Array, rows: Array, count: Scalar, margin: Scalar, lanes: Array, marks: Array, base: Scalar, columns: Scalar,
    near: Array,
) -> Scalar:  # fmt: skip
    """Write those of `count` lamps that may shine on the hits of some columns to `near`; their number."""
    low_x = low_y = low_z = f32(np.inf)
    high_x = high_y = high_z = f32(-np.inf)
    for k in range(base, base + columns):
        if marks[SURFACE + k] >= 0:
            low_x = min(low_x, lanes[PX + k])
            low_y = min(low_y, lanes[PY + k])
            low_z = min(low_z, lanes[PZ + k])
            high_x = max(high_x, lanes[PX + k])
            high_y = max(high_y, lanes[PY + k])
            high_z = max(high_z, lanes[PZ + k])
    if low_x > high_x:
        return 0
    cx = f32(0.5) * (low_x + high_x)
    cy = f32(0.5) * (low_y + high_y)
    cz = f32(0.5) * (low_z + high_z)
    dx = high_x - cx
    dy = high_y - cy
    dz = high_z - cz
    radius = f32(np.sqrt(dx * dx + dy * dy + dz * dz)) * f32(1.001) + f32(0.01)
    found = 0
    for i in range(count):
        lamp = rows[i]
        x = max(low_x - lamps[lamp, 0], lamps[lamp, 0] - high_x, f32(0.0))
        y = max(low_y - lamps[lamp, 1], lamps[lamp, 1] - high_y, f32(0.0))
        z = max(low_z - lamps[lamp, 2], lamps[lamp, 2] - high_z, f32(0.0))
        if x * x + y * y + z * z < lamps[lamp, 11] * lamps[lamp, 11] and _cone_meets(
            lamps[lamp], cx, cy, cz, radius, margin
        ):
            near[found] = lamp
            found += 1
    return found


@device_function_inlined
def _cone_meets(lamp: Array, cx: Scalar, cy: Scalar, cz: Scalar, radius: Scalar, margin: Scalar) -> bool:
    """Whether a ball may be within the cone of a lamp, whose cosine is lowered by a margin."""
    cosine = lamp[10] - margin - f32(1e-3)
    if cosine <= f32(0.0):
        return True
    vx = cx - lamp[0]
    vy = cy - lamp[1]
    vz = cz - lamp[2]
    along = vx * lamp[3] + vy * lamp[4] + vz * lamp[5]
    across = f32(np.sqrt(max(vx * vx + vy * vy + vz * vz - along * along, f32(0.0))))
    sine = f32(np.sqrt(f32(1.0) - cosine * cosine))
    return bool(across * cosine - along * sine <= radius and along >= -radius)


@device_function
def _add_light(lamps: Array, lamp: Scalar, lanes: Array, marks: Array) -> None:
    """Add a lamp's light on the matt surfaces of a packet, whose columns come first."""
    for k in range(LANES):
        strength = lamp_strength(
            lamps[lamp, 0] - lanes[PX + k], lamps[lamp, 1] - lanes[PY + k], lamps[lamp, 2] - lanes[PZ + k],
            lanes[NX + k], lanes[NY + k], lanes[NZ + k], lamps, lamp,
        )  # fmt: skip
        hit = marks[SURFACE + k] >= 0
        red = lanes[ALBEDO_R + k] * lamps[lamp, 6] * strength
        green = lanes[ALBEDO_G + k] * lamps[lamp, 7] * strength
        blue = lanes[ALBEDO_B + k] * lamps[lamp, 8] * strength
        lanes[RED + k] += red if hit else f32(0.0)
        lanes[GREEN + k] += green if hit else f32(0.0)
        lanes[BLUE + k] += blue if hit else f32(0.0)


@device_function
def _add_highlight(lamps: Array, lamp: Scalar, lanes: Array, marks: Array) -> None:
    """Add a lamp's mirror image in the wet ground of a packet, drawn out towards the eye as on wet asphalt.

    Farther than 60 degrees from the mirror direction a wet road shows nothing of a lamp.
    """
    for k in range(LANES):
        away = f32(-1.0) / lanes[LENGTH + k]
        vx = lanes[DX + k] * away
        vy = lanes[DY + k] * away
        vz = lanes[DZ + k] * away
        nx = lanes[NX + k]
        ny = lanes[NY + k]
        nz = lanes[NZ + k]
        lx = lamps[lamp, 0] - lanes[PX + k]
        ly = lamps[lamp, 1] - lanes[PY + k]
        lz = lamps[lamp, 2] - lanes[PZ + k]
        squared = lx * lx + ly * ly + lz * lz
        inverse = f32(1.0) / f32(math.sqrt(squared + f32(1e-4)))
        lx *= inverse
        ly *= inverse
        lz *= inverse
        n_v = f32(2.0) * (nx * vx + ny * vy + nz * vz)
        mirrored = (n_v * nx - vx) * lx + (n_v * ny - vy) * ly + (n_v * nz - vz) * lz
        facing = max(nx * lx + ny * ly + nz * lz, f32(0.0))
        cone = -(lx * lamps[lamp, 3] + ly * lamps[lamp, 4] + lz * lamps[lamp, 5])
        beam = smooth_step(lamps[lamp, 10] - f32(HIGHLIGHT_MARGIN), lamps[lamp, 9] + f32(1e-4), cone)
        hx = vx + lx
        hy = vy + ly
        hz = vz + lz
        scale = f32(1.0) / f32(math.sqrt(max(hx * hx + hy * hy + hz * hz, f32(1e-6))))
        n_h = saturate((nx * hx + ny * hy + nz * hz) * scale)
        l_h = max((hx * lx + hy * ly + hz * lz) * scale, f32(0.1))
        rough = max(lanes[ROUGHNESS + k], f32(0.22))
        alpha2 = rough * rough * rough * rough
        spread = n_h * n_h * (alpha2 - f32(1.0)) + f32(1.0)
        value = alpha2 * fresnel(lanes[F0 + k], rough, l_h) / (f32(4.0) * spread * spread * l_h * l_h)
        falloff = max(f32(1.0) - squared / (lamps[lamp, 11] * lamps[lamp, 11]), f32(0.0))
        shown = f32(0.35) * saturate(f32(4.0) * (mirrored - f32(0.5)))
        strength = shown * min(value, f32(12.0)) * beam * falloff * facing / max(squared, f32(1.0))
        there = (marks[SURFACE + k] >= 0) & (lanes[F0 + k] > f32(_LEAST_F0)) & (nz > f32(_FACES_UP))
        strength = strength if there else f32(0.0)
        lanes[RED + k] += lamps[lamp, 6] * strength
        lanes[GREEN + k] += lamps[lamp, 7] * strength
        lanes[BLUE + k] += lamps[lamp, 8] * strength
