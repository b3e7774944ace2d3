"""Rails, timetables, contacts, crashes and falls, in small worlds with known answers."""

import numpy as np
import pytest

from roadmark.catalog import blueprint
from roadmark.geometry import rotation_from_rpy
from roadmark.incidents.physics import (
    Drive,
    Frames,
    Pedals,
    Profile,
    Rail,
    Timetable,
    boxes_overlap,
    collide,
    first_contact,
    gaps,
    mass_of,
    reachable,
    thrown,
    toppled,
)
from roadmark.incidents.physics.bodies import box_centers, feet, half_plan, inertia_of, origins
from roadmark.incidents.physics.boxes import half_height
from roadmark.incidents.physics.kernels import box_gap, crash
from roadmark.traffic import Clock

CAR, OTHER = blueprint("vehicle.tesla.model3"), blueprint("vehicle.nissan.patrol")
CLOCK = Clock(30, 301)


def straight(start, heading, length=400.0):
    along = np.arange(0.0, length, 5.0)[:, None]
    return Rail.along(np.array([*start, 0.0]) + along * np.array([np.cos(heading), np.sin(heading), 0.0]))


def steady(body, rail, speed, at, time, duration=10.0):
    profile = Profile.of(np.array([0.0, rail.length]), np.array([speed, speed]))
    return Drive(body, rail, Timetable.of(profile, duration, at, time))


def crash_states(start, grip, count=60):
    bodies = (CAR, OTHER)
    return crash(
        np.array(start, dtype=float),
        np.stack([half_plan(b) for b in bodies]),
        np.array([mass_of(b) for b in bodies]),
        np.array([inertia_of(b) for b in bodies]),
        np.stack([feet(b) for b in bodies]),
        np.array([(0.05, 0.9, 0.3)] * 2),
        np.full(2, grip),
        np.arange(1, count) / 30.0,
        np.array([0.12, 0.5, 0.03, 1 / 480]),
    )


def momenta(states):
    mass = np.array([mass_of(CAR), mass_of(OTHER)])
    inertia = np.array([inertia_of(CAR), inertia_of(OTHER)])
    linear = (mass[:, None] * states[:, 3:5]).sum(axis=0)
    orbital = mass * (states[:, 0] * states[:, 4] - states[:, 1] * states[:, 3])
    return np.array([*linear, (orbital + inertia * states[:, 5]).sum()])


SIDE_ON = [[0, 0, 0, 12, 0, 0], [half_plan(CAR)[0] + half_plan(OTHER)[1], -0.8, np.pi / 2, 0, 9, 0]]
FROM_BEHIND = [[0, 0.3, 0, 13, 0, 0], [half_plan(CAR)[0] + half_plan(OTHER)[0], 0, 0, 4, 0, 0]]
HEAD_ON = [[0, 0.9, 0, 11, 0, 0], [half_plan(CAR)[0] + half_plan(OTHER)[0], 0, np.pi, -12, 0, 0]]
CRASHES = pytest.mark.parametrize("start", [SIDE_ON, FROM_BEHIND, HEAD_ON], ids=["side", "rear", "head-on"])


@CRASHES
def test_without_tyres_linear_and_angular_momentum_are_kept(start):
    before = momenta(np.array(start, dtype=float))
    for after in crash_states(start, 0.0)[[0, 3, 20, 58]]:
        np.testing.assert_allclose(momenta(after), before, rtol=1e-9, atol=1e-5)


@CRASHES
def test_energy_falls_and_nobody_spins_like_a_top(start):
    states = crash_states(start, 0.7, 200)
    masses = np.array([mass_of(CAR), mass_of(OTHER)])
    energy = 0.5 * (masses * (states[:, :, 3:5] ** 2).sum(axis=2)).sum(axis=1)
    initial = 0.5 * (masses * (np.array(start, dtype=float)[:, 3:5] ** 2).sum(axis=1)).sum()
    assert energy[0] < initial
    assert energy[12:].max() < energy[0]
    assert np.abs(states[:, :, 5]).max() < 6.0
    assert (states[-1, :, 3:] == 0.0).all()


@CRASHES
def test_boxes_crush_at_first_and_do_not_grow_into_each_other(start):
    states = crash_states(start, 0.7, 200)
    depth = -np.array([box_gap(row[0, :3], half_plan(CAR), row[1, :3], half_plan(OTHER)) for row in states])
    assert 0.05 < depth.max() < 0.9
    assert depth[20:].max() <= depth[:20].max() + 0.25


def test_after_a_rear_end_crash_the_front_one_is_faster_by_the_restitution():
    soon = crash_states(FROM_BEHIND, 0.0, 15)[-1]
    assert soon[1, 3] - soon[0, 3] == pytest.approx(0.12 * 9.0, abs=0.25)


def test_the_contact_time_is_that_of_the_geometry():
    """Bumper to bumper from 40 m apart, closing at 8 m/s."""
    rail = straight((0.0, 0.0), 0.0)
    between = half_plan(CAR)[0] + half_plan(OTHER)[0] + 40.0
    centers = 50.0 + CAR.center_offset[0], 50.0 + OTHER.center_offset[0]
    behind = steady(CAR, rail, 12.0, 50.0, 0.0)
    ahead = steady(OTHER, rail, 4.0, 50.0 + between + centers[0] - centers[1], 0.0)
    assert first_contact(behind, ahead, 0.0, 9.0) == pytest.approx(5.0, abs=1e-4)
    assert gaps(behind, ahead, np.array([4.999]))[0] == pytest.approx(0.008, abs=1e-6)
    assert first_contact(behind, ahead, 0.0, 4.0) is None


