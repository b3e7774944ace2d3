"""Projected boxes: by hand, and against the box ray-traced pixel by pixel."""

import functools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmark.geometry import (
    RDF_FROM_FLU,
    Box3D,
    FThetaCamera,
    PinholeCamera,
    box_outline,
    pixel_centers,
    project_box,
    rotation_from_rpy,
)
from roadmark.geometry.boxes import EDGES

PINHOLE = PinholeCamera(100, 100, 50.0, 50.0, 50.0, 50.0)
WIDE = FThetaCamera(160, 90, 80.0, 50.0, (0, 60.0, 0, -2.0, 0, 0), "pixel_from_angle")  # about 85° at the corners
FISHEYE = FThetaCamera(200, 200, 100.0, 100.0, (0, 0.015, 0, 0, 0, 0), "angle_from_pixel")  # 121° at the corners
SUPERSAMPLE = 3


def box(center, size, rotation=None):
    return Box3D(np.array(center, float), np.array(size, float), np.eye(3) if rotation is None else rotation, "camera")


@functools.cache
def fine_rays(camera):
    uv = pixel_centers(camera.width * SUPERSAMPLE, camera.height * SUPERSAMPLE) / SUPERSAMPLE
    return uv, camera.rays(uv)


def traced_bounds(camera, target):
    """Bounds of the finely spaced image points whose rays hit the box: the true ones up to the spacing."""
    uv, rays = fine_rays(camera)
    directions = rays @ target.rotation
    directions[directions == 0.0] = 1e-300
    origin = -target.center @ target.rotation
    planes = np.stack([(sign * target.size / 2 - origin) / directions for sign in (-1, 1)])
    enter, leave = planes.min(axis=0).max(axis=1), planes.max(axis=0).min(axis=1)
    hit = uv[(leave >= enter) & (leave > 0)]
    return None if not len(hit) else np.concatenate([hit.min(axis=0), hit.max(axis=0)])


def edge_points(camera, target, count=2000):
    """Image points on the box's edges, finely and evenly spaced as the camera sees them."""
    ends = target.corners()[np.array(EDGES)]
    ends = ends / np.linalg.norm(ends, axis=2, keepdims=True)
    s = np.linspace(0, 1, count)[:, None, None]
    projection = camera.project(((1 - s) * ends[:, 0] + s * ends[:, 1]).reshape(-1, 3))
    return projection.uv[projection.inside(camera.width, camera.height)]


angle = st.floats(-math.pi, math.pi)
boxes = st.builds(
    lambda c, s, rpy: box(c, s, rotation_from_rpy(rpy)),
    st.tuples(st.floats(-8, 8), st.floats(-4, 4), st.floats(-4, 12)),
    st.tuples(*[st.floats(0.3, 5)] * 3),
    st.tuples(angle, angle, angle),
)


@pytest.mark.parametrize("camera", [PINHOLE, WIDE, FISHEYE], ids=["pinhole", "wide", "fisheye"])
@settings(max_examples=20, deadline=None)
@given(target=boxes)
def test_bounds_contain_what_is_seen_and_little_more(camera, target):
    seen, bounds = traced_bounds(camera, target), project_box(camera, target)
    if seen is None:
        # Slivers thinner than a fine pixel are seen by no ray: they are thin, or small, or both.
        assert bounds is None or (bounds[2:] - bounds[:2]).min() < 3.0
        return
    assert bounds is not None
    assert (bounds[:2] <= seen[:2] + 1e-6).all()
    assert (bounds[2:] >= seen[2:] - 1e-6).all()
    # A pointed corner may reach further than the last ray that hits it, but no further than its edges.
    reached = np.concatenate([seen.reshape(2, 2), edge_points(camera, target)])
    assert (bounds[:2] >= reached.min(axis=0) - 0.5).all()
    assert (bounds[2:] <= reached.max(axis=0) + 0.5).all()


@pytest.mark.parametrize("camera", [PINHOLE, WIDE, FISHEYE], ids=["pinhole", "wide", "fisheye"])
def test_bounds_of_blunt_boxes_are_tight(camera):
    # Upright cars around the camera: no needle-like corners, so the traced bounds are good to a fine pixel or two.
    for yaw in np.linspace(0.0, 2 * np.pi, 9):
        for x, z in ((-6.0, 9.0), (0.0, 8.0), (5.0, 12.0), (3.0, 3.0)):
            target = box([x, 0.7, z], [4.5, 1.9, 1.6], RDF_FROM_FLU @ rotation_from_rpy([0, 0, yaw]))
            np.testing.assert_allclose(project_box(camera, target), traced_bounds(camera, target), atol=0.8)


