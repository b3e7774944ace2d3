"""`roadmark drive`: recordings of vehicles with several cameras."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from roadmark.cli import console

if TYPE_CHECKING:
    from roadmark.drive import Drive, DriveCamera, FoundDrive, Problem, ReadOptions

app = typer.Typer(help="Look into drives.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def root() -> None:
    """Look into drives."""


@app.command("inspect")
def inspect(
    path: Annotated[Path, typer.Argument(help="A folder with a drive or with many.")],
    drive: Annotated[str | None, typer.Option(help="Only the drive with this id.")] = None,
    format_name: Annotated[str | None, typer.Option("--format", help="Its format [recognised].")] = None,
    max_gap: Annotated[float, typer.Option(min=0.0, help="Longest gap of poses and tracks that is filled, s.")] = 0.5,
    ignore_corrections: Annotated[
        bool, typer.Option("--ignore-corrections", help="Leave out the rig's corrections, as NVIDIA's reader does.")
    ] = False,
    most: Annotated[int, typer.Option(min=0, help="Most problems of each kind that are printed.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print a line of JSON for each drive, no tables.")] = False,
) -> None:
    """Say what drives hold and what is wrong with them; exit code 1 where something is."""
    from roadmark.drive import ReadOptions, find_drives
    from roadmark.errors import InputError

    options = ReadOptions(corrections=not ignore_corrections, max_gap=max_gap)
    found = [one for one in find_drives(path, format_name) if drive is None or one.id == drive]
    if not found:
        raise InputError(f"{path}: has no drive {drive}; leave out --drive to see all")
    wrong = sum([not _inspect_one(one, options, most, as_json) for one in found])
    if len(found) > 1 and not as_json:
        console.out.print(f"{len(found)} drives, {wrong} with problems", markup=False)
    if wrong:
        raise typer.Exit(1)


def _inspect_one(found: FoundDrive, options: ReadOptions, most: int, as_json: bool) -> bool:
    """Print what a drive holds; whether nothing is wrong with it. One that cannot be read does not stop the others."""
    from roadmark.drive import check_drive
    from roadmark.errors import InputError

    try:
        drive = found.read(options)
    except InputError as error:
        if as_json:
            console.out.print(json.dumps({"id": found.id, "format": found.format, "error": str(error)}), markup=False)
        else:
            console.fail(str(error))
        return False
    problems = [*drive.problems, *check_drive(drive)]
    if as_json:
        console.out.print(json.dumps(_record(drive, problems)), markup=False)
    else:
        _print(drive, problems, most)
    return not problems


def _print(drive: Drive, problems: list[Problem], most: int) -> None:
    from roadmark.drive import ADVICE

    span = f"{drive.ego.times[0]:.2f} to {drive.ego.times[-1]:.2f} s"
    facts = f"{drive.id} ({drive.format}): {len(drive.ego.times)} ego poses, {span}"
    console.out.print(facts, markup=False)
    console.out.print(_cameras(drive))
    if drive.tracks:
        console.out.print(_tracks(drive))
    if drive.map_layers:
        layers = ", ".join(f"{len(elements)} {name}" for name, elements in drive.map_layers.items())
        console.out.print(f"map: {layers}", markup=False)
    if drive.captions:
        console.out.print(f"captions: {', '.join(drive.captions)}", markup=False)
    for message in drive.notes:
        console.note(message)
    counts = Counter(problem.fault for problem in problems)
    for fault, count in counts.items():
        for problem in [one for one in problems if one.fault == fault][:most]:
            console.out.print(f"{fault} {problem.item}: {problem.detail}", markup=False)
        if count > most:
            console.out.print(f"{fault}: {count - most} more", markup=False)
    if counts:
        table = Table("problem", "found", "what to do")
        for fault, count in sorted(counts.items()):
            table.add_row(fault, str(count), ADVICE[fault])
        console.out.print(table)
    console.out.print(f"{drive.id}: {counts.total() or 'no'} problems", markup=False)


def _cameras(drive: Drive) -> Table:
    table = Table("camera", "lens", "calibrated", "frames", "seconds", "x, y, z in rig, m", "yaw", "pictures")
    for camera in drive.cameras.values():
        record = _camera_record(camera)
        table.add_row(
            camera.name,
            record["lens"],
            f"{camera.model.width}x{camera.model.height}",
            str(record["frames"]),
            f"{camera.frame_times[0]:.2f} to {camera.frame_times[-1]:.2f}",
            " ".join(f"{value:.3f}" for value in record["position"]),
            f"{record['yaw_deg']:.1f}°",
            record["pictures"] or "none",
        )
    return table


def _tracks(drive: Drive) -> Table:
    table = Table("category", "labels", "tracks", "observations", "seconds")
    for category in dict.fromkeys(track.category for track in drive.tracks):
        own = [track for track in drive.tracks if track.category == category]
        labels = ", ".join(dict.fromkeys(track.label for track in own))
        times = f"{min(one.times[0] for one in own):.2f} to {max(one.times[-1] for one in own):.2f}"
        table.add_row(category, labels, str(len(own)), str(sum(len(one.times) for one in own)), times)
    return table


def _record(drive: Drive, problems: list[Problem]) -> dict[str, Any]:
    return {
        "id": drive.id,
        "recording": drive.recording,
        "format": drive.format,
        "start_us": drive.start_us,
        "ego": {"poses": len(drive.ego.times), "first": drive.ego.times[0], "last": drive.ego.times[-1]},
        "cameras": [_camera_record(camera) for camera in drive.cameras.values()],
        "tracks": dict(Counter(track.category for track in drive.tracks)),
        "observations": sum(len(track.times) for track in drive.tracks),
        "map": {name: len(elements) for name, elements in drive.map_layers.items()},
        "captions": list(drive.captions),
        "notes": list(drive.notes),
        "problems": [{"fault": one.fault, "item": one.item, "detail": one.detail} for one in problems],
    }


def _camera_record(camera: DriveCamera) -> dict[str, Any]:
    import math

    from roadmark.drive import VideoFile
    from roadmark.geometry import FThetaCamera

    axis = camera.rig_from_camera.rotation[:, 2]
    kinds = {None: None, True: "video", False: "images"}
    is_video = None if camera.footage is None else isinstance(camera.footage, VideoFile)
    return {
        "name": camera.name,
        "lens": "f-theta" if isinstance(camera.model, FThetaCamera) else "pinhole",
        "width": camera.model.width,
        "height": camera.model.height,
        "frames": len(camera.frame_times),
        "position": camera.rig_from_camera.translation.tolist(),
        "yaw_deg": math.degrees(math.atan2(axis[1], axis[0])),
        "pictures": kinds[is_video],
    }
