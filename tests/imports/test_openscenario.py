"""OpenSCENARIO files into scenarios: places, speeds, lanes, trajectories, triggers."""

import math

import numpy as np
import pytest
import xosc_samples as x

from roadmark.catalog import VehicleLight
from roadmark.imports import OpenScenarioOptions, import_openscenario
from roadmark.maps import load_opendrive, parse_opendrive
from roadmark.towns import build_town
from roadmark.traffic import build_network

REAR = 1.4  # of the samples' cars: metres from the rear axle to the middle


@pytest.fixture(scope="module")
def network():
    return build_network(parse_opendrive(x.ROAD.encode(), "straight"))


@pytest.fixture
def play(network, tmp_path):
    def run(*arguments, duration=None, **values):
        path = tmp_path / "a.xosc"
        path.write_text(x.document(*arguments, **values), encoding="utf-8")
        return import_openscenario(path, network, OpenScenarioOptions(duration=duration))

    return run


def track(made, name="ego"):
    number = next(one.actor_id for one in made.actors if one.source == name)
    return made.scenario.tracks[number]


def places(made, name="ego"):
    """(N, 2) of the middle, (N,) seconds."""
    found = track(made, name)
    return found.positions[:, :2], found.times


def test_a_car_keeps_its_lane_and_speed(play):
    made = play(x.car(), x.at("ego", x.lane(20), 10))
    xy, times = places(made)
    np.testing.assert_allclose(xy[:, 0], 20 + REAR * math.cos(math.atan(0.02)) + 10 * times, atol=2e-3)
    np.testing.assert_allclose(xy[:, 1], -1.75, atol=1e-6)
    assert times[-1] == pytest.approx(5.0)
    found = track(made)
    np.testing.assert_allclose(found.positions[:, 2], 0.02 * xy[:, 0], atol=2e-3)
    np.testing.assert_allclose(found.rpy[:, 1], -math.atan(0.02), atol=1e-6)
    actor = made.scenario.actors[found.actor_id]
    assert actor.role_name == "hero"
    np.testing.assert_allclose(2 * actor.bounding_box.half_extents, [4.6, 1.9, 1.5])


def test_places_of_all_kinds(play):
    turned = '<Orientation type="relative" h="0.5"/>'
    absolute = '<Orientation type="absolute" h="0.5"/>'
    cases = {
        "west": (x.lane(100, 1), (100, 1.75, math.pi)),
        "offset": (x.lane(50, -2, 0.5), (50, -4.75, 0)),
        "turned": (x.lane(60, 1, 0, turned), (60, 1.75, math.pi + 0.5)),
        "absolute": (x.lane(70, 1, 0, absolute), (70, 1.75, 0.5)),
        "road": ('<Position><RoadPosition roadId="1" s="80" t="2"/></Position>', (80, 2, 0)),
        "world": (x.world(90, -5, 1), (90, -5, 1)),
        "ahead": ('<Position><RelativeLanePosition entityRef="offset" dLane="1" ds="30"/></Position>', (80, -1.75, 0)),
        "across": (
            '<Position><RelativeLanePosition entityRef="offset" dLane="2" ds="30"/></Position>', (80, 1.75, math.pi)
        ),
        "behind": ('<Position><RelativeLanePosition entityRef="west" dLane="0" ds="-40"/></Position>',
                   (140, 1.75, math.pi)),
        "near": ('<Position><RelativeWorldPosition entityRef="world" dx="1" dy="2"/></Position>', (91, -3, 1)),
        "beside": (
            '<Position><RelativeObjectPosition entityRef="west" dx="1" dy="2"/></Position>', (99, -0.25, math.pi)
        ),
    }  # fmt: skip
    order = ["ahead", "behind", *(name for name in cases if name not in {"ahead", "behind"})]  # before whom they need
    made = play("".join(x.car(name) for name in cases), "".join(x.at(name, cases[name][0]) for name in order))
    for name, (_, (px, py, yaw)) in cases.items():
        found = track(made, name)
        assert math.cos(found.rpy[0, 2] - yaw) == pytest.approx(1.0), name
        expected = [px + REAR * math.cos(yaw), py + REAR * math.sin(yaw)]
        np.testing.assert_allclose(found.positions[0, :2], expected, atol=2e-3, err_msg=name)


