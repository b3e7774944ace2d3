"""Streets of an extract as a map: what converters make, completed."""

from dataclasses import replace

import numpy as np
import pytest
from osm_extract import Extract

from roadmark.errors import ConfigError, InputError, MissingExtraError
from roadmark.traffic import build_network, build_sidewalks, plan_signals
from roadmark.twins import CONVERTERS, TransverseMercator, find_converter, parse_osm, twin_of
from roadmark.twins import converters as converters_module


def test_roads_lie_where_their_nodes_are_projected(twin, extract):
    plane = TransverseMercator.parse(twin.surroundings.projection, "x")
    roads = [road for road in twin.road_map.road_geometry.values() if road.junction is None]
    ends = np.concatenate([np.stack(r.plan.evaluate(np.array([0.0, r.length]))[:2], axis=1) for r in roads])
    for way in extract.ways.values():
        if "highway" in way.tags:
            outer = [extract.nodes[way.nodes[k]] for k in (0, -1)]
            places = plane.forward([n.latitude for n in outer], [n.longitude for n in outer])
            gaps = np.linalg.norm(ends[None] - places[:, None], axis=2).min(axis=1)
            assert gaps.max() < 0.01


def test_the_map_has_lights_phases_and_crosswalks(twin):
    road_map = twin.road_map
    assert sum(signal.dynamic for signal in road_map.signals) == 4
    assert len(road_map.controllers) == 2
    assert len(road_map.crosswalks) == 3
    (junction,) = [one for one in road_map.junctions.values() if one.controllers]
    assert len(junction.controllers) == 2
    for crosswalk in road_map.crosswalks:
        assert np.ptp(crosswalk.outline[:, :2], axis=0).max() == pytest.approx(6.7, abs=0.3)  # two lanes of 3.35 m


def test_traffic_can_drive_and_walk_on_it(twin):
    network = build_network(twin.road_map)
    inside = [lane for lane in network.lanes if lane.junction is not None]
    assert len(inside) == 12
    assert all(lane.successors for lane in inside)
    before = [lane for lane in network.lanes if any(network.lanes[k].junction for k in lane.successors)]
    assert len(before) == 4
    assert all(lane.stop_line is not None and lane.stop_line.sign == "light" for lane in before)
    assert {round(lane.speed_limit * 3.6) for lane in before} == {30, 50}
    plan = plan_signals(network, np.random.default_rng(0))
    assert len(plan.programs) == 4
    assert len(build_sidewalks(twin.road_map).walkways) > 12


def test_a_street_is_one_road_with_both_directions(twin):
    streets = [road for road in twin.road_map.road_geometry.values() if road.junction is None]
    assert len(streets) == 4
    for road in streets:
        kinds = {k: lane.type for k, lane in road.sections[0].lanes.items() if k}
        assert kinds == {-1: "driving", 1: "driving", -2: "sidewalk", 2: "sidewalk"}
    signals = [signal.orientation for signal in twin.road_map.signals]
    assert sorted(signals) == ["+", "+", "-", "-"]
    for signal in twin.road_map.signals:
        (lane,) = twin.road_map.governed_lanes(signal)
        assert signal.pose.rotation[:2, 0] @ [np.cos(lane.heading), np.sin(lane.heading)] < -0.9  # faces its traffic
        beside = signal.pose.translation[:2] - lane.point[:2]
        right = np.array([np.sin(lane.heading), -np.cos(lane.heading)])
        assert beside @ right > 2.0


def test_a_dual_carriageway_can_be_driven(twin):
    place = Extract()
    south, north = ([place.node(x, y) for x in (-200.0, 0.0, 200.0)] for y in (0.0, 15.0))
    place.way(south, highway="primary", oneway="yes", lanes=3)
    place.way(north[::-1], highway="primary", oneway="yes", lanes=3)
    place.way([place.node(0.0, -80.0), south[1], north[1], place.node(0.0, 100.0)], highway="tertiary")
    place.node(0.0, 0.1, highway="traffic_signals")
    made = twin_of(parse_osm(place.document(), "place.osm"), "Dual", twin.converter)
    network = build_network(made.road_map)
    inside = [lane for lane in network.lanes if lane.junction is not None]
    assert len(inside) >= 10
    assert all(lane.successors and lane.predecessors for lane in inside)
    assert sum(signal.dynamic for signal in made.road_map.signals) == 4


