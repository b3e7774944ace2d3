"""`roadmark scenario import` and `export`: scenarios from other tools' files, and back."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from roadmark.cli import console
from roadmark.cli.outputs import check_ending

if TYPE_CHECKING:
    from roadmark.imports import Imported

POSES, XOSC = "Tables of poses", "OpenSCENARIO"


class Frame(StrEnum):
    """Axes of a table."""

    FLU = "flu"
    CARLA = "carla"


class Origin(StrEnum):
    """What a table's positions are."""

    ACTOR = "actor"
    CENTER = "center"


def import_scenario(
    file: Annotated[Path, typer.Argument(help="Poses as .csv or .parquet, or an OpenSCENARIO file (.xosc).")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The CARLA recording to write (.log).")],
    xodr_path: Annotated[
        Path | None, typer.Option(help="OpenDRIVE map; of an OpenSCENARIO file by default the one it names.")
    ] = None,
    fps: Annotated[int, typer.Option(min=1, max=240, help="Frames per second of the recording.")] = 30,
    night: Annotated[bool, typer.Option("--night", help="Vehicles burn their beams.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Of paints and looks that the file does not give.")] = 0,
    uids: Annotated[
        Path | None, typer.Option(help="Calibration file of a server's blueprints (roadmark scenario calibrate).")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a recording that is there.")] = False,
    frame: Annotated[Frame, typer.Option(help="Axes of the table.", rich_help_panel=POSES)] = Frame.FLU,
    origin: Annotated[
        Origin,
        typer.Option(help="Its positions: CARLA's origin of an actor, or its box's centre.", rich_help_panel=POSES),
    ] = Origin.ACTOR,
    duration: Annotated[
        float | None, typer.Option(min=0.0, help="Seconds at most [as the file says].", rich_help_panel=XOSC)
    ] = None,
    max_gap: Annotated[
        float, typer.Option(min=0.0, help="Most seconds between two rows of an actor.", rich_help_panel=POSES)
    ] = 1.0,
) -> None:
    """Make a recording of a table of poses or an OpenSCENARIO file."""
    from roadmark.errors import ConfigError, OutputError
    from roadmark.files import output_errors
    from roadmark.imports import (
        OpenScenarioOptions,
        PoseOptions,
        import_openscenario,
        import_poses,
        logic_file,
    )
    from roadmark.maps import load_opendrive
    from roadmark.scenario import write_log
    from roadmark.scenario.carla_log import read_uids
    from roadmark.traffic import build_network

    check_ending("--output", output, ".log")
    numbers = None if uids is None else read_uids(uids)
    with output_errors(output):
        if output.exists() and not overwrite:
            raise OutputError(f"{output}: exists; choose another name, or replace it with --overwrite")
    kind = file.suffix.lower()
    if kind in {".csv", ".parquet"}:
        if xodr_path is None:
            raise ConfigError(f"{file}: a table of poses does not name its map; give it with --xodr-path FILE.xodr")
        if xodr_path.is_dir():
            raise ConfigError(f"--xodr-path {xodr_path}: a table of poses does not name its map; give the .xodr file")
        options = PoseOptions(fps, frame.value, origin.value, max_gap, night, seed)
        made = import_poses(file, build_network(load_opendrive(xodr_path)), options)
    elif kind == ".xosc":
        how = OpenScenarioOptions(fps, duration, night, seed)
        made = import_openscenario(file, build_network(load_opendrive(logic_file(file, xodr_path))), how)
    else:
        raise ConfigError(f"{file}: what is this? .csv and .parquet are tables of poses, .xosc is OpenSCENARIO")
    write_log(made.scenario, output, numbers)
    _print(made, output)


def export_scenario(
    log: Annotated[Path, typer.Argument(help="A CARLA recorder file (.log).")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The table to write: .csv or .parquet.")],
    allow_truncated: Annotated[
        bool, typer.Option("--allow-truncated", help="Read a cut or broken recording up to where it breaks.")
    ] = False,
) -> None:
    """Write where everyone is in a recording as a table of poses, which import reads again."""
    from roadmark.scenario import read_log, to_csv, to_parquet

    check_ending("--output", output, ".csv", ".parquet")
    write = to_csv if output.suffix.lower() == ".csv" else to_parquet
    write(read_log(log, allow_truncated), output)
    console.out.print(f"wrote {output}", markup=False)


def _print(made: Imported, output: Path) -> None:
    table = Table("in the file", "id", "blueprint", "remark")
    for one in made.actors:
        table.add_row(*map(Text, (one.source, str(one.actor_id), one.blueprint_id, one.remark)))
    console.out.print(table)
    for note in made.notes:
        console.err.print(f"note: {note}", markup=False)
    frames = len(made.scenario.times)
    console.out.print(
        f"{made.scenario.duration:.2f} s, {frames} frames on {made.scenario.map_name}: {output}", markup=False
    )
