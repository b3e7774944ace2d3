"""Objects measured as if they stood alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from render_samples import DRAFT, NOON, box_mesh, ground_mesh, looking, placed, sphere_mesh, street

from roadmark.geometry.cameras import FThetaCamera, PinholeCamera
from roadmark.render import Renderer

BOTH = pytest.mark.parametrize("tracer", ["embree", "portable"])


def brute_force(renderer, camera, pose, group):
    """Render the object alone with a camera three times as large."""
    width, height = camera.width, camera.height
    wide = camera.cropped(-width, -height, 3 * width, 3 * height)
    frame = renderer.render(wide, pose, group, NOON, DRAFT)
    mask = frame.instance > 0
    inside = mask[height : 2 * height, width : 2 * width]
    rows, columns = np.nonzero(inside)
    bounds = (columns.min(), rows.min(), columns.max(), rows.max()) if len(rows) else None
    return int(inside.sum()), int(mask.sum()), bounds


def far_ground():
    """A ground below everything, so that nothing hides the objects."""
    return ground_mesh(z=-500.0)


@BOTH
def test_silhouettes_equal_rendering_each_object_alone(tracer):
    _, instances = street()
    groups = [instances[i : i + 2] for i in range(0, len(instances), 2)]
    camera, pose = PinholeCamera.from_fov(100, 60, 0.7), looking((0.3, 0.2, 3.1), (12.0, 3.0, 1.0))
    renderer = Renderer(far_ground(), threads=1, tracer=tracer)
    found = renderer.silhouettes(camera, pose, groups)
    expected = [brute_force(renderer, camera, pose, group) for group in groups]
    assert [(s.pixels, s.total, s.bounds) for s in found] == expected
    assert any(s.total > s.pixels > 0 for s in found), "one object crosses the border"


@settings(max_examples=25, deadline=None)
@given(x=st.floats(2.0, 40.0), y=st.floats(-15.0, 15.0), z=st.floats(-6.0, 6.0), yaw=st.floats(0.0, 6.3))
def test_silhouettes_equal_rendering_anywhere(x, y, z, yaw):
    group = [placed(BODY, (x, y, z), 3, yaw), placed(BALL, (x, y, z + 1.5), 3)]
    found = RENDERER.silhouettes(CAMERA, POSE, [group])[0]
    assert (found.pixels, found.total, found.bounds) == brute_force(RENDERER, CAMERA, POSE, group)


BODY, BALL = box_mesh(size=(4, 2, 1.5)), sphere_mesh(0.8, 8, 12)
RENDERER = Renderer(ground_mesh(z=-500.0), threads=1)
CAMERA, POSE = PinholeCamera.from_fov(80, 48, 0.9), looking((0, 0, 0), (1, 0, 0))


def test_an_object_behind_the_camera_has_no_pixels():
    behind = [placed(BODY, (-20.0, 0.0, 0.0), 3)]
    assert (
        RENDERER.silhouettes(CAMERA, POSE, [behind, []])
        == [
            type(RENDERER.silhouettes(CAMERA, POSE, [behind])[0])(0, 0, None),
        ]
        * 2
    )


def test_hidden_by_others_does_not_count():
    near = [placed(BODY, (6.0, 0.0, 0.0), 3)]
    far = [placed(BODY, (16.0, 0.0, 0.0), 4)]
    assert RENDERER.silhouettes(CAMERA, POSE, [near, far])[1] == RENDERER.silhouettes(CAMERA, POSE, [far])[0]


def test_a_very_near_object_is_counted_coarsely_outside_and_exactly_inside():
    camera = PinholeCamera.from_fov(400, 300, 1.2)
    wall = [placed(box_mesh(size=(0.2, 5.0, 3.0)), (1.6, 0.0, 0.2), 3)]
    found = RENDERER.silhouettes(camera, POSE, [wall])[0]
    inside, total, bounds = brute_force(RENDERER, camera, POSE, wall)
    assert (found.pixels, found.bounds) == (inside, bounds)
    assert found.total == pytest.approx(total, rel=0.01)


def test_fisheye_silhouettes_equal_rendering_alone():
    camera = FThetaCamera(90, 70, 45.0, 35.0, (0.0, 0.012, 0.0, 0.0, 0.0, 0.0), max_angle=1.3)
    group = [placed(BODY, (4.0, 2.0, 0.5), 3, 0.6)]
    found = RENDERER.silhouettes(camera, POSE, [group])[0]
    assert (found.pixels, found.total, found.bounds) == brute_force(RENDERER, camera, POSE, group)
