"""What hides what: whether someone is partly hidden, by whom, and when someone disappears behind something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from roadmark.geometry import Box3D, project_box
from roadmark.questions.asking.forms import Asker
from roadmark.questions.facts.instants import EXACT, Instant, Sight, instant, instants, some
from roadmark.questions.question import Question
from roadmark.questions.shown.shown_scene import ShownScene

_MOMENTS: Final = 3
"""How many seconds are looked for at which someone is partly hidden."""
_HIDDEN, _OPEN = 0.7, 0.97
"""Visible fraction up to which someone is surely partly hidden, and from which on surely not."""
_LARGE: Final = 0.035
"""Least height, as a share of the picture's height, of someone of whom that can be told."""
_IN_FRONT: Final = 1.0
"""Metres by which who hides another one is nearer."""
_EXPLAINS: Final = 0.75
"""Least share of what is hidden that the box of who hides it covers."""
_OTHERS: Final = 0.25
"""Most that the box of anyone else in front covers of what is hidden."""
_FIRST_OPEN, _LAST_OPEN = 0.85, 0.45
"""Visible fraction a second before someone disappears, and when it is last seen."""
_FADES: Final = 1.0
"""Seconds in which someone disappears."""
_FLICKER: Final = 0.12
"""By how much more may be seen of it from frame to frame meanwhile."""
_REACH: Final = 0.97
"""Share of the labels' reach within which it was last seen: it was hidden, not too far away for a label."""
_GONE: Final = 0.6
"""Seconds for which who has disappeared stays hidden, at least."""
_MARGIN: Final = 0.03
"""Share of the picture's width from its sides within which someone may have left the picture instead."""

_PARTLY: Final = (
    "At second {at}, is {one} partly hidden by something in front of it?",
    "Is a part of {one} hidden behind something at second {at}?",
    "Does anything in front of {one} hide a part of it at second {at}?",
)
_HIDES: Final = (
    "At second {at}, does {one} hide a part of {other}?",
    "Is a part of {other} hidden behind {one} at second {at}?",
    "Seen from the camera, is {one} in front of {other} and covers a part of it at second {at}?",
)
_BY: Final = (
    "At second {at}, {other} is partly hidden. By which of these?",
    "Which of these hides a part of {other} at second {at}?",
    "A part of {other} cannot be seen at second {at}. Which of these is in front of it?",
)
_WHEN: Final = (
    "At what time does {one} disappear behind something?",
    "When is {one} last seen before something hides it?",
    "At which second is {one} hidden from view by something in front of it?",
)


class OcclusionFamily:
    """Asks what is hidden, where one sees what hides it."""

    name = "occlusion"

    def ask(self, scene: ShownScene, asker: Asker) -> Iterator[Question]:
        """See `Family.ask`."""
        for moment in (*instants(scene, asker.rng), *_hidden_moments(scene, asker)):
            yield from _partly(scene, moment, asker)
            yield from _hides(scene, moment, asker)
        yield from _disappears(scene, asker)


def _hidden_moments(scene: ShownScene, asker: Asker) -> Iterator[Instant]:
    """Seconds at which somebody marked is partly hidden, where there are any."""
    seconds = scene.timeline.seconds
    often = np.zeros(len(seconds), np.bool_)
    for actor, rows in scene.marked.items():
        course = scene.courses[actor]
        tall = course.boxes[:, 3] - course.boxes[:, 1] >= _LARGE * scene.picture.height
        often[course.frames[rows & tall & (course.visible <= _HIDDEN)]] = True
    frames = np.flatnonzero(often & (np.abs(seconds - np.round(seconds, 1)) <= EXACT))
    for part in np.array_split(frames, min(_MOMENTS, max(len(frames), 1))):
        if len(part):
            yield instant(scene, int(part[asker.rng.integers(len(part))]))


def _partly(scene: ShownScene, moment: Instant, asker: Asker) -> Iterator[Question]:
    told = [sight for sight in moment.marked if _told(scene, sight)]
    hidden = [sight for sight in told if sight.visible <= _HIDDEN]
    whole = [sight for sight in told if sight.visible >= _OPEN]
    for sights, answer in ((hidden, True), (whole, False)):
        for sight in some(sights, asker.rng, 3):
            yield asker.yes_no(
                "occlusion.partly", _PARTLY, {"one": scene.who(sight.actor), "at": moment.at}, answer,
                actors=(sight.actor,), during=moment.during,
                facts={"visible_fraction": round(sight.visible, 2), "second": moment.second},
            )  # fmt: skip


def _told(scene: ShownScene, sight: Sight) -> bool:
    """Whether it is large and within the picture: what the picture's border cuts off is another matter."""
    return sight.height >= _LARGE * scene.picture.height and not sight.is_cut(scene)


