"""Instants: seconds that are asked about, and who is in the picture then."""

from fractions import Fraction

import numpy as np
import pytest
from scene_samples import course, scene

from roadmark.questions import ShownMark, Timeline
from roadmark.questions.facts.instants import instant, instants


def seconds(timeline, most=50):
    shown = scene(timeline=timeline)
    return {moment.second for moment in instants(shown, np.random.default_rng(0), most)}


def test_seconds_are_tenths_that_fall_on_frames_away_from_both_ends():
    assert seconds(Timeline.of_clip(31, Fraction(15))) == {0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6}  # every third frame


def test_rates_without_such_frames_name_the_nearest_tenth():
    assert seconds(Timeline.of_clip(8, Fraction(7, 2))) == {
        0.6,
        0.9,
        1.1,
        1.4,
        1.7,
    }  # 3.5 frames a second: 2 / 3.5, ...


def test_one_second_is_drawn_of_each_part():
    first, second = sorted(seconds(Timeline.of_clip(101, Fraction(10)), most=2))
    assert first < 5.1 <= second


def test_who_is_in_the_picture():
    shown = scene(course(1, seen=(0.0, 2.0)), course(2, seen=(1.0, 5.0), left=(100, 100), side=(50, 80)), marked=(1,))
    both, later = instant(shown, 15), instant(shown, 30)
    assert [(one.actor, one.marked, one.legible) for one in both.sights] == [(1, True, True), (2, False, True)]
    assert (both.at, both.during) == ("1.5", (1.5, 1.5))
    (only,) = later.sights
    assert only.box == (100.0, 300.0, 150.0, 380.0)  # the last pixels count
    assert not later.marked


def test_small_ones_bear_marks_that_do_not_count():
    shown = scene(course(1, side=(10, 10)))
    (sight,) = instant(shown, 15).sights
    assert (sight.drawn, sight.marked) == (True, False)
    unplaced = ShownMark("1", np.zeros(101, np.bool_))
    (sight,) = instant(scene(course(1), marks={1: unplaced}), 15).sights
    assert (sight.drawn, sight.marked) == (False, False)


def test_nobody_asks_about_who_carries_the_camera():
    (sight,) = instant(scene(course(1), carrier=1), 15).sights
    assert (sight.drawn, sight.marked) == (True, False)


@pytest.mark.parametrize(("left", "cut"), [(0, True), (1, False), (1180, True), (1179, False)])
def test_the_border_cuts_off(left, cut):
    shown = scene(course(1, left=(left, left)))
    assert instant(shown, 0).sights[0].is_cut(shown) == cut
