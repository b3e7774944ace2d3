"""The last pass: mirror images, the lens's glare, the sensor's noise, exposure and tone."""

from __future__ import annotations

import math

import cv2
import numpy as np

from roadmark.relight.images import Effect, Floats, Light, Place
from roadmark.relight.lens import project
from roadmark.relight.mirror import BLURRED_STEP, STEP, MirrorImage
from roadmark.relight.sampling import bilinear
from roadmark.relight.surface import Shaded, way_through_fog
from roadmark.render.kernels import (
    Array,
    Scalar,
    camera_ray,
    device_function_inlined,
    f32,
    kernel,
    mix,
    negative_exponential,
    saturate,
    smooth_noise,
    tone_map,
)
from roadmark.render.kernels import EnvironmentIndex as Env

_GLARE_STEP = 4  # pixels of the picture per cell in which glare is spread


@kernel
def draw_lenses(radiance: Array, depth: Array, lenses: Array, place: Place, light: Light) -> None:
    """Draw lamps' lenses as discs where nothing hides them.

    Args:
        radiance: (H, W, 3), changed in place.
        depth: (H, W).
        lenses: (N, 10) rows of `lamps.LENS_COLUMNS`.
        place: The camera.
        light: For the air between.
    """
    view, target = place.camera, light.target
    height, width = depth.shape
    base = light.effects[Effect.GROUND]
    for row in range(lenses.shape[0]):
        x, y, z = lenses[row, 0] - view[0], lenses[row, 1] - view[1], lenses[row, 2] - view[2]
        distance = f32(math.sqrt(x * x + y * y + z * z))
        aim = lenses[row, 3] * x + lenses[row, 4] * y + lenses[row, 5] * z
        shine = f32(1.0)
        if lenses[row, 3] != f32(0.0) or lenses[row, 4] != f32(0.0) or lenses[row, 5] != f32(0.0):
            # From the side a lamp shows only its rim; from behind nothing.
            shine = saturate(f32(0.08) - aim / distance * f32(1.1))
        if shine <= f32(0.0) or distance < f32(0.3):
            continue
        right = view[3] * x + view[4] * y + view[5] * z
        down = view[6] * x + view[7] * y + view[8] * z
        forward = view[9] * x + view[10] * y + view[11] * z
        u, v, seen = project(place.lens, right, down, forward)
        edge_u, _edge_v, edge_seen = project(place.lens, right + lenses[row, 9], down, forward)
        if not (seen and edge_seen):
            continue
        radius = abs(edge_u - u)
        # A lens smaller than a pixel fills a share of it.
        share = min(radius * radius * f32(2.0), f32(1.0))
        radius = max(radius, f32(0.7))
        clear = negative_exponential(
            target[Env.FOG_DENSITY] * way_through_fog(distance, view[2] - base, lenses[row, 2] - base)
        )
        strength = shine * share * clear
        if not (f32(-64.0) < u < f32(width + 64) and f32(-64.0) < v < f32(height + 64)):
            continue
        for py in range(max(int(v - radius), 0), min(int(v + radius) + 2, height)):
            for px in range(max(int(u - radius), 0), min(int(u + radius) + 2, width)):
                _dx, _dy, _dz, scale, _inside = camera_ray(view, place.table, f32(px) + f32(0.5), f32(py) + f32(0.5))
                long = f32(math.sqrt(_dx * _dx + _dy * _dy + _dz * _dz))
                if depth[py, px] / scale * long < distance - f32(0.6):
                    continue
                du, dv = f32(px) + f32(0.5) - u, f32(py) + f32(0.5) - v
                cover = saturate(radius + f32(0.5) - f32(math.sqrt(du * du + dv * dv))) * strength
                for channel in range(3):
                    radiance[py, px, channel] += lenses[row, 6 + channel] * cover


