"""Velocities and distances from samples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from roadmark.scenario.motion import central_differences, interpolate_rpy, travelled


def test_central_differences_of_uneven_samples():
    times = np.array([0.0, 1.0, 3.0])
    values = np.array([[0.0], [2.0], [3.0]])
    assert central_differences(times, values)[:, 0].tolist() == [2.0, 1.0, 0.5]


def test_samples_at_one_time_have_no_rate():
    assert central_differences(np.array([1.0]), np.ones((1, 3))).tolist() == [[0.0, 0.0, 0.0]]
    assert central_differences(np.zeros(2), np.array([[0.0], [5.0]])).tolist() == [[0.0], [0.0]]


@given(
    arrays(np.float64, 8, elements=st.floats(0.01, 5.0)),
    arrays(np.float64, 3, elements=st.floats(-50.0, 50.0)),
)
def test_constant_velocity_is_found_whatever_the_steps(steps, velocity):
    times = np.cumsum(steps)
    derived = central_differences(times, times[:, None] * velocity)
    np.testing.assert_allclose(derived, np.broadcast_to(velocity, (8, 3)), atol=1e-6)


def test_travelled_forwards_and_back():
    positions = np.array([[0.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 1.5, 0.0]])
    rpy = np.tile([0.0, 0.0, np.pi / 2], (3, 1))
    np.testing.assert_allclose(travelled(positions, rpy, along_heading=True), [0.0, 2.0, 1.5])


def test_sideways_counts_for_walkers_only():
    positions = np.array([[0.0, 0.0, 0.0], [3.0, 4.0, 0.0]])
    rpy = np.zeros((2, 3))
    np.testing.assert_allclose(travelled(positions, rpy, along_heading=True), [0.0, 3.0])
    np.testing.assert_allclose(travelled(positions, rpy, along_heading=False), [0.0, 5.0])
    assert travelled(positions[:1], rpy[:1], along_heading=True).tolist() == [0.0]


@given(st.floats(-np.pi, np.pi), st.floats(-100.0, 100.0), st.floats(-100.0, 100.0))
def test_travelled_does_not_depend_on_the_place_or_direction(yaw, x, y):
    positions = np.array([[0.0, 0.0, 0.0], [1.0, 0.5, 0.0], [3.0, 0.5, 0.0]])
    rpy = np.array([[0.0, 0.0, 0.1], [0.0, 0.0, 0.2], [0.0, 0.0, 0.0]])
    turn = np.array([[np.cos(yaw), -np.sin(yaw), 0.0], [np.sin(yaw), np.cos(yaw), 0.0], [0.0, 0.0, 1.0]])
    moved = travelled(positions @ turn.T + [x, y, 0.0], rpy + np.array([0.0, 0.0, yaw]), along_heading=True)
    np.testing.assert_allclose(moved, travelled(positions, rpy, along_heading=True), atol=1e-9)


@pytest.mark.parametrize(("fraction", "yaw"), [(0.0, 170.0), (0.5, 180.0), (0.75, 185.0), (1.0, 190.0)])
def test_angles_take_the_shorter_way(fraction, yaw):
    before, after = np.deg2rad([0.0, 0.0, 170.0]), np.deg2rad([0.0, 0.0, -170.0])
    np.testing.assert_allclose(np.rad2deg(interpolate_rpy(before, after, fraction)[2]), yaw)
