"""Faces of traffic signs: a plate and what is painted on it, as layers of polygons.

Faces lie in the plane y (to the viewer's right), z (up) and look along +x; the plate's back is at x = 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import SemanticClass
from roadmark.render import Material
from roadmark.world.shape import Shape, merge, quads, triangles
from roadmark.world.signals.lettering import text_quads, text_width

Doubles = NDArray[np.float64]
Color = tuple[int, int, int]

RED: Color = (176, 24, 28)
WHITE: Color = (232, 232, 228)
BLACK: Color = (22, 22, 24)
BLUE: Color = (22, 74, 150)
YELLOW: Color = (238, 186, 36)
GREY: Color = (128, 131, 133)

PLATE_THICKNESS = 0.02
_LAYER = 0.002  # between painted layers: far enough apart for rays, too little to be seen


@dataclass(frozen=True)
class Face:
    """What a sign shows.

    Attributes:
        kind: Name of the drawing: `stop`, `yield`, `limit_plate`, `limit_ring`, `ring`, `no_entry`, `warning`,
            `priority`, `mandatory`, `information` or `plate`.
        width, height: Metres.
        text: Digits to paint on it.
    """

    kind: str
    width: float
    height: float
    text: str = ""


@lru_cache(maxsize=256)
def face_shape(face: Face) -> Shape:
    """The plate of a sign with its paint, origin in the middle of its back."""
    return merge(_DRAWINGS[face.kind](face))


def _ellipse(width: float, height: float, corners: int = 24, turn: float = 0.0) -> Doubles:
    angle = np.linspace(0.0, 2.0 * np.pi, corners, endpoint=False) + turn
    return np.stack([np.cos(angle) * width / 2.0, np.sin(angle) * height / 2.0], axis=1)


def _octagon(width: float, height: float) -> Doubles:
    # Flat-to-flat size is `width`: corners lie 1 / cos(pi / 8) farther out.
    return np.asarray(_ellipse(width, height, 8, np.pi / 8.0) / np.cos(np.pi / 8.0))


def _rectangle(width: float, height: float) -> Doubles:
    return np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]) * (width / 2.0, height / 2.0)


def _triangle(width: float, height: float, *, down: bool) -> Doubles:
    up = np.array([[-0.5, -0.5], [0.5, -0.5], [0.0, 0.5]]) * (width, height)
    return -up if down else up


def _shrunk_triangle(outline: Doubles, border: float) -> Doubles:
    """Move each side of a triangle inwards by the same distance."""
    sides = np.roll(outline, -1, axis=0) - outline
    lengths = np.linalg.norm(sides, axis=1)
    radius = abs(sides[0, 0] * sides[1, 1] - sides[0, 1] * sides[1, 0]) / lengths.sum()
    incentre = (outline * np.roll(lengths, -1)[:, None]).sum(axis=0) / lengths.sum()
    return np.asarray(incentre + (outline - incentre) * (1.0 - border / radius))


def _polygon(outline: Doubles, color: Color, layer: int) -> Shape:
    """A convex polygon (N, 2) painted on layer 1, 2, ... above the plate's front."""
    x = PLATE_THICKNESS + _LAYER * layer
    points = np.concatenate([np.full((len(outline), 1), x), outline], axis=1)
    fan = np.stack([np.broadcast_to(points[0], (len(points) - 2, 3)), points[1:-1], points[2:]], axis=1)
    return triangles(fan, material=Material.SIGN, semantic=SemanticClass.TRAFFIC_SIGN, color=color)


def _text(text: str, height: float, limit: float, middle: float, color: Color, layer: int) -> Shape:
    """A line of text no wider than `limit`, its middle at z = `middle`."""
    size = min(height, height * limit / max(text_width(text, height), 1e-6))
    flat = text_quads(text, round(size, 4))
    x = np.full((*flat.shape[:2], 1), PLATE_THICKNESS + _LAYER * layer)
    corners = np.concatenate([x, flat + np.array([0.0, middle])], axis=2)
    return quads(corners, material=Material.SIGN, semantic=SemanticClass.TRAFFIC_SIGN, color=color)


def _plate(outline: Doubles, color: Color) -> list[Shape]:
    """Front in a colour, back and rim in bare metal."""
    count = len(outline)
    back = np.concatenate([np.zeros((count, 1)), outline], axis=1)
    front = back + np.array([PLATE_THICKNESS, 0.0, 0.0])
    fan = np.stack([np.broadcast_to(back[0], (count - 2, 3)), back[2:], back[1:-1]], axis=1)
    rim = np.stack([back, np.roll(back, -1, axis=0), np.roll(front, -1, axis=0), front], axis=1)
    metal = partial(triangles, material=Material.METAL, semantic=SemanticClass.TRAFFIC_SIGN, color=GREY)
    return [metal(fan), metal(rim[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3, 3)), _polygon(outline, color, 0)]


