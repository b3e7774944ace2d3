import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmark.media import decode_depth, encode_depth, inverse_depth_table, suggested_near


def encoded(values, unit="1/256m"):
    return encode_depth(np.array([values], np.float32), unit)[0].tolist()


def test_depth_is_rounded_to_the_nearest_step():
    assert encoded([1.0, 1.0 + 0.4 / 256, 1.0 + 0.6 / 256]) == [256, 256, 257]


def test_depth_saturates_and_never_wraps():
    """The published tool casts 66 m to 464 mm, 100 m to 34,464 mm and the sky's 1000 m to 16,960 mm."""
    assert encoded([66.0, 100.0, 1000.0], "mm") == [65535, 65535, 65535]
    assert encoded([66.0, 100.0, 255.9, 256.0, 1000.0]) == [16896, 25600, 65510, 65535, 65535]  # 255.9 * 256 = 65510.4


def test_no_return_is_zero_and_returns_are_never_zero():
    assert encoded([np.inf, 0.0, -1.0, 1e-4]) == [0, 0, 0, 1]


def test_nan_is_refused():
    with pytest.raises(ValueError, match="NaN"):
        encoded([1.0, np.nan])


@given(st.floats(0.015625, 255.875, width=32))
def test_what_is_read_back_is_within_half_a_step(metres):
    back = decode_depth(encode_depth(np.array([[metres]], np.float32)))[0, 0]
    assert abs(float(back) - metres) <= 0.5 / 256 + 1e-5


def test_no_return_reads_as_infinity():
    assert decode_depth(np.array([[0, 512]], np.uint16)).tolist() == [[np.inf, 2.0]]


def test_gray_is_linear_in_inverse_depth():
    """near 2, far 10: white at 2 m, black from 10 m, and half way between 1/2 and 1/10, that is at 1/0.3 m, 127.5."""
    gray = inverse_depth_table(2.0, 10.0)
    steps = [round(metres * 256) for metres in (1.0, 2.0, 1 / 0.3, 10.0, 20.0)]
    assert gray[steps].tolist() == [255, 255, 128, 0, 0] or gray[steps].tolist() == [255, 255, 127, 0, 0]
    assert gray[0] == 0  # no return


def test_gray_falls_with_distance_without_the_teeth_of_a_wrapped_depth():
    gray = inverse_depth_table(1.0).astype(int)
    assert (np.diff(gray[1:]) <= 0).all()


@pytest.mark.parametrize(("near", "far"), [(0.0, 10.0), (5.0, 5.0), (np.nan, 10.0), (np.inf, np.inf)])
def test_a_scale_needs_an_order(near, far):
    with pytest.raises(ValueError, match="0 < near < far"):
        inverse_depth_table(near, far)


def test_the_scale_of_a_clip_comes_from_its_nearest_surface():
    depth = np.full((64, 64), np.inf, np.float32)
    assert suggested_near(depth) == 5.0
    depth[32:] = 12.0
    assert suggested_near(depth) == 9.0  # three quarters
    depth[:8] = 1.0  # a pole before the lens: an eighth would count, ...
    assert suggested_near(depth) == 0.8
    depth[:8, 8:] = np.inf  # ... a sixtieth does not
    assert suggested_near(depth) == 9.0
    depth[:] = 500.0
    assert suggested_near(depth) == 20.0
    depth[:] = 0.1
    assert suggested_near(depth) == 0.5
