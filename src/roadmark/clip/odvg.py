"""A frame's labels as plain JSON values: the recipe's fields, and ours beside them.

`bbox_3d.rotation` is the object's orientation in the canonical convention (the published tool wrote the bearing to the
object there); `bbox_3d_world` is in CARLA's left-handed axes and degrees, as that tool has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from roadmark.clip.labels import ClipEvent, ObjectLabel
from roadmark.clip.layout import FOLDERS, frame_id
from roadmark.errors import FormatError, GeometryError, InputError
from roadmark.geometry import (
    Box3D,
    FloatArray,
    Pose,
    carla_degrees_from_flu_rpy,
    carla_location_from_flu,
    flu_from_carla_location,
    flu_rpy_from_carla_degrees,
    quaternion_from_rotation,
    rotation_from_rpy,
    rpy_from_rotation,
)

JsonObject = dict[str, Any]

_METRES, _ANGLES, _SHARES = 6, 9, 6
"""Decimals written: micrometres, nanoradians (or nanodegrees), millionths."""

_OBJECTS_FIELDS = ("mask", "road_lane_id", "lane_position", "vehicle_color", "bbox_3d")


def object_record(label: ObjectLabel, camera_from_world: Pose) -> JsonObject:
    """The instance's fields in `odvg/*.json`."""
    camera_box = label.box.transformed(camera_from_world)
    record: JsonObject = {
        "object-id": int(label.actor_id),
        "category": label.category,
        "blueprint_id": label.blueprint_id,
        "bbox_2d": [int(value) for value in label.bbox_2d],
        "mask": [list(polygon) for polygon in label.polygons],
        "road_lane_id": label.road_lane_id,
        "lane_position": _number(label.lane_position, _METRES),
        "vehicle_color": None if label.color is None else [int(value) for value in label.color],
        "bbox_3d": camera_box_record(camera_box),
        "bbox_3d_world": world_box_record(label.box),
        "mask_rle": None if label.mask_rle is None else dict(label.mask_rle),
        "mask_area": None if label.pixels is None else int(label.pixels),
        "visible_fraction": _number(label.visible_fraction, _SHARES),
        "truncation": _number(label.truncation, _SHARES),
        "speed": _number(label.speed, _METRES),
        "orientation_wxyz": _rounded(quaternion_from_rotation(camera_box.canonical_rotation()), _ANGLES),
    }
    if label.carla_box is not None:
        record["bbox_3d_carla"] = world_box_record(label.carla_box)
    return record


def camera_box_record(box: Box3D) -> JsonObject:
    """`bbox_3d`: RDF metres and radians, extrinsic xyz Euler angles of the canonical local axes; heading is `pitch`."""
    values = box.to_lhw_xyz("full")
    roll, pitch, yaw = _rounded(values[6:], _ANGLES)
    return {
        "center": _xyz(box.center),
        "dimensions": _dimensions(box),
        "rotation": {"yaw": yaw, "pitch": pitch, "roll": roll},
        "distance_to_camera": round(float(np.linalg.norm(box.center)), _METRES),
    }


def world_box_record(box: Box3D) -> JsonObject:
    """`bbox_3d_world`: CARLA's left-handed axes, metres and degrees."""
    roll, pitch, yaw = _rounded(carla_degrees_from_flu_rpy(rpy_from_rotation(box.rotation)), _ANGLES)
    return {
        "center": _xyz(carla_location_from_flu(box.center)),
        "dimensions": _dimensions(box),
        "rotation": {"roll": roll, "pitch": pitch, "yaw": yaw},
    }


def world_box(record: Mapping[str, Any]) -> Box3D:
    """The box in the world (FLU) of a `bbox_3d_world` record; undoes `world_box_record`.

    Raises:
        FormatError: A number is missing or none.
    """
    try:
        center = [record["center"][axis] for axis in "xyz"]
        size = [record["dimensions"][side] for side in ("length", "width", "height")]
        degrees = [record["rotation"][angle] for angle in ("roll", "pitch", "yaw")]
        rotation = rotation_from_rpy(flu_rpy_from_carla_degrees(degrees))
        return Box3D(flu_from_carla_location(center), np.array(size, dtype=np.float64), rotation, "world")
    except (KeyError, TypeError, ValueError, GeometryError) as error:
        raise FormatError(f"no box: {error}", field="bbox_3d_world") from None


