"""What a picture looks like by kind of surface: the numbers that tell one condition from another."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import SemanticClass
from roadmark.verify.mirror import mirror_correlation
from roadmark.verify.pictures import Picture
from roadmark.verify.truth import FrameTruth

GROUND = (
    SemanticClass.ROADS,
    SemanticClass.SIDEWALKS,
    SemanticClass.ROAD_LINES,
    SemanticClass.GROUND,
    SemanticClass.TERRAIN,
)
_STEP = 2
_ENOUGH = 200
"""Samples of a kind of surface that describe it."""
_DISTANT = 40.0
"""Metres from which fog must show."""
_LEVEL = 0.9
"""Upward part of a normal from which a surface is level."""


@dataclass(frozen=True)
class Appearance:
    """Looks of one picture; NaN for kinds of surface that it does not show. Lightness 0..100, CIE Lab colours.

    Attributes:
        lightness: Mean over the picture.
        ground: Mean lightness of level ground.
        upright: Mean lightness of walls and other upright surfaces.
        sky: Mean lightness of the sky.
        warmth: Mean b* over the picture, yellow positive and blue negative.
        sky_warmth: Mean b* of the sky.
        ground_warmth: Mean b* of level ground.
        sky_color: Mean chroma of the sky.
        glare: Share of the picture that is nearly white.
        veil: How far the darkest of what is distant is from black, as a share of what is distant: 1 in thick fog.
        mirror: Correlation of the ground with what it would mirror.
    """

    lightness: float
    ground: float
    upright: float
    sky: float
    warmth: float
    sky_warmth: float
    ground_warmth: float
    sky_color: float
    glare: float
    veil: float
    mirror: float


def appearance(picture: Picture, truth: FrameTruth, *, mirror: bool) -> Appearance:
    """Measure a picture.

    Args:
        picture: The source's or the augmented one.
        truth: The frame's labels.
        mirror: Whether to look for reflections, which takes longest.
    """
    lab = picture.lab[::_STEP, ::_STEP].astype(np.float32)
    light, a, b = lab[..., 0] * (100.0 / 255.0), lab[..., 1] - 128.0, lab[..., 2] - 128.0
    chroma = np.hypot(a, b)
    semantic, up = (_sampled(image, light.shape) for image in (truth.semantic, truth.up))
    level = np.isin(semantic, GROUND) & (up > _LEVEL)
    upright = np.abs(up) < 0.3
    sky = semantic == SemanticClass.SKY
    return Appearance(
        lightness=float(light.mean()),
        ground=_mean(light, level),
        upright=_mean(light, upright),
        sky=_mean(light, sky),
        warmth=float(b.mean()),
        sky_warmth=_mean(b, sky),
        ground_warmth=_mean(b, level),
        sky_color=_mean(chroma, sky),
        glare=float((light > 92.0).mean()),
        veil=_veil(light, ~sky, _sampled(truth.depth, light.shape)),
        mirror=mirror_correlation(picture, truth) if mirror else float("nan"),
    )


def mean_appearance(samples: list[Appearance]) -> Appearance:
    """The mean over frames, of each number over the frames that have it."""
    values = {}
    for field in fields(Appearance):
        known = [value for sample in samples if np.isfinite(value := getattr(sample, field.name))]
        values[field.name] = float(np.mean(known)) if known else float("nan")
    return Appearance(**values)


def _veil(light: NDArray[np.float32], solid: NDArray[np.bool_], depth: NDArray[np.float32]) -> float:
    """The dark channel's idea on whole regions: air between adds light to black, so nothing distant stays black."""
    distant = solid & (depth > _DISTANT)
    if np.count_nonzero(distant) < _ENOUGH:
        distant = solid & (depth >= np.median(depth[solid])) if solid.any() else solid
    if np.count_nonzero(distant) < _ENOUGH:
        return float("nan")
    lights = light[distant]
    return float(np.percentile(lights, 3.0)) / max(1.0, float(lights.mean()))


def _sampled(image: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    return cv2.resize(image, (shape[1], shape[0]), interpolation=cv2.INTER_NEAREST)


def _mean(values: NDArray[np.float32], where: NDArray[np.bool_]) -> float:
    return float(values[where].mean()) if np.count_nonzero(where) >= _ENOUGH else float("nan")
