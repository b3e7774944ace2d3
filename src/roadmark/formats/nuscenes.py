"""nuScenes tables: a scene per clip, a sample per image, one camera.

Source: nuscenes-devkit, docs/schema_nuscenes.md, and its loader. Written directly: the devkit is not needed.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from roadmark.clip import ObjectLabel
from roadmark.errors import InputError
from roadmark.files import AtomicDirectory, output_errors, write_file
from roadmark.formats.json_stream import JsonArray
from roadmark.formats.labelled_images import ImageChoice, ImageSource, LabelledImage, labelled_images
from roadmark.formats.placing import Placing
from roadmark.geometry import PinholeCamera, quaternion_from_rotation
from roadmark.media import encode_png

VERSION, CHANNEL = "v1.0-roadmark", "CAM_FRONT"
TABLES = ("category", "attribute", "visibility", "instance", "sensor", "calibrated_sensor", "ego_pose", "log", "scene",
          "sample", "sample_data", "sample_annotation", "map")  # fmt: skip

CATEGORY_NAMES = {
    "car": "vehicle.car",
    "truck": "vehicle.truck",
    "bus": "vehicle.bus.rigid",
    "train": "vehicle.train",
    "motorcycle": "vehicle.motorcycle",
    "bicycle": "vehicle.bicycle",
    "pedestrian": "human.pedestrian.adult",
    "rider": "human.rider",
}
"""nuScenes' names; it has none for trains and riders."""

VISIBILITIES = {"1": (0.0, 0.4), "2": (0.4, 0.6), "3": (0.6, 0.8), "4": (0.8, 1.0)}
"""Token of a visibility, and the visible fractions it stands for."""

STANDS = 0.2
"""Metres per second below which an object counts as stopped or standing."""

GAP = 1_000_000
"""Microseconds between two scenes: the devkit lists scenes by their starts, which must differ."""