@pytest.mark.parametrize(
    ("shape", "dimension", "amount", "seconds"),
    [
        ("linear", "rate", 2.0, 2.5),
        ("linear", "time", 3.0, 3.0),
        ("linear", "distance", 25.0, 2.0),
        ("sinusoidal", "time", 3.0, 3.0),
        ("cubic", "rate", 2.5, 3.0),
        ("step", "time", 9.0, 0.0),
    ],
)
def test_speeds(play, shape, dimension, amount, seconds):
    event = x.event("faster", x.time(1), x.to_speed(15, shape, dimension, amount))
    made = play(x.car(), x.at("ego", x.lane(20), 10), x.story(event), end=6)
    speed = track(made).velocities[:, 0] / math.cos(math.atan(0.02))
    times = track(made).times
    np.testing.assert_allclose(speed[times < 0.9], 10 * np.cos(math.atan(0.02)) ** -0, atol=0.02)
    np.testing.assert_allclose(speed[times > 1.1 + seconds], 15, atol=0.02)
    if seconds > 0:
        half = np.argmin(np.abs(times - (1 + 0.5 * seconds)))
        assert speed[half] == pytest.approx(12.5, abs=0.15)
        rise = np.gradient(speed, times).max()
        steepest = {"linear": 1.0, "sinusoidal": math.pi / 2, "cubic": 1.5}[shape]
        assert rise == pytest.approx(steepest * 5 / seconds, rel=0.05)


def test_speeds_relative_to_others(play):
    target = '<RelativeTargetSpeed entityRef="slow" value="{}" speedTargetValueType="{}" continuous="false"/>'
    for value, kind, expected in ((2, "delta", 6), (0.5, "factor", 2)):
        event = x.event("like", x.time(1), x.to_speed(0, "linear", "time", 1, target.format(value, kind)))
        first = x.at("ego", x.lane(20), 10) + x.at("slow", x.lane(90), 4)
        made = play(x.car() + x.car("slow"), first, x.story(event))
        assert track(made).velocities[-1, 0] == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(
    ("target", "to"),
    [
        ('<AbsoluteTargetLane value="-2"/>', -5.25),
        ('<RelativeTargetLane entityRef="ego" value="-1"/>', -5.25),
        ('<RelativeTargetLane entityRef="ego" value="1"/>', 1.75),
        ('<RelativeTargetLane entityRef="west" value="-1"/>', None),
    ],
)
@pytest.mark.parametrize(("dimension", "amount"), [("time", 2.0), ("distance", 20.0)])
def test_lane_changes(play, target, to, dimension, amount):
    event = x.event("change", x.time(1), x.to_lane(target, "sinusoidal", dimension, amount))
    first = x.at("ego", x.lane(20), 10) + x.at("west", x.lane(300, 1), 5)
    if to is None:  # to the right of who drives west there is no lane
        with pytest.raises(Exception, match="ego at 1.0[0-9] s: there is no lane"):
            play(x.car() + x.car("west"), first, x.story(event))
        return
    made = play(x.car() + x.car("west"), first, x.story(event))
    found, times = track(made), places(made)[1]
    y = found.positions[:, 1] - REAR * np.sin(found.rpy[:, 2])
    np.testing.assert_allclose(y[times < 1], -1.75, atol=1e-3)
    np.testing.assert_allclose(y[times > 3.1], to, atol=5e-3)
    assert y[np.argmin(np.abs(times - 2.01))] == pytest.approx(0.5 * (to - 1.75), abs=0.1)
    yaw = np.abs(found.rpy[:, 2])
    assert 0.2 < yaw.max() < 0.4
    assert yaw[-1] < 0.01
    np.testing.assert_allclose(np.hypot(*found.velocities[5:-5, :2].T), 10, atol=0.4)
    lamps = made.scenario.vehicle_lights[found.actor_id]
    side = VehicleLight.LEFT_BLINKER if to > -1.75 else VehicleLight.RIGHT_BLINKER
    lit = (lamps.flags & int(side)) > 0
    assert lit[(times > 1.1) & (times < 2.9)].all()
    assert not lit[times < 0.9].any()


