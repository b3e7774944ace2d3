"""KITTI 3D objects: `image_2/`, `label_2/` and `calib/`, one file of each per image.

Source: KITTI object development kit, readme.txt. Whole numbers are pixel centres there, so boxes and the principal
point are half a pixel less than in our continuous pixels; 3D boxes stand on their location and turn about the camera's
down axis alone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from roadmark.clip import ObjectLabel
from roadmark.errors import InputError
from roadmark.files import AtomicDirectory, output_errors, write_file
from roadmark.formats.labelled_images import ImageChoice, ImageSource, LabelledImage, labelled_images
from roadmark.geometry import PinholeCamera, Pose
from roadmark.media import encode_png

TYPES = {
    "car": "Car",
    "truck": "Truck",
    "bus": "Misc",
    "train": "Tram",
    "motorcycle": "Misc",
    "bicycle": "Cyclist",
    "pedestrian": "Pedestrian",
    "rider": "Cyclist",
}
"""KITTI's type of every category; it has none for buses and motorcycles."""

FULLY, PARTLY = 0.8, 0.5
"""Visible fractions from which an object counts as fully visible, and as partly occluded."""

_VELO_TO_CAM = np.array([[0.0, -1.0, 0.0, 0.0], [0.0, 0.0, -1.0, 0.0], [1.0, 0.0, 0.0, 0.0]])
_IDENTITY = np.eye(3, 4)


def write_kitti(
    folder: Path | str,
    sources: Iterable[ImageSource],
    choice: ImageChoice | None = None,
    *,
    overwrite: bool = False,
) -> int:
    """Write `training/image_2|label_2|calib/<number>`, and `frames.csv` (number, clip, frame), whole or not at all.

    Args:
        folder: Where they appear; must not exist, or be empty, unless `overwrite`.
        sources: Clips with pinhole cameras.
        choice: Which images and objects.
        overwrite: Replace an older folder.

    Returns:
        Number of images.

    Raises:
        InputError: A clip is not whole, or its camera is no pinhole.
        FormatError: A clip is malformed.
        OutputError: The folder is not free, or cannot be written.
    """
    count = 0
    with AtomicDirectory(Path(folder), overwrite=overwrite) as target:
        training = target / "training"
        for name in ("image_2", "label_2", "calib"):
            with output_errors(training / name):
                (training / name).mkdir(parents=True)
        with output_errors(target / "frames.csv"), (target / "frames.csv").open("w", newline="") as table:
            rows = csv.writer(table, lineterminator="\n")
            rows.writerow(("number", "clip", "frame"))
            for count, image in enumerate(labelled_images(sources, choice), start=1):
                number = f"{count - 1:06d}"
                rows.writerow((number, image.clip, image.number))
                write_file(training / "calib" / f"{number}.txt", calibration(image).encode())
                lines = kitti_lines(image)
                write_file(training / "label_2" / f"{number}.txt", "".join(f"{line}\n" for line in lines).encode())
                write_file(training / "image_2" / f"{number}.png", encode_png(image.rgb()))
    return count


def kitti_lines(image: LabelledImage) -> list[str]:
    """Lines of an image's label file, the nearest object first.

    Raises:
        InputError: The labels are missing.
        FormatError: They are malformed.
    """
    camera_from_world = image.frame.pose.inverse()
    lines = [_line(label, camera_from_world) for label in image.objects()]
    return [line for _, line in sorted(lines)]


def calibration(image: LabelledImage) -> str:
    """An image's `calib` file. There is no lidar: its frame is the camera's place with axes forward, left, up.

    Raises:
        InputError: The camera is no pinhole.
    """
    camera = image.frame.clip.camera
    if not isinstance(camera, PinholeCamera):
        raise InputError(f"{image.frame.clip.path}: KITTI holds pinhole cameras, not {type(camera).__name__}")
    projection = np.zeros((3, 4))
    projection[0, 0], projection[1, 1], projection[2, 2] = camera.fx, camera.fy, 1.0
    projection[:2, 2] = camera.cx - 0.5, camera.cy - 0.5
    matrices = {f"P{number}": projection for number in range(4)}
    matrices |= {"R0_rect": np.eye(3), "Tr_velo_to_cam": _VELO_TO_CAM, "Tr_imu_to_velo": _IDENTITY}
    text = io.StringIO()
    for name, matrix in matrices.items():
        text.write(f"{name}: {' '.join(f'{value:.12e}' for value in matrix.ravel())}\n")
    return text.getvalue()


def _line(label: ObjectLabel, camera_from_world: Pose) -> tuple[float, str]:
    x, y, z, length, height, width, _, turn, _ = label.box.transformed(camera_from_world).to_lhw_xyz("heading")
    alpha = (turn - np.arctan2(x, z) + np.pi) % (2 * np.pi) - np.pi
    truncation = -1.0 if label.truncation is None else label.truncation
    bottom = y + 0.5 * height  # readers put the box's centre half its height above, along the camera's y axis
    numbers = (alpha, *label.bbox_2d, height, width, length, x, bottom, z, turn)
    values = " ".join(f"{value:.4f}" for value in numbers)
    return float(z), f"{TYPES[label.category]} {truncation:.2f} {_occlusion(label.visible_fraction)} {values}"


def _occlusion(visible: float | None) -> int:
    """KITTI's 0 fully visible, 1 partly occluded, 2 largely occluded, 3 unknown."""
    if visible is None:
        return 3
    return 0 if visible >= FULLY else 1 if visible >= PARTLY else 2
