"""Hits become colours, block by block."""

from __future__ import annotations

from typing import NamedTuple

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
    EMITTED_B,
    EMITTED_G,
    EMITTED_R,
    F0,
    GREEN,
    LENGTH,
    NO_RAY,
    NOTHING_HIT,
    NX,
    NY,
    NZ,
    OPEN,
    OX,
    OY,
    OZ,
    PLACED,
    PX,
    PY,
    PZ,
    RED,
    ROUGHNESS,
    SUN,
    SURFACE,
    Scratch,
    T,
    column_x,
    column_y,
    locate_block,
    start_offset,
    step_off,
    sun_block,
    trace_block,
)
from roadmark.render.jit import Array, Scalar, device_function, device_function_inlined
from roadmark.render.lighting import (
    HIGHLIGHT_MARGIN,
    LAMP_COLUMNS,
    apply_fog,
    direct_radiance,
    fresnel,
    lamp_highlights,
    reflected_environment,
    spot_lights,
)
from roadmark.render.material_kinds import Material
from roadmark.render.materials import material_sample
from roadmark.render.materials_ground import water_tilt
from roadmark.render.packets import SceneArrays
from roadmark.render.sky import sky_radiance
from roadmark.render.tone import tone_map
from roadmark.render.trace import FrameImages
from roadmark.render.tracks import track_at

f32 = np.float32

_LABELS, _COLOR, _VARIATION = 12, 13, 14  # scene.Surface, as plain numbers
_EMISSION, _PAINT = 2, 3  # scene.Attribute, as plain numbers
_CAR_PAINT = int(Material.CAR_PAINT)
_MARKING = int(Material.MARKING)
LEAST_F0 = 0.015
"""Surfaces that mirror less head-on show no mirror image."""

MIRROR_ROUGHNESS = 0.4
"""Rougher surfaces get the mirror image of a typical street instead of a traced one."""

NO_MIRRORS, WATER_MIRRORS, ALL_MIRRORS = 0, 1, 2
"""Values of `Look.reflections`: no mirror images, those in standing water, those in everything smooth."""

WATER_F0 = 0.035
"""Smooth surfaces that face up and mirror no more than this head-on are water."""

LEVEL = 0.9
"""Upward part of a normal from which water stays on a surface."""

LEAST_LIFT = 0.02
"""Cosine between a mirror ray and the facet it leaves, at least."""

MIRROR_OPENNESS = 0.7
"""Open share of the hemisphere assumed for things seen in a mirror."""


class Look(NamedTuple):
    """What colours depend on besides the scene.

    Attributes:
        env: Packed environment.
        noise: Noise table.
        linear: (256,) float32 linear value of an sRGB byte.
        lamps: (N, 12) float32 lamps in the kernels' frame.
        shift: (3,) float32 from the kernels' frame to the fixed one of patterns.
        reflections: `NO_MIRRORS`, `WATER_MIRRORS` or `ALL_MIRRORS`: which mirror images are traced.
        tracks: (R, C) uint8 cells of `tracks.WheelTracks`.
        corner: (2,) float32 their corner in the patterns' frame.
    """

    env: Array
    noise: Array
    linear: Array
    lamps: Array
    shift: Array
    reflections: int
    tracks: Array
    corner: Array


