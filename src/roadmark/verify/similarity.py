"""Blur SSIM: whether light and dark lie where they lay, detail aside.

Source: PAI-Bench-C's `blur_ssim`, structural similarity of blurred luma; SSIM after Wang et al. 2004 with its Gaussian
window of 11 x 11, standard deviation 1.5.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.verify.frames import ComparedFrame
from roadmark.verify.outcomes import Outcome, mean_outcome

_WINDOW, _SIGMA = (11, 11), 1.5
_C1, _C2 = (0.01 * 255.0) ** 2, (0.03 * 255.0) ** 2


class BlurSsim:
    """Mean structural similarity of luma blurred and halved in size: 1 for the same picture."""

    def __init__(self) -> None:
        self._values: list[float] = []

    def add(self, frame: ComparedFrame) -> None:
        """Compare a frame."""
        self._values.append(ssim(_blurred(frame.source.small), _blurred(frame.result.small)))

    def outcomes(self) -> dict[str, Outcome]:
        """`blur_ssim`, in [-1, 1]."""
        return {"blur_ssim": mean_outcome(self._values, "no frame was compared")}


def _blurred(gray: NDArray[np.uint8]) -> NDArray[np.float32]:
    height, width = gray.shape
    half = max(1, width // 2), max(1, height // 2)  # blurred, it has nothing finer
    return _window(cv2.resize(gray, half, interpolation=cv2.INTER_AREA).astype(np.float32))


def _window(image: NDArray[np.float32]) -> NDArray[np.float32]:
    return cv2.GaussianBlur(image, _WINDOW, _SIGMA)  # type: ignore[return-value]  # cv2 keeps float32


def ssim(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """Mean structural similarity of two gray images (H, W), levels 0 to 255."""
    mean_a, mean_b = _window(first), _window(second)
    product = mean_a * mean_b
    squares = mean_a * mean_a + mean_b * mean_b
    covariance = _window(first * second) - product
    variances = _window(first * first + second * second) - squares
    similarity = (2.0 * product + _C1) * (2.0 * covariance + _C2) / ((squares + _C1) * (variances + _C2))
    return float(similarity.mean())
