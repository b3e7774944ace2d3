"""`roadmark scenario generate`, `stats` and `calibrate`: scenarios from nothing, and what a folder of them holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from roadmark.cli import console
from roadmark.cli.map import TOWNS
from roadmark.cli.outputs import check_ending

PLACE, INCIDENT, ACTORS, CAMERAS, OUTPUT = "Place", "Incident", "Actors", "Cameras", "Output"
DEFAULT_OUTPUT = Path("out/scenarios")
INCIDENT_NAMES = (
    "collision (one of rear_end, side_collision, head_on, pedestrian_collision, cyclist_collision), near_miss, "
    "wrong_way, red_light, sudden_stop, stalled_vehicle, illegal_turn, speeding, jaywalk, blocked_junction, none"
)
"""For the help text, which must not wait for the libraries of traffic; a test holds it to what there is."""


def generate(
    recipe_file: Annotated[Path | None, typer.Option("--from", help="Recipe YAML; options win over it.")] = None,
    map: Annotated[Path | None, typer.Option(help="OpenDRIVE map to play on.", rich_help_panel=PLACE)] = None,
    town: Annotated[
        str | None, typer.Option(help=f"Procedural town to play on: {TOWNS}.", rich_help_panel=PLACE)
    ] = None,
    town_seed: Annotated[int | None, typer.Option(help="Which town of its kind [0].", rich_help_panel=PLACE)] = None,
    incident: Annotated[
        str | None,
        typer.Option(help=f"Comma separated, taken in turn [none]: {INCIDENT_NAMES}.", rich_help_panel=INCIDENT),
    ] = None,
    count: Annotated[
        int | None, typer.Option(help="Scenarios in all [one per name].", rich_help_panel=INCIDENT)
    ] = None,
    severity: Annotated[
        str | None, typer.Option(help="light, medium or severe [drawn].", rich_help_panel=INCIDENT)
    ] = None,
    time: Annotated[
        float | None, typer.Option(help="Second of the incident [drawn].", rich_help_panel=INCIDENT)
    ] = None,
    junction: Annotated[str | None, typer.Option(help="At this junction [drawn].", rich_help_panel=INCIDENT)] = None,
    road: Annotated[str | None, typer.Option(help="On this road [drawn].", rich_help_panel=INCIDENT)] = None,
    blueprints: Annotated[
        str | None,
        typer.Option(help="Blueprints of its actors, comma separated, by role [drawn].", rich_help_panel=INCIDENT),
    ] = None,
    duration: Annotated[float | None, typer.Option(help="Seconds [20].", rich_help_panel=INCIDENT)] = None,
    clip_duration: Annotated[
        float | None, typer.Option(help="Seconds around it that clips show [all].", rich_help_panel=INCIDENT)
    ] = None,
    fps: Annotated[int | None, typer.Option(help="Recorded frames per second [30].", rich_help_panel=INCIDENT)] = None,
    vehicles: Annotated[int | None, typer.Option(help="Driving vehicles [34].", rich_help_panel=ACTORS)] = None,
    cyclists: Annotated[int | None, typer.Option(help="Cyclists [4].", rich_help_panel=ACTORS)] = None,
    walkers: Annotated[int | None, typer.Option(help="Pedestrians [16].", rich_help_panel=ACTORS)] = None,
    parked: Annotated[int | None, typer.Option(help="Parked vehicles [6].", rich_help_panel=ACTORS)] = None,
    radius: Annotated[
        float | None, typer.Option(help="Metres around the incident with traffic [120].", rich_help_panel=ACTORS)
    ] = None,
    lighting: Annotated[
        str | None, typer.Option(help="Time of day: decides the lamps [mid_morning].", rich_help_panel=ACTORS)
    ] = None,
    camera: Annotated[str | None, typer.Option(help="none, auto or ego [none].", rich_help_panel=CAMERAS)] = None,
    cameras: Annotated[int | None, typer.Option(help="Viewpoints with auto [1].", rich_help_panel=CAMERAS)] = None,
    width: Annotated[
        int | None, typer.Option(help="Width of pictures, pixels [1920].", rich_help_panel=CAMERAS)
    ] = None,
    height: Annotated[
        int | None, typer.Option(help="Height of pictures, pixels [1080].", rich_help_panel=CAMERAS)
    ] = None,
    rig: Annotated[str | None, typer.Option(help="Rig with ego [dashcam].", rich_help_panel=CAMERAS)] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same files [0].")] = None,
    tries: Annotated[int | None, typer.Option(help="Draws per scenario before it is given up [60].")] = None,
    engine: Annotated[
        str | None, typer.Option(help="Who drives the vehicles: embedded or sumo [embedded].", rich_help_panel=ACTORS)
    ] = None,
    sumo_net: Annotated[
        Path | None, typer.Option(help="SUMO network of the map, .net.xml [made of it].", rich_help_panel=ACTORS)
    ] = None,
    sumo_routes: Annotated[
        Path | None, typer.Option(help="SUMO routes on it, .rou.xml [drawn].", rich_help_panel=ACTORS)
    ] = None,
    uids: Annotated[
        Path | None, typer.Option(help="Calibration of a server's blueprint numbers.", rich_help_panel=OUTPUT)
    ] = None,
    output_dir: Annotated[
        Path, typer.Option("--output-dir", "-o", help="Folder of the scenarios.", rich_help_panel=OUTPUT)
    ] = DEFAULT_OUTPUT,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace scenarios that are there.", rich_help_panel=OUTPUT)
    ] = False,
    workers: Annotated[int, typer.Option(min=1, help="Scenarios at a time.", rich_help_panel=OUTPUT)] = 1,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Finish the others when one fails.", rich_help_panel=OUTPUT)
    ] = False,
) -> None:
    """Generate scenarios with traffic and incidents as CARLA recordings."""
    given = dict(locals())
    from roadmark.generate import resolve_recipe

    own = ("recipe_file", "output_dir", "overwrite", "workers", "keep_going")
    options: dict[str, Any] = {name: value for name, value in given.items() if name not in own and value is not None}
    if "incident" in options:
        options["incidents"] = options.pop("incident")
    if "blueprints" in options:
        options["blueprints"] = tuple(part.strip() for part in options["blueprints"].split(","))
    recipe = resolve_recipe(recipe_file, options).settings
    _generate(recipe, output_dir, overwrite=overwrite, workers=workers, keep_going=keep_going)


def _generate(recipe: Any, folder: Path, *, overwrite: bool, workers: int, keep_going: bool) -> None:
    from roadmark.cli.compiling import TellingStage
    from roadmark.files import locked_folder, output_errors
    from roadmark.generate import generate_items, write_map
    from roadmark.pipeline import (
        MANIFEST_NAME,
        ItemResult,
        ProcessExecutor,
        RunManifest,
        SequentialExecutor,
        run_stage,
    )

    def report(result: ItemResult) -> None:
        facts = result.result or {}
        said = result.error.message if result.error is not None else " ".join(facts.get("events", ()))
        tries = f" ({facts['tries']} tries)" if facts.get("tries", 1) > 1 else ""
        console.err.print(f"{result.item_id}: {result.status.value}{tries}{f': {said}' if said else ''}", markup=False)
        for message in facts.get("notes", ()):
            console.note(f"{result.item_id}: {message}")

    with output_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with locked_folder(folder):
        stage = TellingStage(recipe, write_map(recipe, folder), overwrite)
        summary = run_stage(
            stage,
            generate_items(stage, folder),
            RunManifest(folder / MANIFEST_NAME),
            seed=recipe.seed,
            executor=SequentialExecutor() if workers == 1 else ProcessExecutor(workers),
            keep_going=keep_going,
            force=overwrite,
            on_result=report,
        )
    _print_summary(summary.results, folder)
    if not summary.succeeded:
        raise typer.Exit(1)


def _print_summary(results: Any, folder: Path) -> None:
    table = Table("scenario", "status", "incident", "actors", "tries", "cameras")
    for result in results:
        facts = result.result or {}
        cells = [str(facts.get(name, "")) for name in ("incident", "actors", "tries", "cameras")]
        table.add_row(result.item_id, result.status.value, *cells)
    console.out.print(table)
    console.out.print(f"scenarios {folder}", markup=False)


def stats(
    folder: Annotated[Path, typer.Argument(help="Folder of recordings (.log).")],
    picture: Annotated[
        Path | None, typer.Option("--picture", help="PNG of the distributions [FOLDER/stats.png].")
    ] = None,
) -> None:
    """Count and draw what a folder of scenarios holds: incidents, actors, speeds, density, camera distances."""
    from roadmark.files import write_atomically
    from roadmark.generate import scenario_facts, stats_picture, totals

    check_ending("--picture", picture, ".png")
    facts = scenario_facts(folder)
    sums = totals(facts)
    for title, counts in (("events", sums.incidents), ("actors", sums.actors)):
        table = Table(title, "number")
        for name, number in counts.most_common():
            table.add_row(name, str(number))
        console.out.print(table)
    target = picture if picture is not None else folder / "stats.png"
    write_atomically(target, stats_picture(facts, folder.resolve().name))
    console.out.print(f"{sums.scenarios} scenarios, {sums.seconds:.1f} s: {target}", markup=False)


def calibrate(
    output: Annotated[Path, typer.Option("--output", "-o", help="Calibration file to write.")] = Path("uids.json"),
    host: Annotated[str, typer.Option(help="CARLA server.")] = "localhost",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Its port.")] = 2000,
    timeout: Annotated[float, typer.Option(min=0.1, max=3600.0, help="Seconds to wait for an answer.")] = 10.0,
) -> None:
    """Ask a CARLA server for its blueprints' numbers, so that generated recordings replay there."""
    from roadmark.scenario.carla_log import fetch_uids, write_uids

    check_ending("--output", output, ".json")
    uids, server = fetch_uids(host, port, timeout)
    write_uids(output, uids, server)
    console.out.print(f"{len(uids)} blueprints of CARLA {server}: {output}", markup=False)
