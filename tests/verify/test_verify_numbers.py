"""Numbers with known answers: similarity, flicker's motion, mirrors, contrast."""

import numpy as np
import pytest

from roadmark.media import DecodedFrame
from roadmark.verify.evidence import DISPLACEMENTS, DISTANCES
from roadmark.verify.kernels import correlate
from roadmark.verify.pictures import Picture
from roadmark.verify.similarity import ssim


def picture(gray):
    return Picture(gray, DecodedFrame.of(np.repeat(gray[..., None], 3, axis=2)))


def test_similarity_of_constant_pictures_is_that_of_their_means():
    dark, bright = (np.full((40, 40), level, np.float32) for level in (50.0, 100.0))
    c1 = (0.01 * 255) ** 2
    assert ssim(dark, dark) == pytest.approx(1.0)
    assert ssim(dark, bright) == pytest.approx((2 * 50 * 100 + c1) / (50**2 + 100**2 + c1), rel=1e-4)


def test_the_gradient_of_a_ramp_is_its_slope():
    ramp = np.tile(np.arange(0, 120, 3, dtype=np.uint8), (20, 1))
    np.testing.assert_allclose(picture(ramp).gradient[5:-5, 5:-5], 3.0, rtol=1e-6)
    np.testing.assert_allclose(picture(ramp).structure[5:-5, 5:-5], np.sqrt(3.0), rtol=1e-6)


def test_lab_of_gray_is_neutral_and_half_as_large():
    lab = picture(np.full((20, 30), 128, np.uint8)).lab
    assert lab.shape == (10, 15, 3)
    np.testing.assert_allclose(lab[..., 1:].astype(int), 128, atol=1)


def test_wide_pictures_are_compared_scaled_down():
    assert picture(np.zeros((1080, 1920), np.uint8)).small.shape == (720, 1280)
    assert picture(np.zeros((180, 320), np.uint8)).small.shape == (180, 320)


def test_correlation_finds_a_template_where_it_was_put():
    rng = np.random.default_rng(3)
    image = rng.normal(0.0, 1.0, (80, 80)).astype(np.float32)
    rows, columns = (part.reshape(-1).astype(np.int32) for part in np.mgrid[30:50, 30:50])
    template = image[rows + 3, columns - 4]
    out = np.zeros(len(DISPLACEMENTS))
    correlate(image, rows, columns, template, DISPLACEMENTS, 0.0, out)
    assert DISPLACEMENTS[np.argmax(out)].tolist() == [-4, 3]
    assert out.max() == pytest.approx(1.0)
    assert np.sort(out)[-2] < 0.3


def test_what_is_flat_or_out_of_the_picture_correlates_with_nothing():
    flat = np.full((30, 30), 7.0, np.float32)
    rows, columns = (part.reshape(-1).astype(np.int32) for part in np.mgrid[0:6, 0:6])
    template = np.arange(36, dtype=np.float32)
    out = np.ones(len(DISPLACEMENTS))
    correlate(flat, rows, columns, template, DISPLACEMENTS, 0.2, out)
    np.testing.assert_array_equal(out, 0.0)


def test_displacements_begin_at_none_and_are_whole_within_five_pixels():
    assert DISPLACEMENTS[0].tolist() == [0, 0]
    near = {tuple(d) for d in DISPLACEMENTS.tolist() if max(map(abs, d)) <= 5}
    assert len(near) == 11 * 11
    assert DISTANCES.max() == pytest.approx(12 * np.sqrt(2))