_MAP_FILE = "maps/blank.png"
_BODY_FROM_CAMERA = np.array([[0.0, 0.0, 1.0], [-1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])  # RDF to FLU


def write_nuscenes(
    folder: Path | str,
    sources: Iterable[ImageSource],
    choice: ImageChoice | None = None,
    *,
    media: Placing = "copy",
    overwrite: bool = False,
) -> dict[str, int]:
    """Write `v1.0-roadmark/<table>.json`, `samples/CAM_FRONT/` and a blank map, whole or not at all.

    Every image is a key frame; the ego is the camera itself. Beyond nuScenes, annotations have `actor_id`.

    Args:
        folder: Where they appear, the devkit's `dataroot`; must not exist, or be empty, unless `overwrite`.
        sources: Clips with pinhole cameras; scenes have their names.
        choice: Which images and objects.
        media: How pictures are put there.
        overwrite: Replace an older folder.

    Returns:
        Records of every table.

    Raises:
        InputError: There is no clip, one is not whole, or its camera is no pinhole.
        FormatError: A clip is malformed.
        OutputError: The folder is not free, or cannot be written.
    """
    choice = choice or ImageChoice()
    with AtomicDirectory(Path(folder), overwrite=overwrite) as target, ExitStack() as open_files:
        for name in (VERSION, f"samples/{CHANNEL}", "maps"):
            with output_errors(target / name):
                (target / name).mkdir(parents=True)
        write_file(target / _MAP_FILE, encode_png(np.zeros((1, 1), np.uint8)))
        tables = {
            name: open_files.enter_context(JsonArray(target / VERSION / f"{name}.json", indent=0)) for name in TABLES
        }
        _write_constants(tables, choice)
        logs: list[str] = []
        start = 0
        for clip, images in itertools.groupby(labelled_images(sources, choice), lambda image: image.clip):
            logs.append(_token("log", clip))
            start = _Scene(tables, target, clip, start, media).write(images) + GAP
        if not logs:
            raise InputError(f"{folder}: nuScenes needs at least one clip")
        tables["map"].add(
            {"token": _token("map"), "log_tokens": logs, "category": "semantic_prior", "filename": _MAP_FILE}
        )
    return {name: table.count for name, table in tables.items()}


class _Chains:
    """Records of a table that name the one before and the one after them: each is written when the next is known."""

    def __init__(self, table: JsonArray) -> None:
        self._table = table
        self._last: dict[Any, dict[str, Any]] = {}

    def add(self, key: Any, record: dict[str, Any]) -> None:
        before = self._last.get(key)
        record |= {"prev": before["token"] if before else "", "next": ""}
        if before:
            before["next"] = record["token"]
            self._table.add(before)
        self._last[key] = record

    def finish(self) -> None:
        for record in self._last.values():
            self._table.add(record)


class _Scene:
    """One clip's records; it starts at `start` microseconds."""

    def __init__(self, tables: dict[str, JsonArray], target: Path, clip: str, start: int, media: Placing) -> None:
        self._tables, self._target, self._clip, self._start, self._media = tables, target, clip, start, media
        self._samples, self._data, self._annotations = (
            _Chains(tables[name]) for name in ("sample", "sample_data", "sample_annotation")
        )
        self._instances: dict[int, dict[str, Any]] = {}

    def write(self, images: Iterable[LabelledImage]) -> int:
        """Write all of it; returns when it ends."""
        first = last = ""
        count = end = 0
        for image in images:
            if count == 0:
                self._write_camera(image)
                first = _token("sample", image.name)
            last = _token("sample", image.name)
            end = self._time(image)
            self._write_image(image)
            for label in image.objects():
                self._write_annotation(label, image)
            count += 1
        for chains in (self._samples, self._data, self._annotations):
            chains.finish()
        for instance in self._instances.values():
            self._tables["instance"].add(instance)
        self._tables["scene"].add(
            {
                "token": _token("scene", self._clip), "log_token": _token("log", self._clip), "nbr_samples": count,
                "first_sample_token": first, "last_sample_token": last, "name": self._clip, "description": "",
            }
        )  # fmt: skip
        return end

    def _write_camera(self, image: LabelledImage) -> None:
        clip = image.frame.clip
        camera = clip.camera
        if not isinstance(camera, PinholeCamera):
            raise InputError(f"{clip.path}: nuScenes holds pinhole cameras, not {type(camera).__name__}")
        intrinsics = [[camera.fx, 0.0, camera.cx - 0.5], [0.0, camera.fy, camera.cy - 0.5], [0.0, 0.0, 1.0]]
        self._tables["calibrated_sensor"].add(
            {
                "token": _token("calibrated_sensor", self._clip), "sensor_token": _token("sensor"),
                "translation": [0.0, 0.0, 0.0], "rotation": _quaternion(_BODY_FROM_CAMERA),
                "camera_intrinsic": intrinsics,
            }
        )  # fmt: skip
        self._tables["log"].add(
            {
                "token": _token("log", self._clip), "logfile": self._clip, "vehicle": "", "date_captured": "",
                "location": clip.manifest.map_name,
            }
        )  # fmt: skip

    def _write_image(self, image: LabelledImage) -> None:
        sample, pose = _token("sample", image.name), image.frame.pose
        time = self._time(image)
        file = f"samples/{CHANNEL}/{image.name}{image.suffix}"
        image.place(self._target / file, self._media)
        self._tables["ego_pose"].add(
            {
                "token": _token("ego_pose", image.name), "timestamp": time,
                "rotation": _quaternion(pose.rotation @ _BODY_FROM_CAMERA.T), "translation": pose.translation.tolist(),
            }
        )  # fmt: skip
        self._samples.add(0, {"token": sample, "timestamp": time, "scene_token": _token("scene", self._clip)})
        width, height = image.size
        self._data.add(
            0,
            {
                "token": _token("sample_data", image.name), "sample_token": sample, "timestamp": time,
                "ego_pose_token": _token("ego_pose", image.name), "is_key_frame": True,
                "calibrated_sensor_token": _token("calibrated_sensor", self._clip),
                "filename": file, "fileformat": image.suffix.lstrip("."), "width": width, "height": height,
            },
        )  # fmt: skip

    def _time(self, image: LabelledImage) -> int:
        return self._start + round(image.seconds * 1e6)

    def _write_annotation(self, label: ObjectLabel, image: LabelledImage) -> None:
        token = _token("sample_annotation", image.name, str(label.actor_id))
        length, width, height = label.box.size.tolist()
        self._annotations.add(
            label.actor_id,
            {
                "token": token, "sample_token": _token("sample", image.name),
                "instance_token": self._instance(label, token), "visibility_token": _visibility(label.visible_fraction),
                "attribute_tokens": _attributes(label), "translation": label.box.center.tolist(),
                "size": [width, length, height], "rotation": _quaternion(label.box.rotation),
                "num_lidar_pts": 0, "num_radar_pts": 0, "actor_id": label.actor_id,
            },
        )  # fmt: skip

    def _instance(self, label: ObjectLabel, annotation: str) -> str:
        token = _token("instance", self._clip, str(label.actor_id))
        record = self._instances.setdefault(
            label.actor_id,
            {
                "token": token, "category_token": _token("category", label.category), "nbr_annotations": 0,
                "first_annotation_token": annotation,
            },
        )  # fmt: skip
        record["nbr_annotations"] += 1
        record["last_annotation_token"] = annotation
        return token


def _write_constants(tables: dict[str, JsonArray], choice: ImageChoice) -> None:
    tables["sensor"].add({"token": _token("sensor"), "channel": CHANNEL, "modality": "camera"})
    for name in choice.categories:
        tables["category"].add({"token": _token("category", name), "name": CATEGORY_NAMES[name], "description": ""})
    for name in ("vehicle.moving", "vehicle.stopped", "pedestrian.moving", "pedestrian.standing"):
        tables["attribute"].add({"token": _token("attribute", name), "name": name, "description": ""})
    for token, (least, most) in VISIBILITIES.items():
        level = f"v{round(100 * least)}-{round(100 * most)}"
        tables["visibility"].add({"token": token, "level": level, "description": ""})


def _visibility(fraction: float | None) -> str:
    """Token of a visibility; "" where it is not known, as in nuScenes' own test set."""
    if fraction is None:
        return ""
    return next(token for token, (_, most) in VISIBILITIES.items() if fraction < most or most == 1.0)


def _attributes(label: ObjectLabel) -> list[str]:
    """NuScenes gives cycles other attributes, which say whether someone rides; that is not known here."""
    if label.speed is None or label.category in ("bicycle", "motorcycle", "rider"):
        return []
    moves = label.speed >= STANDS
    if label.category == "pedestrian":
        return [_token("attribute", "pedestrian.moving" if moves else "pedestrian.standing")]
    return [_token("attribute", "vehicle.moving" if moves else "vehicle.stopped")]


def _quaternion(rotation: Any) -> list[float]:
    values: list[float] = quaternion_from_rotation(rotation).tolist()
    return values


def _token(*parts: str) -> str:
    """32 hexadecimal digits, as nuScenes' tokens have."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