@device_function
def shade_block(
    scene: SceneArrays, look: Look, scratch: Scratch, lanes: Array, marks: Array, sun: Array, shadows: Scalar,
    tiled: Scalar,
) -> None:  # fmt: skip
    """Compute RED, GREEN, BLUE and albedo of a block whose SUN and OPEN are known, and its hit points and normals.

    `tiled` says that columns lie in tiles: two by two pixels of water then share a mirror ray.
    """
    shared = tiled and look.reflections == WATER_MIRRORS
    sample_block(scene, look, lanes, marks)
    mirrors = 0
    if look.reflections != NO_MIRRORS:
        mirrors = _aim_mirrors(scene, look, scratch.mirror_lanes, scratch.mirror_marks, lanes, marks)
        if shared and mirrors > 0:
            mirrors = _share_mirrors(scratch.mirror_marks)
        if mirrors > 0:
            _trace_mirrors(scene, look, scratch, sun, shadows)
    lamps = lamps_near(look, scratch.lamps, lanes, marks)
    for k in range(BLOCK):
        inverse = f32(1.0) / lanes[LENGTH + k]
        dx = lanes[DX + k] * inverse
        dy = lanes[DY + k] * inverse
        dz = lanes[DZ + k] * inverse
        if marks[SURFACE + k] < 0:
            r = g = b = f32(0.0)
            if marks[SURFACE + k] == NOTHING_HIT:
                r, g, b = sky_radiance(dx, dy, dz, look.env, look.noise)
            lanes[RED + k] = r
            lanes[GREEN + k] = g
            lanes[BLUE + k] = b
            continue
        nx = lanes[NX + k]
        ny = lanes[NY + k]
        nz = lanes[NZ + k]
        f0 = lanes[F0 + k]
        roughness = lanes[ROUGHNESS + k]
        sr = sg = sb = f32(0.0)
        if lamps > 0:
            sr, sg, sb = spot_lights(lanes[PX + k], lanes[PY + k], lanes[PZ + k], nx, ny, nz, scratch.lamps, 0, lamps)
        r, g, b = direct_radiance(
            lanes[ALBEDO_R + k], lanes[ALBEDO_G + k], lanes[ALBEDO_B + k], f0, roughness,
            lanes[EMITTED_R + k], lanes[EMITTED_G + k], lanes[EMITTED_B + k], nx, ny, nz, -dx, -dy, -dz,
            lanes[SUN + k], lanes[OPEN + k], sr, sg, sb, look.env,
        )  # fmt: skip
        if lamps > 0 and look.env[Env.WETNESS] > f32(0.0) and f0 > f32(0.004) and nz > f32(0.5):
            hr, hg, hb = lamp_highlights(
                f0, roughness, nx, ny, nz, -dx, -dy, -dz, lanes[PX + k], lanes[PY + k], lanes[PZ + k],
                scratch.lamps, lamps,
            )  # fmt: skip
            r += hr
            g += hg
            b += hb
        if f0 > f32(LEAST_F0):
            ray = -1
            if mirrors > 0 and (look.reflections == ALL_MIRRORS or (f0 <= f32(WATER_F0) and nz > f32(LEVEL))):
                ray = _ray_of(scratch.mirror_marks, k, shared)
            if ray >= 0 and roughness <= f32(MIRROR_ROUGHNESS):
                share = fresnel(f0, roughness, -(nx * dx + ny * dy + nz * dz))
                r += share * scratch.mirror_lanes[RED + ray]
                g += share * scratch.mirror_lanes[GREEN + ray]
                b += share * scratch.mirror_lanes[BLUE + ray]
            else:
                mr, mg, mb = reflected_environment(f0, roughness, nx, ny, nz, -dx, -dy, -dz, lanes[OPEN + k], look.env)
                r += mr
                g += mg
                b += mb
        r, g, b = apply_fog(r, g, b, lanes[T + k] * lanes[LENGTH + k], dx, dy, dz, look.env)
        lanes[RED + k] = r
        lanes[GREEN + k] = g
        lanes[BLUE + k] = b


@device_function
def _share_mirrors(mirror_marks: Array) -> Scalar:
    """Keep the first mirror ray of every two by two pixels of a tiled block; the number of rays left."""
    count = 0
    for k in range(BLOCK):
        if mirror_marks[SURFACE + k] == NO_RAY:
            continue
        if _ray_of(mirror_marks, k, True) != k:
            mirror_marks[SURFACE + k] = NO_RAY
        else:
            count += 1
    return count


@device_function_inlined
def _ray_of(mirror_marks: Array, k: Scalar, shared: Scalar) -> Scalar:
    """The column whose mirror ray serves column k: its own, or the first of its two by two pixels; -1 for none."""
    if not shared:
        return k if mirror_marks[SURFACE + k] != NO_RAY else -1
    corner = k & ~5  # tiles of four by four pixels hold them row by row
    for step in (0, 1, 4, 5):
        if mirror_marks[SURFACE + corner + step] != NO_RAY:
            return corner + step
    return -1


