"""`Clip`: a clip on disk, read frame by frame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from roadmark.clip.files_in import inside, read_json, read_object
from roadmark.clip.labels import ClipEvent, FrameLabels, frames_during
from roadmark.clip.layout import COLLISIONS, EVENTS, FOLDERS, INSTANCES, LABEL_TABLE, MANIFEST, video_file
from roadmark.clip.ledger import fold
from roadmark.clip.manifest import ClipManifest, read_manifest
from roadmark.clip.odvg import label_from_record
from roadmark.errors import FormatError, InputError
from roadmark.files import has_file, hash_file, input_errors
from roadmark.geometry import Camera, Pose
from roadmark.media import decode_depth, read_image

if TYPE_CHECKING:
    import pyarrow as pa


class Clip:
    """A whole clip. Iterating gives its frames; images and labels are read when asked for.

    Attributes:
        path: The clip's folder.
        manifest: Its `clip.json`.

    Examples:
        >>> clip = Clip.open("out/clip")  # doctest: +SKIP
        >>> for frame in clip:  # doctest: +SKIP
        ...     print(frame.time, len(frame.labels().objects), frame.depth().min())
    """

    def __init__(self, path: Path, manifest: ClipManifest) -> None:
        self.path = path
        self.manifest = manifest

    @classmethod
    def open(cls, path: Path | str) -> Clip:
        """Open a clip's folder.

        Raises:
            InputError: It is no whole clip.
            FormatError: Its manifest is malformed.
        """
        root = Path(path)
        return cls(root, read_manifest(root / MANIFEST))

    def __len__(self) -> int:
        return len(self.manifest.frames)

    def __getitem__(self, index: int) -> ClipFrame:
        if not -len(self) <= index < len(self):
            raise IndexError(f"frame {index} of {len(self)}")
        return ClipFrame(self, index % len(self))

    def __iter__(self) -> Iterator[ClipFrame]:
        return (ClipFrame(self, index) for index in range(len(self)))

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the images."""
        return self.manifest.width, self.manifest.height

    @property
    def fps(self) -> Fraction:
        """Exact frame rate of the videos."""
        return self.manifest.fps.fraction

    @cached_property
    def camera(self) -> Camera:
        """The camera."""
        return self.manifest.camera()

    @cached_property
    def changed_ids(self) -> dict[int, int]:
        """Id in instance images to the actor's id, where they differ (`IdMap.changed`, turned round)."""
        actors = self.manifest.actors.items()
        return {record.stored_id: int(actor) for actor, record in actors if record.stored_id is not None}

    @cached_property
    def captions(self) -> dict[int, str]:
        """Words for every labelled actor, by its id; of a clip without `instances.json`, none.

        Raises:
            FormatError: The file is malformed.
        """
        path = inside(self.path, INSTANCES)
        if not has_file(path):
            return {}
        try:
            records = read_object(path)["instances"].values()
            return {int(record["instance_id"]): str(record["caption"]) for record in records if record.get("caption")}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise FormatError(f"no instances: {type(error).__name__} {error}", path=path) from None

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest, which holds the digests of all other files: what the clip is, whatever its name."""
        return hash_file(self.path / MANIFEST)[1].hex()

    def video(self, name: str) -> Path:
        """Path of a video.

        Raises:
            InputError: The clip has none of that name.
        """
        if name not in self.manifest.videos:
            raise InputError(f"{self.path}: has no {name} video; there are {', '.join(self.manifest.videos) or 'none'}")
        return inside(self.path, video_file(name))

    def source(self, name: str) -> Path:
        """Path of an input kept in the clip.

        Raises:
            InputError: It is not kept here.
        """
        record = self.manifest.source.get(name)
        if record is None or record.file is None:
            raise InputError(f"{self.path}: does not hold the input {name!r}")
        return inside(self.path, record.file)

    def table(self, columns: Sequence[str] | None = None) -> pa.Table:
        """Every scalar label, one row per frame and object.

        Args:
            columns: Only these, as far as the table has them; reading few is faster.

        Raises:
            InputError: The clip has no table (adopted ones do not).
            FormatError: It is damaged.
        """
        import pyarrow as pa  # noqa: PLC0415 - an eighth of a second that few readers need
        import pyarrow.parquet as pq  # noqa: PLC0415

        path = inside(self.path, LABEL_TABLE)
        if not has_file(path):
            raise InputError(f"{path}: no such file")
        try:
            with pq.ParquetFile(path) as file:
                return file.read(columns=None if columns is None else list(columns))
        except (pa.ArrowException, OSError) as error:
            raise FormatError(f"not a readable table: {error}", path=path) from None

    def events(self) -> list[ClipEvent]:
        """Every event of the clip; of a clip without `events.json`, its collisions.

        Raises:
            FormatError: An event's fields are missing or wrong.
        """
        path = inside(self.path, EVENTS)
        if not has_file(path):
            path = inside(self.path, COLLISIONS)
        if not has_file(path):
            return []
        records = read_json(path)
        if not isinstance(records, list):
            raise FormatError(f"expected a list of events, found {type(records).__name__}", path=path)
        return [self._event(record, path, position) for position, record in enumerate(records)]

    def verify(self) -> list[str]:
        """Compare every file with the manifest's digests.

        Returns:
            What is missing or changed, one sentence each; empty for a sound clip.
        """
        problems = []
        for name, record in self.manifest.files.items():
            path = inside(self.path, name)
            try:
                files = self._files(name, path)
                found = fold({file.name: hash_file(file) for file in files}) if files else None
            except InputError as error:
                problems.append(str(error))
                continue
            if found != record:
                held = f"{found.files} files, {found.bytes} bytes" if found else "nothing"
                problems.append(
                    f"{path}: expected {record.files} files, {record.bytes} bytes, found {held} (or changed)"
                )
        return problems

    def _files(self, name: str, path: Path) -> list[Path]:
        """The file of a manifest's entry, or the frames of a folder, checked to lie inside the clip."""
        with input_errors(path):
            names = sorted(entry.name for entry in path.iterdir()) if path.is_dir() else [""]
        if name in FOLDERS:
            names = [file for file in names if not file or FOLDERS[name].index(file) is not None]
        return [inside(self.path, f"{name}/{file}") if file else path for file in names]

    def _event(self, record: Any, path: Path, position: int) -> ClipEvent:
        try:
            start, end = float(record["start_time"]), float(record["end_time"])
            times = np.array([frame.time for frame in self.manifest.frames]) - self.manifest.frames[0].time
            first, last = record.get("first_frame"), record.get("last_frame")
            if first is None or last is None:
                first, last = frames_during(times, start, end)
            if int(last) >= len(self):
                raise InputError(f"last_frame {int(last)} is none of the clip's {len(self)}")
            return ClipEvent(
                category=str(record["category"]),
                start_time=start,
                end_time=end,
                first_frame=int(first),
                last_frame=int(last),
                actor_ids=tuple(int(actor) for actor in record["objects"]),
                sub_category=str(record.get("event_sub_category") or ""),
                caption=str(record.get("event_caption") or ""),
                attributes=dict(record.get("attributes") or {}),
            )
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, InputError) as error:
            raise FormatError(f"event {position}: {type(error).__name__} {error}", path=path) from None


