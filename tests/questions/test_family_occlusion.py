"""Occlusion: what is hidden, by whom, from when on."""

import numpy as np
import pytest
from scene_samples import asked, course, scene

from roadmark.questions.families.occlusion import OcclusionFamily

FAMILY = OcclusionFamily()
BROADSIDE = (0.0, 0.0, 30.0, 4.5, 1.6, 1.9, 0.0, 0.0, 0.0)
"""A car 30 m ahead that faces right: with 1000 pixels focal length it covers 562 to 718 by 332 to 388 pixels."""


def hidden_car(visible=0.5, **fields):
    given = {"left": (660, 660), "top": (332, 332), "side": (57, 55), "camera_box": BROADSIDE, **fields}
    return course(2, visible=visible, **given)


def hider(actor=1, left=560, **fields):
    """Covers the left 63 % of that car."""
    given = {"left": (left, left), "top": (300, 300), "side": (100, 120), "distances": (20.0, 20.0), **fields}
    return course(actor, **given)


@pytest.mark.parametrize(("visible", "answers"), [(0.5, {"Yes"}), (1.0, {"No"}), (0.85, set())])
def test_who_is_partly_hidden(visible, answers):
    assert {one.answer for one in asked(FAMILY, scene(hidden_car(visible)), "partly")} == answers


def test_what_the_border_cuts_off_is_not_asked_about():
    assert not asked(FAMILY, scene(hidden_car(0.5, left=(0, 0))), "partly")


def test_who_hides_whom():
    beside = course(3, "pedestrian", left=(900, 900))
    shown = scene(hider(), hidden_car(), beside)
    assert {one.truth for one in asked(FAMILY, shown, "by")} == {"vehicle 1"}
    assert {tuple(sorted(one.options)) for one in asked(FAMILY, shown, "by")} == {("pedestrian 3", "vehicle 1")}
    assert {one.answer for one in hides(shown)} == {"Yes", "No"}


def hides(shown):
    return asked(FAMILY, shown, "hides")


def test_no_hider_where_two_may_be_it_or_nobody_explains_it():
    assert not hides(scene(hider(), hider(3, left=600, distances=(15.0, 15.0)), hidden_car()))
    assert not hides(scene(hider(left=480), hidden_car()))  # it covers 12 %: something else hides the rest
    assert not hides(scene(hider(distances=(31.0, 31.0)), hidden_car()))  # behind it
    assert not hides(scene(hider(), hidden_car(camera_box=None)))


def vanishing(last=0.3, **fields):
    """Seen whole for 4.5 s, then less and less until 5 s."""
    visible = np.concatenate([np.ones(45), np.linspace(0.9, last, 6)])
    return scene(course(1, seen=(0.0, 5.0), visible=visible, **fields), labelled_within=100.0)


def test_when_someone_disappears():
    (question,) = asked(FAMILY, vanishing(), "when")
    assert question.answer == "5.0 s"
    assert question.during[1] < 5.0


def test_who_leaves_the_picture_or_the_labels_reach_does_not_disappear():
    assert not asked(FAMILY, vanishing(left=(600, 0)), "when")
    assert not asked(FAMILY, vanishing(distances=(60.0, 99.0)), "when")
    assert not asked(FAMILY, vanishing(last=0.8), "when")