def _stop(face: Face) -> list[Shape]:
    w, h = face.width, face.height
    return [
        *_plate(_octagon(w, h), WHITE),
        _polygon(_octagon(0.94 * w, 0.94 * h), RED, 1),
        _text("STOP", 0.33 * h, 0.78 * w, 0.0, WHITE, 2),
    ]


def _yield(face: Face) -> list[Shape]:
    outline = _triangle(face.width, face.height, down=True)
    inner = _shrunk_triangle(outline, 0.12 * face.height)
    return [*_plate(outline, RED), _polygon(inner, WHITE, 1)]


def _warning(face: Face) -> list[Shape]:
    outline = _triangle(face.width, face.height, down=False)
    inner = _shrunk_triangle(outline, 0.09 * face.height)
    mark = [_polygon(_rectangle(0.06, 0.25) * face.height + (0.0, 0.0), BLACK, 2)]
    dot = _polygon(_ellipse(0.07, 0.07, 10) * face.height + (0.0, -0.2 * face.height), BLACK, 2)
    return [*_plate(outline, RED), _polygon(inner, WHITE, 1), *mark, dot]


def _limit_plate(face: Face) -> list[Shape]:
    w, h = face.width, face.height
    return [
        *_plate(_rectangle(w, h), WHITE),
        _polygon(_rectangle(0.94 * w, 0.95 * h), BLACK, 1),
        _polygon(_rectangle(0.89 * w, 0.91 * h), WHITE, 2),
        _text("SPEED", 0.12 * h, 0.7 * w, 0.33 * h, BLACK, 3),
        _text("LIMIT", 0.12 * h, 0.7 * w, 0.17 * h, BLACK, 3),
        _text(face.text, 0.42 * h, 0.8 * w, -0.17 * h, BLACK, 3),
    ]


def _ring(face: Face) -> list[Shape]:
    w, h = face.width, face.height
    return [*_plate(_ellipse(w, h), RED), _polygon(_ellipse(0.76 * w, 0.76 * h), WHITE, 1)]


def _limit_ring(face: Face) -> list[Shape]:
    return [*_ring(face), _text(face.text, 0.42 * face.height, 0.62 * face.width, 0.0, BLACK, 2)]


def _no_entry(face: Face) -> list[Shape]:
    w, h = face.width, face.height
    return [*_plate(_ellipse(w, h), RED), _polygon(_rectangle(0.72 * w, 0.17 * h), WHITE, 1)]


def _priority(face: Face) -> list[Shape]:
    w, h = face.width, face.height
    return [
        *_plate(_ellipse(w, h, 4), WHITE),
        _polygon(_ellipse(0.72 * w, 0.72 * h, 4), YELLOW, 1),
    ]


def _mandatory(face: Face) -> list[Shape]:
    w, h = face.width, face.height
    head = np.array([[-0.2, 0.05], [0.2, 0.05], [0.0, 0.33]]) * (w, h)
    shaft = _rectangle(0.1 * w, 0.4 * h) - (0.0, 0.12 * h)
    return [
        *_plate(_ellipse(w, h), WHITE),
        _polygon(_ellipse(0.95 * w, 0.95 * h), BLUE, 1),
        _polygon(head, WHITE, 2),
        _polygon(shaft, WHITE, 2),
    ]


def _information(face: Face) -> list[Shape]:
    w, h = face.width, face.height
    return [*_plate(_rectangle(w, h), WHITE), _polygon(_rectangle(0.94 * w, 0.94 * h), BLUE, 1)]


def _blank(face: Face) -> list[Shape]:
    w, h = face.width, face.height
    return [
        *_plate(_rectangle(w, h), WHITE),
        _polygon(_rectangle(0.93 * w, 0.93 * h), BLACK, 1),
        _polygon(_rectangle(0.88 * w, 0.88 * h), WHITE, 2),
    ]


_DRAWINGS: dict[str, Callable[[Face], list[Shape]]] = {
    "stop": _stop,
    "yield": _yield,
    "limit_plate": _limit_plate,
    "limit_ring": _limit_ring,
    "ring": _ring,
    "no_entry": _no_entry,
    "warning": _warning,
    "priority": _priority,
    "mandatory": _mandatory,
    "information": _information,
    "plate": _blank,
}
