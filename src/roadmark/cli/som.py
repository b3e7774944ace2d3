"""`roadmark som`: numbered marks on a video, from its labels."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from roadmark.cli import console
from roadmark.cli.outputs import check_ending
from roadmark.errors import ConfigError


class Overlay(StrEnum):
    """What is drawn around objects."""

    BOXES = "2d"
    WIREFRAMES = "3d"
    MASKS = "masks"
    CONTOURS = "contours"
    ALL = "all"


class Actors(StrEnum):
    """Who gets a mark."""

    ALL = "all"
    VEHICLES = "vehicles"
    EVENTS = "events"


class Text(StrEnum):
    """What plates say."""

    IDS = "ids"
    NUMBERS = "numbers"


class Match(StrEnum):
    """How frames are matched with labels."""

    AUTO = "auto"
    INDEX = "index"
    TIME = "time"


def som(
    input_video: Annotated[Path, typer.Option("--input-video", "-i", help="The video: augmented, or the clip's own.")],
    odvg_dir: Annotated[Path, typer.Option("--odvg-dir", "-d", help="The clip's labels (its odvg folder).")],
    output_video: Annotated[Path, typer.Option("--output-video", "-o", help="The video to write, an .mp4 file.")],
    overlay_type: Annotated[Overlay, typer.Option("--overlay-type", "-t", help="What is drawn.")] = Overlay.BOXES,
    actors: Annotated[Actors, typer.Option(help="Who gets a mark.")] = Actors.ALL,
    collision_actor_ids: Annotated[
        list[int] | None, typer.Option("--collision-actor-ids", help="Mark only these actors, instead of --actors.")
    ] = None,
    area_threshold: Annotated[
        float, typer.Option("--area-threshold", "-at", min=0.0, help="Least area of a box, pixels of the labels.")
    ] = 0.0,
    marks: Annotated[Text, typer.Option(help="Plates say actors' ids, or numbers from 1.")] = Text.IDS,
    seed: Annotated[int, typer.Option(min=0, help="Deals numbers and colours otherwise.")] = 0,
    match: Annotated[Match, typer.Option(help="How the video's frames are matched with labels.")] = Match.AUTO,
    show_masks: Annotated[bool, typer.Option("--show-masks", help="Tint the objects' pixels, too.")] = False,
    mask_alpha: Annotated[float, typer.Option(min=0.0, max=1.0, help="How strong the tint is.")] = 0.4,
    bbox_thickness: Annotated[
        int | None, typer.Option(min=1, max=64, help="Width of lines, made even [by the video's size].")
    ] = None,
    scale: Annotated[float, typer.Option(min=0.25, max=8.0, help="Size of the numbers.")] = 1.0,
    keep_invisible: Annotated[
        bool, typer.Option("--keep-invisible", help="Mark also what verification says cannot be seen.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say of every mark where it is seen.")] = False,
    more_ids: Annotated[
        list[int] | None, typer.Argument(metavar="[IDS]...", help="Further ids of --collision-actor-ids.")
    ] = None,
) -> None:
    """Draw numbered marks on a video; writes it, and beside it which actor each mark stands for."""
    from roadmark.marks import MarkOptions, MarkStyle, mark_video, marks_file
    from roadmark.media import video_info

    check_ending("--output-video", output_video, ".mp4")
    if more_ids and not collision_actor_ids:
        raise ConfigError(f"{more_ids[0]}: an id without --collision-actor-ids before it")
    ids = frozenset((*(collision_actor_ids or ()), *(more_ids or ())))
    options = MarkOptions(
        actors=actors.value,
        ids=ids or None,
        area_threshold=area_threshold,
        text=marks.value,
        seed=seed,
        match=match.value,
        keep_invisible=keep_invisible,
        style=MarkStyle(overlay_type.value, show_masks, bbox_thickness, mask_alpha, scale),
    )
    info = video_info(input_video)
    with console.frame_progress("som", info.frames) as advance:
        record = mark_video(input_video, odvg_dir, output_video, options, progress=advance, info=info)
    for note in record.notes:
        console.warn(note)
    if verbose:
        for mark in record.marks:
            frames = ", ".join(f"{first}-{last}" for first, last in mark.frames)
            console.out.print(f"mark {mark.mark}: {mark.category} {mark.actor_id}, frames {frames}", markup=False)
    drawn = f"{len(record.marks)} marks, {info.frames} frames, matched by {record.matched_by}"
    console.out.print(f"video {output_video}: {drawn}", markup=False)
    console.out.print(f"marks {marks_file(output_video)}", markup=False)
