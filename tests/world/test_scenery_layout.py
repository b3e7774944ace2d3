"""Where scenery stands: off the carriageway, out of what must stay clear, the same for the same seed."""

import numpy as np
import pytest
from road_samples import PLAIN_LANES, bridge, road_xml, seen_from_above, street, town

from roadmark.catalog import SemanticClass
from roadmark.maps import load_opendrive, parse_opendrive
from roadmark.world.ground import height_field
from roadmark.world.ground.lane_kinds import split_lanes
from roadmark.world.ground.raster import Raster
from roadmark.world.ground.surfaces import KERB_HEIGHT, surface_shape
from roadmark.world.scenery import KeepOut, Selection, ViewCone, grow
from roadmark.world.scenery.forecourts import forecourt_shape
from roadmark.world.scenery.plots import plan_buildings
from roadmark.world.scenery.selection import detail_of
from roadmark.world.scenery.site import Site
from roadmark.world.scenery.street import Street
from roadmark.world.shape import merge
from roadmark.world.static_world import static_world
from sample_crossing.town import crossing_xodr


def overlaps(shape, strips, cell=0.25):
    """(T,) whether the plan of a triangle, sampled densely, lies over a pixel wholly inside the lanes' plan."""
    points = np.concatenate([strip.center for strip in strips])
    raster = Raster.around(points.min(axis=0), points.max(axis=0), cell, margin=15.0)
    outside = ~raster.covered(strips)
    inner = ~outside
    for axis in (0, 1):  # the filler also takes pixels the lanes only touch: leave the outermost out
        inner &= np.roll(inner, 1, axis) & np.roll(inner, -1, axis)
    weights = np.array([(i, j, 8 - i - j) for i in range(9) for j in range(9 - i)]) / 8.0
    samples = np.einsum("wk,tkc->twc", weights, shape.corners[..., :2].astype(float))
    return raster.sample(inner, samples, False).any(axis=1)


def grown(road_map, seed=0, keep_out=KeepOut()):  # noqa: B008
    return grow(road_map, height_field(road_map, seed), seed, Selection(keep_out))


@pytest.mark.parametrize("make", [street, bridge])
def test_nothing_but_lamps_hangs_over_the_carriageway(make):
    road_map = make()
    shape = grown(road_map).solid
    carriageway, _, _ = split_lanes(road_map)
    over = overlaps(shape, carriageway)
    assert set(shape.semantic[over]) <= {SemanticClass.POLE}
    assert np.all(shape.corners[over][..., 2] > 5.0)


def test_buildings_keep_clear_of_pavements_too():
    road_map = street()
    shape = grown(road_map).solid
    walls = shape.selected(shape.semantic == SemanticClass.BUILDING)
    assert len(walls) > 500
    assert not overlaps(walls, road_map.strips()).any()


@pytest.mark.parametrize("name", ["Town01", "Town04", "Town10HD"])
def test_real_towns_keep_their_roads_free(name, data_dir):
    road_map = load_opendrive(data_dir / "carla" / "xodr" / f"{name}.xodr")
    shape = grown(road_map).solid
    carriageway, pavement, _ = split_lanes(road_map)
    over = overlaps(shape, carriageway, 0.5)
    assert set(shape.semantic[over]) <= {SemanticClass.POLE}
    walls = shape.selected(shape.semantic == SemanticClass.BUILDING)
    assert not overlaps(walls, [*carriageway, *pavement], 0.5).any()
    assert len(shape) < 700_000


def test_buildings_do_not_stand_in_each_other():
    road_map = street(300.0)
    site = Site(road_map, height_field(road_map))
    buildings = plan_buildings(site, np.random.default_rng(1))
    assert len(buildings) > 12
    corners = buildings.corners()[..., :2]
    for k in range(len(buildings)):
        axes = np.stack([corners[k, 1] - corners[k, 0], corners[k, 3] - corners[k, 0]])
        sizes = np.linalg.norm(axes, axis=1)
        local = (buildings.center[:, :2] - corners[k, 0]) @ (axes / sizes[:, None]).T
        inside = np.all((local > 0) & (local < sizes), axis=1)
        assert inside.sum() == 1  # its own centre only


def test_lines_run_round_the_road_at_their_distance_with_the_road_on_the_right():
    road_map = street()
    site = Site(road_map, height_field(road_map))
    (line,) = site.lines(5.0)
    straight = (line.points[:, 0] > 10) & (line.points[:, 0] < 110)
    np.testing.assert_allclose(np.abs(line.points[straight, 1]), 12.0, atol=0.8)
    np.testing.assert_allclose(line.outward[straight, 1], np.sign(line.points[straight, 1]), atol=0.05)
    step = np.roll(line.points, -1, axis=0) - line.points
    left = np.stack([-step[:, 1], step[:, 0]], axis=1)
    assert np.all(np.einsum("ij,ij->i", left, line.outward) > 0)


def test_lamps_reach_over_the_street_and_light_it_from_their_lenses():
    road_map = street(200.0)
    lamps = Street(Site(road_map, height_field(road_map)), Selection(KeepOut()), np.random.default_rng(0)).lamps()
    assert len(lamps.lights) == len(lamps.lenses) // 2 > 8
    for light in lamps.lights:
        assert abs(light.position[1]) < 4.0  # over the carriageway
        assert light.position[2] == pytest.approx(0.15 + 7.55)
        assert light.direction[2] == -1.0


