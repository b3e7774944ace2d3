"""`ClipWriter`: one camera's labelled recording, written whole or not at all."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import roadmark
from roadmark.clip.calibration import CameraRecord, Matrix, camera_record, pose_matrix
from roadmark.clip.encoding import FrameEncoder
from roadmark.clip.frames import FrameImages
from roadmark.clip.ids import IdMap
from roadmark.clip.label_files import LabelFiles
from roadmark.clip.labels import ClipEvent, CollisionEvent, FrameLabels
from roadmark.clip.layout import MANIFEST, SOURCE_FOLDER, VIDEO_FOLDER
from roadmark.clip.ledger import Ledger
from roadmark.clip.manifest import (
    ActorRecord,
    ClipManifest,
    DepthRecord,
    FrameRate,
    FrameRecord,
    SourceRecord,
    check_inside,
)
from roadmark.clip.options import ClipOptions, Provenance, SourceFile
from roadmark.clip.staging import clip_directory
from roadmark.errors import InputError, OutputError
from roadmark.files import hash_file, output_errors, write_file
from roadmark.geometry import Camera
from roadmark.media import EncoderPool

FRAMES_IN_FLIGHT = 2
"""Frames whose encoding may wait: at 1080p each holds about 30 MB."""

_TOOLS = ("numpy", "opencv-python-headless", "av", "pyarrow", "numba", "scipy", "embreex")


class ClipWriter:
    """Writes a clip frame by frame; a context manager.

    Files go to a hidden sibling of the output folder, which takes its place when `finish` has written the last of them.
    On an error, or when the block is left without `finish`, what was written is removed; a killed process leaves only
    the hidden sibling, which the next run clears away.

    Encoding runs in background threads beside the caller's rendering; its errors surface at the next call.

    Args:
        output_dir: The clip's folder.
        camera: The camera all frames come from.
        fps: Exact frame rate of the videos.
        options: What to write.
        provenance: Where it comes from.
        collisions: Collisions of the clip; None where they were not looked for.
        events: Other events of the clip.
        id_map: Ids in instance images where they are not the actors' own (`map_ids`).

    Raises:
        OutputError: The folder is not free, or cannot be written.

    Examples:
        >>> with ClipWriter(Path("out/clip"), camera, Fraction(30)) as writer:  # doctest: +SKIP
        ...     for images, labels in rendered:
        ...         writer.write_frame(images, labels)
        ...     writer.finish()
    """

    def __init__(
        self,
        output_dir: Path | str,
        camera: Camera,
        fps: Fraction,
        options: ClipOptions | None = None,
        *,
        provenance: Provenance | None = None,
        collisions: Sequence[CollisionEvent] | None = None,
        events: Sequence[ClipEvent] = (),
        id_map: IdMap | None = None,
    ) -> None:
        self._camera = camera
        self._fps = FrameRate(numerator=fps.numerator, denominator=fps.denominator)
        self._options = options or ClipOptions()
        self._provenance = provenance or Provenance()
        self._collisions = None if collisions is None else tuple(sorted(collisions, key=_event_order))
        self._events = (*(self._collisions or ()), *sorted(events, key=_event_order))
        self._id_map = id_map or IdMap()
        self._frames: list[FrameRecord] = []
        self._poses: list[Matrix] = []
        self._directory = clip_directory(Path(output_dir), overwrite=self._options.overwrite)
        self._open = True
        with ExitStack() as undo:
            undo.callback(self._directory.discard)
            self._ledger = Ledger(self._directory.path)
            self._make_folders()
            self._sources = {source.name: self._take_source(source) for source in self._provenance.sources}
            folders = frozenset(self._options.folders)
            size = (camera.width, camera.height)
            self._labels = LabelFiles(self._ledger, size, folders, self._events, self._id_map)
            undo.callback(self._labels.abort)
            lanes = len(folders) + 1
            self._pool = EncoderPool(self._options.encode_threads, max_waiting=FRAMES_IN_FLIGHT * lanes)
            undo.callback(self._pool.close, drop=True)
            self._encoder = FrameEncoder(self._ledger, self._pool, self._options, camera, fps, self._id_map)
            undo.pop_all()

    @property
    def output_dir(self) -> Path:
        """Where the clip will be."""
        return self._directory.target

    @property
    def frame_count(self) -> int:
        """Frames given so far."""
        return len(self._frames)

    def write_frame(self, images: FrameImages, labels: FrameLabels) -> int:
        """Add the next frame and return its number; encoding goes on in the background.

        Args:
            images: The pictures; they must not be changed afterwards.
            labels: Objects, pose and time; times ascend.

        Raises:
            InputError: An image or label does not fit the clip.
            OutputError: Something given earlier could not be written.
        """
        self._require_open()
        index = len(self._frames)
        images.check(self._camera.width, self._camera.height, self._options.modalities)
        if self._frames and labels.time <= self._frames[-1].time:
            raise InputError(f"frame {index}: time {labels.time} s does not follow {self._frames[-1].time} s")
        for label in labels.objects:
            if label.bbox_2d[2] >= self._camera.width or label.bbox_2d[3] >= self._camera.height:
                raise InputError(f"frame {index}, actor {label.actor_id}: bbox_2d {label.bbox_2d} leaves the image")
            self._id_map.stored(label.actor_id)  # refuses an id that fits no instance image
        self._frames.append(FrameRecord(index=index, source_frame=labels.source_frame, time=labels.time))
        self._poses.append(pose_matrix(labels.pose))
        colliding = frozenset(
            actor
            for event in self._collisions or ()
            if event.first_frame <= index <= event.last_frame
            for actor in event.actor_ids
        )
        self._pool.submit(self._labels.add, index, labels, lane="labels")
        self._encoder.submit(index, images, labels, colliding)
        return index

    def finish(self, *, notes: Sequence[str] = ()) -> Path:
        """Wait for the encoders, write the rest, and put the clip in its place.

        Args:
            notes: Warnings met on the way, kept in the manifest after those of the provenance.

        Returns:
            The clip's folder.

        Raises:
            OutputError: No frame was given, or something could not be written.
        """
        self._require_open()
        if not self._frames:
            raise OutputError(f"{self.output_dir}: a clip without frames is not written")
        self._pool.wait()
        self._pool.close()
        self._encoder.finish(len(self._frames))
        self._labels.finish(collisions_known=self._collisions is not None)
        manifest = self._manifest(tuple(notes))
        write_file(self._directory.path / MANIFEST, manifest.to_json())
        self._directory.publish()
        self._open = False
        return self.output_dir

    def abort(self) -> None:
        """Remove what was written; does nothing after `finish`."""
        if self._open:
            self._open = False
            self._pool.close(drop=True)
            self._encoder.abort()
            self._labels.abort()
            self._directory.discard()

    def __enter__(self) -> ClipWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.abort()

    def _require_open(self) -> None:
        if not self._open:
            raise OutputError(f"{self.output_dir}: the clip is finished or given up; nothing can be added")

    def _make_folders(self) -> None:
        names = [*self._options.folders, *([VIDEO_FOLDER] if self._options.video_names else [])]
        with output_errors(self._directory.path):
            for name in names:
                (self._directory.path / name).mkdir()

    def _take_source(self, source: SourceFile) -> SourceRecord:
        name = f"{SOURCE_FOLDER}/{source.name}"
        try:
            check_inside(name)
        except ValueError as error:
            raise OutputError(str(error)) from None
        if isinstance(source.content, Path) and not source.stored:
            size, digest = hash_file(source.content)
            return SourceRecord(sha256=digest.hex(), bytes=size)
        with output_errors(self._directory.path):
            (self._directory.path / SOURCE_FOLDER).mkdir(exist_ok=True)
        if isinstance(source.content, Path):
            size, digest = self._ledger.copy(name, source.content)
        else:
            size, digest = len(source.content), self._ledger.write(name, source.content)
        return SourceRecord(sha256=digest.hex(), bytes=size, file=name)

    def _manifest(self, notes: tuple[str, ...]) -> ClipManifest:
        provenance = self._provenance
        return ClipManifest(
            width=self._camera.width,
            height=self._camera.height,
            fps=self._fps,
            frames=tuple(self._frames),
            cameras=(
                CameraRecord(
                    name=provenance.camera_name, intrinsics=camera_record(self._camera), poses=tuple(self._poses)
                ),
            ),
            folders=self._options.folders,
            videos=self._options.video_names,
            depth=DepthRecord(
                unit=self._options.depth_unit,
                measure="range" if self._options.depth_is_range else "z",
                video_near=self._encoder.depth_near,
            ),
            actors=self._actors(),
            map_name=provenance.map_name,
            scenario=provenance.scenario,
            conditions=dict(provenance.conditions),
            metadata=dict(provenance.metadata),
            source=self._sources,
            files=self._ledger.records(),
            tools=tool_versions() | dict(provenance.tools),
            notes=(*provenance.notes, *notes),
        )

    def _actors(self) -> dict[str, ActorRecord]:
        records = {}
        for actor_id in sorted({*self._provenance.actors, *self._id_map.changed}):
            record = self._provenance.actors.get(actor_id, ActorRecord(blueprint_id=""))
            records[str(actor_id)] = record.model_copy(update={"stored_id": self._id_map.changed.get(actor_id)})
        return records


def tool_versions() -> dict[str, str]:
    """Versions of Roadmark and of the libraries that decide a clip's bytes, as far as they are installed."""
    versions = {"roadmark": roadmark.__version__}
    for name in _TOOLS:
        with suppress(importlib.metadata.PackageNotFoundError):
            versions[name] = importlib.metadata.version(name)
    return versions


def _event_order(event: ClipEvent) -> tuple[float, float, str, tuple[int, ...]]:
    return event.start_time, event.end_time, event.category, event.actor_ids
