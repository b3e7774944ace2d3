"""Statistics of what is shown, as plots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from roadmark.dataset import Statistics
from roadmark.report.clip_page import CONDITIONS, ClipPage
from roadmark.report.svg import Bar, bars

MAX_ROWS = 40
"""Rows of a plot; the rest are counted together."""


@dataclass(frozen=True)
class Figure:
    """A plot with its words.

    Attributes:
        title: What it shows.
        svg: The plot.
        legend: What the colours stand for, in order; empty where one colour says it all.
        note: How to read it.
    """

    title: str
    svg: str
    legend: Sequence[str] = ()
    note: str = ""


@dataclass
class Counts:
    """What the clips hold, counted while they pass by.

    Attributes:
        events: Events by kind.
        conditions: Versions by weather, lighting and road.
        maps: Clips by map.
        sides: Clips by side of the split.
        verdicts: Augmentations by verdict.
        versions: Clips and augmentations together.
        seconds: Of all clips.
    """

    events: Counter[str] = field(default_factory=Counter)
    conditions: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in CONDITIONS})
    maps: Counter[str] = field(default_factory=Counter)
    sides: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    versions: int = 0
    seconds: float = 0.0

    def add(self, page: ClipPage) -> None:
        """Count a clip."""
        row = page.row
        self.events.update(event.category for event in page.events)
        self.sides.update(row["sides"])
        self.maps[row["map"] or "not known"] += 1
        self.versions += len(page.versions)
        self.seconds += row["seconds"] or 0.0
        for version in page.versions:
            for name, value in version.conditions.items():
                self.conditions[name][value] += 1
            if version.verification is not None:
                self.verdicts[version.verification.verdict] += 1


def figures(counts: Counts, asked: Statistics) -> list[Figure]:
    """Plots of everything that there is something to plot of."""
    found = [*_question_figures(asked), *_split_figures(counts, asked)]
    if counts.events:
        found.append(_counted("Events by kind", _in_words(counts.events)))
    for name, values in counts.conditions.items():
        if values:
            title = f"{name.capitalize()} of clips and augmentations"
            found.append(_counted(title, _in_words(values)))
    if len(counts.maps) > 1:
        found.append(_counted("Clips by map", counts.maps))
    return found


def _question_figures(asked: Statistics) -> Iterable[Figure]:
    if not asked.families:
        return
    yield _counted("Questions by family", _in_words(Counter({n: count.samples for n, count in asked.families.items()})))
    closed = [(name, count) for name, count in sorted(asked.families.items()) if count.answers]
    if closed:
        answers = sorted({answer for _, count in closed for answer in count.answers}, key=_yes_first)
        rows = [
            Bar(
                name.replace("_", " "),
                [(count.answers[answer], answer) for answer in answers],
                f"most frequent {100 * (count.majority or 0):.0f} %",
            )
            for name, count in closed
        ]
        legend = list(dict.fromkeys(name for row in rows for _, name in row.parts))
        note = "Yes/no and lettered answers. Who always gives the most frequent one is right that often."
        yield Figure("Balance of answers", bars("Balance of answers", rows, shares=True), legend, note)
    forms = sum((count.answer_kinds for count in asked.families.values()), Counter[str]())
    yield _counted("Forms of answers", _in_words(forms))


def _split_figures(counts: Counts, asked: Statistics) -> Iterable[Figure]:
    if asked.splits:
        yield _counted("Questions by split", asked.splits)
    if counts.sides:
        yield _counted("Clips by split", counts.sides)


def _counted(title: str, values: Counter[str]) -> Figure:
    """Bars, the longest first."""
    ordered = sorted(values.items(), key=lambda item: (-item[1], item[0]))
    rest = sum(number for _, number in ordered[MAX_ROWS:])
    rows = [Bar(name, [(number, "")]) for name, number in ordered[:MAX_ROWS]]
    if rest:
        rows.append(Bar(f"{len(ordered) - MAX_ROWS} others", [(rest, "")]))
    return Figure(title, bars(title, rows))


def _in_words(values: Counter[str]) -> Counter[str]:
    return Counter({"yes/no" if name == "yes_no" else name.replace("_", " "): count for name, count in values.items()})


def _yes_first(answer: str) -> tuple[int, str]:
    return {"yes": 0, "no": 1}.get(answer.lower(), 2), answer
