"""Questions about standing, stopping and setting off."""

from scene_samples import asked, course, event, scene

from roadmark.questions.families.stop import StopFamily

FAMILY = StopFamily()
STOPS = ((0.0, 0.0, 0.0), (4.0, 40.0, 0.0))
PAUSES = ((0.0, 0.0, 9.0), (3.0, 30.0, 9.0), (6.0, 30.0, 9.0), (10.1, 70.0, 9.0))
DRIVES = ((0.0, 0.0, 5.0), (10.1, 100.0, 5.0))


def shown(**options):
    return scene(course(1, way=STOPS), course(2, way=DRIVES), course(3), course(4, way=PAUSES), **options)


def answers(template, scene_, of=lambda one: one.truth):
    return {one.actors[0]: of(one) for one in asked(FAMILY, scene_, template)}


def test_behaviour():
    assert answers("behaviour", shown()) == {
        1: "it drives, then stops for good",
        2: "it drives all the time",
        3: "it stands still all the time",
        4: "it stops, then drives on",
    }


def test_yes_and_no():
    assert answers("stops", shown()) == {1: "yes", 2: "no", 3: "no", 4: "yes"}
    assert answers("stands", shown()) == {1: "no", 2: "no", 3: "yes", 4: "no"}
    assert answers("sets_off", shown()) == {1: "no", 2: "no", 3: "no", 4: "yes"}


def test_times():
    assert answers("when", shown()) == {1: "4.0 s", 4: "3.0 s"}
    assert answers("sets_off_when", shown()) == {4: "5.9 s"}
    # the video lasts 10.1 s: 101 frames of a tenth of a second
    assert answers("how_long", shown()) == {1: "6.1 s", 4: "2.9 s"}


def test_how_long_is_not_asked_of_who_goes_out_of_view_before_the_end():
    left = scene(course(1, way=STOPS, seen=(0.0, 8.0)))
    assert answers("when", left) == {1: "4.0 s"}
    assert answers("how_long", left) == {}


def test_which_stops():
    found = {one.truth: set(one.options) for one in asked(FAMILY, shown(), "which_stops")}
    assert found == {"mark 1": {"mark 1", "mark 2", "mark 3"}, "mark 4": {"mark 4", "mark 2", "mark 3"}}


def test_sudden_stops():
    sudden = event("sudden_stop", 1, at=3.0, roles={"1": "violator"}, kind="sudden_stop")
    found = asked(FAMILY, shown(events=[sudden]), "sudden")
    # 4 brakes from 10 m/s to rest between two rows: nobody would call that gentle, and it is no event either
    assert {one.actors[0]: one.truth for one in found} == {1: "yes", 2: "no", 3: "no"}
    (when,) = asked(FAMILY, shown(events=[sudden]), "sudden_when")
    assert when.answer == "3.0 s"
    unseen = event("sudden_stop", 1, at=3.0, roles={"1": "violator"}, kind="sudden_stop", seen=False)
    assert asked(FAMILY, shown(events=[unseen]), "sudden") == []
    by_whom = {"marked": [1, 2, 3, 4, 9], "events": [event("sudden_stop", 9, at=3.0, kind="sudden_stop")]}
    assert asked(FAMILY, shown(**by_whom), "sudden") == []  # who does it is never labelled


def test_a_sudden_stop_that_may_be_off_by_a_second_has_no_time():
    sudden = event("sudden_stop", 1, at=3.0, roles={"1": "violator"}, kind="sudden_stop")
    there = shown(events=[sudden], times_known=False)
    assert asked(FAMILY, there, "sudden_when") == []
    assert asked(FAMILY, there, "which_sudden")


def test_stalled_vehicles():
    stalled = event("stalled_vehicle", 3, at=0.0, lasts=10.0, roles={"3": "violator"}, kind="stalled_vehicle")
    found = {one.actors[0]: one.truth for one in asked(FAMILY, shown(events=[stalled]), "stalled")}
    assert found == {2: "no", 3: "yes"}  # who stops (1) might have a reason or not
    (which,) = asked(FAMILY, shown(events=[stalled]), "which_stalled")
    assert (which.truth, set(which.options)) == ("mark 3", {"mark 2", "mark 3"})


def test_nothing_of_who_bears_no_mark():
    assert asked(FAMILY, shown(marked=[])) == []
