"""One frame's marks: outlines, tints and wireframes first, then lines to the plates, then the plates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from roadmark.marks.canvas import DARK, Canvas, Color, even, number_plate, stored_color
from roadmark.marks.label_folder import Box, Polyline
from roadmark.marks.placement import PlacedPlate
from roadmark.media import YuvPlanes

OverlayType = Literal["2d", "3d", "masks", "contours", "all"]

_LAYERS: Mapping[str, frozenset[str]] = {
    "2d": frozenset({"boxes"}),
    "3d": frozenset({"wireframes"}),
    "masks": frozenset({"tints", "contours"}),
    "contours": frozenset({"contours"}),
    "all": frozenset({"boxes", "wireframes", "tints", "contours"}),
}
_CAP_SHARE, _LEAST_CAP = 0.021, 11
"""Digits' height as a share of the video's shorter side, and the least one that is read, pixels."""


@dataclass(frozen=True)
class MarkStyle:
    """How marks look.

    Attributes:
        overlay: What is drawn around objects.
        show_masks: Tint the objects' pixels, too.
        line_width: Pixels, even ones; None follows the video's size.
        alpha: Of the tint, 0 to 1.
        scale: Of the numbers, 1 follows the video's size.
    """

    overlay: OverlayType = "2d"
    show_masks: bool = False
    line_width: int | None = None
    alpha: float = 0.4
    scale: float = 1.0

    @property
    def layers(self) -> frozenset[str]:
        """What is drawn: boxes, wireframes, tints, contours."""
        return _LAYERS[self.overlay] | (_LAYERS["masks"] if self.show_masks else frozenset())

    def line(self, size: tuple[int, int]) -> int:
        """Width of lines in a video of a size, even pixels."""
        if self.line_width is not None:
            return max(even(self.line_width), 2)
        return max(even(min(size) / 500.0), 2)

    def cap_height(self, size: tuple[int, int]) -> int:
        """Height of digits in a video of a size, pixels."""
        return max(round(self.scale * _CAP_SHARE * min(size)), round(self.scale * _LEAST_CAP), 5)


@dataclass(frozen=True, eq=False)
class Mark:
    """One object's mark in a frame, pixels of the video.

    Attributes:
        actor_id: The actor.
        color: sRGB.
        box: x0, y0, x1, y1 of its visible pixels.
        polygons: Its outline.
        wireframe: Edges of its 3D box.
    """

    actor_id: int
    color: Color
    box: Box
    polygons: Sequence[Polyline] = ()
    wireframe: Sequence[Polyline] = ()


class Plates:
    """Number plates, made once for every actor."""

    def __init__(self, texts: Mapping[int, str], colors: Mapping[int, Color], cap_height: int) -> None:
        self._texts, self._colors, self._cap_height = texts, colors, cap_height
        self._made: dict[int, YuvPlanes] = {}

    def picture(self, actor: int) -> YuvPlanes:
        """An actor's plate."""
        if actor not in self._made:
            self._made[actor] = number_plate(self._texts[actor], self._colors[actor], self._cap_height)
        return self._made[actor]

    def size(self, actor: int) -> tuple[int, int]:
        """(width, height) of an actor's plate."""
        height, width = self.picture(actor).y.shape
        return width, height


def draw_marks(
    canvas: Canvas, marks: Sequence[Mark], placed: Mapping[int, PlacedPlate], plates: Plates, style: MarkStyle
) -> None:
    """Draw a frame's marks; those nearer to the camera (lower in the picture) over those behind.

    Args:
        canvas: What is drawn on.
        marks: What is marked.
        placed: Where the plates go; a mark without one has only its outline.
        plates: Their pictures.
        style: How it looks.
    """
    line, layers = style.line(canvas.size), style.layers
    order = sorted(marks, key=lambda mark: (mark.box[3], mark.actor_id))
    if "tints" in layers:
        for mark in order:
            if mark.polygons:
                canvas.tint(mark.polygons, style.alpha, stored_color(mark.color))
    for mark in order:
        _outline(canvas, mark, line, layers)
    for mark in order:
        spot = placed.get(mark.actor_id)
        if spot is not None and spot.apart:
            _leader(canvas, mark, spot, plates.size(mark.actor_id), line)
    for mark in order:
        spot = placed.get(mark.actor_id)
        if spot is not None:
            canvas.paste(int(spot.x) // 2 * 2, int(spot.y) // 2 * 2, plates.picture(mark.actor_id))


def _outline(canvas: Canvas, mark: Mark, line: int, layers: frozenset[str]) -> None:
    color = stored_color(mark.color)
    if "contours" in layers and mark.polygons:
        canvas.lines(mark.polygons, line, color, closed=True)
    if "wireframes" in layers and mark.wireframe:
        canvas.lines(mark.wireframe, line + 2, stored_color(DARK))
        canvas.lines(mark.wireframe, line, color)
    no_shape = ("contours" in layers and not mark.polygons) or ("wireframes" in layers and not mark.wireframe)
    if "boxes" in layers or no_shape:
        x0, y0, x1, y1 = mark.box
        left, top = (2 * int(np.floor(side / 2.0)) for side in (x0, y0))
        right, bottom = (2 * int(np.ceil(side / 2.0)) for side in (x1, y1))
        canvas.frame(left, top, right, bottom, line, color)


def _leader(canvas: Canvas, mark: Mark, spot: PlacedPlate, size: tuple[int, int], line: int) -> None:
    """A line from the plate to the nearest point of the box."""
    x0, y0, x1, y1 = mark.box
    center = np.array([spot.x + 0.5 * size[0], spot.y + 0.5 * size[1]])
    target = np.array([min(max(center[0], x0), x1), min(max(center[1], y0), y1)])
    canvas.lines([np.stack([center, target])], line, stored_color(mark.color))
