"""Camera YAML of the published recipe: sensors with a pose in centimetres and degrees.

    - sensor: rgb                      # rgb, depth, semantic_segmentation, instance_segmentation or normals
      attributes: {image_size_x: 1920, image_size_y: 1080, fov: 90}
      transform:
        location: {x: -3890, y: 3200, z: 572}       # centimetres, CARLA's left-handed axes
        rotation: {roll: 0, pitch: 340, yaw: 219}   # degrees

as a list or under `sensors:`. Sensors of one pose and image make one camera; every camera becomes one clip.
Ours: `name`, the camera's name in output paths; `follow`, the actor it rides on; `lens`, another than a pinhole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field, field_validator, model_validator

from roadmark.config import UserSettings, load_document, validate
from roadmark.errors import ConfigError, GeometryError
from roadmark.files import is_plain_name
from roadmark.geometry import CENTIMETRES_PER_METRE, Camera, Pose, camera_pose_from_body, pose_from_carla
from roadmark.media import MAX_IMAGE_SIDE
from roadmark.simulate.lenses import LensEntry, make_camera

MAX_PIXELS = 7680 * 4320
"""Largest image accepted, pixels: 8K; a frame of it takes about a gigabyte while it is made."""
SMALLEST_FOV = 0.01
"""Narrowest field of view accepted, degrees."""
MAX_CAMERAS = 64
"""Most cameras of one run: each has encoders of its own."""
MAX_NAME = 64
"""Longest camera name, characters: it becomes part of folder names."""
FARTHEST = 1e8
"""Largest coordinate, centimetres: a thousand kilometres."""

SensorKind = Literal["rgb", "depth", "semantic_segmentation", "instance_segmentation", "normals"]
ALL_SENSORS = ("rgb", "depth", "semantic_segmentation", "instance_segmentation", "normals")
"""What a camera of ours lists: everything a clip has."""
HERO = "hero"
"""Word in `follow` for the ego vehicle, the actor whose role name is hero."""
Follow = Annotated[int, Field(ge=0, strict=True)] | Literal["hero"]
Coordinate = Annotated[float, Field(ge=-FARTHEST, le=FARTHEST)]
ImageSize = Annotated[int, Field(gt=0, le=MAX_IMAGE_SIDE)]


class SensorAttributes(UserSettings):
    """Image of a sensor."""

    image_size_x: ImageSize = 1920
    """Width, pixels."""
    image_size_y: ImageSize = 1080
    """Height, pixels."""
    fov: Annotated[float, Field(gt=0, lt=180)] = 90.0
    """Horizontal field of view, degrees."""

    @model_validator(mode="after")
    def _affordable(self) -> Self:
        if self.image_size_x * self.image_size_y > MAX_PIXELS:
            raise ValueError(f"{self.image_size_x} x {self.image_size_y} are more than {MAX_PIXELS} pixels")
        if self.fov < SMALLEST_FOV:
            raise ValueError(f"fov {self.fov} is narrower than any lens; use at least {SMALLEST_FOV}")
        return self


class Location(UserSettings):
    """Centimetres, CARLA's left-handed axes."""

    x: Coordinate = 0.0
    y: Coordinate = 0.0
    z: Coordinate = 0.0


class Rotation(UserSettings):
    """Degrees, CARLA's signs."""

    roll: float = 0.0
    pitch: float = 0.0
    yaw: float = 0.0


class SensorTransform(UserSettings):
    """Pose of a sensor in the world, or relative to the actor it follows."""

    location: Location = Location()
    rotation: Rotation = Rotation()


class SensorEntry(UserSettings):
    """One sensor of the camera file."""

    sensor: SensorKind
    attributes: SensorAttributes = SensorAttributes()
    transform: SensorTransform
    name: str | None = None
    """Ours: the camera's name in output paths."""
    follow: Follow | None = None
    """Ours: id of the actor it rides on, or `hero`; the transform is then relative to it."""
    lens: LensEntry | None = None
    """Ours: a lens; a pinhole of the attribute `fov` without it."""

    @field_validator("sensor", mode="before")
    @classmethod
    def _without_carla_prefix(cls, value: Any) -> Any:
        return value.removeprefix("sensor.camera.") if isinstance(value, str) else value

    @field_validator("name")
    @classmethod
    def _name_is_a_file_name(cls, value: str | None) -> str | None:
        if value is not None and not (is_plain_name(value) and len(value) <= MAX_NAME):
            raise ValueError(f"use letters, digits, '_', '-' and '.' only, at most {MAX_NAME}")
        return value


