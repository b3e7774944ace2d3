"""`roadmark vqa`: a dataset of questions from clips and their augmentations."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from roadmark.cli import console

if TYPE_CHECKING:
    from roadmark.pipeline import ItemResult, RunSummary
    from roadmark.vqa import FoundVideos

QUESTIONS, OUTPUT = "Questions", "Output"
MAX_TABLE = 64 * 1024 * 1024
"""Bytes of a table that is read."""


class Marks(StrEnum):
    """What marks say."""

    IDS = "ids"
    NUMBERS = "numbers"


class SplitBy(StrEnum):
    """What stays on one side of the split."""

    CLIP = "clip"
    MAP = "map"
    SCENARIO_SEED = "scenario_seed"


class ClipVideos(StrEnum):
    """How clips' videos come into the dataset."""

    LINK = "link"
    COPY = "copy"


def vqa(
    carla_folder: Annotated[
        Path, typer.Option("--carla_folder", "--carla-folder", help="Folder of simulated clips, or of runs of them.")
    ],
    output_folder: Annotated[Path, typer.Option("--output_folder", "--output-folder", "-o", help="The dataset.")],
    cosmos_folder: Annotated[
        Path | None, typer.Option("--cosmos_folder", "--cosmos-folder", help="Folder of their augmentations.")
    ] = None,
    run_id: Annotated[
        str | None, typer.Option("--run_id", "--run-id", help="Subfolder of both; where there is none, all of them.")
    ] = None,
    marks: Annotated[
        Marks, typer.Option(help="Marks say numbers from 1, or actors' ids.", rich_help_panel=QUESTIONS)
    ] = Marks.NUMBERS,
    families: Annotated[
        str | None, typer.Option(help="Families of questions, with commas [all].", rich_help_panel=QUESTIONS)
    ] = None,
    per_template: Annotated[
        int, typer.Option(min=1, max=100, help="Most questions of a template per video.", rich_help_panel=QUESTIONS)
    ] = 2,
    reasoning: Annotated[
        bool, typer.Option("--reasoning", help="Lead up to answers: <think>, <answer>.", rich_help_panel=QUESTIONS)
    ] = False,
    balance: Annotated[
        bool, typer.Option("--balance/--no-balance", help="Leave out too frequent answers.", rich_help_panel=QUESTIONS)
    ] = True,
    keep_rejected: Annotated[
        bool,
        typer.Option("--keep-rejected", help="Ask about what verification rejected, too.", rich_help_panel=QUESTIONS),
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Draws questions, wordings, split.", rich_help_panel=QUESTIONS)] = 0,
    split: Annotated[
        str | None,
        typer.Option(help="Shares of the split [train=0.8,val=0.1,test=0.1].", rich_help_panel=OUTPUT),
    ] = None,
    split_by: Annotated[
        SplitBy, typer.Option("--split-by", help="What stays on one side.", rich_help_panel=OUTPUT)
    ] = SplitBy.CLIP,
    media: Annotated[
        ClipVideos, typer.Option(help="Clips' own videos: hard links, or copies.", rich_help_panel=OUTPUT)
    ] = ClipVideos.LINK,
    force: Annotated[
        list[str] | None,
        typer.Option("--force", help="Do a stage again: marks, questions or dataset.", rich_help_panel=OUTPUT),
    ] = None,
    workers: Annotated[
        int, typer.Option(min=1, max=256, help="Clips at a time, each in a process.", rich_help_panel=OUTPUT)
    ] = 1,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Finish the others when one fails.", rich_help_panel=OUTPUT)
    ] = False,
) -> None:
    """Mark objects, ask questions that labels answer, and make a balanced, split dataset of them."""
    from roadmark.config import validate
    from roadmark.pipeline import ProcessExecutor
    from roadmark.vqa import STAGES, DatasetSettings, build_dataset, find_videos, left_over

    unknown = [name for name in force or () if name not in STAGES]
    if unknown:
        raise typer.BadParameter(f"{unknown[0]!r} is none of {', '.join(STAGES)}", param_hint="--force")
    settings = validate(
        DatasetSettings,
        {
            "seed": seed,
            "marks": marks.value,
            "families": None if families is None else tuple(filter(None, map(str.strip, families.split(",")))),
            "per_template": per_template,
            "reasoning": reasoning,
            "balance": balance,
            "keep_rejected": keep_rejected,
            "split_by": split_by.value,
            "media": media.value,
            **({} if split is None else {"split": _shares(split)}),
        },
        "command line",
    )
    failed: list[str] = []

    def refused(name: str, error: Exception) -> None:
        failed.append(name)
        console.fail(f"{name}: {error}")

    found = find_videos(
        _of_run(carla_folder, run_id),
        None if cosmos_folder is None else _of_run(cosmos_folder, run_id),
        keep_rejected=keep_rejected,
        refused=refused if keep_going else None,
    )
    _tell_found(found)
    run = build_dataset(
        settings,
        found,
        output_folder,
        executor=None if workers == 1 else ProcessExecutor(workers),
        keep_going=keep_going,
        force=force or (),
        on_result=_tell,
    )
    _print_summary(run.stages, output_folder)
    if old := left_over(output_folder, found):
        console.note(
            f"{len(old)} videos of earlier builds are in no question any more, such as {output_folder / old[0]}"
        )
    if failed or not run.succeeded:
        raise typer.Exit(1)


