"""Lane marks, crosswalks, stop lines and stencils."""

import numpy as np
import pytest
from road_samples import area_from_above, crossing, mark_xml, road_xml, seen_from_above, street, town

from roadmark.catalog import SemanticClass
from roadmark.maps import parse_opendrive
from roadmark.world.ground.mark_lines import PAINT_HEIGHT
from roadmark.world.ground.marks import PAINT_COLORS, marks_shape
from roadmark.world.ground.paint import clip_slab, crosswalk_shape, line_shape, paint_shape
from roadmark.world.ground.stop_lines import stop_line_bars
from sample_crossing.town import crossing_xodr


def test_a_solid_line_has_its_width_colour_and_height():
    shape = marks_shape(street(100.0, marks={0: mark_xml("solid", "yellow", 0.2)}))
    assert area_from_above(shape) == pytest.approx(100.0 * 0.2, rel=1e-4)
    assert np.unique(shape.color, axis=0).tolist() == [list(PAINT_COLORS["yellow"])]
    np.testing.assert_allclose(shape.corners[..., 2], PAINT_HEIGHT, atol=1e-6)
    assert set(shape.semantic) == {SemanticClass.ROAD_LINES}


def test_a_broken_line_is_three_metres_in_seven_and_a_half():
    shape = marks_shape(street(75.0, marks={0: mark_xml("broken")}))
    # Ten whole periods, a 3 m dash of 0.15 m in each.
    assert area_from_above(shape) == pytest.approx(10 * 3.0 * 0.15, rel=1e-4)
    top, _ = seen_from_above(shape, [[1.5, 0.0], [5.0, 0.0], [9.0, 0.0]])
    assert np.isfinite(top).tolist() == [True, False, True]


def test_a_double_line_leaves_a_gap_of_its_own_width():
    shape = marks_shape(street(50.0, marks={0: mark_xml("solid_solid", "yellow", 0.12)}))
    assert area_from_above(shape) == pytest.approx(2 * 50.0 * 0.12, rel=1e-4)
    top, _ = seen_from_above(shape, [[20.1, 0.0], [20.1, 0.12], [20.1, -0.12]])
    assert np.isfinite(top).tolist() == [False, True, True]


def test_half_broken_lines_break_on_the_right_side():
    shape = marks_shape(street(75.0, marks={0: mark_xml("solid_broken", "yellow", 0.12)}))
    left = shape.corners[..., 1].mean(axis=1) > 0  # the first word is the left line along increasing s
    assert area_from_above(shape.selected(left)) == pytest.approx(75.0 * 0.12, rel=1e-4)
    assert area_from_above(shape.selected(~left)) == pytest.approx(30.0 * 0.12, rel=1e-4)


def test_kerb_marks_and_unknown_colours():
    assert len(marks_shape(street(marks={0: mark_xml("curb")}))) == 0
    shape = marks_shape(street(marks={0: mark_xml("solid", "mauve")}))
    assert np.unique(shape.color, axis=0).tolist() == [list(PAINT_COLORS["white"])]


def test_explicit_lines_are_drawn_as_the_file_says():
    lines = (
        '<roadMark sOffset="0" type="broken" color="white" width="0.1"><type name="x" width="0.1">'
        '<line length="2" space="8" tOffset="0.5" sOffset="1" width="0.25" rule="none"/></type></roadMark>'
    )
    shape = marks_shape(street(60.0, marks={0: lines}))
    assert area_from_above(shape) == pytest.approx(6 * 2 * 0.25, rel=1e-4)
    top, _ = seen_from_above(shape, [[1.5, 0.5], [0.5, 0.5], [1.5, 0.0]])
    assert np.isfinite(top).tolist() == [True, False, False]


def test_marks_end_where_another_lane_of_the_junction_crosses():
    shape = marks_shape(crossing())
    # Road 10 runs along x with its lane between y = -5 and -2; roads 12 and 13 cross at 2 < |x| < 5.
    x = np.array([-15.0, -3.5, 0.0, 3.5, 15.0])
    top, _ = seen_from_above(shape, np.c_[x, np.full(5, -2.0)])
    assert np.isfinite(top).tolist() == [True, False, True, False, True]


def test_marks_of_a_bridge_do_not_end_over_the_road_below_even_in_one_junction():
    lane = (("right", -1, "driving", 3.0),)
    lower = road_xml("10", -20, 0, 0.0, 40, lane, junction="1", marks={0: mark_xml("solid")})
    climb = '<elevation s="0" a="6" b="0" c="0" d="0"/>'
    upper = road_xml("11", 0, -20, np.pi / 2, 40, lane, junction="1", marks={0: mark_xml("solid")}, elevation=climb)
    shape = marks_shape(town(lower, upper, rest='<junction id="1" name="j"/>'))
    assert area_from_above(shape) == pytest.approx(2 * 40 * 0.15, rel=1e-4)


