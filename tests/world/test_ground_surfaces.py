"""Road surfaces lie where the map says, without holes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from road_samples import PLAIN_LANES, area_from_above, crossing, road_xml, seen_from_above, street, town

from roadmark.catalog import SemanticClass
from roadmark.maps import KERB_HEIGHT
from roadmark.world.ground.junctions import closed_area
from roadmark.world.ground.lane_kinds import split_lanes
from roadmark.world.ground.raster import Raster, distance_to
from roadmark.world.ground.surfaces import surface_shape


def test_carriageway_area_is_length_times_width():
    shape = surface_shape(street(100.0))
    roads = shape.selected(shape.semantic == SemanticClass.ROADS)
    # 100 m of 2 x (3.5 + 0.5) m, each end longer by the 0.04 m that overlap the next road.
    assert area_from_above(roads) == pytest.approx((100.0 + 0.08) * 8.0, rel=1e-4)


def test_heights_of_carriageway_and_pavement():
    shape = surface_shape(street())
    top, label = seen_from_above(shape, [[50.3, 1.1], [50.3, -3.7], [50.3, 5.0], [50.3, -6.9], [50.3, 7.2]])
    np.testing.assert_allclose(top[:4], [0.0, 0.0, KERB_HEIGHT, KERB_HEIGHT], atol=1e-6)
    assert label.tolist() == [1, 1, 2, 2, -1]


def test_kerb_stones_only_towards_the_carriageway():
    shape = surface_shape(street())
    kerb = shape.selected((shape.material == 3) & (shape.normals[:, 0, 2] > 0.9))
    # Stones are 0.16 m wide along y = 4 and y = -4.
    assert np.abs(kerb.corners[..., 1]).min() == pytest.approx(4.0, abs=1e-5)
    assert np.abs(kerb.corners[..., 1]).max() == pytest.approx(4.16, abs=1e-5)


@settings(max_examples=40, deadline=None)
@given(heading=st.floats(-3, 3), share=st.floats(0.01, 0.99), side=st.floats(-6.95, 6.95))
def test_no_crack_anywhere_on_a_turned_street(heading, share, side):
    road_map = town(road_xml("1", 30, -20, heading, 80))
    along = np.array([np.cos(heading), np.sin(heading)])
    point = np.array([30, -20]) + along * 80 * share + np.array([-along[1], along[0]]) * side
    top, _ = seen_from_above(surface_shape(road_map), [point])
    assert -1e-4 <= top[0] <= KERB_HEIGHT + 1e-4


def test_two_roads_that_meet_leave_no_crack():
    road_map = town(road_xml("1", 0, 0, 0, 50), road_xml("2", 50, 0, 0, 50))
    x = np.linspace(49.95, 50.05, 21)
    top, _ = seen_from_above(surface_shape(road_map), np.c_[x, np.full(21, 1.7)])
    np.testing.assert_allclose(top, 0.0, atol=1e-6)


def test_the_middle_of_a_junction_is_filled_and_its_lanes_lie_on_top():
    shape = surface_shape(crossing())
    top, label = seen_from_above(shape, [[0.3, 0.2], [-1.1, 1.3], [10.0, 3.4], [15.0, 15.0]])
    assert top[0] == pytest.approx(-0.002, abs=1e-5)
    assert top[1] == pytest.approx(-0.002, abs=1e-5)
    assert top[2] == pytest.approx(0.0, abs=1e-6)
    assert label.tolist() == [1, 1, 1, -1]


def test_large_enclosed_areas_stay_islands():
    paved = np.zeros((200, 200), dtype=bool)
    paved[20:180, 20:180] = True
    paved[40:160, 40:160] = False  # 120 x 120 pixels of 0.25 m: 900 m2
    paved[28:32, 60:64] = False  # 1 m2
    closed = closed_area(paved, np.zeros_like(paved))
    assert not closed[100, 100]
    assert closed[30, 62]


def test_a_concave_corner_behind_a_pavement_is_no_road():
    paved = np.zeros((120, 120), dtype=bool)
    paved[20:60, 20:100] = True
    paved[20:100, 20:60] = True
    covered = np.zeros_like(paved)
    assert closed_area(paved, covered)[61, 61]
    covered[60:64, 60:100] = covered[60:100, 60:64] = True
    closed = closed_area(paved, covered)
    assert not closed[65, 65]


def test_none_lanes_between_carriageway_are_road_and_outer_ones_are_not():
    lanes = (("left", 1, "driving", 3.0), ("right", -1, "none", 3.0), ("right", -2, "driving", 3.0),
             ("right", -3, "none", 3.0), ("right", -4, "sidewalk", 2.0))  # fmt: skip
    carriageway, pavement, islands = split_lanes(town(road_xml("1", 0, 0, 0, 50, lanes)))
    assert sorted(strip.key.lane for strip in carriageway) == [-2, -1, 1]
    assert [strip.key.lane for strip in pavement] == [-4]
    assert islands == []


def test_a_median_stands_on_kerbs_on_both_sides():
    lanes = (("left", 1, "median", 2.0), ("left", 2, "driving", 3.0), ("right", -1, "driving", 3.0))
    shape = surface_shape(town(road_xml("1", 0, 0, 0, 50, lanes)))
    top, label = seen_from_above(shape, [[20.1, 1.0], [20.1, 0.05], [20.1, -1.0]])
    np.testing.assert_allclose(top, [KERB_HEIGHT, KERB_HEIGHT, 0.0], atol=1e-6)
    assert label[:2].tolist() == [SemanticClass.GROUND] * 2


def test_lanes_the_map_itself_raises_are_not_raised_twice():
    text = street_with_height()
    top, _ = seen_from_above(surface_shape(text), [[20.1, 5.5]])
    assert top[0] == pytest.approx(0.12, abs=1e-6)


def street_with_height():
    xml = road_xml("1", 0, 0, 0, 50)
    raised = xml.replace('type="sidewalk" level="false">', 'type="sidewalk" level="false">', 1)
    width = '<width sOffset="0" a="3.0" b="0" c="0" d="0"/>'
    return town(raised.replace(width, width + '<height sOffset="0" inner="0.12" outer="0.12"/>'))


def test_raster_covers_exactly_the_touched_pixels():
    raster = Raster.around([0, 0], [10, 10], 0.5, margin=1.0)
    assert raster.shape == (25, 25)
    covered = raster.covered(town(road_xml("1", 2, 5, 0, 6, PLAIN_LANES)).strips())
    assert raster.sample(covered, [[5.0, 5.0], [5.0, 8.9], [0.5, 5.0], [99.0, 5.0]], False).tolist() == [
        True, True, False, False,
    ]  # fmt: skip
    assert not raster.covered([]).any()


def test_distance_is_in_metres():
    mask = np.zeros((5, 9), dtype=bool)
    assert distance_to(mask, 0.5).min() > 1e5
    mask[2, 0] = True
    assert distance_to(mask, 0.5)[2, 8] == pytest.approx(4.0, rel=0.03)


def test_a_border_behind_a_pavement_belongs_to_it():
    lanes = (("right", -1, "driving", 3.0), ("right", -2, "border", 0.4), ("right", -3, "sidewalk", 2.0),
             ("right", -4, "border", 0.3))  # fmt: skip
    carriageway, pavement, _ = split_lanes(town(road_xml("1", 0, 0, 0, 50, lanes)))
    assert sorted(strip.key.lane for strip in carriageway) == [-2, -1]
    assert sorted(strip.key.lane for strip in pavement) == [-4, -3]


def test_lanes_of_a_junction_at_different_heights_are_joined_by_slopes():
    lane = (("right", -1, "driving", 3.0),)
    lower = road_xml("10", 0, 0.0, 0.0, 30, lane, junction="1")
    upper = road_xml(
        "11", 0, -2.0, 0.0, 30, lane, junction="1", elevation='<elevation s="0" a="0.2" b="0" c="0" d="0"/>'
    )
    shape = surface_shape(town(lower, upper, rest='<junction id="1" name="j"/>'))
    # The lower lane covers -3 < y < 0, the upper one -5 < y < -2: the slope drops 0.25 m within 1.5 m from y = -2.
    top, _ = seen_from_above(shape, [[15.1, -2.5], [15.1, -1.4], [15.1, -0.2]])
    assert top[0] == pytest.approx(0.2, abs=1e-5)
    assert top[1] == pytest.approx(0.2 - 0.003 - 0.6 / 6.0, abs=1e-3)
    assert top[2] == pytest.approx(0.0, abs=1e-5)


def test_a_corner_behind_a_painted_edge_line_is_road():
    lane = (("right", -1, "driving", 4.0),)
    corners = "".join(f'<cornerLocal u="{u}" v="{v}" z="0" height="0"/>' for u, v in ((0, 0), (4.0, 1.5), (8.0, 8.0)))
    line = (
        '<objects><object id="e" name="SolidSingleWhite" s="9" t="0" zOffset="0" hdg="0" pitch="0" roll="0" '
        f'orientation="none" type="-1" length="1" width="1"><outline>{corners}</outline></object></objects>'
    )
    # Lanes below y = 0 and right of x = 17; the line cuts the corner between them from (9, 0) to (17, 8).
    roads = (
        road_xml("10", 0, 0, 0, 40, lane, junction="1", rest=line),
        road_xml("11", 17, -10, np.pi / 2, 40, lane, junction="1"),
    )
    shape = surface_shape(town(*roads, rest='<junction id="1" name="j"/>'))
    top, _ = seen_from_above(shape, [[16.0, 1.5], [9.0, 8.0]])
    assert top[0] == pytest.approx(-0.002, abs=1e-5)
    assert top[1] == -np.inf
