"""The labels of a video's frames: read where they are matched, between two of them, and in the video's pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from roadmark.errors import InputError
from roadmark.geometry import box_outline
from roadmark.marks.label_folder import Box, LabelFolder, LabelledFrame, MarkedObject, Polyline
from roadmark.marks.matching import between, carried


class LabelSource:
    """Reads labels at positions that only ascend a little at a time.

    Args:
        labels: The folder.
        shapes: Whether outlines are wanted.
        size: (width, height) of the video, for labels that do not say theirs.
    """

    def __init__(self, labels: LabelFolder, size: tuple[int, int], *, shapes: bool) -> None:
        self._labels, self._shapes, self._size = labels, shapes, size
        self._frames: dict[int, LabelledFrame | None] = {}
        self._wireframes: dict[int, dict[int, list[Polyline]]] = {}

    def at(self, position: float) -> LabelledFrame | None:
        """Labels at a frame, or a time between two; None where they are missing."""
        first = int(position)
        share = position - first
        before = self._frame(first)
        if share == 0.0:
            return before
        after = self._frame(first + 1)
        if before is None or after is None:
            return after if share >= 0.5 else before
        return between(before, after, share)

    def wireframes(self, position: float, shown: LabelledFrame) -> Mapping[int, Sequence[Polyline]]:
        """Edges of the objects' 3D boxes at a position, moved with the 2D boxes of `shown`.

        Raises:
            InputError: The labels belong to no clip, so the camera is not known.
            FormatError: A label file lacks the boxes.
        """
        number = int(np.floor(position + 0.5))
        near = self._frame(number)
        if near is None:
            return {}
        edges = self._edges(number)
        moved = {}
        for actor, found in shown.objects.items():
            if actor in edges and actor in near.objects:
                source = near.objects[actor].box
                moved[actor] = [carried(line, source, found.box) for line in edges[actor]]
        return moved

    def scale(self, frame: LabelledFrame) -> tuple[float, float]:
        """Pixels of the video per pixel of the labels, across and down."""
        width, height = frame.size or self._size
        return self._size[0] / width, self._size[1] / height

    def _frame(self, number: int) -> LabelledFrame | None:
        if number not in self._frames:
            self._frames = {known: it for known, it in self._frames.items() if abs(known - number) <= 1}
            self._frames[number] = self._labels.frame(number, shapes=self._shapes)
        return self._frames[number]

    def _edges(self, number: int) -> dict[int, list[Polyline]]:
        if number not in self._wireframes:
            clip = self._labels.clip
            if clip is None:
                raise InputError(
                    f"{self._labels.path}: 3D boxes need the clip's camera, and there is no clip.json beside this "
                    "folder; for the published tool's output: roadmark clip adopt"
                )
            labels = clip[number].labels()
            camera_from_world = labels.pose.inverse()
            outlines = {
                label.actor_id: box_outline(clip.camera, label.box.transformed(camera_from_world))
                for label in labels.objects
            }
            self._wireframes = {number: {actor: list(lines) for actor, lines in outlines.items()}}
        return self._wireframes[number]


def scaled(points: Polyline, scale: tuple[float, float]) -> Polyline:
    """Points (N, 2) in the video's pixels."""
    result: Polyline = points * np.array(scale)
    return result


def scaled_box(found: MarkedObject, scale: tuple[float, float], size: tuple[int, int]) -> Box | None:
    """An object's box in the video's pixels, cut at its borders; None where nothing of it is inside."""
    x0, y0, x1, y1 = (side * scale[axis % 2] for axis, side in enumerate(found.box))
    x0, y0, x1, y1 = max(x0, 0.0), max(y0, 0.0), min(x1, float(size[0])), min(y1, float(size[1]))
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None
