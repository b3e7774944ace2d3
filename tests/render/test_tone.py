from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmark.render.environment import Environment
from roadmark.render.tone import film_curve, srgb_decode, srgb_encode, tone_map, tone_table

f32 = np.float32


HALF = Environment(exposure=0.5)


def mapped(values, environment=HALF):
    packed = environment.pack()
    return [tone_map(f32(v), f32(v), f32(v), packed)[0] for v in values]


def test_the_film_curve_rises_and_stays_within_the_display():
    x = np.linspace(0.0, 40.0, 20001)
    y = film_curve(x)
    assert y[0] == 0.0
    assert (np.diff(y) >= 0.0).all()
    assert y.max() <= 1.0
    assert film_curve(np.array([-1.0]))[0] == 0.0


def test_srgb_knows_the_standards_numbers():
    # IEC 61966-2-1: 0.5 linear is 0.7353 encoded, the linear part ends at 0.04045.
    assert srgb_encode(np.array([0.5]))[0] == pytest.approx(0.735357, abs=1e-5)
    assert srgb_encode(np.array([0.0031308]))[0] == pytest.approx(0.04045, abs=1e-5)
    x = np.linspace(0.0, 1.0, 1001)
    assert srgb_decode(srgb_encode(x)) == pytest.approx(x, abs=1e-6)


def test_the_table_is_the_curve_to_half_a_step():
    radiance = np.concatenate([np.linspace(0.0, 1.0, 4001), np.linspace(1.0, 12.0, 1001)])
    exact = 255.0 * srgb_encode(film_curve(radiance * 0.5))
    assert np.abs(np.array(mapped(radiance), dtype=float) - exact).max() < 1.0


def test_black_and_white():
    assert mapped([0.0, 1e9, -3.0]) == [0, 255, 0]


@settings(deadline=None)  # the first call compiles
@given(st.floats(0.0, 100.0, width=32), st.floats(0.0, 100.0, width=32))
def test_more_light_is_never_darker(a, b):
    low, high = sorted((a, b))
    dark, bright = mapped([low, high])
    assert dark <= bright


def test_channels_are_independent_and_python_agrees_with_the_compiled_code():
    packed = Environment().pack()
    color = (f32(0.1), f32(0.7), f32(2.5))
    assert tuple(tone_map(*color, packed)) == tuple(tone_map.py_func(*color, packed))
    assert tone_map(*color, packed)[1] == tone_map(color[1], color[1], color[1], packed)[0]


def test_exposure_scales_radiance():
    assert mapped([0.6], Environment(exposure=0.4)) == mapped([0.3], Environment(exposure=0.8))
    assert tone_table(0.5)[0] == pytest.approx(2.0 * tone_table(1.0)[0])
