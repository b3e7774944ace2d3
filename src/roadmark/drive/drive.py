"""`Drive`: one recording of a vehicle with several cameras, whatever format it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from roadmark.drive.footage import Footage
from roadmark.drive.map_layers import LayerName, MapElement
from roadmark.drive.problems import Problem, Problems
from roadmark.drive.tracks import ObjectTrack, TrackRules
from roadmark.drive.trajectory import Trajectory
from roadmark.errors import InputError
from roadmark.geometry import Box3D, Camera, FloatArray, Pose

ASPECT_TOLERANCE = 0.01
"""Relative difference of aspects up to which pictures are the calibrated image, scaled: 3848 x 2168 counts as 16:9."""


@dataclass(frozen=True, eq=False)
class DriveCamera:
    """One camera of a drive.

    Attributes:
        name: Canonical, such as "camera_front_wide_120fov"; unique within its drive.
        model: Its calibration, for pictures of the size that was calibrated; footage may be scaled.
        rig_from_camera: Where it sits: rig FLU from camera RDF, metres.
        frame_times: (F,) seconds of the drive of its frames 0 to F - 1, rising.
        footage: What it recorded; None where only labels are there.
        poses: World from camera at its own times, where the file measured it and it does not move rigidly with the
            rig; None otherwise.
    """

    name: str
    model: Camera
    rig_from_camera: Pose
    frame_times: FloatArray
    footage: Footage | None = None
    poses: Trajectory | None = None


@dataclass(frozen=True, eq=False)
class Drive:
    """A multi-camera recording of a vehicle: where it went, what it saw and what was around it.

    The world is right-handed FLU, metres; the rig is the vehicle's FLU frame; cameras are RDF. Times are seconds since
    `start_us`.

    Attributes:
        id: Unique in its data set.
        recording: What it was cut from: drives of one recording belong on one side of a split.
        format: Name of the format it was read from, such as "rds-hq"; "" where it was made in memory.
        path: File or folder it was read from, for messages.
        start_us: Absolute time 0 in microseconds, where the format has one.
        ego: World from rig.
        cameras: By name, in the order of the file.
        tracks: Objects around it.
        rules: Where objects are known between observations.
        map_layers: Elements of the map by layer.
        captions: Text by kind.
        problems: What was wrong and left out when it was read.
        notes: What may be good to know.
    """

    id: str
    recording: str
    ego: Trajectory
    cameras: Mapping[str, DriveCamera]
    tracks: tuple[ObjectTrack, ...] = ()
    format: str = ""
    path: Path = Path()
    start_us: int = 0
    rules: TrackRules = field(default_factory=TrackRules)
    map_layers: Mapping[LayerName, tuple[MapElement, ...]] = field(default_factory=dict)
    captions: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()

    def camera_pose(self, camera: str, time: float) -> Pose:
        """World from camera (RDF) at a time in seconds.

        Raises:
            InputError: There is no such camera, or no pose near that time.
        """
        if camera not in self.cameras:
            raise InputError(f"{self.path}: has no camera {camera!r}; it has {', '.join(self.cameras)}")
        own = self.cameras[camera]
        if own.poses is not None:
            return own.poses.pose_at(time)
        return self.ego.pose_at(time) @ own.rig_from_camera

    def boxes_at(self, time: float) -> list[tuple[ObjectTrack, Box3D]]:
        """Objects known at a time in seconds, with their boxes in the world."""
        boxes = ((track, track.box_at(time, self.rules)) for track in self.tracks)
        return [(track, box) for track, box in boxes if box is not None]


def check_drive(drive: Drive) -> list[Problem]:
    """Look for frames without a pose, and compare pictures with frames and calibrations.

    Videos are counted, not decoded.
    """
    problems = Problems()
    for name, camera in drive.cameras.items():
        missing = ~(camera.poses or drive.ego).knows(camera.frame_times)
        if missing.any():
            message = f"{int(missing.sum())} of {len(missing)} frames have no pose near their time"
            field = f"{drive.id} {name} frame {int(missing.argmax())}"
            problems.add("missing_frames", f"camera {name}", message, path=drive.path, field=field)
        if camera.footage is not None:
            with problems.recording("bad_footage", f"camera {name}"):
                _compare(camera, camera.footage, problems)
    return problems.found


def _compare(camera: DriveCamera, footage: Footage, problems: Problems) -> None:
    frames, width, height = footage.measure()
    item, model = f"camera {camera.name}", camera.model
    if frames != len(camera.frame_times):
        message = f"{frames} pictures, but the drive has {len(camera.frame_times)} frames"
        problems.add("wrong_length", item, message, path=footage.path)
    if abs((width / height) / (model.width / model.height) - 1.0) > ASPECT_TOLERANCE:
        message = f"{width} x {height} pixels, but {model.width} x {model.height} were calibrated"
        problems.add("wrong_size", item, message, path=footage.path)
