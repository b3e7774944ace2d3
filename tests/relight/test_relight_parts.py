"""The parts of a relight: projection, normals, lamps found, windows, wrapped depth."""

from dataclasses import replace

import numpy as np
import pytest
from relight_samples import HEIGHT, WIDTH, camera, gray, pose, relit, street

from roadmark.catalog import Conditions, SemanticClass
from roadmark.geometry import FThetaCamera, pixel_centers
from roadmark.relight import find_street_lamps, unwrapped_depth
from roadmark.relight.lens import pack_lens, project
from roadmark.relight.prepare import normals_from_depth
from roadmark.relight.windows import SHRINK, window_glass
from roadmark.render.kernels import pack_camera


def fisheye(width=WIDTH, height=HEIGHT):
    """About 120 degrees across, nearly equidistant."""
    return FThetaCamera(width, height, width / 2, height / 2, (0.0, 76.0, 0.0, -1.2, 0.0, 0.0), "pixel_from_angle")


@pytest.mark.parametrize("lens", [camera(), fisheye()], ids=["pinhole", "f-theta"])
def test_kernels_project_as_the_camera_does(lens):
    rng = np.random.default_rng(0)
    points = rng.uniform([-10.0, -6.0, 2.0], [10.0, 6.0, 40.0], (200, 3))
    expected = lens.project(points)
    packed = pack_lens(lens)
    for point, uv, valid in zip(points.astype(np.float32), expected.uv, expected.valid, strict=True):
        u, v, seen = project(packed, *point)
        assert seen == valid
        if valid:
            assert (u, v) == pytest.approx(uv, abs=0.02)


@pytest.mark.parametrize("lens", [camera(), fisheye()], ids=["pinhole", "f-theta"])
def test_normals_of_planes_are_exact_but_at_their_edges(lens):
    buffers = street(lens=lens)
    packed = pack_camera(lens, buffers.pose, np.zeros(3))
    depth = buffers.depth
    found = np.empty((HEIGHT, WIDTH, 3), np.float32)
    normals_from_depth(depth, packed.view, packed.table, found)
    solid = np.isfinite(depth)
    cosine = (found * buffers.normals)[solid].sum(axis=-1)
    assert np.mean(cosine > np.cos(np.radians(2.0))) > 0.98


def test_an_f_theta_clip_is_relit_like_a_pinhole_one():
    """The wall behind the camera's centre shows the same colour through either lens."""
    target = Conditions("fog", "afternoon", "dry")
    straight, wide = (relit(street(lens=lens), target, lens=lens) for lens in (camera(), fisheye()))
    assert gray(straight)[45, 80] == pytest.approx(gray(wide)[45, 80], abs=3.0)
    flood = Conditions("overcast", "afternoon", "flooding")
    assert gray(relit(street(lens=fisheye()), flood, lens=fisheye()))[80, 80] > 0.0


def test_odd_sizes_are_whole():
    lens = camera(93, 51)
    picture = relit(street(lens=lens), Conditions("raining", "night", "puddles"), lens=lens)
    assert picture.shape == (51, 93, 3)
    assert gray(picture)[-1, -1] > 0.0


def test_depth_along_the_ray_is_the_same_scene():
    buffers = street()
    rays = camera().rays(pixel_centers(WIDTH, HEIGHT).reshape(-1, 2))[:, 2].reshape(HEIGHT, WIDTH)
    ranged = replace(buffers, depth=(buffers.depth / rays).astype(np.float32))
    target = Conditions("fog", "night", "snow")
    difference = np.abs(relit(buffers, target).astype(int) - relit(ranged, target, depth_is_range=True))
    assert np.mean(difference.max(axis=-1) <= 2) > 0.99


def test_street_lamps_are_the_ends_of_poles_that_carry_no_signal():
    wide = camera(640, 360)
    pole, light = SemanticClass.POLE, SemanticClass.TRAFFIC_LIGHT
    posts = [
        (16.0, 4.0, 0.08, 7.6, pole, 90),  # a lamp without an arm
        (20.0, -5.0, 0.08, 7.0, pole, 90),  # carries a signal
        (20.0, -5.0, 0.2, 4.0, light, 90),
        (14.0, -2.0, 0.06, 3.0, pole, 90),  # a sign's post
    ]
    view = pose(tilt=0.0)
    buffers = street(lens=wide, view=view, posts=posts)
    found = find_street_lamps(wide, [buffers, buffers], 0.0)
    assert found == pytest.approx(np.array([[16.0, 4.0, 7.5]]), abs=0.15)


def test_windows_are_dark_compact_parts_of_walls():
    semantic = np.full((360, 640), SemanticClass.BUILDING, np.uint8)
    semantic[300:] = SemanticClass.ROADS
    picture = np.full((360, 640, 3), 180, np.uint8)
    picture[100:130, 200:220] = 40  # a window
    picture[60:64, :] = 40  # a cornice
    picture[310:340, 200:220] = 40  # a dark patch of road
    glass = window_glass(picture, semantic)
    window, cornice, road, wall = (
        glass[row // SHRINK, column // SHRINK] for row, column in ((115, 210), (62, 300), (325, 210), (200, 400))
    )
    assert (window, cornice, road, wall) == (255, 0, 0, 0)


def test_wrapped_depth_is_made_whole():
    view = pose(tilt=6.0, eye=8.0)
    buffers = street(wall=150.0, view=view, wall_height=20.0)
    solid = np.isfinite(buffers.depth)
    stored = np.where(solid, buffers.depth, 1000.0)  # CARLA's sky
    assert stored[solid].max() > 131.1  # more than two turns
    whole = unwrapped_depth(np.mod(stored, 65.536).astype(np.float32), buffers.semantic, camera(), view, 0.0)
    assert np.isinf(whole[~solid]).all()
    assert whole[solid] == pytest.approx(buffers.depth[solid], abs=0.01)
