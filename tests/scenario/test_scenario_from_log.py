"""What becomes of a recording's packets in a scenario."""

from pathlib import Path

import log_samples as samples
import numpy as np
import pytest

from roadmark.scenario import ActorKind, SignalState, read_log


@pytest.fixture
def full(tmp_path):
    path = tmp_path / "full.log"
    path.write_bytes(samples.every_packet(samples.CARLA_0916))
    return read_log(path)


def scenario_of(tmp_path: Path, *frames: bytes):
    path = tmp_path / "a.log"
    path.write_bytes(samples.header() + b"".join(frames))
    return read_log(path)


def test_frames_and_header(full):
    assert (full.map_name, full.duration) == ("Town01", 0.75)
    assert full.times.tolist() == [0.0, 0.25, 0.75]
    assert full.source_frames.tolist() == [1, 2, 3]
    assert full.recorded_at.year == 2021


def test_actors(full):
    car = full.actors[10]
    assert (car.kind, car.blueprint_id, car.role_name, car.is_hero) == (
        ActorKind.VEHICLE,
        "vehicle.tesla.model3",
        "hero",
        True,
    )
    assert car.color.tolist() == [10, 20, 30]
    # CARLA (100, 200, 50) cm and yaw 90° to the right are FLU (1, -2, 0.5) m and -90°.
    np.testing.assert_allclose(car.spawn_position, [1.0, -2.0, 0.5])
    np.testing.assert_allclose(car.spawn_rpy, [0.0, 0.0, -np.pi / 2], atol=1e-12)
    assert full.hero is car
    assert [actor.id for actor in full.of_kind(ActorKind.VEHICLE, ActorKind.WALKER)] == [10, 11, 12]
    assert (car.spawned, car.destroyed) == (0.0, None)
    assert (full.actors[12].destroyed, full.actors[12].parent) == (0.75, 10)
    assert full.actors[12].color is None
    assert not full.actors[1].spawn_is_relative


def test_boxes_trigger_volumes_and_light_times(full):
    box = full.actors[10].bounding_box
    np.testing.assert_allclose(box.center, [0.03, -0.04, 0.7])
    np.testing.assert_allclose(box.half_extents, [2.4, 1.08, 0.74])
    assert full.actors[1].bounding_box is None  # NaN and minus infinity: no geometry
    assert full.actors[11].bounding_box is None  # not recorded
    light = full.actors[5]
    np.testing.assert_allclose(light.trigger_volume.center, [9.0, -1.0, 0.5])
    assert light.light_times == (10.0, 3.0, 2.0)
    assert full.actors[10].max_steer == pytest.approx(np.deg2rad(60.0))


@pytest.mark.parametrize("extent", [(0.0, 1.0, 1.0), (-1.0, 1.0, 1.0), (1e30, 1.0, 1.0)])
def test_a_box_without_volume_is_none(tmp_path, extent):
    box = samples.packet(13, samples.rows("I6f", (10, 0.0, 0.0, 0.0, *extent)))
    scenario = scenario_of(tmp_path, samples.frame(1, -1.0, 0.0, samples.added(samples.CAR), box))
    assert scenario.actors[10].bounding_box is None


def test_tracks_are_flu_metres_and_radians(full):
    track = full.tracks[10]
    assert track.times.tolist() == [0.0, 0.25, 0.75]
    np.testing.assert_allclose(track.positions, [[1.0, -2.0, 0.5], [2.0, -2.0, 0.5], [4.0, -2.0, 0.5]])
    np.testing.assert_allclose(track.rpy[:, 2], -np.pi / 2)
    np.testing.assert_allclose(full.tracks[1].rpy[0], [0.0, np.pi / 4, 0.0])
    assert full.tracks[12].frames.tolist() == [0, 1]
    assert 5 not in full.tracks


def test_velocity_is_the_recorded_one_where_there_is_one(full):
    track = full.tracks[10]
    # Frame 1: kinematics (1, 2, 0) m/s; frame 2: (4 - 1) m / 0.75 s; frame 3: (4 - 2) m / 0.5 s.
    np.testing.assert_allclose(track.velocities, [[1.0, -2.0, 0.0], [4.0, 0.0, 0.0], [4.0, 0.0, 0.0]])
    np.testing.assert_allclose(track.yaw_rates, [np.deg2rad(-30.0), 0.0, 0.0], atol=1e-12)
    assert full.tracks[11].recorded_velocity is None


def test_unusable_kinematics_are_derived(tmp_path):
    nan = samples.packet(12, samples.rows("I6f", (10, float("nan"), 0.0, 0.0, 0.0, 0.0, float("inf"))))
    scenario = scenario_of(
        tmp_path,
        samples.frame(1, 1.0, 0.0, samples.added(samples.CAR), samples.positions((10, 0, 0, 0, 0, 0, 0)), nan),
        samples.frame(2, -1.0, 1.0, samples.positions((10, 200, 0, 0, 0, 0, 10)), nan),
    )
    np.testing.assert_allclose(scenario.tracks[10].velocities[0], [2.0, 0.0, 0.0])
    np.testing.assert_allclose(scenario.tracks[10].yaw_rates, np.deg2rad([-10.0, -10.0]))


