"""A clip as a Rerun recording: camera, pictures, depth, classes, boxes, trajectories, lanes and events in 3D over time.

Source: rerun.io, "Types" (archetypes) and "Log and Ingest". Written with rerun-sdk, which dates every chunk: two
recordings of one clip hold the same data and not the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import CLASS_NAMES, PALETTE
from roadmark.clip import Clip, ClipEvent, ObjectLabel
from roadmark.errors import ConfigError, InputError, MissingExtraError
from roadmark.files import atomic_file, output_errors, read_bounded
from roadmark.geometry import PinholeCamera, quaternion_from_rotation
from roadmark.maps import load_opendrive

if TYPE_CHECKING:
    from types import ModuleType

WORLD, CAMERA, EVENTS = "world", "world/camera", "events"
FRAME, TIME = "frame", "time"
"""Time lines: the frame's number, and seconds from the clip's start."""

COLORS = {
    "car": (64, 156, 255), "truck": (170, 120, 255), "bus": (255, 176, 32), "train": (190, 190, 190),
    "motorcycle": (255, 120, 190), "bicycle": (120, 230, 120), "pedestrian": (255, 80, 80), "rider": (255, 110, 60),
}  # fmt: skip
"""Colours of boxes; the palette's own are too dark to be seen before pictures."""

LANE_COLOR, DRIVING_COLOR = (150, 130, 100), (120, 130, 150)
THIN, WIDE = -1.0, -2.0
"""Widths of lines; Rerun takes negative ones as points of the screen."""
REACH = 150.0
"""Metres around camera and objects within which lanes are drawn."""
BEHIND, ABOVE, AHEAD = 15.0, 10.0, 25.0
"""Metres from the camera to where one first looks from, and to what one looks at."""
STEPS_PER_METRE = {"1/256m": 256.0, "mm": 1000.0}
MAX_IMAGE = 1 << 30

Pictures = Literal["frames", "video"]


@dataclass(frozen=True)
class RecordingOptions:
    """What is recorded.

    Attributes:
        every: Every how many frames pictures, depth and classes are recorded; boxes and poses are of every frame.
        pictures: `frames` holds the JPEG files, `video` the clip's H.264, which is smaller and which some viewers
            cannot decode.

    Raises:
        ConfigError: A value that makes no sense.
    """

    every: int = 1
    pictures: Pictures = "frames"

    def __post_init__(self) -> None:
        if self.every < 1:
            raise ConfigError(f"every must be 1 or more, not {self.every}")
        if self.pictures not in ("frames", "video"):
            raise ConfigError(f"pictures must be frames or video, not {self.pictures!r}")


@dataclass(frozen=True)
class Recorded:
    """What a recording holds.

    Attributes:
        frames: Frames of the clip.
        actors: Labelled actors.
        events: Events.
        notes: What a user should know.
    """

    frames: int
    actors: int
    events: int
    notes: tuple[str, ...]


def write_recording(
    clip: Clip, path: Path | str, options: RecordingOptions | None = None, progress: Callable[[], object] | None = None
) -> Recorded:
    """Write a clip as an `.rrd` file, whole or not at all.

    Entities: `world/camera` (its pose) with `image` (the pinhole) and below it `rgb`, `depth`, `classes` and `boxes`;
    `world/actors/<id>`, `world/trajectories/<id>`, `world/lanes`; `events`. A camera that is no pinhole has no frustum;
    its pictures are below `image`, beside the world.

    Args:
        clip: The clip.
        path: The file.
        options: What is recorded.
        progress: Called after every frame.

    Raises:
        MissingExtraError: rerun-sdk is not installed.
        InputError: Something of the clip is missing.
        FormatError: Something of it is malformed.
        OutputError: The file cannot be written.
    """
    rr = load_rerun()
    with atomic_file(Path(path)) as partial, output_errors(Path(path)):
        stream = rr.RecordingStream("roadmark", recording_id=clip.digest[:32], send_properties=False)
        rr.set_log_time_enabled(False, recording=stream)
        rr.set_log_tick_enabled(False, recording=stream)
        recorder = _Recorder(rr, stream, clip, options or RecordingOptions())
        stream.save(str(partial), default_blueprint=recorder.layout())
        try:
            return recorder.record(progress)
        finally:
            stream.disconnect()