def event_record(event_id: str, event: ClipEvent) -> JsonObject:
    """An event as the frames inside it list it."""
    return {
        "event_id": event_id,
        "category": event.category,
        "sub_category": event.sub_category,
        "collision_actors": list(event.actor_ids),
        "event_caption": event.caption,
    }


def frame_record(
    index: int,
    time: float,
    size: tuple[int, int],
    instances: Sequence[JsonObject],
    events: Sequence[JsonObject],
    folders: frozenset[str],
) -> JsonObject:
    """The whole of `odvg/odvg_*.json`; names of images the clip does not have are null."""

    def file(name: str) -> str | None:
        return FOLDERS[name].file(index) if name in folders else None

    width, height = size
    return {
        "frame_id": frame_id(index),
        "image_filename": FOLDERS["rgb"].file_name(index),
        "depth_file_name": file("depth"),
        "instance_segmentation_file_name": file("instance_segmentation"),
        "semantic_segmentation_file_name": file("semantic_segmentation"),
        "edge_file_name": file("edges"),
        "timestamp": time,
        "width": width,
        "height": height,
        "detections": {"instances": list(instances)},
        "events": list(events),
    }


def objects_entry(index: int, instances: Sequence[JsonObject]) -> JsonObject:
    """A frame's entry in `objects.json`, from the records of `object_record`."""
    return {
        "format": FOLDERS["rgb"].suffix,
        "frame_id": frame_id(index),
        "instances": [
            {
                "id": record["object-id"],
                "category": record["category"],
                "blueprint_id": record["blueprint_id"],
                "bounding_box_2d_tight": record["bbox_2d"],
                **{name: record[name] for name in _OBJECTS_FIELDS},
            }
            for record in instances
        ],
    }


def label_from_record(record: Mapping[str, Any], caption: str | None = None) -> ObjectLabel:
    """The label of an instance in `odvg/*.json`; fields the published tool lacks are None.

    Args:
        record: The instance.
        caption: Its caption, which stands in `instances.json`.

    Raises:
        FormatError: A field is missing or wrong.
    """
    try:
        color, carla_box = record.get("vehicle_color"), record.get("bbox_3d_carla")
        mask_rle, pixels = record.get("mask_rle"), record.get("mask_area")
        xmin, ymin, xmax, ymax = (int(value) for value in record["bbox_2d"])
        return ObjectLabel(
            actor_id=int(record["object-id"]),
            category=str(record["category"]),
            blueprint_id=str(record.get("blueprint_id") or ""),
            bbox_2d=(xmin, ymin, xmax, ymax),
            polygons=[[int(value) for value in polygon] for polygon in record.get("mask") or []],
            mask_rle=None if mask_rle is None else dict(mask_rle),
            pixels=None if pixels is None else int(pixels),
            box=world_box(record["bbox_3d_world"]),
            visible_fraction=_known(record.get("visible_fraction")),
            truncation=_known(record.get("truncation")),
            speed=_known(record.get("speed")),
            road_lane_id=record.get("road_lane_id"),
            lane_position=_known(record.get("lane_position")),
            color=None if color is None else (int(color[0]), int(color[1]), int(color[2])),
            carla_box=None if carla_box is None else world_box(carla_box),
            caption=caption,
        )
    except FormatError:
        raise
    except (KeyError, IndexError, TypeError, ValueError, OverflowError, InputError) as error:
        raise FormatError(f"no object label: {type(error).__name__} {error}", field="detections.instances") from None


def _number(value: float | None, decimals: int) -> float | None:
    return None if value is None else round(float(value), decimals)


def _known(value: Any) -> float | None:
    return None if value is None else float(value)


def _rounded(values: FloatArray, decimals: int) -> list[float]:
    return [round(float(value), decimals) + 0.0 for value in values]  # + 0.0 turns -0.0 into 0.0


def _xyz(point: FloatArray) -> JsonObject:
    x, y, z = _rounded(point, _METRES)
    return {"x": x, "y": y, "z": z}


def _dimensions(box: Box3D) -> JsonObject:
    length, width, height = _rounded(box.size, _METRES)
    return {"length": length, "width": width, "height": height}
