"""Captions from a clip's own labels: faithful, without a model, the same on every run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from roadmark import __version__
from roadmark.captions.caption import Caption
from roadmark.captions.condition_words import conditions_sentence
from roadmark.captions.story import Cast
from roadmark.captions.telling import Sight, tell
from roadmark.catalog import SemanticClass
from roadmark.clip import Clip
from roadmark.scene import Names, Places, camera_carrier, listed, read_courses, read_view, sentence

_BUILT, _GREEN = 0.04, 0.03
"""Shares of the picture above which buildings and vegetation are worth a word."""


class GroundTruthCaptioner:
    """Tells what the labels say: view, place, incidents in time order, who else is there, conditions.

    Every statement follows from labels, events, manifest or map. What they leave open is left out: colours between two
    words, counts of what is small or hidden, causes that nobody can see, actors that are not in view.

    Examples:
        >>> GroundTruthCaptioner().caption(Clip.open("out/clip")).text  # doctest: +SKIP
        'A fixed camera about eight metres above the ground looks down at a four-way junction with traffic lights ...'
    """

    name = "groundtruth"

    def __init__(self) -> None:
        self._places = Places()

    def config(self) -> Mapping[str, Any]:
        """Nothing can be set."""
        return {"captioner": self.name}

    def caption(self, clip: Clip) -> Caption:
        """Put a clip into words.

        Raises:
            InputError: A label file or the map is missing or unreadable.
            FormatError: One is malformed.
        """
        courses = read_courses(clip)
        place = self._places.of(clip)
        view = read_view(clip, courses.values(), place.ground_below(clip[len(clip) // 2].pose.translation))
        conditions = conditions_sentence(clip.manifest.conditions)
        categories = {int(actor): record.category for actor, record in clip.manifest.actors.items()}
        sight = Sight(clip, Cast(courses, categories, camera_carrier(clip)), clip.events(), place, view)
        told = tell(sight, Names(), background=_background(clip), words_after=len(conditions.split()))
        return Caption(
            told.text, conditions, told.terms, {**self.config(), "roadmark": __version__, "clip": clip.digest}
        )

    def close(self) -> None:
        """Nothing is held."""


def _background(clip: Clip) -> str:
    """Buildings and vegetation, by their share of the middle frame's pixels."""
    if "semantic_segmentation_raw" not in clip.manifest.folders:
        return ""
    shares = np.bincount(clip[len(clip) // 2].semantic().ravel(), minlength=256) / (clip.size[0] * clip.size[1])
    parts = []
    if shares[SemanticClass.BUILDING] > _BUILT:
        parts.append("buildings")
    if shares[SemanticClass.VEGETATION] > _GREEN:
        parts.append("greenery")
    return sentence(f"{listed(parts)} can be seen around it") if parts else ""
