"""Plain upright lettering for signs: glyphs as strokes, strokes as quadrilaterals."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Stroke = tuple[tuple[float, float], ...]

GLYPH_WIDTH = 0.58
"""Width of a glyph between the centre lines of its outermost strokes, in heights."""
_SPACING = 0.30
_STROKE = 0.17


def _arc(x: float, y: float, rx: float, ry: float, start: float, end: float, count: int = 10) -> Stroke:
    """Part of an ellipse, angles in degrees counter-clockwise from the right."""
    angles = [math.radians(start + (end - start) * k / count) for k in range(count + 1)]
    return tuple((x + rx * math.cos(a), y + ry * math.sin(a)) for a in angles)


_W = GLYPH_WIDTH
_R = _W / 2.0
_GLYPHS: dict[str, tuple[Stroke, ...]] = {
    "0": (_arc(_R, 0.5, _R, 0.5, 0, 360, 16),),
    "1": (((0.08, 0.78), (_R, 1.0), (_R, 0.0)),),
    "2": ((*_arc(_R, 0.71, _R, 0.29, 170, -35), (0.0, 0.0), (_W, 0.0)),),
    "3": (_arc(_R, 0.75, _R * 0.92, 0.25, 150, -90), _arc(_R, 0.26, _R, 0.26, 90, -150)),
    "4": (((0.42, 0.0), (0.42, 1.0), (0.0, 0.28), (_W, 0.28)),),
    "5": (((_W - 0.04, 1.0), (0.05, 1.0), (0.02, 0.52)), _arc(_R, 0.32, _R, 0.32, 130, -150)),
    "6": (((_W - 0.08, 1.0), (0.02, 0.42)), _arc(_R, 0.30, _R, 0.30, 0, 360, 14)),
    "7": (((0.0, 1.0), (_W, 1.0), (0.16, 0.0)),),
    "8": (_arc(_R, 0.75, _R * 0.88, 0.25, 0, 360, 14), _arc(_R, 0.26, _R, 0.26, 0, 360, 14)),
    "9": (_arc(_R, 0.70, _R, 0.30, 0, 360, 14), ((_W - 0.02, 0.58), (0.08, 0.0))),
    "D": (((0.0, 0.0), (0.0, 1.0), *_arc(_W - 0.42, 0.5, 0.42, 0.5, 90, -90), (0.0, 0.0)),),
    "E": (((_W, 1.0), (0.0, 1.0), (0.0, 0.0), (_W, 0.0)), ((0.0, 0.52), (_W * 0.85, 0.52))),
    "I": (((_R, 0.0), (_R, 1.0)),),
    "L": (((0.0, 1.0), (0.0, 0.0), (_W, 0.0)),),
    "M": (((0.0, 0.0), (0.0, 1.0), (_R, 0.35), (_W, 1.0), (_W, 0.0)),),
    "O": (_arc(_R, 0.5, _R, 0.5, 0, 360, 16),),
    "P": (((0.0, 0.0), (0.0, 1.0), *_arc(_W - 0.27, 0.74, 0.27, 0.26, 90, -90), (0.0, 0.48)),),
    "S": ((*_arc(_R, 0.75, _R, 0.25, 20, 250), *_arc(_R, 0.25, _R, 0.25, 70, -160)),),
    "T": (((0.0, 1.0), (_W, 1.0)), ((_R, 1.0), (_R, 0.0))),
}


def text_width(text: str, height: float) -> float:
    """Width of a line of text in the unit of its height, stroke included."""
    return height * (len(text) * (GLYPH_WIDTH + _SPACING) - _SPACING + _STROKE)


@lru_cache(maxsize=64)
def text_quads(text: str, height: float) -> Doubles:
    """Quadrilaterals (Q, 4, 2) of a line of text, counter-clockwise, centred on the origin.

    Characters without a glyph leave a gap.
    """
    inner = height * (1.0 - _STROKE)
    width = text_width(text, height) - height * _STROKE
    quads = []
    for k, character in enumerate(text):
        left = k * height * (GLYPH_WIDTH + _SPACING) - width / 2.0
        for stroke in _GLYPHS.get(character, ()):
            points = np.array(stroke) * (height, inner) + (left, -inner / 2.0)
            quads.append(_stroke_quads(points, height * _STROKE))
    return np.concatenate(quads) if quads else np.zeros((0, 4, 2))


def _stroke_quads(points: Doubles, width: float) -> Doubles:
    """Rectangles along a polyline, a little longer than its segments so that they meet at the bends."""
    along = np.diff(points, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) * (width / 2.0)
    start, end = points[:-1] - along * width * 0.3, points[1:] + along * width * 0.3
    return np.stack([start - across, end - across, end + across, start + across], axis=1)
