"""Questions about broken traffic rules."""

import pytest
from crossing_samples import LEFT_FROM_EAST, WAITS_IN_THE_EAST, crossing
from scene_samples import asked, course, event, scene

from roadmark.questions.families.violation import ViolationFamily

FAMILY = ViolationFamily()
TURNS_BACK = course(1, way=((0.0, 60.0, 1.75), (4.0, 30.0, 1.75), (5.5, 30.0, -1.75), (10.1, 70.0, -1.75)))
TURNS_LEFT = course(2, way=LEFT_FROM_EAST)
STRAIGHT = course(3, way=((0.0, 40.0, 5.25), (10.1, -61.0, 5.25)))
WAITS = course(4, way=WAITS_IN_THE_EAST, heading=3.1416)
JAYWALKS = course(5, "pedestrian", way=((0.0, 60.0, 9.0), (10.1, 60.0, -5.0)), height=1.8)
ON_PAVEMENT = course(6, "pedestrian", way=((0.0, 60.0, 9.5), (10.1, 50.0, 9.5)), height=1.8)
STANDS_ABOUT = course(7, "pedestrian", way=((0.0, 60.0, 9.5),), height=1.8)
U_TURN = event("illegal_turn", 1, at=4.0, lasts=1.5, kind="illegal_turn", roles={"1": "violator"})
CROSSES = event("jaywalk", 5, at=2.0, lasts=6.0, kind="jaywalk", roles={"5": "violator"}, number=2)


def shown(*courses, events=(), **options):
    return scene(*courses, events=events, road_map=crossing(), **options)


def answers(template, scene_):
    return {one.actors: one.truth for one in asked(FAMILY, scene_, template)}


def test_kind():
    there = shown(TURNS_BACK, TURNS_LEFT, events=[U_TURN])
    (question,) = asked(FAMILY, there, "kind")
    assert question.truth == "a vehicle turns where it must not"
    assert answers("any", there) == {(): "yes"}


def test_no_rule_is_broken_only_where_everything_was_looked_for():
    assert answers("kind", shown(TURNS_LEFT)) == {(): "no traffic rule is broken"}
    assert answers("any", shown(TURNS_LEFT)) == {(): "no"}
    assert asked(FAMILY, shown(TURNS_LEFT, known=False)) == []
    crash = event("collision", 2, 3, kind="side_collision")
    assert asked(FAMILY, shown(TURNS_LEFT, STRAIGHT, events=[crash]), "any") == []  # somebody may be to blame


def test_two_kinds_or_an_unseen_one_have_no_single_name():
    assert asked(FAMILY, shown(TURNS_BACK, JAYWALKS, events=[U_TURN, CROSSES]), "kind") == []
    unseen = event("illegal_turn", 1, at=4.0, kind="illegal_turn", seen=False)
    assert asked(FAMILY, shown(TURNS_BACK, events=[unseen]), "kind") == []
    assert asked(FAMILY, shown(TURNS_BACK, events=[unseen]), "any") == []


def test_illegal_turns_beside_legal_ones():
    there = shown(TURNS_BACK, TURNS_LEFT, STRAIGHT, WAITS, events=[U_TURN])
    assert answers("illegal_turn", there) == {(1,): "yes", (2,): "no", (3,): "no"}
    (who,) = asked(FAMILY, there, "who")
    assert (who.truth, set(who.options)) == ("mark 1", {"mark 1", "mark 2", "mark 3", "mark 4"})
    (when,) = asked(FAMILY, there, "when")
    assert when.answer == "from 4.0 s to 5.5 s"
    assert asked(FAMILY, shown(TURNS_BACK, events=[U_TURN], times_known=False), "when") == []


def test_jaywalking_beside_walking_on_the_pavement():
    there = shown(JAYWALKS, ON_PAVEMENT, STANDS_ABOUT, events=[CROSSES])
    assert answers("jaywalk", there) == {(5,): "yes", (6,): "no"}
    (who,) = asked(FAMILY, there, "who")
    assert set(who.options) == {"mark 5", "mark 6", "mark 7"}  # pedestrians only


def test_blocked_junctions():
    blocks = course(8, way=((0.0, 0.0, 1.75),), heading=3.1416)
    blocked = event("blocked_junction", 8, at=0.0, lasts=10.0, kind="blocked_junction", roles={"8": "violator"})
    there = shown(blocks, TURNS_LEFT, WAITS, events=[blocked])
    assert answers("blocked_junction", there) == {(8,): "yes", (2,): "no", (4,): "no"}


@pytest.mark.parametrize("seen", [(4.5, 10.0), (0.0, 5.0)])
def test_when_is_asked_only_if_all_of_it_is_seen(seen):
    part = course(1, way=((0.0, 60.0, 1.75), (4.0, 30.0, 1.75), (5.5, 30.0, -1.75), (10.1, 70.0, -1.75)), seen=seen)
    assert asked(FAMILY, shown(part, events=[U_TURN]), "when") == []
