"""Which labels belong to which frame of a video."""

from fractions import Fraction

import numpy as np
import pytest

from roadmark.errors import InputError
from roadmark.marks import match_frames
from roadmark.marks.label_folder import LabelledFrame, MarkedObject
from roadmark.marks.matching import between

NAN = None


def positions(*arguments, **options):
    return [NAN if np.isnan(it) else it for it in match_frames(*arguments, **options).positions.tolist()]


def test_as_many_frames_are_matched_one_to_one_whatever_the_rate():
    assert positions(3, Fraction(24), 3, Fraction(30)) == [0.0, 1.0, 2.0]


def test_a_shorter_video_of_the_same_rate_is_the_beginning():
    assert positions(2, Fraction(30000, 1001), 5, Fraction(30)) == [0.0, 1.0]


def test_frames_after_the_labels_end_have_none():
    assert positions(4, Fraction(30), 2, Fraction(30)) == [0.0, 1.0, NAN, NAN]


def test_half_the_rate_takes_every_second_label():
    assert positions(3, Fraction(15), 6, Fraction(30)) == [0.0, 2.0, 4.0]


def test_a_higher_rate_lies_between_labels_and_ends_half_a_frame_after_the_last():
    # Labels at 0, 0.1, 0.2 s; frames every 0.04 s: 0.4 labels. 2.4 is still the last one's, 2.8 is nobody's.
    found = positions(8, Fraction(25), 3, Fraction(10))
    assert found[:7] == pytest.approx([0.0, 0.4, 0.8, 1.2, 1.6, 2.0, 2.0])
    assert found[7] is NAN


def test_the_frame_map_goes_before_all_else():
    matching = match_frames(3, Fraction(10), 3, Fraction(10), frame_map=(2, 0, 9))
    assert matching.by == "frame map"
    assert matching.nearest() == [2, 0, None]


def test_a_frame_map_of_another_length_is_another_videos():
    with pytest.raises(InputError, match="3 frames, its record's frame_map 2"):
        match_frames(3, Fraction(10), 3, Fraction(10), frame_map=(0, 1))


def test_the_user_may_say_how():
    assert positions(3, Fraction(15), 6, Fraction(30), by="index") == [0.0, 1.0, 2.0]
    assert positions(3, Fraction(15), 3, Fraction(30), by="time") == [0.0, 2.0, NAN]


def test_without_a_rate_another_length_cannot_be_matched_by_time():
    with pytest.raises(InputError, match="--match index"):
        match_frames(3, Fraction(15), 6, None)


def test_between_two_frames_boxes_move_in_straight_lines_and_outlines_with_them():
    outline = np.array([[0.0, 0.0], [10.0, 20.0]])
    first = LabelledFrame((100, 100), {1: MarkedObject(1, "car", (0.0, 0.0, 10.0, 20.0), (outline,))})
    second = LabelledFrame((100, 100), {1: MarkedObject(1, "car", (8.0, 0.0, 26.0, 20.0))})
    moved = between(first, second, 0.25).objects[1]
    assert moved.box == (2.0, 0.0, 14.0, 20.0)
    assert moved.polygons[0].tolist() == [[2.0, 0.0], [14.0, 20.0]]


def test_between_two_frames_an_object_of_one_is_there_while_that_one_is_nearer():
    with_it = LabelledFrame(None, {1: MarkedObject(1, "car", (0.0, 0.0, 10.0, 20.0))})
    without = LabelledFrame(None, {})
    assert 1 in between(with_it, without, 0.4).objects
    assert 1 not in between(with_it, without, 0.6).objects
