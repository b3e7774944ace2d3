"""`roadmark demo`: from nothing to a dataset of questions with a report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from roadmark.cli.start import load_kernel_library


def demo(
    output_dir: Annotated[Path, typer.Option(help="Folder of everything.")] = Path("out/demo"),
    seed: Annotated[int, typer.Option(min=0, help="Another seed, other scenarios.")] = 0,
    workers: Annotated[int, typer.Option(min=1, max=256, help="Items at a time, each in a process of its own.")] = 1,
) -> None:
    """Generate three scenarios, simulate them, show them under other conditions, and ask questions about them.

    The same as `roadmark run --profile demo`. Said again, it goes on where it was stopped.
    """
    load_kernel_library()
    from roadmark.cli.run import carry_out
    from roadmark.pipeline import ProcessExecutor, SequentialExecutor
    from roadmark.recipe import WholeRun, load_pipeline

    settings, _ = load_pipeline(profile="demo", output=output_dir, seed=seed)
    executor = SequentialExecutor() if workers == 1 else ProcessExecutor(workers)
    carry_out(WholeRun(settings), executor=executor, parallel=workers > 1)