def test_against_the_traffic(play):
    """Who is placed against a lane's direction drives on so."""
    back = '<Orientation type="relative" h="3.14159265"/>'
    made = play(x.car(), x.at("ego", x.lane(100, -1, 0, back), 10))
    xy, times = places(made)
    np.testing.assert_allclose(xy[:, 0], 100 - REAR - 10 * times, atol=5e-3)
    np.testing.assert_allclose(xy[:, 1], -1.75, atol=1e-5)


def test_lane_offset(play):
    action = (
        "<LateralAction><LaneOffsetAction continuous='false'><LaneOffsetActionDynamics dynamicsShape='cubic'"
        " maxLateralAcc='1'/><LaneOffsetTarget><AbsoluteTargetLaneOffset value='0.8'/></LaneOffsetTarget>"
        "</LaneOffsetAction></LateralAction>"
    )
    made = play(x.car(), x.at("ego", x.lane(20), 10), x.story(x.event("aside", x.time(1), action)))
    assert places(made)[0][-1, 1] == pytest.approx(-0.95, abs=0.01)


def vertices(points):
    inside = "".join(f'<Vertex time="{t}">{x.world(px, py)}</Vertex>' for t, px, py in points)
    return f"<Shape><Polyline>{inside}</Polyline></Shape>"


def trajectory(shape, timing="", mode="position", old=False):
    reference = f"<TimeReference>{timing or '<None/>'}</TimeReference>"
    line = f'<Trajectory name="t" closed="false"><ParameterDeclarations/>{shape}</Trajectory>'
    held = line if old else f"<TrajectoryRef>{line}</TrajectoryRef>"
    how = f'<TrajectoryFollowingMode followingMode="{mode}"/>'
    return f"<RoutingAction><FollowTrajectoryAction>{held}{reference}{how}</FollowTrajectoryAction></RoutingAction>"


TIMING = '<Timing domainAbsoluteRelative="{}" scale="{}" offset="{}"/>'


@pytest.mark.parametrize("old", [False, True])
def test_a_trajectory_with_times(play, old):
    points = [(0, 10, -5.25), (1, 20, -5.25), (2, 40, -5.25), (4, 40, -5.25)]
    action = trajectory(vertices(points), TIMING.format("relative", 1, 0), old=old)
    made = play(x.car(), x.at("ego", x.world(10, -5.25, 0)) + x.does("ego", action), version="1.0" if old else "1.2")
    xy, times = places(made)
    expected = np.interp(times, [p[0] for p in points], [p[1] for p in points])
    np.testing.assert_allclose(xy[:, 0] - REAR, expected, atol=2e-3)


def test_times_are_scaled_shifted_and_absolute(play):
    points = [(0, 10, -5.25), (1, 20, -5.25)]
    action = trajectory(vertices(points), TIMING.format("relative", 2, 0.5))
    event = x.event("go", x.time(1), action)
    made = play(x.car(), x.at("ego", x.world(10, -5.25, 0)), x.story(event))
    xy, times = places(made)
    np.testing.assert_allclose(
        xy[times < 3.4, 0] - REAR, np.interp(times[times < 3.4], [1.52, 3.52], [10, 20]), atol=0.2
    )
    action = trajectory(vertices([(2, 10, -5.25), (4, 20, -5.25)]), TIMING.format("absolute", 1, 0))
    made = play(x.car(), x.at("ego", x.world(10, -5.25, 0)), x.story(x.event("go", x.time(1), action)))
    xy, times = places(made)
    np.testing.assert_allclose(xy[times < 3.9, 0] - REAR, np.interp(times[times < 3.9], [2, 4], [10, 20]), atol=0.02)


