"""Video files in: exact frame counts and every frame in order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray

from roadmark.errors import FormatError
from roadmark.files import open_input
from roadmark.media.color import GRAY_OF_LUMA, YuvPlanes, planes_from_rgb, rgb_from_planes
from roadmark.media.images import MAX_PIXELS


@dataclass(frozen=True)
class VideoInfo:
    """What a video file holds.

    Attributes:
        width: Pixels.
        height: Pixels.
        fps: Average frames per second, exact for constant-rate files.
        frames: Number of frames, counted, not estimated.
        codec: FFmpeg's name of the codec ("h264").
        pixel_format: FFmpeg's name of the stored pixels ("yuv420p").
    """

    width: int
    height: int
    fps: Fraction
    frames: int
    codec: str
    pixel_format: str

    @property
    def duration(self) -> float:
        """Seconds."""
        return float(self.frames / self.fps)


def video_info(path: Path | str) -> VideoInfo:
    """Read a video's properties and count its frames without decoding them.

    Raises:
        InputError: The file is missing or unreadable.
        FormatError: It is no video, or holds fewer frames than it says.
    """
    with _opened(Path(path)) as (container, stream):
        frames = sum(1 for packet in container.demux(stream) if packet.size)
        _check_count(path, stream, frames)
        context = stream.codec_context
        rate = stream.average_rate or stream.base_rate
        if not rate or not frames:
            raise FormatError("the video has no frames or no frame rate", path=path)
        return VideoInfo(context.width, context.height, Fraction(rate), frames, context.name, context.pix_fmt or "")


@dataclass(frozen=True, eq=False)
class DecodedFrame:
    """A frame as it is stored; what is not asked for is not converted.

    Attributes:
        planes: Luma and chroma, 4:2:0.
        bt601: Whether its matrix is BT.601's, not BT.709's.
        full_range: Whether its levels are 0 to 255, not studio range.
    """

    planes: YuvPlanes
    bt601: bool = False
    full_range: bool = False

    @classmethod
    def of(cls, rgb: NDArray[np.uint8]) -> DecodedFrame:
        """A picture (H, W, 3) as a frame of a video: BT.709, studio range, padded to even size."""
        return cls(planes_from_rgb(rgb))

    def gray(self) -> NDArray[np.uint8]:
        """(H, W) uint8 luma of full range, 0 black and 255 white."""
        return self.planes.y if self.full_range else cv2.LUT(self.planes.y, GRAY_OF_LUMA)  # type: ignore[return-value]

    def rgb(self) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 picture."""
        return rgb_from_planes(self.planes, bt601=self.bt601, full_range=self.full_range)


def read_video(path: Path | str) -> Iterator[NDArray[np.uint8]]:
    """Decode all frames in order as (H, W, 3) uint8 RGB, by the colour space of the tags (untagged: BT.709).

    Raises:
        InputError: The file is missing or unreadable.
        FormatError: It is no video, or its data breaks off.
    """
    for frame in _frames(path):
        yield _rgb(frame) if frame.format.is_rgb else _stored(frame).rgb()


def decode_video(path: Path | str) -> Iterator[DecodedFrame]:
    """Decode all frames in order without converting their colours: a third of the time of `read_video`.

    Raises:
        InputError: The file is missing or unreadable.
        FormatError: It is no video, or its data breaks off.
    """
    for frame in _frames(path):
        yield DecodedFrame.of(_rgb(frame)) if frame.format.is_rgb else _stored(frame)


def _frames(path: Path | str) -> Iterator[av.VideoFrame]:
    with _opened(Path(path)) as (container, stream):
        stream.thread_type = "AUTO"
        count = 0
        for frame in container.decode(stream):
            if frame.width * frame.height > MAX_PIXELS:
                raise FormatError(f"claims {frame.width} x {frame.height} pixels, more than is read", path=path)
            count += 1
            yield frame
        _check_count(path, stream, count)


def _check_count(path: Path | str, stream: Any, found: int) -> None:
    """Compare with the count in the container's header (0 where a format has none): FFmpeg ends quietly at a cut."""
    if stream.frames > found:
        raise FormatError(f"breaks off after {found} of {stream.frames} frames", path=path)


def _rgb(frame: av.VideoFrame) -> NDArray[np.uint8]:
    return np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8)


def _stored(frame: av.VideoFrame) -> DecodedFrame:
    full_range = int(frame.color_range) == int(ColorRange.JPEG) or frame.format.name.startswith("yuvj")
    bt601 = int(frame.colorspace) in _BT601_SPACES
    if frame.format.name not in ("yuv420p", "yuvj420p"):
        frame = frame.reformat(format="yuvj420p" if full_range else "yuv420p")
    return DecodedFrame(YuvPlanes(*(_plane(frame, k) for k in range(3))), bt601, full_range)


def _plane(frame: av.VideoFrame, index: int) -> NDArray[np.uint8]:
    plane = frame.planes[index]
    samples = np.frombuffer(memoryview(plane), np.uint8)
    return samples.reshape(plane.height, plane.line_size)[:, : plane.width]


_BT601_SPACES = frozenset((int(Colorspace.ITU601), int(Colorspace.FCC), 6))  # 6 is SMPTE 170M, the same matrix


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Any, Any]]:
    open_input(path).close()  # refuses what is no file; FFmpeg would wait for a pipe
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise FormatError("the file holds no video stream", path=path)
            yield container, container.streams.video[0]
    except av.FFmpegError as error:
        raise FormatError(f"not a readable video: {error}", path=path) from error
