"""`roadmark demo`: from nothing to a labelled clip of a collision."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from roadmark.cli import console
from roadmark.cli.start import load_kernel_library

DEMO_FPS = 20.0


def demo(
    output_dir: Annotated[Path, typer.Option(help="Folder for the scenario's files and its clip.")] = Path("out/demo"),
    quality: Annotated[str, typer.Option(help="draft, standard or high.")] = "standard",
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another collision.")] = 0,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an earlier demo.")] = False,
) -> None:
    """Generate a collision at a signalised junction, place a camera, simulate it, and print where the videos are."""
    load_kernel_library()
    from roadmark.cli.clips import simulate_planned
    from roadmark.cli.compiling import tell_when_compiling
    from roadmark.files import check_directory
    from roadmark.generate import write_demo_scenario
    from roadmark.simulate import plan_simulation, resolve_settings

    clip = output_dir / "clip"
    check_directory(clip, overwrite=overwrite)
    tell_when_compiling()
    made = write_demo_scenario(output_dir / "scenario", seed)
    console.note(f"{made.paths.recording}: {' '.join(made.found.draw.plan.captions)}")
    resolved, metadata = resolve_settings(
        wf_config=None,
        config=made.paths.config,
        command_line={
            "recorder_filename": made.paths.recording,
            "xodr_path": made.map_file,
            "camera_config": made.paths.cameras,
            "output_dir": clip,
            "start_time": made.start,
            "duration": made.duration,
            "target_fps": DEMO_FPS,
            "quality": quality,
            "overlays": True,
        },
    )
    simulate_planned(plan_simulation(resolved, metadata), overwrite=overwrite)