@device_function
def write_colors(
    lanes: Array, marks: Array, look: Look, images: FrameImages, with_albedo: Scalar, x0: Scalar, y0: Scalar
) -> None:
    """Write a block's display colours."""
    height, width = images.depth.shape
    for k in range(BLOCK):
        x = x0 + column_x(k)
        y = y0 + column_y(k)
        if x >= width or y >= height:
            continue
        r, g, b = tone_map(lanes[RED + k], lanes[GREEN + k], lanes[BLUE + k], look.env)
        there = marks[SURFACE + k] != NO_RAY
        images.rgb[y, x, 0] = r if there else 0
        images.rgb[y, x, 1] = g if there else 0
        images.rgb[y, x, 2] = b if there else 0
        if with_albedo:
            hit = marks[SURFACE + k] >= 0
            images.albedo[y, x, 0] = encoded(lanes[ALBEDO_R + k]) if hit else 0
            images.albedo[y, x, 1] = encoded(lanes[ALBEDO_G + k]) if hit else 0
            images.albedo[y, x, 2] = encoded(lanes[ALBEDO_B + k]) if hit else 0


@device_function_inlined
def encoded(value: Scalar) -> Scalar:
    """SRGB byte of a linear value."""
    x = min(max(value, f32(0.0)), f32(1.0))
    y = f32(12.92) * x if x <= f32(0.0031308) else f32(1.055) * x ** f32(1.0 / 2.4) - f32(0.055)
    return np.int32(f32(255.0) * y + f32(0.5))


@device_function
def lamps_near(look: Look, near: Array, lanes: Array, marks: Array) -> Scalar:
    """Copy the lamps that may shine on a block's hit points to `near`; their number."""
    lamps = look.lamps
    count = lamps.shape[0]
    if count == 0:
        return 0
    low_x = low_y = low_z = f32(np.inf)
    high_x = high_y = high_z = f32(-np.inf)
    for k in range(BLOCK):
        if marks[SURFACE + k] >= 0:
            low_x = min(low_x, lanes[PX + k])
            low_y = min(low_y, lanes[PY + k])
            low_z = min(low_z, lanes[PZ + k])
            high_x = max(high_x, lanes[PX + k])
            high_y = max(high_y, lanes[PY + k])
            high_z = max(high_z, lanes[PZ + k])
    cx = f32(0.5) * (low_x + high_x)
    cy = f32(0.5) * (low_y + high_y)
    cz = f32(0.5) * (low_z + high_z)
    dx = high_x - cx
    dy = high_y - cy
    dz = high_z - cz
    radius = f32(np.sqrt(dx * dx + dy * dy + dz * dz)) * f32(1.001) + f32(0.01)
    # On wet ground lamps show beyond their cones.
    margin = f32(HIGHLIGHT_MARGIN) if look.env[Env.WETNESS] > f32(0.0) else f32(0.0)
    found = 0
    for i in range(count):
        x = max(low_x - lamps[i, 0], lamps[i, 0] - high_x, f32(0.0))
        y = max(low_y - lamps[i, 1], lamps[i, 1] - high_y, f32(0.0))
        z = max(low_z - lamps[i, 2], lamps[i, 2] - high_z, f32(0.0))
        if x * x + y * y + z * z < lamps[i, 11] * lamps[i, 11] and _cone_meets(lamps[i], cx, cy, cz, radius, margin):
            for column in range(LAMP_COLUMNS):
                near[found, column] = lamps[i, column]
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
def _aim_mirrors(
    scene: SceneArrays, look: Look, mirror: Array, mirror_marks: Array, lanes: Array, marks: Array
) -> Scalar:
    """Aim rays from the mirroring surfaces of a block into their mirror directions; the number of rays."""
    count = 0
    for k in range(BLOCK):
        mirror_marks[SURFACE + k] = NO_RAY
        if marks[SURFACE + k] < 0 or lanes[F0 + k] <= f32(LEAST_F0) or lanes[ROUGHNESS + k] > f32(MIRROR_ROUGHNESS):
            continue
        water = lanes[F0 + k] <= f32(WATER_F0) and lanes[NZ + k] > f32(LEVEL)
        if look.reflections == WATER_MIRRORS and not water:
            continue
        inverse = f32(1.0) / lanes[LENGTH + k]
        dx = lanes[DX + k] * inverse
        dy = lanes[DY + k] * inverse
        dz = lanes[DZ + k] * inverse
        fx, fy, fz = facet_towards(scene, marks[SURFACE + k], marks[PLACED + k], dx, dy, dz)
        nx = lanes[NX + k]
        ny = lanes[NY + k]
        nz = lanes[NZ + k]
        if water:
            tilt_x, tilt_y = water_tilt(
                lanes[PX + k] + look.shift[0], lanes[PY + k] + look.shift[1], lanes[T + k] * lanes[LENGTH + k],
                look.env, look.noise,
            )  # fmt: skip
            nx += tilt_x
            ny += tilt_y
        twice = f32(2.0) * (dx * nx + dy * ny + dz * nz)
        rx = dx - twice * nx
        ry = dy - twice * ny
        rz = dz - twice * nz
        # The bent normal of a smooth surface may mirror into the facet itself: lift such rays off it.
        lift = max(f32(LEAST_LIFT) - (rx * fx + ry * fy + rz * fz), f32(0.0))
        rx += fx * lift
        ry += fy * lift
        rz += fz * lift
        inverse = f32(1.0) / np.sqrt(rx * rx + ry * ry + rz * rz)
        offset = start_offset(lanes[T + k] * lanes[LENGTH + k])
        mirror[OX + k] = lanes[PX + k] + fx * offset
        mirror[OY + k] = lanes[PY + k] + fy * offset
        mirror[OZ + k] = lanes[PZ + k] + fz * offset
        mirror[DX + k] = rx * inverse
        mirror[DY + k] = ry * inverse
        mirror[DZ + k] = rz * inverse
        mirror[LENGTH + k] = f32(1.0)
        mirror_marks[SURFACE + k] = NOTHING_HIT
        count += 1
    return count


