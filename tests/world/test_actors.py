"""Actors placed in the scene: their meshes fill their boxes, wherever they are, and move as recorded."""

import gc
import math
import weakref
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmark.catalog import all_blueprints, blueprint
from roadmark.geometry import rotation_from_rpy
from roadmark.scenario import (
    Actor,
    ActorKind,
    LightTrack,
    LocalBox,
    Scenario,
    SpeedTrack,
    Track,
    WheelTrack,
)
from roadmark.scenario.model import ControlTrack
from roadmark.world import Cast, actor_blueprint, substitutions
from roadmark.world.actors import LARGEST_STEER

TIMES = np.arange(11) / 10.0


def actor(blueprint_id="vehicle.audi.tt", number=5, kind=None, **changes):
    """An actor that is there all the time."""
    if kind is None:
        kind = ActorKind.WALKER if blueprint_id.startswith("walker") else ActorKind.VEHICLE
    fields = {
        "id": number, "kind": kind, "blueprint_id": blueprint_id, "attributes": {}, "color": None, "role_name": "",
        "parent": None, "bounding_box": None, "spawned": 0.0, "destroyed": None, "spawn_position": np.zeros(3),
        "spawn_rpy": np.zeros(3),
    }  # fmt: skip
    return Actor(**(fields | changes))


def scenario_of(who, *, speed=0.0, position=(0.0, 0.0, 0.0), rpy=(0.0, 0.0, 0.0), **changes):
    """One actor that goes along its heading for a second."""
    rotation = rotation_from_rpy(np.array(rpy, float))
    positions = np.array(position, float) + speed * TIMES[:, None] * rotation[:, 0]
    angles = np.tile(np.array(rpy, float), (len(TIMES), 1))
    frames = np.arange(len(TIMES), dtype=np.int32)
    track = Track(who.id, TIMES, frames, positions, angles, walks=who.kind is ActorKind.WALKER)
    fields = {"actors": {who.key: who}, "tracks": {who.key: track}}
    return Scenario("town", TIMES, frames.astype(np.int64) + 1, **(fields | changes))


def placed(scenario, time=0.0, ids=None, seed=0):
    keys = {key: actor.id for key, actor in scenario.actors.items()} if ids is None else ids
    (found,) = Cast(scenario, keys, seed).place(scenario.state_at(time))
    return found


def poses(scenario, times):
    """How many different meshes the only actor of a scenario has at some times."""
    cast = Cast(scenario, {key: actor.id for key, actor in scenario.actors.items()}, 0)
    return len({id(cast.place(scenario.state_at(time))[0].instances[0].mesh) for time in times})


def points(found):
    """World vertices of everything an actor is made of."""
    return np.concatenate(
        [i.mesh.vertices.astype(np.float64) @ i.transform[:, :3].T + i.transform[:, 3] for i in found.instances]
    )


def local_bounds(found):
    """Bounds of the meshes in the box's own frame, metres from its middle."""
    local = (points(found) - found.box.center) @ found.box.rotation
    return local.min(axis=0), local.max(axis=0)


@pytest.mark.parametrize("name", [found.id for found in all_blueprints("vehicle")])
def test_every_vehicle_fills_its_box_and_stays_inside_it(name):
    found = placed(scenario_of(actor(name), position=(12.0, -7.0, 0.4), rpy=(0.02, -0.05, 2.1)))
    low, high = local_bounds(found)
    half = found.box.size / 2
    np.testing.assert_allclose(half, blueprint(name).half_extents)
    assert (high <= half + 1e-4).all()
    assert (low >= -half - 1e-4).all()
    assert (high >= 0.98 * half).all()
    assert (low <= -0.98 * half).all()
    assert {instance.object_id for instance in found.instances} == {5}


@given(
    yaw=st.floats(-math.pi, math.pi), pitch=st.floats(-0.3, 0.3), roll=st.floats(-0.3, 0.3),
    x=st.floats(-500, 500), z=st.floats(-20, 40),
)  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_boxes_are_composed_with_the_turned_offset(yaw, pitch, roll, x, z):
    found = placed(scenario_of(actor("vehicle.mitsubishi.fusorosa"), position=(x, 3.0, z), rpy=(roll, pitch, yaw)))
    rotation = rotation_from_rpy(np.array([roll, pitch, yaw]))
    offset = np.array(blueprint("vehicle.mitsubishi.fusorosa").center_offset)
    assert np.hypot(*offset[:2]) > 0.4
    np.testing.assert_allclose(found.box.center, np.array([x, 3.0, z]) + rotation @ offset, atol=1e-9)
    np.testing.assert_allclose(found.box.rotation, rotation, atol=1e-12)
    low, high = local_bounds(found)
    assert (high <= found.box.size / 2 + 1e-3).all()
    assert (low >= -found.box.size / 2 - 1e-3).all()


