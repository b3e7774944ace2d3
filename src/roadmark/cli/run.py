"""`roadmark run`: everything from scenarios to a report, from one file."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from roadmark.cli import console
from roadmark.cli.stage_progress import StageProgress, duration
from roadmark.cli.start import load_kernel_library

if TYPE_CHECKING:
    from collections.abc import Sequence

    from roadmark.pipeline import Executor, RunSummary
    from roadmark.recipe import Layout, WholeRun


class ExecutorName(StrEnum):
    """Where items run."""

    SEQUENTIAL = "sequential"
    PROCESSES = "processes"
    RAY = "ray"


def run(
    pipeline: Annotated[Path | None, typer.Argument(help="Pipeline YAML [the standard recipe].")] = None,
    profile: Annotated[str | None, typer.Option(help="Changes by name: of the file, or demo: small and quick.")] = None,
    output_dir: Annotated[
        Path | None, typer.Option("--output-dir", "-o", help="Folder of everything [what the file says].")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of everything [what the file says].")] = None,
    executor: Annotated[
        ExecutorName | None, typer.Option(help="Where items run [sequential; processes with --workers].")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=10_000, help="Items at a time [1; with ray, every processor].")
    ] = None,
    ray_address: Annotated[
        str | None, typer.Option(help="Ray cluster to join: auto or HOST:PORT [one of our own].")
    ] = None,
    only: Annotated[list[str] | None, typer.Option(help="Run this step only; may be repeated.")] = None,
    force: Annotated[list[str] | None, typer.Option(help="Do this step again; may be repeated.")] = None,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="After a failure go on with what does not depend on it.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what there is to do, how long it takes, and stop.")
    ] = False,
) -> None:
    """Run a pipeline: scenarios, clips, augmented clips, dataset, exports, report. Said again, it goes on."""
    load_kernel_library()
    from roadmark.recipe import WholeRun, load_pipeline

    settings, warnings = load_pipeline(pipeline, profile=profile, output=output_dir, seed=seed)
    for message in warnings:
        console.warn(message)
    work = WholeRun(settings)
    if dry_run:
        print_plan(work, only or (), force or (), workers or 1)
        return
    carry_out(
        work,
        executor=_executor(executor, workers, ray_address),
        parallel=executor is ExecutorName.RAY or (workers or 1) > 1,
        only=only or (),
        force=force or (),
        keep_going=keep_going,
    )


def _executor(name: ExecutorName | None, workers: int | None, address: str | None) -> Executor:
    from roadmark.errors import ConfigError
    from roadmark.pipeline import ProcessExecutor, RayExecutor, SequentialExecutor

    if name is None:
        name = ExecutorName.PROCESSES if (workers or 1) > 1 else ExecutorName.SEQUENTIAL
    if address is not None and name is not ExecutorName.RAY:
        raise ConfigError(f"--ray-address {address}: goes with --executor ray")
    if name is ExecutorName.RAY:
        return RayExecutor(address, workers=workers)
    if name is ExecutorName.PROCESSES:
        return ProcessExecutor(workers or 2)
    if (workers or 1) > 1:
        raise ConfigError(f"--workers {workers}: the sequential executor works on one item; use processes or ray")
    return SequentialExecutor()


def carry_out(
    work: WholeRun,
    *,
    executor: Executor,
    parallel: bool,
    only: Sequence[str] = (),
    force: Sequence[str] = (),
    keep_going: bool = False,
) -> None:
    """Run it with progress, and print what became of it.

    Raises:
        Exit: With code 1 where an item failed.
    """
    from roadmark.cli.compiling import TellingExecutor
    from roadmark.pipeline import RayExecutor, Timings
    from roadmark.recipe import How

    with StageProgress(Timings(work.layout.timings)) as progress:
        how = How(TellingExecutor(executor), parallel, keep_going, frozenset(force), progress)
        try:
            summaries = work.run(how, only=only)
        finally:
            if isinstance(executor, RayExecutor):
                executor.close()
    _print_summary(summaries, work.layout)
    if progress.refusals or not all(summary.succeeded for summary in summaries):
        raise typer.Exit(1)


def print_plan(work: WholeRun, only: Sequence[str], force: Sequence[str], workers: int) -> None:
    """Print what there is to do, how long it will take, and what services are asked."""
    from roadmark.pipeline import ItemState, Timings
    from roadmark.recipe import estimate

    stages = work.plan(only=only, forced=force)
    quality = "standard" if work.settings.simulate is None else work.settings.simulate.quality
    times = estimate(stages, Timings(work.layout.timings), quality=quality, workers=workers)
    table = Table("stage", "items", *(state.value for state in ItemState), "to do", "time", "requests")
    for stage, time in zip(stages, times, strict=True):
        table.add_row(
            stage.stage,
            str(stage.items),
            *(str(stage.counts.get(state, 0)) for state in ItemState),
            str(stage.to_do),
            _time(time.seconds, time.basis),
            ", ".join(f"{name} {count}" for name, count in stage.requests.items()),
        )
    console.out.print(table)
    known = sum(time.seconds or 0.0 for time in times)
    more = " and what the services take" if any(time.seconds is None for time in times) else ""
    console.out.print(f"about {duration(known)}{more}, {workers} at a time: {work.layout.output}", markup=False)
    if any(time.basis == "rough" for time in times):
        console.note("~ is a rough guess from a table; the time of items that this run made is better known")


def _time(seconds: float | None, basis: str) -> str:
    if seconds is None:
        return "unknown"
    return f"{'~ ' if basis == 'rough' else ''}{duration(seconds)}"


def _print_summary(summaries: Sequence[RunSummary], layout: Layout) -> None:
    from roadmark.pipeline import ItemStatus

    table = Table("stage", *(status.value for status in ItemStatus))
    for summary in summaries:
        table.add_row(summary.stage, *(str(len(summary.with_status(status))) for status in ItemStatus))
    console.out.print(table)
    rejected = [it for one in summaries for it in one.results if (it.result or {}).get("verdict") == "reject"]
    if rejected:
        console.warn(f"{len(rejected)} augmented videos were rejected by verification, and are left out")
    for title, path in (("dataset", layout.dataset), ("report", layout.report)):
        if path.exists():
            console.out.print(f"{title} {path}", markup=False)
    console.out.print(f"run {layout.output}", markup=False)
