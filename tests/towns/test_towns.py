"""Every kind of town: lanes that join, ways that never end, signals and crosswalks where they belong."""

import numpy as np
import pytest
from town_checks import SEEDS, TOWNS, document, heading, links, reached, road_map, successors

from roadmark.errors import InputError
from roadmark.maps import RoadMap, parse_opendrive
from roadmark.towns import TOWN_KINDS, TownOptions, build_town, town_name

CLOSED = [(kind, seed) for kind, seed in TOWNS if kind != "crossing"]
"""Towns without open ends."""


@pytest.fixture(params=TOWNS, ids=lambda town: f"{town[0]}_{town[1]}")
def town(request) -> RoadMap:
    return road_map(*request.param)


def test_every_kind_is_tested():
    assert set(SEEDS) == set(TOWN_KINDS)


def test_linked_lanes_join_without_gap_or_kink(town):
    count = 0
    for strip, end, other, other_end in links(town):
        count += 1
        for name in ("left", "right", "center"):
            # Seen along opposite directions of s, left is right.
            opposite = {"left": "right", "right": "left"}.get(name, name) if end == other_end else name
            gap = np.linalg.norm(getattr(strip, name)[end] - getattr(other, opposite)[other_end])
            assert gap < 0.01, f"{strip.key} and {other.key} are {gap:.3f} m apart"
        turn = heading(town, strip, end) - heading(town, other, other_end) + (np.pi if end == other_end else 0.0)
        kink = abs(np.angle(np.exp(1j * turn)))
        assert kink < 1e-3 or strip.type not in ("driving", "sidewalk"), f"{strip.key} and {other.key}: {kink:.3f} rad"
    assert count > 20


def test_every_lane_into_a_junction_goes_on(town):
    graph = successors(town)
    for lane, after in graph.items():
        road = town.road_geometry[lane.road]
        strip = town.strips()[town.strip_index[lane]]
        last = len(road.sections) - 1 if strip.direction > 0 else 0
        link = road.successor if strip.direction > 0 else road.predecessor
        if lane.section != last or link is not None:
            assert after, f"lane {lane} leads nowhere"


@pytest.mark.parametrize("kind_and_seed", CLOSED, ids=lambda town: f"{town[0]}_{town[1]}")
def test_every_lane_can_be_reached_from_every_lane(kind_and_seed):
    town = road_map(*kind_and_seed)
    graph = successors(town)
    # Lane changes: neighbours of one direction on roads outside junctions.
    for strip in town.strips():
        if strip.type == "driving" and strip.junction is None:
            for other in graph:
                same = (other.road, other.section) == (strip.key.road, strip.key.section)
                if same and other.lane * strip.key.lane > 0 and abs(other.lane - strip.key.lane) == 1:
                    graph[strip.key] = graph[strip.key] | {other}
    start = next(iter(graph))
    backwards = {lane: {other for other in graph if lane in graph[other]} for lane in graph}
    assert reached(graph, start) == set(graph)
    assert reached(backwards, start) == set(graph)


def test_heights_have_no_steps_and_no_steep_slopes(town):
    for road in town.road_geometry.values():
        s = np.linspace(0.0, road.length, 60)
        assert np.abs(road.elevation.slope(s)).max() < 0.0401
        inner = road.elevation.starts[1:]
        assert np.allclose(road.elevation.value(inner - 1e-6), road.elevation.value(inner), atol=1e-5)
        assert np.allclose(road.elevation.slope(inner - 1e-6), road.elevation.slope(inner), atol=1e-5)
    for strip, end, other, other_end in links(town):
        if strip.key.road != other.key.road:
            slopes = [
                town.road_geometry[lane.key.road].elevation.slope(lane.s[at]) for lane, at in
                ((strip, end), (other, other_end))
            ]  # fmt: skip
            assert slopes[0] == pytest.approx(-slopes[1] if end == other_end else slopes[1], abs=1e-6)


