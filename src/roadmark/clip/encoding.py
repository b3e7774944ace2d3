"""From one frame's arrays to files and video frames, one lane of work per kind of image.

Each lane runs in order in the background, so videos get their frames in order, while the lanes run beside each other
and beside rendering.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import PALETTE
from roadmark.clip import overlays
from roadmark.clip.frames import INSTANCE_PALETTE, FrameImages, edge_image, instance_indices, masked_picture
from roadmark.clip.ids import IdMap
from roadmark.clip.labels import FrameLabels
from roadmark.clip.layout import FOLDERS, Overlay, video_file
from roadmark.clip.ledger import Ledger
from roadmark.clip.options import ClipOptions
from roadmark.errors import InputError, OutputError
from roadmark.geometry import Camera
from roadmark.media import (
    CONTROL,
    FLAT,
    FLAT_WIDE,
    LABELS,
    PICTURE,
    EncoderPool,
    VideoStyle,
    VideoWriter,
    assemble_png,
    compress_rows,
    encode_depth,
    encode_jpeg,
    encode_png,
    inverse_depth_table,
    suggested_near,
    video_info,
)

_STYLES: dict[str, VideoStyle] = {
    "depth": CONTROL,
    "edges": CONTROL,
    "semantic_segmentation": LABELS,
    "semantic_segmentation_raw": LABELS,
    "instance_segmentation": LABELS,
}
_LABEL_VIDEOS = frozenset({"semantic_segmentation", "instance_segmentation"})


class FrameEncoder:
    """Encodes a clip's images and videos.

    Args:
        ledger: Writes the files.
        pool: Runs the work.
        options: What to write.
        camera: The camera, for 3D overlays.
        fps: Frame rate of the videos.
        id_map: Ids in instance images.
    """

    def __init__(
        self,
        ledger: Ledger,
        pool: EncoderPool,
        options: ClipOptions,
        camera: Camera,
        fps: Fraction,
        id_map: IdMap,
    ) -> None:
        self._ledger = ledger
        self._pool = pool
        self._options = options
        self._camera = camera
        self._id_map = id_map
        self._gray: NDArray[np.uint8] | None = None
        self.depth_near: float | None = None
        self._videos = {name: self._open_video(name, fps) for name in options.video_names}

    def submit(self, index: int, images: FrameImages, labels: FrameLabels, colliding: frozenset[int]) -> None:
        """Queue everything of a frame.

        Raises:
            OutputError: Earlier work could not be written.
        """
        self._queue(self._rgb, index, images.rgb)
        self._queue(self._edges, index, images)
        if images.depth is not None and "depth" in self._options.modalities:
            self._choose_depth_scale(images.depth)
            self._queue(self._depth, index, images.depth)
        for name, work, image in (
            ("semantic_segmentation", self._semantic, images.semantic),
            ("instance_segmentation", self._instance, images.instance),
            ("normals", self._normals, images.normal),
            ("sun_visibility", self._sun_visibility, images.sun_visibility),
            ("albedo", self._albedo, images.albedo),
        ):
            if name in self._options.modalities:
                self._queue(work, index, image)
        if self._options.masks:
            self._queue(self._masks, index, images)
        for overlay in self._options.overlays:
            self._pool.submit(self._overlay, overlay, index, images, labels, colliding, lane=overlay)

    def finish(self, frames: int) -> None:
        """Close the videos and check that each holds every frame.

        Raises:
            OutputError: A video is damaged, for example because the disk was full.
        """
        for name, video in self._videos.items():
            video.close()
            count = video_info(video.path).frames
            if count != frames:
                raise OutputError(f"{video.path}: holds {count} frames instead of {frames}")
            self._ledger.add_file(video_file(name))

    def abort(self) -> None:
        """Let go of the videos."""
        for video in self._videos.values():
            with suppress(OutputError):
                video.abort()

    def _open_video(self, name: str, fps: Fraction) -> VideoWriter:
        return VideoWriter(
            self._ledger.root / video_file(name),
            self._camera.width,
            self._camera.height,
            fps,
            style=_STYLES.get(name, PICTURE),
            codec=self._options.label_codec if name in _LABEL_VIDEOS else "h264",
        )

    def _queue(self, work: Callable[..., None], *arguments: Any) -> None:
        self._pool.submit(work, *arguments, lane=work.__name__)

    def _write(self, folder: str, index: int, data: bytes) -> None:
        self._ledger.write(FOLDERS[folder].file(index), data)

    def _show(self, name: str, image: NDArray[np.uint8], palette: NDArray[np.uint8] | None = None) -> None:
        if name in self._videos:
            self._videos[name].write(image, palette=palette)

    def _rgb(self, index: int, rgb: NDArray[np.uint8]) -> None:
        self._write("rgb", index, encode_jpeg(rgb))
        self._show("rgb", rgb)

    def _edges(self, index: int, images: FrameImages) -> None:
        keep = self._kept(images) if self._options.masked_edges else None
        edges = edge_image(images.rgb, keep)
        self._write("edges", index, encode_png(edges, tuning=FLAT_WIDE))
        self._show("edges", edges)

    def _choose_depth_scale(self, depth: NDArray[np.float32]) -> None:
        if self._gray is None:
            self.depth_near = self._options.depth_video_near or suggested_near(depth)
            self._gray = inverse_depth_table(self.depth_near, unit=self._options.depth_unit)

    def _depth(self, index: int, depth: NDArray[np.float32]) -> None:
        stored = encode_depth(depth, self._options.depth_unit)
        self._write("depth", index, encode_png(stored))
        if "depth" in self._videos and self._gray is not None:
            self._show("depth", np.take(self._gray, stored, mode="clip"))

    def _semantic(self, index: int, semantic: NDArray[np.uint8]) -> None:
        rows = compress_rows(semantic, FLAT)
        self._write("semantic_segmentation_raw", index, assemble_png(semantic, rows))
        self._write("semantic_segmentation", index, assemble_png(semantic, rows, palette=PALETTE))
        self._show("semantic_segmentation", semantic, PALETTE)
        self._show("semantic_segmentation_raw", semantic)

    def _instance(self, index: int, instance: NDArray[np.uint16]) -> None:
        self._write("instance_segmentation_raw", index, encode_png(instance, tuning=FLAT_WIDE))
        indices = instance_indices(instance)
        self._write("instance_segmentation", index, encode_png(indices, palette=INSTANCE_PALETTE, tuning=FLAT))
        self._show("instance_segmentation", indices, INSTANCE_PALETTE)

    def _normals(self, index: int, normal: NDArray[np.uint8]) -> None:
        self._write("normals", index, encode_png(normal))
        self._show("normals", normal)

    def _sun_visibility(self, index: int, image: NDArray[np.uint8]) -> None:
        self._write("sun_visibility", index, encode_png(image, tuning=FLAT_WIDE))

    def _albedo(self, index: int, image: NDArray[np.uint8]) -> None:
        self._write("albedo", index, encode_png(image))

    def _masks(self, index: int, images: FrameImages) -> None:
        picture = masked_picture(images.rgb, self._kept(images))
        self._write("masks", index, encode_png(picture))
        self._show("masks", picture)

    def _kept(self, images: FrameImages) -> NDArray[np.bool_]:
        if images.semantic is None or self._options.class_filter is None:
            raise InputError("masks and masked edges need semantic images and a class filter")
        keep = np.zeros(256, np.bool_)
        keep[: len(self._options.class_filter)] = self._options.class_filter
        return keep[images.semantic]

    def _overlay(
        self, name: Overlay, index: int, images: FrameImages, labels: FrameLabels, colliding: frozenset[int]
    ) -> None:
        picture = self._drawn(name, images, labels, colliding)
        encode = encode_png if FOLDERS[name].suffix == "png" else encode_jpeg
        self._write(name, index, encode(picture))
        self._show(name, picture)

    def _drawn(
        self, name: Overlay, images: FrameImages, labels: FrameLabels, colliding: frozenset[int]
    ) -> NDArray[np.uint8]:
        match name:
            case "rgb_with_bboxes":
                return overlays.draw_boxes(images.rgb, labels.objects, self._id_map)
            case "rgb_with_masks":
                if images.instance is None:
                    raise InputError("rgb_with_masks needs instance images")
                return overlays.draw_masks(images.rgb, images.instance, labels.objects, self._id_map)
            case "rgb_with_3d_bboxes":
                return overlays.draw_boxes_3d(images.rgb, labels.objects, self._camera, labels.pose, self._id_map)
            case "rgb_with_collisions":
                return overlays.draw_collisions(images.rgb, labels.objects, colliding)
            case _:
                assert_never(name)
