from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmark.render.noise import (
    NOISE_SIZE,
    detail,
    floor_int,
    fraction,
    grain,
    hash_cell,
    hash_unit,
    joint,
    mix,
    negative_exponential,
    noise_table,
    saturate,
    smooth_noise,
    smooth_step,
)

f32 = np.float32
TABLE = noise_table(0)
coordinates = st.floats(-1e5, 1e5, width=32)


def test_the_table_depends_on_nothing_but_the_seed():
    assert noise_table(3).tobytes() == noise_table(3).tobytes()
    assert noise_table(3).tobytes() != noise_table(4).tobytes()
    assert TABLE.shape == (2 * NOISE_SIZE, NOISE_SIZE)
    assert TABLE.dtype == np.float32


@pytest.mark.parametrize("share", [0.1, 0.5, 0.77])
def test_a_threshold_is_an_area_share(share):
    for tile in (TABLE[:NOISE_SIZE], TABLE[NOISE_SIZE:]):
        assert (tile < share).mean() == pytest.approx(share, abs=1e-4)


def test_smooth_noise_meets_its_texels_and_repeats():
    assert smooth_noise(TABLE, f32(5.0), f32(9.0)) == TABLE[9, 5]
    assert smooth_noise(TABLE, f32(5.5), f32(9.0)) == pytest.approx((TABLE[9, 5] + TABLE[9, 6]) / 2)
    assert smooth_noise(TABLE, f32(-0.5), f32(0.0)) == pytest.approx((TABLE[0, -1] + TABLE[0, 0]) / 2)
    assert smooth_noise(TABLE, f32(5.25 + NOISE_SIZE), f32(2.0 - NOISE_SIZE)) == smooth_noise(
        TABLE, f32(5.25), f32(2.0)
    )
    assert grain(TABLE, f32(-0.5), f32(3.7)) == TABLE[NOISE_SIZE + 3, NOISE_SIZE - 1]


@settings(deadline=None)  # the first call compiles
@given(coordinates, coordinates)
def test_noise_stays_in_the_unit_interval_and_python_agrees(x, y):
    value = smooth_noise(TABLE, f32(x), f32(y))
    assert 0.0 <= value <= 1.0
    assert value == pytest.approx(float(smooth_noise.py_func(TABLE, f32(x), f32(y))), abs=1e-5)
    assert grain(TABLE, f32(x), f32(y)) == grain.py_func(TABLE, f32(x), f32(y))


@settings(deadline=None)  # the first call compiles
@given(st.floats(-1e6, 1e6, width=32))
def test_floor(x):
    assert floor_int(f32(x)) == floor_int.py_func(f32(x)) == int(np.floor(f32(x)))
    assert 0.0 <= fraction(f32(x)) <= 1.0


def test_hashes_are_uniform_and_fixed():
    values = np.array([hash_unit(key) for key in range(4096)])
    assert values.min() >= 0.0
    assert values.max() < 1.0
    assert values.mean() == pytest.approx(0.5, abs=0.02)
    assert np.histogram(values, 8, (0, 1))[0].min() > 4096 / 8 * 0.8
    assert np.abs(np.corrcoef(values[:-1], values[1:])[0, 1]) < 0.05
    assert hash_unit(12345) == hash_unit.py_func(12345)


@settings(deadline=None)  # the first call compiles
@given(st.integers(-100000, 100000), st.integers(-100000, 100000), st.integers(0, 65535))
def test_cells_have_one_value_each(column, row, key):
    value = hash_cell(column, row, key)
    assert 0.0 <= value < 1.0
    assert value == hash_cell.py_func(column, row, key)


@pytest.mark.parametrize("footprint", [0.001, 0.05, 0.2, 0.3, 0.9, 5.0])
def test_a_joint_keeps_its_mean_at_every_distance(footprint):
    # A line of width 0.1 in a period of 1 covers a tenth of the surface, however large the pixels are.
    x = np.linspace(0.0, 1.0, 4000, endpoint=False)
    covered = np.array([joint(f32(v), f32(0.1), f32(footprint)) for v in x])
    assert covered.min() >= 0.0
    assert covered.max() <= 1.0
    assert covered.mean() == pytest.approx(0.1, abs=0.002)


def test_a_joint_is_sharp_when_near_and_flat_when_far():
    assert joint(f32(3.0), f32(0.1), f32(0.001)) == 1.0
    assert joint(f32(3.5), f32(0.1), f32(0.001)) == 0.0
    assert joint(f32(3.0), f32(0.1), f32(2.0)) == joint(f32(3.5), f32(0.1), f32(2.0)) == f32(0.1)


def test_detail_fades_with_the_pixel():
    assert detail(f32(0.1), f32(0.0)) == 1.0
    assert detail(f32(0.1), f32(0.05)) == pytest.approx(1.0, abs=1e-4)  # two pixels per feature
    assert detail(f32(0.1), f32(0.2)) == 0.0  # half a pixel per feature


@settings(deadline=None)  # the first call compiles
@given(st.floats(0.0, 60.0))
def test_the_fast_exponential_is_close(x):
    assert negative_exponential(f32(x)) == pytest.approx(np.exp(-x), abs=0.0025)


def test_small_helpers():
    assert saturate(f32(-1.0)) == 0.0
    assert saturate(f32(2.0)) == 1.0
    assert mix(f32(2.0), f32(4.0), f32(0.25)) == 2.5
    assert smooth_step(f32(0.0), f32(1.0), f32(0.5)) == 0.5
    assert smooth_step(f32(0.0), f32(1.0), f32(9.0)) == 1.0
