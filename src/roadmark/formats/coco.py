"""COCO: one JSON file of images, annotations with boxes and run lengths, and categories.

Source: cocodataset.org, "Data format", object detection. Boxes are x, y, width, height in continuous pixels.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from roadmark.clip import ObjectLabel
from roadmark.files import atomic_file
from roadmark.formats.labelled_images import ImageChoice, LabelledImage, labelled_images, run_lengths


def write_coco(
    path: Path | str, clips: Sequence[Path], root: Path | str, choice: ImageChoice | None = None
) -> tuple[int, int]:
    """Write frames of clips as one COCO file; memory does not grow with their number.

    Beyond COCO, annotations have `track_id` (the actor's), `visible_fraction`, `truncation`, `speed` and
    `blueprint_id`, images `clip`, `frame` and `time`; readers of COCO pass over them.

    Args:
        path: The file.
        clips: Folders of clips; they are gone through twice.
        root: A folder above them all; images' file names are relative to it.
        choice: Which images and objects.

    Returns:
        Number of images and of annotations.

    Raises:
        InputError: A clip is not whole.
        FormatError: A clip is malformed.
        OutputError: The file cannot be written.
    """
    choice = choice or ImageChoice()
    numbers = {name: number for number, name in enumerate(choice.categories, start=1)}
    categories = [{"id": number, "name": name, "supercategory": _group(name)} for name, number in numbers.items()]
    with atomic_file(Path(path)) as partial, partial.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write('{\n"info": {"description": "Roadmark clips"},\n"licenses": [],\n"images": [')
        images = _write_rows(stream, _images(labelled_images(clips, root, choice)))
        stream.write('],\n"annotations": [')
        annotations = _write_rows(stream, _annotations(labelled_images(clips, root, choice), numbers))
        stream.write(f'],\n"categories": {json.dumps(categories)}\n}}\n')
    return images, annotations


def _images(images: Iterable[LabelledImage]) -> Iterator[dict[str, Any]]:
    for number, image in enumerate(images, start=1):
        width, height = image.size
        yield {
            "id": number,
            "file_name": image.file_name,
            "width": width,
            "height": height,
            "clip": image.clip,
            "frame": image.frame.index,
            "time": image.frame.time,
        }


def _annotations(images: Iterable[LabelledImage], numbers: dict[str, int]) -> Iterator[dict[str, Any]]:
    running = itertools.count(1)
    for image_number, image in enumerate(images, start=1):
        for label in image.objects():
            yield _annotation(next(running), image_number, numbers[label.category], label, image.size)


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


def _write_rows(stream: IO[str], rows: Iterable[dict[str, Any]]) -> int:
    count = 0
    for row in rows:
        stream.write((",\n" if count else "\n") + json.dumps(row, allow_nan=False))
        count += 1
    return count
