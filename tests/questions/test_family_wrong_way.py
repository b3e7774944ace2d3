"""Questions about wrong-way drivers."""

from crossing_samples import crossing
from scene_samples import asked, course, event, scene

from roadmark.questions.families.wrong_way import WrongWayFamily

FAMILY = WrongWayFamily()
AGAINST = course(1, way=((0.0, 20.0, 1.75), (10.1, 100.0, 1.75)))
ONCOMING = course(2, way=((0.0, 100.0, 1.75), (10.1, 20.0, 1.75)))
ELSEWHERE = course(3, way=((0.0, -5.25, 100.0), (10.1, -5.25, 20.0)))
STANDING = course(4, way=((0.0, 40.0, 5.25),), heading=3.14)
EVENT = event(
    "wrong_way", 1, at=2.0, lasts=6.0, kind="wrong_way", roles={"1": "violator"}, place={"road": "1", "lane": "1_4_1"}
)


def shown(*courses, events=(), **options):
    return scene(*courses, events=events, road_map=crossing(), **options)


def answers(template, scene_):
    return {one.actors: one.truth for one in asked(FAMILY, scene_, template)}


def test_those_who_come_the_other_way_on_its_road_are_right():
    there = shown(AGAINST, ONCOMING, ELSEWHERE, STANDING, events=[EVENT])
    assert answers("does", there) == {(1,): "yes", (2,): "no"}
    assert answers("any", there) == {(): "yes"}
    (which,) = asked(FAMILY, there, "which")
    assert (which.truth, set(which.options)) == ("mark 1", {"mark 1", "mark 2", "mark 3"})
    (when,) = asked(FAMILY, there, "when")
    assert when.answer == "from 2.0 s to 8.0 s"
    assert asked(FAMILY, shown(AGAINST, ONCOMING, events=[EVENT], times_known=False), "when") == []


def test_without_an_event_everyone_who_follows_its_lane_is_right():
    there = shown(ONCOMING, ELSEWHERE, STANDING)
    assert answers("does", there) == {(2,): "no", (3,): "no"}
    assert answers("any", there) == {(): "no"}


def test_no_sure_answer_where_events_are_not_known_or_not_seen():
    assert asked(FAMILY, shown(ONCOMING, known=False)) == []
    unseen = event("wrong_way", 1, at=2.0, lasts=6.0, kind="wrong_way", seen=False)
    found = asked(FAMILY, shown(AGAINST, ONCOMING, events=[unseen]))
    assert {(one.template, one.actors) for one in found} == {("wrong_way.does", (2,))}


def test_who_drifts_into_the_other_lane_is_neither():
    drifts = course(5, way=((0.0, 60.0, 1.75), (3.0, 40.0, 1.75), (6.0, 20.0, -1.75)))
    assert asked(FAMILY, shown(drifts, ONCOMING), "any") == []
    assert answers("does", shown(drifts, ONCOMING)) == {(2,): "no"}
