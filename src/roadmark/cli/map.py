"""`roadmark map`: make road networks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from roadmark.cli import console
from roadmark.cli.outputs import check_ending

app = typer.Typer(
    help="Make maps: procedural towns, twins of real places.", no_args_is_help=True, rich_markup_mode=None
)

TOWNS = "crossing, grid, radial, t_junctions, roundabout or highway"
"""For help texts, which must not wait for the room of towns; a test holds them to what there is."""


@app.callback()
def road_networks() -> None:
    """Make maps: procedural towns, twins of real places."""


@app.command()
def town(
    kind: Annotated[str, typer.Argument(help=f"{TOWNS}.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The OpenDRIVE file to write (.xodr).")],
    seed: Annotated[int, typer.Option(help="Another seed, another town.")] = 0,
    blocks: Annotated[
        str | None, typer.Option(help="Blocks across and along, as 3x2 (grid, t_junctions); else the seed's choice.")
    ] = None,
    relief: Annotated[float, typer.Option(help="How hilly: 0 (flat) to 2.")] = 1.0,
) -> None:
    """Write a procedural town as OpenDRIVE: streets, junctions, signals, signs, crosswalks."""
    from roadmark.files import output_errors, write_atomically
    from roadmark.towns import TownOptions, build_town

    check_ending("--output", output, ".xodr")
    data = build_town(kind, seed, TownOptions(_blocks(blocks), relief))
    with output_errors(output):
        write_atomically(output, data)
    console.out.print(f"wrote {output}", markup=False, highlight=False, soft_wrap=True)


@app.command("from-osm")
def from_osm(
    extract: Annotated[Path, typer.Argument(help="OpenStreetMap extract (.osm).")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The OpenDRIVE file to write (.xodr).")],
    converter: Annotated[str, typer.Option(help="auto, carla or sumo: what turns streets into roads.")] = "auto",
) -> None:
    """Make a digital twin of a real place: its streets as OpenDRIVE, its buildings and trees in a file beside it."""
    from roadmark.files import output_errors, write_atomically
    from roadmark.twins import surroundings_path, twin_from_osm, write_surroundings

    check_ending("--output", output, ".xodr")
    twin = twin_from_osm(extract, output.stem, converter)
    beside = surroundings_path(output)
    write_surroundings(beside, twin.surroundings)
    with output_errors(output):
        write_atomically(output, twin.opendrive)
    for message in twin.notes:
        console.note(message)
    road_map, around = twin.road_map, twin.surroundings
    lights = sum(signal.dynamic for signal in road_map.signals)
    facts = (
        f"wrote {output}: {len(road_map.road_geometry)} roads, {len(road_map.junctions)} junctions, {lights} traffic "
        f"lights, {len(road_map.crosswalks)} crosswalks ({twin.converter})",
        f"wrote {beside}: {len(around.buildings)} buildings, {len(around.trees)} trees, {len(around.areas)} areas",
        f"data: {around.source}",
    )
    for line in facts:
        console.out.print(line, markup=False, highlight=False, soft_wrap=True)


def _blocks(text: str | None) -> tuple[int, int] | None:
    from roadmark.errors import ConfigError

    if text is None:
        return None
    across, cross, along = text.lower().partition("x")
    if not (cross and across.isdecimal() and along.isdecimal() and len(text) < 8):
        raise ConfigError(f"--blocks {text[:20]!r} is not of the form 3x2")
    return int(across), int(along)