def test_recorded_boxes_stretch_the_body_and_lower_it():
    # Longer and wider than the catalogue's, and with its floor 0.2 m below the origin.
    box = LocalBox(np.array([0.3, 0.05, 0.6]), np.array([2.8, 1.1, 0.8]))
    found = placed(scenario_of(actor(bounding_box=box), position=(4.0, 5.0, 1.0)))
    np.testing.assert_allclose(found.box.center, [4.3, 5.05, 1.6])
    np.testing.assert_allclose(found.box.size, [5.6, 2.2, 1.6])
    low, high = local_bounds(found)
    np.testing.assert_allclose(high, [2.8, 1.1, 0.8], rtol=0.02)
    np.testing.assert_allclose(low, [-2.8, -1.1, -0.8], rtol=0.02)
    assert points(found)[:, 2].min() == pytest.approx(0.8, abs=0.02)  # wheels on the box's floor


def test_recorded_boxes_within_a_centimetre_are_the_catalogues():
    known = blueprint("vehicle.audi.tt")
    near = LocalBox(np.array(known.center_offset) + 0.004, np.array(known.half_extents) - 0.004)
    assert actor_blueprint(actor(bounding_box=near)) is known
    thin = LocalBox(np.array(known.center_offset), np.array([2.0, 0.0, 0.7]))
    assert actor_blueprint(actor(bounding_box=thin)) is known
    far = LocalBox(np.array(known.center_offset), np.array(known.half_extents) + 0.2)
    stretched = actor_blueprint(actor(bounding_box=far))
    assert stretched.id == known.id
    for wheel, base in zip(stretched.wheels, known.wheels, strict=True):
        ratio = stretched.half_extents[0] / known.half_extents[0]
        assert wheel.x - known.center_offset[0] == pytest.approx((base.x - known.center_offset[0]) * ratio)
        assert wheel.radius == pytest.approx(base.radius * stretched.half_extents[2] / known.half_extents[2])


@pytest.mark.parametrize(
    ("name", "kind", "attributes", "stand_in"),
    [
        ("vehicle.acme.x", ActorKind.VEHICLE, {}, "vehicle.toyota.prius"),
        ("vehicle.acme.x", ActorKind.VEHICLE, {"base_type": "Truck"}, "vehicle.carlamotors.carlacola"),
        ("vehicle.acme.x", ActorKind.VEHICLE, {"base_type": "van"}, "vehicle.mercedes.sprinter"),
        ("vehicle.acme.x", ActorKind.VEHICLE, {"base_type": "bus"}, "vehicle.mitsubishi.fusorosa"),
        ("vehicle.acme.x", ActorKind.VEHICLE, {"number_of_wheels": "2"}, "vehicle.yamaha.yzf"),
        (
            "vehicle.acme.x", ActorKind.VEHICLE, {"number_of_wheels": "2", "base_type": "bicycle"},
            "vehicle.diamondback.century",
        ),
        ("walker.pedestrian.9999", ActorKind.WALKER, {}, "walker.pedestrian.0001"),
        ("static.prop.mesh", ActorKind.OTHER, {}, None),
        ("traffic.traffic_light", ActorKind.TRAFFIC_LIGHT, {}, None),
    ],
)  # fmt: skip
def test_unknown_blueprints_have_stand_ins(name, kind, attributes, stand_in):
    who = actor(name, kind=kind, attributes=attributes)
    found = actor_blueprint(who)
    if stand_in is None:
        assert found is None
        assert substitutions([who]) == []
        return
    assert found == replace(blueprint(stand_in), id=name)
    assert substitutions([who, who]) == [f"{name} is not in the catalogue; drawn like {stand_in}"]
    box = LocalBox(np.array([0.0, 0.0, 1.0]), np.array([3.0, 1.0, 1.0]))
    if kind is ActorKind.VEHICLE:
        assert actor_blueprint(replace(who, bounding_box=box)).half_extents == (3.0, 1.0, 1.0)
        flat = LocalBox(np.array([0.0, 0.0, 1.0]), np.array([3.0, 0.0, 1.0]))
        assert actor_blueprint(replace(who, bounding_box=flat)).half_extents == blueprint(stand_in).half_extents


def test_paint_and_ids_reach_every_part():
    who = actor(color=np.array([10, 20, 30], np.uint8), number=70_000)
    found = placed(scenario_of(who), ids={who.key: 321})
    assert (found.actor_id, found.object_id, found.color) == (70_000, 321, (10, 20, 30))
    for instance in found.instances:
        assert instance.object_id == 321
        assert tuple(instance.color) == (10, 20, 30)
    assert placed(scenario_of(actor())).color == blueprint("vehicle.audi.tt").default_color


