"""Road marks along lane boundaries."""

import numpy as np
from xodr_samples import geometry, lane, road, section, town

BROKEN = '<roadMark sOffset="0" type="broken" weight="bold" color="yellow" width="0.2" laneChange="none"/>'


def test_marks_change_along_the_lane():
    marks = '<roadMark sOffset="40" type="none"/><roadMark sOffset="0" type="solid solid" color="standard"/>'
    marks += '<roadMark sOffset="70" type="broken" color="yellow" width="0.15"/>'
    found = town(road(sections=section(lane(0, kind="none", marks=marks), lane(-1)))).marks()
    assert [(m.kind, m.color, m.width, m.s[0], m.s[-1]) for m in found] == [
        ("solid_solid", "white", 0.12, 0.0, 40.0),
        ("broken", "yellow", 0.15, 70.0, 100.0),
    ]
    assert np.allclose(found[0].points[:, 1:], 0.0)
    assert found[0].inner == 0


def test_mark_lies_on_the_outer_boundary_and_knows_which_way_is_in():
    found = town(road(sections=section(lane(0, kind="none"), lane(-1, marks=BROKEN)))).marks()
    assert str(found[0].lane) == "1_0_-1"
    assert np.allclose(found[0].points[:, 1], -3.5)
    assert np.allclose(found[0].across, [0.0, 1.0, 0.0])
    assert found[0].inner == 1


def test_weight_gives_the_width_where_the_file_does_not():
    bold = BROKEN.replace(' width="0.2"', "")
    assert town(road(sections=section(lane(0, marks=bold), lane(-1)))).marks()[0].width == 0.25


def test_pattern_details_are_kept():
    detail = (
        '<roadMark sOffset="0" type="broken" color="white"><type name="b" width="0.1">'
        '<line length="3" space="9" tOffset="0.05" sOffset="1"/>'
        '<line length="3" space="9" tOffset="-0.05" sOffset="1" width="0.2" color="red"/></type></roadMark>'
    )
    first, second = town(road(sections=section(lane(0, marks=detail), lane(-1)))).marks()[0].lines
    assert (first.length, first.space, first.t_offset, first.s_offset, first.width, first.color) == (
        3,
        9,
        0.05,
        1,
        0.1,
        "",
    )
    assert (second.width, second.color) == (0.2, "red")


def test_across_leans_with_the_superelevation_and_turns_with_the_road():
    plan = geometry(0, 0, 0, np.pi / 2, 50)
    roll = '<superelevation s="0" a="0.1" b="0" c="0" d="0"/>'
    mark = town(road(length=50, plan=plan, lateral=roll, sections=section(lane(0, marks=BROKEN), lane(-1)))).marks()[0]
    assert np.allclose(mark.across, [-np.cos(0.1), 0.0, np.sin(0.1)])