def test_no_lane_crosses_itself(town):
    for strip in town.strips():
        width = np.linalg.norm(strip.left - strip.right, axis=1)
        assert width.max() > 0.2
        assert strip.length > 0.9
        along = np.diff(strip.center[:, :2], axis=0)
        for edge in (strip.left, strip.right):
            steps = np.diff(edge[:, :2], axis=0)
            assert ((steps * along).sum(axis=1) > 0.0).all(), f"lane {strip.key} folds over itself"


def test_signals_face_the_lanes_they_stop(town):
    for signal in town.signals:
        lanes = town.governed_lanes(signal)
        assert lanes
        for lane in lanes:
            travel = np.array([np.cos(lane.heading), np.sin(lane.heading)])
            offset = signal.pose.translation[:2] - lane.point[:2]
            assert signal.pose.rotation[:2, 0] @ travel < -0.99
            assert travel[0] * offset[1] - travel[1] * offset[0] < 0.0  # on the right
            assert np.linalg.norm(offset) < 14.0


def test_lights_of_a_junction_are_in_phases(town):
    lights = {signal.id for signal in town.signals if signal.dynamic}
    switched = [signal for controller in town.controllers.values() for signal in controller.signals]
    assert sorted(switched) == sorted(lights)
    for junction in town.junctions.values():
        sequences = [town.controllers[key].sequence for key in junction.controllers]
        assert sequences == list(range(len(sequences)))
        assert len(sequences) != 1


def test_crosswalks_lie_on_their_roads(town):
    for crosswalk in town.crosswalks:
        located = town.locate(crosswalk.outline.mean(axis=0)[None])
        assert located.strip_index[0] >= 0
        assert town.strips()[located.strip_index[0]].key.road == crosswalk.road


def test_same_seed_same_bytes_other_seed_other_bytes():
    for kind in TOWN_KINDS:
        assert build_town(kind, 1) == document(kind, 1)
        assert document(kind, 1) != document(kind, 2)


def test_a_town_says_its_name():
    assert town_name("grid", 7) == "RoadmarkGrid_7"
    assert b'name="RoadmarkGrid_7"' in build_town("grid", 7)


def test_options_fix_what_a_seed_would_choose():
    flat = build_town("grid", 3, TownOptions(blocks=(2, 2), relief=0.0))
    from roadmark.maps import parse_opendrive

    town = parse_opendrive(flat, "flat")
    assert len(town.junctions) == 5  # 9 nodes without the 4 corners
    assert np.ptp(town.bounds[:, 2]) == 0.0


@pytest.mark.parametrize(
    "options", [{"blocks": (0, 2)}, {"blocks": (2, 99)}, {"relief": -1.0}, {"relief": float("nan")}]
)
def test_impossible_options_are_refused(options):
    with pytest.raises(InputError, match=next(iter(options))):
        TownOptions(**options)


@pytest.mark.parametrize(
    ("kind", "blocks"), [("grid", (1, 2)), ("grid", (2, 1)), ("t_junctions", (3, 1)), ("crossing", (2, 2))]
)
def test_blocks_that_a_kind_cannot_have_are_refused(kind, blocks):
    with pytest.raises(InputError, match=rf"blocks \({blocks[0]}, {blocks[1]}\): .*{kind}"):
        build_town(kind, 0, TownOptions(blocks))


@pytest.mark.parametrize(("kind", "blocks"), [("grid", (2, 2)), ("t_junctions", (1, 2)), ("t_junctions", (1, 12))])
def test_the_fewest_blocks_make_a_town(kind, blocks):
    assert parse_opendrive(build_town(kind, 0, TownOptions(blocks)), "Least").junctions


def test_unknown_kinds_and_seeds_are_refused():
    with pytest.raises(InputError, match="grid"):
        build_town("gird")
    with pytest.raises(InputError, match="negative"):
        build_town("grid", -1)
