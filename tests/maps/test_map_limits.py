"""Maps too large to be grown, and things of no size, are refused or left out when the file is read."""

import numpy as np
import pytest
from xodr_samples import TWO_LANES, document, geometry, lane, road, section, town

from roadmark.errors import FormatError
from roadmark.maps import load_opendrive


def crosswalk(corners, kind="crosswalk"):
    inner = "".join(f'<cornerLocal u="{u}" v="{v}" z="0" height="0"/>' for u, v in corners)
    return (
        f'<objects><object id="3" type="{kind}" s="4" t="0" hdg="0" zOffset="0"><outline>{inner}</outline></object>'
        "</objects>"
    )


@pytest.mark.parametrize(
    ("text", "field", "message"),
    [
        (road(length=1e6), "road 1 road length", "longer than 100000 m"),
        (road(plan=geometry(0, 0, 0, 0, 1e6)), "road 1 geometry length", "longer than 100000 m"),
        (road(plan=geometry(0, 1e7, 0, 0, 100)), "road 1 geometry x", "shift the map"),
        (road(plan=geometry(0, 0, -1e7, 0, 100)), "road 1 geometry y", "shift the map"),
        (road(features=crosswalk([(0, 0), (1e9, 0), (0, 5)])), "road 1 object 3 outline", "more than 200 m"),
        (road(features=crosswalk([(0, 0), (1e6, 0)], "line")), "road 1 object 3 outline", "more than 20000 m"),
        (
            road(features='<objects><object id="3" type="crosswalk" s="4" t="0" length="300" width="2"/></objects>'),
            "road 1 object 3 object length",
            "more than 200 m",
        ),
        (
            road(features='<objects><object id="3" type="pole" s="4" t="1e8"/></objects>'),
            "road 1 object 3 object s, t",
            "any place of a map",
        ),
        (
            road(features='<signals><signal id="5" s="9" t="-1e8" type="1"/></signals>'),
            "road 1 signal 5 signal s, t",
            "any place of a map",
        ),
    ],
)
def test_absurd_sizes_name_their_field(text, field, message):
    with pytest.raises(FormatError, match=message) as caught:
        town(text)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("roads", "message"),
    [
        ([road(plan=geometry(0, -9e4, 0, 0, 100)), road("2", plan=geometry(0, 9e4, 0, 0, 100))], "over more than 100"),
        ([road(elevation='<elevation s="0" a="2e4" b="0" c="0" d="0"/>')], "higher or lower than 10000 m"),
        (
            [road(offsets='<laneOffset s="0" a="3e5" b="0" c="0" d="0"/>', plan=geometry(0, 0, 0, 0, 100))],
            "further than 200000 m",
        ),
        ([road(length=1e5, sections=section(lane(0), lane(-1, 990.0)))] * 11, "cover more than 1000 km2"),
    ],
)
def test_what_only_sampling_shows_is_refused_too(roads, message):
    numbered = [text.replace('id="1" junction', f'id="{k}" junction') for k, text in enumerate(roads)]
    if "km2" in message:  # parallel roads, so that the map as a whole stays small enough
        numbered = [text.replace('y="0"', f'y="{k}"') for k, text in enumerate(numbered)]
    with pytest.raises(FormatError, match=message):
        town(*numbered).strips()


@pytest.mark.parametrize(
    ("dash", "gap", "kept"), [(1e-9, 1e-9, 0.0), (3.0, 1e-9, 0.0), (1e-9, 3.0, 0.0), (3, 4.5, 4.5)]
)
def test_patterns_finer_than_paint_are_solid(dash, gap, kept):
    lines = f'<type name="b" width="0.1"><line length="{dash}" space="{gap}" tOffset="0" sOffset="0"/></type>'
    mark = f'<roadMark sOffset="0" type="broken" width="0.1">{lines}</roadMark>'
    (found,) = town(road(sections=section(lane(0, marks=mark), lane(-1)))).marks()
    assert found.lines[0].space == kept


def test_crosswalks_without_area_are_left_out():
    for corners in ([(1, 1)] * 5, [(0, 0), (2, 0), (4, 0), (6, 0)]):
        assert town(road(features=crosswalk(corners))).crosswalks == ()
    assert len(town(road(features=crosswalk([(0, 0), (6, 0), (6, 3), (0, 3)]))).crosswalks) == 1


@pytest.mark.parametrize(
    "text",
    [
        road(sections=""),
        road(sections=section(lane(0, kind="none"))),
        road(sections=section(lane(0), lane(-1, 0.0))),
        road(sections=section(lane(0), lane(-1, kind="none"))),
        road(length=0.0),
        road(length=1e-9),
    ],
)
def test_a_map_without_ways_is_refused_when_loaded(text, tmp_path):
    path = tmp_path / "bare.xodr"
    path.write_bytes(document([text]))
    with pytest.raises(FormatError, match=r"bare\.xodr: has no lanes to drive or walk on"):
        load_opendrive(path)


def test_a_pavement_alone_is_a_way(tmp_path):
    (tmp_path / "walk.xodr").write_bytes(document([road(sections=section(lane(0), lane(-1, 2.0, "sidewalk")))]))
    assert len(load_opendrive(tmp_path / "walk.xodr").strips()) == 1


def test_the_part_of_a_map_near_some_places():
    mark = '<roadMark sOffset="0" type="solid" width="0.1"/>'
    lanes = section(lane(0, marks=mark), lane(-1))
    things = (
        '<objects><object id="a" type="crosswalk" s="500" t="0" length="6" width="3"/>'
        '<object id="b" type="crosswalk" s="900" t="0" length="6" width="3"/></objects>'
        '<signals><signal id="5" s="500" t="-5" type="1"/><signal id="6" s="9" t="-5" type="1"/></signals>'
    )
    whole = town(
        road("1", 1000.0, sections=lanes, features=things),
        road("2", plan=geometry(0, 0, 900, 0, 100), sections=TWO_LANES),
    )
    part = whole.near([500.0, 0.0, 7.0], 100.0)
    (strip,) = part.strips()
    # Stations lie 10 m apart: the last ones closer than 100 m, and one more at each end.
    assert (strip.s[0], strip.s[-1]) == (400.0, 600.0)
    np.testing.assert_allclose(part.marks()[0].s[[0, -1]], [400.0, 600.0])
    assert [crossing.id for crossing in part.crosswalks] == ["a"]
    assert [signal.id for signal in part.signals] == ["5"]
    assert len(whole.strips()) == 3
    # A camera off every road sees the nearest one.
    assert {strip.key.road for strip in whole.near([[50.0, 2000.0]], 100.0).strips()} == {"2"}


def test_a_map_without_lanes_has_no_part_near_anything():
    assert town(road(sections="")).near([[0.0, 0.0]], 50.0).strips() == []