def test_states(full):
    assert full.signals[5].state.tolist() == [SignalState.GREEN, SignalState.YELLOW]
    assert full.signals[5].frozen.tolist() == [False, True]
    controls = full.controls[11]
    assert (controls.brake[0], controls.handbrake[0], controls.gear[0]) == (1.0, True, -1)
    assert full.vehicle_lights[10].flags.tolist() == [3]
    assert full.walker_speeds[12].speed.tolist() == [1.5]
    assert full.bikers[11].speed.tolist() == [4.2000000000000002]
    assert full.doors[10].open_doors.tolist() == [0b000001, 0b100001]


def test_wheels(full):
    car, bike = full.wheels[10], full.wheels[11]
    assert car.locations.tolist() == [0, 1, 2, 3]
    np.testing.assert_allclose(np.rad2deg(car.steer), [[-5.0, -7.0, 0.0, 0.0]])
    np.testing.assert_allclose(np.rad2deg(car.rotation), [[90.0, 92.0, 88.0, 88.0]])
    assert bike.steer.shape == (1, 2)


def test_doors_close_and_all_open(tmp_path):
    def doors(*rows):
        return samples.packet(23, samples.rows("IB?", *rows))

    scenario = scenario_of(
        tmp_path,
        samples.frame(1, 1.0, 0.0, samples.added(samples.CAR), doors((10, 6, True))),
        samples.frame(2, -1.0, 1.0, doors((10, 0, False), (10, 9, True))),
    )
    assert scenario.doors[10].open_doors.tolist() == [0b111111, 0b111110, 0b111110]
    assert scenario.state_at(0.5).find(10).open_doors == 0b111111


def test_an_id_that_is_used_again_is_another_actor(tmp_path):
    again = (10, 2, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 70, "walker.pedestrian.0002", ())
    place = samples.positions((10, 100, 0, 0, 0, 0, 0))
    scenario = scenario_of(
        tmp_path,
        samples.frame(1, 1.0, 0.0, samples.added(samples.CAR), place),
        samples.frame(2, 1.0, 1.0, place),
        samples.frame(3, 1.0, 2.0, samples.packet(3, samples.rows("I", (10,)))),
        samples.frame(4, 1.0, 3.0, samples.added(again), samples.positions((10, 900, 0, 0, 0, 0, 0))),
        samples.frame(5, -1.0, 4.0, samples.positions((10, 950, 0, 0, 0, 0, 0))),
    )
    first, second = scenario.named(10)
    assert (first.key, second.key) == (10, 10 + 2**32)
    assert scenario.tracks[first.key].frames.tolist() == [0, 1]
    assert scenario.tracks[second.key].positions[:, 0].tolist() == [9.0, 9.5]
    assert scenario.tracks[second.key].walks
    assert scenario.state_at(0.5).find(10).actor is first
    assert scenario.state_at(2.5).find(10) is None
    assert scenario.state_at(3.5).find(10).actor is second


def test_an_actor_added_again_while_it_exists(tmp_path):
    other = (10, 1, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 2, "vehicle.audi.tt", ())
    scenario = scenario_of(
        tmp_path,
        samples.frame(1, 1.0, 0.0, samples.added(samples.CAR)),
        samples.frame(2, 1.0, 1.0, samples.added(samples.CAR)),
        samples.frame(3, -1.0, 2.0, samples.added(other)),
    )
    assert [(a.blueprint_id, a.spawned, a.destroyed) for a in scenario.named(10)] == [
        ("vehicle.tesla.model3", 0.0, 2.0),
        ("vehicle.audi.tt", 2.0, None),
    ]
    assert "2 × actors were added again" in scenario.warnings[0]


def test_an_actor_attached_while_recording_is_placed_under_its_parent(tmp_path):
    prop = (30, 0, (100.0, 0.0, 200.0), (0.0, 0.0, 0.0), 5, "static.prop.box", ())
    attach = samples.packet(4, samples.rows("II", (30, 10)))
    place = samples.positions((10, 1000, 0, 0, 0, 0, -90))
    scenario = scenario_of(
        tmp_path,
        samples.frame(1, 1.0, 0.0, samples.added(samples.CAR), place),
        samples.frame(2, -1.0, 1.0, samples.added(prop), attach, place),
    )
    assert scenario.actors[30].spawn_is_relative
    state = scenario.state_at(1.0).find(30)
    np.testing.assert_allclose(state.pose.translation, [10.0, 1.0, 2.0], atol=1e-12)  # 1 m ahead of a car facing left
    assert scenario.without_hero().actors == {}