def glare(radiance: Floats, exposure: float, *, fog_density: float) -> Floats:
    """Light that spreads around bright things: in the lens, and in the air where there is fog.

    Args:
        radiance: (H, W, 3) float32.
        exposure: Factor before the tone curve; what is brighter than white there spreads.
        fog_density: Extinction in 1/m; the more, the wider.

    Returns:
        (H, W, 3) float32 radiance to add.
    """
    height, width = radiance.shape[:2]
    size = (-(-width // _GLARE_STEP), -(-height // _GLARE_STEP))
    small = np.asarray(cv2.resize(radiance, size, interpolation=cv2.INTER_AREA), np.float32)
    small = np.clip(small - np.float32(1.2 / exposure), np.float32(0.0), np.float32(12.0))
    scale = height / 1080.0
    haze = min(fog_density / 0.012, 1.0)
    near = cv2.GaussianBlur(small, (0, 0), max(2.4 * scale, 0.6))
    tiny = cv2.resize(small, (max(1, size[0] // 4), max(1, size[1] // 4)), interpolation=cv2.INTER_AREA)
    wide = cv2.GaussianBlur(tiny, (0, 0), max((3.4 + 2.5 * haze) * scale, 0.6))
    wide = cv2.resize(wide, size, interpolation=cv2.INTER_LINEAR)
    spread = np.asarray(0.32 * near + (0.22 + 0.5 * haze) * wide, np.float32)
    return np.asarray(cv2.resize(spread, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


@device_function_inlined
def _noise_word(key: int) -> int:
    """32 well mixed bits of a whole number (Wellons' lowbias32)."""
    word = key & 0xFFFFFFFF
    word = ((word ^ (word >> 16)) * 0x7FEB352D) & 0xFFFFFFFF
    word = ((word ^ (word >> 15)) * 0x846CA68B) & 0xFFFFFFFF
    return word ^ (word >> 16)


@kernel
def finish_rows(
    first: int,
    last: int,
    shaded: Shaded,
    depth: Array,
    place: Place,
    light: Light,
    mirror: MirrorImage,
    around: Array,
    frame_key: int,
    rgb: Array,
) -> None:
    """Write the picture's rows `first` to `last - 1`.

    Args:
        first: First row.
        last: Row after the last.
        shaded: The first pass.
        depth: (H, W).
        place: The camera.
        light: Light and effects.
        mirror: Mirror image; of one cell where nothing mirrors.
        around: (H, W, 3) glare; of one pixel where there is none.
        frame_key: Whole number of the frame's noise.
        rgb: (H, W, 3) uint8, written.
    """
    effects, target = light.effects, light.target
    width = depth.shape[1]
    bloom = around.shape[0] > 1
    mirrors = effects[Effect.MIRROR] > f32(0.0)
    last_row, last_column = mirror.blurred.shape[0] - 1, mirror.blurred.shape[1] - 1
    sensor = effects[Effect.SENSOR_NOISE]
    for row in range(first, last):
        for column in range(width):
            r = shaded.radiance[row, column, 0]
            g = shaded.radiance[row, column, 1]
            b = shaded.radiance[row, column, 2]
            weight = shaded.mirror[row, column, 0] if mirrors else f32(0.0)
            if weight > f32(0.0):
                sharp = shaded.mirror[row, column, 1]
                # On a wet road the image is smeared: its nearest cell will do.
                near_row, near_column = min(row // BLURRED_STEP, last_row), min(column // BLURRED_STEP, last_column)
                mr = mirror.blurred[near_row, near_column, 0]
                mg = mirror.blurred[near_row, near_column, 1]
                mb = mirror.blurred[near_row, near_column, 2]
                if sharp > f32(0.0):
                    u, v = _rippled(row, column, depth, place, light)
                    sr, sg, sb = bilinear(mirror.sharp, u * f32(1.0 / STEP), v * f32(1.0 / STEP))
                    mr, mg, mb = mix(mr, sr, sharp), mix(mg, sg, sharp), mix(mb, sb, sharp)
                r, g, b = r + weight * mr, g + weight * mg, b + weight * mb
            if bloom:
                r += around[row, column, 0]
                g += around[row, column, 1]
                b += around[row, column, 2]
            if sensor > f32(0.0):
                luminance = max(f32(0.3) * r + f32(0.6) * g + f32(0.1) * b, f32(0.0))
                spread = sensor * f32(math.sqrt(luminance + f32(0.003)))
                word = _noise_word(row * width + column + frame_key)
                gray = f32((word & 0xFFF) + ((word >> 12) & 0xFFF)) * f32(1.0 / 4096.0) - f32(1.0)
                tint = f32(word >> 24) * f32(1.0 / 256.0) - f32(0.5)
                r += spread * (gray + f32(0.6) * tint)
                g += spread * gray
                b += spread * (gray - f32(0.7) * tint)
            red, green, blue = tone_map(r, g, b, target)
            rgb[row, column, 0] = red
            rgb[row, column, 1] = green
            rgb[row, column, 2] = blue


@device_function_inlined
def _rippled(row: int, column: int, depth: Array, place: Place, light: Light) -> tuple[Scalar, Scalar]:
    """Where in the picture a water surface's mirror image is looked up: waves move it, far ones less."""
    effects = light.effects
    u, v = f32(column) + f32(0.5), f32(row) + f32(0.5)
    ripple = effects[Effect.RIPPLE]
    if ripple > f32(0.0):
        dx, dy, dz, scale, _seen = camera_ray(place.camera, place.table, u, v)
        # The water's own surface, not the ground below it.
        level = max(effects[Effect.WATER_LEVEL], effects[Effect.GROUND])
        t = depth[row, column] / scale
        if dz < f32(-1e-4):
            t = min(t, (level - place.camera[2]) / dz)
        size = ripple / (t + f32(3.0))
        if size > f32(0.4):  # pixels
            x, y = place.camera[0] + t * dx + place.shift[0], place.camera[1] + t * dy + place.shift[1]
            time = effects[Effect.TIME]
            one = smooth_noise(light.noise, x * f32(18.0) + time * f32(23.0), y * f32(18.0) - time * f32(17.0))
            two = smooth_noise(light.noise, x * f32(18.0) - time * f32(19.0), y * f32(18.0) + time * f32(29.0))
            # They fade in, so that no line is seen where they begin.
            size -= f32(0.4)
            u += (one - f32(0.5)) * size
            v += (two - f32(0.5)) * size * f32(2.5)
    return u, v
