"""The first pass: every pixel's radiance under the new light, and how much of the mirror image it will show."""

from __future__ import annotations

import math
from typing import NamedTuple

from roadmark.relight.cast_shadows import CastShadows
from roadmark.relight.edges import unmixed
from roadmark.relight.ground import covered, is_ground
from roadmark.relight.images import (
    KIND_BITS,
    SHADOW_EDGE,
    SKY_EDGE,
    Effect,
    Floats,
    Kind,
    Light,
    Picture,
    Place,
    Visibility,
)
from roadmark.relight.shadows import SunMap, sunlit
from roadmark.relight.tracks import TrackMap, track_at
from roadmark.relight.windows import SHRINK
from roadmark.render.kernels import (
    Array,
    Scalar,
    camera_ray,
    device_function,
    device_function_inlined,
    f32,
    floor_int,
    fog_radiance,
    fresnel,
    hash_cell,
    kernel,
    mix,
    negative_exponential,
    saturate,
    sky_radiance,
    smooth_step,
    spot_lights,
)
from roadmark.render.kernels import EnvironmentIndex as Env

TILE = 8
"""Side in pixels of the tiles that share a list of lamps."""

_SKY = int(Kind.SKY)
_SIGNAL = int(Kind.SIGNAL)
_AS_SOURCE = float(Visibility.AS_SOURCE)
_TRACED = float(Visibility.TRACED)
_FOG_HEIGHT = 60.0  # metres over which fog thins by a factor e
_LEAST_CLEAR = 0.25  # source haze is taken away down to this transmittance
_LEAST_LIGHT = 0.02


class Shaded(NamedTuple):
    """What the first pass writes.

    Attributes:
        radiance: (H, W, 3) float32 linear, with fog, without mirror images.
        mirror: (H, W, 2) float32: weight of the mirror image, and how sharp it is, 0..1; only where anything mirrors.
    """

    radiance: Floats
    mirror: Floats


@device_function_inlined
def way_through_fog(distance: Scalar, eye_height: Scalar, height: Scalar) -> Scalar:
    """Length in metres of air of the fog's base that dims as much as a straight way does.

    Fog thins exponentially with height; the integral of it along the way, with (1 - exp(-x)) / x as a series.
    """
    scale = f32(1.0 / _FOG_HEIGHT)
    x = min(max((height - eye_height) * scale, f32(-0.8)), f32(2.0))
    mean = f32(1.0) - x * (f32(0.5) - x * (f32(1.0 / 6.0) - x * f32(1.0 / 30.0)))
    base = min(max(f32(1.0) - eye_height * scale, f32(0.1)), f32(1.0))
    return distance * mean * base


@device_function_inlined
def _window_light(nx: Scalar, ny: Scalar, x: Scalar, y: Scalar, z: Scalar, lit: Scalar) -> tuple[Scalar, Scalar]:
    """Brightness and warmth 0..1 of window glass: by chance, by storeys and some metres of the facade."""
    along = y * nx - x * ny
    facade = floor_int(nx * f32(3.0) + ny * f32(7.0))
    chance = hash_cell(floor_int(along * f32(0.4)), floor_int(z * f32(0.31)), facade)
    if chance > f32(0.40) * lit:
        return f32(0.0), f32(0.0)
    bright = hash_cell(floor_int(along * f32(0.4)), floor_int(z * f32(0.31)), facade + 101)
    return lit * (f32(0.16) + f32(0.42) * bright), hash_cell(floor_int(along * f32(0.2)), facade, floor_int(z))


@device_function_inlined
def _ambient(env: Array, channel: int, up: Scalar) -> Scalar:
    return mix(env[Env.BELOW_R + channel], env[Env.ABOVE_R + channel], up)


