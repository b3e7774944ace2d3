"""Paint follows a surface that is not flat."""

import numpy as np
import pytest

from roadmark.world.ground.drape import Surface, draped, highest
from roadmark.world.ground.paint import crosswalk_shape
from roadmark.world.shape import empty, merge, quads


def plane(slope, low, high, lift=0.0):
    corners = [[low, -9, slope * low + lift], [high, -9, slope * high + lift], [high, 9, slope * high + lift]]
    return quads([[*corners, [low, 9, slope * low + lift]]], material=1, semantic=1, color=(9, 9, 9))


def test_the_highest_surface_counts():
    ground = merge([plane(0.0, -5, 5), plane(0.1, 0, 5)])
    top = highest(np.array([[-1.0, 0.0], [2.0, 1.0], [9.0, 0.0]]), ground.corners.astype(float))
    assert top[0] == pytest.approx(0.0)
    assert top[1] == pytest.approx(0.2)
    assert top[2] == -np.inf


def test_stripes_bend_over_a_ridge_and_keep_their_area():
    surface = merge([plane(0.1, -10, 0), plane(-0.1, 0, 10)])
    stripes = crosswalk_shape([[-1.5, -4, -0.1], [1.5, -4, -0.1], [1.5, 4, -0.1], [-1.5, 4, -0.1]])
    laid = draped(stripes, Surface(surface), 0.008)
    np.testing.assert_allclose(laid.corners[..., 2], 0.008 - 0.1 * np.abs(laid.corners[..., 0]), atol=1e-5)

    def plan_area(shape):
        u, v = shape.corners[:, 1] - shape.corners[:, 0], shape.corners[:, 2] - shape.corners[:, 0]
        return (u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]).sum() / 2

    assert plan_area(laid) == pytest.approx(plan_area(stripes), rel=1e-5)


def test_paint_beside_the_surface_and_on_another_level_stays_where_it_is():
    stripes = crosswalk_shape([[-1.5, -4, 0], [1.5, -4, 0], [1.5, 4, 0], [-1.5, 4, 0]])
    for surface in (plane(0.0, 50, 60), plane(0.0, -9, 9, lift=7.0)):
        np.testing.assert_allclose(draped(stripes, Surface(surface), 0.008).corners[..., 2], 0.004, atol=1e-6)
    assert len(draped(empty(), Surface(plane(0.0, 0, 1)), 0.1)) == 0