def lights(who, flags):
    return {who.key: LightTrack(np.array([0.0, 0.5]), np.array([0, flags], np.uint32))}


def test_recorded_lights_shine_and_light_the_road():
    who = actor()
    scenario = scenario_of(who, rpy=(0.0, 0.0, math.pi / 2), vehicle_lights=lights(who, 2 | 8))
    dark, lit = placed(scenario, 0.2), placed(scenario, 0.6)
    assert {i.emission for i in dark.instances} == {0}
    assert dark.lamps == ()
    assert all(i.emission & (1 << 1) and i.emission & (1 << 3) for i in lit.instances)  # emitters 2 and 4
    left, right, behind = lit.lamps
    assert behind.position[1] < min(left.position[1], right.position[1]) - 3.0  # it heads along y
    assert behind.color[0] > 10 * behind.color[1]  # its brake lamps
    half = np.array(blueprint("vehicle.audi.tt").half_extents)
    # heading north, lamps are at the front (y), symmetric, and shine forwards and a little down
    assert left.position[1] == pytest.approx(half[0] + 0.05 + blueprint("vehicle.audi.tt").center_offset[0])
    assert left.position[0] == pytest.approx(-right.position[0])
    assert left.direction[1] > 0.9
    assert left.direction[2] < 0
    high = placed(scenario_of(who, vehicle_lights=lights(who, 4)), 0.6)
    assert high.lamps[0].range > left.range
    assert high.lamps[0].direction[2] > left.direction[2]


@pytest.mark.parametrize(("name", "count"), [("vehicle.yamaha.yzf", 1), ("vehicle.bh.crossbike", 0)])
def test_two_wheelers_have_one_lamp_or_none(name, count):
    who = actor(name)
    assert len(placed(scenario_of(who, vehicle_lights=lights(who, 2)), 0.6).lamps) == count


def wheel_angle(found, scenario, index=1):
    """Angle a wheel has turned about its axle since the car's frame, radians."""
    matrix = found.instances[index].transform[:, :3]
    return math.atan2(-matrix[2, 0], matrix[0, 0])


def test_wheels_roll_with_the_way_or_as_recorded():
    who = actor()
    scenario = scenario_of(who, speed=2.0)
    radius = blueprint(who.blueprint_id).wheels[0].radius
    turned = wheel_angle(placed(scenario, 0.1), scenario) - wheel_angle(placed(scenario, 0.0), scenario)
    assert turned == pytest.approx(2.0 * 0.1 / radius, rel=0.02)
    rotation = np.tile(np.linspace(0.0, 1.0, 11)[:, None], (1, 4))
    track = WheelTrack(TIMES, np.arange(4, dtype=np.uint8), np.zeros((11, 4)), rotation)
    recorded = scenario_of(who, speed=2.0, wheels={who.key: track})
    assert wheel_angle(placed(recorded, 0.5), recorded) == pytest.approx(0.5, abs=1e-6)


def steered(who, steer):
    control = ControlTrack(
        np.array([0.0]), np.array([steer]), np.zeros(1), np.zeros(1), np.zeros(1, bool), np.ones(1, np.int32)
    )
    return placed(scenario_of(who, controls={who.key: control}), 0.5)


@pytest.mark.parametrize("steer", [-1.0, 0.2, 1.0])
def test_front_wheels_follow_the_steering_up_to_a_limit(steer):
    found = steered(actor("vehicle.tesla.model3", max_steer=math.radians(70)), steer)
    axles = [instance.transform[:, 1] for instance in found.instances[1:]]
    angles = [math.atan2(-axle[0], axle[1]) for axle in axles]
    expected = float(np.clip(-steer * math.radians(70), -LARGEST_STEER, LARGEST_STEER))  # CARLA steers right positive
    assert sorted(np.round(angles, 6)) == sorted(np.round([expected, expected, 0.0, 0.0], 6))


@pytest.mark.parametrize("name", [found.id for found in all_blueprints("vehicle")])
def test_steered_wheels_stay_within_the_box(name):
    half = np.array(blueprint(name).half_extents)
    larger = LocalBox(np.array(blueprint(name).center_offset), half * [1.1, 1.0, 1.15])
    for who in (actor(name), actor(name, bounding_box=larger)):
        for steer in (-1.0, 1.0):
            found = steered(who, steer)
            low, high = local_bounds(found)
            assert (np.maximum(high, -low) <= found.box.size / 2 + 1e-3).all()


