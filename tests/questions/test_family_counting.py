"""Counting: only where everyone who may count is surely in or out."""

from scene_samples import asked, course, scene

from roadmark.questions.families.counting import CountingFamily

SEDAN, VAN, CYCLIST = "vehicle.lincoln.mkz_2017", "vehicle.mercedes.sprinter", "vehicle.bh.crossbike"
FAMILY = CountingFamily()
DAY = ("clear_sky", "mid_morning", "dry")


def answers(shown, template):
    """Answers by what is counted."""
    found = {}
    for question in asked(FAMILY, shown, template):
        found.setdefault(question.asked, set()).add(question.answer)
    return found


def street(*more):
    return scene(
        course(1, "car", SEDAN, left=(100, 100)),
        course(2, "car", SEDAN, left=(300, 300)),
        course(3, "bicycle", CYCLIST, left=(500, 500)),
        course(4, "pedestrian", left=(700, 700)),
        *more,
    )


def test_marked_ones_are_counted_by_class():
    found = answers(street(), "marked")
    absent = found.keys() - {"cars", "two-wheelers", "pedestrians"}
    assert {name: found[name] for name in ("cars", "two-wheelers", "pedestrians")} == {
        "cars": {"2"}, "two-wheelers": {"1"}, "pedestrians": {"1"},
    }  # fmt: skip
    assert absent <= {"trucks", "buses"}
    assert {answer for name in absent for answer in found[name]} == {"0"}


def test_a_van_is_a_car_for_some_and_a_truck_for_others():
    found = answers(street(course(5, "truck", VAN, left=(900, 900))), "marked")
    assert found == {"two-wheelers": {"1"}, "pedestrians": {"1"}}


def test_nobody_is_counted_where_a_marked_one_cannot_be_told():
    assert not answers(street(course(5, "car", SEDAN, visible=0.1)), "marked")
    assert not answers(street(course(5, "car", SEDAN, side=(8, 8))), "marked")
    night = scene(*street().courses.values(), conditions=("clear_sky", "night", "dry"))
    assert not answers(night, "marked")


def test_choices_hold_the_right_number_among_four_in_a_row():
    for question in asked(FAMILY, street(), "marked_choice"):
        numbers = sorted(map(int, question.options))
        assert numbers == list(range(numbers[0], numbers[0] + 4))
        assert int(question.truth) == question.facts["value"]


def test_the_lower_half_counts_those_that_are_wholly_in_it():
    shown = scene(
        course(1, "car", SEDAN, top=(500, 500)),
        course(2, "pedestrian", left=(100, 100), top=(400, 400)),
        course(3, "pedestrian", left=(200, 200), top=(100, 100)),
        marked=(),
        labelled_within=100.0,
        conditions=DAY,
    )
    found = answers(shown, "lower_half")
    assert (found["cars"], found["pedestrians"]) == ({"1"}, {"1"})


def test_the_lower_half_is_not_asked_for_where_someone_may_be_in_or_out_or_unlabelled():
    inside = course(1, "car", SEDAN, top=(500, 500))
    across = course(2, "car", SEDAN, left=(100, 100), top=(320, 320))
    cut = course(3, "car", SEDAN, left=(0, 0), top=(500, 500))
    assert answers(scene(inside, labelled_within=100.0, conditions=DAY), "lower_half")["cars"] == {"1"}
    assert "cars" not in answers(scene(inside, across, labelled_within=100.0, conditions=DAY), "lower_half")
    assert "cars" not in answers(scene(inside, cut, labelled_within=100.0, conditions=DAY), "lower_half")
    assert not asked(FAMILY, scene(inside, conditions=DAY), "lower_half")
    # 8 m / sin 0.4 = 20.5 m > 0.6 x 30 m
    assert not asked(FAMILY, scene(inside, labelled_within=30.0, conditions=DAY), "lower_half")


def test_nobody_is_counted_without_marks_in_the_dark_or_in_what_was_made_from_the_clip():
    inside = course(1, "car", SEDAN, top=(500, 500))
    night = ("clear_sky", "night", "dry")
    assert not asked(FAMILY, scene(inside, labelled_within=100.0, conditions=night), "lower_half")
    made = scene(inside, labelled_within=100.0, conditions=DAY, augmentation="Augmentation_0")
    assert not asked(FAMILY, made, "lower_half")


def moving_street(speed=5.0):
    """One stands; one drives to the right, across the picture; one comes straight at the camera."""
    return scene(
        course(1, "car", SEDAN, left=(100, 100)),
        course(2, "car", SEDAN, way=((0, 0, 0), (10, 10 * speed, 0)), left=(100, 1100)),
        course(3, "car", SEDAN, way=((0, 0, 9), (10, 10 * speed, 9)), distances=(80.0, 80.0 - 10 * speed)),
    )


def test_movements_are_counted():
    shown = moving_street()
    assert {one.answer for one in asked(FAMILY, shown, "standing")} == {"1"}
    assert {one.answer for one in asked(FAMILY, shown, "moving")} == {"2"}
    found = answers(shown, "direction")
    assert (found["right"], found["towards"]) == ({"1"}, {"1"})
    assert found.get("left", {"0"}) == found.get("away", {"0"}) == {"0"}


def test_what_creeps_neither_stands_nor_moves():
    shown = moving_street(speed=1.0)
    assert not asked(FAMILY, shown, "standing")
    assert not asked(FAMILY, shown, "moving")


def test_who_passes_askew_neither_comes_nor_does_not():
    askew = course(2, "car", SEDAN, way=((0, 0, 0), (10, 50, 0)), distances=(80.0, 55.0))  # 25 m nearer on 50 m
    assert "towards" not in answers(scene(course(1, "car", SEDAN, left=(100, 100)), askew), "direction")
