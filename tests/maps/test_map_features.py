"""Signals, objects, crosswalks, controllers, junctions, links and speed limits."""

import numpy as np
import pytest
from xodr_samples import TWO_LANES, geometry, lane, road, section, town


def signal(**changes: object) -> str:
    fields = {"id": 5, "s": 90, "t": -5, "zOffset": 4, "type": "1000001", "dynamic": "yes", "orientation": "+"}
    fields |= {"country": "de", "hOffset": 0, "width": 0.4, "height": 1.0, "value": -1.0} | changes
    inner = fields.pop("inner", "")
    return f"<signal {' '.join(f'{key}={str(value)!r}' for key, value in fields.items())}>{inner}</signal>"


def signals(*texts: str) -> str:
    return f"<signals>{''.join(texts)}</signals>"


def objects(*texts: str) -> str:
    return f"<objects>{''.join(texts)}</objects>"


def normal(road_map) -> list[float]:
    return road_map.signals[0].pose.rotation[:, 0].round(9).tolist()


def test_signal_place_and_fields():
    text = signal(value=50, unit="km/h", text="x", inner='<validity fromLane="-1" toLane="-2"/>')
    found = town(road(features=signals(text))).signals[0]
    assert found.pose.translation.tolist() == [90.0, -5.0, 4.0]
    assert (found.id, found.country, found.value, found.unit, found.dynamic) == ("5", "DE", 50.0, "km/h", True)
    assert (found.validity, found.from_lane, found.to_lane) == (((-2, -1),), -2, -1)
    assert (found.width, found.height, found.z_offset) == (0.4, 1.0, 4.0)


def test_minus_one_is_a_size_not_given():
    found = town(road(features=signals(signal(width=-1, height="-1.0")))).signals[0]
    assert (found.width, found.height) == (0.0, 0.0)


def test_signal_looks_at_the_traffic_of_its_orientation():
    # `+` is for eastbound traffic (lane -1), so the face looks west; `-` the other way round.
    assert normal(town(road(features=signals(signal())))) == [-1.0, 0.0, 0.0]
    assert normal(town(road(features=signals(signal(orientation="-"))))) == [1.0, 0.0, 0.0]


def test_signal_of_no_orientation_looks_back_along_the_road():
    found = town(road(features=signals(signal(orientation="none", value="none"))))
    assert normal(found) == [-1.0, 0.0, 0.0]
    assert found.signals[0].value is None
    assert found.governed_lanes(found.signals[0]) == []


def test_roadrunner_headings_count_from_the_road():
    # Both of these are for westbound traffic (lane 1): hOffset pi whatever the orientation says.
    zero = '<validity fromLane="0" toLane="0"/>'
    for orientation in "+-":
        text = signal(orientation=orientation, hOffset=np.pi, inner=zero)
        assert normal(town(road(features=signals(text)), vendor="VectorZero")) == [1.0, 0.0, 0.0]


def test_governed_lanes_of_a_reference_settle_the_facing():
    # A connecting road runs north from (100, 0); its lane 1 drives south, entering at its far end (0, 30 m).
    plan = geometry(0, 100, 0, np.pi / 2, 30)
    reference = (
        '<signalReference id="5" s="2" t="0" orientation="+"><validity fromLane="1" toLane="1"/></signalReference>'
    )
    connecting = road("2", 30, plan, TWO_LANES, attributes='junction="9"', features=signals(reference))
    zero = '<validity fromLane="0" toLane="0"/>'
    for turn in (np.pi / 2, -np.pi / 2):
        road_map = town(road(features=signals(signal(hOffset=turn, inner=zero))), connecting)
        assert normal(road_map) == [0.0, 1.0, 0.0]
        governed = road_map.governed_lanes(road_map.signals[0])
        assert [(g.road, g.section, g.lane) for g in governed] == [("2", 0, 1)]
        assert np.allclose(governed[0].point, [100.0 - 1.75, 30.0, 0.0])
        assert np.isclose(np.cos(governed[0].heading - -np.pi / 2), 1.0)


def test_signal_placed_elsewhere():
    inertial = '<positionInertial x="1" y="2" z="3" hdg="0" pitch="0" roll="0"/>'
    found = town(road(features=signals(signal(orientation="none", inner=inertial)))).signals[0]
    assert found.pose.translation.tolist() == [1.0, 2.0, 3.0]
    on_road = '<positionRoad roadId="2" s="5" t="1" zOffset="0.5" hOffset="0"/>'
    other = road("2", 30, geometry(0, 0, 50, 0, 30))
    found = town(road(features=signals(signal(inner=on_road))), other).signals[0]
    assert found.pose.translation.tolist() == [5.0, 51.0, 0.5]


