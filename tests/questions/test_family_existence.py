"""Existence: "no" only where nobody may have been overlooked."""

from scene_samples import asked, course, scene

from roadmark.clip import ActorRecord
from roadmark.questions.families.existence import ExistenceFamily

SEDAN, VAN = "vehicle.lincoln.mkz_2017", "vehicle.mercedes.sprinter"
FAMILY = ExistenceFamily()
DAY = ("clear_sky", "mid_morning", "dry")


def recording(*records):
    return {
        number: ActorRecord(blueprint_id=blueprint, category=category, color=color)
        for number, (category, blueprint, color) in enumerate(records, 1)
    }


def answers(shown, template):
    return {one.asked: one.answer for one in asked(FAMILY, shown, template)}


def test_who_is_well_seen_is_there_and_who_is_not_in_the_recording_is_not():
    shown = scene(
        course(1, "pedestrian"),
        recorded=recording(("pedestrian", "", None), ("car", SEDAN, None), ("bus", "", None)),
        conditions=DAY,
    )
    found = answers(shown, "kind")
    assert found["pedestrian"] == "Yes"
    assert found["bicycle"] == found["motorcycle or scooter"] == found["truck"] == "No"
    assert "bus" not in found  # it may be somewhere


def test_a_van_in_the_recording_may_pass_for_a_truck():
    shown = scene(
        course(1, "pedestrian"), recorded=recording(("pedestrian", "", None), ("truck", VAN, None)), conditions=DAY
    )
    assert "truck" not in answers(shown, "kind")


def test_without_a_list_of_all_actors_there_is_no_no():
    assert set(answers(scene(course(1, "pedestrian"), conditions=DAY), "kind").values()) == {"Yes"}


def test_colours_of_cars_in_daylight():
    red = course(1, "car", SEDAN, "red")
    cars = recording(("car", SEDAN, (185, 25, 28)), ("car", SEDAN, (240, 240, 238)))
    found = answers(scene(red, recorded=cars, conditions=DAY), "color")
    assert found == {
        "red": "Yes",
        "yellow": "No",
        "green": "No",
        "blue": "No",
    }  # orange is near red; white may be there
    assert not answers(scene(red, recorded=cars, conditions=("clear_sky", "night", "dry")), "color")
    assert not answers(scene(red, recorded=cars, conditions=DAY, augmentation="Augmentation_0"), "color")


def test_marks_are_there_or_gone_for_a_while():
    early = course(1, "car", SEDAN, seen=(0.0, 4.0))
    late = course(2, "car", SEDAN, seen=(6.0, 10.0), left=(100, 100))
    questions = asked(FAMILY, scene(early, late), "mark")
    assert {one.answer for one in questions} == {"Yes", "No"}
    for question in questions:
        second = question.facts["second"]
        there, gone = (second <= 3.5, second > 4.5) if question.actors == (1,) else (second >= 6.5, second < 5.5)
        assert there if question.answer == "Yes" else gone


def test_kinds_among_marked_ones():
    walker, car = course(1, "pedestrian"), course(2, "car", SEDAN, left=(100, 100))
    questions = asked(FAMILY, scene(walker, car), "marked_kind")
    assert {one.asked for one in questions if one.answer == "Yes"} == {"a pedestrian"}
    assert {one.asked for one in questions if one.answer == "No"} <= {"a bus", "a truck", "a taxi", "a bicycle",
                                                                      "a motorcycle or scooter"}  # fmt: skip
    assert {one.actors for one in questions} == {(1, 2)}  # whatever the answer: it needs the marked video
    assert not asked(FAMILY, scene(walker, car, course(3, visible=0.1)), "marked_kind")  # who knows what that is


def test_colours_among_marked_cars():
    cars = course(1, "car", SEDAN, "red"), course(2, "car", SEDAN, "white", left=(100, 100))
    found = {one.asked: one.answer for one in asked(FAMILY, scene(*cars, conditions=DAY), "marked_color")}
    assert {color for color, answer in found.items() if answer == "Yes"} == {"a red car", "a white car"}
    assert not {"an orange car", "a gray car", "a brown car", "a beige car"} & found.keys()  # near them
    van = course(3, "truck", VAN, left=(300, 300))  # a car for some, of unknown colour
    found = {one.asked: one.answer for one in asked(FAMILY, scene(*cars, van, conditions=DAY), "marked_color")}
    assert set(found.values()) == {"Yes"}


def test_the_lower_half_at_a_second():
    shown = scene(
        course(1, "pedestrian", top=(450, 450)), course(2, "car", SEDAN), labelled_within=100.0, conditions=DAY
    )
    found = answers(shown, "lower_half")
    assert found["pedestrian"] == "Yes"
    assert found["bus"] == "No"
    assert "car" not in found  # it stands across the middle
    assert not answers(scene(course(1, "pedestrian", top=(450, 450)), conditions=DAY), "lower_half")
