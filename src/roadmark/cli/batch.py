"""`roadmark simulate --batch`: a folder of scenarios through the pipeline, resumed where it stopped."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer
from rich.table import Table

from roadmark.cli import console
from roadmark.cli.stage_progress import Pace
from roadmark.errors import ConfigError, RoadmarkError
from roadmark.files import output_errors
from roadmark.pipeline import (
    MANIFEST_NAME,
    Item,
    ItemResult,
    ItemStatus,
    ProcessExecutor,
    RunManifest,
    RunSummary,
    SequentialExecutor,
    run_stage,
)
from roadmark.simulate import SimulateStage, check_run_id, find_scenarios, resolve_settings, scenario_items

DEFAULT_OUTPUT = Path("out/simulated")


def simulate_folder(
    folder: Path,
    run_id: str,
    *,
    wf_config: Path | None,
    options: Mapping[str, Any],
    overwrite: bool,
    nest: bool,
    workers: int,
    keep_going: bool,
    dry_run: bool,
) -> None:
    """Simulate every scenario of a folder into `output_dir/run_id/scenario_N`.

    Raises:
        ConfigError: An option that a batch cannot take.
        Exit: With code 1 where a scenario failed.
    """
    for name, option in (("recorder_filename", "--recorder-filename"), ("camera_config", "--camera-config")):
        if name in options:
            raise ConfigError(f"{option} does not go with --batch: every scenario has its own file")
    check_run_id(run_id)
    settings = resolve_settings(wf_config=wf_config, config=None, command_line=options)[0].settings
    run_dir = (settings.output_dir or DEFAULT_OUTPUT) / run_id
    shared = dict(options) if workers == 1 else {"threads": 1, **options}
    stage = SimulateStage(wf_config, shared, overwrite, nest)
    scenarios = find_scenarios(folder)
    items = scenario_items(scenarios, run_dir, stage)
    if dry_run:
        _print_plans(stage, items)
        return

    pace = Pace(len(items), time.monotonic())

    def report(result: ItemResult) -> None:
        note = f": {result.error.message}" if result.error is not None else ""
        left = pace.count(result.status.value, time.monotonic())
        console.err.print(f"{result.item_id}: {result.status.value} ({left}){note}", markup=False)
        for message in (result.result or {}).get("notes", ()):
            console.note(f"{result.item_id}: {message}")

    executor = SequentialExecutor() if workers == 1 else ProcessExecutor(workers)
    with output_errors(run_dir):
        run_dir.mkdir(parents=True, exist_ok=True)
    summary = run_stage(
        stage,
        items,
        RunManifest(run_dir / MANIFEST_NAME),
        seed=settings.seed,
        executor=executor,
        keep_going=keep_going,
        force=overwrite,
        on_result=report,
    )
    _print_summary(summary, run_dir)
    if not summary.succeeded:
        raise typer.Exit(1)


def _print_plans(stage: SimulateStage, items: Sequence[Item]) -> None:
    """Print what every scenario would do; a scenario that cannot be planned says why, and the exit code is 1."""
    failed = False
    for item in items:
        try:
            console.out.print(f"{item.id}\n{stage.plan(item).describe()}\n", markup=False)
        except RoadmarkError as error:
            failed = True
            console.fail(f"{item.id}: {error}")
    if failed:
        raise typer.Exit(1)


def _print_summary(summary: RunSummary, run_dir: Path) -> None:
    table = Table("scenario", "status", "clips", "frames", "labels", "collisions")
    for result in summary.results:
        facts = result.result or {}
        clips = ", ".join(facts.get("clips", ()))
        counts = [str(facts.get(name, "")) for name in ("frames", "labels", "collisions")]
        table.add_row(result.item_id, result.status.value, clips, *counts)
    console.out.print(table)
    failed = len(summary.with_status(ItemStatus.FAILED))
    done = len(summary.with_status(ItemStatus.DONE))
    skipped = len(summary.with_status(ItemStatus.SKIPPED))
    console.out.print(f"{done} done, {skipped} done before, {failed} failed of {len(summary.results)} scenarios")
    console.out.print(f"run {run_dir}", markup=False)
