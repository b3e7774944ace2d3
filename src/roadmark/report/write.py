"""`write_report`: a folder becomes a page."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from roadmark.dataset import BIAS, SAMPLES, SPLIT, SplitPlan, read_split
from roadmark.errors import InputError
from roadmark.files import has_file, input_errors, write_atomically
from roadmark.report.bias_figure import bias_figure
from roadmark.report.clip_page import ClipPage
from roadmark.report.figures import Counts, Figure, figures
from roadmark.report.folder import ShownFolder, look_into
from roadmark.report.page import PageText, page_bytes
from roadmark.report.places import ClipData, Sources
from roadmark.report.problems import Problem, Problems
from roadmark.report.provenance import file_digests, stage_rows
from roadmark.report.read_clip import read_clip_page
from roadmark.report.samples import AskedSamples, read_asked
from roadmark.report.verdicts import METRICS, table_row

PAGE = "report.html"


@dataclass(frozen=True)
class Report:
    """What was written.

    Attributes:
        page: The HTML file.
        data: Folder of the clips' data beside it; None where they lie in the page.
        clips: How many are shown.
        questions: How many are shown.
        problems: What could not be shown, in the order in which it was met.
    """

    page: Path
    data: Path | None
    clips: int
    questions: int
    problems: Sequence[Problem]


def write_report(
    folder: Path, output: Path | None = None, *, embed: bool = False, progress: Callable[[str], None] | None = None
) -> Report:
    """Write a page that shows a dataset, a run of clips, or augmented clips, and opens in a browser without a server.

    The page refers to videos by paths relative to its own. The same folder gives the same bytes. What is missing or
    damaged is shown as such and returned; it stops nothing.

    Args:
        folder: What to show.
        output: The page; `report.html` in the folder where None. A page of ours that is there is replaced.
        embed: Take the videos into the page, which can then be moved alone; folders of pictures stay out.
        progress: Called with the name of each clip that was read.

    Raises:
        InputError: The folder does not exist or holds nothing to show; videos too large to embed.
        OutputError: The page cannot be written, or something that is no page of ours stands there.
    """
    with input_errors(folder):
        if not folder.is_dir():
            raise InputError(f"{folder}: no such folder")
    root = Path(os.path.abspath(folder))
    page = folder / PAGE if output is None else output
    problems = Problems(root)
    split = _split(root, problems)
    asked = _asked(root, split, problems)
    shown = look_into(root, asked.packed, problems)
    if not shown.clips:
        raise InputError(
            f"{folder}: holds nothing to show: no dataset ({SAMPLES}), no clip (clip.json), no augmented clip "
            "(output.json)"
        )
    gathered = _Gathered()
    sources = Sources(Path(os.path.abspath(page.parent)), embed=embed)
    with ClipData(page, inline_all=embed) as data:
        for clip in shown.clips:
            read = read_clip_page(clip, root, asked.of(clip.name), problems)
            gathered.add(read)
            data.add(read.record(sources.record))
            if progress is not None:
                progress(clip.name)
    index = {
        "clips": gathered.rows,
        "data": None if data.folder is None else data.folder.name,
        "metrics": list(METRICS.values()),
        "verdicts": gathered.verdicts,
        "sides": _sides(split, gathered.rows),
    }
    text = _text(shown, split, asked, gathered, problems)
    write_atomically(page, page_bytes(text, index, data.inlined))
    return Report(page, data.folder, len(gathered.rows), asked.counts.samples, tuple(problems.found))


@dataclass
class _Gathered:
    """What the whole page shows of all clips."""

    counts: Counts = field(default_factory=Counts)
    rows: list[dict[str, Any]] = field(default_factory=list)
    verdicts: list[dict[str, Any]] = field(default_factory=list)
    tools: Counter[str] = field(default_factory=Counter)

    def add(self, read: ClipPage) -> None:
        for version in read.versions:
            if version.verification is not None:
                place = {"clip": len(self.rows), "version": version.name, "title": version.title}
                self.verdicts.append(place | table_row(version.verification))
            tools = (
                f"{name.removeprefix('tool ')} {value}" for name, value in version.facts if name.startswith("tool ")
            )
            self.tools.update(tools)
        self.counts.add(read)
        self.rows.append(read.row)


def _split(root: Path, problems: Problems) -> SplitPlan | None:
    split = None
    with problems.contained():
        split = read_split(root / SPLIT) if has_file(root / SPLIT) else None
    return split


def _bias(root: Path, problems: Problems) -> list[Figure]:
    figure = None
    with problems.contained():
        figure = bias_figure(root / BIAS) if has_file(root / BIAS) else None
    return [] if figure is None else [figure]


def _asked(root: Path, split: SplitPlan | None, problems: Problems) -> AskedSamples:
    asked = AskedSamples()
    with problems.contained():
        if has_file(root / SAMPLES):
            asked = read_asked(root / SAMPLES, split, problems)
    return asked


def _sides(split: SplitPlan | None, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Sides that clips are on, in the split's order."""
    order = list(split.shares) if split is not None else []
    found = {side for row in rows for side in row["sides"]}
    return sorted(found, key=lambda side: (order.index(side) if side in order else len(order), side))


def _text(
    shown: ShownFolder, split: SplitPlan | None, asked: AskedSamples, gathered: _Gathered, problems: Problems
) -> PageText:
    stages, failures = stage_rows(shown.root, problems)
    counts = gathered.counts
    files = file_digests(shown.root, problems) if shown.is_dataset else []
    numbers = (
        ("clip", "clips", len(gathered.rows)),
        ("augmentation", "augmentations", counts.versions - len(gathered.rows)),
        ("second", "seconds", round(counts.seconds)),
        ("event", "events", counts.events.total()),
        ("question", "questions", asked.counts.samples),
        ("family", "families", len(asked.counts.families)),
        ("accepted", "accepted", counts.verdicts["accept"]),
        ("rejected", "rejected", counts.verdicts["reject"]),
    )
    shares = "" if split is None else ", ".join(f"{side} {100 * share:g} %" for side, share in split.shares.items())
    return PageText(
        title=shown.root.name,
        kind="dataset" if shown.is_dataset else "run",
        numbers=[(one if number == 1 else more, f"{number:,}") for one, more, number in numbers if number],
        figures=[*figures(counts, asked.counts), *_bias(shown.root, problems)],
        files=files,
        stages=stages,
        failures=failures,
        tools=[(name, f"{number:,}") for name, number in sorted(gathered.tools.items())],
        split="" if split is None else f"by {split.by}, seed {split.seed}: {shares}",
        problems=problems.of(""),
    )
