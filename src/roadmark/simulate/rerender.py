"""A clip's scenario drawn again under other conditions, from what the clip keeps in `source/`.

The same town, models, poses, times and camera; another sky, light, air and ground. Labels cannot change, and that is
checked against the clip's own images, frame by frame.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import Conditions
from roadmark.clip import Clip, ClipFrame
from roadmark.errors import FormatError, InputError, RenderError
from roadmark.files import hash_file
from roadmark.maps import RoadMap, load_opendrive
from roadmark.media import encode_depth
from roadmark.render import Environment, Frame
from roadmark.scenario import Scenario, read_log
from roadmark.simulate.cameras import CameraSetup
from roadmark.simulate.embedded import DARK, EmbeddedSimulator
from roadmark.simulate.low_sun import low_sun
from roadmark.simulate.render_record import RenderRecord, read_render_record
from roadmark.simulate.run import stored_ids
from roadmark.simulate.settings import SimulateSettings
from roadmark.twins import Surroundings, read_surroundings
from roadmark.world import DrivingLights

THICK_AIR = 0.004
"""Extinction, 1/m, from which vehicles drive with their lamps on by day."""
FOG_LAMPS = 0.01
"""The same from which the rear fog lamps burn as well."""

_NEEDED = ("recording.log", "map.xodr", "render.json")
_MODEL = "scene_model"
_SURROUNDINGS = "map.surroundings.json"
_INSTEAD = "use the relight backend, which needs the clip's images only"


class NoSourceError(InputError):
    """A clip does not hold what drawing it again needs."""


class LabelsDifferError(RenderError):
    """Drawn again, a clip's labels came out different: its sources, or the renderer, are not those it was made with."""


@dataclass(frozen=True)
class LabelCheck:
    """How the labels of a clip drawn again compare with its own.

    Attributes:
        frames: Frames compared; instance, semantic and depth images were equal, pixel for pixel, in all of them.
        images: Which images the clip has of the three.
    """

    frames: int
    images: tuple[str, ...]


def check_rerender(clip: Clip) -> RenderRecord:
    """Check, without drawing, that a clip holds everything that drawing it again needs.

    Raises:
        NoSourceError: It was adopted, or a source is missing or known by its hash only.
        FormatError: Its `render.json` is malformed, or does not fit the clip.
    """
    if clip.manifest.origin != "roadmark":
        raise NoSourceError(f"{clip.path}: was not made by Roadmark, so it cannot be drawn again; {_INSTEAD}")
    kept = clip.manifest.source
    missing = [name for name in _NEEDED if name not in kept]
    if missing:
        raise NoSourceError(f"{clip.path}: source/ lacks {', '.join(missing)}; {_INSTEAD}")
    hashed = sorted(name for name, record in kept.items() if record.file is None)
    if hashed:
        raise NoSourceError(f"{clip.path}: {', '.join(hashed)} is known by its hash only, not kept; {_INSTEAD}")
    if any(name.startswith(_MODEL) for name in kept):
        raise NoSourceError(f"{clip.path}: shows a scene model, which a clip does not keep whole; {_INSTEAD}")
    path = clip.source("render.json")
    record = read_render_record(path)
    if (record.camera.width, record.camera.height) != clip.size:
        size = f"{record.camera.width}x{record.camera.height}"
        raise FormatError(f"{size} is not the clip's size, {clip.size[0]}x{clip.size[1]}", path=path, field="camera")
    if record.frames != len(clip):
        raise FormatError(f"{record.frames} frames, but the clip has {len(clip)}", path=path, field="frames")
    return record


