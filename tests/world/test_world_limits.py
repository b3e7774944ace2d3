"""Towns with little in them, and maps that are larger than a camera can see: made, and made within bounds."""

import numpy as np
import pytest
from road_samples import PLAIN_LANES, mark_xml, road_xml, street, town

from roadmark.catalog import SemanticClass
from roadmark.errors import InputError
from roadmark.geometry import PinholeCamera, Pose
from roadmark.render import Environment, Mesh, Quality, Renderer
from roadmark.world import signal_models, static_world
from roadmark.world.ground.crossings import crossed_by_lanes
from roadmark.world.ground.raster import Raster
from roadmark.world.ground.terrain import height_field


def test_a_road_without_lamps_signals_or_marks_can_be_seen():
    road_map = town(road_xml("1", 0, 0, 0, 100, PLAIN_LANES))
    world, signals = static_world(road_map, 0, center=[50.0, 0.0, 3.0], radius=80.0), signal_models(road_map)
    assert world.lamps == []
    assert world.lens_instances(lit=True) == []
    mesh = Mesh.merge([world.mesh, signals.static])
    down = Pose(np.diag([1.0, -1.0, -1.0]), np.array([50.0, 0.0, 20.0]), "world", "camera")
    camera = PinholeCamera(16, 12, 8.0, 8.0, 8.0, 6.0)
    frame = Renderer(mesh, threads=1).render(
        camera, down, world.lens_instances(lit=True), Environment(), Quality.preset("draft")
    )
    assert frame.semantic[6, 8] == SemanticClass.ROADS
    assert frame.depth[6, 8] == pytest.approx(20.0, abs=0.01)


def test_of_a_large_map_only_what_is_near_the_cameras_is_made():
    roads = [road_xml(str(k), x, 0, 0, 400, PLAIN_LANES) for k, x in enumerate(range(-4000, 4000, 400))]
    world = static_world(town(*roads), 0, center=[120.0, 0.0, 5.0], radius=100.0)
    # 1500 m and half the diagonal of a square kilometre around the origin, a station more, and the ground beyond.
    reach = 1500.0 + 500.0 * 2.0**0.5
    road = world.mesh.vertices[world.mesh.triangles[world.mesh.semantic == SemanticClass.ROADS]]
    assert reach - 10.0 < np.abs(road[..., 0]).max() < reach + 11.0
    # Cameras of the same place see the same ground.
    again = static_world(town(*roads), 0, center=[-250.0, 30.0, 2.0], radius=100.0)
    hills = [
        made.mesh.vertices[made.mesh.triangles[made.mesh.semantic == SemanticClass.TERRAIN]] for made in (world, again)
    ]
    np.testing.assert_array_equal(*hills)


def test_lanes_that_cover_the_same_ground_too_often_are_refused():
    wide = (("left", 1, "driving", 900.0),)
    with pytest.raises(InputError, match="too often"):
        static_world(town(*(road_xml(str(k), 0, k, 0.8, 3000, wide) for k in range(2))), 0)


def test_a_grid_over_a_large_area_is_coarser_not_larger():
    raster = Raster.around([0.0, 0.0], [4000.0, 1000.0], 0.25, most=1e6)
    assert raster.cell == pytest.approx(2.0)
    assert raster.shape == (501, 2001)
    assert Raster.around([0.0, 0.0], [100.0, 50.0], 0.25, most=1e6).cell == 0.25
    thin = Raster.around([0.0, 0.0], [1e5, 0.0], 0.25, most=1e4)
    assert thin.shape[0] * thin.shape[1] < 1.1e4


def test_a_junction_of_a_thousand_storeys_takes_little_memory(monkeypatch):
    sizes = []
    zeros = np.zeros

    def counted(shape, *arguments, **options):
        sizes.append(int(np.prod(shape)))
        return zeros(shape, *arguments, **options)

    monkeypatch.setattr("roadmark.world.ground.crossings._MOST_PIXELS", 1e7)
    climb = '<elevation s="0" a="0" b="2" c="0" d="0"/>'
    lane = (("right", -1, "driving", 3.0),)
    tower = town(
        *(
            road_xml(str(k), 0, 0, 0.1 * k, 900, lane, elevation=climb, junction="1", marks={0: mark_xml("solid")})
            for k in range(4)
        ),
        rest='<junction id="1" name="j"/>',
    )
    marks = tower.marks()
    points = np.array([mark.points[0] for mark in marks])
    monkeypatch.setattr("numpy.zeros", counted)
    crossed_by_lanes(tower, marks, np.arange(len(marks)), points)
    assert sum(sizes) < 1.5e7  # at a quarter of a metre it were 10^10


def test_banks_end_on_the_steepest_mountain():
    climb = '<elevation s="0" a="0" b="9" c="0" d="0"/>'
    field = height_field(street(900.0, lanes=PLAIN_LANES, elevation=climb))
    assert np.isfinite(field.height).all()
