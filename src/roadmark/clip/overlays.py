"""Pictures with labels drawn on them, to look at: 2D boxes, masks, 3D boxes, collisions.

Every function takes and gives a picture; the one given is not changed. Colours are those of the instance images.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.clip.frames import instance_color
from roadmark.clip.ids import IdMap
from roadmark.clip.labels import ObjectLabel
from roadmark.geometry import Camera, Pose, box_outline

Picture = NDArray[np.uint8]
Box2D = tuple[int, int, int, int]

COLLISION_COLOR = (255, 40, 40)


def draw_boxes(rgb: Picture, labels: Sequence[ObjectLabel], id_map: IdMap) -> Picture:
    """Tight 2D boxes with id and category; in the order of the labels."""
    picture = rgb.copy()
    for label in labels:
        color = _color(label, id_map)
        xmin, ymin, xmax, ymax = label.bbox_2d
        cv2.rectangle(picture, (xmin, ymin), (xmax, ymax), color, _line_width(picture))
    tags = [(f"{label.actor_id} {label.category}", label.bbox_2d, _color(label, id_map)) for label in labels]
    _draw_tags(picture, tags)
    return picture


def draw_masks(rgb: Picture, instance: NDArray[np.uint16], labels: Sequence[ObjectLabel], id_map: IdMap) -> Picture:
    """Labelled objects' visible pixels tinted in their colour, outlined."""
    picture = rgb.copy()
    for label in labels:
        color = np.array(_color(label, id_map), np.uint16)
        xmin, ymin, xmax, ymax = label.bbox_2d
        part = picture[ymin : ymax + 1, xmin : xmax + 1]
        mask = instance[ymin : ymax + 1, xmin : xmax + 1] == id_map.stored(label.actor_id)
        part[mask] = ((part[mask].astype(np.uint16) + color) // 2).astype(np.uint8)
        contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
        for contour in contours:
            points = contour.reshape(-1, 2)
            part[points[:, 1], points[:, 0]] = color
    return picture


def draw_boxes_3d(
    rgb: Picture, labels: Sequence[ObjectLabel], camera: Camera, world_from_camera: Pose, id_map: IdMap
) -> Picture:
    """3D boxes as wireframes with a line along the heading; edges are cut at the camera, never dropped."""
    picture = rgb.copy()
    camera_from_world = world_from_camera.inverse()
    order = sorted(labels, key=lambda label: -float(np.linalg.norm(label.box.center - world_from_camera.translation)))
    for label in order:
        color = _color(label, id_map)
        box = label.box.transformed(camera_from_world)
        for line in box_outline(camera, box):
            _polyline(picture, line, color)
        front = box.center + 0.5 * box.size[0] * box.rotation[:, 0]
        heading = camera.project(np.linspace(box.center, front, 9))
        _polyline(picture, heading.uv[heading.valid], (255, 255, 255))
    return picture


def draw_collisions(rgb: Picture, labels: Sequence[ObjectLabel], colliding: frozenset[int]) -> Picture:
    """The objects of collisions going on in this frame, marked in red."""
    picture = rgb.copy()
    marked = [label for label in labels if label.actor_id in colliding]
    for label in marked:
        xmin, ymin, xmax, ymax = label.bbox_2d
        cv2.rectangle(picture, (xmin, ymin), (xmax, ymax), COLLISION_COLOR, 2 * _line_width(picture))
    _draw_tags(picture, [(f"collision {label.actor_id}", label.bbox_2d, COLLISION_COLOR) for label in marked])
    return picture


def _color(label: ObjectLabel, id_map: IdMap) -> tuple[int, int, int]:
    return instance_color(id_map.stored(label.actor_id))


def _line_width(picture: Picture) -> int:
    return max(1, (int(picture.shape[0]) + 270) // 540)


def _polyline(picture: Picture, points: NDArray[np.float64], color: tuple[int, int, int]) -> None:
    """Draw through continuous pixel coordinates, however far outside the image they reach."""
    height, width = picture.shape[:2]
    shift = 4
    for start, end in itertools.pairwise(points):
        clipped = _clip_line(start, end, width, height)
        if clipped is not None:
            first, last = (np.rint((point - 0.5) * (1 << shift)).astype(int).tolist() for point in clipped)
            cv2.line(picture, first, last, color, _line_width(picture), cv2.LINE_AA, shift)


def _clip_line(
    start: NDArray[np.float64], end: NDArray[np.float64], width: int, height: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """The part of a segment within the image widened by 16 pixels (Liang-Barsky); drawing takes 16-bit coordinates."""
    step = end - start
    first, last = 0.0, 1.0
    for axis, limit in ((0, width + 16.0), (1, height + 16.0)):
        for delta, room in ((-step[axis], start[axis] + 16.0), (step[axis], limit - start[axis])):
            if delta == 0.0:
                if room < 0.0:
                    return None
            elif delta < 0.0:
                first = max(first, room / delta)
            else:
                last = min(last, room / delta)
    return (start + first * step, start + last * step) if first <= last else None


def _draw_tags(picture: Picture, tags: Sequence[tuple[str, Box2D, tuple[int, int, int]]]) -> None:
    """Texts on filled strips above boxes, or below the upper edge at the top of the image; none covers another."""
    scale = 0.4 * picture.shape[0] / 540
    placed: list[Box2D] = []
    for text, (xmin, ymin, _, _), color in tags:
        (width, height), base = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
        width, height = width + 2, height + base
        x = max(0, min(xmin, picture.shape[1] - width))
        y = _free_row(placed, x, ymin - height, width, height)
        placed.append((x, y, x + width, y + height))
        cv2.rectangle(picture, (x, y), (x + width, y + height), color, cv2.FILLED)
        bright = 0.3 * color[0] + 0.6 * color[1] + 0.1 * color[2] > 130
        ink = (0, 0, 0) if bright else (255, 255, 255)
        place = (x + 1, y + height - base // 2 - 1)
        cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, scale, ink, 1, cv2.LINE_AA)


def _free_row(placed: Sequence[Box2D], x: int, y: int, width: int, height: int) -> int:
    """The row nearest to y where a strip covers none of those placed."""
    rows = [y, *(box[1] - height - 1 for box in placed), *(box[3] + 1 for box in placed), 0]

    def free(row: int) -> bool:
        apart = (x + width < x0 or x1 < x or row + height < y0 or y1 < row for x0, y0, x1, y1 in placed)
        return row >= 0 and all(apart)

    return min((row for row in rows if free(row)), key=lambda row: (abs(row - y), row), default=max(y, 0))
