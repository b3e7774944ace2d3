"""The lower half of a picture: there, everyone is near enough to be labelled, so that nobody can be missed."""

from __future__ import annotations

import math
from typing import Final

from roadmark.questions.facts.instants import Sight
from roadmark.questions.facts.kinds import nobody_hides_in_the_dark
from roadmark.questions.shown.shown_scene import ShownScene

_SHARE: Final = 0.6
"""Share of the labels' reach within which the ground of the lower half must lie: roads are not level."""
_LEAST_PITCH: Final = math.radians(5.0)
_MARGIN: Final = 0.02
"""Share of the picture's height around its middle in which nothing is told to lie on one side."""


def lower_half_known(scene: ShownScene) -> bool:
    """Whether the labels name everyone in the lower half: by the camera's height and tilt, its ground is near."""
    view = scene.view
    if scene.labelled_within is None or not nobody_hides_in_the_dark(scene):
        return False
    if view.height is None or view.pitch < _LEAST_PITCH:
        return False
    return view.height / math.sin(view.pitch) < _SHARE * scene.labelled_within


def in_lower_half(scene: ShownScene, sight: Sight) -> bool | None:
    """Whether someone is wholly in the lower half (True), in the upper half (False), or neither (None)."""
    middle, margin = 0.5 * scene.picture.height, _MARGIN * scene.picture.height
    _, top, _, bottom = sight.box
    if bottom <= middle - margin:
        return False
    return True if top >= middle + margin and not sight.is_cut(scene) and sight.legible else None