def test_crosswalks_end_at_the_edge_of_the_carriageway():
    rest = objects(
        '<object id="c" name="walk" type="crosswalk" s="40" t="0" zOffset="0" hdg="0" pitch="0" roll="0" '
        f'orientation="none" length="3" width="14">{outline((-1.5, -7), (1.5, -7), (1.5, 7), (-1.5, 7))}</object>'
    )
    shape = paint_shape(town(road_xml("1", 0, 0, 0, 80, rest=rest)))
    # The carriageway reaches to |y| = 4; a stripe half on it, to half a metre, stays.
    assert 3.5 < np.abs(shape.corners[..., 1]).max() < 5.0


def test_crosswalk_stripes_are_half_of_its_area_and_run_with_the_traffic():
    outline = [[10, -4, 0.2], [13, -4, 0.2], [13, 4, 0.2], [10, 4, 0.2], [10, -4, 0.2]]
    shape = crosswalk_shape(outline)
    assert area_from_above(shape) == pytest.approx(12.0, rel=1e-4)
    np.testing.assert_allclose(shape.corners[..., 2], 0.2 + PAINT_HEIGHT + 0.001, atol=1e-5)
    # Each of the 8 stripes spans the 3 m of the crossing and is half a metre wide.
    assert len(shape) == 16
    assert np.ptp(shape.corners[:2, :, 0]) == pytest.approx(3.0)
    assert np.ptp(shape.corners[:2, :, 1]) == pytest.approx(0.5)


def test_crosswalks_follow_a_slope_and_degenerate_ones_vanish():
    tilted = crosswalk_shape([[0, 0, 0], [3, 0, 0.3], [3, 8, 0.3], [0, 8, 0]])
    np.testing.assert_allclose(tilted.corners[..., 2] - 0.004, 0.1 * tilted.corners[..., 0], atol=1e-5)
    assert len(crosswalk_shape([[0, 0, 0], [1, 0, 0]])) == 0


def test_clipping_a_triangle_to_a_slab():
    part = clip_slab(np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 4.0]]), 1.0, 2.0)
    x, y = part[:, 0], part[:, 1]
    area = abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
    assert area == pytest.approx(2.5)  # trapezium of heights 3 and 2, width 1
    assert len(clip_slab(part, 5.0, 6.0)) == 0


def test_a_line_needs_two_points():
    assert len(line_shape([[0, 0, 0]], 0.1, (1, 2, 3))) == 0


def objects(*items: str) -> str:
    return f"<objects>{''.join(items)}</objects>"


def outline(*corners) -> str:
    points = "".join(f'<cornerLocal u="{u}" v="{v}" z="0" height="0"/>' for u, v in corners)
    return f"<outline>{points}</outline>"


def thing(name, s, t, *, heading=0.0, length=2.5, width=2.0, inner=""):
    return (
        f'<object id="{name}{s}" name="{name}" s="{s}" t="{t}" zOffset="0" hdg="{heading}" pitch="0" roll="0" '
        f'orientation="none" type="-1" length="{length}" width="{width}">{inner}</object>'
    )


@pytest.mark.parametrize(
    ("name", "inner"),
    [
        ("StopLine", outline((0, 0), (0, 3))),
        ("SolidSingleWhite", outline((0, 0), (5, 0))),
        ("DashedSingleYellow", outline((0, 0), (20, 0))),
        ("ChevronRegion", outline((0, 0), (6, 0), (6, 4), (0, 4), (0, 0))),
        ("CrosshatchRegion", outline((0, 0), (6, 0), (6, 6), (0, 6), (0, 0))),
        ("Stencil_ArrowType4L", ""),
        ("Stencil_ArrowType1", ""),
        ("Stencil_STOP", ""),
    ],
)
def test_painted_objects_lie_on_the_road_and_face_up(name, inner):
    rest = objects(thing(name, 40, -2, inner=inner))
    shape = paint_shape(town(road_xml("1", 0, 0, 0, 80, rest=rest)))
    assert len(shape) > 0
    assert np.all(shape.normals[..., 2] > 0.99)
    assert np.all((shape.corners[..., 2] > 0.002) & (shape.corners[..., 2] < 0.01))
    assert set(shape.semantic) == {SemanticClass.ROAD_LINES}


