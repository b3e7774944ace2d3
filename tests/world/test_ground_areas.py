"""Raster areas as quads."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmark.world.ground.areas import area_quads, trapezoids
from roadmark.world.ground.raster import Raster


def area(quads):
    x, y = quads[..., 0], quads[..., 1]
    return float((x * np.roll(y, -1, 1) - np.roll(x, -1, 1) * y).sum() / 2)


def test_a_square_with_a_square_hole():
    outer = np.array([[0.0, 0.0], [6.0, 0.0], [6.0, 6.0], [0.0, 6.0]])
    quads = trapezoids([outer, outer / 3.0 + 2.0])
    assert area(quads) == pytest.approx(36.0 - 4.0)
    assert trapezoids([]).shape == (0, 4, 2)


@settings(max_examples=40, deadline=None)
@given(st.integers(3, 12), st.integers(0, 2**31), st.floats(0.3, 5.0))
def test_the_area_of_any_star_shaped_outline(corners, seed, tallest):
    rng = np.random.default_rng(seed)
    angle = (np.arange(corners) + 0.8 * rng.random(corners)) * 2 * np.pi / corners
    outline = np.c_[np.cos(angle), np.sin(angle)] * rng.uniform(1, 8, (corners, 1))
    exact = area(outline[None])
    assert area(trapezoids([outline])) == pytest.approx(exact, rel=1e-6, abs=1e-6)
    quads = trapezoids([outline], tallest)
    assert area(quads) == pytest.approx(exact, rel=1e-6, abs=1e-6)
    assert np.ptp(quads[..., 1], axis=1).max() <= tallest + 1e-9


def test_steps_of_a_slanting_border_become_straight_and_pieces_stay_small():
    raster = Raster(np.array([10.0, 20.0]), 0.25, (80, 80))
    rows, columns = np.mgrid[0:80, 0:80]
    mask = (columns > 10 + rows // 3) & (columns < 70) & (rows > 5) & (rows < 75)
    quads = area_quads(raster, mask, 2.0)
    assert np.ptp(quads, axis=1).max() <= 2.0 + 1.0
    assert area(quads) == pytest.approx(mask.sum() * 0.0625, rel=0.05)
    left = quads[quads[..., 0].argmin() // 4]
    assert len(area_quads(raster, mask)) < 40
    assert left[..., 0].min() > 10.0
    assert len(area_quads(raster, np.zeros((80, 80), dtype=bool))) == 0