def _hides(scene: ShownScene, moment: Instant, asker: Asker) -> Iterator[Question]:
    """Pairs of which one surely hides the other; the same pairs the other way round, and others that are near."""
    hidden = [one for one in moment.marked if one.visible <= _HIDDEN and _told(scene, one)]
    for other in some(hidden, asker.rng, 2):
        covers = _covered(scene, moment, other)
        by = _hider(covers, 1.0 - other.visible)
        if by is None or not by.marked:
            continue
        names = {"one": scene.who(by.actor), "other": scene.who(other.actor), "at": moment.at}
        about = {"second": moment.second, "visible_fraction": round(other.visible, 2)}
        pair = (by.actor, other.actor)
        yield asker.yes_no("occlusion.hides", _HIDES, names, True, actors=pair, during=moment.during, facts=about)
        turned = {**names, "one": names["other"], "other": names["one"]}
        yield asker.yes_no("occlusion.hides", _HIDES, turned, False, actors=pair, during=moment.during, facts=about)
        harmless = [one for one in moment.marked if one is not other and covers.get(one, 0.0) == 0.0]
        few = sorted(harmless, key=lambda one: (abs(one.across - other.across), one.actor))[:3]
        yield from asker.choice(
            "occlusion.by", _BY, {"other": names["other"], "at": moment.at}, names["one"],
            [scene.who(one.actor) for one in few], actors=(*pair, *(one.actor for one in few)), during=moment.during,
            facts=about,
        )  # fmt: skip


def _covered(scene: ShownScene, moment: Instant, hidden: Sight) -> dict[Sight, float]:
    """Share of someone's whole outline, hidden or not, that the box of each nearer one covers."""
    whole = _whole_box(scene, hidden)
    if whole is None:
        return {}
    area = float(np.prod(whole[2:] - whole[:2]))
    found = {}
    for sight in moment.sights:
        if sight is not hidden and sight.distance <= hidden.distance - _IN_FRONT:
            common = np.minimum(whole[2:], sight.box[2:]) - np.maximum(whole[:2], sight.box[:2])
            found[sight] = float(np.prod(np.maximum(common, 0.0))) / area
    return found


def _whole_box(scene: ShownScene, sight: Sight) -> NDArray[np.float64] | None:
    """Where all of it is in the picture, hidden or not; None where its 3D box is not known."""
    numbers = sight.course.camera_boxes[sight.row]
    if not np.isfinite(numbers).all():
        return None
    return project_box(scene.clip.camera, Box3D.from_lhw_xyz(numbers))


def _hider(covers: dict[Sight, float], hidden: float) -> Sight | None:
    """Who alone explains how much is hidden; None where more than one may, or something without a label."""
    if not covers:
        return None
    first, *others = sorted(covers.items(), key=lambda item: -item[1])
    enough = first[1] >= _EXPLAINS * hidden
    alone = all(cover <= _OTHERS * hidden for _, cover in others)
    return first[0] if enough and alone else None


def _disappears(scene: ShownScene, asker: Asker) -> Iterator[Question]:
    """Those that something covers within a second, in the midst of the picture, and that stay hidden."""
    for actor in scene.marked:
        row = _last_before_hidden(scene, actor)
        if row is None:
            continue
        second = float(scene.courses[actor].times[row])
        yield asker.number(
            "occlusion.when", _WHEN, {"one": scene.who(actor)}, second, "s", 1, actors=(actor,),
            during=(max(0.0, second - _FADES - 0.5), second - 0.5 * _FADES),
            facts={"value": round(second, 2), "tolerance": 0.4},
        )  # fmt: skip


def _last_before_hidden(scene: ShownScene, actor: int) -> int | None:
    """The last row of a course in which it is seen, if it is then hidden by something, once."""
    course = scene.courses[actor]
    times, visible = course.times, course.visible
    whole_time = times[-1] - times[0] <= (len(times) + 1) * scene.timeline.step  # it was never gone before
    left, _, right, bottom = course.boxes[-1]
    edge = _MARGIN * scene.picture.width
    inside = left > edge and right < scene.picture.width - edge and bottom < scene.picture.height - 2.0
    near = scene.labelled_within is not None and course.distances[-1] < _REACH * scene.labelled_within
    ends = times[-1] + _GONE < scene.duration and visible[-1] <= _LAST_OPEN
    before = np.flatnonzero(times <= times[-1] - _FADES)
    if not (whole_time and inside and near and ends and len(before)):
        return None
    opened = visible[before[-1]] >= _FIRST_OPEN and (np.diff(visible[before[-1] :]) < _FLICKER).all()
    return len(times) - 1 if opened and scene.marked[actor][before[-1]] else None