def test_walkers_stand_on_the_ground_below_their_capsule():
    who = actor("walker.pedestrian.0001")
    found = placed(scenario_of(who, speed=1.4, position=(3.0, 4.0, 1.93), rpy=(0.0, 0.0, 1.0)), 0.35)
    low, high = local_bounds(found)
    np.testing.assert_allclose(high, found.box.size / 2, atol=1e-5)
    np.testing.assert_allclose(low, -found.box.size / 2, atol=1e-5)
    bottom = points(found)[:, 2].min()
    assert bottom == pytest.approx(1.0, abs=0.03)  # 1.93 less half the capsule's 1.86 m
    moved = np.array([3.0, 4.0, 1.93]) + 1.4 * 0.35 * np.array([math.cos(1.0), math.sin(1.0), 0.0])
    np.testing.assert_allclose(found.carla_box.center, moved, atol=1e-9)
    np.testing.assert_allclose(found.carla_box.size, [0.3754, 0.3754, 1.86], atol=1e-3)
    assert found.color is None
    assert found.speed == pytest.approx(1.4)


def test_walkers_move_their_legs_as_far_as_they_walk():
    who = actor("walker.pedestrian.0001")
    still, walking = scenario_of(who), scenario_of(who, speed=1.4)
    assert poses(still, [0.0, 0.7]) == 1
    assert poses(walking, np.arange(20) / 20) > 12
    fast = scenario_of(who, speed=1.4, walker_speeds={who.key: SpeedTrack(TIMES, np.full(11, 3.0))})
    runner, walker = (placed(scenario, 0.5).instances[0].mesh for scenario in (fast, walking))
    assert not np.array_equal(runner.vertices, walker.vertices)
    # nobody without a track walks
    lonely = Scenario("town", TIMES, np.arange(1, 12), actors={who.key: who})
    stander, lonely_one = (placed(scenario, 0.0).instances[0].mesh for scenario in (still, lonely))
    np.testing.assert_array_equal(lonely_one.vertices, stander.vertices)


def test_a_cast_takes_its_walkers_along_when_it_goes():
    who = actor("walker.pedestrian.0001")
    cast = Cast(scenario_of(who), {who.key: who.id}, 0)
    (found,) = cast.place(scenario_of(who).state_at(0.0))
    mesh = weakref.ref(found.instances[0].mesh)
    del cast, found
    gc.collect()
    assert mesh() is None


def test_gaits_never_jump_when_the_speed_changes():
    # From standing to running within a second: from one hundredth to the next the feet move by centimetres.
    who = actor("walker.pedestrian.0001")
    speeds = np.linspace(0.0, 3.5, len(TIMES))
    positions = np.zeros((len(TIMES), 3))
    positions[1:, 0] = np.cumsum(0.5 * (speeds[1:] + speeds[:-1]) * 0.1)
    track = Track(5, TIMES, np.arange(11, dtype=np.int32), positions, np.zeros((11, 3)), walks=True)
    scenario = scenario_of(who, tracks={who.key: track})
    cast = Cast(scenario, {who.key: 5}, 0)
    phases = [cast._gait_phase(_model(cast, scenario), who.key, t / 100) for t in range(101)]
    steps = np.diff(phases)
    assert (steps >= 0).all()
    assert steps.max() < 0.05
    assert 0.5 < phases[-1] < 3.0


def _model(cast, scenario):
    from roadmark.world.walkers import walker_model

    return walker_model(actor_blueprint(next(iter(scenario.actors.values()))), 0)


def test_the_seed_dresses_walkers_and_leaves_vehicles():
    people = [actor("walker.pedestrian.0001", number) for number in range(5, 25)]

    def looks(seed):
        return [placed(scenario_of(who), seed=seed).instances[0].mesh.color.tobytes() for who in people]

    assert looks(0) == looks(0)
    assert sum(a != b for a, b in zip(looks(0), looks(1), strict=True)) > 15
    assert len(set(looks(0))) > 15  # one blueprint, many people
    one, two = (placed(scenario_of(actor()), seed=seed) for seed in (0, 1))
    assert [i.mesh for i in one.instances] == [i.mesh for i in two.instances]


def test_props_are_part_of_the_still_world():
    who = actor("static.prop.barrel", kind=ActorKind.OTHER)
    found = placed(scenario_of(who, position=(1.0, 2.0, 0.0)))
    assert found.object_id == 0
    assert {i.object_id for i in found.instances} == {0}
    low, high = local_bounds(found)
    assert (high <= found.box.size / 2 * 1.02 + 1e-3).all()
    assert (low >= -found.box.size / 2 * 1.02 - 1e-3).all()


def test_what_has_no_look_is_not_placed():
    spectator = actor("spectator", kind=ActorKind.OTHER)
    scenario = scenario_of(spectator)
    assert Cast(scenario, {}, 0).place(scenario.state_at(0.0)) == []
