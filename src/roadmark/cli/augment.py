"""`roadmark augment`: clips under other conditions."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from roadmark.cli import console

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from roadmark.augment import AugmentRun, AugmentSettings, Work
    from roadmark.errors import RoadmarkError
    from roadmark.pipeline import ItemResult

DEFAULT_OUTPUT = Path("out/augmented")
CONDITIONS, SERVICES, OUTPUT = "Conditions", "Backend and services", "Output"


def augment(
    clips: Annotated[
        Path | None, typer.Argument(help="Folder of clips, or one clip; or name samples in --config.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", help="Augmentation YAML; with a folder of clips, its `data` is not used.")
    ] = None,
    variations: Annotated[
        int | None, typer.Option(min=1, max=1000, help="Variations of each clip [1].", rich_help_panel=CONDITIONS)
    ] = None,
    mode: Annotated[
        str | None, typer.Option(help="random, or grid: in the lists' order [random].", rich_help_panel=CONDITIONS)
    ] = None,
    weather: Annotated[
        str | None, typer.Option(help="Weathers to choose from, with commas [all].", rich_help_panel=CONDITIONS)
    ] = None,
    lighting: Annotated[
        str | None, typer.Option(help="Times of day to choose from [all].", rich_help_panel=CONDITIONS)
    ] = None,
    road: Annotated[
        str | None, typer.Option(help="States of the road to choose from [all].", rich_help_panel=CONDITIONS)
    ] = None,
    any_combination: Annotated[
        bool,
        typer.Option(
            "--any-combination", help="Allow contradictions such as rain on a dry road.", rich_help_panel=CONDITIONS
        ),
    ] = False,
    seed: Annotated[
        int | None,
        typer.Option(min=0, help="The same seed chooses the same conditions [0].", rich_help_panel=CONDITIONS),
    ] = None,
    backend: Annotated[
        str | None,
        typer.Option(
            help="rerender, relight, cosmos-gradio, cosmos-nim, cosmos-videos or cosmos-jobs; by default the service "
            "that --config names, else rerender where the clip can be drawn again, else relight.",
            rich_help_panel=SERVICES,
        ),
    ] = None,
    url: Annotated[str | None, typer.Option(help="Address of the backend's service.", rich_help_panel=SERVICES)] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Use none of the services that --config names.", rich_help_panel=SERVICES)
    ] = False,
    output_dir: Annotated[
        Path | None,
        typer.Option("--output-dir", "-o", help="Folder of the run [out/augmented/NAME].", rich_help_panel=OUTPUT),
    ] = None,
    verify: Annotated[
        bool, typer.Option("--verify/--no-verify", help="Compare every video with the labels.", rich_help_panel=OUTPUT)
    ] = True,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Make again what is there.", rich_help_panel=OUTPUT)
    ] = False,
    workers: Annotated[
        int,
        typer.Option(min=1, max=256, help="Videos at a time, each in a process of its own.", rich_help_panel=OUTPUT),
    ] = 1,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Finish the others when one fails.", rich_help_panel=OUTPUT)
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be made, and make nothing.", rich_help_panel=OUTPUT)
    ] = False,
    sheet: Annotated[
        Path | None,
        typer.Option(
            "--sheet", help="Only write a PNG of one clip's moment under every condition.", rich_help_panel=OUTPUT
        ),
    ] = None,
) -> None:
    """Make clips under other weather, light and road: caption, prompt, video, proof."""
    from roadmark.augment import augment_settings, run_augmentation

    lists = {"weather_condition": weather, "lighting_condition": lighting, "road_condition": road}
    settings, warnings = augment_settings(
        config,
        with_data=clips is None,
        variations=variations,
        mode=mode,
        lists={
            name: tuple(filter(None, map(str.strip, text.split(","))))
            for name, text in lists.items()
            if text is not None
        },
        any_combination=any_combination,
        seed=seed,
        backend=backend,
        url=url,
        offline=offline,
    )
    for message in warnings:
        console.warn(message)
    if sheet is not None:
        _write_sheet(settings, clips, sheet)
        return
    left_out: list[str] = []

    def refused(name: str, error: Exception) -> None:
        left_out.append(name)
        console.fail(f"{name}: {error}")

    work, folder = _work(settings, clips, config, output_dir, refused if keep_going else None)
    for message in work.warnings:
        console.warn(message)
    if dry_run:
        _print_plan(settings, work)
        if left_out:
            raise typer.Exit(1)
        return
    run = run_augmentation(
        settings,
        work,
        folder,
        verify=verify,
        workers=workers,
        keep_going=keep_going,
        overwrite=overwrite,
        on_result=_Report(work),
        progress=_Progress,
    )
    _print_summary(run, work, folder)
    if left_out or not run.succeeded:
        raise typer.Exit(1)


def _work(
    settings: AugmentSettings,
    clips: Path | None,
    config: Path | None,
    output_dir: Path | None,
    refused: Callable[[str, RoadmarkError], None] | None,
) -> tuple[Work, Path]:
    """What there is to do, and the run's folder."""
    from roadmark.augment import clip_samples, find_sources, plan_work, read_plan, run_folder
    from roadmark.errors import ConfigError

    if clips is not None:
        folder = output_dir if output_dir is not None else DEFAULT_OUTPUT / clips.resolve().name
        sources = find_sources(clip_samples(clips, folder, refused), refused)
        return plan_work(settings, sources, always_in_folders=True, kept=read_plan(settings, folder)), folder
    if config is None:
        raise ConfigError("nothing to augment: give a folder of clips, or --config with an augmentation YAML")
    if output_dir is not None:
        raise ConfigError(f"--output-dir {output_dir}: the samples of {config} name their own outputs; remove one")
    folder = run_folder(settings, config)
    kept = read_plan(settings, folder)
    return plan_work(settings, find_sources(settings.data, refused), always_in_folders=False, kept=kept), folder