def _of_run(folder: Path, run_id: str | None) -> Path:
    """A run's folder; the folder itself where it has no such run."""
    from roadmark.errors import ConfigError
    from roadmark.files import is_plain_name

    if run_id is None:
        return folder
    if not is_plain_name(run_id):
        raise ConfigError(f"--run_id {run_id!r}: must be of letters, digits, '_', '.', '-'")
    run = folder / run_id
    if run.is_dir():
        return run
    console.note(f"{folder} has no folder {run_id}: all of it is taken")
    return folder


def _shares(text: str) -> dict[str, float]:
    """Such as `train=0.9,val=0.1`."""
    from roadmark.errors import ConfigError

    shares = {}
    for part in filter(None, map(str.strip, text.split(","))):
        name, _, value = (piece.strip() for piece in part.partition("="))
        if name in shares:
            raise ConfigError(f"--split {text!r}: names {name!r} twice")
        try:
            shares[name] = float(value)
        except ValueError:
            raise ConfigError(f"--split {text!r}: {part!r} is no share such as train=0.8") from None
    return shares


def _tell_found(found: FoundVideos) -> None:
    augmented = sum(video.augmentation is not None for video in found.videos)
    console.note(f"{len(found.clips)} clips, {augmented} augmented videos")
    for name in found.rejected:
        console.warn(f"{name}: left out, verification rejected it (--keep-rejected takes it)")
    if found.foreign:
        what = "made from none of these clips as they are now; augment again what was simulated again"
        console.warn(f"{len(found.foreign)} augmented videos are left out, such as {found.foreign[0].parent}: {what}")


def _tell(stage: str, result: ItemResult) -> None:
    notes = () if result.result is None else result.result.get("notes", ())
    said = "".join(f"; {note}" for note in notes) if result.error is None else f": {result.error.message}"
    (console.tell if result.error is None else console.fail)(f"{stage} {result.item_id}: {result.status.value}{said}")


def _print_summary(stages: tuple[RunSummary, ...], folder: Path) -> None:
    from roadmark.pipeline import ItemStatus

    table = Table("stage", *(status.value for status in ItemStatus))
    for stage in stages:
        table.add_row(stage.stage, *(str(len(stage.with_status(status))) for status in ItemStatus))
    console.out.print(table)
    (result,) = stages[-1].results or (None,)
    facts = {} if result is None else result.result or {}
    if not facts:
        return
    _print_families(folder)
    if facts["left_out"]:
        name, reason = next(iter(facts["left_out"].items()))
        count = len(facts["left_out"])
        console.note(f"left out to keep balance: {count} kinds of questions, such as {name}: {reason}; see bias.json")
    for family in facts["biased"]:
        console.warn(f"family {family}: its answers can be guessed without the video; see {folder / 'bias.json'}")
    if not facts["samples"]:
        console.warn("the dataset is empty: the families found nothing to ask that could be balanced")
    console.out.print(f"dataset {folder}: {facts['samples']} questions", markup=False)


def _print_families(folder: Path) -> None:
    bias, statistics = (_families_of(folder / name) for name in ("bias.json", "statistics.json"))
    table = Table("family", "questions", "chance", "best guesser", "verdict")
    try:
        for name, counts in statistics.items():
            found = bias.get(name)
            if found is None:
                table.add_row(name, str(counts["samples"]), "–", "–", "open answers")
            else:
                best = max(found["guessers"].values())
                table.add_row(name, str(counts["samples"]), f"{found['chance']:.2f}", f"{best:.2f}", found["verdict"])
    except (KeyError, TypeError, ValueError, AttributeError):
        _damaged(folder / "bias.json")
    console.out.print(table)


def _families_of(path: Path) -> dict[str, Any]:
    """What a file of the dataset says of each family; nothing where it was damaged since it was written."""
    from roadmark.errors import InputError
    from roadmark.files import read_json

    try:
        document = read_json(path, MAX_TABLE)
    except InputError:
        document = None
    families = document.get("families") if isinstance(document, dict) else None
    if not isinstance(families, dict):
        _damaged(path)
        return {}
    return families


def _damaged(path: Path) -> None:
    console.warn(f"{path}: is damaged; write it again with --force dataset")
