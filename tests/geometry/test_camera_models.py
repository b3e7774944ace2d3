"""Pinhole and f-theta cameras: known pixels, exact round trips, consistent resizing and cropping."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from roadmark.errors import GeometryError
from roadmark.geometry import FThetaCamera, PinholeCamera, pixel_centers

# Real 120° and 70° lenses of an RDS-HQ rig (specs/av-grounding.md 1.3), one of each polynomial kind.
BACKWARD = [964.86275, 744.439, 1920, 1080, 0, 1.0655136e-3, -6.3100036e-9, 1.9566128e-11, 1.2580889e-14]
BACKWARD += [1.28343936e-18, 1]
FORWARD = [933.82935, 557.2074, 1920, 1080, 0, 1571.27855, 96.98752, -255.40837, 150.845965, 97.98543, 0]

CAMERAS = {
    "pinhole": PinholeCamera(1920, 1080, 1100.0, 1050.0, 970.0, 530.0),
    "backward": FThetaCamera.from_vector(BACKWARD),
    "forward": FThetaCamera.from_vector(FORWARD),
    "forward with linear terms": FThetaCamera.from_vector([*FORWARD, 1.02, 0.003, -0.004]),
    "backward with linear terms": FThetaCamera.from_vector([*BACKWARD, 0.98, -0.002, 0.001]),
}
each_camera = pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS.keys())
pixels = arrays(np.float64, (8, 2), elements=st.floats(-400.0, 2400.0))


def test_pinhole_from_fov_is_carlas():
    # K of CARLA: f = W / (2 tan(fov / 2)), centre W/2, H/2.
    # A point 1 m right and 0.5 m down at 2 m: 960 + 960/2, 540 + 240.
    camera = PinholeCamera.from_fov(1920, 1080, math.radians(90))
    np.testing.assert_allclose(camera.matrix, [[960, 0, 960], [0, 960, 540], [0, 0, 1]], atol=1e-9)
    projection = camera.project([[1.0, 0.5, 2.0], [0.0, 0.0, -1.0], [5.0, 0.0, 1.0]])
    np.testing.assert_allclose(projection.uv[0], [1440.0, 780.0])
    assert np.isnan(projection.uv[1]).all()
    assert projection.valid.tolist() == [True, False, True]
    assert projection.inside(1920, 1080).tolist() == [True, False, False]
    assert projection.depth.tolist() == [2.0, -1.0, 1.0]
    assert camera.fov == pytest.approx((math.pi / 2, 2 * math.atan(540 / 960)))


def test_pixel_centers_run_row_by_row():
    assert pixel_centers(2, 2).tolist() == [[0.5, 0.5], [1.5, 0.5], [0.5, 1.5], [1.5, 1.5]]


@each_camera
@given(uv=pixels)
def test_projecting_a_ray_gives_its_pixel_back(camera, uv):
    rays = camera.rays(uv)
    np.testing.assert_allclose(np.linalg.norm(rays, axis=1), 1.0, atol=1e-12)
    projection = camera.project(3.0 * rays)
    np.testing.assert_allclose(projection.uv, uv, atol=1e-8)
    inside = (uv >= 0).all(axis=1) & (uv < [camera.width, camera.height]).all(axis=1)
    assert projection.valid[inside].all()
    assert projection.inside(camera.width, camera.height)[(uv > 1e-6).all(axis=1) & inside].all()


@each_camera
@given(uv=pixels, width=st.integers(100, 3000), height=st.integers(100, 3000))
def test_resizing_scales_pixels_and_keeps_rays(camera, uv, width, height):
    resized = camera.resized(width, height)
    scaled = uv * [width / camera.width, height / camera.height]
    np.testing.assert_allclose(resized.rays(scaled), camera.rays(uv), atol=1e-11)
    np.testing.assert_allclose(resized.project(camera.rays(uv)).uv, scaled, atol=1e-7)


@each_camera
@given(uv=pixels, x0=st.integers(-50, 500), y0=st.integers(-50, 500))
def test_cropping_shifts_pixels_and_keeps_rays(camera, uv, x0, y0):
    cropped = camera.cropped(x0, y0, 640, 480)
    assert (cropped.width, cropped.height) == (640, 480)
    np.testing.assert_allclose(cropped.rays(uv - [x0, y0]), camera.rays(uv), atol=1e-11)


@each_camera
def test_resizing_back_is_the_same_camera(camera):
    back = camera.resized(1280, 704).resized(1920, 1080)
    np.testing.assert_allclose(
        back.rays(pixel_centers(64, 36) * 30), camera.rays(pixel_centers(64, 36) * 30), atol=1e-13
    )


@each_camera
def test_cameras_are_values(camera):
    assert camera == camera.cropped(0, 0, camera.width, camera.height)
    assert hash(camera) == hash(camera.cropped(0, 0, camera.width, camera.height))
    assert camera != camera.resized(640, 360)


def test_ftheta_equidistant_lens_by_hand():
    # r = 500 t: 45° right lands 500 pi/4 to the right of the centre, 90° up 500 pi/2 above it, although z = 0 there.
    camera = FThetaCamera(2000, 2000, 1000.0, 1000.0, (0, 500.0, 0, 0, 0, 0), "pixel_from_angle")
    projection = camera.project([[1.0, 0.0, 1.0], [0.0, -2.0, 0.0], [0.0, 0.0, 4.0]])
    expected = [[1000 + 125 * math.pi, 1000], [1000, 1000 - 250 * math.pi], [1000, 1000]]
    np.testing.assert_allclose(projection.uv, expected, atol=1e-9)
    assert projection.valid.all()
    assert camera.max_angle == pytest.approx(math.hypot(1000, 1000) / 500)
    # Straight behind is 180° off the axis, beyond the corner's 162°: extrapolated, not valid.
    behind = camera.project([[0.0, 0.0, -1.0]])
    np.testing.assert_allclose(behind.uv, [[1000 + 500 * math.pi, 1000]], atol=1e-9)
    assert not behind.valid.any()


def test_ftheta_and_its_inverse_kind_are_one_lens():
    forward = FThetaCamera(1000, 800, 500.0, 400.0, (0, 400.0, 0, 0, 0, 0), "pixel_from_angle")
    backward = FThetaCamera(1000, 800, 500.0, 400.0, (0, 1 / 400.0, 0, 0, 0, 0), "angle_from_pixel")
    uv = pixel_centers(50, 40) * 20
    np.testing.assert_allclose(forward.rays(uv), backward.rays(uv), atol=1e-13)
    np.testing.assert_allclose(forward.angle_from_pixel, backward.polynomial, atol=1e-12)


@pytest.mark.parametrize("name", ["backward", "forward"])
def test_the_missing_polynomial_is_fitted_closely(name):
    # The reference fits the other direction too, and is 0.035 px off at most on such lenses; ours only starts Newton.
    camera = CAMERAS[name]
    angle = np.linspace(0.0, camera.max_angle, 200)
    fitted = np.polynomial.polynomial.polyval(angle, camera.pixel_from_angle)
    assert np.abs(fitted - camera.radii(angle)).max() < 0.05
    radius = camera.radii(angle)
    fitted = np.polynomial.polynomial.polyval(radius, camera.angle_from_pixel)
    assert np.abs(fitted - angle).max() < 5e-5
    np.testing.assert_allclose(camera.angles(radius), angle, atol=1e-14)


def test_ftheta_continues_linearly_beyond_the_largest_angle():
    camera = CAMERAS["backward"]
    t, step = camera.max_angle, 1e-6
    inner, edge, outer, far = camera.radii(np.array([t - step, t, t + step, t + 0.5]))
    assert outer - edge == pytest.approx(edge - inner, rel=1e-5)
    assert far - edge == pytest.approx(0.5 * (outer - edge) / step, rel=1e-6)
    assert not camera.project([[math.sin(t + 0.01), 0.0, math.cos(t + 0.01)]]).valid.any()


def test_ftheta_vector_shifts_by_half_a_pixel_only_at_the_border():
    camera = FThetaCamera.from_vector(FORWARD)
    assert (camera.cx, camera.cy) == (934.32935, 557.7074)
    assert math.degrees(CAMERAS["backward"].max_angle) == pytest.approx(77.7, abs=0.1)  # measured on the rig: 77-78°
    assert math.degrees(camera.max_angle) == pytest.approx(41, abs=0.5)
    np.testing.assert_allclose(camera.to_vector(), [*FORWARD, 1, 0, 0], rtol=1e-15)
    with_terms = CAMERAS["backward with linear terms"]
    assert FThetaCamera.from_vector(with_terms.to_vector()) == with_terms


def test_ftheta_published_example_polynomial():
    # The recipe documents this 3848 x 2168 lens with fx 359.42, fy 540.89, cx 638.48, cy 358.04 at 1280 x 720. The
    # reference sums the angles to pixels 0 and w - 1 (h - 1), with one scale for all radii: sqrt(sx sy).
    camera = FThetaCamera(3848, 2168, 1919.9, 1078.6, (0, 0.000538, 2.356e-09, 1.907e-12, 1.204e-16, 0))
    scale = math.sqrt(1280 / 3848 * 720 / 2168)
    horizontal = camera.angles(np.array([638.48, 1279 - 638.48]) / scale).sum()
    vertical = camera.angles(np.array([358.04, 719 - 358.04]) / scale).sum()
    assert 1280 / (2 * math.tan(horizontal / 2)) == pytest.approx(359.42, abs=0.01)
    assert 720 / (2 * math.tan(vertical / 2)) == pytest.approx(540.89, abs=0.01)


def test_an_explicit_largest_angle_narrows_or_widens_the_lens():
    narrow = FThetaCamera(1000, 800, 500.0, 400.0, (0, 400.0, 0, 0, 0, 0), "pixel_from_angle", max_angle=1.0)
    wide = FThetaCamera(1000, 800, 500.0, 400.0, (0, 1 / 400.0, 0, 0, 0, 0), "angle_from_pixel", max_angle=2.0)
    point = [[math.sin(1.2), 0.0, math.cos(1.2)], [math.sin(1.9), 0.0, math.cos(1.9)]]
    assert narrow.project(point).valid.tolist() == [False, False]
    assert wide.project(point).valid.tolist() == [True, True]


FLAT = (0, 1e-3, 0, -1e-9, 0, 0)  # angle rises up to r = sqrt(1e-3 / 3e-9) = 577 px


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: PinholeCamera(0, 100, 1, 1, 1, 1), "1 x 1"),
        (lambda: PinholeCamera(100, 100, 0, 1, 1, 1), "focal lengths"),
        (lambda: PinholeCamera(100, 100, 1, 1, math.nan, 1), "cx must be a finite"),
        (lambda: PinholeCamera.from_fov(100, 100, math.pi), "between 0 and 180 degrees, not 180"),
        (lambda: PinholeCamera.from_fov(100, 100, 0.0), "field of view"),
        (lambda: PinholeCamera.from_fov(100, 100, math.nan), "field of view"),
        (lambda: FThetaCamera(2000, 2000, 1000, 1000, FLAT), "angle_from_pixel turns at 577.35"),
        (
            lambda: FThetaCamera(2000, 2000, 1000, 1000, (0, 500, 0, -200, 0, 0), "pixel_from_angle"),
            "does not rise up to",
        ),
        (lambda: FThetaCamera(2000, 2000, 1000, 1000, (0, -1, 0, 0, 0, 0), "pixel_from_angle"), "does not rise"),
        (lambda: FThetaCamera(2000, 2000, 1000, 1000, (0, 1, 0, 0, 0, 0)), "reaches .* degrees inside the image"),
        (lambda: FThetaCamera(200, 200, 100, 100, (0.1, 1e-3, 0, 0, 0, 0)), "start at 0"),
        (lambda: FThetaCamera(200, 200, 100, 100, (0, 1e-3)), "6 finite coefficients"),
        (lambda: FThetaCamera(200, 200, 100, 100, (0, 1e-3, 0, 0, 0, 0), "both"), "direction must be"),
        (lambda: FThetaCamera(200, 200, 100, 100, (0, 1e-3, 0, 0, 0, 0), c=-1.0), "linear terms"),
        (lambda: FThetaCamera(200, 200, 100, 100, (0, 1e-3, 0, 0, 0, 0), max_angle=4.0), "max_angle"),
        (lambda: FThetaCamera(200, 200, 100, 100, FLAT, max_angle=1.0), "does not rise up to 1"),
        (
            lambda: FThetaCamera(200, 200, 100, 100, (0, 500, 0, -200, 0, 0), "pixel_from_angle", max_angle=1.5),
            "pixel_from_angle turns at 0.9128",
        ),
        (lambda: FThetaCamera.from_vector([1, 2, 3]), "11 or 14"),
        (lambda: CAMERAS["pinhole"].project([[1.0, 2.0]]), "points must have shape"),
        (lambda: CAMERAS["pinhole"].project(np.zeros((2, 2, 3))), r"points must have shape \(N, 3\)"),
        (lambda: CAMERAS["forward"].rays([[1.0, math.inf]]), "pixels must be finite"),
        (lambda: CAMERAS["forward"].resized(0, 10), "1 x 1"),
    ],
)
def test_wrong_numbers_are_refused(call, message):
    with pytest.raises(GeometryError, match=message):
        call()
