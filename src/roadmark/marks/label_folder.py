"""The labels that marks are drawn from: a folder of `odvg_*.json`, ours or the published tool's."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from roadmark.clip import Clip
from roadmark.errors import FormatError, InputError
from roadmark.files import has_file, hash_file, input_errors, read_json

Box = tuple[float, float, float, float]
Polyline = NDArray[np.float64]

_FILE = re.compile(r"odvg_(\d{1,12})\.json")
_MAX_BYTES = 64 * 1024 * 1024
_MAX_OBJECTS = 10_000
_MAX_SIDE = 65_536
_MAX_ID = 2**63 - 1
_MAX_POINTS = 100_000
_LONGEST = 1e7
"""Seconds."""


@dataclass(frozen=True, eq=False)
class MarkedObject:
    """One labelled object of a frame.

    Attributes:
        actor_id: Its id.
        category: Lower-case class name.
        box: x0, y0, x1, y1 of its visible pixels, continuous: the last pixel lies before x1, y1.
        polygons: Its outline, each (N, 2) continuous x, y; empty where it was not asked for.
    """

    actor_id: int
    category: str
    box: Box
    polygons: tuple[Polyline, ...] = ()

    @property
    def area(self) -> float:
        """Pixels of the box."""
        return (self.box[2] - self.box[0]) * (self.box[3] - self.box[1])


@dataclass(frozen=True, eq=False)
class LabelledFrame:
    """One frame's labels.

    Attributes:
        size: (width, height) of the labels' image; None where the file does not say.
        objects: By actor id.
    """

    size: tuple[int, int] | None
    objects: Mapping[int, MarkedObject]


class LabelFolder:
    """A folder of `odvg_*.json`.

    Attributes:
        path: The folder.
        numbers: Frames it has, ascending.
        clip: The clip it belongs to; None for the published tool's output that was not adopted.
    """

    def __init__(self, path: Path, numbers: Sequence[int], files: Mapping[int, Path], clip: Clip | None) -> None:
        self.path, self.numbers, self.clip = path, numbers, clip
        self._files = files

    @classmethod
    def open(cls, path: Path | str) -> LabelFolder:
        """Find the files of a folder.

        Raises:
            InputError: It is no folder or has no label file.
            FormatError: The `clip.json` above it is malformed.
        """
        folder = Path(path)
        with input_errors(folder):
            if not folder.is_dir():
                raise InputError(f"{folder}: no such folder of labels; give the odvg folder of a clip")
            files = {int(match[1]): entry for entry in folder.iterdir() if (match := _FILE.fullmatch(entry.name))}
        if not files:
            raise InputError(f"{folder}: holds no label file (odvg_000000000000.json, ...)")
        root = folder.resolve().parent
        clip = Clip.open(root) if has_file(root / "clip.json") else None
        return cls(folder, sorted(files), files, clip)

    def __len__(self) -> int:
        """Frames of the labelled video, missing ones included."""
        return self.numbers[-1] + 1

    @property
    def digest(self) -> str:
        """SHA-256 of the first file: tells one clip's labels from another's."""
        return hash_file(self._files[self.numbers[0]])[1].hex()

    @cached_property
    def rate(self) -> Fraction | None:
        """Frames per second of the labelled video: the clip's, else by timestamps; None where nothing says."""
        if self.clip is not None:
            return self.clip.fps
        first, last = self.numbers[0], self.numbers[-1]
        start, end = (self._record(number).get("timestamp") for number in (first, last))
        if not (_is_number(start) and _is_number(end)) or first == last:
            return None
        seconds = float(end or 0.0) - float(start or 0.0)
        if not 0.0 < seconds < _LONGEST:
            return None
        rate = Fraction((last - first) / seconds).limit_denominator(1001)
        return rate if 0 < rate <= 1000 else None

    def frame(self, number: int, *, shapes: bool) -> LabelledFrame | None:
        """Read a frame; None where its file is missing.

        Args:
            number: The frame.
            shapes: Whether outlines are wanted, too.

        Raises:
            InputError: The file cannot be read.
            FormatError: It is malformed; the message names the field.
        """
        if number not in self._files:
            return None
        path = self._files[number]
        record = self._record(number)
        try:
            size = _size(record) or (None if self.clip is None else self.clip.size)
            instances = record["detections"]["instances"]
            if not isinstance(instances, list) or len(instances) > _MAX_OBJECTS:
                raise ValueError(f"detections.instances: expected a list of at most {_MAX_OBJECTS} objects")
            objects: dict[int, MarkedObject] = {}
            for position, instance in enumerate(instances):
                found = _object(instance, position, shapes=shapes)
                if found.actor_id in objects:
                    raise ValueError(f"detections.instances.{position}: object {found.actor_id} is labelled twice")
                objects[found.actor_id] = found
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            problem = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise FormatError(f"no frame labels: {problem}", path=path) from None
        return LabelledFrame(size, objects)

    def _record(self, number: int) -> dict[str, Any]:
        path = self._files[number]
        record = read_json(path, _MAX_BYTES)
        if not isinstance(record, dict):
            raise FormatError(f"expected an object, found {type(record).__name__}", path=path)
        return record


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _size(record: Mapping[str, Any]) -> tuple[int, int] | None:
    size = record.get("width"), record.get("height")
    if size == (None, None):
        return None
    if not all(isinstance(side, int) and not isinstance(side, bool) and 0 < side <= _MAX_SIDE for side in size):
        raise ValueError(f"width, height: {str(size)[:80]} is no size of an image")
    return int(size[0] or 0), int(size[1] or 0)


def _object(instance: Any, position: int, *, shapes: bool) -> MarkedObject:
    where = f"detections.instances.{position}"
    if not isinstance(instance, dict):
        raise ValueError(f"{where}: expected an object")
    actor, box = instance.get("object-id"), instance.get("bbox_2d")
    if not isinstance(actor, int) or isinstance(actor, bool) or not 0 <= actor <= _MAX_ID:
        raise ValueError(f"{where}.object-id: {str(actor)[:80]} is no id")
    if not isinstance(box, list) or len(box) != 4 or not all(_is_number(value) for value in box):
        raise ValueError(f"{where}.bbox_2d: {str(box)[:80]} is no box (xmin, ymin, xmax, ymax)")
    xmin, ymin, xmax, ymax = (float(value) for value in box)
    if not (xmin <= xmax and ymin <= ymax and max(map(abs, (xmin, ymin, xmax, ymax))) <= _MAX_SIDE):
        raise ValueError(f"{where}.bbox_2d: {str(box)[:80]} is no rectangle of pixels")
    polygons = _polygons(instance.get("mask"), where) if shapes else ()
    return MarkedObject(actor, str(instance.get("category") or "")[:80], (xmin, ymin, xmax + 1, ymax + 1), polygons)


def _polygons(mask: Any, where: str) -> tuple[Polyline, ...]:
    """Border pixels' centres of a mask's polygons: flat lists x1, y1, x2, y2, ..., or lists of pairs."""
    if mask is None:
        return ()
    if not isinstance(mask, list):
        raise ValueError(f"{where}.mask: expected a list of polygons")
    found = []
    for polygon in mask:
        points = np.asarray(polygon, dtype=np.float64).reshape(-1)
        if points.size % 2 or points.size > 2 * _MAX_POINTS or not (np.abs(points) <= _MAX_SIDE).all():
            raise ValueError(f"{where}.mask: a polygon of {points.size} numbers is no list of x, y in an image")
        if points.size >= 6:
            found.append(points.reshape(-1, 2) + 0.5)
    return tuple(found)
