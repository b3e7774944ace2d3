"""`roadmark simulate`: recordings, maps and cameras become labelled clips."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from roadmark.cli import console
from roadmark.cli.start import load_kernel_library
from roadmark.errors import ConfigError

if TYPE_CHECKING:
    from roadmark.simulate import TownWorker

INPUTS = "Inputs"
REPLAY = "Replay"
LABELS = "Labels"
OUTPUT = "Output"
LOOKS = "Looks"
BATCH = "Batch"


def simulate(
    recorder_filename: Annotated[
        Path | None, typer.Option(help="CARLA recording (.log) to replay.", rich_help_panel=INPUTS)
    ] = None,
    xodr_path: Annotated[
        Path | None, typer.Option(help="OpenDRIVE map, or a folder of maps named after towns.", rich_help_panel=INPUTS)
    ] = None,
    surroundings: Annotated[
        Path | None,
        typer.Option(help="Buildings and trees of a real place; none: grow them [beside map].", rich_help_panel=INPUTS),
    ] = None,
    scene_model: Annotated[
        Path | None,
        typer.Option(help="3D model of the place (.glb, .gltf, .obj) instead of scenery.", rich_help_panel=INPUTS),
    ] = None,
    scene_classes: Annotated[
        Path | None, typer.Option(help="YAML: what the model's parts are.", rich_help_panel=INPUTS)
    ] = None,
    camera_config: Annotated[
        Path | None, typer.Option(help="Camera YAML of the recipe.", rich_help_panel=INPUTS)
    ] = None,
    config: Annotated[Path | None, typer.Option(help="Scenario (log config) JSON.", rich_help_panel=INPUTS)] = None,
    wf_config: Annotated[Path | None, typer.Option(help="Global (workflow) JSON.", rich_help_panel=INPUTS)] = None,
    class_filter_config: Annotated[
        Path | None, typer.Option(help="Class filter YAML for masks and masked edges.", rich_help_panel=INPUTS)
    ] = None,
    output_dir: Annotated[
        Path | None, typer.Option(help="The clip's folder; with --batch, the folder of runs.", rich_help_panel=OUTPUT)
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace what the output folder holds.", rich_help_panel=OUTPUT)
    ] = False,
    nest: Annotated[
        bool,
        typer.Option(
            "--nest", help="Several cameras: folders inside the output, not beside it.", rich_help_panel=OUTPUT
        ),
    ] = False,
    target_fps: Annotated[float | None, typer.Option(help="Frames per second [30].", rich_help_panel=REPLAY)] = None,
    start_time: Annotated[
        float | None, typer.Option(help="Seconds into the recording; negative from its end.", rich_help_panel=REPLAY)
    ] = None,
    duration: Annotated[float | None, typer.Option(help="Seconds; 0 to the end.", rich_help_panel=REPLAY)] = None,
    time_factor: Annotated[float | None, typer.Option(help="Playback speed [1].", rich_help_panel=REPLAY)] = None,
    replay: Annotated[
        str | None, typer.Option(help="exact, or carla: with the server's lag [exact].", rich_help_panel=REPLAY)
    ] = None,
    ignore_hero: Annotated[
        bool | None, typer.Option("--ignore-hero/--keep-hero", help="Leave out the hero.", rich_help_panel=REPLAY)
    ] = None,
    camera_follow_actor: Annotated[
        int | None, typer.Option(help="Actor the cameras ride on.", rich_help_panel=REPLAY)
    ] = None,
    allow_truncated: Annotated[
        bool | None,
        typer.Option("--allow-truncated", help="Use a cut-off recording up to its last frame.", rich_help_panel=REPLAY),
    ] = None,
    limit_distance: Annotated[
        float | None, typer.Option(help="Label objects up to this distance, metres [100].", rich_help_panel=LABELS)
    ] = None,
    area_threshold: Annotated[
        float | None, typer.Option(help="Label boxes of at least this area, pixels [100].", rich_help_panel=LABELS)
    ] = None,
    detect_collisions: Annotated[
        bool | None,
        typer.Option(
            "--detect-collisions/--no-detect-collisions", help="Collisions as events.", rich_help_panel=LABELS
        ),
    ] = None,
    detect_events: Annotated[
        bool | None,
        typer.Option(
            "--detect-events/--no-detect-events", help="Everything else that happens, too.", rich_help_panel=LABELS
        ),
    ] = None,
    generate_videos: Annotated[
        bool | None,
        typer.Option("--generate-videos/--no-generate-videos", help="Encode videos.", rich_help_panel=OUTPUT),
    ] = None,
    videos: Annotated[str | None, typer.Option(help="default, or all [default].", rich_help_panel=OUTPUT)] = None,
    edges: Annotated[
        str | None, typer.Option(help="full, or masked by the class filter [full].", rich_help_panel=OUTPUT)
    ] = None,
    masks: Annotated[
        bool | None, typer.Option("--masks", help="Write masked pictures.", rich_help_panel=OUTPUT)
    ] = None,
    overlays: Annotated[
        bool | None, typer.Option("--overlays", help="Write pictures with labels drawn on.", rich_help_panel=OUTPUT)
    ] = None,
    aov: Annotated[
        bool | None, typer.Option("--aov", help="Write sun visibility and albedo.", rich_help_panel=OUTPUT)
    ] = None,
    depth_unit: Annotated[str | None, typer.Option(help="1/256m or mm [1/256m].", rich_help_panel=OUTPUT)] = None,
    label_codec: Annotated[
        str | None, typer.Option(help="h264, or rgb: exact label colours [h264].", rich_help_panel=OUTPUT)
    ] = None,
    quality: Annotated[
        str | None, typer.Option(help="draft, standard or high [standard].", rich_help_panel=LOOKS)
    ] = None,
    weather: Annotated[str | None, typer.Option(help="Weather [clear_sky].", rich_help_panel=LOOKS)] = None,
    lighting: Annotated[str | None, typer.Option(help="Time of day [mid_morning].", rich_help_panel=LOOKS)] = None,
    sun_time: Annotated[
        str | None, typer.Option(help="Date, time and zone of the sun, instead of --lighting's.", rich_help_panel=LOOKS)
    ] = None,
    latitude: Annotated[
        float | None, typer.Option(help="Degrees north, for --sun-time [49].", rich_help_panel=LOOKS)
    ] = None,
    longitude: Annotated[
        float | None, typer.Option(help="Degrees east, for --sun-time [8].", rich_help_panel=LOOKS)
    ] = None,
    road: Annotated[str | None, typer.Option(help="State of the road [dry].", rich_help_panel=LOOKS)] = None,
    seed: Annotated[int | None, typer.Option(help="Grows scenery and looks [0].", rich_help_panel=LOOKS)] = None,
    threads: Annotated[int | None, typer.Option(help="Render threads [all cores].", rich_help_panel=LOOKS)] = None,
    tracer: Annotated[str | None, typer.Option(help="auto, embree or portable [auto].", rich_help_panel=LOOKS)] = None,
    batch: Annotated[
        Path | None,
        typer.Option(help="Folder of N.json + N.log + N.yaml; makes OUTPUT/RUN/scenario_N.", rich_help_panel=BATCH),
    ] = None,
    run_id: Annotated[str | None, typer.Option(help="Name of the run, with --batch.", rich_help_panel=BATCH)] = None,
    workers: Annotated[int, typer.Option(min=1, help="Scenarios at a time, with --batch.", rich_help_panel=BATCH)] = 1,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Finish the other scenarios when one fails.", rich_help_panel=BATCH)
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan and stop.")] = False,
) -> None:
    """Replay a CARLA recording in the embedded simulator and write a labelled clip."""
    given = dict(locals())
    own = ("config", "wf_config", "overwrite", "nest", "batch", "run_id", "workers", "keep_going", "dry_run")
    options: dict[str, Any] = {name: value for name, value in given.items() if name not in own and value is not None}
    if batch is not None:
        load_kernel_library()
        from roadmark.cli.batch import simulate_folder

        if run_id is None:
            raise ConfigError("--batch needs --run-id: clips go to OUTPUT_DIR/RUN_ID/scenario_N")
        simulate_folder(
            batch, run_id, wf_config=wf_config, options=options, overwrite=overwrite, nest=nest, workers=workers,
            keep_going=keep_going, dry_run=dry_run,
        )  # fmt: skip
        return
    if run_id is not None:
        raise ConfigError("--run-id goes with --batch; a single clip goes to --output-dir")
    from roadmark.simulate import start_town_worker

    with start_town_worker(wanted=not dry_run and threads != 1) as town_worker:  # before anything slow to load
        _simulate_one(wf_config, config, options, town_worker, overwrite=overwrite, nest=nest, dry_run=dry_run)


def _simulate_one(
    wf_config: Path | None,
    config: Path | None,
    options: dict[str, Any],
    town_worker: TownWorker | None,
    *,
    overwrite: bool,
    nest: bool,
    dry_run: bool,
) -> None:
    from roadmark.simulate import read_sources, resolve_settings

    resolved, metadata = resolve_settings(wf_config=wf_config, config=config, command_line=options)
    sources = read_sources(resolved, nest=nest)
    if town_worker is not None and sources.files.scene_model is None:
        town_worker.order(sources.files.map_file, sources.town_order())
    load_kernel_library()
    from roadmark.cli.clips import simulate_planned
    from roadmark.simulate import plan_simulation

    plan = plan_simulation(resolved, metadata, nest=nest, sources=sources)
    for message in plan.notes:
        console.note(message)
    if dry_run:
        console.out.print(plan.describe(), markup=False)
        plan.check_outputs(overwrite)
        return
    simulate_planned(plan, overwrite=overwrite, town_worker=town_worker)
