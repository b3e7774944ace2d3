"""The `relight` backend: new light and weather on the clip's own pictures, from its ground-truth buffers.

Reading, drawing and encoding run beside each other. Geometry is not touched, so every label stays true.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from roadmark.augment.transfer.protocol import TransferProgress, TransferRequest, TransferResult
from roadmark.augment.transfer.relight_source import FOLDER_OF, ClipFrames, FrameSource, VideoFrames
from roadmark.catalog import Conditions
from roadmark.clip import Clip
from roadmark.errors import ConfigError
from roadmark.files import atomic_file
from roadmark.media import EncoderPool, VideoWriter
from roadmark.pipeline import JsonValue
from roadmark.relight import MissingBufferError, Relighter, check_available, check_possible

_WAITING = 4  # frames that may wait for the encoder
_DRAWN_WITH = frozenset({"rgb", "depth", "normals", "semantic", "sun_visibility"})
_DARK = frozenset({"night", "blue_hour", "twilight"})  # lit windows are found by their albedo
_MAX_SEED = 2**31 - 1

Item = TypeVar("Item")


class RelightTransfer:
    """Draws new conditions over clips' pictures; of a bare video, light, haze and what falls.

    Args:
        threads: Worker threads. The videos do not depend on their number.
    """

    def __init__(self, threads: int = 2) -> None:
        self._threads = threads

    @property
    def name(self) -> str:
        """The backend's name on the command line."""
        return "relight"

    def config(self) -> Mapping[str, JsonValue]:
        """Nothing that a user sets changes the videos."""
        return {}

    def check(self, request: TransferRequest) -> None:
        """Refuse unknown conditions, those that need missing images, and sources whose own cannot be taken away.

        Raises:
            ConfigError: An unknown condition or an impossible change; the message names the next step.
            MissingBufferError: The clip lacks images that the conditions need; the message names their folders.
            InputError: The video is missing or unreadable.
        """
        if not 0 <= request.seed <= _MAX_SEED:
            raise ConfigError(f"{request.name}: the seed {request.seed} must lie within 0 and {_MAX_SEED}")
        target = Conditions.from_selections(request.selections)
        source = _source(request, target)
        try:
            check_available(target, source.available)
        except MissingBufferError as error:
            where = request.video if request.clip is None else request.clip.path
            folders = tuple(FOLDER_OF[name] for name in error.buffers)
            raise MissingBufferError(
                f"{where}: a road under {target.road} needs images in {' and '.join(folders)}, which are not there; "
                "simulate the clip with them, or choose road_condition: dry",
                error.buffers,
            ) from None
        check_possible(source.conditions, target)
        len(source)  # reads the video's header

    def transfer(self, request: TransferRequest, output: Path, progress: TransferProgress) -> TransferResult:
        """Draw and encode every frame.

        Raises:
            RoadmarkError: As `check`; or a file cannot be read or written.
        """
        self.check(request)
        target = Conditions.from_selections(request.selections)
        source = _source(request, target)
        camera, count = source.camera, len(source)
        progress(0.0, "looking for the road and its lamps")
        relighter = self._relighter(source, target, request.seed)
        with ExitStack() as stack:
            stack.enter_context(closing(relighter))
            video_file = stack.enter_context(atomic_file(output))
            video = stack.enter_context(VideoWriter(video_file, camera.width, camera.height, source.fps))
            pool = stack.enter_context(EncoderPool(threads=1, max_waiting=_WAITING))
            for number, (buffers, time) in enumerate(_read_ahead(source.frames()), start=1):
                pool.submit(video.write, relighter.frame(buffers, time), lane="video")
                progress(number / count, f"frame {number} of {count}")
        shown = source.conditions
        return TransferResult(
            facts={
                "backend": self.name,
                "conditions": dict(target.selections()),
                "source_conditions": "assumed" if shown is None else dict(shown.selections()),
                "images_used": [FOLDER_OF[name] for name in sorted(source.available)],
            }
        )

    def picture(self, clip: Clip, conditions: Conditions, index: int, seed: int) -> NDArray[np.uint8]:
        """One frame of a clip, (H, W, 3) uint8; as `transfer` draws it.

        Raises:
            RoadmarkError: As `check`.
        """
        source = ClipFrames(clip, _wanted(conditions))
        check_available(conditions, source.available)
        check_possible(source.conditions, conditions)
        with closing(self._relighter(source, conditions, seed)) as relighter:
            return relighter.frame(source.buffers(clip[index]), clip[index].time)

    def close(self) -> None:
        """Nothing is held between transfers."""

    def _relighter(self, source: FrameSource, target: Conditions, seed: int) -> Relighter:
        if not isinstance(source, ClipFrames):
            return Relighter(
                source.camera,
                target,
                available=source.available,
                seed=seed,
                threads=self._threads,
                depth_is_range=False,
            )
        return Relighter(
            source.camera,
            target,
            source.conditions,
            source_light=source.light,
            available=source.available,
            street_lamps=source.street_lamps,
            wheel_paths=source.wheel_paths,
            ground=source.ground,
            depth_is_range=source.depth_is_range,
            seed=seed,
            threads=self._threads,
        )


def _source(request: TransferRequest, target: Conditions) -> FrameSource:
    if request.clip is None:
        return VideoFrames(request.video)
    return ClipFrames(request.clip, _wanted(target))


def _wanted(target: Conditions) -> frozenset[str]:
    """The images that conditions are drawn with."""
    return _DRAWN_WITH | {"albedo"} if target.lighting in _DARK else _DRAWN_WITH


def _read_ahead(frames: Iterable[Item]) -> Iterator[Item]:
    """The items of an iterable, each made by a thread while the one before is used."""
    iterator = iter(frames)
    end = object()
    with ThreadPoolExecutor(1, thread_name_prefix="relight-read") as pool:
        coming = pool.submit(next, iterator, end)
        while (item := coming.result()) is not end:
            coming = pool.submit(next, iterator, end)
            yield item  # type: ignore[misc]  # not the end
