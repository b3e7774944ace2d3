"""CPU time and size of every file of a clip's frame, and of a whole clip: 1920 x 1080, a junction with 40 vehicles.

Run: python -m benchmarks encoding
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks._render_scene import junction, traffic, views
from roadmark.catalog import PALETTE
from roadmark.clip import ClipWriter, FrameImages, FrameLabels, ObjectLabel, edge_image
from roadmark.clip.frames import INSTANCE_PALETTE, instance_indices
from roadmark.geometry import Box3D, Camera, Pose
from roadmark.media import (
    CONTROL,
    FLAT,
    FLAT_WIDE,
    LABELS,
    PICTURE,
    VideoStyle,
    VideoWriter,
    encode_depth,
    encode_jpeg,
    encode_png,
    encode_rle,
    instance_regions,
    inverse_depth_table,
    mask_polygons,
    object_mask,
    suggested_near,
)
from roadmark.render import Environment, Instance, Quality, Renderer

FRAMES = 12
REPEATS = 3
CLIP_FRAMES = 36
RATE = Fraction(30)


def main() -> None:
    """Print both tables."""
    for view, (camera, pose) in views().items():
        frames = rendered(camera, pose)
        print(f"{view}: one frame's files, one thread")
        total = files(frames[0])
        total += videos(frames)
        print(f"  {'all':32s} {total:7.1f} ms CPU")
        whole_clip(frames, camera, pose)


def rendered(camera: Camera, pose: Pose) -> list[FrameImages]:
    """A few frames of moving traffic."""
    rng = np.random.default_rng(7)
    renderer = Renderer(junction(rng), threads=2)
    vehicles = traffic(rng)
    frames = []
    for number in range(FRAMES):
        moved = [_moved(part, 0.3 * number) for parts in vehicles for part in parts]
        frame = renderer.render(camera, pose, moved, Environment(), Quality.preset("standard"))
        frames.append(FrameImages(frame.rgb, frame.depth, frame.semantic, frame.instance, frame.normal))
    return frames


def _moved(part: Instance, metres: float) -> Instance:
    transform = part.transform.copy()
    transform[:, 3] += metres * transform[:, 0]
    return replace(part, transform=transform)


def files(frame: FrameImages) -> float:
    """Time the images; returns milliseconds of CPU for the default ones."""
    cv2.setNumThreads(1)
    edges = edge_image(frame.rgb)
    depth = encode_depth(frame.depth)
    indices = instance_indices(frame.instance)
    rows: dict[str, Callable[[], bytes]] = {
        "rgb JPEG 95": lambda: encode_jpeg(frame.rgb),
        "depth 16 bit": lambda: encode_png(encode_depth(frame.depth)),
        "semantic ids + colours": lambda: encode_png(frame.semantic, tuning=FLAT, palette=PALETTE),
        "instance ids": lambda: encode_png(frame.instance, tuning=FLAT_WIDE),
        "instance colours": lambda: encode_png(instance_indices(frame.instance), tuning=FLAT, palette=INSTANCE_PALETTE),
        "normals": lambda: encode_png(frame.normal),
        "edges (with Canny)": lambda: encode_png(edge_image(frame.rgb), tuning=FLAT_WIDE),
        "labels of all objects": lambda: b"".join(repr(label).encode() for label in labelled(frame)),
    }
    total = 0.0
    for name, encode in rows.items():
        spent, data = timed(encode)
        total += spent
        print(f"  {name:32s} {spent:7.1f} ms CPU {len(data) / 1e3:9.0f} kB")
    print("  for comparison, OpenCV's PNG encoder at level 1:")
    for name, image in (
        ("depth 16 bit", depth),
        ("semantic ids", frame.semantic),
        ("semantic colours as RGB", PALETTE[frame.semantic]),
        ("instance ids", frame.instance),
        ("instance colours as RGB", INSTANCE_PALETTE[indices]),
        ("normals", frame.normal),
        ("edges", edges),
    ):
        spent, data = timed(lambda image=image: opencv_png(image))
        print(f"    {name:30s} {spent:7.1f} ms CPU {len(data) / 1e3:9.0f} kB")
    return total


def opencv_png(image: NDArray[np.generic]) -> bytes:
    """OpenCV's own encoder with its fastest settings."""
    return cv2.imencode(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes()


def videos(frames: list[FrameImages]) -> float:
    """Time the default videos; returns milliseconds of CPU per frame."""
    gray = inverse_depth_table(suggested_near(frames[0].depth))
    total = 0.0
    for name, style, images, palette in (
        ("video rgb", PICTURE, [frame.rgb for frame in frames], None),
        ("video depth", CONTROL, [gray[encode_depth(frame.depth)] for frame in frames], None),
        ("video edges", CONTROL, [edge_image(frame.rgb) for frame in frames], None),
        ("video semantic", LABELS, [frame.semantic for frame in frames], PALETTE),
    ):
        spent, size = video(style, images, palette)
        total += spent
        print(f"  {name:32s} {spent:7.1f} ms CPU {size / 1e3:9.0f} kB")
    return total


def video(style: VideoStyle, images: list[NDArray[np.uint8]], palette: NDArray[np.uint8] | None) -> tuple[float, float]:
    """Milliseconds of CPU and bytes per frame."""
    height, width = images[0].shape[:2]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "video.mp4"
        began = time.process_time()
        with VideoWriter(path, width, height, RATE, style=style) as writer:
            for image in images:
                writer.write(image, palette=palette)
        spent = time.process_time() - began
        return spent / len(images) * 1e3, path.stat().st_size / len(images)


def labelled(frame: FrameImages) -> list[ObjectLabel]:
    """A label of every instance."""
    regions = instance_regions(frame.instance)
    height, width = frame.instance.shape
    labels = []
    for object_id, pixels in zip(regions.ids.tolist(), regions.pixels.tolist(), strict=True):
        bounds = regions.box(object_id)
        mask = object_mask(frame.instance, object_id, bounds)
        origin = bounds[:2]
        box = Box3D(np.array([10.0 + object_id, 0.0, 0.75]), np.array([4.5, 1.8, 1.5]), np.eye(3))
        polygons, rle = mask_polygons(mask, origin), encode_rle(mask, origin, (width, height))
        labels.append(ObjectLabel(object_id, "car", "vehicle.audi.tt", bounds, polygons, rle, pixels, box))
    return labels


def whole_clip(frames: list[FrameImages], camera: Camera, pose: Pose) -> None:
    """Time the writer with everything it does by default."""
    cv2.setNumThreads(-1)
    labels = [labelled(frame) for frame in frames]
    with tempfile.TemporaryDirectory() as folder:
        wall, cpu = time.perf_counter(), time.process_time()
        with ClipWriter(Path(folder) / "clip", camera, RATE, collisions=[]) as writer:
            for number in range(CLIP_FRAMES):
                frame, objects = frames[number % FRAMES], labels[number % FRAMES]
                writer.write_frame(frame, FrameLabels(number / 30, number, pose, objects))
            writer.finish()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
    print(
        f"  ClipWriter, {CLIP_FRAMES} frames, {len(labels[0])} objects: {cpu / CLIP_FRAMES * 1e3:.0f} ms CPU, "
        f"{wall / CLIP_FRAMES * 1e3:.0f} ms wall, {size / CLIP_FRAMES / 1e6:.2f} MB per frame; "
        f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )


def timed(run: Callable[[], bytes]) -> tuple[float, bytes]:
    """Least milliseconds of CPU of a few runs, and the result."""
    best = float("inf")
    for _ in range(REPEATS):
        began = time.process_time()
        data = run()
        best = min(best, time.process_time() - began)
    return best * 1e3, data


if __name__ == "__main__":
    main()
