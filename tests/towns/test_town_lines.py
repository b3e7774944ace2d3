"""Reference lines: rounded corners, joins without kinks, profiles."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmark.errors import GeometryError
from roadmark.towns.grades import Knot, between, ease, hill, steepest
from roadmark.towns.joins import join
from roadmark.towns.plan import Path, Piece, PlanPose, through


def near(a: PlanPose, b: PlanPose, tolerance: float = 1e-7) -> bool:
    turn = math.remainder(a.heading - b.heading, math.tau)
    return math.hypot(a.x - b.x, a.y - b.y) < tolerance and abs(turn) < tolerance


def test_a_quarter_circle_ends_where_it_must():
    path = Path(PlanPose(0.0, 0.0, 0.0), (Piece(10.0 * math.pi / 2.0, 0.1, 0.1),))
    assert near(path.end, PlanPose(10.0, 10.0, math.pi / 2.0))


def test_a_clothoid_is_what_scipy_says():
    from scipy.special import fresnel

    length, bend = 30.0, 0.05
    end = Path(PlanPose(0.0, 0.0, 0.0), (Piece(length, 0.0, bend),)).end
    scale = math.sqrt(math.pi * length / bend)
    sine, cosine = fresnel(length / scale)
    assert near(end, PlanPose(scale * cosine, scale * sine, 0.5 * bend * length), 1e-9)


@pytest.mark.parametrize("easing", [0.0, 8.0])
def test_corners_are_rounded_between_the_given_points(easing):
    path = through([(0.0, 0.0), (80.0, 0.0), (80.0, 60.0), (140.0, 100.0)], 20.0, easing)
    assert near(path.start, PlanPose(0.0, 0.0, 0.0))
    assert near(path.end, PlanPose(140.0, 100.0, math.atan2(40.0, 60.0)), 1e-6)
    curvature = [piece.curvature(x) for piece in path.pieces for x in (0.0, piece.length)]
    assert max(abs(value) for value in curvature) == pytest.approx(1.0 / 20.0)
    if easing:
        jumps = [abs(a.end - b.start) for a, b in zip(path.pieces, path.pieces[1:], strict=False)]
        assert max(jumps) < 1e-12


def test_parts_and_the_way_back_lie_on_the_same_line():
    path = through([(0.0, 0.0), (60.0, 0.0), (60.0, 70.0)], 15.0, 6.0)
    part = path.part(12.0, path.length - 20.0)
    assert part.length == pytest.approx(path.length - 32.0)
    for s in np.linspace(0.0, part.length, 9):
        assert near(part.at(float(s)), path.at(12.0 + float(s)), 1e-6)
        assert near(part.reversed().at(float(s)).reversed(), part.at(part.length - float(s)), 1e-6)


coordinates = st.floats(-60.0, 60.0)
turns = st.floats(-2.4, 2.4)


@given(coordinates, coordinates, turns)
def test_a_join_starts_and_ends_as_asked_without_a_kink(x, y, heading):
    start, end = PlanPose(3.0, -2.0, 0.3), PlanPose(x, y, heading)
    if math.hypot(x - 3.0, y + 2.0) < 1.0:
        return
    path = join(start, end)
    assert near(path.start, start)
    assert near(path.end, end, 1e-5)


def test_joins_are_as_simple_as_they_can_be():
    start = PlanPose(0.0, 0.0, 0.0)
    assert [piece.start for piece in join(start, PlanPose(12.0, 0.0, 0.0)).pieces] == [0.0]
    # To the left: 6 m straight on, then a quarter of a circle of 10 m.
    left = join(start, PlanPose(16.0, 10.0, math.pi / 2.0))
    assert [(round(p.length, 6), round(p.start, 6)) for p in left.pieces] == [(6.0, 0.0), (round(5 * math.pi, 6), 0.1)]
    # Aside: two arcs that undo each other.
    aside = join(start, PlanPose(40.0, 4.0, 0.0))
    assert aside.pieces[0].start == pytest.approx(-aside.pieces[1].start)
    with pytest.raises(GeometryError, match="meet"):
        join(start, start)


def test_profiles_meet_their_ends_and_their_limit():
    cubic = between(Knot(5.0, 1.0, 0.02), Knot(45.0, 2.0, -0.01))
    assert (cubic.value(45.0), cubic.slope(45.0)) == (pytest.approx(2.0), pytest.approx(-0.01))
    assert len(ease(3.5, 3.5, 20.0)) == 1
    # A top of 50 m on 200 m gives way until it is no steeper than 4 %.
    profile = hill(0.0, 50.0, 2.0, 200.0)
    assert 0.02 < steepest(profile, 200.0) <= 0.04
    assert profile[-1].value(200.0) == pytest.approx(2.0)
