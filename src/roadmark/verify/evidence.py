"""Whether an object is still in the picture, and where: correlation of what its label foretells with what is there.

Three cues, each a normalised correlation that other light, fog or snow leave alone as long as anything can be seen:

- **outline**: the picture's gradient is strong along the instance mask's border and weak beside it,
- **structure**: inside the mask it is strong where the source's is (windows, wheels, lamps),
- **shading**: inside the mask it is bright where the source is.

A road, a wall or a shadow where the object was gives none of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from roadmark.verify.kernels import GRAY_NOISE, NOISE, correlate
from roadmark.verify.outline import Outline, Samples
from roadmark.verify.pictures import Picture

REACH = 12
"""Pixels: how far an object is looked for, in both directions."""
STRUCTURE_WEIGHT, SHADING_WEIGHT = 1.25, 0.25
"""Of the cues inside against the outline: shading is the first that other light turns round."""
FEW_SAMPLES = 100
"""Samples of an inside that count half: a few agree by chance."""


def _displacements() -> NDArray[np.int32]:
    """(D, 2) dx, dy: all within 5 pixels, every third one farther out; no displacement first."""
    steps = range(-REACH, REACH + 1)
    every = [(dx, dy) for dy in steps for dx in steps if max(abs(dx), abs(dy)) <= 5 or not (dx % 3 or dy % 3)]
    return np.array(sorted(every, key=lambda d: (d[0] ** 2 + d[1] ** 2, d)), np.int32)


DISPLACEMENTS = _displacements()
DISTANCES = np.hypot(DISPLACEMENTS[:, 0], DISPLACEMENTS[:, 1])


def evidence(outline: Outline, source: Picture, result: Picture) -> NDArray[np.float64]:
    """(D,) evidence for the object at every displacement, 1 and more for itself and about 0 for anything else."""
    around, inside = outline.around, outline.inside
    cues = np.zeros((3, len(DISPLACEMENTS)))
    parts: tuple[tuple[NDArray[Any], Samples, NDArray[np.float32], float], ...] = (
        (result.structure, around, outline.expected, NOISE),
        (result.structure, inside, inside.of(source.structure), NOISE),
        (result.gray, inside, inside.of(source.gray), GRAY_NOISE),
    )
    for cue, (image, samples, template, noise) in zip(cues, parts, strict=True):
        correlate(image, samples.rows, samples.columns, template, DISPLACEMENTS, noise, cue)
    outlined, structure, shading = cues
    enough = len(inside) / (len(inside) + FEW_SAMPLES)
    within = STRUCTURE_WEIGHT * structure + SHADING_WEIGHT * np.maximum(shading, 0.0)  # lit from behind is no absence
    return np.asarray(outlined + enough * within)
