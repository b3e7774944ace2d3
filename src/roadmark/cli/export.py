"""`roadmark export`: a dataset in the formats of trainers."""

from __future__ import annotations

from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from roadmark.cli import console
from roadmark.errors import RoadmarkError

if TYPE_CHECKING:
    from roadmark.dataset import DatasetFolder
    from roadmark.formats import Exported, ExportOptions

FOLDER = "exports"
"""Where exports lie in the dataset's folder, where no other place is named."""


class MediaMode(StrEnum):
    """How an export has its media."""

    REFER = "refer"
    LINK = "link"
    COPY = "copy"


def export(
    dataset: Annotated[Path, typer.Argument(help="The dataset's folder, as roadmark vqa makes it.")],
    to: Annotated[
        str,
        typer.Option(
            help="Formats, with commas between: llava, published, qwen, cosmos-rl, hf, webdataset, coco, odvg, yolo, "
            "kitti, nuscenes."
        ),
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder with one folder per format [DATASET/exports].")
    ] = None,
    media: Annotated[
        MediaMode, typer.Option(help="Videos stay in the dataset's folder, or are linked or copied into the export.")
    ] = MediaMode.REFER,
    augmented: Annotated[
        bool, typer.Option("--augmented", help="Label formats get the frames of augmented videos, too.")
    ] = False,
    every: Annotated[int, typer.Option(min=1, help="Label formats take every how many frames.")] = 1,
    least_visible: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Label formats: least visible fraction of an object.")
    ] = 0.0,
    least_side: Annotated[int, typer.Option(min=1, help="Label formats: least side of a box, pixels.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="Draws what is left out of the recipe's balanced file.")] = 0,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace older exports.")] = False,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Write the other formats when one cannot be written.")
    ] = False,
) -> None:
    """Write a dataset in the formats of trainers, each in a folder of its own, whole or not at all."""
    from roadmark.dataset import DatasetFolder
    from roadmark.formats import ExportOptions, ImageChoice, check_targets

    targets = check_targets([name.strip() for name in to.split(",") if name.strip()])
    choice = ImageChoice(every=every, least_visible=least_visible, least_side=least_side)
    options = ExportOptions(media=media.value, augmented=augmented, choice=choice, seed=seed)
    folder = DatasetFolder.open(dataset)
    failed = []
    for target in targets:
        try:
            done = _export(folder, target, (output or dataset / FOLDER) / target, options, overwrite=overwrite)
        except RoadmarkError as error:
            if not keep_going:
                raise
            console.fail(f"{target}: {error}")
            failed.append(target)
            continue
        for note in done.notes:
            console.note(f"{target}: {note}")
        counts = ", ".join(f"{side} {count}" for side, count in done.counts.items()) or "nothing"
        console.out.print(f"{target} {done.folder}: {counts}", markup=False)
    if failed:
        console.fail(f"{len(failed)} of {len(targets)} formats could not be written: {', '.join(failed)}")
        raise typer.Exit(1)


def _export(folder: DatasetFolder, target: str, place: Path, options: ExportOptions, *, overwrite: bool) -> Exported:
    """One export, with progress where it goes through pictures."""
    from roadmark.formats import export_dataset

    with ExitStack() as shown:
        advance: console.Advance | None = None
        before = 0

        def progress(done: int, total: int) -> None:
            nonlocal advance, before
            if advance is None:
                advance = shown.enter_context(console.frame_progress(target, total))
            advance(done - before)
            before = done

        return export_dataset(folder, target, place, options, overwrite=overwrite, progress=progress)
