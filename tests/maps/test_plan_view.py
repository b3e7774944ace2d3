"""Reference lines against closed forms and numeric integration."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import cumulative_trapezoid

from roadmark.maps.plan_view import Arc, CubicCurve, PlanView, Spiral

LENGTH = 40.0
S = np.linspace(0.0, LENGTH, 9)


def integrate(curvature, length: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Position at S of a curve of curvature(s), by the trapezoid rule on 400,001 points."""
    s = np.linspace(0.0, length, 400_001)
    heading = cumulative_trapezoid(curvature(s), s, initial=0.0)
    x = cumulative_trapezoid(np.cos(heading), s, initial=0.0)
    y = cumulative_trapezoid(np.sin(heading), s, initial=0.0)
    return np.interp(S, s, x), np.interp(S, s, y), np.interp(S, s, heading)


def test_arc_is_a_circle():
    # Radius 20 to the left: the point at arc length s is (20 sin(s/20), 20 - 20 cos(s/20)).
    u, v, heading, curvature = Arc(0.05).local(S)
    assert np.allclose(u, 20.0 * np.sin(S / 20.0), atol=1e-12)
    assert np.allclose(v, 20.0 - 20.0 * np.cos(S / 20.0), atol=1e-12)
    assert np.allclose(heading, S / 20.0)
    assert np.allclose(curvature, 0.05)


def test_arc_of_curvature_zero_is_a_line():
    u, v, heading, _ = Arc(0.0).local(S)
    assert np.array_equal(u, S)
    assert not v.any()
    assert not heading.any()


@pytest.mark.parametrize(("start", "end"), [(0.0, 0.1), (0.1, 0.0), (-0.05, 0.08), (0.02, 0.021), (0.0, -0.1)])
def test_spiral_matches_integration(start, end):
    x, y, heading = integrate(lambda s: start + (end - start) * s / LENGTH, LENGTH)
    u, v, turn, curvature = Spiral(start, end, LENGTH).local(S)
    assert np.allclose(u, x, atol=1e-7)
    assert np.allclose(v, y, atol=1e-7)
    assert np.allclose(turn, heading, atol=1e-9)
    assert curvature[0] == pytest.approx(start)
    assert curvature[-1] == pytest.approx(end)


@given(st.floats(-0.2, 0.2), st.floats(-0.2, 0.2), st.floats(0.1, 200.0))
def test_spiral_has_unit_speed_and_its_heading(start, end, length):
    s = np.linspace(0.0, length, 2001)
    u, v, heading, _ = Spiral(start, end, length).local(s)
    step = s[1] - s[0]
    # A chord is shorter than its arc by k^2 h^3 / 24 and points along the heading at its middle.
    assert np.allclose(np.hypot(np.diff(u), np.diff(v)), step, atol=0.2**2 * step**3 / 20 + 1e-9)
    middle = 0.5 * (heading[1:] + heading[:-1])
    assert np.allclose(np.diff(u) * np.sin(middle), np.diff(v) * np.cos(middle), atol=0.5 * step**3 + 1e-9)


def test_spiral_that_hardly_turns_is_an_arc():
    spiral = Spiral(0.01, 0.01 + 1e-15, LENGTH)
    assert np.allclose(spiral.local(S), Arc(0.01).local(S), atol=1e-9)


def test_poly3_runs_by_arc_length():
    # v = u^2 / 100: arc length to u is u/2 sqrt(1 + u^2/2500) + 25 asinh(u/50).
    u, v, heading, curvature = CubicCurve((0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 0.01, 0.0), LENGTH).local(S)
    length = 0.5 * u * np.sqrt(1.0 + (u / 50.0) ** 2) + 25.0 * np.arcsinh(u / 50.0)
    assert np.allclose(length, S, atol=1e-7)
    assert np.allclose(v, u * u / 100.0)
    assert np.allclose(np.tan(heading), u / 50.0)
    assert np.allclose(curvature, 0.02 / (1.0 + (u / 50.0) ** 2) ** 1.5)


def test_param_poly3_by_length_takes_the_parameter_as_it_is():
    curve = CubicCurve((0.0, 1.0, 0.0, -0.001), (0.0, 0.0, 0.01, 0.0), LENGTH, by_length=True)
    u, v, _, _ = curve.local(S)
    assert np.allclose(u, S - 0.001 * S**3)
    assert np.allclose(v, 0.01 * S**2)


def test_param_poly3_normalised_runs_by_arc_length_and_ends_at_one():
    # u = 30 p^2 is not uniform: half of the length is at p = sqrt(1/2).
    curve = CubicCurve((0.0, 0.0, 30.0, 0.0), (0.0, 0.0, 0.0, 0.0), 30.0, p_end=1.0)
    u, _, heading, _ = curve.local(np.array([0.0, 15.0, 30.0]))
    assert np.allclose(u, [0.0, 15.0, 30.0], atol=1e-6)
    assert not heading.any()


def test_param_poly3_whose_stated_length_is_off_still_ends_at_its_end():
    curve = CubicCurve((0.0, 10.0, 0.0, 0.0), (0.0, 0.0, 0.0, 0.0), 10.5, p_end=1.0)
    assert curve.local(np.array([10.5]))[0][0] == pytest.approx(10.0)


def test_pieces_follow_their_origins():
    # A 10 m line east, then from (10, 0) a quarter circle of radius 10 to the left ends at (20, 10) heading north.
    quarter = 5.0 * np.pi
    plan = PlanView(
        np.array([0.0, 10.0]),
        np.array([[0.0, 0.0, 0.0], [10.0, 0.0, 0.0]]),
        np.array([10.0, quarter]),
        (Arc(0.0), Arc(0.1)),
    )
    x, y, heading, curvature = plan.evaluate(np.array([5.0, 10.0 + quarter]))
    assert np.allclose(x, [5.0, 20.0])
    assert np.allclose(y, [0.0, 10.0])
    assert np.allclose(heading, [0.0, np.pi / 2])
    assert np.allclose(curvature, [0.0, 0.1])