def load_rerun() -> ModuleType:
    """The rerun library.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        import rerun  # noqa: PLC0415 - optional, and slow to load
        import rerun.blueprint  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError("rerun-sdk", "view") from None
    return rerun


class _Recorder:
    """One recording under way."""

    def __init__(self, rr: Any, stream: Any, clip: Clip, options: RecordingOptions) -> None:
        self._rr, self._stream, self._clip, self._options = rr, stream, clip, options
        self._notes: list[str] = []
        self._is_pinhole = isinstance(clip.camera, PinholeCamera)
        self._image = f"{CAMERA}/image" if self._is_pinhole else "image"
        start = clip.manifest.frames[0].time
        seconds = np.array([frame.time - start for frame in clip.manifest.frames])
        self._times = np.round(seconds * 1e9).astype("timedelta64[ns]")  # Rerun cuts fractions of nanoseconds

    def layout(self) -> Any:
        """World, seen from above and behind the camera, beside the images; events below."""
        views = self._rr.blueprint
        pose = self._clip[0].pose
        ahead = pose.rotation[:, 2]
        eye = views.EyeControls3D(
            position=pose.translation - BEHIND * ahead + [0.0, 0.0, ABOVE],
            look_target=pose.translation + AHEAD * ahead,
            eye_up=(0.0, 0.0, 1.0),
        )
        images = [
            views.Spatial2DView(
                origin=f"/{self._image}", name=name.capitalize(), contents=[f"$origin/{name}", "$origin/boxes"]
            )
            for name in ("rgb", "depth", "classes")
        ]
        scenes = views.Horizontal(
            views.Spatial3DView(
                origin=f"/{WORLD}", name="World", contents=["$origin/**", "- $origin/camera/image/classes"],
                eye_controls=eye,
            ),
            views.Tabs(*images),
            column_shares=(3, 2),
        )  # fmt: skip
        events = views.TextLogView(origin=f"/{EVENTS}", name="Events")
        return views.Blueprint(views.Vertical(scenes, events, row_shares=(5, 1)), collapse_panels=True)

    def record(self, progress: Callable[[], object] | None) -> Recorded:
        """Write everything."""
        rr, stream = self._rr, self._stream
        stream.send_recording_name(self._clip.path.resolve().name)
        stream.log(WORLD, rr.ViewCoordinates.RIGHT_HAND_Z_UP, static=True)
        classes = [
            rr.AnnotationInfo(id=number, label=name, color=PALETTE[number].tolist())
            for number, name in enumerate(CLASS_NAMES)
        ]
        stream.log("/", rr.AnnotationContext(classes), static=True)
        self._record_camera()
        if self._options.pictures == "video":
            self._record_video()
        for index in range(len(self._clip)):
            self._record_frame(index)
            if progress is not None:
                progress()
        self._record_actors()
        self._record_lanes()
        events = self._clip.events()
        for event in events:
            self._record_event(event)
        return Recorded(len(self._clip), len(self._tracks), len(events), tuple(self._notes))

    @cached_property
    def _objects(self) -> list[Sequence[ObjectLabel]]:
        """Labels of every frame."""
        return [frame.labels().objects for frame in self._clip]

    @cached_property
    def _tracks(self) -> dict[int, dict[int, ObjectLabel]]:
        """Labels of every actor, by frame."""
        tracks: dict[int, dict[int, ObjectLabel]] = {}
        for index, labels in enumerate(self._objects):
            for label in labels:
                tracks.setdefault(label.actor_id, {})[index] = label
        return dict(sorted(tracks.items()))

    def _at(self, indices: NDArray[np.int64]) -> list[Any]:
        """Both time lines of some frames."""
        columns = self._rr.TimeColumn
        return [columns(FRAME, sequence=indices), columns(TIME, duration=self._times[indices])]

    def _send(self, entity: str, indices: Sequence[int] | NDArray[np.int64], columns: Any) -> None:
        self._rr.send_columns(entity, self._at(np.asarray(indices, np.int64)), columns, recording=self._stream)

    def _record_camera(self) -> None:
        rr, camera = self._rr, self._clip.camera
        poses = [frame.pose for frame in self._clip]
        moved = rr.Transform3D.columns(
            translation=np.array([pose.translation for pose in poses]),
            quaternion=_xyzw(np.array([pose.rotation for pose in poses])),
        )
        self._send(CAMERA, range(len(poses)), moved)
        if isinstance(camera, PinholeCamera):
            pinhole = rr.Pinhole(
                resolution=[camera.width, camera.height],
                focal_length=[camera.fx, camera.fy],
                principal_point=[camera.cx, camera.cy],
                camera_xyz=rr.ViewCoordinates.RDF,
                image_plane_distance=5.0,
            )
            self._stream.log(self._image, pinhole, static=True)
        else:
            self._notes.append(
                f"the camera is no pinhole ({type(camera).__name__}): its place is recorded without a frustum, "
                "pictures and 2D boxes lie beside the world"
            )

    def _record_video(self) -> None:
        rr = self._rr
        video = rr.AssetVideo(contents=read_bounded(self._clip.video("rgb"), MAX_IMAGE), media_type="video/mp4")
        self._stream.log(f"{self._image}/rgb", video, static=True)
        times = video.read_frame_timestamps_nanos()
        count = min(len(times), len(self._clip))
        shown = rr.VideoFrameReference.columns_nanos(np.asarray(times)[:count])
        self._send(f"{self._image}/rgb", range(count), shown)

    def _record_frame(self, index: int) -> None:
        rr, clip, folders = self._rr, self._clip, self._clip.manifest.folders
        labels = self._objects[index]
        corners = np.array([label.bbox_2d for label in labels], np.float32).reshape(-1, 4)
        boxes = rr.Boxes2D(
            array=corners + np.array([0, 0, 1, 1], np.float32),  # whole pixels included
            array_format=rr.Box2DFormat.XYXY,
            labels=[_name(label) for label in labels],
            colors=[COLORS.get(label.category, (255, 255, 255)) for label in labels],
            show_labels=False,
        )
        self._log(index, "boxes", boxes)
        if index % self._options.every:
            return
        frame = clip[index]
        if "rgb" in folders and self._options.pictures == "frames":
            picture = read_bounded(frame.file("rgb"), MAX_IMAGE)
            kind = "image/png" if frame.file("rgb").suffix == ".png" else "image/jpeg"
            self._log(index, "rgb", rr.EncodedImage(contents=picture, media_type=kind))
        if "depth" in folders:
            depth = read_bounded(frame.file("depth"), MAX_IMAGE)
            meter = STEPS_PER_METRE[clip.manifest.depth.unit]
            self._log(index, "depth", rr.EncodedDepthImage(depth, media_type="image/png", meter=meter))
        if "semantic_segmentation_raw" in folders:
            self._log(index, "classes", rr.SegmentationImage(frame.semantic()))

    def _log(self, index: int, name: str, thing: Any) -> None:
        self._stream.set_time(FRAME, sequence=index)
        self._stream.set_time(TIME, duration=self._times[index])
        self._stream.log(f"{self._image}/{name}", thing)

    def _record_actors(self) -> None:
        rr = self._rr
        for actor, track in self._tracks.items():
            labels = list(track.values())
            color = COLORS.get(labels[0].category, (255, 255, 255))
            lengths = [int(index in track) for index in range(len(self._clip))]  # where it is not labelled: no box
            boxes = rr.Boxes3D.columns(
                centers=np.array([label.box.center for label in labels]),
                half_sizes=0.5 * np.array([label.box.size for label in labels]),
                quaternions=_xyzw(np.array([label.box.rotation for label in labels])),
                labels=[_name(label) for label in labels],
                colors=[color] * len(labels),
                class_ids=[_class_id(label) for label in labels],
            )
            self._send(f"{WORLD}/actors/{actor}", range(len(self._clip)), boxes.partition(lengths))
            path = np.array([label.box.center for label in labels])
            strip = rr.LineStrips3D([path], colors=[color], radii=[WIDE], labels=[_name(labels[0])], show_labels=False)
            self._stream.log(f"{WORLD}/trajectories/{actor}", strip, static=True)

    def _record_lanes(self) -> None:
        if "map.xodr" not in self._clip.manifest.source:
            self._notes.append("the clip holds no map: no lanes are recorded")
            return
        try:
            path = self._clip.source("map.xodr")
        except InputError:
            self._notes.append("the clip does not hold its map's file: no lanes are recorded")
            return
        centers = [frame.pose.translation for frame in self._clip][:: max(1, len(self._clip) // 10)]
        centers += [next(iter(track.values())).box.center for track in self._tracks.values()]
        strips = load_opendrive(path).near(np.array(centers), REACH).strips()
        lines = [edge for strip in strips for edge in (strip.left, strip.right)]
        colors = [DRIVING_COLOR if strip.type == "driving" else LANE_COLOR for strip in strips for _ in range(2)]
        self._stream.log(f"{WORLD}/lanes", self._rr.LineStrips3D(lines, colors=colors, radii=[THIN]), static=True)

    def _record_event(self, event: ClipEvent) -> None:
        kind = f"{event.category} ({event.sub_category})" if event.sub_category else event.category
        actors = ", ".join(map(str, event.actor_ids)) or "nobody"
        caption = f": {event.caption}" if event.caption else ""
        text = f"{kind} of {actors}, {event.start_time:.3f} s to {event.end_time:.3f} s{caption}"
        self._stream.set_time(FRAME, sequence=event.first_frame)
        self._stream.set_time(TIME, duration=event.start_time)
        level = "WARN" if event.category == "collision" else "INFO"
        self._stream.log(EVENTS, self._rr.TextLog(text, level=level))


def _name(label: ObjectLabel) -> str:
    return f"{label.category} {label.actor_id}"


def _class_id(label: ObjectLabel) -> int:
    return CLASS_NAMES.index(label.category) if label.category in CLASS_NAMES else 0


def _xyzw(rotations: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, 4) quaternions of (N, 3, 3) rotations as Rerun wants them, w last."""
    return np.roll(quaternion_from_rotation(rotations), -1, axis=-1)
