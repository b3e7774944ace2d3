"""`roadmark dataset`: datasets on disk."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from roadmark.cli import console

if TYPE_CHECKING:
    from roadmark.dataset import DatasetCheck, DatasetFolder, Fault, MarksOfVideo, Problem
    from roadmark.vqa import AnswersFromLabels

app = typer.Typer(help="Look after datasets.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def root() -> None:
    """Look after datasets."""


@app.command("check")
def check(
    dataset: Annotated[Path, typer.Argument(help="The dataset's folder.")],
    formats: Annotated[
        str, typer.Option("--for", help="Formats that must hold every sample, with commas between.")
    ] = "llava,qwen,hf,webdataset",
    no_decode: Annotated[
        bool, typer.Option("--no-decode", help="Count videos' frames instead of decoding them.")
    ] = False,
    most: Annotated[int, typer.Option(min=0, help="Most problems of each kind that are printed.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print every problem as a line of JSON, no table.")] = False,
) -> None:
    """Look for everything that is wrong with a dataset; exit code 1 where something is."""
    from roadmark.dataset import DatasetCheck, DatasetFolder
    from roadmark.formats import checks_of

    folder = DatasetFolder.open(dataset)
    fits = checks_of([name.strip() for name in formats.split(",") if name.strip()], folder)
    with console.frame_progress("check", folder.lines(), unit="samples") as advance:
        asked = DatasetCheck(
            folder,
            decode=not no_decode,
            fits=fits,
            recompute=_recompute(folder),
            marks_of=_marks_of,
            progress=advance,
        )
        found: Counter[Fault] = Counter()
        for problem in asked.problems():
            found[problem.fault] += 1
            if as_json:
                record = {"fault": problem.fault, "sample": problem.sample, "detail": problem.detail}
                console.out.print(json.dumps(record), markup=False)
            elif found[problem.fault] <= most:
                console.out.print(_line(problem), markup=False)
    if not as_json:
        _print_summary(asked, found)
    if found:
        raise typer.Exit(1)


def _recompute(folder: DatasetFolder) -> AnswersFromLabels | None:
    """What computes answers from labels; None where the dataset does not say where its clips lie, or has no seed."""
    from roadmark.errors import InputError
    from roadmark.vqa import AnswersFromLabels

    try:
        return AnswersFromLabels(folder)
    except InputError as error:
        console.note(f"answers are not computed anew: {error}")
        return None


def _line(problem: Problem) -> str:
    where = f" {problem.sample}" if problem.sample else ""
    return f"{problem.fault}{where}: {problem.detail}"


def _print_summary(asked: DatasetCheck, found: Counter[Fault]) -> None:
    from roadmark.dataset import ADVICE

    if found:
        table = Table("problem", "found", "what to do")
        for fault, count in sorted(found.items()):
            table.add_row(fault, str(count), ADVICE[fault])
        console.out.print(table)
    looked = f"{asked.samples} samples, {asked.media} media, {asked.recomputed} answers computed anew"
    console.out.print(f"{looked}: {found.total() or 'no'} problems", markup=False)


def _marks_of(video: Path) -> MarksOfVideo | None:
    """What the record beside a marked video says; None where there is none."""
    from roadmark.dataset import MarksOfVideo
    from roadmark.files import has_file
    from roadmark.marks import marks_file, read_marks

    if not has_file(marks_file(video)):
        return None
    record = read_marks(video)
    return MarksOfVideo(len(record.label_frames), {mark.mark: mark.actor_id for mark in record.marks})
