"""What is known about a frame besides its pixels: objects, pose, time, events."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from roadmark.errors import InputError
from roadmark.geometry import Box3D, Pose

Color = tuple[int, int, int]


@dataclass(frozen=True, eq=False)
class ObjectLabel:
    """One object in one frame.

    Attributes:
        actor_id: The actor's id in the recording.
        category: Lower-case class name: car, truck, bus, motorcycle, bicycle, pedestrian, rider, train.
        blueprint_id: For example vehicle.audi.tt.
        bbox_2d: xmin, ymin, xmax, ymax of the visible mask, inclusive whole pixels.
        polygons: Outer polygons of the visible mask, each x1, y1, x2, y2, ...
        mask_rle: COCO run lengths of the visible mask, holes included; None where they are not known.
        pixels: Number of visible pixels; None where it is not known.
        box: The 3D box in the world (FLU, metres); a walker's is the bounds of its animated body.
        visible_fraction: Visible pixels over those the object would have alone in the image, 0 to 1; None where it is
            not known.
        truncation: Share of the object's silhouette beyond the image's borders, 0 to 1; None where it is not known.
        speed: Metres per second; None where it is not known.
        road_lane_id: "<road>_<section>_<lane>", None off the lanes.
        lane_position: Metres left of the lane's centre; None off the lanes.
        color: Paint, sRGB; None where it has none.
        carla_box: CARLA's own box in the world where `box` is a better one (a walker's capsule).
        caption: Words for the object, such as "red car".

    Raises:
        InputError: Numbers that no object can have.
    """

    actor_id: int
    category: str
    blueprint_id: str
    bbox_2d: tuple[int, int, int, int]
    polygons: Sequence[Sequence[int]]
    mask_rle: Mapping[str, Any] | None
    pixels: int | None
    box: Box3D
    visible_fraction: float | None = None
    truncation: float | None = None
    speed: float | None = None
    road_lane_id: str | None = None
    lane_position: float | None = None
    color: Color | None = None
    carla_box: Box3D | None = None
    caption: str | None = None

    def __post_init__(self) -> None:
        who = f"object {self.actor_id}"
        xmin, ymin, xmax, ymax = self.bbox_2d
        if self.actor_id < 0:
            raise InputError(f"{who}: ids are not negative")
        if not (0 <= xmin <= xmax and 0 <= ymin <= ymax):
            raise InputError(f"{who}: bbox_2d {self.bbox_2d} is no rectangle of pixels")
        for name in ("visible_fraction", "truncation"):
            value = getattr(self, name)
            if value is not None and not 0.0 <= value <= 1.0:
                raise InputError(f"{who}: {name} must lie within 0 and 1, not {value}")
        for name in ("speed", "lane_position"):
            value = getattr(self, name)
            if value is not None and not math.isfinite(value):
                raise InputError(f"{who}: {name} must be a finite number, not {value}")


@dataclass(frozen=True)
class ClipEvent:
    """Something that happens between two times of a clip.

    Attributes:
        category: Kind, for example "collision".
        start_time: Seconds from the clip's start, exact, not rounded to frames.
        end_time: Seconds from the clip's start, >= start_time.
        first_frame: First frame that shows it; `frames_during` finds it.
        last_frame: Last frame that shows it, inclusive.
        actor_ids: Those involved.
        sub_category: Finer kind, for example "vehicle_walker".
        caption: Words for it.
        attributes: Further facts, JSON values.

    Raises:
        InputError: Times or frames in the wrong order.
    """

    category: str
    start_time: float
    end_time: float
    first_frame: int
    last_frame: int
    actor_ids: tuple[int, ...]
    sub_category: str = ""
    caption: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not -math.inf < self.start_time <= self.end_time < math.inf:
            raise InputError(f"{self.category}: times must be finite and in order: {self.start_time}, {self.end_time}")
        if not 0 <= self.first_frame <= self.last_frame:
            raise InputError(f"{self.category}: frames must be in order: {self.first_frame}, {self.last_frame}")


@dataclass(frozen=True)
class CollisionEvent(ClipEvent):
    """A contact of two actors."""

    category: str = field(default="collision", init=False)


def frames_during(frame_times: ArrayLike, start: float, end: float) -> tuple[int, int]:
    """First and last frame of a clip within [start, end], or the nearest one where the event falls between two frames.

    Args:
        frame_times: (F,) ascending seconds, in the same clock as `start` and `end`.
        start: Seconds.
        end: Seconds, >= start.

    Examples:
        >>> frames_during([0.0, 0.1, 0.2, 0.3], 0.1, 0.25)
        (1, 2)
        >>> frames_during([0.0, 0.1, 0.2, 0.3], 0.12, 0.13)
        (1, 1)
    """
    times = np.asarray(frame_times, dtype=np.float64)
    inside = np.flatnonzero((times >= start - 1e-9) & (times <= end + 1e-9))
    if inside.size:
        return int(inside[0]), int(inside[-1])
    nearest = int(np.argmin(np.abs(times - 0.5 * (start + end))))
    return nearest, nearest


@dataclass(frozen=True, eq=False)
class FrameLabels:
    """One frame's labels.

    Attributes:
        time: Seconds in the recording's clock.
        source_frame: The recording's frame this one comes from.
        pose: world_from_camera; the world is FLU, the camera RDF.
        objects: Labelled objects.
    """

    time: float
    source_frame: int
    pose: Pose
    objects: Sequence[ObjectLabel] = ()

    def __post_init__(self) -> None:
        if not math.isfinite(self.time):
            raise InputError(f"a frame's time must be a finite number, not {self.time}")
        ids = [label.actor_id for label in self.objects]
        if len(set(ids)) != len(ids):
            raise InputError(f"source frame {self.source_frame}: an object is labelled twice among {ids}")
