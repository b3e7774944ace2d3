"""Appearance: colours and kinds of what is large and open, with wrong answers that are surely wrong."""

import pytest
from scene_samples import asked, course, scene

from roadmark.questions.facts.kinds import colors_differ, looks_unlike, wrong_kinds
from roadmark.questions.families.appearance import AppearanceFamily

SEDAN, VAN, COUPE = "vehicle.lincoln.mkz_2017", "vehicle.mercedes.sprinter", "vehicle.audi.tt"
FAMILY = AppearanceFamily()
DAY = ("clear_sky", "mid_morning", "dry")


def test_the_colour_of_a_mark():
    shown = scene(course(7, "car", SEDAN, "red"), conditions=DAY)
    (choice,) = asked(FAMILY, shown, "color")
    assert choice.truth == "red"
    assert not {"orange", "brown"} & set(choice.options)  # somebody might say so
    (word,) = asked(FAMILY, shown, "color_word")
    assert (word.answer, word.actors) == ("red", (7,))
    assert {one.truth for one in asked(FAMILY, shown, "color_is")} == {"yes", "no"}


@pytest.mark.parametrize("light", ["night", "twilight", "sunset"])
def test_no_colours_in_other_light(light):
    assert not asked(FAMILY, scene(course(7, "car", SEDAN, "red"), conditions=("clear_sky", light, "dry")), "color")


@pytest.mark.parametrize("conditions", [("clear_sky", "night", "dry"), ("fog", "mid_morning", "dry")])
def test_nothing_is_named_in_the_dark_or_in_fog(conditions):
    assert not asked(FAMILY, scene(course(7, "truck", VAN, "red"), conditions=conditions))


def test_no_colour_between_two_words():
    assert not asked(FAMILY, scene(course(7, "car", SEDAN, (212, 66, 24)), conditions=DAY), "color")


def test_wrong_colours_of_yes_or_no_are_those_of_others():
    shown = scene(course(7, "car", SEDAN, "red"), course(8, "car", SEDAN, "blue", left=(100, 100)), conditions=DAY)
    assert {(one.actors, one.asked, one.answer) for one in asked(FAMILY, shown, "color_is")} == {
        ((7,), "red", "Yes"), ((7,), "blue", "No"), ((8,), "blue", "Yes"), ((8,), "red", "No"),
    }  # fmt: skip


def test_the_kind_of_a_mark():
    (question,) = asked(FAMILY, scene(course(7, "truck", VAN)), "kind")
    assert question.truth == "van"
    assert not {"delivery truck", "camper van", "minivan"} & set(question.options)


def test_no_kind_from_a_mere_category_or_of_what_is_small_hidden_or_cut():
    assert not asked(FAMILY, scene(course(7, "car")), "kind")
    assert not asked(FAMILY, scene(course(7, "car", SEDAN, side=(30, 30))), "kind")
    assert not asked(FAMILY, scene(course(7, "car", SEDAN, visible=0.5)), "kind")
    assert not asked(FAMILY, scene(course(7, "car", SEDAN, left=(0, 0))), "kind")
    assert not asked(FAMILY, scene(course(7, "car", SEDAN), marked=()), "kind")


def test_which_mark_goes_with_a_description():
    shown = scene(
        course(7, "car", SEDAN, "red"), course(8, "car", SEDAN, "blue", left=(100, 100)), course(9, "pedestrian"),
        conditions=DAY,
    )  # fmt: skip
    found = {one.asked: one.truth for one in asked(FAMILY, shown, "which")}
    assert found == {"red sedan": "7", "blue sedan": "8", "pedestrian": "9"}


def test_two_alike_are_not_described():
    shown = scene(course(7, "car", SEDAN, "red"), course(8, "car", COUPE, "red", left=(100, 100)), conditions=DAY)
    assert not asked(FAMILY, shown, "which")


def test_what_looks_alike():
    assert not looks_unlike("sedan", "coupe")
    assert looks_unlike("sedan", "van")
    assert wrong_kinds("cyclist") == ["pedestrian", "motorcyclist", "scooter rider"]
    assert "pedestrian" not in wrong_kinds("sedan")
    assert not colors_differ("white", "gray")
    assert colors_differ("white", "red")
