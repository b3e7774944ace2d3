"""Which files a simulation reads and which folders it writes, found and named before anything large is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from roadmark.config import Resolved
from roadmark.errors import ConfigError, InputError
from roadmark.files import has_file
from roadmark.maps import find_map
from roadmark.scenario.carla_log import LogReader
from roadmark.simulate.cameras import CameraSetup, load_cameras
from roadmark.simulate.class_filter import find_class_filter
from roadmark.simulate.settings import SimulateSettings, required_paths
from roadmark.twins import surroundings_path

NEEDED = {
    "recorder_filename": "--recorder-filename",
    "camera_config": "--camera-config",
    "output_dir": "--output-dir",
}
"""Inputs without a default, and the options that give them."""

NO_SURROUNDINGS = "none"
"""Value of `surroundings` that leaves a file beside the map alone."""

_NAME_SHOWN = 200


@dataclass(frozen=True)
class InputFiles:
    """The files and folders of one simulation.

    Attributes:
        recording: The recording.
        map_file: The OpenDRIVE map it was made on.
        camera_file: The camera file.
        class_filter: The class filter.
        cameras: The cameras, one clip each.
        output_dirs: Where each camera's clip goes.
        surroundings: What stands around the map's roads, where a file says so.
        scene_model: A model that stands instead.
        scene_classes: What its parts are.
        notes: What the user should know about the choice.
    """

    recording: Path
    map_file: Path
    camera_file: Path
    class_filter: Path
    cameras: tuple[CameraSetup, ...]
    output_dirs: tuple[Path, ...]
    surroundings: Path | None
    scene_model: Path | None
    scene_classes: Path | None
    notes: tuple[str, ...]


def locate_inputs(resolved: Resolved[SimulateSettings], *, nest: bool = False) -> InputFiles:
    """Find every file; of the recording only the header is read.

    Args:
        resolved: The settings with their origins.
        nest: Clips of several cameras go inside the output folder instead of beside it.

    Raises:
        ConfigError: A setting is missing or wrong.
        InputError: A file is missing or unreadable.
    """
    settings = resolved.settings
    _check_scene(settings)
    recording, camera_file, output = required_paths(resolved, NEEDED)
    cameras = tuple(load_cameras(camera_file))
    origin = Path(resolved.origin("class_filter_config"))
    class_filter, filter_note = find_class_filter(settings.class_filter_config, origin if origin.is_file() else None)
    map_name = LogReader(recording).header.map_name
    map_file = _find_map(settings.xodr_path, map_name, recording)
    return InputFiles(
        recording=recording,
        map_file=map_file,
        camera_file=camera_file,
        class_filter=class_filter,
        cameras=cameras,
        output_dirs=_output_dirs(output, cameras, nest),
        surroundings=None if settings.scene_model else find_surroundings(settings.surroundings, map_file),
        scene_model=settings.scene_model,
        scene_classes=settings.scene_classes,
        notes=(*((filter_note,) if filter_note else ()), *_map_notes(map_file, map_name)),
    )


def _check_scene(settings: SimulateSettings) -> None:
    """Check that a model's files are there and that nothing else is to stand in its place."""
    if settings.scene_model is None:
        if settings.scene_classes is not None:
            raise ConfigError(f"scene_classes = {settings.scene_classes}: goes with scene_model, which is not given")
        return
    if settings.surroundings is not None and str(settings.surroundings).lower() != NO_SURROUNDINGS:
        raise ConfigError("scene_model and surroundings are both given; only one can stand around the roads")
    for path in (settings.scene_model, settings.scene_classes):
        if path is not None and not has_file(path):
            raise InputError(f"{path}: no such file; check the path")


def find_surroundings(given: Path | None, map_file: Path) -> Path | None:
    """The file of what stands around a map's roads: the one given, else the one beside the map, if any.

    Raises:
        InputError: The one given is missing.
    """
    if given is not None:
        if str(given).lower() == NO_SURROUNDINGS:
            return None
        if not has_file(given):
            raise InputError(f"{given}: no such file; give the surroundings of {map_file.name}, or none")
        return given
    beside = surroundings_path(map_file)
    return beside if has_file(beside) else None


def _output_dirs(output: Path, cameras: tuple[CameraSetup, ...], nest: bool) -> tuple[Path, ...]:
    if len(cameras) == 1:
        return (output,)
    if nest:
        return tuple(output / camera.name for camera in cameras)
    return tuple(output.with_name(f"{output.name}_{camera.name}") for camera in cameras)


def _find_map(xodr_path: Path | None, map_name: str, recording: Path) -> Path:
    if xodr_path is not None:
        return find_map(xodr_path, map_name)
    try:
        return find_map(recording.parent, map_name)
    except InputError:
        raise ConfigError(
            f"{recording}: was recorded on the map {map_name[:_NAME_SHOWN]!r}, "
            "and no OpenDRIVE file of it lies beside it; give the file, or a folder that has it, with --xodr-path"
        ) from None


def _map_notes(map_file: Path, map_name: str) -> list[str]:
    """Say where a map was given that does not bear the recording's name."""
    bare = map_name.replace("\\", "/").rpartition("/")[2].lower()
    stem = map_file.stem.lower()
    if bare.startswith(stem) or stem.startswith(bare):
        return []
    return [f"the recording was made on {map_name[:_NAME_SHOWN]}, the map given is {map_file.name}: they may not fit"]
