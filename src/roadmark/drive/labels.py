"""What objects are: the words of the formats, and ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from roadmark.drive.problems import Problems

Category = Literal[
    "car", "truck", "bus", "train", "trailer", "other_vehicle", "ego", "motorcycle", "bicycle", "rider", "pedestrian",
    "stroller", "animal", "object", "other",
]  # fmt: skip

CATEGORY_OF: Mapping[str, Category] = {
    # RDS-HQ and ClipGT (specs/av-grounding.md 1.2 and 2)
    "automobile": "car",
    "car": "car",
    "vehicle": "car",
    "other_vehicle": "other_vehicle",
    "heavy_truck": "truck",
    "truck": "truck",
    "bus": "bus",
    "trolley_bus": "bus",
    "trailer": "trailer",
    "train": "train",
    "train_or_tram_car": "train",
    "egovehicle": "ego",
    "motorcycle": "motorcycle",
    "bicycle": "bicycle",
    "rider": "rider",
    "cyclist": "rider",
    "person": "pedestrian",
    "pedestrian": "pedestrian",
    "stroller": "stroller",
    "animal": "animal",
    "protruding_object": "object",
}
"""Category by label in lower case."""

LABEL_OF: Mapping[Category, str] = {
    "car": "automobile",
    "truck": "heavy_truck",
    "bus": "bus",
    "train": "train_or_tram_car",
    "trailer": "trailer",
    "other_vehicle": "other_vehicle",
    "motorcycle": "motorcycle",
    "bicycle": "bicycle",
    "rider": "rider",
    "pedestrian": "person",
    "stroller": "stroller",
    "animal": "animal",
    "object": "protruding_object",
}
"""Label of RDS-HQ and ClipGT, in lower case, for objects whose own label those formats do not know."""


def category_of(label: str) -> Category | None:
    """Our word for a label of RDS-HQ or ClipGT; case does not matter. None where nobody knows it.

    Examples:
        >>> category_of("Heavy_truck"), category_of("hovercraft")
        ('truck', None)
    """
    return CATEGORY_OF.get(label.strip().lower())


def report_unknown_labels(labels: Iterable[str], path: Path, problems: Problems) -> None:
    """Record every label that has no category, once, with how many tracks have it."""
    for label, count in Counter(label for label in labels if category_of(label) is None).items():
        message = f"{label[:80]!r} is no known label; {count} tracks with it count as other"
        problems.add("unknown_label", f"label {label[:80]}", message, path=path)


def written_label(label: str, category: Category) -> str:
    """A label as RDS-HQ and ClipGT know it, in lower case: its own, or the usual one of its category."""
    return (label if category_of(label) == category else LABEL_OF.get(category, label)).lower()
