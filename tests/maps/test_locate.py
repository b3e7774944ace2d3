"""Finding lanes under points."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from xodr_samples import geometry, lane, road, section, town

from roadmark.maps import RoadMap

STRAIGHT = town(road())
CURVED = town(
    road(
        length=60,
        plan=geometry(0, 0, 0, 0.5, 60, '<arc curvature="0.03"/>'),
        sections=section(lane(2, 2.0, "sidewalk"), lane(1), lane(0), lane(-1)),
        elevation='<elevation s="0" a="1" b="0.05" c="0" d="0"/>',
    )
)


def test_offset_and_heading_follow_the_driving_direction():
    # Lane -1 (centre y = -1.75) drives east, lane 1 (centre y = 1.75) west; 0.5 m north of a centre is left of the
    # eastbound driver and right of the westbound one.
    found = STRAIGHT.locate([[30.0, -1.25, 0.0], [30.0, 2.25, 0.0], [30.0, 9.0, 0.0]])
    keys = [str(STRAIGHT.strips()[k].key) if k >= 0 else None for k in found.strip_index]
    assert keys == ["1_0_-1", "1_0_1", None]
    assert np.allclose(found.s[:2], 30.0)
    assert np.allclose(found.offset[:2], [0.5, -0.5])
    assert np.allclose(np.cos(found.heading[:2]), [1.0, -1.0])
    assert np.isnan(found.s[2])


def test_driving_lanes_win_where_lanes_overlap():
    walk = road("2", 20, geometry(0, 50, -10, np.pi / 2, 20), section(lane(0), lane(-1, 3.0, "sidewalk")))
    both = town(walk, road())
    found = both.locate([[51.0, -1.0, 0.0]])
    assert both.strips()[found.strip_index[0]].type == "driving"


def test_height_tells_a_bridge_from_the_road_below():
    bridge = road("2", 20, geometry(0, 50, -10, np.pi / 2, 20), elevation='<elevation s="0" a="6" b="0" c="0" d="0"/>')
    both = town(road(), bridge)
    found = both.locate([[51.0, -1.0, 6.2], [51.0, -1.0, 0.1]])
    assert [both.strips()[k].key.road for k in found.strip_index] == ["2", "1"]
    assert np.allclose(found.z, [6.0, 0.0])


@settings(max_examples=60, deadline=None)
@given(st.floats(0.01, 59.99), st.sampled_from([2, 1, -1]), st.floats(-0.45, 0.45))
def test_points_of_the_surface_are_found_again(s, lane_id, share):
    curve = CURVED.road_geometry["1"]
    edges = curve.lane_edges(curve.sections[0], np.array([s]))
    inner = edges[lane_id - int(np.sign(lane_id))]
    t = 0.5 * (edges[lane_id] + inner) + share * np.abs(edges[lane_id] - inner)
    point = curve.surface(np.array([s]), t)
    found = CURVED.locate(point)
    key = CURVED.strips()[found.strip_index[0]].key
    assert key.lane == lane_id
    assert abs(found.s[0] - s) < 0.02
    direction = 1 if lane_id < 0 else -1
    assert abs(found.offset[0] - direction * share * float(np.abs(edges[lane_id] - inner)[0])) < 0.012
    turn = found.heading[0] - float(curve.heading(np.array([s]))[0])
    assert np.cos(turn) * direction > 0.995
    assert abs(CURVED.elevation(point[:, :2])[0] - (1.0 + 0.05 * s)) < 0.01


def test_elevation_off_the_lanes_is_the_nearest_edge():
    assert np.allclose(CURVED.elevation([[0.0, -200.0]]), CURVED.elevation([[0.0, -200.0]]))
    slope = town(road(elevation='<elevation s="0" a="0" b="0.1" c="0" d="0"/>'))
    assert np.allclose(slope.elevation([[-50.0, 0.0], [150.0, 0.0]]), [0.0, 10.0])


def test_a_map_without_lanes():
    empty = RoadMap("empty", {})
    assert empty.locate([[0.0, 0.0, 0.0]]).strip_index.tolist() == [-1]
    assert empty.elevation([[0.0, 0.0]]).tolist() == [0.0]
    assert not empty.bounds.any()
    assert STRAIGHT.locate(np.zeros((0, 3))).strip_index.shape == (0,)


def test_far_away_roads_do_not_make_a_huge_grid():
    far = town(road(), road("2", 20, geometry(0, 9e4, 9e4, 0, 20)))
    assert far.locate([[9e4 + 10.0, 9e4 + 1.0, 0.0]]).strip_index[0] >= 0
