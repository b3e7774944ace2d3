"""The `rerender` backend: the renderer draws the clip's scenario again under the selected conditions.

Geometry, poses and camera are the source's, so every label stays true; that is checked, pixel for pixel, in every
frame. Encoding runs beside drawing.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from roadmark.augment.transfer.protocol import TransferProgress, TransferRequest, TransferResult
from roadmark.catalog import Conditions
from roadmark.clip import Clip
from roadmark.files import atomic_file
from roadmark.media import EncoderPool, VideoWriter
from roadmark.pipeline import JsonValue
from roadmark.simulate import NoSourceError, Rerender, check_rerender

_WAITING = 8  # frames that may wait for the encoder


class RerenderTransfer:
    """Draws scenarios again; for clips that carry their `source/`.

    Args:
        threads: Render threads; all processors by default. The videos do not depend on it.
    """

    def __init__(self, threads: int | None = None) -> None:
        self._threads = threads

    @property
    def name(self) -> str:
        """The backend's name on the command line."""
        return "rerender"

    def config(self) -> Mapping[str, JsonValue]:
        """Nothing that a user sets changes the videos."""
        return {}

    def check(self, request: TransferRequest) -> None:
        """Refuse videos without a clip, clips without their sources, and unknown conditions.

        Raises:
            NoSourceError: What is needed is not there.
            FormatError: The clip's render settings are malformed.
            ConfigError: An unknown condition; the message lists the known ones.
        """
        Conditions.from_selections(request.selections)
        check_rerender(_clip(request))

    def transfer(self, request: TransferRequest, output: Path, progress: TransferProgress) -> TransferResult:
        """Draw and encode the clip.

        Raises:
            LabelsDifferError: The scene drawn is not the one the clip was made of.
            RoadmarkError: As `check`; or the video cannot be written.
        """
        clip = _clip(request)
        conditions = Conditions.from_selections(request.selections)
        width, height = clip.size
        progress(0.0, "growing the town")
        with ExitStack() as stack:
            video_file = stack.enter_context(atomic_file(output))
            rerender = stack.enter_context(Rerender(clip, conditions, threads=self._threads))
            video = stack.enter_context(VideoWriter(video_file, width, height, clip.fps))
            pool = stack.enter_context(EncoderPool(threads=1, max_waiting=_WAITING))
            for number, picture in enumerate(rerender.pictures(), start=1):
                pool.submit(video.write, picture, lane="video")
                progress(number / len(clip), f"frame {number} of {len(clip)}")
        labels = rerender.labels
        return TransferResult(
            facts={
                "backend": self.name,
                "conditions": dict(conditions.selections()),
                "sun_azimuth": rerender.sun_azimuth,
                "tools": dict(rerender.tools()),
                "labels": {
                    "identical": True,
                    "frames_compared": labels.frames,
                    "images_compared": list(labels.images),
                },
            }
        )

    def close(self) -> None:
        """Nothing is held between transfers."""


def _clip(request: TransferRequest) -> Clip:
    if request.clip is None:
        raise NoSourceError(f"{request.video}: a video without its clip cannot be drawn again; use the relight backend")
    return request.clip
