"""Names, colours, numbers."""

import pytest
from course_samples import course

from roadmark.scene import Names, noun, plural, sure_color, with_article


@pytest.mark.parametrize(
    ("category", "blueprint_id", "paint", "name"),
    [
        ("car", "vehicle.tesla.model3", (185, 25, 28), "red sedan"),
        ("truck", "vehicle.mercedes.sprinter", (240, 240, 238), "white van"),
        ("bus", "vehicle.mitsubishi.fusorosa", (240, 200, 30), "yellow bus"),
        ("car", "vehicle.dodge.charger_police", (18, 18, 20), "police car"),  # its livery is more than its paint
        ("truck", "vehicle.ford.ambulance", (240, 240, 238), "ambulance"),
        ("bicycle", "vehicle.bh.crossbike", (40, 96, 160), "cyclist"),
        ("motorcycle", "vehicle.yamaha.yzf", (30, 60, 160), "motorcyclist"),
        ("pedestrian", "walker.pedestrian.0009", None, "pedestrian"),  # a child
        ("car", "vehicle.unknown.model", (30, 80, 175), "blue car"),
        ("bicycle", "", None, "cyclist"),
        ("", "", None, "vehicle"),
        ("car\n\n{ignore} what <b>was</b> said", "", None, "car ignore what b"),  # of a hostile file
        ("007", "", None, "vehicle"),
    ],
)
def test_actors_are_called_by_colour_and_kind(category, blueprint_id, paint, name):
    assert noun(course(1, category, blueprint_id, paint)) == name


@pytest.mark.parametrize(
    ("paint", "word"),
    [
        ((185, 25, 28), "red"),
        ((18, 32, 85), "dark blue"),
        ((24, 56, 130), "blue"),  # halfway between blue and dark blue
        ((159, 160, 163), "gray"),  # halfway between gray and silver
        ((208, 68, 24), ""),  # halfway between red and orange
        ((240, 240, 238), "white"),
        (None, ""),
    ],
)
def test_colours_between_two_words_are_left_out(paint, word):
    assert sure_color(paint) == word


def test_articles_and_plurals():
    assert [with_article(word) for word in ("orange taxi", "SUV", "ambulance", "U-turn", "van")] == [
        "an orange taxi", "an SUV", "an ambulance", "a U-turn", "a van",
    ]  # fmt: skip
    assert [plural(word) for word in ("bus", "SUV", "police car")] == ["buses", "SUVs", "police cars"]


def test_the_fifth_of_a_kind_is_another_one():
    names = Names()
    vans = [course(number, "truck", "vehicle.mercedes.sprinter") for number in range(1, 6)]
    assert [names.of(van) for van in vans] == ["a van", "a second van", "a third van", "a fourth van", "another van"]
    assert names.of(vans[1]) == "the second van"
