"""Lane strips of hand-written roads: exact places, profiles, sampling error."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xodr_samples import LINE, geometry, lane, road, section, town

from roadmark.maps import LaneKey
from roadmark.maps.profiles import PiecewiseCubic

CENTER = lane(0, kind="none")


def strip(road_map, key: str):
    return next(strip for strip in road_map.strips() if str(strip.key) == key)


def test_straight_road_lanes_are_rectangles():
    # Eastward, 3.5 m lanes: lane -1 spans y in [-3.5, 0] and drives along s, lane 1 y in [0, 3.5] against it.
    town_map = town(road())
    right, left = strip(town_map, "1_0_-1"), strip(town_map, "1_0_1")
    assert np.allclose(right.left[[0, -1]], [[0, 0, 0], [100, 0, 0]])
    assert np.allclose(right.right[[0, -1]], [[0, -3.5, 0], [100, -3.5, 0]])
    assert np.allclose(left.center[:, 1], 1.75)
    assert (right.direction, left.direction) == (1, -1)
    assert right.type == "driving"
    assert right.junction is None
    assert np.diff(right.s).max() <= 10.0 + 1e-9
    assert town_map.strip_index[LaneKey("1", 0, -1)] == 1
    assert np.allclose(town_map.bounds, [[0, -3.5, 0], [100, 3.5, 0]])


def test_a_place_along_a_lane_is_measured_on_its_centre_line_in_the_driving_direction():
    # A left bend of radius 50 m: the centres of lanes 3.5 m wide lie 51.75 m and 48.25 m from its middle (0, 50).
    bend = geometry(0, 0, 0, 0, 25 * np.pi, '<arc curvature="0.02"/>')
    town_map = town(road(length=25 * np.pi, plan=bend))
    outer, inner = strip(town_map, "1_0_-1"), strip(town_map, "1_0_1")
    assert outer.length == pytest.approx(51.75 * np.pi / 2, abs=0.01)
    assert inner.length == pytest.approx(48.25 * np.pi / 2, abs=0.01)
    point, heading = outer.place_at(51.75 * np.pi / 6)  # 30 degrees on
    assert np.allclose(point, [51.75 * 0.5, 50 - 51.75 * np.sqrt(0.75), 0], atol=0.02)
    assert heading == pytest.approx(np.pi / 6, abs=0.05)
    point, heading = inner.place_at(48.25 * np.pi / 6)  # against s: from the end at 90 degrees back to 60
    assert np.allclose(point, [48.25 * np.sqrt(0.75), 50 - 48.25 * 0.5, 0], atol=0.02)
    assert heading == pytest.approx(np.pi / 3 - np.pi, abs=0.05)
    for lane_strip, entry, leave in ((outer, 0, -1), (inner, -1, 0)):
        assert np.allclose(lane_strip.place_at(-5.0)[0], lane_strip.center[entry])
        assert np.allclose(lane_strip.place_at(1e6)[0], lane_strip.center[leave])


def test_neighbouring_lanes_share_their_boundary_exactly():
    arc = geometry(0, 0, 0, 0, 60, '<arc curvature="0.02"/>')
    town_map = town(road(length=60, plan=arc, sections=section(lane(2, 2.0), lane(1), CENTER, lane(-1))))
    inner, outer = strip(town_map, "1_0_1"), strip(town_map, "1_0_2")
    assert np.array_equal(inner.left, outer.right)
    assert np.array_equal(inner.right, strip(town_map, "1_0_-1").left)


def test_left_hand_traffic_turns_the_directions():
    town_map = town(road(attributes='junction="7" rule="LHT"'))
    assert strip(town_map, "1_0_1").direction == 1
    assert strip(town_map, "1_0_-1").direction == -1
    assert strip(town_map, "1_0_1").junction == "7"
    assert len(town_map.junction_strips("7")) == 2


def test_reversed_lane_direction():
    text = road().replace('<lane id="-1"', '<lane id="-1" direction="reversed"')
    assert strip(town(text), "1_0_-1").direction == -1


def test_width_polynomial_and_lane_offset():
    # Lane -1 widens as 3 + 0.01 s^2 / ... : at s = 10, 3 + 0.1*10 = 4; the whole road is shifted 1 m left.
    widening = '<width sOffset="0" a="3" b="0.1" c="0" d="0"/><width sOffset="10" a="4" b="0" c="0" d="0"/>'
    offset = '<laneOffset s="0" a="1" b="0" c="0" d="0"/>'
    right = strip(town(road(length=20, sections=section(CENTER, lane(-1, widening)), offsets=offset)), "1_0_-1")
    at = {round(float(s), 6): y for s, y in zip(right.s, right.right[:, 1], strict=True)}
    assert at[0.0] == pytest.approx(1.0 - 3.0)
    assert at[10.0] == pytest.approx(1.0 - 4.0)
    assert at[20.0] == pytest.approx(1.0 - 4.0)
    assert np.allclose(right.left[:, 1], 1.0)


def test_lane_offset_that_jumps_between_sections():
    offsets = '<laneOffset s="0" a="0" b="0" c="0" d="0"/><laneOffset s="50" a="2" b="0" c="0" d="0"/>'
    both = section(CENTER, lane(-1)) + section(CENTER, lane(-1), s=50)
    town_map = town(road(sections=both, offsets=offsets))
    assert np.allclose(strip(town_map, "1_0_-1").left[:, 1], 0.0)
    assert np.allclose(strip(town_map, "1_1_-1").left[:, 1], 2.0)
    assert strip(town_map, "1_1_-1").s[0] == 50.0


def test_borders_instead_of_widths():
    borders = [f'<border sOffset="0" a="{a}" b="0" c="0" d="0"/>' for a in (-3.0, -5.0)]
    town_map = town(road(sections=section(CENTER, lane(-1, borders[0]), lane(-2, borders[1]))))
    assert np.allclose(strip(town_map, "1_0_-1").right[:, 1], -3.0)
    assert np.allclose(strip(town_map, "1_0_-2").left[:, 1], -3.0)
    assert np.allclose(strip(town_map, "1_0_-2").right[:, 1], -5.0)


def test_elevation_is_sampled_finely_where_it_bends():
    # z = 0.01 s^2 has second derivative 0.02: chords of h metres leave it by 0.02 h^2 / 8 <= 8 mm for h <= 1.79 m.
    elevation = '<elevation s="0" a="5" b="0" c="0.01" d="0"/>'
    right = strip(town(road(length=20, elevation=elevation)), "1_0_-1")
    assert np.allclose(right.center[:, 2], 5.0 + 0.01 * right.s**2)
    assert 1.6 < np.diff(right.s).max() <= 1.79


def test_superelevation_rolls_the_cross_section():
    # Roll of 0.1 rad: the left edge at t = 3.5 lies at y = 3.5 cos 0.1 and is 3.5 sin 0.1 higher.
    town_map = town(road(lateral='<superelevation s="0" a="0.1" b="0" c="0" d="0"/>'))
    left, right = strip(town_map, "1_0_1").left, strip(town_map, "1_0_-1").right
    assert np.allclose(left[:, 1:], [3.5 * np.cos(0.1), 3.5 * np.sin(0.1)])
    assert np.allclose(right[:, 1:], [-3.5 * np.cos(0.1), -3.5 * np.sin(0.1)])


def test_level_lane_stays_horizontal_across():
    lanes = section(CENTER, lane(-1), lane(-2, 2.0, "sidewalk", level="true"))
    town_map = town(road(sections=lanes, lateral='<superelevation s="0" a="0.1" b="0" c="0" d="0"/>'))
    walk = strip(town_map, "1_0_-2")
    assert np.allclose(walk.left[:, 2], -3.5 * np.sin(0.1))
    assert np.allclose(walk.right[:, 2], walk.left[:, 2])


def test_crossfall_and_shape():
    fall = '<crossfall side="left" s="0" a="0.02" b="0" c="0" d="0"/>'
    town_map = town(road(lateral=fall))
    assert np.allclose(strip(town_map, "1_0_1").left[:, 2], -3.5 * np.sin(0.02))
    assert np.allclose(strip(town_map, "1_0_-1").right[:, 2], 0.0)
    # A cross section given at both ends: 0 at s = 0 rising to 0.1 t at s = 100, linear between.
    shape = '<shape s="0" t="0" a="0" b="0" c="0" d="0"/><shape s="100" t="0" a="0" b="0.1" c="0" d="0"/>'
    left = strip(town(road(lateral=shape)), "1_0_1")
    assert np.allclose(left.left[:, 2], 0.35 * left.s / 100.0)
    single = '<shape s="0" t="0" a="0.2" b="0" c="0" d="0"/>'
    assert np.allclose(strip(town(road(lateral=single)), "1_0_1").left[:, 2], 0.2)


def test_lane_height_lifts_the_lane():
    raised = lane(-2, 2.0, "sidewalk", extra='<height sOffset="0" inner="0.12" outer="0.15"/>')
    walk = strip(town(road(sections=section(CENTER, lane(-1), raised))), "1_0_-2")
    assert walk.raised
    assert np.allclose(walk.left[:, 2], 0.12)
    assert np.allclose(walk.right[:, 2], 0.15)


def test_single_sided_section_keeps_the_other_side():
    sections = section(lane(1), CENTER, lane(-1)) + section(CENTER, lane(-1, 5.0), s=60, attributes='singleSide="true"')
    town_map = town(road(sections=sections))
    assert np.allclose(strip(town_map, "1_1_1").left[:, 1], 3.5)
    assert np.allclose(strip(town_map, "1_1_-1").right[:, 1], -5.0)


def test_section_without_length_or_lanes_gives_no_strip():
    sections = section(CENTER, lane(-1)) + "<laneSection s='50'/>" + section(CENTER, lane(-1), s=100)
    assert [str(s.key) for s in town(road(sections=sections)).strips()] == ["1_0_-1"]


def test_breakpoints_closer_than_a_millimetre_are_one():
    plan = geometry(0, 0, 0, 0, 50) + geometry(50, 50, 0, 0, 50, LINE)
    elevation = "".join(f'<elevation s="{s}" a="0" b="0" c="0" d="0"/>' for s in (0, 50.0000001, 99.9999999))
    s = strip(town(road(plan=plan, elevation=elevation)), "1_0_-1").s
    assert np.diff(s).min() > 1e-3
    assert (s[0], s[-1]) == (0.0, 100.0)


@settings(max_examples=40, deadline=None)
@given(
    st.floats(-0.1, 0.1),
    st.floats(-0.1, 0.1),
    st.floats(-0.03, 0.05),
    st.floats(-0.001, 0.002),
    st.floats(-0.01, 0.01),
    st.floats(-0.1, 0.1),
)
def test_straight_pieces_stay_within_a_centimetre(start, end, slope, bend, climb, roll):
    plan = geometry(0, 3, -2, 0.3, 40, f'<spiral curvStart="{start}" curvEnd="{end}"/>')
    width = f'<width sOffset="0" a="4" b="{slope}" c="{bend}" d="0"/>'
    text = road(
        length=40,
        plan=plan,
        sections=section(lane(1, width), CENTER, lane(-1, width), lane(-2, 2.0, "sidewalk")),
        elevation=f'<elevation s="0" a="0" b="0.05" c="{climb}" d="0"/>',
        lateral=f'<superelevation s="0" a="0" b="{roll / 40}" c="0" d="0"/>',
    )
    town_map = town(text)
    parsed = town_map.road_geometry["1"]
    for lane_strip in town_map.strips():
        for edge, side in ((lane_strip.left, 1), (lane_strip.right, -1)):
            fine = np.linspace(0.0, 40.0, 801)
            # The outer edge belongs to the lane, the inner one to the next lane towards the centre.
            outer = np.sign(lane_strip.key.lane) == side
            lane_id = lane_strip.key.lane if outer else lane_strip.key.lane - int(np.sign(lane_strip.key.lane))
            exact = parsed.surface(fine, parsed.lane_edges(parsed.sections[0], fine)[lane_id])
            cell = np.clip(np.searchsorted(lane_strip.s, fine, side="right") - 1, 0, len(lane_strip.s) - 2)
            a, b = edge[cell], edge[cell + 1]
            along = b - a
            part = np.clip(np.einsum("ij,ij->i", exact - a, along) / np.einsum("ij,ij->i", along, along), 0, 1)
            assert np.linalg.norm(exact - a - part[:, None] * along, axis=1).max() < 0.01


def test_piecewise_cubic_continues_its_first_piece_backwards_and_sorts():
    profile = PiecewiseCubic.from_pieces([(10.0, 2.0, 0.0, 0.0, 0.0), (5.0, 1.0, 0.1, 0.0, 0.0)])
    assert profile.value([0.0, 5.0, 9.0, 10.0, 50.0]).tolist() == pytest.approx([0.5, 1.0, 1.4, 2.0, 2.0])
    assert profile.slope([6.0]).tolist() == pytest.approx([0.1])
    empty = PiecewiseCubic.from_pieces([])
    assert empty.is_zero
    assert not empty.value([1.0]).any()
    assert not empty.slope([1.0]).any()
    assert not empty.bend([1.0]).any()
