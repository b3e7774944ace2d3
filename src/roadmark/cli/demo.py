"""`roadmark demo`: the built-in scenario, from nothing to a labelled clip."""

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
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an earlier demo.")] = False,
) -> None:
    """Write a built-in scenario as a CARLA recording, simulate it, and print where the videos are."""
    load_kernel_library()
    from roadmark.cli.clips import simulate_planned
    from roadmark.simulate import plan_simulation, resolve_settings, write_demo

    files = write_demo(output_dir / "scenario")
    console.note(
        f"a red-light runner at a crossing: {files.recording}, {files.xodr}, {files.cameras}, {files.log_config}"
    )
    resolved, metadata = resolve_settings(
        wf_config=None,
        config=files.log_config,
        command_line={
            "recorder_filename": files.recording,
            "xodr_path": files.xodr,
            "camera_config": files.cameras,
            "output_dir": output_dir / "clip",
            "target_fps": DEMO_FPS,
            "quality": quality,
            "overlays": True,
        },
    )
    plan = plan_simulation(resolved, metadata)
    simulate_planned(plan, overwrite=overwrite)
