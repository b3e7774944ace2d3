"""Boxes: where marked or described ones are in the picture and in space, and what a box shows."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import numpy as np

from roadmark.geometry import PinholeCamera
from roadmark.questions.asking.forms import Asker
from roadmark.questions.facts.instants import Instant, Sight, instants, some
from roadmark.questions.facts.kinds import CLASSES, counted_as, described_alone, nobody_hides_in_the_dark, shapes_show
from roadmark.questions.question import Question
from roadmark.questions.shown.shown_scene import ShownScene

_SCALE: Final = 1000
"""Width and height of the picture in scaled boxes."""
_OPEN_IN_SPACE: Final = 0.6
"""Least visible fraction of whom 3D boxes are asked for."""
_FARTHEST: Final = 70.0
"""Metres up to which they are."""
_UNLIKE: Final = 0.2
"""Most that the boxes of two overlap (intersection over union) of which one is told from the other."""

_SHAPE_2D: Final = '{"bbox_2d": [xmin, ymin, xmax, ymax]}'
_SHAPE_EVERY: Final = '[{"mark": mark, "bbox_2d": [xmin, ymin, xmax, ymax]}, ...]'
_SHAPE_3D: Final = '{"bbox_3d": [x, y, z, length, height, width, roll, pitch, yaw]}'
_SCALED: Final = "xmin, ymin, xmax, ymax scaled so that the picture is 1000 wide and 1000 high"
_PIXELS: Final = "xmin, ymin, xmax, ymax in pixels of a picture of {width} x {height}"
_CAMERA: Final = (
    "Use the camera's axes (x right, y down, z forward), metres and radians, convention rdf-lhw-xyz: centre, length, "
    "height, width, then roll, pitch, yaw: turns about the fixed x, y, z, in this order, that bring these axes "
    "to the object's heading, down, left. The picture is {width} x {height} pixels, the focal length "
    "{focal} pixels."
)

_BOX: Final = (
    "Where is {one} at second {at}? Give the box around what is seen of it, {units}.",
    "Find {one} at second {at} and give its bounding box, {units}.",
    "Give the bounding box of the visible part of {one} at second {at}, {units}.",
)
_EVERY: Final = (
    "Find all marked {them} at second {at}. Give mark and bounding box of each, from left to right, {units}.",
    "Which marks do {them} bear at second {at}, and where are they? List their boxes from left to right, {units}.",
    "List the {them} with marks at second {at} from left to right, each with its bounding box, {units}.",
)
_MOST: Final = 6
"""Most boxes that one answer lists."""
_WHAT: Final = (
    "Which mark is on what the box {box} ({units}) shows at second {at}?",
    "At second {at}, which marked object is in the box {box} ({units})?",
    "The box {box} ({units}) is drawn around something at second {at}. Around which of these?",
)
_SPACE: Final = (
    "Give the 3D box of {one} at second {at}. {camera}",
    "Where is {one} in space at second {at}? Answer with its 3D box. {camera}",
    "Estimate the 3D bounding box of {one} at second {at}. {camera}",
)


class GroundingFamily:
    """Asks for boxes in the picture and in the camera's axes, and what boxes show."""

    name = "grounding"

    def ask(self, scene: ShownScene, asker: Asker) -> Iterator[Question]:
        """See `Family.ask`."""
        for moment in instants(scene, asker.rng):
            yield from _boxes(scene, moment, asker)
            yield from _every(scene, moment, asker)
            yield from _described(scene, moment, asker)
            yield from _contents(scene, moment, asker)
            yield from _in_space(scene, moment, asker)


def scaled_box(scene: ShownScene, sight: Sight) -> list[int]:
    """xmin, ymin, xmax, ymax of what is seen, each 0 to 1000."""
    size = np.array([scene.picture.width, scene.picture.height] * 2)
    return [round(value) for value in (_SCALE * np.array(sight.box) / size).tolist()]


def _boxes(scene: ShownScene, moment: Instant, asker: Asker) -> Iterator[Question]:
    """One in the picture scaled to 1000 by 1000, another one in pixels."""
    size = {"width": scene.picture.width, "height": scene.picture.height}
    for number, sight in enumerate(some(moment.marked, asker.rng, 4)):
        names = {"one": scene.who(sight.actor), "at": moment.at}
        facts = {"bbox_2d": list(sight.box), "second": moment.second, **size}
        if number % 2:
            pixels = [round(value) for value in sight.box]
            yield asker.json(
                "grounding.box_pixels", _BOX, {**names, "units": _PIXELS.format_map(size)}, {"bbox_2d": pixels},
                _SHAPE_2D, actors=(sight.actor,), during=moment.during, facts=facts,
            )  # fmt: skip
        else:
            yield asker.json(
                "grounding.box", _BOX, {**names, "units": _SCALED}, {"bbox_2d": scaled_box(scene, sight)},
                _SHAPE_2D, actors=(sight.actor,), during=moment.during, facts=facts,
            )  # fmt: skip


