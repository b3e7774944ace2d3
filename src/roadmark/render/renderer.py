"""The renderer: a static mesh, and frame after frame instances, lights and a camera in, images out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from roadmark.errors import RenderError
from roadmark.geometry import Camera, PinholeCamera, Pose
from roadmark.render.antialias import mark_edges, sample_offsets
from roadmark.render.buffers import BUFFER_BYTES, IMAGE_BYTES, UNLIT_BYTES, Buffers, new_images, raster_from_blocks
from roadmark.render.embree import EmbreeLibrary, load_embree
from roadmark.render.environment import Environment, EnvironmentIndex
from roadmark.render.frame import Frame, Silhouette
from roadmark.render.hits import BLOCK, PLACED, SURFACE, Scratch, new_scratch
from roadmark.render.instances import Instance, SpotLight
from roadmark.render.jit import is_cached
from roadmark.render.lighting import LAMP_COLUMNS
from roadmark.render.look import Look
from roadmark.render.mesh import Mesh
from roadmark.render.mirrors import ALL_MIRRORS, NO_MIRRORS, WATER_MIRRORS
from roadmark.render.noise import noise_table
from roadmark.render.occlusion import filter_rows, sphere_pattern
from roadmark.render.passes import (
    ALBEDO,
    BOUNDS,
    EDGES,
    KEEP,
    OCCLUSION,
    SHADE,
    SHADOWS,
    TRACE,
    render_blocks,
    sample_edges,
)
from roadmark.render.probe import Probe, probe_rays
from roadmark.render.quality import Quality
from roadmark.render.rays import PackedCamera, pack_camera
from roadmark.render.scene import Attribute, PlacedScene, SceneStore
from roadmark.render.silhouettes import measure_silhouettes
from roadmark.render.still import StillView, StillViews, reach_of, sun_axes
from roadmark.render.tone import srgb_decode
from roadmark.render.trace import FrameImages
from roadmark.render.tracks import WheelTracks
from roadmark.render.water import Patterns

_log = logging.getLogger(__name__)

TracerName = Literal["auto", "embree", "portable"]
SKY_SEMANTIC = 11
"""CARLA's class of the sky; the catalogue is not known here, so callers may pass another."""

_ORIGIN_GRID = 16.0  # metres: the kernels' zero moves in such steps, exact in float32
_PATTERN_GRID = 1024.0  # metres: patterns' zero, near the scene and equal for all its frames
_CHUNKS_PER_THREAD = 8
_FRAME_IMAGES = 5  # of `FrameImages`, the ones every frame has
_FIRST_COMPILE_SECONDS = 30


def kernels_are_cached(quality: Quality) -> bool:
    """Whether the kernels of a quality are compiled or on disk already, so that the first frame comes without a wait.

    Args:
        quality: Of the frames to come; a draft needs fewer kernels.
    """
    needed: list[Callable[..., object]] = [render_blocks]
    needed += [filter_rows] if quality.ao else []
    needed += [mark_edges, sample_edges] if quality.aa_samples else []
    return is_cached(needed)


def depth_is_range(camera: Camera) -> bool:
    """Whether a camera sees beyond a hemisphere, so that its depth is the distance along the ray, not along z."""
    return pack_camera(camera, Pose.identity(child="camera"), np.zeros(3)).depth_is_range