class ClipFrame:
    """One frame of a clip; images are read at every call.

    Attributes:
        clip: The clip.
        index: The frame's number.
    """

    def __init__(self, clip: Clip, index: int) -> None:
        self.clip = clip
        self.index = index

    @property
    def time(self) -> float:
        """Seconds in the recording's clock."""
        return self.clip.manifest.frames[self.index].time

    @property
    def source_frame(self) -> int:
        """The recording's frame, -1 where it is not known."""
        return self.clip.manifest.frames[self.index].source_frame

    @property
    def pose(self) -> Pose:
        """world_from_camera: world FLU, camera RDF."""
        return self.clip.manifest.pose(self.index)

    def file(self, folder: str) -> Path:
        """Path of one of the frame's files.

        Raises:
            InputError: The clip has no such folder.
        """
        if folder not in self.clip.manifest.folders or folder not in FOLDERS:
            have = ", ".join(self.clip.manifest.folders)
            raise InputError(f"{self.clip.path}: has no {folder} images; there are {have}")
        return inside(self.clip.path, FOLDERS[folder].file(self.index))

    def rgb(self) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 picture."""
        image: NDArray[np.uint8] = self._image("rgb", 3, np.uint8)
        return image

    def depth(self) -> NDArray[np.float32]:
        """(H, W) float32 metres (see the manifest's `depth.measure`), inf where nothing was hit."""
        return decode_depth(self.stored_depth(), self.clip.manifest.depth.unit)

    def stored_depth(self) -> NDArray[np.uint16]:
        """(H, W) uint16 depth as stored, in the manifest's unit; see `depth`."""
        image: NDArray[np.uint16] = self._image("depth", 1, np.uint16)
        return image

    def semantic(self) -> NDArray[np.uint8]:
        """(H, W) uint8 class ids."""
        image: NDArray[np.uint8] = self._image("semantic_segmentation_raw", 1, np.uint8)
        return image

    def instance(self) -> NDArray[np.uint16]:
        """(H, W) uint16 ids as stored; see `actor_ids`."""
        image: NDArray[np.uint16] = self._image("instance_segmentation_raw", 1, np.uint16)
        return image

    def actor_ids(self) -> NDArray[np.int64]:
        """(H, W) int64 actor ids, 0 for none, with the ids above `STORED_ID_LIMIT` restored.

        Raises:
            InputError: The clip was adopted and does not hold actor ids.
        """
        if self.clip.manifest.instance_encoding != "actor-id":
            raise InputError(
                f"{self.clip.path}: its instance images hold a class and one byte of the id, not actor ids"
            )
        ids = self.instance().astype(np.int64)
        for stored, actor in self.clip.changed_ids.items():
            ids[ids == stored] = actor
        return ids

    def normals(self) -> NDArray[np.float32]:
        """(H, W, 3) float32 world normals (FLU); NaN where nothing was hit."""
        encoded: NDArray[np.uint8] = self._image("normals", 3, np.uint8)
        normals = encoded.astype(np.float32) * np.float32(2.0 / 255.0) - np.float32(1.0)
        normals[(encoded == 0).all(axis=-1)] = np.nan
        return normals

    def edges(self) -> NDArray[np.bool_]:
        """(H, W) where edges are."""
        edges: NDArray[np.uint8] = self._image("edges", 1, np.uint8)
        return edges > 0

    def labels(self) -> FrameLabels:
        """The frame's objects.

        Raises:
            InputError: The label file is missing.
            FormatError: It is malformed.
        """
        path = self.file("odvg")
        record = read_object(path)
        try:
            instances = record["detections"]["instances"]
            captions = self.clip.captions
            objects = tuple(label_from_record(it, captions.get(it.get("object-id"))) for it in instances)
            return FrameLabels(self.time, self.source_frame, self.pose, objects)
        except (KeyError, TypeError, AttributeError, InputError) as error:
            raise FormatError(f"no frame labels: {error}", path=path) from None

    def _image(self, folder: str, channels: int, dtype: type[np.generic]) -> Any:
        path = self.file(folder)
        image = read_image(path)
        width, height = self.clip.size
        expected = (height, width) if channels == 1 else (height, width, channels)
        if image.shape != expected or image.dtype != dtype:
            raise FormatError(f"expected {expected} {np.dtype(dtype)}, found {image.shape} {image.dtype}", path=path)
        return image