@device_function_inlined
def _gather(depth: Array, place: Place, lamps: Array, row: int, column: int, nearby: Array) -> int:
    """Copy the lamps that reach a tile into `nearby`; returns their number."""
    height, width = depth.shape
    bottom, right = min(row + TILE, height), min(column + TILE, width)
    nearest, farthest = f32(1e9), f32(-1.0)
    for v in range(row, bottom):
        for u in range(column, right):
            d = depth[v, u]
            if d < f32(1e8):
                nearest = min(nearest, d)
                farthest = max(farthest, d)
    if farthest < f32(0.0):
        return 0
    low_x, low_y, low_z = f32(1e9), f32(1e9), f32(1e9)
    high_x, high_y, high_z = f32(-1e9), f32(-1e9), f32(-1e9)
    for corner in range(4):
        at_u = f32(column if corner % 2 == 0 else right)
        at_v = f32(row if corner < 2 else bottom)
        dx, dy, dz, scale, _seen = camera_ray(place.camera, place.table, at_u, at_v)
        for end in range(2):
            t = (nearest if end == 0 else farthest) / scale
            x, y, z = place.camera[0] + t * dx, place.camera[1] + t * dy, place.camera[2] + t * dz
            low_x, high_x = min(low_x, x), max(high_x, x)
            low_y, high_y = min(low_y, y), max(high_y, y)
            low_z, high_z = min(low_z, z), max(high_z, z)
    x, y, z = f32(0.5) * (low_x + high_x), f32(0.5) * (low_y + high_y), f32(0.5) * (low_z + high_z)
    dx, dy, dz = high_x - x, high_y - y, high_z - z
    radius = f32(math.sqrt(dx * dx + dy * dy + dz * dz)) + f32(0.3)
    count = 0
    for lamp in range(lamps.shape[0]):
        lx, ly, lz, reach = lamps[lamp, 0], lamps[lamp, 1], lamps[lamp, 2], lamps[lamp, 11] + f32(0.3)
        dx = max(low_x - lx, f32(0.0), lx - high_x)
        dy = max(low_y - ly, f32(0.0), ly - high_y)
        dz = max(low_z - lz, f32(0.0), lz - high_z)
        if dx * dx + dy * dy + dz * dz > reach * reach:
            continue
        dx, dy, dz = x - lx, y - ly, z - lz
        squared = dx * dx + dy * dy + dz * dz
        # Distance from the ball around the tile to the cone's surface.
        along = dx * lamps[lamp, 3] + dy * lamps[lamp, 4] + dz * lamps[lamp, 5]
        across = f32(math.sqrt(max(squared - along * along, f32(0.0))))
        cosine = lamps[lamp, 10]
        sine = f32(math.sqrt(max(f32(1.0) - cosine * cosine, f32(0.0))))
        if cosine > f32(0.0) and across * cosine - along * sine > radius:
            continue
        for word in range(lamps.shape[1]):
            nearby[count, word] = lamps[lamp, word]
        count += 1
    return count


@kernel
def shade_tiles(
    first: int,
    last: int,
    picture: Picture,
    place: Place,
    light: Light,
    lamps: Array,
    sun_map: SunMap,
    tracks: TrackMap,
    shadows: CastShadows,
    nearby: Array,
    shaded: Shaded,
) -> None:
    """Shade the tile rows `first` to `last - 1`.

    Args:
        first: First row of tiles.
        last: Row after the last.
        picture: The frame.
        place: The camera.
        light: Light and effects.
        lamps: (N, 12) lamps for `spot_lights`.
        sun_map: What stands in the target sun's light.
        tracks: Where wheels have rolled.
        shadows: The source's shadows that are lifted.
        nearby: (N, 12) scratch memory of this call.
        shaded: Written.
    """
    height, width = picture.depth.shape
    for tile in range(first, last):
        top, bottom = tile * TILE, min(tile * TILE + TILE, height)
        for left in range(0, width, TILE):
            count = _gather(picture.depth, place, lamps, top, left, nearby) if lamps.shape[0] else 0
            for row in range(top, bottom):
                for column in range(left, min(left + TILE, width)):
                    _shade(row, column, picture, place, light, nearby, count, sun_map, tracks, shadows, shaded)


