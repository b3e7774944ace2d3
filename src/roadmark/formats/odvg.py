"""ODVG JSON lines, as open-set detectors of the Grounding DINO family train on, and their map of labels.

Source: mmdetection, configs/mm_grounding_dino/dataset_prepare.md. Boxes are xmin, ymin, xmax, ymax in continuous
pixels. (A clip's own `odvg/` folder is the published recipe's, another thing of the same name.)
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from roadmark.files import atomic_file, write_atomically
from roadmark.formats.labelled_images import ImageChoice, ImageSource, LabelledImage, labelled_images
from roadmark.formats.placing import Placing

ANNOTATIONS, LABEL_MAP = "annotations.jsonl", "label_map.json"


def odvg_record(image: LabelledImage) -> dict[str, Any]:
    """A line of the file.

    Raises:
        InputError: The labels are missing.
        FormatError: They are malformed.
    """
    width, height = image.size
    instances = []
    for label in image.objects():
        xmin, ymin, xmax, ymax = label.bbox_2d
        number = image.choice.categories.index(label.category)
        instances.append(
            {"bbox": [xmin, ymin, xmax + 1, ymax + 1], "label": number, "category": label.category}
        )  # fmt: skip
    return {"filename": image.file_name, "height": height, "width": width, "detection": {"instances": instances}}


def write_odvg(
    folder: Path | str,
    sources: Iterable[ImageSource],
    choice: ImageChoice | None = None,
    *,
    images: Path | None = None,
    media: Placing = "copy",
) -> int:
    """Write `annotations.jsonl`, one image a line, then `label_map.json`.

    Args:
        folder: Where they appear.
        sources: Clips; images' file names are relative to a folder in which these lie under their names.
        choice: Which images and objects.
        images: Put every picture's file below this folder, too, under its name; None only names them, which an
            augmented clip's frames do not allow.
        media: How.

    Returns:
        Number of images.

    Raises:
        InputError: A clip is not whole, or a picture is no file and is to be put nowhere.
        FormatError: A clip is malformed.
        OutputError: A file cannot be written.
    """
    choice = choice or ImageChoice()
    target = Path(folder)
    count = 0
    with atomic_file(target / ANNOTATIONS) as partial, partial.open("w", encoding="utf-8", newline="\n") as stream:
        for image in labelled_images(sources, choice):
            image.offer(images, media)
            stream.write(json.dumps(odvg_record(image), allow_nan=False) + "\n")
            count += 1
    names = {str(number): name for number, name in enumerate(choice.categories)}
    write_atomically(target / LABEL_MAP, json.dumps(names) + "\n")
    return count
