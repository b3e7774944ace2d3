"""Running a plan with progress, and telling where its clips are."""

from __future__ import annotations

import time

from rich.table import Table

from roadmark.cli import console
from roadmark.render import Quality, kernels_are_cached
from roadmark.simulate import ClipResult, SimulationPlan, TownWorker, run_simulation


def simulate_planned(
    plan: SimulationPlan, *, overwrite: bool, town_worker: TownWorker | None = None
) -> list[ClipResult]:
    """Simulate a plan, show progress, and print a table of its clips."""
    if not kernels_are_cached(Quality.preset(plan.settings.quality)):
        console.note("compiling the render kernels; this happens once on a machine and takes about half a minute")
    started = time.monotonic()
    total = len(plan.sample) * len(plan.cameras)
    with console.frame_progress(plan.recording.stem, total) as advance:
        results = run_simulation(plan, overwrite=overwrite, progress=advance, town_worker=town_worker)
    elapsed = time.monotonic() - started
    with console.unless_heard(f"complete: {', '.join(str(result.path) for result in results)}"):
        print_clips(results)
    for result in results:
        if not result.objects:
            console.warn(
                f"{result.path}: no object is labelled in any frame; look at rgb.mp4 and at the camera's place"
            )
    console.out.print(f"{total} frames in {elapsed:.1f} s, {elapsed / total:.2f} s per frame", markup=False)
    return results


def print_clips(results: list[ClipResult]) -> None:
    """Print what was made and where its videos are."""
    table = Table("clip", "frames", "labels", "collisions")
    for result in results:
        events = "not looked for" if result.events is None else str(result.events)
        table.add_row(result.path.name, str(result.frames), str(result.objects), events)
    console.out.print(table)
    for result in results:  # in lines of their own: a table folds what is wider than the terminal
        console.out.print(f"clip {result.path}", markup=False)
        for video in sorted((result.path / "videos").glob("*.mp4")):
            console.out.print(f"video {video}", markup=False)
