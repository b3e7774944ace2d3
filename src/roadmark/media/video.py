"""Video files out: H.264 that plays everywhere, frame for frame, with the same bytes for the same frames.

    yuv420p, even size (odd ones repeat their last row or column), BT.709 tagged and converted, `+faststart`, a key
    frame at least every 15 frames, no B frames, the exact frame rate, a fixed number of encoder threads (x264's bytes
    depend on it).

4:2:0 cannot hold label colours exactly; the `rgb` codec (libx264rgb) does, for players that know it.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Literal

import av
import numpy as np
from numpy.typing import NDArray

from roadmark.errors import OutputError
from roadmark.files import output_errors
from roadmark.media.color import YuvPlanes, even_size, planes_from_gray, planes_from_indices, planes_from_rgb
from roadmark.media.images import MAX_IMAGE_SIDE

VideoCodec = Literal["h264", "rgb"]

KEY_FRAME_INTERVAL = 15
_BT709, _RGB_MATRIX, _STUDIO, _FULL = 1, 0, 1, 2  # ITU-T H.273 code points; AVColorRange


@dataclass(frozen=True)
class VideoStyle:
    """x264's effort and quality for one kind of video.

    Attributes:
        preset: x264 preset.
        crf: Constant rate factor; 18 looks like the source, below 10 differs by about one gray level.
        threads: Of the encoder; x264's bytes depend on their number, so it does not follow the machine's.
    """

    preset: str
    crf: int
    threads: int = 1


PICTURE = VideoStyle("ultrafast", 18)
"""Rendered pictures: no visible loss. The fastest preset is also the most exact one here, for an eighth more bytes."""
CONTROL = VideoStyle("ultrafast", 4)
"""Depth and edge control videos: near-lossless."""
LABELS = VideoStyle("ultrafast", 10)
"""Class and object colours for looking."""
MARKED = VideoStyle("ultrafast", 20, threads=2)
"""Videos made from videos, one at a time: no other encoder needs the second core."""


class VideoWriter:
    """Writes frames of one size at a constant rate into an MP4 file; a context manager.

    Leaving the `with` block on an error closes the file but does not make it playable; the caller removes it.

    Args:
        path: The file, ending in .mp4.
        width: Pixels of the frames given.
        height: Pixels of the frames given.
        fps: Exact frames per second.
        style: Effort and quality; ignored by the `rgb` codec, which is lossless.
        codec: "h264" (4:2:0) or "rgb" (exact colours).

    Raises:
        OutputError: The file cannot be created or written, or the size or rate cannot be encoded.

    Examples:
        >>> with VideoWriter(Path("clip.mp4"), 640, 360, Fraction(30)) as video:  # doctest: +SKIP
        ...     video.write(rgb)
    """

    def __init__(
        self,
        path: Path | str,
        width: int,
        height: int,
        fps: Fraction,
        *,
        style: VideoStyle = PICTURE,
        codec: VideoCodec = "h264",
    ) -> None:
        if not (1 <= width <= MAX_IMAGE_SIDE and 1 <= height <= MAX_IMAGE_SIDE):
            raise OutputError(
                f"{path}: H.264 holds up to {MAX_IMAGE_SIDE} x {MAX_IMAGE_SIDE} pixels, not {width} x {height}"
            )
        if not 0 < fps <= 1000 or fps.numerator > 10**6 or fps.denominator > 10**6:
            raise OutputError(f"{path}: a video needs a frame rate within (0, 1000] of small terms, not {fps}")
        self.path = path = Path(path)
        self.frames = 0
        self._shape = (height, width)
        self._codec = codec
        self._time_base = 1 / Fraction(fps)
        with output_errors(path):
            path.open("wb").close()  # FFmpeg would open it only at the first packet
        try:
            self._container = av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"})
        except (OSError, av.FFmpegError) as error:
            raise self._failed(error) from error
        stream = self._container.add_stream("libx264rgb" if codec == "rgb" else "libx264", rate=Fraction(fps))
        stream.width, stream.height = (side + side % 2 for side in (width, height))
        stream.time_base = self._time_base
        context = stream.codec_context
        context.thread_count = style.threads
        context.color_primaries = context.color_trc = _BT709
        options = {"g": str(KEY_FRAME_INTERVAL), "bf": "0", "preset": style.preset}
        if codec == "rgb":
            stream.pix_fmt = "rgb24"
            context.colorspace, context.color_range = _RGB_MATRIX, _FULL
            stream.options = {**options, "preset": "ultrafast", "crf": "0"}
        else:
            stream.pix_fmt = "yuv420p"
            context.colorspace, context.color_range = _BT709, _STUDIO
            stream.options = {**options, "crf": str(style.crf), "x264-params": "chromaloc=1"}
        self._stream = stream

    def write(self, image: NDArray[np.uint8], *, palette: NDArray[np.uint8] | None = None) -> None:
        """Append one frame.

        Args:
            image: (H, W, 3) RGB, (H, W) full-range gray, or (H, W) indices into `palette`; uint8.
            palette: (N, 3) uint8 RGB.

        Raises:
            OutputError: The disk is full or the encoder fails.
            ValueError: The image is not of the video's size.
        """
        if image.shape[:2] != self._shape or image.dtype != np.uint8:
            raise ValueError(f"{self.path.name} takes {self._shape} uint8 frames, not {image.shape} {image.dtype}")
        self._encode(self._rgb_frame(image, palette) if self._codec == "rgb" else self._yuv_frame(image, palette))

    def write_planes(self, planes: YuvPlanes) -> None:
        """Append one frame as it is stored: BT.709, studio range; saves the way over RGB.

        Raises:
            OutputError: The disk is full or the encoder fails.
            ValueError: The planes are not of the video's size, made even, or the codec is `rgb`.
        """
        height, width = (side + side % 2 for side in self._shape)
        if self._codec == "rgb" or planes.y.shape != (height, width) or planes.u.shape != (height // 2, width // 2):
            raise ValueError(f"{self.path.name} does not take planes of {planes.y.shape} and {planes.u.shape}")
        self._encode(_planar_frame(planes))

    def _encode(self, frame: av.VideoFrame) -> None:
        frame.pts = self.frames
        frame.time_base = self._time_base
        try:
            for packet in self._stream.encode(frame):
                self._container.mux(packet)
        except (OSError, av.FFmpegError) as error:
            raise self._failed(error) from error
        self.frames += 1

    def close(self) -> None:
        """Finish the file.

        Raises:
            OutputError: It cannot be written, or no frame was given.
        """
        try:
            if self.frames:
                for packet in self._stream.encode():
                    self._container.mux(packet)
            self._container.close()
        except (OSError, av.FFmpegError) as error:
            raise self._failed(error) from error
        if not self.frames:
            raise OutputError(f"{self.path}: a video without frames cannot be written")

    def abort(self) -> None:
        """Let go of the file without finishing it."""
        with suppress(OSError, av.FFmpegError):
            self._container.close()

    def __enter__(self) -> VideoWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
        else:
            self.abort()

    @staticmethod
    def _yuv_frame(image: NDArray[np.uint8], palette: NDArray[np.uint8] | None) -> av.VideoFrame:
        if palette is not None:
            planes = planes_from_indices(image, palette)
        else:
            planes = planes_from_rgb(image) if image.ndim == 3 else planes_from_gray(image)
        return _planar_frame(planes)

    @staticmethod
    def _rgb_frame(image: NDArray[np.uint8], palette: NDArray[np.uint8] | None) -> av.VideoFrame:
        if palette is not None:
            image = palette[image]
        elif image.ndim == 2:
            image = np.repeat(image[..., None], 3, axis=2)
        return av.VideoFrame.from_ndarray(np.ascontiguousarray(even_size(image)), format="rgb24")

    def _failed(self, error: Exception) -> OutputError:
        return OutputError(f"{self.path}: the video cannot be written: {getattr(error, 'strerror', None) or error}")


def _planar_frame(planes: YuvPlanes) -> av.VideoFrame:
    height, width = planes.y.shape
    frame = av.VideoFrame(width, height, "yuv420p")
    for stored, plane in zip(frame.planes, planes, strict=True):
        rows = np.frombuffer(memoryview(stored), np.uint8).reshape(stored.height, stored.line_size)
        rows[:, : stored.width] = plane
    return frame