def test_a_trajectory_at_ones_own_speed_and_its_corners(play):
    points = [(0, 0, 20), (0, 40, 20), (0, 40, 60)]
    action = trajectory(vertices(points))
    made = play(x.person(), x.at("ann", x.world(0, 20, 0), 4) + x.does("ann", action), end=18)
    xy, times = places(made, "ann")
    assert times[-1] == pytest.approx(18.0)
    np.testing.assert_allclose(xy[times < 9], np.stack([4 * times, 0 * times + 20], 1)[times < 9], atol=1e-3)
    corner = np.hypot(*(xy - [40, 20]).T).min()
    assert 0.1 < corner < 0.8  # rounded
    step = np.hypot(*np.diff(xy, axis=0).T)
    np.testing.assert_allclose(step, 4 / 30, atol=0.01)
    assert xy[-1, 1] == pytest.approx(20 + 4 * 18 - 40, abs=0.8)
    assert track(made, "ann").rpy[-1, 2] == pytest.approx(math.pi / 2, abs=1e-3)


def test_headings_of_vertices_hold(play):
    inside = "".join(f'<Vertex time="{t}">{x.world(px, 20, h)}</Vertex>' for t, px, h in ((0, 10, 0), (2, 20, 1.0)))
    action = trajectory(f"<Shape><Polyline>{inside}</Polyline></Shape>", TIMING.format("relative", 1, 0))
    made = play(x.car(), x.at("ego", x.world(10, 20, 0)) + x.does("ego", action), end=2)
    found = track(made)
    np.testing.assert_allclose(found.rpy[:, 2], 0.5 * found.times, atol=1e-6)


def test_a_clothoid(play):
    shape = (
        '<Shape><Clothoid curvature="0" curvatureDot="0.002" length="40" startTime="0" stopTime="4">'
        f"{x.world(0, 30, 0)}</Clothoid></Shape>"
    )
    action = trajectory(shape, TIMING.format("relative", 1, 0))
    made = play(x.car(), x.at("ego", x.world(0, 30, 0)) + x.does("ego", action), end=4)
    found = track(made)
    assert found.rpy[-1, 2] == pytest.approx(0.5 * 0.002 * 40**2, abs=0.05)
    np.testing.assert_allclose(np.hypot(*found.velocities[5:-5, :2].T), 10, atol=0.4)


TWO = x.car() + x.car("other")


