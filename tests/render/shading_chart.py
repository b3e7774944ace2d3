"""A picture of every material and sky, from a tiny analytic ray caster: ground plane, wall, sphere, sun and shadows.

Not a test: run `python tests/render/shading_chart.py OUT_DIR` and look.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import cv2
import numpy as np

from roadmark.catalog import LIGHTING_NAMES, WEATHER_NAMES
from roadmark.render.environment import Environment
from roadmark.render.jit import kernel
from roadmark.render.lighting import apply_fog, surface_radiance
from roadmark.render.material_kinds import Material, default_color
from roadmark.render.materials import material_sample
from roadmark.render.noise import noise_table
from roadmark.render.sky import sky_radiance
from roadmark.render.tone import srgb_decode, tone_map

f32 = np.float32


@kernel
def cast(eye, target, focal, kinds, colors, variation, glow, wall_y, sphere, env, noise, image):
    """Shade one picture; kinds and colors are of ground, wall and sphere."""
    height, width = image.shape[:2]
    fx, fy, fz = target[0] - eye[0], target[1] - eye[1], target[2] - eye[2]
    scale = f32(1.0) / f32(math.sqrt(fx * fx + fy * fy + fz * fz))
    fx, fy, fz = fx * scale, fy * scale, fz * scale
    scale = f32(1.0) / f32(math.sqrt(fx * fx + fy * fy))
    rx, ry = fy * scale, -fx * scale
    ux, uy, uz = ry * fz, -rx * fz, rx * fy - ry * fx
    sx, sy, sz = env[0], env[1], env[2]
    zero = f32(0.0)
    one = f32(1.0)
    for row in range(height):
        for column in range(width):
            a = (f32(column) + f32(0.5) - f32(0.5) * f32(width)) / focal
            b = (f32(0.5) * f32(height) - f32(row) - f32(0.5)) / focal
            dx, dy, dz = fx + a * rx + b * ux, fy + a * ry + b * uy, fz + b * uz
            scale = one / f32(math.sqrt(dx * dx + dy * dy + dz * dz))
            dx, dy, dz = dx * scale, dy * scale, dz * scale
            best = f32(1e9)
            hit = -1
            if dz < zero:
                best = -eye[2] / dz
                hit = 0
            if dy > zero:
                t = (wall_y - eye[1]) / dy
                if t < best and eye[2] + t * dz < f32(7.0) and abs(eye[0] + t * dx) < f32(14.0):
                    best = t
                    hit = 1
            ox, oy, oz = eye[0] - sphere[0], eye[1] - sphere[1], eye[2] - sphere[2]
            half = ox * dx + oy * dy + oz * dz
            root = half * half - (ox * ox + oy * oy + oz * oz - sphere[3] * sphere[3])
            if root > zero:
                t = -half - f32(math.sqrt(root))
                if zero < t < best:
                    best = t
                    hit = 2
            if hit < 0:
                r, g, b = sky_radiance(dx, dy, dz, env, noise)
            else:
                x, y, z = eye[0] + best * dx, eye[1] + best * dy, eye[2] + best * dz
                nx, ny, nz = zero, zero, one
                lx, ly, lz = x, y, z
                if hit == 1:
                    nx, ny, nz = zero, -one, zero
                elif hit == 2:
                    lx, ly, lz = x - sphere[0], y - sphere[1], z - sphere[2] + sphere[3]
                    nx, ny, nz = (x - sphere[0]) / sphere[3], (y - sphere[1]) / sphere[3], (z - sphere[2]) / sphere[3]
                cosine = max(-(nx * dx + ny * dy + nz * dz), f32(0.02))
                ar, ag, ab, f0, rough, er, eg, eb = material_sample(
                    kinds[hit],
                    colors[hit, 0],
                    colors[hit, 1],
                    colors[hit, 2],
                    variation,
                    lx,
                    ly,
                    lz,
                    x,
                    y,
                    z,
                    nx,
                    ny,
                    nz,
                    best / f32(math.sqrt(cosine)),
                    glow,
                    env,
                    noise,
                    one,
                )
                visible = one
                ox, oy, oz = x - sphere[0], y - sphere[1], z - sphere[2]
                half = ox * sx + oy * sy + oz * sz
                if hit != 2 and half < zero and half * half > ox * ox + oy * oy + oz * oz - sphere[3] * sphere[3]:
                    visible = zero
                if hit != 1 and sy > zero:
                    t = (wall_y - y) / sy
                    if z + t * sz < f32(7.0) and abs(x + t * sx) < f32(14.0):
                        visible = zero
                r, g, b = surface_radiance(
                    ar,
                    ag,
                    ab,
                    f0,
                    rough,
                    er,
                    eg,
                    eb,
                    nx,
                    ny,
                    nz,
                    -dx,
                    -dy,
                    -dz,
                    visible,
                    f32(0.85),
                    zero,
                    zero,
                    zero,
                    env,
                )
                r, g, b = apply_fog(r, g, b, best, dx, dy, dz, env)
            red, green, blue = tone_map(r, g, b, env)
            image[row, column, 0] = red
            image[row, column, 1] = green
            image[row, column, 2] = blue


def picture(
    kinds,
    environment,
    *,
    size=(320, 240),
    eye=(2.0, -9.0, 5.0),
    target=(0.0, 1.0, 1.2),
    colors=None,
    variation=7,
    glow=1.0,
    field=60.0,
):
    """(H, W, 3) uint8 of one material each on ground, wall and sphere."""
    width, height = size
    focal = width / (2.0 * math.tan(math.radians(field) / 2.0))
    chosen = [default_color(kind) for kind in kinds] if colors is None else colors
    linear = srgb_decode(np.asarray(chosen, dtype=np.float64) / 255.0).astype(np.float32)
    image = np.zeros((height, width, 3), np.uint8)
    cast(
        np.array(eye, f32),
        np.array(target, f32),
        f32(focal),
        np.array([int(k) for k in kinds], np.uint8),
        linear,
        np.uint32(variation),
        f32(glow),
        f32(4.0),
        np.array([0.0, 0.0, 1.2, 1.2], f32),
        environment.pack(pixel_angle=1.0 / focal),
        noise_table(0),
        image,
    )
    return image


def sheet(pictures, columns):
    """Tile equally sized pictures."""
    blank = np.zeros_like(pictures[0])
    pictures = pictures + [blank] * (-len(pictures) % columns)
    return np.concatenate([np.concatenate(pictures[i : i + columns], axis=1) for i in range(0, len(pictures), columns)])


def labelled(image, text):
    """The picture with its name in the corner."""
    image = image.copy()
    cv2.rectangle(image, (0, 0), (9 * len(text) + 6, 16), (0, 0, 0), -1)
    cv2.putText(image, text, (3, 12), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (255, 255, 255), 1, cv2.LINE_AA)
    return image


def main(folder):
    """Write materials.png and skies.png."""
    day = Environment.from_conditions()
    near = {"size": (400, 300), "eye": (3.0, -9.0, 5.0), "target": (0.2, 1.5, 1.3), "field": 38}
    materials = [labelled(picture((kind,) * 3, day, **near), kind.name) for kind in Material]
    street = (Material.ASPHALT, Material.BRICK, Material.CAR_PAINT)
    conditions = [("clear_sky", lighting) for lighting in LIGHTING_NAMES]
    conditions += [(weather, "afternoon") for weather in WEATHER_NAMES]
    wide = {"eye": (9.0, -13.0, 4.5), "target": (-3.0, 1.0, 3.0), "field": 75}
    skies = [
        labelled(picture(street, Environment.from_conditions(*names), **wide), " ".join(names)) for names in conditions
    ]
    for name, pictures in (("materials", materials), ("skies", skies)):
        cv2.imwrite(str(folder / f"{name}.png"), sheet(pictures, 5)[:, :, ::-1])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
