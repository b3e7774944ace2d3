"""The distributions of a folder of scenarios as one picture."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from roadmark.generate.stats import DENSITY_REACH, ScenarioFacts, totals

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KMH = 3.6
FASTEST = 400.0
"""km/h; whatever a recording has that is faster is counted there."""
BAR, SECOND = "#2f6f9f", "#d98c3f"
SIZE_INCHES, DPI = (13.0, 8.0), 110


def stats_picture(facts: Sequence[ScenarioFacts], title: str) -> bytes:
    """Draw histograms of incidents, actors, speeds, density, camera distances and event times.

    Args:
        facts: The scenarios, at least one.
        title: Written above.

    Returns:
        A PNG file's bytes.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415 - slow to load, and only this picture needs it

    sums = totals(facts)
    figure = Figure(figsize=SIZE_INCHES, layout="constrained")
    heading = f"{title}: {sums.scenarios} scenarios, {sums.seconds:.0f} s, {sums.actors.total()} actors"
    figure.suptitle(heading, parse_math=False)
    panels = figure.subplots(2, 3)
    _bars(panels[0, 0], sums.incidents, "events by kind")
    _bars(panels[0, 1], sums.actors, "actors by class")
    _speeds(panels[0, 2], facts)
    densities = np.array([fact.density for fact in facts if fact.density is not None], dtype=np.float64)
    _histogram(panels[1, 0], densities, f"actors within {DENSITY_REACH:.0f} m of the incident", "actors")
    distances = np.array([distance for fact in facts for distance in fact.camera_distances])
    _histogram(panels[1, 1], distances, "camera to incident", "metres")
    times = np.array([time for fact in facts for time in fact.event_times])
    _histogram(panels[1, 2], times, "start of events", "seconds")
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=DPI, metadata={"Software": None})
    return stream.getvalue()


def _bars(axes: Axes, counts: Counter[str], title: str) -> None:
    names = [name for name, _ in sorted(counts.items(), key=lambda pair: (pair[1], pair[0]))]
    bars = axes.barh([name.replace("_", " ") for name in names], [counts[name] for name in names], color=BAR)
    axes.bar_label(bars, padding=3, fontsize=8)
    axes.set_title(title)
    axes.margins(x=0.12)
    axes.locator_params(axis="x", integer=True)


def _speeds(axes: Axes, facts: Sequence[ScenarioFacts]) -> None:
    for name, color, values in (
        ("vehicles", BAR, [fact.vehicle_speeds for fact in facts]),
        ("pedestrians", SECOND, [fact.walker_speeds for fact in facts]),
    ):
        speeds = np.minimum(np.concatenate(values) * KMH, FASTEST)
        if len(speeds):
            axes.hist(
                speeds, bins=np.arange(0.0, speeds.max() + 5.0, 2.5).tolist(), color=color, alpha=0.75, label=name
            )
    axes.set_title("speed of what moves, once a second")
    axes.set_xlabel("km/h")
    axes.locator_params(axis="y", integer=True)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="upper right")


def _histogram(axes: Axes, values: npt.NDArray[np.float64], title: str, unit: str) -> None:
    axes.set_title(title)
    axes.set_xlabel(unit)
    if len(values):
        axes.hist(values, bins=min(max(len(values) // 4, 5), 30), color=BAR)
        axes.locator_params(axis="y", integer=True)
    else:
        axes.text(0.5, 0.5, "none", ha="center", va="center", transform=axes.transAxes)