def test_spheres_stay_empty():
    road_map = street()
    center = np.array([60.0, 12.0, 2.0])
    free = grown(road_map, keep_out=KeepOut([(center, 9.0)])).solid
    distance = np.linalg.norm(free.corners - center.astype(np.float32), axis=2).min(axis=1)
    things = free.selected((free.semantic != SemanticClass.SIDEWALKS) & (distance < 8.5))
    assert len(things) == 0
    usual = grown(road_map).solid
    usual = usual.selected(usual.semantic != SemanticClass.SIDEWALKS)
    assert (np.linalg.norm(usual.corners - center.astype(np.float32), axis=2).min(axis=1) < 8.5).any()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_near_view_of_a_camera_stays_free(seed):
    road_map = street()
    position, target = np.array([60.0, 8.5, 6.0]), np.array([75.0, -2.0, 0.0])
    axis = (target - position) / np.linalg.norm(target - position)
    cone = ViewCone(position, axis, np.radians(70))
    shape = grown(road_map, seed, KeepOut((), [cone])).solid
    ray = shape.corners.mean(axis=1).astype(float) - position
    depth = ray @ axis
    aside = np.linalg.norm(ray - depth[:, None] * axis, axis=1)
    seen = (depth > 0) & (depth < 20) & (aside < depth * np.tan(np.radians(35)))
    assert np.all(shape.corners[seen][..., 2] < 1.4)  # only low things are left


def test_what_blocks_a_view_and_what_does_not():
    cone = ViewCone((0, 0, 8), (1, 0, -0.3), np.radians(60))
    feet = np.array([[12.0, 0, 0], [12.0, 0, 0], [-12.0, 0, 0], [60.0, 0, 0], [10.0, 14.0, 0]])
    blocked = KeepOut((), [cone]).blocks(feet, 0.5, [9.0, 1.0, 9.0, 9.0, 9.0])
    assert blocked.tolist() == [True, False, False, False, False]
    assert not KeepOut().blocks(feet, 1.0, 3.0).any()


def test_detail_falls_with_the_distance():
    points = np.array([[0.0, 0.0], [30.0, 0.0], [300.0, 0.0]])
    assert detail_of(points, None, 20, 100).tolist() == [1, 1, 1]
    assert detail_of(points, [[0.0, 0.0, 5.0]], 20, 100).tolist() == [2, 1, 0]
    assert detail_of(points, [[0.0, 0.0], [290.0, 0.0]], 20, 100).tolist() == [2, 1, 2]


def test_highways_get_rails_and_country_roads_poles():
    wide = tuple(("left" if k > 0 else "right", k, "driving", 3.5) for k in (1, 2, 3, 4, -1, -2, -3, -4))
    highway = grown(town(road_xml("1", 0, 0, 0, 300, wide))).solid
    assert (highway.semantic == SemanticClass.GUARD_RAIL).sum() > 100
    lane = grown(town(road_xml("1", 0, 0, 0, 300, PLAIN_LANES))).solid
    assert (lane.semantic == SemanticClass.GUARD_RAIL).sum() == 0
    assert (lane.semantic == SemanticClass.POLE).sum() > 50


def test_scenery_is_the_same_for_the_same_seed_and_differs_for_another():
    road_map = street()
    first, second, other = (grow(road_map, height_field(road_map, seed), seed) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first.solid.corners, second.solid.corners)
    np.testing.assert_array_equal(first.solid.color, second.solid.color)
    assert len(first.solid) != len(other.solid)
    assert len(first.lamps) == len(first.lenses) // 2


def test_the_static_world_is_whole_and_can_be_cut_to_a_radius():
    road_map = street(400.0)
    whole = static_world(road_map, 1, center=[50.0, 0.0, 0.0])
    near = static_world(road_map, 1, center=[50.0, 0.0, 0.0], radius=60.0)
    walls = near.mesh.vertices[near.mesh.triangles[near.mesh.semantic == SemanticClass.BUILDING]]
    assert np.linalg.norm(walls[:, 0, :2] - [50.0, 0.0], axis=1).max() < 60.0
    assert len(near.mesh.triangles) < len(whole.mesh.triangles)
    assert 0 < len(near.lamps) < len(whole.lamps)
    assert (near.mesh.semantic == SemanticClass.TERRAIN).sum() == (whole.mesh.semantic == SemanticClass.TERRAIN).sum()
    assert whole.lens_instances(lit=True)[0].emission == 1
    assert whole.lens_instances(lit=False)[0].emission == 0
    assert whole.lens_instances(lit=True)[0].object_id == 0


def test_a_map_without_pavements_or_signals_still_grows():
    world = static_world(town(road_xml("1", 0, 0, 1.0, 60, PLAIN_LANES)), 0)
    assert np.isfinite(world.mesh.vertices).all()


def test_pavement_and_forecourt_are_one_surface_of_one_class():
    road_map = parse_opendrive(crossing_xodr(), "crossing")
    field = height_field(road_map, 0)
    site = Site(road_map, field)
    ground = merge([surface_shape(road_map), forecourt_shape(site, Selection(KeepOut()))])
    paved = ground.selected(ground.semantic == SemanticClass.SIDEWALKS)
    # The corner's kerb is a quarter circle round (14, 14); its pavement reaches from 10 m to 7 m off that centre.
    angle = np.linspace(0.05, 0.5 * np.pi - 0.05, 40)[:, None]
    reach = np.linspace(4.5, 9.7, 60)[None, :]
    around = np.stack([14.0 - reach * np.cos(angle), 14.0 - reach * np.sin(angle)], axis=-1).reshape(-1, 2)
    straight = np.stack(np.meshgrid(np.linspace(30.0, 120.0, 40), np.linspace(4.3, 10.0, 60)), axis=-1).reshape(-1, 2)
    for points in (around, straight):
        top, _ = seen_from_above(paved, points)
        np.testing.assert_allclose(top, KERB_HEIGHT, atol=0.0025)
