"""COCO: one JSON file of images, annotations with boxes and run lengths, and categories.

Source: cocodataset.org, "Data format", object detection. Boxes are x, y, width, height in continuous pixels.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from roadmark.clip import ObjectLabel
from roadmark.files import atomic_file
from roadmark.formats.labelled_images import ImageChoice, ImageSource, LabelledImage, labelled_images, run_lengths
from roadmark.formats.placing import Placing


def write_coco(
    path: Path | str,
    sources: Iterable[ImageSource],
    choice: ImageChoice | None = None,
    *,
    images: Path | None = None,
    media: Placing = "copy",
) -> tuple[int, int]:
    """Write frames of clips as one COCO file; memory does not grow with their number.

    Beyond COCO, annotations have `track_id` (the actor's), `visible_fraction`, `truncation`, `speed` and
    `blueprint_id`, images `clip`, `frame` and `time`; readers of COCO pass over them.

    Args:
        path: The file.
        sources: Clips; images' file names are relative to a folder in which these lie under their names.
        choice: Which images and objects.
        images: Put every picture's file below this folder, too, under its name; None only names them, which an
            augmented clip's frames do not allow.
        media: How.

    Returns:
        Number of images and of annotations.

    Raises:
        InputError: A clip is not whole, or a picture is no file and is to be put nowhere.
        FormatError: A clip is malformed.
        OutputError: The file cannot be written.
    """
    choice = choice or ImageChoice()
    numbers = {name: number for number, name in enumerate(choice.categories, start=1)}
    categories = [{"id": number, "name": name, "supercategory": _group(name)} for name, number in numbers.items()]
    image_rows = annotation_rows = 0
    with (
        atomic_file(Path(path)) as partial,
        partial.open("w", encoding="utf-8", newline="\n") as stream,
        tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n", dir=partial.parent) as annotations,
    ):
        stream.write('{\n"info": {"description": "Roadmark clips"},\n"licenses": [],\n"images": [')
        for image in labelled_images(sources, choice):
            image.offer(images, media)
            image_rows += _write_row(stream, image_rows, _image(image_rows + 1, image))
            for label in image.objects():
                row = _annotation(annotation_rows + 1, image_rows, numbers[label.category], label, image.size)
                annotation_rows += _write_row(annotations, annotation_rows, row)
        stream.write('],\n"annotations": [')
        annotations.seek(0)
        shutil.copyfileobj(annotations, stream)
        stream.write(f'],\n"categories": {json.dumps(categories)}\n}}\n')
    return image_rows, annotation_rows


def _image(number: int, image: LabelledImage) -> dict[str, Any]:
    width, height = image.size
    return {
        "id": number,
        "file_name": image.file_name,
        "width": width,
        "height": height,
        "clip": image.clip,
        "frame": image.number,
        "time": image.frame.time,
    }


def _annotation(number: int, image: int, category: int, label: ObjectLabel, size: tuple[int, int]) -> dict[str, Any]:
    xmin, ymin, xmax, ymax = label.bbox_2d
    segmentation, area = run_lengths(label, size)
    return {
        "id": number,
        "image_id": image,
        "category_id": category,
        "bbox": [xmin, ymin, xmax + 1 - xmin, ymax + 1 - ymin],
        "area": area,
        "segmentation": segmentation,
        "iscrowd": 0,
        "track_id": label.actor_id,
        "visible_fraction": label.visible_fraction,
        "truncation": label.truncation,
        "speed": label.speed,
        "blueprint_id": label.blueprint_id,
    }


def _group(category: str) -> str:
    return "person" if category in ("pedestrian", "rider") else "vehicle"


def _write_row(stream: IO[str], before: int, row: dict[str, Any]) -> int:
    stream.write((",\n" if before else "\n") + json.dumps(row, allow_nan=False))
    return 1
