"""YOLO: a text file of boxes beside every image, and `data.yaml`.

Source: Ultralytics, "Object detection datasets overview": a line is class, centre x, centre y, width, height, all but
the class as shares of the image; labels are found by replacing `images` with `labels` in an image's path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import yaml

from roadmark.files import AtomicDirectory, output_errors, write_file
from roadmark.formats.labelled_images import ImageChoice, ImageSource, LabelledImage, labelled_images
from roadmark.formats.placing import Placing


def yolo_lines(image: LabelledImage) -> list[str]:
    """Lines of an image's label file; none for an image without objects.

    Raises:
        InputError: The labels are missing.
        FormatError: They are malformed.
    """
    width, height = image.size
    lines = []
    for label in image.objects():
        xmin, ymin, xmax, ymax = label.bbox_2d
        x, y = (xmin + xmax + 1) / 2 / width, (ymin + ymax + 1) / 2 / height
        w, h = (xmax + 1 - xmin) / width, (ymax + 1 - ymin) / height
        number = image.choice.categories.index(label.category)
        lines.append(f"{number} {x:.8f} {y:.8f} {w:.8f} {h:.8f}")
    return lines


def write_yolo(
    folder: Path | str,
    sources: Iterable[ImageSource],
    choice: ImageChoice | None = None,
    *,
    side_of: Callable[[str], str] | None = None,
    media: Placing = "copy",
    overwrite: bool = False,
) -> dict[str, int]:
    """Write `images/<side>/`, `labels/<side>/` and `data.yaml`, whole or not at all.

    Args:
        folder: Where they appear; must not exist, or be empty, unless `overwrite`.
        sources: Clips; images are named after them.
        choice: Which images and objects.
        side_of: Side of a source by its name; everything is `train` without it.
        media: How pictures are put there.
        overwrite: Replace an older folder.

    Returns:
        Images per side.

    Raises:
        InputError: A clip is not whole.
        FormatError: A clip is malformed.
        OutputError: The folder is not free, or cannot be written.
    """
    choice = choice or ImageChoice()
    counts: dict[str, int] = {}
    with AtomicDirectory(Path(folder), overwrite=overwrite) as target:
        for image in labelled_images(sources, choice):
            side = "train" if side_of is None else side_of(image.clip)
            if side not in counts:
                for kind in ("images", "labels"):
                    with output_errors(target / kind / side):
                        (target / kind / side).mkdir(parents=True)
            counts[side] = counts.get(side, 0) + 1
            image.place(target / "images" / side / f"{image.name}{image.suffix}", media)
            text = "".join(f"{line}\n" for line in yolo_lines(image))
            write_file(target / "labels" / side / f"{image.name}.txt", text.encode())
        sides = {side: f"images/{side}" for side in sorted(counts)}
        settings = {"path": ".", **sides, "names": dict(enumerate(choice.categories))}
        write_file(target / "data.yaml", yaml.safe_dump(settings, sort_keys=False).encode())
    return dict(sorted(counts.items()))