class Rerender:
    """A clip's pictures under other conditions; a context manager.

    Args:
        clip: A clip that `check_rerender` accepts.
        conditions: What the pictures show.
        threads: Render threads; all processors by default. The pictures do not depend on it.

    Attributes:
        labels: What was compared so far.
        sun_azimuth: Compass bearing of a low sun, degrees, chosen so that it shines into the view; None where the
            conditions alone decide.

    Raises:
        NoSourceError: The clip does not hold what is needed.
        InputError: A source is damaged.
    """

    def __init__(self, clip: Clip, conditions: Conditions, *, threads: int | None = None) -> None:
        record = check_rerender(clip)
        self._clip = clip
        scene = _scene(clip, record, conditions, threads)
        environment = scene.environment
        thick = environment.fog_density >= THICK_AIR or environment.precipitation > 0.0
        lights = DrivingLights(
            scene.scenario,
            beams=environment.night >= DARK or thick,
            fog=environment.fog_density >= FOG_LAMPS,
        )
        ids, _ = stored_ids(scene.scenario)
        self._simulator = EmbeddedSimulator(scene, ids, lights=lights)
        self.sun_azimuth = self._turn_sun(conditions)
        self._compared = [name for name in _IMAGES if _IMAGES[name] in clip.manifest.folders]
        self.labels = LabelCheck(0, tuple(self._compared))

    def __enter__(self) -> Rerender:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._simulator.close()

    def _turn_sun(self, conditions: Conditions) -> float | None:
        if not {"depth", "semantic_segmentation_raw"} <= set(self._clip.manifest.folders):
            return None
        sun = low_sun(conditions.lighting, self._clip[0], self._simulator.renderer)
        if sun is None:
            return None
        self._simulator.turn_sun(
            Environment.from_conditions(conditions.weather, conditions.lighting, conditions.road, sun)
        )
        return round(math.degrees(sun[0]), 3)

    def tools(self) -> dict[str, str]:
        """What follows the rays."""
        return self._simulator.tools()

    def pictures(self) -> Iterator[NDArray[np.uint8]]:
        """The clip's frames, (H, W, 3) uint8 each, in order.

        Raises:
            LabelsDifferError: A frame's instance, semantic or depth image is not the clip's.
        """
        with ThreadPoolExecutor(1, thread_name_prefix="labels") as reader:
            ahead = reader.submit(self._stored, self._clip[0])
            for frame in self._clip:
                stored = ahead
                if frame.index + 1 < len(self._clip):
                    ahead = reader.submit(self._stored, self._clip[frame.index + 1])
                yield self.picture(frame, stored.result())

    def picture(self, frame: ClipFrame, stored: dict[str, NDArray[Any]] | None = None) -> NDArray[np.uint8]:
        """One frame, (H, W, 3) uint8; as `pictures`."""
        (seen,) = self._simulator.look(frame.time)
        self._compare(frame, seen.frame, self._stored(frame) if stored is None else stored)
        self.labels = LabelCheck(self.labels.frames + 1, self.labels.images)
        return seen.frame.rgb

    def _stored(self, frame: ClipFrame) -> dict[str, NDArray[Any]]:
        readers: dict[str, Callable[[], NDArray[Any]]] = {
            "instance": frame.instance,
            "semantic": frame.semantic,
            "depth": frame.stored_depth,
        }
        return {name: readers[name]() for name in self._compared}

    def _compare(self, frame: ClipFrame, drawn: Frame, stored: dict[str, NDArray[Any]]) -> None:
        for name, image in stored.items():
            mine: NDArray[Any] = getattr(drawn, name)
            if name == "depth":
                mine = encode_depth(drawn.depth, self._clip.manifest.depth.unit)
            differing = int(np.count_nonzero(mine != image))
            if differing:
                raise LabelsDifferError(
                    f"{self._clip.path}: frame {frame.index}: {differing} pixels of the {name} image come out "
                    f"different; the clip was made by another version or from other files, so {_INSTEAD}"
                )


_IMAGES = {
    "instance": "instance_segmentation_raw",
    "semantic": "semantic_segmentation_raw",
    "depth": "depth",
}
"""Label images that are compared, each with its folder in the clip."""


@dataclass(frozen=True, eq=False)
class _Scene:
    """A clip's scene as the embedded simulator takes it; see `embedded.Scene`."""

    settings: SimulateSettings
    scenario: Scenario
    map_file: Path
    road_map: RoadMap
    surroundings: Surroundings | None
    cameras: tuple[CameraSetup, ...]
    town_cameras: tuple[CameraSetup, ...]
    first_time: float
    environment: Environment
    scene_model: None = None


def _scene(clip: Clip, record: RenderRecord, conditions: Conditions, threads: int | None) -> _Scene:
    """The clip's scene under other conditions, seen by its own camera alone."""
    sources = {name: _source(clip, name) for name in (*_NEEDED, _SURROUNDINGS) if name in clip.manifest.source}
    settings = SimulateSettings(
        seed=record.seed, quality=record.quality, replay=record.replay, time_factor=record.time_factor,
        ignore_hero=record.ignore_hero, limit_distance=record.limit_distance, area_threshold=record.area_threshold,
        threads=threads,
    )  # fmt: skip
    scenario = read_log(sources["recording.log"], allow_truncated=record.allow_truncated)
    surroundings = sources.get(_SURROUNDINGS)
    return _Scene(
        settings=settings,
        scenario=scenario.without_hero() if record.ignore_hero else scenario,
        map_file=sources["map.xodr"],
        road_map=load_opendrive(sources["map.xodr"]),
        surroundings=None if surroundings is None else read_surroundings(surroundings),
        cameras=(record.camera.setup(),),
        town_cameras=record.cameras(),
        first_time=clip.manifest.frames[0].time,
        environment=Environment.from_conditions(conditions.weather, conditions.lighting, conditions.road),
    )


def _source(clip: Clip, name: str) -> Path:
    """A source's file, checked against the manifest's digest."""
    path = clip.source(name)
    if hash_file(path)[1].hex() != clip.manifest.source[name].sha256:
        raise InputError(f"{path}: is not the file the clip was made from (its digest differs)")
    return path