def test_other_objects_are_not_paint():
    rest = objects(thing("Speed_30", 40, -5), thing("StopLine", 40, -2))
    assert len(paint_shape(town(road_xml("1", 0, 0, 0, 80, rest=rest)))) == 0


def test_a_left_arrow_points_left_of_the_traffic_whatever_its_own_heading():
    rest = objects(thing("Stencil_ArrowType4L", 40, -2, heading=2.0))
    shape = paint_shape(town(road_xml("1", 0, 0, 0, 80, rest=rest)))
    # The lane at y < 0 runs along +x, so left is +y: the head lies there, the stem on the other side.
    head = shape.corners[shape.corners[..., 0].max(axis=1).argmax()]
    stem = shape.corners[shape.corners[..., 0].min(axis=1).argmin()]
    assert head[:, 1].mean() > stem[:, 1].mean()


LIGHT = (
    '<signals><signal id="7" name="l" s="95" t="-5" zOffset="4" hOffset="0" orientation="+" dynamic="yes" '
    'country="OpenDRIVE" type="1000001" subtype="-1" value="-1" height="1" width="0.4"/></signals>'
)


def test_stop_lines_are_made_where_lights_are_and_the_map_has_none():
    junction = (
        '<junction id="9" name="j"><connection id="0" incomingRoad="1" connectingRoad="2" contactPoint="start">'
        '<laneLink from="-1" to="-1"/></connection></junction>'
    )
    lane = (("right", -1, "driving", 3.5),)
    lit = town(road_xml("1", 0, 0, 0, 100, rest=LIGHT), road_xml("2", 100, 0, 0, 20, lane, junction="9"), rest=junction)
    shape = paint_shape(lit)
    # 0.4 m across the 3.5 m lane less 0.12 m at either side, 0.6 m before its end.
    assert area_from_above(shape) == pytest.approx(0.4 * 3.26, rel=1e-3)
    assert shape.corners[..., 0].max() == pytest.approx(99.4, abs=1e-3)
    assert shape.corners[..., 1].max() < 0.0
    dark = town(road_xml("1", 0, 0, 0, 100), road_xml("2", 100, 0, 0, 20, lane, junction="9"), rest=junction)
    assert len(paint_shape(dark)) == 0


def lit_crossing():
    """Each arm of the sample crossing ends in a crosswalk 0.5 to 3.5 m before the junction, with lights beyond it."""
    return parse_opendrive(crossing_xodr(), "crossing")


def test_stop_lines_lie_before_the_crosswalk_not_behind_it():
    bars = stop_line_bars(lit_crossing())
    assert len(bars) == 4
    east = bars[np.argmax(bars[..., 0].mean(axis=1))]
    # The arm begins 14 m from the origin; the lane towards the junction lies at 0 < y < 3.5.
    assert east[:, 0].min() == pytest.approx(14.0 + 3.5 + 1.0, abs=0.11)
    assert np.ptp(east[:, 0]) == pytest.approx(0.4)
    assert sorted(np.unique(np.round(east[:, 1], 3))) == pytest.approx([0.12, 3.38])


def test_lane_marks_end_before_a_crosswalk_at_the_end_of_their_road():
    shape = marks_shape(lit_crossing())
    outlines = [crosswalk.outline for crosswalk in lit_crossing().crosswalks]
    assert len(outlines) == 4
    yellow = shape.selected((shape.color == PAINT_COLORS["yellow"]).all(axis=1))
    reach = np.abs(yellow.corners[..., :2]).max(axis=2)
    assert reach.min() == pytest.approx(14.0 + 3.5 + 0.15, abs=0.11)
    assert reach.max() == pytest.approx(154.0, abs=1e-3)


def test_a_crosswalk_in_the_middle_of_a_road_interrupts_its_marks():
    rest = objects(
        '<object id="c" name="walk" type="crosswalk" s="40" t="0" zOffset="0" hdg="0" pitch="0" roll="0" '
        f'orientation="none" length="3" width="14">{outline((-1.5, -7), (1.5, -7), (1.5, 7), (-1.5, 7))}</object>'
    )
    shape = marks_shape(town(road_xml("1", 0, 0, 0, 80, rest=rest, marks={0: mark_xml("solid")})))
    top, _ = seen_from_above(shape, [[30.0, 0.0], [38.0, 0.0], [39.0, 0.0], [41.0, 0.0], [42.0, 0.0], [79.5, 0.0]])
    assert np.isfinite(top).tolist() == [True, True, False, False, True, True]
