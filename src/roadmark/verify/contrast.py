"""How strongly an object stands out where it meets its surroundings, and how strongly it should."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.verify.frames import ComparedFrame
from roadmark.verify.outline import Outline
from roadmark.verify.pictures import Picture

_BOX = (5, 5)
"""Half-size pixels averaged on each side of an outline."""
_LAB_SCALE = np.array([100.0 / 255.0, 1.0, 1.0], np.float32)
_DEPTH_STEPS = np.geomspace(5.0, 300.0, 9)
"""Metres between which boundaries count as equally far."""
_MAX_BOUNDARIES = 6000


def color_contrast(outline: Outline, picture: Picture) -> float:
    """Mean CIE76 difference of colour across an object's outline; 2.3 is just noticeable.

    Compared are the means of a few pixels on either side, all along the outline: the means of the whole object and of
    all its surroundings may be equal for an object that anyone sees.
    """
    rows, columns = (slice(part.start // 2, max(part.start // 2 + 1, part.stop // 2)) for part in outline.window)
    lab = picture.lab[rows, columns].astype(np.float32) * _LAB_SCALE
    height, width = lab.shape[:2]
    mask = cv2.resize(outline.mask.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
    inner = cv2.boxFilter(mask, -1, _BOX, borderType=cv2.BORDER_REPLICATE)
    edge = (inner > 0.25) & (inner < 0.75)
    if not edge.any():
        return 0.0
    total = cv2.boxFilter(lab, -1, _BOX, borderType=cv2.BORDER_REPLICATE)[edge]
    own = cv2.boxFilter(lab * mask[..., None], -1, _BOX, borderType=cv2.BORDER_REPLICATE)[edge]
    share = inner[edge][:, None]
    return float(np.linalg.norm(own / share - (total - own) / (1.0 - share), axis=1).mean())


def outline_strength(outline: Outline, picture: Picture) -> float:
    """Gradient along an object's outline beyond that beside it, gray levels per pixel."""
    if not len(outline.on) or not len(outline.off):
        return 0.0
    return float(outline.on.of(picture.gradient).mean() - outline.off.of(picture.gradient).mean())


class SceneGain:
    """How much of the source's contrast a frame keeps at every distance, by the boundaries of all that is labelled.

    Fog takes contrast with distance, night takes it with the light: both show in the boundaries of houses, poles, kerbs
    and other actors, whether or not one object is still there.
    """

    def __init__(self, frame: ComparedFrame) -> None:
        depth = frame.truth.depth
        places = np.flatnonzero(frame.truth.boundaries)
        places = places[:: len(places) // _MAX_BOUNDARIES + 1]
        metres = depth.reshape(-1)[places]
        bins = np.digitize(np.where(np.isfinite(metres), metres, 1e6), _DEPTH_STEPS)
        kept = [_excess(picture.gradient, places, bins) for picture in (frame.source, frame.result)]
        counts = np.bincount(bins, minlength=len(_DEPTH_STEPS) + 1)
        source, result = kept
        known = (counts >= 30) & (source > 0.5)
        self._gains = np.where(known, np.clip(result, 0.0, None) / np.maximum(source, 0.5), np.nan)

    def at(self, depth: float) -> float:
        """Share of contrast kept at a depth in metres, 0 where none is known.

        It is the greatest that anything as far or farther keeps: air takes no less from what is farther, and the
        boundaries at one distance may be those of a single object that is gone.
        """
        wanted = int(np.digitize(depth, _DEPTH_STEPS))
        known = np.flatnonzero(np.isfinite(self._gains))
        if not known.size:
            return 0.0
        farther = known[known >= wanted]
        return float(self._gains[farther].max() if farther.size else self._gains[known[-1]])


def _excess(gradient: NDArray[np.float32], places: NDArray[np.int64], bins: NDArray[np.int64]) -> NDArray[np.float64]:
    """Mean gradient at boundaries by distance, less what an ordinary pixel has."""
    ordinary = float(np.median(gradient[::4, ::4]))
    values = gradient.reshape(-1)[places].astype(np.float64) - ordinary
    counts = np.bincount(bins, minlength=len(_DEPTH_STEPS) + 1)
    return np.bincount(bins, weights=values, minlength=len(_DEPTH_STEPS) + 1) / np.maximum(counts, 1)


def brightness_ratio(outline: Outline, source: Picture, result: Picture) -> float:
    """Brightness of an object's surroundings against the source's, at most 1: in the dark everything fades."""
    return min(1.0, float(outline.off.of(result.gray).mean()) / max(1.0, float(outline.off.of(source.gray).mean())))
