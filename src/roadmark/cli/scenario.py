"""`roadmark scenario`: look into recordings, and find what happens in them."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from roadmark.cli import console
from roadmark.cli.outputs import check_ending

if TYPE_CHECKING:
    from roadmark.events import Event
    from roadmark.maps import RoadMap
    from roadmark.scenario.carla_log import ActorSummary, LogSummary

app = typer.Typer(
    help="Generate scenarios; look into, import and export recordings.", no_args_is_help=True, rich_markup_mode=None
)

LISTED_KINDS = ("vehicle", "walker")
"""Kinds whose actors are listed one by one; of the others, there are hundreds."""

_NUMBERS = frozenset({"id", "from s", "to s", "contact s", "moved m"})


class TextKind(StrEnum):
    """Texts in the words of CARLA's server."""

    INFO = "info"
    COLLISIONS = "collisions"
    BLOCKED = "blocked"


@app.callback()
def scenario() -> None:
    """Generate scenarios; look into, import and export recordings."""


@app.command()
def inspect(
    log: Annotated[Path, typer.Argument(help="A CARLA recorder file (.log).")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
    frames: Annotated[bool, typer.Option("--frames", help="List every frame; with --json one JSON line each.")] = False,
    parquet: Annotated[
        Path | None, typer.Option("--to-parquet", help="Write every actor at every frame to this Parquet file.")
    ] = None,
    text: Annotated[
        TextKind | None,
        typer.Option("--text", help="Print what CARLA's server would say: show_recorder_file_info, ..."),
    ] = None,
    show_all: Annotated[bool, typer.Option("--show-all", help="With --text info: positions and states, too.")] = False,
    categories: Annotated[
        str, typer.Option("--categories", help="With --text collisions: two letters of h v w t o a.")
    ] = "aa",
    min_time: Annotated[float, typer.Option("--min-time", help="With --text blocked: seconds.")] = 60.0,
    min_distance: Annotated[float, typer.Option("--min-distance", help="With --text blocked: centimetres.")] = 100.0,
    allow_truncated: Annotated[
        bool, typer.Option("--allow-truncated", help="Read a cut or broken recording up to where it breaks.")
    ] = False,
) -> None:
    """Show what is in a recording: map, duration, frames, actors, events."""
    from roadmark.errors import ConfigError
    from roadmark.scenario import read_log, to_parquet
    from roadmark.scenario.carla_log import blocked_text, collisions_text, file_info_text, summarize

    check_ending("--to-parquet", parquet, ".parquet")
    if text is not None and (as_json or frames):
        raise ConfigError(
            f"--text prints CARLA's words and takes no {'--json' if as_json else '--frames'}; leave one out"
        )
    if text is not None:
        pieces = {
            TextKind.INFO: lambda: file_info_text(log, show_all, allow_truncated=allow_truncated),
            TextKind.COLLISIONS: lambda: collisions_text(
                log, categories[:1], categories[1:], allow_truncated=allow_truncated
            ),
            TextKind.BLOCKED: lambda: blocked_text(log, min_time, min_distance, allow_truncated=allow_truncated),
        }[text]()
        for piece in pieces:
            sys.stdout.write(piece)
    elif frames:
        _print_frames(log, as_json, allow_truncated)
    else:
        summary = summarize(log, allow_truncated=allow_truncated)
        if as_json:
            sys.stdout.write(json.dumps(summary.to_json(), indent=2) + "\n")
        else:
            _print_summary(summary)
    if parquet is not None:
        to_parquet(read_log(log, allow_truncated), parquet)
        print(f"wrote {parquet}", file=sys.stderr)


@app.command()
def events(
    log: Annotated[Path, typer.Argument(help="A CARLA recorder file (.log).")],
    xodr_path: Annotated[
        Path | None,
        typer.Option(help="OpenDRIVE map, or a folder of maps; by default the one beside the recording, if any."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the events to this file (NAME.events.json).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the events as JSON, as the file has them.")] = False,
    allow_truncated: Annotated[
        bool, typer.Option("--allow-truncated", help="Read a cut or broken recording up to where it breaks.")
    ] = False,
) -> None:
    """Find what happens in a recording: collisions, near misses, violations."""
    from roadmark.cli.compiling import tell_when_compiling
    from roadmark.events import detect_events, events_json, write_events
    from roadmark.scenario import read_log

    check_ending("--output", output, ".json")
    scenario = read_log(log, allow_truncated)
    road_map = _map_of(log, scenario.map_name, xodr_path)
    tell_when_compiling()
    found = detect_events(scenario, road_map)
    if output is not None:
        write_events(output, found, scenario.map_name)
    if as_json:
        sys.stdout.write(events_json(found, scenario.map_name))
    else:
        _print_found(found)
    for warning in scenario.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    if output is not None:
        print(f"wrote {output}", file=sys.stderr)


def _map_of(log: Path, map_name: str, xodr_path: Path | None) -> RoadMap | None:
    """The map that was given, else the one beside the recording, else none, which is said."""
    from roadmark.errors import InputError
    from roadmark.maps import find_map, load_opendrive

    if xodr_path is not None:
        return load_opendrive(find_map(xodr_path, map_name))
    try:
        beside = find_map(log.parent, map_name)
    except InputError:
        print(
            f"note: no map of {map_name[:200]!r} lies beside {log}; without one only collisions, near misses and "
            "sudden stops are found; give it with --xodr-path",
            file=sys.stderr,
        )
        return None
    return load_opendrive(beside)


def _print_found(found: list[Event]) -> None:
    if not found:
        console.out.print("no events")
        return
    table = Table(title="Events", title_justify="left")
    for name in ("from s", "contact s", "to s", "what", "who", "where", "caption"):
        table.add_column(name, justify="right" if name in _NUMBERS else "left", overflow="fold")
    for event in found:
        contact = "" if event.contact is None else f"{event.contact:.3f}"
        who = ", ".join(f"{one.actor_id} {one.role}" for one in event.participants)
        times = (f"{event.start:.3f}", contact, f"{event.end:.3f}")
        words = (event.kind, who, event.place.lane or "", event.caption)
        table.add_row(*map(Text, (*times, *words)))
    console.out.print(table)


def _print_frames(log: Path, as_json: bool, allow_truncated: bool) -> None:
    from roadmark.scenario.carla_log import LogReader, summarize_frame

    reader = LogReader(log, allow_truncated=allow_truncated)
    if not as_json:
        sys.stdout.write(f"{'frame':>8} {'time s':>12} {'positions':>9}  events\n")
    for frame in reader.frames():
        line = summarize_frame(frame)
        if as_json:
            sys.stdout.write(json.dumps(vars(line)) + "\n")
        else:
            events = "; ".join(line.events).encode("utf-8", "replace").decode()
            sys.stdout.write(f"{line.id:>8} {line.time:>12.6f} {line.positions:>9}  {events}".rstrip() + "\n")
    for warning in reader.warnings:
        print(f"warning: {warning}", file=sys.stderr)


def _print_summary(summary: LogSummary) -> None:
    rate = (summary.frames - 1) / summary.duration if summary.duration else 0.0
    facts = Table.grid(padding=(0, 2))
    facts.add_row("file", Text(f"{summary.path} ({summary.size:,} bytes)"))
    facts.add_row("map", Text(summary.map_name))
    facts.add_row("recorded", summary.recorded_at or "unknown")
    facts.add_row("duration", f"{summary.duration:.3f} s")
    facts.add_row(
        "frames",
        f"{summary.frames} ({rate:.1f} per second; steps {summary.shortest_step:.4f} to {summary.longest_step:.4f} s)",
    )
    facts.add_row("actors", ", ".join(f"{count} {kind}" for kind, count in sorted(summary.actor_counts.items())))
    facts.add_row("packets", ", ".join(f"{number} {packet.name.lower()}" for number, packet in summary.packets.items()))
    console.out.print(facts)
    _print_actors(summary)
    _print_events(summary)
    for warning in summary.warnings:
        console.out.print(f"warning: {warning}")


def _print_actors(summary: LogSummary) -> None:
    table = Table(title="Vehicles and walkers", title_justify="left")
    for name in ("id", "blueprint", "colour", "role", "from s", "to s", "moved m"):
        table.add_column(name, justify="right" if name in _NUMBERS else "left", overflow="fold")
    for actor in summary.actors:
        if actor.kind in LISTED_KINDS:
            table.add_row(*map(Text, _actor_row(actor, summary.duration)))
    if table.row_count:
        console.out.print(table)
    others = sorted((actor.kind, actor.blueprint) for actor in summary.actors if actor.kind not in LISTED_KINDS)
    for (kind, blueprint), group in groupby(others):
        console.out.print(f"{sum(1 for _ in group):>5} × {blueprint} ({kind})")


def _actor_row(actor: ActorSummary, duration: float) -> tuple[str, ...]:
    end = duration if actor.destroyed is None else actor.destroyed
    role = actor.role_name
    times = (f"{actor.spawned:.2f}", f"{end:.2f}", f"{actor.distance:.1f}")
    return (str(actor.id), actor.blueprint, actor.color, role, *times)


def _print_events(summary: LogSummary) -> None:
    if not summary.collisions:
        console.out.print("no collisions")
        return
    table = Table(title="Collisions", title_justify="left")
    for name in ("from s", "to s", "frames", "who", "with"):
        table.add_column(name, justify="right" if name in _NUMBERS else "left", overflow="fold")
    for collision in summary.collisions:
        who = [
            "something fixed" if actor_id is None else f"{actor_id} {blueprint}{' (hero)' if hero else ''}"
            for actor_id, blueprint, hero in zip(
                collision.actor_ids, collision.blueprints, collision.heroes, strict=True
            )
        ]
        frames = f"{collision.start_frame}-{collision.end_frame}"
        table.add_row(f"{collision.start:.3f}", f"{collision.end:.3f}", frames, *map(Text, who))
    console.out.print(table)
