"""Grounding: boxes in the picture and in space."""

import json

import pytest
from scene_samples import asked, course, scene

from roadmark.geometry import Box3D
from roadmark.questions.families.grounding import GroundingFamily

FAMILY = GroundingFamily()
AHEAD = (2.0, 1.0, 20.0, 4.51, 1.6, 1.9, 0.3, -1.2, 0.25)


def test_boxes_are_those_of_whole_pixels_with_their_last_ones():
    shown = scene(course(1, left=(128, 128), top=(72, 72), side=(64, 36)))  # 0.1 to 0.15 of 1280 and of 720
    (scaled, *_) = asked(FAMILY, shown, "box")
    assert json.loads(scaled.answer) == {"bbox_2d": [100, 100, 150, 150]}
    assert "1000" in scaled.text
    two = scene(*(course(k, left=(128 * k, 128 * k), top=(72, 72), side=(64, 36)) for k in (1, 2)))
    (pixels, *_) = asked(FAMILY, two, "box_pixels")
    left = 128 * pixels.actors[0]
    assert json.loads(pixels.answer) == {"bbox_2d": [left, 72, left + 64, 108]}
    assert "pixels of a picture of 1280 x 720" in pixels.text


def test_every_marked_one_of_a_class():
    sedan, van = "vehicle.lincoln.mkz_2017", "vehicle.mercedes.sprinter"
    street = (course(1, "car", sedan, left=(640, 640)), course(2, "car", sedan, left=(128, 128), side=(128, 72)))
    (question, *_) = asked(FAMILY, scene(*street, course(3, "pedestrian", left=(900, 900))), "every")
    assert json.loads(question.answer) == [
        {"mark": 2, "bbox_2d": [100, 417, 200, 517]},  # 300 and 372 of 720
        {"mark": 1, "bbox_2d": [500, 417, 578, 556]},
    ]
    assert not asked(FAMILY, scene(*street, course(3, "truck", van, left=(900, 900))), "every")  # a car for some
    assert not asked(FAMILY, scene(*street, course(3, visible=0.1)), "every")


def test_boxes_of_what_words_alone_describe_need_no_marks():
    van, walker = course(1, "truck", "vehicle.mercedes.sprinter"), course(2, "pedestrian", left=(100, 100))
    shown = scene(van, walker, marked=(), conditions=("overcast", "sunset", "dry"))
    found = {one.asked: one for one in asked(FAMILY, shown, "described")}
    assert found.keys() == {"van", "pedestrian"}
    assert found["van"].actors == ()
    assert found["van"].facts["bbox_2d"] == [600.0, 300.0, 700.0, 400.0]
    assert not asked(FAMILY, scene(van, walker, conditions=("overcast", "night", "dry")), "described")


def test_what_a_box_shows():
    shown = scene(course(1, left=(100, 100)), course(2, "pedestrian", left=(600, 600)), course(3, left=(605, 605)))
    questions = [one for seed in range(3) for one in asked(FAMILY, shown, "contents", seed)]
    assert {one.truth for one in questions} == {"mark 1", "mark 2", "mark 3"}
    for question in questions:
        left = {"mark 1": 100, "mark 2": 600, "mark 3": 605}[question.truth]
        assert question.facts["bbox_2d"] == [left, 300, left + 100, 400]
        nearly_the_same = {"mark 2": "mark 3", "mark 3": "mark 2"}.get(question.truth)
        assert nearly_the_same not in question.options


def test_boxes_in_space():
    (question, *_) = asked(FAMILY, scene(course(1, camera_box=AHEAD)), "box_3d")
    numbers = json.loads(question.answer)["bbox_3d"]
    assert numbers == [2.0, 1.0, 20.0, 4.5, 1.6, 1.9, 0.3, -1.2, 0.25]
    assert "rdf-lhw-xyz" in question.text
    assert "focal length 1000 pixels" in question.text
    given, answered = Box3D.from_lhw_xyz(AHEAD), Box3D.from_lhw_xyz(numbers)
    assert abs(given.corners() - answered.corners()).max() < 0.1


@pytest.mark.parametrize(
    "fields", [{"camera_box": None}, {"visible": 0.4}, {"distances": (90.0, 90.0)}, {"left": (0, 0)}]
)
def test_no_boxes_in_space_of_what_is_unknown_hidden_far_or_cut(fields):
    assert not asked(FAMILY, scene(course(1, **{"camera_box": AHEAD, **fields})), "box_3d")