def test_records_of_nobody_and_records_given_twice_are_skipped_with_a_warning(tmp_path):
    gone = samples.packet(3, samples.rows("I", (77,)))
    twice = samples.positions((10, 0, 0, 0, 0, 0, 0), (10, 100, 0, 0, 0, 0, 0), (99, 0, 0, 0, 0, 0, 0))
    odd_state = samples.packet(7, samples.rows("I?fb", (5, False, 0.0, 9)))
    scenario = scenario_of(
        tmp_path, samples.frame(1, -1.0, 0.0, samples.added(samples.CAR, samples.LIGHT), gone, twice, odd_state)
    )
    assert scenario.tracks[10].positions[:, 0].tolist() == [1.0]
    assert scenario.signals[5].state.tolist() == [SignalState.UNKNOWN]
    text = "\n".join(scenario.warnings)
    assert "1 × EVENT_DEL records of actors that do not exist" in text
    assert "1 × POSITION records of actors that do not exist were skipped (ids 99)" in text
    assert "1 × POSITION records given twice" in text
    assert "1 × traffic light states that are none" in text


@pytest.mark.parametrize("color", ["", "1,2", "300,1,1", "a,b,c", "-1,0,0", "1,2,3,4", "000000000001,2,3"])
def test_a_colour_that_is_none_is_ignored_with_a_warning(tmp_path, color):
    car = (*samples.CAR[:6], ((3, "color", color),))
    scenario = scenario_of(tmp_path, samples.frame(1, -1.0, 0.0, samples.added(car)))
    assert scenario.actors[10].color is None
    assert "colours" in scenario.warnings[0]


def test_wheels_of_vehicles_with_different_counts_in_one_packet(tmp_path):
    found = samples.wheels((11, ((0, 1.0, -10.0), (1, 0.0, -11.0))), (10, samples.FOUR_WHEELS), (12, ()))
    scenario = scenario_of(
        tmp_path,
        samples.frame(1, 1.0, 0.0, samples.added(samples.CAR, samples.BIKE), found),
        samples.frame(2, -1.0, 1.0, samples.wheels((10, samples.FOUR_WHEELS)), samples.wheels()),
    )
    assert scenario.wheels[10].times.tolist() == [0.0, 1.0]
    assert scenario.wheels[11].times.tolist() == [0.0]


def test_collisions_of_a_scenario(full):
    assert [c.actor_ids for c in full.collisions] == [(10, 12), (12, 10), (10, None)]
    assert full.collisions[0].kinds == ("vehicle", "walker")
    assert (full.collisions[0].start, full.collisions[0].end) == (0.25, 0.25)


def test_filters(full):
    assert set(full.without([10, 12]).actors) == {1, 5, 11}
    assert set(full.without([10]).tracks) == {1, 11, 12}
    assert 10 not in full.without_hero().actors
    near = full.actors_near(0.0, np.array([1.0, -2.0, 0.0]), 3.0)
    assert [actor.id for actor in near] == [10, 11]


def test_a_real_recording(data_dir):
    scenario = read_log(data_dir / "carla" / "logs" / "DistanceToLaneCenter.log")
    assert scenario.warnings == ()
    assert (scenario.map_name, len(scenario.times)) == ("Town01", 432)
    assert scenario.duration == 12.528204976581037
    hero = scenario.hero
    assert (hero.id, hero.blueprint_id) == (234, "vehicle.lincoln.mkz_2017")
    assert hero.destroyed == scenario.duration
    np.testing.assert_allclose(hero.bounding_box.half_extents, [2.451, 1.064, 0.755], atol=1e-3)
    assert len(scenario.signals) == 36
    track = scenario.tracks[hero.key]
    # Recorded velocities and those of the positions agree: the recorder's are m/s.
    steps = np.diff(track.positions, axis=0) / np.diff(track.times)[:, None]
    middle = (track.velocities[1:] + track.velocities[:-1]) / 2
    assert np.median(np.linalg.norm(steps - middle, axis=1)[50:]) < 0.1
    assert 90.0 < track.travelled[-1] < 95.0


def test_old_recordings_have_sensors_of_type_other(tmp_path):
    sensor = (40, 0, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 39, "sensor.camera.rgb", ())
    scenario = scenario_of(tmp_path, samples.frame(1, -1.0, 0.0, samples.added(sensor)))
    assert scenario.actors[40].kind is ActorKind.SENSOR


def test_states_that_are_no_numbers_count_as_zero_with_a_warning(tmp_path):
    nan = float("nan")
    scenario = scenario_of(
        tmp_path,
        samples.frame(
            1,
            -1.0,
            0.0,
            samples.added(samples.CAR, samples.WALKER, samples.LIGHT),
            samples.packet(7, samples.rows("I?fb", (5, False, nan, 0))),
            samples.packet(8, samples.rows("Ifff?i", (10, nan, 0.5, -nan, False, 1))),
            samples.packet(9, samples.rows("If", (12, 1e30))),
            samples.wheels((10, ((0, nan, 90.0),))),
        ),
    )
    assert scenario.controls[10].steer.tolist() == [0.0]
    assert scenario.controls[10].throttle.tolist() == [0.5]
    assert scenario.walker_speeds[12].speed.tolist() == [0.0]
    assert scenario.wheels[10].steer.tolist() == [[0.0]]
    assert scenario.warnings[0].endswith("5 × controls, speeds or wheel angles that are no numbers count as 0")