@device_function_inlined
def facet_towards(
    scene: SceneArrays, surface: Scalar, row: Scalar, dx: Scalar, dy: Scalar, dz: Scalar
) -> tuple[Scalar, Scalar, Scalar]:
    """Facet normal of a triangle in the kernels' frame, against the direction (dx, dy, dz)."""
    fx, fy, fz = scene.surfaces[surface, 9], scene.surfaces[surface, 10], scene.surfaces[surface, 11]
    m = scene.placements
    nx = m[row, 0] * fx + m[row, 1] * fy + m[row, 2] * fz
    ny = m[row, 4] * fx + m[row, 5] * fy + m[row, 6] * fz
    nz = m[row, 8] * fx + m[row, 9] * fy + m[row, 10] * fz
    side = f32(-1.0) if nx * dx + ny * dy + nz * dz > f32(0.0) else f32(1.0)
    return nx * side, ny * side, nz * side


@device_function
def _trace_mirrors(scene: SceneArrays, look: Look, scratch: Scratch, sun: Array, shadows: Scalar) -> None:
    """Set RED, GREEN, BLUE of the mirror rays: what a mirror shows, without mirrors in mirrors."""
    lanes, marks = scratch.mirror_lanes, scratch.mirror_marks
    trace_block(scene, scratch.rays, scratch.words, scratch.valid, lanes, marks, -1, scene.incoherent)
    locate_block(scene.surfaces, scene.placements, lanes, marks)
    if shadows:
        # The start points have served; their place takes those of the sun rays.
        step_off(lanes, lanes)
        sun_block(scene, scratch.sun_rays, scratch.sun_words, scratch.valid, lanes, marks, lanes, sun)
    else:
        for k in range(BLOCK):
            lanes[SUN + k] = f32(0.0)
    sample_block(scene, look, lanes, marks)
    lamps = lamps_near(look, scratch.lamps, lanes, marks)
    for k in range(BLOCK):
        if marks[SURFACE + k] == NO_RAY:
            continue
        dx = lanes[DX + k]
        dy = lanes[DY + k]
        dz = lanes[DZ + k]
        if marks[SURFACE + k] == NOTHING_HIT:
            r, g, b = sky_radiance(dx, dy, dz, look.env, look.noise)
        else:
            sr = sg = sb = f32(0.0)
            if lamps > 0:
                sr, sg, sb = spot_lights(
                    lanes[PX + k], lanes[PY + k], lanes[PZ + k], lanes[NX + k], lanes[NY + k], lanes[NZ + k],
                    scratch.lamps, 0, lamps,
                )  # fmt: skip
            r, g, b = direct_radiance(
                lanes[ALBEDO_R + k], lanes[ALBEDO_G + k], lanes[ALBEDO_B + k], lanes[F0 + k], lanes[ROUGHNESS + k],
                lanes[EMITTED_R + k], lanes[EMITTED_G + k], lanes[EMITTED_B + k],
                lanes[NX + k], lanes[NY + k], lanes[NZ + k], -dx, -dy, -dz,
                lanes[SUN + k], f32(MIRROR_OPENNESS), sr, sg, sb, look.env,
            )  # fmt: skip
            r, g, b = apply_fog(r, g, b, lanes[T + k], dx, dy, dz, look.env)
        lanes[RED + k] = r
        lanes[GREEN + k] = g
        lanes[BLUE + k] = b


