"""`roadmark clip`: clips on disk."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from roadmark.cli import console
from roadmark.errors import ConfigError


class DepthStep(StrEnum):
    """Steps of 16-bit depth images."""

    MILLIMETRES = "mm"
    METRES_256TH = "1/256m"


app = typer.Typer(help="Look after clips.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def root() -> None:
    """Look after clips."""


@app.command("adopt")
def adopt_clip(
    directory: Annotated[Path, typer.Argument(help="A folder made by the reference's tool.")],
    camera_config: Annotated[Path, typer.Option(help="The camera YAML it was made with.")],
    camera: Annotated[str | None, typer.Option(help="Which camera of the file, where it has several.")] = None,
    depth_unit: Annotated[DepthStep, typer.Option(help="Step of its depth images.")] = DepthStep.MILLIMETRES,
    fps: Annotated[float | None, typer.Option(help="Frame rate [from its timestamps].")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an earlier adoption.")] = False,
) -> None:
    """Write a clip.json into the reference tool's output, and say which of its labels cannot be trusted."""
    from roadmark.clip import AdoptedCamera, adopt
    from roadmark.simulate import frame_rate, load_cameras

    setups = {setup.name: setup for setup in load_cameras(camera_config)}
    if camera is None and len(setups) > 1:
        raise ConfigError(f"{camera_config}: has several cameras ({', '.join(setups)}); choose one with --camera")
    if camera is not None and camera not in setups:
        raise ConfigError(f"{camera_config}: has no camera {camera!r}; it has {', '.join(setups)}")
    setup = setups[camera] if camera is not None else next(iter(setups.values()))
    adopted = adopt(
        directory,
        AdoptedCamera(setup.camera, setup.pose, setup.name),
        depth_unit=depth_unit.value,
        fps=None if fps is None else frame_rate(fps),
        overwrite=overwrite,
    )
    manifest = adopted.manifest
    console.out.print(f"{directory}: adopted, {len(manifest.frames)} frames", markup=False)
    for message in manifest.notes:
        console.note(message)
    for label in manifest.untrusted:
        console.out.print(f"do not trust {label.label}: {label.reason}", markup=False)
