"""`roadmark report`: a dataset or a run as a page for a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from roadmark.cli import console
from roadmark.cli.outputs import check_ending

MAX_TOLD = 50
"""Problems that are told one by one."""


def report(
    folder: Annotated[Path, typer.Argument(help="A dataset, a folder of clips, or a run of augmented clips.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The page to write [report.html in the folder].")
    ] = None,
    embed: Annotated[bool, typer.Option("--embed", help="Take the videos into the page, up to 100 MiB.")] = False,
) -> None:
    """Write a page that shows clips, questions, statistics and verification, for a browser without a server."""
    from roadmark.report import write_report

    check_ending("--output", output, ".html", ".htm")
    written = write_report(folder, output, embed=embed)
    for problem in written.problems[:MAX_TOLD]:
        console.warn(str(problem))
    if len(written.problems) > MAX_TOLD:
        console.warn(f"{len(written.problems) - MAX_TOLD} more problems are shown on the page")
    shown = f"{written.clips} clips, {written.questions} questions"
    console.out.print(f"report {output or folder / 'report.html'}: {shown}", markup=False)
    if written.data is not None:
        console.out.print(f"data {written.data.name} beside it: keep them together", markup=False)