class Renderer:
    """Renders one static scene with changing instances.

    The result depends neither on the number of threads nor on what was rendered before. One renderer serves one
    thread at a time.

    Attributes:
        tracer_name: "embree" or "portable": what follows the rays.
        tracer_note: Why the portable tracer was taken by "auto"; empty otherwise.
    """

    def __init__(
        self,
        static: Mesh,
        *,
        threads: int = 2,
        tracer: TracerName = "auto",
        seed: int = 0,
        sky_semantic: int = SKY_SEMANTIC,
        tracks: WheelTracks | None = None,
    ) -> None:
        """Build the static scene's tree.

        Args:
            static: What never moves; its object id is 0.
            threads: Worker threads per frame.
            tracer: "embree", "portable", or "auto" for the first that this machine has.
            seed: Seed of the surfaces' patterns.
            sky_semantic: Class of pixels that hit nothing.
            tracks: Where wheels thin out snow and sand; all over the road without.

        Raises:
            RenderError: for a mesh without triangles, a tracer that is not available, or bad numbers.
        """
        if threads < 1:
            raise RenderError(f"rendering needs at least one thread, not {threads}")
        if not len(static.triangles):
            raise RenderError("the static mesh has no triangles; a scene needs at least a ground")
        if tracer not in ("auto", "embree", "portable"):
            raise RenderError(f"unknown tracer {tracer!r}; choose auto, embree or portable")
        library = load_embree()
        if tracer == "embree" and isinstance(library, str):
            raise RenderError(f"the Embree tracer is not available: {library}; use tracer='portable'")
        use = library if isinstance(library, EmbreeLibrary) and tracer != "portable" else None
        self.tracer_name = "embree" if use else "portable"
        self.tracer_note = library if tracer == "auto" and isinstance(library, str) else ""
        if self.tracer_note:
            _log.warning("using the portable tracer, several times slower: %s", self.tracer_note)
        self._warm = False
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="render") if threads > 1 else None
        self._store = SceneStore(static, use)
        self._sky_semantic = sky_semantic
        self._noise = noise_table(seed)
        self._tracks = tracks or WheelTracks.everywhere()
        self._linear = srgb_decode(np.arange(256) / 255.0).astype(np.float32)
        self._sphere = sphere_pattern()
        self._pattern_origin = np.round(static.bounds.mean(axis=0).astype(np.float64) / _PATTERN_GRID) * _PATTERN_GRID
        self._buffers: dict[tuple[int, int], Buffers] = {}
        self._still = StillViews()

    @property
    def patterns(self) -> Patterns:
        """What the look of the surfaces is drawn from."""
        return Patterns(self._noise, self._pattern_origin)

    def render(
        self,
        camera: Camera,
        pose: Pose,
        instances: Sequence[Instance],
        environment: Environment,
        quality: Quality,
        lights: Sequence[SpotLight] = (),
        aov: bool = False,
        hidden_object_ids: Iterable[int] = (),
    ) -> Frame:
        """Render one frame.

        Args:
            camera: Pinhole or f-theta.
            pose: world_from_camera; camera axes right, down, forward.
            instances: What stands in the scene besides the static mesh.
            environment: Light, weather and state of the ground.
            quality: How much work goes into the colours.
            lights: Lamps.
            aov: Whether to also give sun visibility, albedo, triangles and instance indices.
            hidden_object_ids: Objects the camera does not see, such as the vehicle it is mounted in; they keep their
                shadows.

        Returns:
            New images; nothing of them is used again.

        Raises:
            RenderError: for a mesh without triangles.
        """
        if not (self._warm or kernels_are_cached(quality)):
            _log.info("compiling the render kernels, once on this machine, about %d s", _FIRST_COMPILE_SECONDS)
        self._warm = True
        packed, placed = self._prepare(camera, pose, instances, hidden_object_ids)
        buffers = self._buffers_of(camera.width, camera.height)
        look = self._look(environment, packed, placed, lights, quality)
        sun = np.asarray(environment.sun_direction, np.float32)
        shadows = SHADOWS if max(environment.sun_light) > 0.0 and sun[2] > 0.0 else 0
        occlusion = OCCLUSION if quality.ao else 0
        edges = EDGES if quality.aa_samples else 0
        shade = SHADE | (ALBEDO if aov else 0)
        rows = len(buffers.edge_counts)
        axes = sun_axes(sun)
        still = isinstance(camera, PinholeCamera) and not aov
        view = self._still_view(camera, packed, placed, look, sun, quality) if still else None
        if view is None:
            images, bounds, keep = new_images(camera.width, camera.height, aov), buffers.no_bounds, 0
            traced = shaded = buffers.every_block
        else:
            images, bounds, buffers = view.images, view.bounds, view.buffers
            keep = BOUNDS | (KEEP if lights and occlusion else 0)
            if keep & KEEP:
                buffers.keep_unlit()
            reach = reach_of(placed, packed, camera, axes, frozenset(hidden_object_ids), look.lamps)
            traced, shaded = view.stale_blocks(
                reach,
                shadows=bool(shadows),
                occlusion=quality.ao,
                neighbours=bool(occlusion or edges),
                mirrors=look.reflections != NO_MIRRORS,
                wet=bool(look.env[EnvironmentIndex.WETNESS] > 0.0),
            )

        def blocks(work: int, wanted: NDArray[np.uint8]) -> None:
            self._run(
                rows, render_blocks, placed.arrays, look, packed.view, packed.table, sun, self._sphere,
                work | shadows | keep, self._sky_semantic, wanted, axes, bounds, images, buffers.hits,
                lamps=len(lights),
            )  # fmt: skip

        # Colours need the occlusion of neighbours; what needs no traced neighbour is shaded at once. The albedo image
        # and kept triangles need the hits, so those frames take two calls as well.
        if occlusion or aov:
            blocks(TRACE | occlusion | edges, traced)
            if occlusion:
                self._run(camera.height, filter_rows, images.depth, buffers.hits.occlusion, buffers.hits.openness)
            else:
                buffers.hits.openness[:] = 255
            blocks(shade, shaded)
        else:
            blocks(TRACE | edges | shade, shaded)
        if edges:
            hits = buffers.hits
            self._run(rows, mark_edges, images.depth, hits.keys, hits.shape, shaded, buffers.edges, buffers.edge_counts)
            self._run(
                rows, sample_edges, placed.arrays, look, packed.view, packed.table, sun,
                shadows | occlusion | keep, sample_offsets(quality.aa_samples), buffers.edges, buffers.edge_counts,
                axes, bounds, images, buffers.hits, lamps=len(lights),
            )  # fmt: skip
        extra = self._extra_images(buffers, images, placed) if aov else {}
        shown = list(images[:_FRAME_IMAGES])
        if view is not None:
            view.reach = reach
            shown = self._map(np.copy, shown)
        rgb, depth, semantic, instance, normal = shown
        return Frame(rgb, depth, semantic, instance, normal, packed.depth_is_range, **extra)

    def silhouettes(self, camera: Camera, pose: Pose, groups: Sequence[Sequence[Instance]]) -> list[Silhouette]:
        """Measure each object as if it stood alone.

        Args:
            camera: Pinhole or f-theta.
            pose: world_from_camera.
            groups: The instances of each object.

        Returns:
            One silhouette per group, sampled at pixel centres as labels are. What lies outside the image counts up to
            three times the image's size; very large objects are sampled more coarsely there.

        Raises:
            RenderError: for a mesh without triangles.
        """
        packed, placed = self._prepare(camera, pose, [instance for group in groups for instance in group], ())
        starts = np.cumsum([1] + [len(group) for group in groups])
        rows = [list(range(start, end)) for start, end in pairwise(starts)]
        return measure_silhouettes(self._store, placed, packed, camera, rows, self._map)

    def probe(self, starts: ArrayLike, ends: ArrayLike, instances: Sequence[Instance] = ()) -> Probe:
        """Find what lies first on rays that go from one point through another and on.

        Args:
            starts: (N, 3) world metres; rays begin there and nothing at the very start is skipped.
            ends: (N, 3) world metres, apart from the starts.
            instances: What stands in the scene besides the static mesh.
        """
        begin, end = np.broadcast_arrays(np.asarray(starts, np.float64), np.asarray(ends, np.float64))
        count = len(begin)
        distance, rows = np.empty(count, np.float32), np.empty(count, np.int32)
        origin = np.round(begin.mean(axis=0) / _ORIGIN_GRID) * _ORIGIN_GRID if count else np.zeros(3)
        placed = self._store.place(instances, origin)
        along = (end - begin) / np.linalg.norm(end - begin, axis=1, keepdims=True)
        rays = np.concatenate([begin - origin, along], axis=1).astype(np.float32)
        probe_rays(placed.arrays, rays, distance, rows, new_scratch())
        ids = np.where(rows >= 0, placed.arrays.attributes[np.maximum(rows, 0), Attribute.OBJECT_ID], -1)
        return Probe(
            distance.astype(np.float64), ids.astype(np.int32), np.where(rows >= 0, rows - 1, -2).astype(np.int32)
        )

    def _prepare(
        self, camera: Camera, pose: Pose, instances: Sequence[Instance], hidden_object_ids: Iterable[int]
    ) -> tuple[PackedCamera, PlacedScene]:
        origin = np.round(np.asarray(pose.translation, np.float64) / _ORIGIN_GRID) * _ORIGIN_GRID
        packed = pack_camera(camera, pose, origin)
        return packed, self._store.place(instances, origin, hidden_object_ids)

    def _look(
        self,
        environment: Environment,
        packed: PackedCamera,
        placed: PlacedScene,
        lights: Sequence[SpotLight],
        quality: Quality,
    ) -> Look:
        lamps = np.zeros((len(lights), LAMP_COLUMNS), np.float32)
        for row, light in enumerate(lights):
            lamps[row] = light.pack(placed.origin)
        shift = (placed.origin - self._pattern_origin).astype(np.float32)
        env = environment.pack(packed.pixel_angle)
        corner = (self._tracks.corner - self._pattern_origin[:2]).astype(np.float32)
        mirrors = _mirrors(quality, environment)
        return Look(env, self._noise, self._linear, lamps, shift, mirrors, self._tracks.cells, corner)

    def _still_view(
        self,
        camera: Camera,
        packed: PackedCamera,
        placed: PlacedScene,
        look: Look,
        sun: NDArray[np.float32],
        quality: Quality,
    ) -> StillView | None:
        """The last frame of a camera that stands still; none for one that was not there before, but for the first."""
        size = np.array([camera.width, camera.height, quality.ao, quality.aa_samples, look.reflections])
        key = b"".join(array.tobytes() for array in (size, packed.view, placed.origin, sun, look.env, look.shift))
        pixel_bytes = IMAGE_BYTES + (BUFFER_BYTES if quality.ao or quality.aa_samples else 0)
        pixel_bytes += UNLIT_BYTES if quality.ao and len(look.lamps) else 0
        known, view = self._still.find(key, pixel_bytes * camera.width * camera.height)
        if known and view is None:
            images = new_images(camera.width, camera.height, False)
            buffers = Buffers.of_size(camera.width, camera.height)
            view = StillView(images, buffers, buffers.new_bounds())
            self._still.keep(key, view)
        return view

    def _buffers_of(self, width: int, height: int) -> Buffers:
        if (width, height) not in self._buffers:
            self._buffers = {(width, height): Buffers.of_size(width, height)}
        return self._buffers[width, height]

    def _extra_images(self, buffers: Buffers, images: FrameImages, placed: PlacedScene) -> dict[str, NDArray[Any]]:
        height, width = images.depth.shape
        surface = raster_from_blocks(buffers.hits.marks[:, SURFACE : SURFACE + BLOCK], width, height)
        row = raster_from_blocks(buffers.hits.marks[:, PLACED : PLACED + BLOCK], width, height)
        hit = surface >= 0
        first = placed.arrays.attributes[np.where(hit, row, 0), Attribute.FIRST_SURFACE]
        return {
            "sun_visibility": images.sun_visibility,
            "albedo": images.albedo,
            "triangle": np.where(hit, surface - first, -1).astype(np.int32),
            "instance_index": np.where(hit, row - 1, -2).astype(np.int32),
        }

    def _run(self, rows: int, kernel: Callable[..., None], *arguments: object, lamps: int | None = None) -> None:
        """Call a kernel on all rows, in chunks spread over the threads; with `lamps` each call gets working memory."""
        chunk = max(1, -(-rows // (_CHUNKS_PER_THREAD * self._threads)))

        def call(first: int) -> None:
            scratch: tuple[Scratch, ...] = () if lamps is None else (new_scratch(lamps),)
            kernel(*arguments, *scratch, first, min(first + chunk, rows))

        self._map(call, range(0, rows, chunk))

    def _map(self, function: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
        if self._pool is None:
            return [function(item) for item in items]
        return list(self._pool.map(function, items))


def _mirrors(quality: Quality, environment: Environment) -> int:
    """Which mirror images are traced; a value of `Look.reflections`."""
    if quality.reflections:
        return ALL_MIRRORS
    return WATER_MIRRORS if quality.water and environment.puddles > 0.0 else NO_MIRRORS