@device_function_inlined
def _shade(
    row: int, column: int, picture: Picture, place: Place, light: Light, lamps: Array, count: int,
    sun_map: SunMap, tracks: TrackMap, shadows: CastShadows, shaded: Shaded,
) -> None:  # fmt: skip
    """Write one pixel."""
    linear = light.linear
    dx, dy, dz, scale, _seen = camera_ray(place.camera, place.table, f32(column) + f32(0.5), f32(row) + f32(0.5))
    length = f32(math.sqrt(dx * dx + dy * dy + dz * dz))
    marks = picture.kinds[row, column]
    kind = marks & KIND_BITS
    rgb, at_row, at_column = picture.rgb, row, column
    r, g, b = linear[rgb[row, column, 0]], linear[rgb[row, column, 1]], linear[rgb[row, column, 2]]
    share = f32(1.0) if kind == _SKY else f32(0.0)
    if marks & SKY_EDGE:
        r, g, b, at_row, at_column, share = unmixed(picture.rgb, picture.kinds, linear, row, column)
        kind = picture.kinds[at_row, at_column] & KIND_BITS
    if shadows.shade.shape[0] > 1:
        shade = shadows.shade[row, column]
        r, g, b = r * shadows.lift[shade, 0], g * shadows.lift[shade, 1], b * shadows.lift[shade, 2]
    sky_r, sky_g, sky_b = f32(0.0), f32(0.0), f32(0.0)
    if share > f32(0.0):
        inverse = f32(1.0) / length
        sky_r, sky_g, sky_b = _sky(dx * inverse, dy * inverse, dz * inverse, light.target, light.noise)
    weight, sharpness = f32(0.0), f32(0.0)
    if share < f32(1.0):
        r, g, b, weight, sharpness = _surface(
            at_row, at_column, kind, r, g, b, dx, dy, dz, length, scale,
            picture, place, light, lamps, count, sun_map, tracks,
        )  # fmt: skip
    shaded.radiance[row, column, 0] = mix(r, sky_r, share)
    shaded.radiance[row, column, 1] = mix(g, sky_g, share)
    shaded.radiance[row, column, 2] = mix(b, sky_b, share)
    if light.effects[Effect.MIRROR] > f32(0.0):
        shaded.mirror[row, column, 0] = weight * (f32(1.0) - share)
        shaded.mirror[row, column, 1] = sharpness


@device_function
def _sky(dx: Scalar, dy: Scalar, dz: Scalar, env: Array, noise: Array) -> tuple[Scalar, Scalar, Scalar]:
    """`sky_radiance`, called instead of copied: surfaces' code stays small."""
    return sky_radiance(dx, dy, dz, env, noise)


@device_function
def _edge_visibility(
    row: int, column: int, rgb: Array, semantic: Array, visibility: Array, linear: Array,
    luminance: Scalar, hazy: Scalar, fog: Scalar, ambient: Scalar, sun: Scalar,
) -> Scalar:  # fmt: skip
    """How much of the sun a pixel gets, 0..1; at a shadow's edge from its brightness: colours are anti-aliased.

    Args:
        row: Of the pixel.
        column: Of the pixel.
        rgb: Of the frame.
        semantic: Its classes.
        visibility: Where the source's sun shines.
        linear: Radiance of 8-bit values.
        luminance: Of the pixel without haze.
        hazy: Share of haze in it.
        fog: Luminance of the haze.
        ambient: Luminance of a white surface there in shadow.
        sun: What the sun adds to it.
    """
    height, width = semantic.shape
    own = f32(visibility[row, column]) * f32(1.0 / 255.0)
    albedo, count = f32(0.0), f32(0.0)
    for side in range(4):
        y = row + (2 * (side - 1) if side % 2 == 0 else 0)
        x = column + (2 * (side - 2) if side % 2 == 1 else 0)
        if 0 <= y < height and 0 <= x < width and semantic[y, x] == semantic[row, column]:
            shown = f32(0.3) * linear[rgb[y, x, 0]] + f32(0.6) * linear[rgb[y, x, 1]] + f32(0.1) * linear[rgb[y, x, 2]]
            lit = ambient + sun * f32(visibility[y, x]) * f32(1.0 / 255.0)
            albedo += (shown - fog * hazy) / (f32(1.0) - hazy) / lit
            count += f32(1.0)
    if count == f32(0.0) or albedo <= f32(1e-4):
        return own
    return saturate((luminance / (albedo / count) - ambient) / sun)


