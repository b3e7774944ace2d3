"""Depth, normals and ids of scenes whose answer is known."""

import numpy as np
import pytest
from render_samples import (
    CAR,
    ROAD,
    STREET_CAMERA,
    STREET_POSE,
    box_mesh,
    expected_planar_depth,
    ground_mesh,
    hit_corners,
    looking_down,
    placed,
    render,
    sphere_mesh,
    street,
)

from roadmark.geometry.cameras import FThetaCamera, PinholeCamera
from roadmark.render import Mesh

TRACERS = ("embree", "portable")
SKY = 11


@pytest.mark.parametrize("tracer", TRACERS)
def test_ground_seen_from_above_has_one_depth_and_an_upward_normal(tracer):
    frame = render(ground_mesh(), camera=PinholeCamera.from_fov(40, 24, 1.0), pose=looking_down(7.5), tracer=tracer)
    np.testing.assert_allclose(frame.depth, 7.5, rtol=1e-6)
    assert (frame.semantic == ROAD).all()
    assert (frame.instance == 0).all()
    assert (frame.normal == (128, 128, 255)).all()  # round((0, 0, 1) * 127.5 + 127.5), half up
    assert not frame.depth_is_range


@pytest.mark.parametrize("tracer", TRACERS)
def test_depth_lies_on_the_hit_triangles_plane(tracer):
    static, instances = street()
    frame = render(static, instances, tracer=tracer, aov=True)
    corners, rows, columns = hit_corners(static, instances, frame)
    depth = frame.depth[rows, columns].astype(np.float64)
    _, directions = expected_planar_depth(STREET_CAMERA, STREET_POSE, corners, rows, columns)
    points = STREET_POSE.translation + directions * depth[:, None]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    off = np.abs(np.einsum("ni,ni->n", points - corners[:, 0], normals))
    assert len(rows) > 10_000
    assert (off < 1e-4 + 1e-5 * depth).all()


def test_depth_stays_exact_far_from_the_world_origin():
    # Static vertices are float32, whole numbers here; what is left is the renderer's own error.
    x, y = 40_000.0, -25_000.0
    box = placed(box_mesh(size=(2, 2, 2)), (x + 0.37, y + 0.11, 1.0), 5)
    camera, pose = PinholeCamera.from_fov(64, 48, 0.6), looking_down(30.0, x, y)
    frame = render(ground_mesh(64.0, center=(x, y)), [box], camera=camera, pose=pose)
    np.testing.assert_allclose(frame.depth[frame.instance == 5].min(), 28.0, atol=1e-4)
    np.testing.assert_allclose(frame.depth[frame.instance == 0], 30.0, atol=1e-4)
    # The box's middle is 0.37 m east: focal length 32 / tan(0.3), top at 28 m depth.
    columns = np.nonzero((frame.instance == 5).any(axis=0))[0] + 0.5
    assert columns.mean() - 32 == pytest.approx(0.37 * 32 / np.tan(0.3) / 28, abs=0.5)


@pytest.mark.parametrize("tracer", TRACERS)
def test_normals_are_the_facets_unit_normals_towards_the_camera(tracer):
    static, instances = street()
    frame = render(static, instances, tracer=tracer, aov=True)
    corners, rows, columns = hit_corners(static, instances, frame)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    _, directions = expected_planar_depth(STREET_CAMERA, STREET_POSE, corners, rows, columns)
    normals *= np.where(np.einsum("ni,ni->n", normals, directions) > 0, -1, 1)[:, None]
    stored = frame.normal[rows, columns].astype(np.float64) / 255 * 2 - 1
    assert np.abs(stored - normals).max() < 1.02 / 255
    assert (frame.normal[frame.triangle < 0] == 0).all()


def test_a_triangle_seen_from_behind_turns_its_normal_to_the_camera():
    frame = render(ground_mesh(), camera=PinholeCamera.from_fov(16, 16, 0.5), pose=_looking_up(-3.0))
    assert (frame.normal == (128, 128, 0)).all()
    np.testing.assert_allclose(frame.depth, 3.0, rtol=1e-6)