def _every(scene: ShownScene, moment: Instant, asker: Asker) -> Iterator[Question]:
    """All marked ones of a class, where everyone with a mark can be told."""
    shown = [sight for sight in moment.sights if sight.drawn]
    if not shapes_show(scene) or not all(sight.marked for sight in shown):
        return
    classes = {sight: counted_as(sight.course) for sight in shown}
    for one, several in CLASSES.items():
        them = sorted((sight for sight in shown if classes[sight] == {one}), key=lambda sight: sight.box[0])
        unsure = any(not found or (one in found and len(found) > 1) for found in classes.values())
        if 2 <= len(them) <= _MOST and not unsure:
            answer = [{"mark": int(scene.mark(it.actor)), "bbox_2d": scaled_box(scene, it)} for it in them]
            yield asker.json(
                "grounding.every", _EVERY, {"them": several, "at": moment.at, "units": _SCALED}, answer, _SHAPE_EVERY,
                asked=several, actors=tuple(sight.actor for sight in them), during=moment.during,
                facts={"bbox_2d": [list(sight.box) for sight in them], "second": moment.second},
            )  # fmt: skip


def _described(scene: ShownScene, moment: Instant, asker: Asker) -> Iterator[Question]:
    """Whom words alone tell from everyone else in the picture: asked without marks."""
    if not nobody_hides_in_the_dark(scene):
        return
    for sight in some(moment.sights, asker.rng, 6):
        words = described_alone(scene, sight, moment.sights)
        if words:
            yield asker.json(
                "grounding.described", _BOX, {"one": f"the {words}", "at": moment.at, "units": _SCALED},
                {"bbox_2d": scaled_box(scene, sight)}, _SHAPE_2D, asked=words, during=moment.during,
                facts={"bbox_2d": list(sight.box), "actor": sight.actor, "second": moment.second},
            )  # fmt: skip


def _contents(scene: ShownScene, moment: Instant, asker: Asker) -> Iterator[Question]:
    """A box among whose neighbours none has nearly the same one."""
    for sight in some(moment.marked, asker.rng, 2):
        others = [one for one in moment.marked if one is not sight and _overlap(one, sight) <= _UNLIKE]
        few = sorted(others, key=lambda one: (math.dist(one.box[:2], sight.box[:2]), one.actor))[:3]
        names = {"box": scaled_box(scene, sight), "units": _SCALED, "at": moment.at}
        yield from asker.choice(
            "grounding.contents", _WHAT, names, f"mark {scene.mark(sight.actor)}",
            [f"mark {scene.mark(one.actor)}" for one in few],
            actors=(sight.actor, *(one.actor for one in few)), during=moment.during,
            facts={"bbox_2d": list(sight.box), "second": moment.second},
        )  # fmt: skip


def _overlap(one: Sight, other: Sight) -> float:
    """Intersection over union."""
    width = min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])
    height = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    common = max(width, 0.0) * max(height, 0.0)
    return common / (one.width * one.height + other.width * other.height - common)


def _in_space(scene: ShownScene, moment: Instant, asker: Asker) -> Iterator[Question]:
    camera = scene.clip.camera
    if not isinstance(camera, PinholeCamera) or scene.clip.manifest.box_convention != "rdf-lhw-xyz":
        return
    told = _CAMERA.format(width=camera.width, height=camera.height, focal=round(camera.fx))
    for sight in some([one for one in moment.marked if _seen_in_space(scene, one)], asker.rng, 2):
        numbers = sight.course.camera_boxes[sight.row]
        if not np.isfinite(numbers).all():
            continue
        answer = [round(value, 1 if index < 6 else 2) + 0.0 for index, value in enumerate(numbers.tolist())]
        yield asker.json(
            "grounding.box_3d", _SPACE, {"one": scene.who(sight.actor), "at": moment.at, "camera": told},
            {"bbox_3d": answer}, _SHAPE_3D, actors=(sight.actor,), during=moment.during,
            facts={
                "bbox_3d": [round(value, 4) for value in numbers.tolist()], "convention": "rdf-lhw-xyz",
                "second": moment.second,
            },
        )  # fmt: skip


def _seen_in_space(scene: ShownScene, sight: Sight) -> bool:
    return sight.visible >= _OPEN_IN_SPACE and sight.distance <= _FARTHEST and not sight.is_cut(scene)
