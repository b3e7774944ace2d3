"""What a person calls a road user: classes that are counted, kinds of bodies, colours, and which of them look alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np

from roadmark.clip import ActorRecord
from roadmark.questions.facts.instants import Sight
from roadmark.questions.shown.shown_scene import ShownScene
from roadmark.scene import Course, body_kind, color_families, is_painted

LARGE: Final = 0.055
"""Least width and height, as a share of the picture's height, of what colour and kind can be told of."""
_SLIM: Final = 0.03
"""Least width of people and two-wheelers."""
OPEN: Final = 0.7
"""Least visible fraction."""
_SLENDER_CATEGORIES: Final = ("pedestrian", "bicycle", "motorcycle")
_LONG: Final = 0.5
"""Seconds for which it must be so."""

CLASSES: Final[Mapping[str, str]] = {
    "car": "cars",
    "truck": "trucks",
    "bus": "buses",
    "two-wheeler": "two-wheelers",
    "pedestrian": "pedestrians",
}
"""Classes that are counted, one and several; two-wheelers are bicycles, motorcycles and scooters."""

_CAR: Final = frozenset({"car"})
_COUNTED: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(("sedan", "hatchback", "coupe", "SUV", "off-roader", "microcar", "taxi", "police car"), _CAR),
    **dict.fromkeys(("delivery truck", "heavy truck", "fire truck"), frozenset({"truck"})),
    **dict.fromkeys(("motorcyclist", "scooter rider", "cyclist"), frozenset({"two-wheeler"})),
    "car": _CAR,
    "truck": frozenset({"truck"}),
    "bus": frozenset({"bus"}),
    "pedestrian": frozenset({"pedestrian"}),
    "minivan": _CAR,
    "pickup truck": frozenset({"car", "truck"}),
    "van": frozenset({"car", "truck", "bus"}),
    "camper van": frozenset({"car", "truck", "bus"}),
    "ambulance": frozenset({"car", "truck"}),
}
"""As which classes people count a kind; several where they do not agree."""

_ALIKE: Final[tuple[frozenset[str], ...]] = (
    frozenset({"sedan", "hatchback", "coupe", "taxi", "police car", "car"}),
    frozenset({"hatchback", "microcar", "minivan", "SUV", "car"}),
    frozenset({"SUV", "off-roader", "minivan", "pickup truck", "police car", "taxi", "car"}),
    frozenset({"van", "camper van", "ambulance", "delivery truck", "minivan", "truck"}),
    frozenset({"truck", "delivery truck", "heavy truck", "fire truck", "ambulance"}),
    frozenset({"camper van", "bus", "van"}),
    frozenset({"motorcyclist", "scooter rider"}),
    frozenset({"van", "camper van", "pickup truck", "truck", "delivery truck", "car", "SUV"}),
)
"""Kinds of which one may be taken for another."""

KINDS: Final = (
    *("sedan", "hatchback", "coupe", "SUV", "off-roader", "minivan", "microcar", "taxi", "van", "delivery truck"),
    *("heavy truck", "bus", "fire truck", "police car"),
)
"""Usual kinds on four wheels or more, offered as wrong answers."""
_SLENDER: Final = ("pedestrian", "cyclist", "motorcyclist", "scooter rider")

COLORS: Final = ("black", "gray", "white", "red", "orange", "yellow", "green", "blue", "brown", "beige")
"""Usual colours, offered as wrong answers."""

_ALIKE_COLORS: Final[tuple[frozenset[str], ...]] = (
    frozenset({"white", "gray", "beige"}),
    frozenset({"gray", "black"}),
    frozenset({"black", "brown"}),
    frozenset({"beige", "brown", "yellow", "orange"}),
    frozenset({"red", "orange", "brown", "pink", "purple"}),
    frozenset({"blue", "turquoise", "purple", "gray"}),
    frozenset({"green", "turquoise"}),
    frozenset({"black", "green"}),
    frozenset({"black", "blue"}),
)
"""Colours of which one may be taken for another in shade or haze."""

STRONG_COLORS: Final = ("red", "orange", "yellow", "green", "blue")
"""Colours that nobody overlooks."""
_NEIGHBOURS: Final[tuple[frozenset[str], ...]] = (
    frozenset({"red", "orange", "brown", "pink"}),
    frozenset({"orange", "yellow", "beige"}),
    frozenset({"blue", "turquoise", "purple"}),
    frozenset({"green", "turquoise"}),
)
"""Colours between which people may not agree about a car."""

_TWO_TONE: Final = frozenset({"truck", "delivery truck", "heavy truck"})
"""Whose load has another colour than the cab."""

_DARK: Final = frozenset({"night", "twilight", "blue_hour"})
_DAY: Final = frozenset({"mid_morning", "afternoon", "zenith"})
_CLEAR_AIR: Final = frozenset({"clear_sky", "overcast"})