class _Progress:
    """Tells how far a transfer is, now and then."""

    def __init__(self, item: str) -> None:
        self._item = item
        self._told = time.monotonic()

    def __call__(self, done: float, message: str = "") -> None:
        """Take the share done."""
        now = time.monotonic()
        if now - self._told >= console.PLAIN_INTERVAL:
            self._told = now
            console.tell(f"{self._item}: {done:.0%}{f', {message}' if message else ''}")


class _Report:
    """Tells of every result."""

    def __init__(self, work: Work) -> None:
        self._conditions = _conditions_by_id(work)

    def __call__(self, stage: str, result: ItemResult) -> None:
        """Take one."""
        from roadmark.augment import is_pending

        facts = result.result or {}
        said = "" if result.error is None else f": {result.error.message}"
        if stage == "caption":
            if result.error is not None:
                console.fail(f"caption of {result.item_id}{said}")
            return
        status = "waiting" if is_pending(result) else result.status.value
        verdict = ", reject" if facts.get("verdict") == "reject" else ""
        console.tell(f"{result.item_id}: {status}: {self._conditions[result.item_id]}{verdict}{said}")
        for message in (*facts.get("reasons", ()), *facts.get("notes", ())):
            console.note(f"{result.item_id}: {message}")


def _conditions_by_id(work: Work) -> dict[str, str]:
    """Every variation's conditions in words, in the lists' order."""
    return {it.id: _conditions(it.selections) for it in work.variations}


def _conditions(selections: Mapping[str, str]) -> str:
    return ", ".join(value.replace("_", " ") for value in selections.values())


def _print_plan(settings: AugmentSettings, work: Work) -> None:
    from roadmark.augment import backend_of
    from roadmark.clip import Clip

    table = Table("variation", "conditions", "backend", "output")
    for variation in work.variations:
        clip = None if variation.source.clip is None else Clip.open(variation.source.clip)
        table.add_row(
            variation.id,
            _conditions(variation.selections),
            backend_of(settings, clip),
            str(variation.output.video),
        )
    console.out.print(table)


def _print_summary(run: AugmentRun, work: Work, folder: Path) -> None:
    from roadmark.pipeline import ItemStatus

    conditions = _conditions_by_id(work)
    table = Table("variation", "status", "conditions", "backend", "prompt", "verdict")
    for result in run.videos.results:
        facts = result.result or {}
        status = "waiting" if result in run.pending else result.status.value
        cells = [str(facts.get(name, "")) for name in ("backend", "prompt", "verdict")]
        table.add_row(result.item_id, status, conditions[result.item_id], *cells)
    console.out.print(table)
    videos = run.videos
    counts = {
        "made": len(videos.with_status(ItemStatus.DONE)),
        "made before": len(videos.with_status(ItemStatus.SKIPPED)),
        "rejected": len(run.rejected),
        "waiting": len(run.pending),
        "failed": len(videos.with_status(ItemStatus.FAILED)) - len(run.pending),
    }
    console.out.print(", ".join(f"{count} {name}" for name, count in counts.items() if count or name == "made"))
    console.out.print(f"run {folder}", markup=False)


def _write_sheet(settings: AugmentSettings, clips: Path | None, sheet: Path) -> None:
    from roadmark.augment import backend_of, clip_sheet, sheet_conditions
    from roadmark.clip import Clip, find_clips
    from roadmark.errors import ConfigError
    from roadmark.files import write_atomically

    if sheet.suffix.lower() != ".png":
        raise ConfigError(f"--sheet {sheet}: the sheet is a PNG file; its name must end in .png")
    if clips is None:
        raise ConfigError("--sheet needs a clip: roadmark augment CLIP --sheet FILE.png")
    clip = Clip.open(find_clips(clips)[0])
    conditions = sheet_conditions()
    with console.frame_progress(f"sheet of {clip.path.name}", len(conditions)) as advance:
        data = clip_sheet(
            backend_of(settings, clip),
            clip,
            conditions,
            seed=settings.prompt_generation.seed,
            drawn=lambda _: advance(),
        )
    write_atomically(sheet, data)
    console.out.print(f"sheet {sheet}: {clip.path}", markup=False)
