"""Whether the whole picture has moved against its labels."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.verify.evidence import DISPLACEMENTS, DISTANCES
from roadmark.verify.frames import ComparedFrame
from roadmark.verify.kernels import NOISE, correlate
from roadmark.verify.outcomes import Measured, NotMeasured, Outcome

_SAMPLES = 1500
_AWAY = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
"""What is farther than this from a boundary is none."""
_SAME_PLACE = 2.0
_CLEARLY = 0.02
"""Share by which another place must fit better than the labels' own."""
_CERTAIN = 0.03
"""Correlation from which the boundaries are found again at all."""


class SceneShift:
    """Displacement at which the picture's edges fit the boundaries of the labels best, over all frames."""

    def __init__(self) -> None:
        self._surfaces: list[NDArray[np.float64]] = []

    def add(self, frame: ComparedFrame) -> None:
        """Take a frame into account."""
        boundaries = frame.truth.boundaries
        near = cv2.dilate(boundaries.view(np.uint8), _AWAY)
        on, away = _spread(np.flatnonzero(boundaries)), _spread(np.flatnonzero(near == 0))
        if len(on) < 100 or len(away) < 100:
            return
        places = np.concatenate([on, away])
        rows, columns = (part.astype(np.int32) for part in np.divmod(places, boundaries.shape[1]))
        expected = np.repeat(np.array([1.0, 0.0], np.float32), [len(on), len(away)])
        surface = np.zeros(len(DISPLACEMENTS))
        correlate(frame.result.structure, rows, columns, expected, DISPLACEMENTS, NOISE, surface)
        self._surfaces.append(surface)

    def outcomes(self) -> dict[str, Outcome]:
        """`scene_shift`, pixels."""
        if not self._surfaces:
            return {"scene_shift": NotMeasured("the labels have no boundaries")}
        surface = np.mean(self._surfaces, axis=0)
        best = int(np.argmax(surface))
        if surface[best] < _CERTAIN:
            return {"scene_shift": NotMeasured("none of the labels' boundaries can be seen")}
        near = int(np.argmax(np.where(DISTANCES <= _SAME_PLACE, surface, -np.inf)))
        if surface[near] > (1.0 - _CLEARLY) * surface[best]:  # along straight boundaries every place fits
            best = near
        return {"scene_shift": Measured(float(DISTANCES[best]))}


def _spread(places: NDArray[np.int64]) -> NDArray[np.int64]:
    """At most `_SAMPLES` of them, evenly."""
    return places[(np.arange(_SAMPLES) * len(places)) // _SAMPLES] if len(places) > _SAMPLES else places