def test_pinhole_box_by_hand():
    # 2 m cube, its near face 1 m away and 1 m right of the axis: u from 50 + 50/3 (far left edge) to the border.
    target = box([2.0, 0.0, 2.0], [2.0, 2.0, 2.0])
    np.testing.assert_allclose(project_box(PINHOLE, target), [50 + 50 / 3, 0, 100, 100], atol=1e-12)
    np.testing.assert_allclose(
        project_box(PINHOLE, target, clip_to_image=False), [50 + 50 / 3, 0, 200, 100], atol=1e-12
    )


def test_a_box_through_the_camera_plane_is_cut_at_the_near_plane():
    # A wall along the camera's right side, 1 m off, from 5 m behind to 10 m ahead: from 50 + 50/10 to the right border.
    wall = box([1.5, 0.0, 2.5], [1.0, 1.0, 15.0])
    assert project_box(PINHOLE, wall)[0] == pytest.approx(55.0)
    assert project_box(PINHOLE, wall)[2] == 100.0
    whole = project_box(PINHOLE, wall, clip_to_image=False, near=0.5)
    np.testing.assert_allclose(whole, [55.0, 50 - 50, 50 + 50 * 2 / 0.5, 50 + 50], atol=1e-9)


def test_the_camera_inside_a_box_sees_it_everywhere():
    for camera in (PINHOLE, WIDE, FISHEYE):
        bounds = project_box(camera, box([0.1, 0.2, 0.0], [3, 3, 3]))
        np.testing.assert_allclose(bounds, [0, 0, camera.width, camera.height])


def test_boxes_out_of_view_have_no_bounds():
    for camera in (PINHOLE, WIDE, FISHEYE):
        assert project_box(camera, box([0.0, 0.0, -9.0], [2, 2, 2])) is None
    assert project_box(PINHOLE, box([50.0, 0.0, 5.0], [2, 2, 2])) is None
    assert project_box(PINHOLE, box([0.0, 0.0, -9.0], [2, 2, 2]), clip_to_image=False) is None
    assert project_box(WIDE, box([0.0, 0.0, -9.0], [2, 2, 2]), clip_to_image=False) is None


def test_bounds_in_the_image_are_tighter_than_clamped_ones():
    # A needle passing the image's corner diagonally: clamping its full extent would claim far more than is visible.
    needle = box([0.95, 0.95, 1.0], [3.0, 0.02, 0.02], rotation_from_rpy([0, 0, -math.pi / 4]))
    visible, whole = (project_box(PINHOLE, needle, clip_to_image=clip) for clip in (True, False))
    assert whole[0] < 50 < visible[0]


def test_ftheta_edges_bulge_beyond_their_ends():
    # A long bar above a fisheye: its image is an arc whose top lies over the middle, not over the ends.
    bar = box([0.0, -2.0, 2.0], [12.0, 0.02, 0.02])
    corners = FISHEYE.project(bar.corners()).uv
    # Its upper front edge passes straight above: 45.2° off the axis; r = angle / 0.015.
    top = 100 - math.atan2(2.01, 1.99) / 0.015
    for clip in (True, False):
        bounds = project_box(FISHEYE, bar, clip_to_image=clip)
        assert bounds[1] == pytest.approx(top, abs=1e-5)
        assert bounds[1] < corners[:, 1].min() - 5


def test_outline_draws_the_visible_edges():
    target = box([0.0, 0.0, 11.0], [2.0, 2.0, 2.0])
    lines = box_outline(PINHOLE, target)
    assert len(lines) == 12
    assert all(line.shape == (2, 2) for line in lines)
    np.testing.assert_allclose(np.concatenate(lines).max(axis=0), [55.0, 55.0])
    assert box_outline(PINHOLE, box([0, 0, -11], [2, 2, 2])) == []
    # Half behind the camera: the four edges of the rear face are gone, four are cut short.
    assert len(box_outline(PINHOLE, box([2, 0, 0], [2, 2, 8]))) == 8
    curves = box_outline(FISHEYE, target, samples=10)
    assert [line.shape for line in curves] == [(10, 2)] * 12
