"""`Relighter`: frame after frame of a clip under other conditions."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from roadmark.catalog import Conditions
from roadmark.errors import InputError
from roadmark.geometry import Camera, FloatArray, Pose
from roadmark.relight.buffers import ViewBuffers, check_available
from roadmark.relight.cast_shadows import NO_SHADOWS, find_shadows
from roadmark.relight.finish import draw_lenses, finish_rows, glare
from roadmark.relight.images import Effect, Floats, Light, Picture, Place
from roadmark.relight.lamps import LENS_COLUMNS, street_lights, vehicle_lights
from roadmark.relight.lens import pack_lens
from roadmark.relight.mirror import Mirror, MirrorImage
from roadmark.relight.plan import FLOOD_DEPTH, plan_relight
from roadmark.relight.prepare import (
    assumed_depth,
    complete_picture,
    depth_factors,
    has_steps,
    road_height,
    with_level_ground,
)
from roadmark.relight.shadows import SunShadows, no_sun_map
from roadmark.relight.surface import TILE, Shaded, shade_tiles
from roadmark.relight.tracks import TrackPicture, WheelPath
from roadmark.render import Environment, Precipitation, draw_precipitation
from roadmark.render.kernels import LAMP_COLUMNS, X_FROM_U, film_curve, is_cached, noise_table, pack_camera, srgb_encode

_log = logging.getLogger(__name__)

_COMPILE_SECONDS = 15
_ORIGIN_GRID = 16.0  # metres: the kernels' zero moves in such steps, exact in float32
_PATTERN_PERIOD = 1024.0  # metres: every pattern repeats after it
_FALLING: dict[str, tuple[Literal["rain", "snow"], float]] = {"raining": ("rain", 12.0), "snow_falling": ("snow", 2.5)}
_NO_GLARE = np.zeros((1, 1, 3), np.float32)
_NO_MIRROR = MirrorImage(_NO_GLARE, _NO_GLARE)
_DEFAULT_DROP = 6.0  # metres from a camera to the ground where neither classes nor the caller say


class Relighter:
    """Draws a clip's frames under other conditions.

    Every result is a function of the frame's buffers, its time and the arguments given here: frames may come in any
    order, and the number of threads does not matter. Patterns on the ground stick to the world.

    Args:
        camera: Of every frame; pinhole or f-theta.
        target: The wished conditions.
        source: What the pictures show; None where it is not known, then `plan.DEFAULT_SOURCE` is assumed.
        source_light: Their light where it is known better than by name (a sun set by date and place).
        available: Names of the arrays of `ViewBuffers` that frames will have.
        street_lamps: (N, 3) world positions of the heads of street lamps; see `find_street_lamps`.
        wheel_paths: Where vehicles drive during the clip: they clear snow and sand.
        ground: World height of the road's surface; None takes it from each frame's road.
        depth_is_range: Whether depth is the distance along the ray, not along the camera's z.
        seed: Of patterns, windows, what falls and the sensor's noise.
        threads: Worker threads.

    Raises:
        MissingBufferError: The conditions cannot be drawn from what is available.
        ConfigError: The source's conditions cannot be taken away.

    Examples:
        >>> relighter = Relighter(camera, Conditions("raining", "night", "puddles"))  # doctest: +SKIP
        >>> picture = relighter.frame(ViewBuffers(rgb, pose, depth, normals, semantic), time=0.5)  # doctest: +SKIP
    """

    def __init__(
        self,
        camera: Camera,
        target: Conditions,
        source: Conditions | None = None,
        *,
        source_light: Environment | None = None,
        available: frozenset[str] = frozenset({"rgb", "depth", "normals", "semantic"}),
        street_lamps: ArrayLike = (),
        wheel_paths: Sequence[WheelPath] = (),
        ground: float | None = None,
        depth_is_range: bool = False,
        seed: int = 0,
        threads: int = 2,
    ) -> None:
        check_available(target, available)
        self._plan = plan_relight(
            target, source, source_light,
            has_visibility="sun_visibility" in available, has_depth="depth" in available,
            has_lamps=len(np.asarray(street_lamps)) > 0,
        )  # fmt: skip
        self._camera = camera
        self._available = available
        self._lamp_heads = np.asarray(street_lamps, np.float64).reshape(-1, 3)
        self._paths = tuple(wheel_paths)
        self._tracks: TrackPicture | None = None
        self._ground = ground
        self._seed = seed
        self._threads = max(1, threads)
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="relight") if threads > 1 else None
        self._linear = self._plan.linear()
        self._effects = self._plan.effects(has_visibility="sun_visibility" in available, has_depth="depth" in available)
        self._noise = noise_table(seed)
        self._lens = pack_lens(camera)
        self._warm = False
        self._shadows = SunShadows(self._plan.target.sun_direction) if self._plan.traced else None
        mirrors = self._plan.mirrors and "depth" in available
        self._mirror = Mirror(camera.width, camera.height) if mirrors else None
        shape = (camera.height, camera.width)
        self._shaded = Shaded(np.empty((*shape, 3), np.float32), np.empty((*shape, 2), np.float32))
        packed = pack_camera(camera, Pose.identity(child="camera"), np.zeros(3))
        self._depth_factors = _depth_factors(
            camera, given_as_range=depth_is_range, wanted_as_range=packed.depth_is_range
        )
        self._depth_is_range = packed.depth_is_range

    def frame(self, buffers: ViewBuffers, time: float) -> NDArray[np.uint8]:
        """Draw one frame.

        Args:
            buffers: The frame; it has the arrays named in `available`.
            time: Seconds in the clip's clock: moves what falls and what ripples.

        Returns:
            (H, W, 3) uint8 sRGB, new.

        Raises:
            InputError: A buffer is missing, or of another size or type than the camera says.
        """
        camera = self._camera
        buffers.check(camera.width, camera.height)
        missing = self._available - buffers.available()
        if missing:
            raise InputError(f"the frame lacks {', '.join(sorted(missing))}, which was promised for every frame")
        if self._plan.same:
            return buffers.rgb.copy()
        if not self._warm and not is_cached([shade_tiles, finish_rows]):
            _log.info("compiling the relight kernels, once on this machine, about %d s", _COMPILE_SECONDS)
        self._warm = True
        origin = np.round(buffers.pose.translation / _ORIGIN_GRID) * _ORIGIN_GRID
        place = self._place(buffers.pose, origin)
        windows = self._effects[Effect.WINDOWS] > 0.0
        picture = complete_picture(buffers, self._depth(buffers), place.camera, place.table, windows=bool(windows))
        ground = self._ground - origin[2] if self._ground is not None else road_height(picture, place)
        if buffers.normals is None and buffers.depth is not None and has_steps(picture.depth):
            picture = picture._replace(depth=with_level_ground(picture, place, ground))
        light = self._light(place, ground, time)
        self._shade(buffers, picture, place, light, origin)
        rgb = self._finish(picture, place, light, time)
        return self._with_precipitation(rgb, picture, buffers.pose, time)

    def close(self) -> None:
        """End the worker threads."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def _place(self, pose: Pose, origin: FloatArray) -> Place:
        packed = pack_camera(self._camera, pose, origin)
        shift = np.array([*np.mod(origin[:2], _PATTERN_PERIOD), origin[2]])
        return Place(packed.view, packed.table, shift.astype(np.float32), self._lens)

    def _depth(self, buffers: ViewBuffers) -> Floats:
        if buffers.depth is None:
            ground = self._ground if self._ground is not None else float(buffers.pose.translation[2]) - _DEFAULT_DROP
            depth = assumed_depth(self._camera, buffers.pose, ground)
            return depth if self._depth_is_range else depth * self._z_share
        if self._depth_factors is None:
            return buffers.depth
        return buffers.depth * self._depth_factors

    @cached_property
    def _z_share(self) -> Floats:
        return depth_factors(self._camera)

    def _light(self, place: Place, ground: float, time: float) -> Light:
        effects = self._effects.copy()
        effects[Effect.GROUND] = ground
        if self._plan.flooded:
            effects[Effect.WATER_LEVEL] = ground + FLOOD_DEPTH
        effects[Effect.TIME] = time % 1000.0
        pixel = float(place.table[1, 0]) if len(place.table) > 1 else float(place.camera[X_FROM_U])
        return Light(self._plan.source.pack(pixel), self._plan.target.pack(pixel), self._linear, self._noise, effects)

    def _shade(self, buffers: ViewBuffers, picture: Picture, place: Place, light: Light, origin: FloatArray) -> None:
        """First pass and what shines in it."""
        lamps, lenses = self._lamps(buffers, origin)
        boxes = [vehicle.box for vehicle in buffers.vehicles]
        sun_map = self._shadows.of_frame(picture, place, boxes, origin) if self._shadows else no_sun_map()
        if self._tracks is None:
            self._tracks = TrackPicture(self._paths)
        tracks = self._tracks.placed(origin)

        shadows = NO_SHADOWS
        if self._plan.lifts_shadows and buffers.semantic is not None:
            shadows = find_shadows(picture.rgb, picture.semantic, self._linear)

        def work(first: int, last: int) -> None:
            nearby = np.empty_like(lamps)
            shade_tiles(first, last, picture, place, light, lamps, sun_map, tracks, shadows, nearby, self._shaded)

        self._run(work, -(-self._camera.height // TILE))
        if len(lenses):
            draw_lenses(self._shaded.radiance, picture.depth, lenses, place, light)

    def _lamps(self, buffers: ViewBuffers, origin: FloatArray) -> tuple[Floats, Floats]:
        """Lights and lenses that are on in a frame."""
        parts = []
        if self._plan.lamps_on and "depth" in self._available:
            parts.append(street_lights(self._lamp_heads, origin))
        if self._plan.headlights_on and "depth" in self._available:
            parts.append(vehicle_lights(buffers.vehicles, origin, self._plan.headlight_power))
        if not parts:
            return np.zeros((0, LAMP_COLUMNS), np.float32), np.zeros((0, LENS_COLUMNS), np.float32)
        return np.concatenate([lights for lights, _ in parts]), np.concatenate([lenses for _, lenses in parts])

    def _finish(self, picture: Picture, place: Place, light: Light, time: float) -> NDArray[np.uint8]:
        """Mirror images, glare, noise and tone."""
        target = self._plan.target
        mirror = _NO_MIRROR
        if self._mirror is not None:
            mirror = self._mirror.of_frame(self._shaded.radiance, picture, place, light)
        around = _NO_GLARE
        if light.effects[Effect.BLOOM] > 0.0:
            around = glare(self._shaded.radiance, target.exposure, fog_density=target.fog_density)
        rgb = np.empty(picture.rgb.shape, np.uint8)
        key = hash((self._seed, round(time * 1e4))) & 0x3FFFFFFF

        def work(first: int, last: int) -> None:
            finish_rows(first, last, self._shaded, picture.depth, place, light, mirror, around, key, rgb)

        self._run(work, self._camera.height)
        return rgb

    def _with_precipitation(
        self, rgb: NDArray[np.uint8], picture: Picture, pose: Pose, time: float
    ) -> NDArray[np.uint8]:
        weather = self._plan.target_conditions.weather
        shown = self._plan.source_conditions
        if weather not in _FALLING or (shown is not None and shown.weather == weather):
            return rgb
        kind, rate = _FALLING[weather]
        falling = Precipitation(kind, rate, seed=self._seed, ambient=drop_color(self._plan.target, kind))
        return draw_precipitation(
            rgb, picture.depth, self._camera, pose, time, falling, depth_is_range=self._depth_is_range
        )

    def _run(self, work: Callable[[int, int], None], rows: int) -> None:
        """Do rows in the worker threads."""
        if self._pool is None:
            work(0, rows)
            return
        chunks = min(rows, 4 * self._threads)
        ends = [rows * chunk // chunks for chunk in range(chunks + 1)]
        for done in [self._pool.submit(work, first, last) for first, last in pairwise(ends)]:
            done.result()


def drop_color(light: Environment, kind: Literal["rain", "snow"]) -> tuple[float, float, float]:
    """Display colour of drops or flakes that the whole sky lights."""
    radiance = 0.5 * (np.asarray(light.zenith) + np.asarray(light.horizon)) * (1.25 if kind == "snow" else 1.0)
    shown = 255.0 * srgb_encode(film_curve(radiance * light.exposure))
    red, green, blue = (float(value) for value in np.clip(shown, 0.0, 250.0))
    return red, green, blue


def _depth_factors(camera: Camera, *, given_as_range: bool, wanted_as_range: bool) -> Floats | None:
    """What depths are multiplied by to be what kernels take; None where they are already."""
    if given_as_range == wanted_as_range:
        return None
    along = depth_factors(camera)
    return along if given_as_range else np.asarray(1.0 / np.maximum(along, 1e-3), np.float32)
