"""Single rays: distances and objects by hand, on both tracers."""

import numpy as np
import pytest
from render_samples import box_mesh, ground_mesh, looking, placed, street

from roadmark.geometry.cameras import PinholeCamera, pixel_centers
from roadmark.render import Environment, Quality, Renderer

BOTH = pytest.mark.parametrize("tracer", ["embree", "portable"])


@BOTH
def test_rays_meet_the_first_thing_on_their_way(tracer):
    renderer = Renderer(ground_mesh(), threads=1, tracer=tracer)
    cars = [placed(box_mesh(size=(4, 2, 2)), (x, 0.0, 1.0), number) for x, number in ((10.0, 7), (20.0, 9))]
    starts = np.tile([0.0, 0.0, 1.5], (5, 1))
    ends = [[100, 0, 1.5], [100, 30, 1.5], [0, 0, -1], [0, 0, 50], [15, 0, 1.5]]
    # the first car's rear is at 8 m; a ray beside both leaves the scene at 1.5 m height; ground 1.5 m below; sky;
    # rays go on through their ends
    seen = renderer.probe(starts, ends, cars)
    np.testing.assert_allclose(seen.distance, [8.0, np.inf, 1.5, np.inf, 8.0], rtol=1e-6)
    assert seen.object_id.tolist() == [7, -1, 0, -1, 7]
    assert seen.instance.tolist() == [0, -2, -1, -2, 0]
    without = renderer.probe(starts, ends, cars[1:])
    np.testing.assert_allclose(without.distance[0], 18.0, rtol=1e-6)
    assert without.object_id[0] == 9


@BOTH
def test_rays_through_pixels_see_what_the_picture_shows(tracer):
    static, instances = street()
    camera, pose = PinholeCamera.from_fov(60, 40, 1.1), looking((0.3, 0.2, 3.1), (12.0, 0.4, 1.0))
    renderer = Renderer(static, threads=1, tracer=tracer)
    frame = renderer.render(camera, pose, instances, Environment(), Quality.preset("draft"))
    rays = camera.rays(pixel_centers(60, 40).reshape(-1, 2))
    seen = renderer.probe(pose.translation[None], pose.apply(rays), instances)
    depth = seen.distance * rays[:, 2] / np.linalg.norm(rays, axis=1)
    pictured = frame.depth.reshape(-1)
    agrees = np.isclose(depth, pictured, rtol=1e-4) | (np.isinf(depth) & np.isinf(pictured))
    assert agrees.mean() > 0.995  # rays along an edge may fall to either side
    hit = np.isfinite(pictured) & agrees
    assert (seen.object_id[hit] == frame.instance.reshape(-1)[hit]).all()


def test_no_rays_meet_nothing():
    seen = Renderer(ground_mesh(), threads=1).probe(np.zeros((0, 3)), np.zeros((0, 3)))
    assert seen.distance.shape == seen.object_id.shape == (0,)