def kind_of(actor: Course | ActorRecord) -> str:
    """Kind of an actor's body, such as `sedan`."""
    return body_kind(actor.category, actor.blueprint_id)


def counted_as(actor: Course | ActorRecord) -> frozenset[str]:
    """The classes as which people may count someone: one where they agree; empty for what is none of them."""
    return _COUNTED.get(kind_of(actor), frozenset())


def is_kind_sure(kind: str) -> bool:
    """Whether a kind is one of those that people tell, not a mere category such as `car`."""
    return kind in _COUNTED and kind not in ("car", "truck")


def wrong_kinds(kind: str) -> list[str]:
    """Kinds for which nobody takes it, but of its own sort: on wheels, or of the size of people."""
    same_sort = _SLENDER if kind in _SLENDER else KINDS
    return [one for one in same_sort if looks_unlike(kind, one)]


def looks_unlike(kind: str, other: str) -> bool:
    """Whether nobody takes one kind for another."""
    return kind != other and not any(kind in group and other in group for group in _ALIKE)


def nobody_hides_in_the_dark(scene: ShownScene) -> bool:
    """Whether people see everyone, marked or not: in the clip's own video, neither in the dark nor in fog."""
    return scene.augmentation is None and scene.conditions is not None and shapes_show(scene)


def shapes_show(scene: ShownScene) -> bool:
    """Whether one sees what kind someone is of: not in the dark or in fog, as far as the conditions are known."""
    known = scene.conditions
    return known is None or (known.lighting not in _DARK and known.weather != "fog")


def colors_show(scene: ShownScene) -> bool:
    """Whether paint looks in the video as it is: in daylight and clear air, and the video is the clip's own."""
    known = scene.conditions
    return scene.augmentation is None and known is not None and known.lighting in _DAY and known.weather in _CLEAR_AIR


def possible_colors(color: tuple[int, int, int] | None, kind: str) -> frozenset[str] | None:
    """All words that people may have for a colour; None where it is not known, or paint is not what one sees."""
    return None if color is None or kind in _TWO_TONE or not is_painted(kind) else color_families(color)


def may_be_called(color: str, colors: frozenset[str] | set[str]) -> bool:
    """Whether somebody might find a strong colour among these ones."""
    return any(one == color or any({one, color} <= group for group in _NEIGHBOURS) for one in colors)


def color_of(course: Course) -> str:
    """The word that everyone has for an actor's colour; empty where there is a doubt."""
    colors = possible_colors(course.color, kind_of(course))
    return next(iter(colors)) if colors is not None and len(colors) == 1 else ""


def colors_differ(color: str, other: str) -> bool:
    """Whether nobody takes one colour for another."""
    return color != other and not any(color in group and other in group for group in _ALIKE_COLORS)


def well_told(scene: ShownScene, actor: int, *, marked: bool = False) -> bool:
    """Whether kind and colour of an actor can be told for half a second, with its mark on it or without."""
    course = scene.courses[actor]
    rows = scene.legible[actor] & (course.visible >= OPEN)
    if marked:
        rows &= scene.marked[actor]
    sides = course.boxes[:, 2:] - course.boxes[:, :2] + 1.0
    slim = _SLIM if course.category in _SLENDER_CATEGORIES else LARGE
    border = np.array([scene.picture.width, scene.picture.height]) - 1.0
    rows &= (course.boxes[:, :2] > 0.0).all(axis=1) & (course.boxes[:, 2:] < border).all(axis=1)
    rows &= (sides[:, 0] >= slim * scene.picture.height) & (sides[:, 1] >= LARGE * scene.picture.height)
    return int(rows.sum()) * scene.timeline.step >= _LONG


def is_well_seen(scene: ShownScene, sight: Sight) -> bool:
    """Whether kind and colour of someone can be told at a second."""
    slim = _SLIM if sight.course.category in _SLENDER_CATEGORIES else LARGE
    large = sight.width >= slim * scene.picture.height and sight.height >= LARGE * scene.picture.height
    return large and sight.visible >= OPEN and not sight.is_cut(scene)


def described_alone(scene: ShownScene, sight: Sight, sights: Iterable[Sight]) -> str:
    """Words that tell someone large and open from all others in a picture, such as `red van`; empty where none do."""
    kind = kind_of(sight.course)
    if not is_well_seen(scene, sight) or not is_kind_sure(kind):
        return ""
    color = color_of(sight.course) if colors_show(scene) else ""
    alone = all(_told_from(kind, color, other.course) for other in sights if other is not sight)
    return f"{color} {kind}".strip() if alone else ""


def _told_from(kind: str, color: str, other: Course) -> bool:
    other_kind = kind_of(other)
    if looks_unlike(kind, other_kind):
        return True
    colors = possible_colors(other.color, other_kind)
    return bool(color) and colors is not None and all(colors_differ(color, one) for one in colors)