@dataclass(frozen=True)
class CameraSetup:
    """One camera to render: its image, its pose and the name its clip gets.

    Attributes:
        name: Name in output paths.
        camera: Intrinsics: pinhole or f-theta.
        pose: world_from_camera (RDF), or actor_from_camera when the camera follows an actor.
        sensors: Kinds the file lists for it.
        follow: Id of the actor it rides on, or `hero`; None where it stands still.
    """

    name: str
    camera: Camera
    pose: Pose
    sensors: tuple[str, ...]
    follow: Follow | None = None


def _entries(document: Any, path: Path) -> list[SensorEntry]:
    if isinstance(document, dict):
        unknown = sorted(str(key) for key in document if key != "sensors")
        if "sensors" not in document or unknown:
            found = ", ".join(unknown) or "nothing"
            raise ConfigError(f"{path}: expected a list of sensors, or one under 'sensors:'; found {found}")
        document = document["sensors"]
    if not isinstance(document, list) or not document:
        raise ConfigError(f"{path}: expected a list of at least one sensor, found {type(document).__name__}")
    return [validate(SensorEntry, entry, f"{path}: sensors[{index}]") for index, entry in enumerate(document)]


def _setup(name: str, entries: Sequence[SensorEntry], path: Path) -> CameraSetup:
    first = entries[0]
    location, rotation = first.transform.location, first.transform.rotation
    body = pose_from_carla(
        np.array([location.x, location.y, location.z]) / CENTIMETRES_PER_METRE,
        np.array([rotation.roll, rotation.pitch, rotation.yaw]),
        parent="world" if first.follow is None else "actor",
        child="camera_body",
    )
    attributes = first.attributes
    try:
        camera = make_camera(attributes.image_size_x, attributes.image_size_y, attributes.fov, first.lens)
    except GeometryError as error:
        raise ConfigError(f"{path}: camera {name}: lens: {error}") from None
    return CameraSetup(
        name, camera, camera_pose_from_body(body), tuple(entry.sensor for entry in entries), first.follow
    )


def load_cameras(path: Path) -> list[CameraSetup]:
    """Read a camera file.

    Args:
        path: The YAML (or JSON) file.

    Returns:
        One setup per distinct pose, image, lens and followed actor, in the file's order.

    Raises:
        ConfigError: Malformed, a number out of range, a camera without an RGB sensor, or names that clash.
    """
    groups: dict[Any, list[SensorEntry]] = {}
    for entry in _entries(load_document(path), path):
        groups.setdefault((entry.name, entry.transform, entry.attributes, entry.follow, entry.lens), []).append(entry)
    if len(groups) > MAX_CAMERAS:
        raise ConfigError(f"{path}: {len(groups)} cameras are more than one run takes ({MAX_CAMERAS}); split the file")
    setups = []
    for index, entries in enumerate(groups.values()):
        name = entries[0].name or (f"camera_{index}" if len(groups) > 1 else "camera")
        kinds = [entry.sensor for entry in entries]
        if "rgb" not in kinds:
            raise ConfigError(
                f"{path}: camera {name} lists {', '.join(kinds)} but no rgb sensor with the same transform and "
                "attributes; add one: labels, edges and videos are drawn from it"
            )
        if len(set(kinds)) != len(kinds):
            raise ConfigError(f"{path}: camera {name} lists a sensor twice: {', '.join(kinds)}")
        setups.append(_setup(name, entries, path))
    if len({setup.name for setup in setups}) != len(setups):
        raise ConfigError(f"{path}: two cameras have the same name; give each its own")
    return setups
