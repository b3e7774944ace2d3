"""Junctions: which lanes lead where, how far roads are cut back, who has green together."""

import math

import pytest

from roadmark.errors import GeometryError
from roadmark.towns.arms import Arm, arm_of
from roadmark.towns.controls import Control, phases
from roadmark.towns.document import LaneKind, Road, Town
from roadmark.towns.grades import constant
from roadmark.towns.junctions import build_junction, connect, open_junction, trims
from roadmark.towns.markup import Element
from roadmark.towns.plan import PlanPose, straight
from roadmark.towns.profiles import StreetProfile
from roadmark.towns.turns import turn, ways


def street(town: Town, degrees: float, lanes: int = 1, *, towards: bool = False) -> tuple[Road, Arm]:
    """A street of 100 m from 20 m before the origin on, or towards it."""
    out = straight(PlanPose(0.0, 0.0, math.radians(degrees)).ahead(20.0), 100.0)
    path = out.reversed() if towards else out
    road = Road(town.new_id(), "", path, constant(1.0), StreetProfile(lanes).sections(100.0), "town", 13.9)
    return road, arm_of(road, "end" if towards else "start")


def moves(arms: list[Arm]) -> set[tuple[int, int, int, int]]:
    """(arm, lane counted from the right, arm, lane counted from the right) of every way."""
    return {
        (way.origin, arms[way.origin].entries.index(way.entry), way.target, arms[way.target].exits.index(way.exit))
        for way in ways(arms)
    }


def test_a_road_is_seen_alike_from_both_its_ends():
    arms = [street(Town("t"), 30.0, 2, towards=towards)[1] for towards in (False, True)]
    for arm in arms:
        assert math.degrees(arm.pose.heading) % 360.0 == pytest.approx(30.0)
        assert [lane.kind for lane in arm.inward] == [lane.kind for lane in arm.outward]
        assert arm.entries[0].outer == 7.0  # the right lane comes first
    assert [lane.id for lane in arms[0].entries] == [2, 1]
    assert [lane.id for lane in arms[1].entries] == [-2, -1]


def test_turns_from_two_lanes_each():
    arms = [street(Town("t"), degrees, 2)[1] for degrees in (0.0, 90.0, 180.0, 270.0)]
    assert turn(arms[0], arms[1]) == pytest.approx(-math.pi / 2.0)
    from_east = {move for move in moves(arms) if move[0] == 0}
    assert from_east == {(0, 0, 1, 0), (0, 0, 2, 0), (0, 1, 2, 1), (0, 1, 3, 1)}


def test_lanes_that_do_not_fit_straight_on_turn_only():
    town = Town("t")
    arms = [street(town, degrees, lanes)[1] for degrees, lanes in ((0.0, 2), (90.0, 1), (180.0, 1))]
    # From the east: right to the north from the right lane, straight on to the single lane from the left.
    assert {move for move in moves(arms) if move[0] == 0} == {(0, 0, 1, 0), (0, 1, 2, 0)}
    assert {move for move in moves(arms) if move[0] == 2} == {(2, 0, 0, 0), (2, 0, 1, 0)}


def test_where_there_is_one_way_on_every_lane_takes_it():
    arms = [street(Town("t"), degrees, 2)[1] for degrees in (0.0, 90.0)]
    assert moves(arms) == {(0, 0, 1, 0), (0, 1, 1, 1), (1, 0, 0, 0), (1, 1, 0, 1)}


def test_corners_leave_room_for_the_pavements():
    # Halves of 7 m at a right angle and a corner of 2 m: 7 + 2.
    assert trims([0.0, math.pi / 2.0, math.pi], [7.0, 7.0, 7.0]) == pytest.approx([9.0, 9.0, 9.0])
    wide = trims([0.0, math.radians(60.0), math.pi], [7.0, 7.0, 7.0])
    assert wide[0] == pytest.approx((7.0 * 0.5 + 7.0) / math.sin(math.radians(60.0)) + 2.0 * math.sqrt(3.0))


def test_opposite_arms_share_a_phase_unless_it_is_split():
    arms = [street(Town("t"), degrees)[1] for degrees in (0.0, 90.0, 180.0, 270.0)]
    assert phases(arms, Control.TWO_PHASES) == [(0, 2), (1, 3)]
    assert phases(arms, Control.SPLIT_PHASES) == [(0,), (1,), (2,), (3,)]


def test_the_way_round_a_corner_takes_the_pavement_along():
    town = Town("t")
    ends = []
    for degrees in (0.0, 90.0, 180.0):
        road, arm = street(town, degrees)
        town.roads.append(road)
        ends.append((road, arm.contact))
    junction, _ = build_junction(town, "corner", ends)
    kinds = [[lane.kind for lane in road.sections[0].right] for road in town.roads if road.junction == junction.id]
    corners = [lanes for lanes in kinds if lanes == [LaneKind.DRIVING, LaneKind.SHOULDER, LaneKind.SIDEWALK]]
    assert (len(kinds), len(corners)) == (6, 3)


def test_a_connecting_road_needs_a_lane_that_goes_through():
    town = Town("t")
    arms = [street(town, degrees)[1] for degrees in (0.0, 180.0)]
    junction = open_junction(town, "j", arms)
    with pytest.raises(GeometryError, match="first lane"):
        connect(town, junction, arms[0], arms[1], [(arms[0].entries[0], None)])
    with pytest.raises(GeometryError, match="come from"):
        connect(town, junction, arms[0], arms[1], [(arms[0].entries[0], arms[1].exits[0]), (None, None)])


def test_markup_escapes_what_xml_needs():
    root = Element("a", text='<&">')
    root.add("b", x=-0.0, n=3)
    assert root.document().decode().splitlines()[1:] == [
        '<a text="&lt;&amp;&quot;&gt;">', ' <b x="0" n="3"/>', "</a>",
    ]  # fmt: skip