@device_function
def sample_block(scene: SceneArrays, look: Look, lanes: Array, marks: Array) -> None:
    """Set albedo, F0, ROUGHNESS and emission of the columns that hit something."""
    for k in range(BLOCK):
        if marks[SURFACE + k] < 0:
            continue
        nx = lanes[NX + k]
        ny = lanes[NY + k]
        nz = lanes[NZ + k]
        length = lanes[LENGTH + k]
        facing = -(nx * lanes[DX + k] + ny * lanes[DY + k] + nz * lanes[DZ + k]) / length
        distance = lanes[T + k] * length / np.sqrt(max(facing, f32(0.02)))
        ar, ag, ab, f0, roughness, er, eg, eb = sample_surface(
            scene, look, marks[SURFACE + k], marks[PLACED + k], lanes[PX + k], lanes[PY + k], lanes[PZ + k],
            nx, ny, nz, distance,
        )  # fmt: skip
        lanes[ALBEDO_R + k] = ar
        lanes[ALBEDO_G + k] = ag
        lanes[ALBEDO_B + k] = ab
        lanes[F0 + k] = f0
        lanes[ROUGHNESS + k] = roughness
        lanes[EMITTED_R + k] = er
        lanes[EMITTED_G + k] = eg
        lanes[EMITTED_B + k] = eb


@device_function_inlined
def sample_surface(
    scene: SceneArrays, look: Look, surface: Scalar, row: Scalar, x: Scalar, y: Scalar, z: Scalar,
    nx: Scalar, ny: Scalar, nz: Scalar, distance: Scalar,
) -> tuple[Scalar, Scalar, Scalar, Scalar, Scalar, Scalar, Scalar, Scalar]:  # fmt: skip
    """Material of a triangle's point: what `material_sample` returns."""
    word = np.int64(scene.surface_bits[surface, _LABELS])
    material = word & 255
    emitter = (word >> 16) & 255
    color = np.int64(scene.surface_bits[surface, _COLOR])
    red = color & 255
    green = (color >> 8) & 255
    blue = (color >> 16) & 255
    wx = x + look.shift[0]
    wy = y + look.shift[1]
    wz = z + look.shift[2]
    lx, ly, lz = wx, wy, wz
    glow = f32(0.0)
    if row > 0:
        m = scene.placements
        lx = m[row, 12] * x + m[row, 13] * y + m[row, 14] * z + m[row, 15]
        ly = m[row, 16] * x + m[row, 17] * y + m[row, 18] * z + m[row, 19]
        lz = m[row, 20] * x + m[row, 21] * y + m[row, 22] * z + m[row, 23]
        if material == _CAR_PAINT:
            red = np.int64(scene.attributes[row, _PAINT])
            green = np.int64(scene.attributes[row, _PAINT + 1])
            blue = np.int64(scene.attributes[row, _PAINT + 2])
        if emitter > 0 and (scene.attributes[row, _EMISSION] >> (emitter - 1)) & 1:
            glow = f32(1.0)
    wheels = f32(1.0)
    if look.env[Env.SNOW] + look.env[Env.SAND] > f32(0.0) and material <= _MARKING:
        wheels = track_at(look.tracks, look.corner, wx, wy)
    return material_sample(
        material, look.linear[red], look.linear[green], look.linear[blue],
        np.int64(scene.surface_bits[surface, _VARIATION]), lx, ly, lz, wx, wy, wz, nx, ny, nz, distance, glow,
        look.env, look.noise, wheels,
    )  # fmt: skip