def test_a_collision_outcome_goes_on_from_the_courses_without_a_jump():
    one, other = straight((0.0, 0.0), 0.0), straight((100.0, -100.0), np.pi / 2)
    drives = steady(CAR, one, 12.0, 97.0, 5.0), steady(OTHER, other, 8.0, 99.5, 5.0)
    contact = first_contact(*drives, 4.0, 6.0)
    outcome = collide(*drives, contact, CLOCK, (Pedals(), Pedals()))
    for drive, frames in zip(drives, outcome.frames, strict=True):
        before = drive.poses(np.array([contact]))[0]
        step = outcome.first_frame / 30.0 - contact
        assert np.hypot(*(frames.poses[0, :2] - before[:2])) < 13.0 * step + 1e-6
        assert (frames.velocity[-1] == 0.0).all()
    assert outcome.closing == pytest.approx(np.hypot(12.0, 8.0), abs=0.01)
    assert outcome.contact[0] == outcome.first_frame
    assert contact < outcome.at_rest < 10.0


def test_both_axles_are_on_the_rail_and_hills_pitch_the_car():
    angle = np.linspace(0.0, np.pi, 60)
    rail = Rail.along(np.stack([20 * np.sin(angle), 20 - 20 * np.cos(angle), 2.0 * angle], axis=1))
    pose = rail.poses(CAR, np.array([30.0]))[0]
    for wheel in (max, min):
        x = wheel(w.x for w in CAR.wheels)
        axle = pose[:2] + x * np.array([np.cos(pose[5]), np.sin(pose[5])])
        assert np.hypot(axle[0], axle[1] - 20.0) == pytest.approx(20.0, abs=0.03)
    assert np.tan(-pose[4]) == pytest.approx(0.1, abs=0.01)  # 2 m per radian of 20 m


def test_reachable_speeds_respect_caps_acceleration_and_braking():
    distance = np.arange(0.0, 200.0, 0.5)
    cap = np.where(np.abs(distance - 100.0) < 1.0, 0.0, 15.0)
    speed = reachable(distance, cap, 2.0, 3.0)
    change = np.diff(speed**2) / (2.0 * 0.5)
    assert (speed <= cap + 1e-9).all()
    assert change.max() <= 2.0 + 1e-6
    assert change.min() >= -3.0 - 1e-6
    assert speed[0] == 15.0


def test_a_timetable_brakes_to_a_stop_where_physics_says():
    rail = straight((0.0, 0.0), 0.0)
    table = steady(CAR, rail, 10.0, 50.0, 2.0).table.braked(2.0, 5.0)
    assert table.at(9.0) == pytest.approx(60.0, abs=1e-6)  # v^2 / 2a
    smooth = table.smoothed()
    assert smooth.at(1.0) == pytest.approx(40.0, abs=1e-9)
    assert smooth.at(9.0) == pytest.approx(60.0, abs=0.05)
    rates = np.diff(smooth.places, 3) * 240.0**3
    assert np.abs(rates).max() < 5.0 / 0.3 * 4.5
    assert np.diff(smooth.places).min() >= -1e-9


@pytest.mark.parametrize("speed", [4.0, 9.0, 14.0])
@pytest.mark.parametrize("person", ["walker.pedestrian.0001", "walker.pedestrian.0012"])
def test_a_thrown_person_flies_slides_and_lies_and_is_never_below_the_ground(speed, person):
    body = blueprint(person)
    pose = np.array([5.0, 3.0, body.half_extents[2], 0.0, 0.0, 1.4])
    times = np.arange(1, 200) / 30.0
    frames = thrown(body, pose, np.array([0.2, 1.4]), np.array([speed, 0.0]), 0.0, times)
    lowest = frames.poses[:, 2] - half_height(body, frames.poses[:, 3:])
    assert lowest.min() > -1e-9
    assert lowest[-1] == pytest.approx(0.0, abs=1e-9)
    up = rotation_from_rpy(frames.poses[-1, 3:])[2, 2]
    assert abs(up) < 0.1
    travelled = frames.poses[-1, 0] - 5.0
    assert 0.6 < travelled / (speed**2 / (2.0 * 0.7 * 9.81)) < 2.6
    assert (frames.velocity[-1] == 0.0).all()
    steps = np.abs(np.diff(frames.poses[:, :2], axis=0)).max() * 30.0
    assert steps < speed + 1.5


def test_a_bicycle_topples_away_from_the_car_and_stays_on_the_ground():
    body = blueprint("vehicle.diamondback.century")
    times = np.arange(1, 90) / 30.0
    upright = Frames(np.zeros((89, 6)), np.zeros((89, 3)), np.zeros(89))
    fallen = toppled(body, upright, np.array([0.0, 1.0]), times)  # pushed to its left
    top = rotation_from_rpy(fallen.poses[-1, 3:]) @ np.array([0.0, 0.0, 1.6])
    assert top[1] > 1.5
    middle = fallen.poses[:, 2] + (rotation_from_rpy(fallen.poses[:, 3:]) @ np.array(body.center_offset))[:, 2]
    assert (middle - half_height(body, fallen.poses[:, 3:])).min() > -1e-9


def test_boxes_in_space_overlap_as_their_corners_say():
    still = np.zeros((3, 6))
    moved = still.copy()
    length = CAR.size[0]
    moved[:, 0] = [length - 0.01, length + 0.01, 0.0]
    moved[2, 2] = CAR.size[2] + 0.01  # above
    assert boxes_overlap(CAR, still, CAR, moved).tolist() == [True, False, False]


def test_box_centers_and_origins_are_inverse():
    places = np.array([[3.0, 4.0, 0.7], [-2.0, 1.0, -2.0]])
    truck = blueprint("vehicle.ford.ambulance")
    np.testing.assert_allclose(origins(truck, box_centers(truck, places)), places, atol=1e-12)