def test_both_converters_make_the_same_roads(extract):
    ready = [name for name, converter in CONVERTERS.items() if converter.available()]
    if len(ready) < 2:
        pytest.skip("needs both converters")
    one, other = (twin_of(extract, "Crossing", name).road_map for name in ready)
    assert list(one.road_geometry) == list(other.road_geometry)
    for road_id, road in one.road_geometry.items():
        assert other.road_geometry[road_id].length == pytest.approx(road.length, abs=1e-3)


def test_the_same_extract_gives_the_same_bytes(extract, twin):
    again = twin_of(extract, "Crossing", twin.converter)
    assert again.opendrive == twin.opendrive
    assert b"generated on" not in twin.opendrive
    assert b"date=" not in twin.opendrive


def test_carla_reads_it(twin):
    carla = pytest.importorskip("carla")
    made = carla.Map("Crossing", twin.opendrive.decode())
    assert len(made.generate_waypoints(5.0)) > 100
    assert len(made.get_all_landmarks_of_type("1000001")) == 4
    assert len(made.get_crosswalks()) == 5 * 3  # four corners, closed
    place = made.transform_to_geolocation(carla.Location(0.0, 0.0, 0.0))
    assert (place.latitude, place.longitude) == pytest.approx((48.5, 8.25), abs=1e-4)


def test_marks_divide_directions_once(twin):
    kinds = {}
    for road in twin.road_map.road_geometry.values():
        centre = road.sections[0].lanes[0].marks[0].kind
        kinds.setdefault("inside" if road.junction else "open", []).append(centre)
    assert set(kinds["inside"]) == {"none"}
    assert kinds["open"] == ["broken"] * 4


def test_signs_and_what_cannot_be_placed(twin):
    place = Extract()
    middle = place.node(0.0, 0.0)
    stop, lone = place.node(0.0, -12.0, highway="stop"), place.node(-90.0, 0.0, highway="traffic_signals")
    far = place.node(60.0, 60.0, highway="crossing", crossing="zebra")
    place.way([place.node(-150.0, 0.0), lone, middle, place.node(150.0, 0.0)], highway="primary", lanes=4)
    place.way([place.node(0.0, -100.0), stop, middle, place.node(0.0, 100.0)], highway="residential")
    made = twin_of(parse_osm(place.document(), "place.osm"), "Stop", twin.converter)
    (sign,) = made.road_map.signals
    assert (sign.type, sign.dynamic) == ("206", False)
    (lane,) = made.road_map.governed_lanes(sign)
    assert np.degrees(lane.heading) == pytest.approx(90.0, abs=1.0)  # those who come from the south
    assert lane.point[1] < 0.0
    assert far in parse_osm(place.document(), "x").nodes
    assert any("1 traffic light stands away" in note for note in made.notes)
    assert any("1 crossing lies on no street" in note for note in made.notes)
    network = build_network(made.road_map)
    assert [lane.stop_line.sign for lane in network.lanes if lane.stop_line] == ["stop"]
    changing = [lane for lane in network.lanes if lane.junction is None and lane.may_change_left]
    assert len(changing) == 4  # from the outer of two lanes on each of four roads


def test_a_missing_converter_names_its_extra(monkeypatch):
    missing = {name: replace(one, available=lambda: False) for name, one in CONVERTERS.items()}
    monkeypatch.setattr(converters_module, "CONVERTERS", missing)
    for name, extra in (("carla", "carla"), ("sumo", "sumo"), ("auto", "sumo")):
        with pytest.raises(MissingExtraError, match=rf"roadmark\[{extra}\]"):
            find_converter(name)
    with pytest.raises(ConfigError, match="auto, carla, sumo"):
        find_converter("osm2xodr")


def test_a_failing_converter_says_what_it_said():
    words = "import sys; print('Quitting (on error).', file=sys.stderr); sys.exit(1)"
    broken = replace(CONVERTERS["carla"], command=lambda *_: [converters_module.sys.executable, "-c", words])
    with pytest.raises(InputError, match="Quitting"):
        broken.convert(b"", "", "place.osm")
    silent = replace(broken, command=lambda *_: [converters_module.sys.executable, "-c", ""])
    with pytest.raises(InputError, match="exit code 0"):
        silent.convert(b"", "", "place.osm")
    nobody = replace(broken, command=lambda *_: ["roadmark-has-no-such-program"])
    with pytest.raises(InputError, match="cannot run"):
        nobody.convert(b"", "", "place.osm")