def test_sky_has_no_depth_no_object_and_the_callers_class():
    frame = render(ground_mesh(), camera=PinholeCamera.from_fov(16, 16, 0.5), pose=_looking_up(3.0), aov=True)
    assert np.isinf(frame.depth).all()
    assert (frame.semantic == SKY).all()
    assert (frame.instance == 0).all()
    assert (frame.triangle == -1).all()
    assert (frame.instance_index == -2).all()
    assert (frame.albedo == 0).all()
    assert (frame.sun_visibility == 0).all()


@pytest.mark.parametrize("tracer", TRACERS)
def test_a_sphere_is_where_a_sphere_is(tracer):
    radius, height = 1.0, 6.0
    ball = placed(sphere_mesh(radius, 60, 120), (0, 0, 1.0), 9)
    camera = PinholeCamera.from_fov(81, 81, 0.8)
    frame = render(ground_mesh(), [ball], camera=camera, pose=looking_down(height), tracer=tracer)
    assert frame.instance[40, 40] == 9
    assert frame.semantic[40, 40] == CAR
    assert frame.depth[40, 40] == pytest.approx(height - 2 * radius, abs=2e-3)
    # A sphere 5 m away covers a disc of angular radius asin(1 / 5); facets lie a little inside.
    pixels = np.pi * (camera.fx * np.tan(np.arcsin(radius / (height - radius)))) ** 2
    assert (frame.instance == 9).sum() == pytest.approx(pixels, rel=0.02)


def test_f_theta_depth_agrees_with_a_pinhole_along_the_same_rays():
    camera = FThetaCamera(96, 64, 48.0, 32.0, (0.0, 0.012, 0.0, 0.0, 0.0, 0.0), max_angle=0.8)
    static, instances = street()
    frame = render(static, instances, camera=camera, aov=True)
    assert not frame.depth_is_range
    corners, rows, columns = hit_corners(static, instances, frame)
    expected, _ = expected_planar_depth(camera, STREET_POSE, corners, rows, columns)
    assert len(rows) > 2000
    np.testing.assert_allclose(frame.depth[rows, columns], expected, rtol=1e-4)


def test_f_theta_beyond_its_lens_is_black_and_unlabelled():
    camera = FThetaCamera(64, 64, 32.0, 32.0, (0.0, 0.02, 0.0, 0.0, 0.0, 0.0), max_angle=0.5)
    frame = render(ground_mesh(), camera=camera, pose=looking_down(5.0))
    x, y = np.meshgrid(np.arange(64) + 0.5 - 32, np.arange(64) + 0.5 - 32)
    outside = np.hypot(x, y) > 25.0  # 0.5 rad at 0.02 rad per pixel
    assert (frame.semantic[outside] == 0).all()
    assert (frame.rgb[outside] == 0).all()
    assert np.isinf(frame.depth[outside]).all()
    assert (frame.semantic[~outside] == ROAD).all()


def test_a_fisheye_beyond_a_hemisphere_gives_the_range():
    camera = FThetaCamera(100, 100, 50.0, 50.0, (0.0, 0.04, 0.0, 0.0, 0.0, 0.0), max_angle=1.9)
    frame = render(Mesh.merge([ground_mesh(), ground_mesh(z=20.0)]), camera=camera, pose=looking_down(5.0))
    assert frame.depth_is_range
    # 45 degrees off the axis the ground is 5 sqrt(2) away; that is 0.785 / 0.04 = 19.6 pixels from the centre.
    assert frame.depth[50, 50 + 19] == pytest.approx(5 / np.cos(0.04 * np.hypot(19.5, 0.5)), rel=1e-4)
    # Behind the camera is the upper plane.
    assert frame.depth[50, 95] == pytest.approx(15 / -np.cos(0.04 * np.hypot(45.5, 0.5)), rel=1e-3)


def _looking_up(height):
    pose = looking_down(height)
    return type(pose)(pose.rotation @ np.diag([1.0, -1.0, -1.0]), pose.translation)
