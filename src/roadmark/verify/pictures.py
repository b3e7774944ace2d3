"""One frame of a video as it is compared: gray at full size, what follows from it computed when asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.media import DecodedFrame
from roadmark.verify.kernels import magnitude

EVALUATED_WIDTH = 1280
"""Pixels: whole pictures wider than this are compared scaled down to it, as published numbers are."""

EDGE_TOLERANCE = 2
"""Pixels between edges that count as the same."""

_DISC = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * EDGE_TOLERANCE + 1, 2 * EDGE_TOLERANCE + 1))
_SOBEL_GAIN = 128.0
"""Answer of OpenCV's 5 x 5 Sobel filter to a ramp of one gray level per pixel."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A frame of the source or of the augmented video.

    Attributes:
        gray: (H, W) uint8 luma, full range.
        stored: The decoded frame, padded to even size.
    """

    gray: NDArray[np.uint8]
    stored: DecodedFrame

    @classmethod
    def of(cls, frame: DecodedFrame, size: tuple[int, int]) -> Picture:
        """The picture of a decoded frame, without the padding that odd sizes (width, height) get."""
        width, height = size
        return cls(np.ascontiguousarray(frame.gray()[:height, :width]), frame)

    @cached_property
    def small(self) -> NDArray[np.uint8]:
        """Gray at the size at which whole pictures are compared."""
        height, width = self.gray.shape
        if width <= EVALUATED_WIDTH:
            return self.gray
        size = (EVALUATED_WIDTH, round(height * EVALUATED_WIDTH / width))
        return cv2.resize(self.gray, size, interpolation=cv2.INTER_AREA)  # type: ignore[return-value]

    @cached_property
    def gradient(self) -> NDArray[np.float32]:
        """(H, W) length of the gradient, gray levels per pixel."""
        dx = cv2.Sobel(self.gray, cv2.CV_16S, 1, 0, ksize=5)
        dy = cv2.Sobel(self.gray, cv2.CV_16S, 0, 1, ksize=5)
        out = np.empty(self.gray.shape, np.float32)
        magnitude(dx, dy, 1.0 / _SOBEL_GAIN, out)
        return out

    @cached_property
    def structure(self) -> NDArray[np.float32]:
        """(H, W) square root of the gradient: a lamp's glare does not outweigh everything else."""
        return np.sqrt(self.gradient)

    @cached_property
    def smooth(self) -> NDArray[np.uint8]:
        """(H, W) uint8 gray without the noise of single pixels."""
        return cv2.GaussianBlur(self.gray, (3, 3), 0.8)  # type: ignore[return-value]

    @cached_property
    def edges(self) -> NDArray[np.bool_]:
        """Canny's edges of the small picture, with the thresholds of the published metric ("medium").

        Source: PAI-Bench's `canny_f1_score`: lower threshold half the median, upper the median.
        """
        median = float(np.median(self.small[::4, ::4]))
        return cv2.Canny(self.small, 0.5 * median, median) > 0

    @cached_property
    def near_edges(self) -> NDArray[np.bool_]:
        """Pixels within `EDGE_TOLERANCE` of an edge."""
        return cv2.dilate(self.edges.view(np.uint8), _DISC) > 0

    @cached_property
    def lab(self) -> NDArray[np.uint8]:
        """(H / 2, W / 2, 3) uint8 CIE Lab as OpenCV packs it: L * 255 / 100, a + 128, b + 128."""
        return cv2.cvtColor(self.half_rgb, cv2.COLOR_RGB2Lab)  # type: ignore[return-value]

    @cached_property
    def half_rgb(self) -> NDArray[np.uint8]:
        """(H / 2, W / 2, 3) uint8 colours, one per chroma sample."""
        planes = self.stored.planes
        height, width = planes.u.shape
        luma = cv2.resize(planes.y, (width, height), interpolation=cv2.INTER_AREA)
        half = DecodedFrame(
            planes._replace(y=luma),  # type: ignore[arg-type]  # cv2 keeps uint8
            self.stored.bt601,
            self.stored.full_range,
        )
        return half.rgb()
