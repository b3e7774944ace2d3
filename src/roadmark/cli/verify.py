"""`roadmark verify`: do augmented clips still show what their labels say."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from roadmark.cli import console
from roadmark.errors import RoadmarkError

if TYPE_CHECKING:
    from roadmark.clip import AugmentedClip, Clip
    from roadmark.verify import Verification

REJECTED, FAILED = 1, 2
"""Exit codes: a clip was rejected; a clip could not be judged."""

COLUMNS = {
    "blur_ssim": "blur SSIM",
    "edge_f1": "edge F1",
    "boundary_recall": "boundaries",
    "scene_shift": "shift",
    "flicker": "flicker",
}
"""Metrics of the table, with their titles."""


@dataclass(frozen=True, eq=False)
class _Job:
    """An augmented clip that is to be judged."""

    name: str
    augmented: AugmentedClip
    source: Clip


def verify(
    folder: Annotated[Path, typer.Argument(help="Augmented clips, or one of them.")],
    clips: Annotated[
        Path | None, typer.Option(help="Where their source clips are, instead of where their records say.")
    ] = None,
    every: Annotated[int, typer.Option(min=1, help="Judge every how many frames.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON instead of a table.")] = False,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Judge the others when one cannot be judged.")
    ] = False,
) -> None:
    """Judge augmented clips by their sources' labels; writes verification.json beside every video."""
    try:
        jobs, failed = _jobs(folder, clips, keep_going)
        judged, failed_later = _judge(jobs, every, keep_going)
    except RoadmarkError as error:
        console.fail(str(error))
        raise typer.Exit(FAILED) from None
    if as_json:
        found = {name: verification.model_dump(mode="json") for name, verification in judged.items()}
        console.out.print(json.dumps(found, indent=1), markup=False)
    else:
        _print_table(judged)
    if failed or failed_later:
        raise typer.Exit(FAILED)
    if any(verification.verdict == "reject" for verification in judged.values()):
        raise typer.Exit(REJECTED)


def _jobs(folder: Path, clips: Path | None, keep_going: bool) -> tuple[list[_Job], bool]:
    """What is to be judged, and whether some of it cannot be."""
    from roadmark.clip import find_augmented

    jobs, failed = [], False
    for augmented in find_augmented(folder):
        name = augmented.path.relative_to(folder).as_posix() if augmented.path != folder else augmented.path.name
        try:
            jobs.append(_Job(name, augmented, augmented.source(clips)))
        except RoadmarkError as error:
            if not keep_going:
                raise
            console.fail(f"{name}: {error}")
            failed = True
    return jobs, failed


def _judge(jobs: Sequence[_Job], every: int, keep_going: bool) -> tuple[dict[str, Verification], bool]:
    """Judge all of them; returns the verifications by name, and whether one failed."""
    judged: dict[str, Verification] = {}
    failed = False
    frames = [-(-len(job.augmented.record.frame_map or job.source) // every) for job in jobs]
    with console.frame_progress("verify", sum(frames)) as advance:
        for job in jobs:
            try:
                judged[job.name] = _judged(job, _other_source(job, jobs), every, advance)
            except RoadmarkError as error:
                if not keep_going:
                    raise
                console.fail(f"{job.name}: {error}")
                failed = True
    return judged, failed


def _judged(job: _Job, other: Path | None, every: int, advance: console.Advance) -> Verification:
    from roadmark.verify import VerifyOptions, verify_video, write_verification

    record = job.augmented.record
    verification = verify_video(
        job.source,
        job.augmented.video,
        record.conditions,
        frame_map=record.frame_map,
        controls=record.controls,
        shuffled=other,
        options=VerifyOptions(every=every),
        progress=lambda _: advance(),
    )
    write_verification(verification, job.augmented.video)
    return verification


def _other_source(job: _Job, jobs: Sequence[_Job]) -> Path | None:
    """The picture of the next other clip, for the bound of chance."""
    start = jobs.index(job)
    for other in (*jobs[start + 1 :], *jobs[:start]):
        if other.source.path.resolve() != job.source.path.resolve() and "rgb" in other.source.manifest.videos:
            return other.source.video("rgb")
    return None


def _print_table(judged: dict[str, Verification]) -> None:
    table = Table("clip", "verdict", *COLUMNS.values(), "objects", title="value (itself, chance, published)")
    for name, verification in judged.items():
        cells = [_cell(verification, metric) for metric in COLUMNS]
        table.add_row(name, verification.verdict, *cells, _objects(verification))
    console.out.print(table)
    for name, verification in judged.items():
        for reason in verification.reasons:
            console.out.print(f"rejected {name}: {reason}", markup=False)
        for note in verification.notes:
            console.out.print(f"note {name}: {note}", markup=False)
    rejected = sum(verification.verdict == "reject" for verification in judged.values())
    console.out.print(f"{len(judged) - rejected} accepted, {rejected} rejected", markup=False)


def _cell(verification: Verification, metric: str) -> str:
    record = verification.metrics.get(metric)
    if record is None:
        return ""
    return f"{record.value} ({record.identity}, {record.shuffled}, {record.published})"


def _objects(verification: Verification) -> str:
    """How many objects are in which state."""
    states = [record.state for record in verification.objects.values()]
    return ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(sorted(states)))
