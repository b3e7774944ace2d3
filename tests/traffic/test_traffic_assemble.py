"""Courses into scenarios, and on into recordings."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from roadmark.catalog import VehicleLight, blueprint
from roadmark.errors import InputError
from roadmark.maps import RoadMap, load_opendrive
from roadmark.scenario import ActorKind, SignalState, read_log, write_log
from roadmark.scenario.carla_log import LogReader, PacketKind
from roadmark.traffic import (
    HAZARD,
    LEFT,
    ActorSpec,
    Clock,
    MovingActor,
    Network,
    SignalPlan,
    SignalProgram,
    TrafficDemand,
    actor_ids,
    build_network,
    draw_driver,
    draw_drivers,
    plan_signals,
    simulate_vehicles,
    to_scenario,
    vehicle_spec,
)

CLOCK = Clock(30, 301)
NOTHING = SignalPlan({})
EMPTY = Network(RoadMap("Plain", {}), (), ())
BRAKE = int(VehicleLight.BRAKE)


@dataclass(frozen=True)
class Bump:
    actors: tuple[int, int]
    first_frame: int
    last_frame: int


def course(
    body, speed, *, start=0, count=None, heading=0.0, pitch=0.0, origin=(0.0, 0.0, 0.0), **values
) -> MovingActor:
    """A straight course whose speed (N,) is given, or one number."""
    speed = np.broadcast_to(np.asarray(speed, float), (count or CLOCK.count,))
    forward = np.array([np.cos(heading) * np.cos(pitch), np.sin(heading) * np.cos(pitch), -np.sin(pitch)])
    along = np.concatenate([[0.0], np.cumsum(0.5 * (speed[1:] + speed[:-1]) / CLOCK.fps)])
    spec = body if isinstance(body, ActorSpec) else ActorSpec(blueprint(body), (10, 20, 30))
    angles = np.tile([0.0, pitch, heading], (len(speed), 1))
    return MovingActor(spec, np.array(origin) + along[:, None] * forward, angles, speed[:, None] * forward,
                       np.zeros(len(speed)), start, **values)  # fmt: skip


def scene(*actors, **values):
    return to_scenario(EMPTY, NOTHING, actors, CLOCK, **values)


def first(scenario):
    return actor_ids(NOTHING, 1)[0]


def braking(to=0.0):
    """10 m/s for 3 s, down to a speed at 3 m/s2, which holds."""
    return np.maximum(10.0 - 3.0 * np.maximum(CLOCK.times - 3.0, 0.0), to)


def test_actors_come_and_go_when_their_courses_do():
    found = scene(course("vehicle.audi.tt", 5.0, start=30, count=60), course("vehicle.audi.a2", 5.0))
    gone, stays = found.of_kind(ActorKind.VEHICLE)
    assert (gone.spawned, gone.destroyed) == (1.0, 3.0)
    assert (stays.spawned, stays.destroyed) == (0.0, None)
    track = found.tracks[gone.key]
    assert (track.frames[0], track.frames[-1]) == (30, 89)
    np.testing.assert_array_equal(track.times, CLOCK.times[30:90])
    assert gone.bounding_box.half_extents.tolist() == list(blueprint("vehicle.audi.tt").half_extents)


def test_recorded_velocities_are_the_courses_own():
    found = scene(course("vehicle.audi.tt", 5.0, heading=np.pi / 2))
    key = first(found)
    np.testing.assert_allclose(found.tracks[key].velocities, np.tile([0.0, 5.0, 0.0], (CLOCK.count, 1)), atol=1e-12)


def test_a_pitching_vehicle_turns_about_its_own_left():
    actor = course("vehicle.audi.tt", 5.0, heading=np.pi / 2)
    pitch = 0.2 * CLOCK.times
    found = scene(replace(actor, rpy=np.column_stack([np.zeros_like(pitch), pitch, np.full_like(pitch, np.pi / 2)])))
    # heading north, left is west: nose down is a turn about -x
    np.testing.assert_allclose(found.tracks[first(found)].recorded_angular[5], [-0.2, 0.0, 0.0], atol=1e-9)


def test_brake_lamps_burn_while_braking_and_standing():
    found = scene(course("vehicle.audi.tt", braking()))
    lit = (found.vehicle_lights[first(found)].flags & BRAKE) != 0
    assert not lit[: 30 * 3 - 2].any()
    assert lit[30 * 3 + 2 :].all()


def test_brake_lamps_go_out_when_the_foot_is_off():
    found = scene(course("vehicle.audi.tt", braking(4.0)))
    lit = (found.vehicle_lights[first(found)].flags & BRAKE) != 0
    assert lit[30 * 4]
    assert not lit[30 * 5 + 15 :].any()
    assert np.count_nonzero(np.diff(lit.astype(int))) == 2


def test_rolling_downhill_at_one_speed_needs_the_brake():
    down = scene(course("vehicle.audi.tt", 8.0, pitch=np.deg2rad(8.0)))
    up = scene(course("vehicle.audi.tt", 8.0, pitch=-np.deg2rad(8.0)))
    key = first(down)
    assert down.controls[key].brake.min() > 0.1
    assert down.controls[key].throttle.max() == 0.0
    assert up.controls[key].throttle.min() > 0.3
    assert up.controls[key].brake.max() == 0.0


def test_a_stalled_vehicle_blinks_and_does_not_brake():
    hazard = np.full(CLOCK.count, HAZARD, np.int8)
    found = scene(course("vehicle.audi.tt", 0.0, blinkers=hazard))
    both = VehicleLight.LEFT_BLINKER | VehicleLight.RIGHT_BLINKER
    assert set(found.vehicle_lights[first(found)].flags.tolist()) == {int(both)}


def test_blinkers_are_the_sides_given():
    sides = np.where(CLOCK.times < 2.0, LEFT, 0).astype(np.int8)
    found = scene(course("vehicle.audi.tt", 5.0, blinkers=sides))
    on = (found.vehicle_lights[first(found)].flags & VehicleLight.LEFT_BLINKER) != 0
    np.testing.assert_array_equal(on, sides == LEFT)


def test_lamps_at_night_of_parked_and_of_emergency_vehicles():
    moving, parked = course("vehicle.audi.tt", 5.0), course("vehicle.audi.a2", 0.0, parked=True)
    alarm, cycle = course("vehicle.ford.ambulance", 9.0, emergency_lights=True), course("vehicle.yamaha.yzf", 9.0)
    night, day = scene(moving, parked, alarm, cycle, night=True), scene(moving, parked, alarm, cycle)
    beams = int(VehicleLight.POSITION | VehicleLight.LOW_BEAM)
    ids = actor_ids(NOTHING, 4)
    assert [int(night.vehicle_lights[k].flags[9]) for k in ids] == [beams, 0, beams | VehicleLight.SPECIAL_1, beams]
    assert [int(day.vehicle_lights[k].flags[9]) for k in ids] == [0, 0, VehicleLight.SPECIAL_1, beams]


def test_backing_out_shows_the_reverse_lamp_and_gear():
    actor = course("vehicle.audi.tt", -1.5)
    found = scene(actor)
    key = first(found)
    assert (found.vehicle_lights[key].flags & VehicleLight.REVERSE).all()
    assert (found.controls[key].gear == -1).all()
    assert found.wheels[key].rotation[-1, 0] == pytest.approx(-1.5 * 10.0 / 0.33)


def test_wheels_roll_and_front_wheels_steer():
    steer = np.full(CLOCK.count, 0.1)
    found = scene(course("vehicle.audi.tt", 6.6, steer=steer))
    wheels = found.wheels[first(found)]
    assert wheels.locations.tolist() == [0, 1, 2, 3]
    assert wheels.steer[7].tolist() == [0.1, 0.1, 0.0, 0.0]
    np.testing.assert_allclose(wheels.rotation[-1], 66.0 / 0.33)
    assert found.controls[first(found)].steer[7] == pytest.approx(-0.1 / np.deg2rad(70.0))  # CARLA: right is positive


def test_steering_follows_from_a_bend_where_it_is_not_given():
    actor = course("vehicle.audi.tt", 5.0)
    found = scene(replace(actor, yaw_rate=np.full(CLOCK.count, 0.5)))
    # bicycle model: tan(steer) = wheelbase x yaw rate / speed
    assert found.wheels[first(found)].steer[9, 0] == pytest.approx(np.arctan(2.47 * 0.5 / 5.0))


def test_two_wheelers_and_walkers_have_their_speeds():
    person = ActorSpec(blueprint("walker.pedestrian.0003"), role_name="pedestrian")
    found = scene(course("vehicle.bh.crossbike", 4.0), course(person, 1.4, origin=(0.0, 3.0, 0.93)))
    bike, walker = actor_ids(NOTHING, 2)
    np.testing.assert_allclose(found.bikers[bike].speed, 4.0)
    np.testing.assert_allclose(found.walker_speeds[walker].speed, 1.4)
    assert found.tracks[walker].walks
    assert walker not in found.controls
    assert found.wheels[bike].locations.tolist() == [0, 1]


def test_a_contact_is_recorded_by_both():
    found = scene(
        course("vehicle.audi.tt", 5.0), course("walker.pedestrian.0003", 0.0), contacts=[Bump((0, 1), 60, 63)]
    )
    one, other = actor_ids(NOTHING, 2)
    assert [c.actor_ids for c in found.collisions] == [(one, other), (other, one)]
    assert [(c.start, c.end, c.start_frame, c.end_frame) for c in found.collisions] == [(2.0, 2.1, 61, 64)] * 2
    assert found.collisions[1].kinds == ("walker", "vehicle")


def test_a_contact_with_someone_gone_is_refused():
    with pytest.raises(InputError, match="frames 60 to 63"):
        scene(course("vehicle.audi.tt", 5.0, count=62), course("vehicle.audi.a2", 0.0), contacts=[Bump((0, 1), 60, 63)])


def test_courses_beyond_the_end_are_refused():
    with pytest.raises(InputError, match="ends at frame 302, the scenario at 301"):
        scene(course("vehicle.audi.tt", 5.0, start=1))


def test_too_many_actors_are_refused():
    with pytest.raises(InputError, match="use fewer"):
        actor_ids(NOTHING, 70000)


def test_a_recording_of_it_comes_back_and_its_second_copy_is_the_first(tmp_path):
    rng = np.random.default_rng(1)
    people = ActorSpec(blueprint("walker.pedestrian.0003"), role_name="pedestrian")
    actors = [course(vehicle_spec("vehicle.tesla.model3", rng, "hero"), braking(), start=0),
              course("vehicle.audi.a2", 3.0, start=30, count=200), course("vehicle.bh.crossbike", 4.0, pitch=0.1),
              course(people, 1.2, origin=(0.0, 9.0, 0.93)), course("vehicle.seat.leon", 0.0, parked=True)]  # fmt: skip
    found = scene(*actors, contacts=[Bump((0, 1), 60, 63)], focus=np.array([5.0, 6.0, 7.0]))
    write_log(found, tmp_path / "a.log")
    again = read_log(tmp_path / "a.log")
    assert again.warnings == ()
    write_log(again, tmp_path / "b.log")
    assert (tmp_path / "a.log").read_bytes() == (tmp_path / "b.log").read_bytes()
    assert again.hero is not None
    assert set(again.actors) == set(found.actors)
    for key, track in found.tracks.items():
        np.testing.assert_allclose(again.tracks[key].positions, track.positions, atol=1e-3)
    assert again.duration == CLOCK.duration


def test_the_recording_keeps_to_the_writers_checklist(tmp_path):
    found = scene(course("vehicle.audi.tt", 5.0, start=10, count=100), course("vehicle.audi.a2", 0.0))
    write_log(found, tmp_path / "a.log")
    frames = list(LogReader(tmp_path / "a.log").frames())
    assert [frame.start.id for frame in frames] == list(range(1, CLOCK.count + 1))
    assert frames[-1].start.duration == -1.0
    late = first(found)
    assert [actor.blueprint_id for actor in frames[0].added] == ["spectator", "vehicle.audi.a2"]
    assert [actor.id for actor in frames[10].added] == [late]
    assert max(found.actors) < 65536
    assert min(found.actors) > 0
    assert PacketKind.BOUNDING_BOX in {PacketKind(packet.id) for packet in frames[0].packets}


@pytest.fixture(scope="module")
def towns(data_dir):
    def town(name):
        network = build_network(load_opendrive(data_dir / f"carla/xodr/{name}.xodr"))
        return network, plan_signals(network, np.random.default_rng(4))

    return town


def test_every_light_of_a_town_is_recorded_at_its_signals_place(towns, tmp_path):
    network, plan = towns("Town10HD")
    write_log(to_scenario(network, plan, [], CLOCK), tmp_path / "a.log")
    found = read_log(tmp_path / "a.log")
    lights = found.of_kind(ActorKind.TRAFFIC_LIGHT)
    assert len(lights) == len(plan.programs) == 17
    assert actor_ids(plan, 1)[0] == 100
    for actor, (name, program) in zip(lights, plan.programs.items(), strict=True):
        place = network.road_map.signal(name).pose.translation
        np.testing.assert_allclose(actor.spawn_position, place, atol=1e-4)
        np.testing.assert_allclose(actor.light_times, program.durations, rtol=1e-6)
        np.testing.assert_array_equal(found.signals[actor.key].state, plan.states(name, CLOCK.times))
        np.testing.assert_allclose(found.signals[actor.key].elapsed, program.elapsed(CLOCK.times), atol=1e-4)


def test_trigger_volumes_hold_the_stop_lines_of_their_light(towns):
    network, plan = towns("Town04")
    found = to_scenario(network, plan, [], CLOCK)
    volumes = {name: found.actors[2 + k].trigger_volume for k, name in enumerate(plan.programs)}
    stops = [lane for lane in network.lanes if lane.stop_line is not None and lane.stop_line.signal is not None]
    assert len(stops) > 30
    for lane in stops:
        box = volumes[lane.stop_line.signal]
        offset = lane.path.position(lane.stop_line.distance) - box.center
        assert (np.abs(offset) <= box.half_extents + 1e-9).all()


def test_a_program_for_no_signal_of_the_map_is_refused():
    light = SignalProgram(20.0, 0.0, ((0.0, SignalState.GREEN), (10.0, SignalState.RED)), (10.0, 0.0, 10.0))
    with pytest.raises(InputError, match="'nowhere', which map 'Plain' does not have"):
        to_scenario(EMPTY, SignalPlan({"nowhere": light}), [], CLOCK)


def test_traffic_on_slopes_comes_back_from_a_recording(towns, tmp_path):
    network, plan = towns("Town04")
    rng = np.random.default_rng(5)
    drivers = [draw_driver(spec, rng) for spec in draw_drivers(rng, 30)]
    vehicles = simulate_vehicles(TrafficDemand(network, plan, drivers, CLOCK), rng).vehicles
    found = to_scenario(network, plan, vehicles, CLOCK)
    tilted = [track for track in found.tracks.values() if np.abs(track.rpy[:, 1]).max() > 0.02 and track.actor_id > 99]
    assert tilted  # Town04 has ramps
    for track in tilted:
        run = np.diff(track.positions, axis=0)
        far = np.hypot(run[:, 0], run[:, 1]) > 0.2
        np.testing.assert_allclose(-np.tan(track.rpy[1:, 1][far]), (run[:, 2] / np.hypot(run[:, 0], run[:, 1]))[far],
                                   atol=0.05)  # fmt: skip
    write_log(found, tmp_path / "a.log")
    write_log(read_log(tmp_path / "a.log"), tmp_path / "b.log")
    assert (tmp_path / "a.log").read_bytes() == (tmp_path / "b.log").read_bytes()