@pytest.mark.parametrize(
    ("condition", "second"),
    [
        (x.time(2), 2.0),
        (x.time(2, delay=0.5), 2.5),
        (x.time(2, edge="none"), 2.0),
        (x.of("ego", '<TraveledDistanceCondition value="25"/>'), 2.5),
        (x.of("ego", '<SpeedCondition value="5" rule="greaterThan"/>'), 0.0),
        (x.of("ego", '<RelativeSpeedCondition entityRef="other" value="9" rule="greaterThan"/>'), 0.0),
        (x.of("other", '<StandStillCondition duration="1.5"/>'), 1.5),
        (x.of("ego", f'<ReachPositionCondition tolerance="1">{x.lane(51)}</ReachPositionCondition>'), 3.0),
        (x.of("ego", '<RelativeDistanceCondition entityRef="other" value="50" freespace="false" rule="lessThan"'
                     ' relativeDistanceType="longitudinal"/>'), 3.0),
        (x.of("ego", '<RelativeDistanceCondition entityRef="other" value="45.4" freespace="true" rule="lessThan"'
                     ' relativeDistanceType="cartesianDistance"/>'), 3.0),
        (x.of("ego", '<TimeToCollisionCondition value="4.5" freespace="false" rule="lessThan">'
                     '<TimeToCollisionConditionTarget><EntityRef entityRef="other"/></TimeToCollisionConditionTarget>'
                     '</TimeToCollisionCondition>'), 3.5),
        (x.of("ego", f'<TimeToCollisionCondition value="4" freespace="false" rule="lessThan">'
                     f'<TimeToCollisionConditionTarget>{x.lane(80)}</TimeToCollisionConditionTarget>'
                     '</TimeToCollisionCondition>'), 2.0),
        (x.of("ego", '<TimeHeadwayCondition entityRef="other" value="5" freespace="false" rule="lessThan"'
                     ' relativeDistanceType="longitudinal"/>'), 3.0),
        (x.of("ego", '<DistanceCondition value="10" freespace="false" rule="lessThan">'
                     f"{x.lane(60)}</DistanceCondition>"), 3.0),
        (x.of("ego", '<AccelerationCondition value="-0.5" rule="greaterThan"/>', delay=1), 1.0),
    ],
)  # fmt: skip
def test_triggers(play, condition, second):
    """The ego drives 10 m/s from s = 20, the other stands at s = 100, both in lane -1; then the ego brakes."""
    event = x.event("brake", condition, x.to_speed(0, "step"))
    made = play(TWO, x.at("ego", x.lane(20), 10) + x.at("other", x.lane(100), 0), x.story(event))
    xy, _ = places(made)
    slope = math.cos(math.atan(0.02))
    assert xy[-1, 0] - REAR * slope == pytest.approx(20 + 10 * second, abs=0.45)


def test_one_event_after_another(play):
    first = x.event("first", x.time(1), x.to_speed(6, "linear", "time", 1))
    then = x.event("then", x.state("first"), x.to_speed(2, "linear", "time", 1))
    made = play(x.car(), x.at("ego", x.lane(20), 10), x.story(first, then), end=5)
    speed, times = track(made).velocities[:, 0], track(made).times
    np.testing.assert_allclose(np.interp([0.9, 2.0, 3.1], times, speed), [10, 6, 2], atol=0.15)


def test_priorities(play):
    slow = x.event("slow", x.time(1), x.to_speed(0, "linear", "time", 4))
    for priority, last in (("skip", 0.0), ("parallel", 20.0), ("override", 20.0)):
        fast = x.event("fast", x.time(2), x.to_speed(20, "linear", "time", 1), priority=priority)
        made = play(x.car(), x.at("ego", x.lane(20), 10), x.story(slow, fast), end=6)
        assert track(made).velocities[-1, 0] == pytest.approx(last, abs=0.02), priority


def test_an_event_that_happens_twice(play):
    change = '<RelativeTargetSpeed entityRef="ego" value="2" speedTargetValueType="delta" continuous="false"/>'
    event = x.event("more", x.time(1, edge="none"), x.to_speed(0, "linear", "time", 0.5, change), count=2)
    made = play(x.car(), x.at("ego", x.lane(20), 10), x.story(event))
    assert track(made).velocities[-1, 0] == pytest.approx(14, abs=0.02)


def test_an_act_that_is_broken_off(play):
    event = x.event("slow", x.time(1), x.to_speed(0, "linear", "time", 4))
    stop = f"<StopTrigger><ConditionGroup>{x.time(3)}</ConditionGroup></StopTrigger>"
    made = play(x.car(), x.at("ego", x.lane(20), 10), x.story(event, stop=stop), end=6)
    assert track(made).velocities[-1, 0] == pytest.approx(5.0, abs=0.1)