@device_function_inlined
def _luminance(r: Scalar, g: Scalar, b: Scalar) -> Scalar:
    return f32(0.3) * r + f32(0.6) * g + f32(0.1) * b


@device_function_inlined
def _surface(  # noqa: PLR0915 - one pixel's whole way; its parts share two dozen numbers
    row: int, column: int, kind: int, r: Scalar, g: Scalar, b: Scalar,
    dx: Scalar, dy: Scalar, dz: Scalar, length: Scalar, scale: Scalar,
    picture: Picture, place: Place, light: Light, lamps: Array, count: int, sun_map: SunMap, tracks: TrackMap,
) -> tuple[Scalar, Scalar, Scalar, Scalar, Scalar]:  # fmt: skip
    """Radiance of a surface of given source radiance, with fog; weight and sharpness of its mirror image.

    (dx, dy, dz) of `length` is the ray; depth over `scale` is how many of it lead to the surface.
    """
    effects, source, target = light.effects, light.source, light.target
    t = picture.depth[row, column] / scale
    distance = t * length
    inverse = f32(1.0) / length
    vx, vy, vz = dx * inverse, dy * inverse, dz * inverse
    eye_x, eye_y, eye_z = place.camera[0], place.camera[1], place.camera[2]
    x, y, z = eye_x + t * dx, eye_y + t * dy, eye_z + t * dz
    nx, ny, nz = picture.normals[row, column, 0], picture.normals[row, column, 1], picture.normals[row, column, 2]
    if not nx * nx + ny * ny + nz * nz > f32(0.25):
        nx, ny, nz = f32(0.0), f32(0.0), f32(1.0)  # none is known there
    base = effects[Effect.GROUND]

    # What the surface would be without the source's haze and light.
    way = way_through_fog(distance, eye_z - base, z - base)
    clear = max(negative_exponential(source[Env.FOG_DENSITY] * way), f32(_LEAST_CLEAR))
    fog_r, fog_g, fog_b = fog_radiance(vx, vy, vz, source)
    hazy = f32(1.0) - clear
    raw_r, raw_g, raw_b = r, g, b
    dense = f32(1.0) / clear
    r = max((r - fog_r * hazy) * dense, f32(0.05) * r)
    g = max((g - fog_g * hazy) * dense, f32(0.05) * g)
    b = max((b - fog_b * hazy) * dense, f32(0.05) * b)
    up = f32(0.5) + f32(0.5) * nz
    sun = max(nx * source[Env.SUN_X] + ny * source[Env.SUN_Y] + nz * source[Env.SUN_Z], f32(0.0))
    visible = f32(1.0)
    if picture.visibility.shape[0] > 1 and sun > f32(0.0):
        visible = f32(picture.visibility[row, column]) * f32(1.0 / 255.0)
        if picture.kinds[row, column] & SHADOW_EDGE and sun > f32(0.01):
            visible = _edge_visibility(
                row, column, picture.rgb, picture.semantic, picture.visibility, light.linear,
                _luminance(r, g, b), hazy,
                _luminance(fog_r, fog_g, fog_b),
                _luminance(_ambient(source, 0, up), _ambient(source, 1, up), _ambient(source, 2, up)),
                _luminance(source[Env.SUN_R], source[Env.SUN_G], source[Env.SUN_B]) * sun,
            )  # fmt: skip
    sun *= visible
    ar = r / max(source[Env.SUN_R] * sun + _ambient(source, 0, up), f32(_LEAST_LIGHT))
    ag = g / max(source[Env.SUN_G] * sun + _ambient(source, 1, up), f32(_LEAST_LIGHT))
    ab = b / max(source[Env.SUN_B] * sun + _ambient(source, 2, up), f32(_LEAST_LIGHT))

    weight, sharpness, drowned = f32(0.0), f32(0.0), f32(0.0)
    level = effects[Effect.WATER_LEVEL]
    if z < level and eye_z > level + f32(0.1):
        # Flood water stands before the surface: the ray meets it first.
        drowned = level - z
        nearer = (eye_z - level) / max(eye_z - z, f32(1e-3))
        way *= nearer
        x, y, z = eye_x + (x - eye_x) * nearer, eye_y + (y - eye_y) * nearer, level
        clearness = negative_exponential(drowned * f32(7.0)) * f32(0.55)
        ar = mix(f32(0.105), ar * f32(0.5), clearness)
        ag = mix(f32(0.090), ag * f32(0.5), clearness)
        ab = mix(f32(0.066), ab * f32(0.45), clearness)
        nx, ny, nz, up = f32(0.0), f32(0.0), f32(1.0), f32(1.0)
        weight, sharpness = fresnel(f32(0.02), f32(0.0), -vz), f32(1.0)
    else:
        swept = tracks.cells.shape[0] > 1 and effects[Effect.SNOW] + effects[Effect.SAND] > f32(0.0)
        track = track_at(tracks, x, y) if swept and is_ground(kind) else f32(0.0)
        ar, ag, ab, puddle, shiny = covered(
            ar, ag, ab, kind, x + place.shift[0], y + place.shift[1], nz, track, effects, light.noise
        )
        if effects[Effect.MIRROR] > f32(0.0) and puddle + shiny > f32(0.0):
            facing = -(vx * nx + vy * ny + vz * nz)
            weight = max(fresnel(f32(0.02), f32(0.0), facing) * puddle, fresnel(f32(0.02), f32(0.35), facing) * shiny)
            sharpness = saturate(puddle * f32(2.0))

    # The new light.
    sun = max(nx * target[Env.SUN_X] + ny * target[Env.SUN_Y] + nz * target[Env.SUN_Z], f32(0.0))
    if effects[Effect.VISIBILITY] == _AS_SOURCE:
        sun *= visible
    elif effects[Effect.VISIBILITY] == _TRACED and sun > f32(0.0):
        sun *= sunlit(sun_map, x, y, z)
    er = target[Env.SUN_R] * sun + _ambient(target, 0, up)
    eg = target[Env.SUN_G] * sun + _ambient(target, 1, up)
    eb = target[Env.SUN_B] * sun + _ambient(target, 2, up)
    if count:
        lr, lg, lb = spot_lights(x, y, z, nx, ny, nz, lamps, 0, count)
        er, eg, eb = er + lr, eg + lg, eb + lb
    r, g, b = ar * er, ag * eg, ab * eb
    if kind == _SIGNAL:
        # A lit signal shines by itself, in any light: coloured and bright in the picture, it stays so on the screen.
        brightest = max(raw_r, raw_g, raw_b) * source[Env.EXPOSURE]
        gray = min(raw_r, raw_g, raw_b) * source[Env.EXPOSURE]
        shines = smooth_step(f32(0.25), f32(0.55), brightest - gray) * source[Env.EXPOSURE] / target[Env.EXPOSURE]
        r, g, b = max(r, raw_r * shines), max(g, raw_g * shines), max(b, raw_b * shines)
    upright = abs(nz) < f32(0.3) and picture.glass.shape[0] > 1
    if upright and picture.glass[row // SHRINK, column // SHRINK] > 0:
        lit, warmth = _window_light(
            nx, ny, x + place.shift[0], y + place.shift[1], z + place.shift[2], effects[Effect.WINDOWS]
        )
        r += lit
        g += lit * (f32(0.86) - f32(0.18) * warmth)
        b += lit * (f32(0.66) - f32(0.34) * warmth)

    # The new air.
    clear = negative_exponential(target[Env.FOG_DENSITY] * way)
    fog_r, fog_g, fog_b = fog_radiance(vx, vy, vz, target)
    stays = (f32(1.0) - weight) * clear
    hazy = f32(1.0) - clear
    return r * stays + fog_r * hazy, g * stays + fog_g * hazy, b * stays + fog_b * hazy, weight * clear, sharpness