def test_references_and_controllers_join_their_signal():
    reference = '<signalReference id="5" s="2" t="0" orientation="-"/>'
    other = road("2", 30, geometry(0, 0, 50, 0, 30), features=signals(reference))
    rest = '<controller id="7" name="c" sequence="1"><control signalId="5"/><control signalId="5"/></controller>'
    road_map = town(road(features=signals(signal())), other, rest=rest)
    found = road_map.signal("5")
    assert found.controllers == ("7",)
    assert [(r.road, r.lanes) for r in found.references] == [("2", ())]
    assert (road_map.controllers["7"].signals, road_map.controllers["7"].sequence) == (("5",), 1)
    # Without validity the reference means every driving lane against s: lane 1 of road 2.
    assert ("2", 1) in [(g.road, g.lane) for g in road_map.governed_lanes(found)]
    assert repr(road_map) == "RoadMap('sample', 2 roads, 1 signals)"


def test_crosswalk_outline_in_local_corners():
    # At (40, 1), turned by 90 degrees: local (u, v) lands on (40 - v, 1 + u).
    corners = [(2, 1), (-2, 1), (-2, -1), (2, -1), (2, 1)]
    outline = "".join(f'<cornerLocal u="{u}" v="{v}" z="0.1"/>' for u, v in corners)
    text = f'<object id="3" type="crosswalk" s="40" t="1" hdg="{np.pi / 2}"><outline>{outline}</outline></object>'
    found = town(road(features=objects(text))).crosswalks
    assert len(found) == 1
    assert np.allclose(found[0].outline, [[39, 3, 0.1], [39, -1, 0.1], [41, -1, 0.1], [41, 3, 0.1]])
    assert (found[0].id, found[0].road) == ("3", "1")


def test_crosswalk_outline_in_road_corners():
    outline = "".join(f'<cornerRoad s="{s}" t="{t}" dz="0.2" height="1"/>' for s, t in [(10, 2), (12, 2), (12, -2)])
    text = (
        f'<object id="3" type="crosswalk" s="40" t="1"><outlines><outline>{outline}<x/></outline></outlines></object>'
    )
    road_map = town(road(features=objects(text)))
    assert np.allclose(road_map.crosswalks[0].outline, [[10, 2, 0.2], [12, 2, 0.2], [12, -2, 0.2]])
    assert road_map.objects[0].heights[0].tolist() == [1.0, 1.0, 1.0]


def test_crosswalk_without_outline_is_its_rectangle():
    text = '<object id="3" type="crosswalk" s="40" t="0" length="6" width="2"/>'
    outline = town(road(features=objects(text))).crosswalks[0].outline
    assert np.allclose(outline, [[43, 1, 0], [37, 1, 0], [37, -1, 0], [43, -1, 0]])
    assert town(road(features=objects('<object id="3" type="pole" s="4" t="0"/>'))).crosswalks == ()


def test_junctions():
    junction = (
        '<junction id="9" name="j"><connection id="0" incomingRoad="1" connectingRoad="2" contactPoint="start">'
        '<laneLink from="-1" to="-1"/></connection><controller id="7"/></junction>'
    )
    found = town(road(), rest=junction).junctions["9"]
    assert found.controllers == ("7",)
    connection = found.connections[0]
    assert (connection.incoming_road, connection.connecting_road, connection.contact_point) == ("1", "2", "start")
    assert connection.lane_links == ((-1, -1),)


def test_links_and_speeds():
    head = (
        '<link><predecessor elementType="junction" elementId="9"/>'
        '<successor elementType="road" elementId="2" contactPoint="start"/></link>'
        '<type s="0" type="town"><speed max="30" unit="mph"/></type>'
        '<type s="50" type="rural"><speed max="90" unit="km/h"/></type>'
        '<type s="80" type="town"><speed max="no limit"/></type>'
    )
    extra = '<link><predecessor id="-2"/><successor id="-1"/></link><speed sOffset="10" max="5" unit="m/s"/>'
    found = town(road(head=head, sections=section(lane(0), lane(-1, extra=extra)))).road_geometry["1"]
    assert (found.predecessor.kind, found.predecessor.id) == ("junction", "9")
    assert (found.successor.kind, found.successor.id, found.successor.contact) == ("road", "2", "start")
    assert found.speed_limit(0.0) == pytest.approx(13.4112)
    assert found.speed_limit(60.0) == pytest.approx(25.0)
    assert found.speed_limit(90.0) is None
    lane_read = found.sections[0].lanes[-1]
    assert (lane_read.predecessor, lane_read.successor, lane_read.speeds) == (-2, -1, ((10.0, 5.0),))