def test_how_long_it_takes(play, network):
    event = x.event("slow", x.time(1), x.to_speed(5, "linear", "time", 1))
    made = play(x.car(), x.at("ego", x.lane(20), 10), x.story(event), end=None)
    assert made.scenario.duration == pytest.approx(5.0, abs=0.1)  # three seconds after the act
    made = play(x.car(), x.at("ego", x.lane(20), 10), x.story(event), end=None, duration=1.5)
    assert made.scenario.duration == pytest.approx(1.5)


def test_who_reaches_the_end_of_the_road_leaves(play):
    made = play(TWO, x.at("ego", x.lane(780), 10) + x.at("other", x.lane(100), 0))
    assert len(track(made).times) < 75
    assert made.notes == (f"ego leaves at the end of its road after {len(track(made).times) / 30:.1f} s",)


def test_parameters_and_notes(play):
    declared = '<ParameterDeclaration name="v" parameterType="double" value="7"/>'
    first = '<GlobalAction><EnvironmentAction><Environment name="e"/></EnvironmentAction></GlobalAction>'
    made = play(x.car(), first + x.at("ego", x.lane(20), "$v"), parameters=declared)
    assert track(made).velocities[5, 0] == pytest.approx(7, abs=0.01)
    assert any("<EnvironmentAction>: weather" in note for note in made.notes)


@pytest.mark.parametrize("kind", ["AcquirePositionAction", "AssignRouteAction"])
def test_routes_through_junctions(tmp_path, kind):
    (tmp_path / "grid.xodr").write_bytes(build_town("grid", 1))
    grid = build_network(load_opendrive(tmp_path / "grid.xodr"))
    turn = next(lane for lane in grid.lanes if lane.turn == "left")
    start, goal = grid.lanes[turn.predecessors[0]], grid.lanes[turn.successors[0]]
    (sx, sy, _), heading = start.path.position(start.length - 15), float(start.path.heading(start.length - 15))
    gx, gy, _ = goal.path.position(10.0)
    place = f'<Position><WorldPosition x="{gx}" y="{gy}"/></Position>'
    if kind == "AssignRouteAction":
        way = f'<Waypoint routeStrategy="shortest">{place}</Waypoint>'
        action = f'<AssignRouteAction><Route name="r" closed="false">{way}</Route></AssignRouteAction>'
    else:
        action = f"<AcquirePositionAction>{place}</AcquirePositionAction>"
    first = x.at("ego", x.world(sx, sy, heading), 8) + x.does("ego", f"<RoutingAction>{action}</RoutingAction>")
    (tmp_path / "a.xosc").write_text(x.document(x.car(), first, end=9))
    xy, _ = places(import_openscenario(tmp_path / "a.xosc", grid))
    off = np.array([np.hypot(*(turn.path.points[:, :2] - place).T).min() for place in xy])
    assert (off < 0.5).sum() > 30  # the turn is driven
    assert np.hypot(*(xy - [gx, gy]).T).min() < 1.6


def test_catalogue_entries_by_name(play):
    names = {"red_bus": "vehicle.mitsubishi.fusorosa", "vehicle.audi.tt": "vehicle.audi.tt"}
    entities = "".join(
        f'<ScenarioObject name="{name}"><CatalogReference catalogName="c" entryName="{name}"/></ScenarioObject>'
        for name in names
    )
    made = play(entities, "".join(x.at(name, x.lane(50 * (k + 1))) for k, name in enumerate(names)))
    assert {one.source: one.blueprint_id for one in made.actors} == names
    bus = made.scenario.actors[made.actors[0].actor_id]
    assert bus.color.tolist() == [185, 25, 28]


def test_the_same_file_twice(play):
    event = x.event("change", x.time(1), x.to_lane('<AbsoluteTargetLane value="-2"/>'))
    one, two = (play(x.car(), x.at("ego", x.lane(20), 10), x.story(event)) for _ in range(2))
    assert (track(one).positions == track(two).positions).all()
    assert (one.scenario.actors[100].color == two.scenario.actors[100].color).all()
