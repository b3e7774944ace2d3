"""Frames of cameras that stand still: what is taken from the frame before is what would be rendered anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from render_samples import (
    DRAFT,
    NOON,
    STREET_CAMERA,
    STREET_POSE,
    box_mesh,
    ground_mesh,
    looking,
    placed,
    render,
    street,
)

from roadmark.geometry import PinholeCamera
from roadmark.render import Environment, Material, Mesh, MeshBuilder, Quality, Renderer, SpotLight, still
from roadmark.render.passes import RELIT
from roadmark.render.rays import pack_camera

IMAGES = ("rgb", "depth", "semantic", "instance", "normal")
LOW_SUN = Environment(sun_direction=(0.75, 0.6, 0.28))


def same(one, two):
    return all(getattr(one, name).tobytes() == getattr(two, name).tobytes() for name in IMAGES)


@pytest.fixture
def stale(monkeypatch):
    """Share of blocks that each frame of a still camera but the first renders again."""
    shares = []
    original = still.StillView.stale_blocks

    def recorded(view, reach, **options):
        first = view.reach is None
        blocks = original(view, reach, **options)
        assert blocks.all() or not first
        if not first:
            traced, shaded = blocks
            assert (shaded[traced > 0] == 1).all()
            shares.append(float((shaded > 0).mean()))
        return blocks

    monkeypatch.setattr(still.StillView, "stale_blocks", recorded)
    return shares


def changed(rng, instances):
    """The next frame of a scene: a few things move, come, go, turn, change their paint or their place in the list."""
    kept = [instance for instance in instances if rng.random() > 0.1]
    for _ in range(2):
        row = int(rng.integers(len(kept)))
        position = kept[row].transform[:, 3] + rng.uniform(-2, 2, 3) * (1, 1, 0.2)
        kept[row] = placed(kept[row].mesh, position, kept[row].object_id, rng.uniform(0, 6), color=kept[row].color)
    row = int(rng.integers(len(kept)))
    kept[row] = replace(kept[row], color=rng.integers(0, 255, 3))
    if rng.random() < 0.5:
        kept.insert(0, placed(box_mesh(size=(2, 1, 3)), (*rng.uniform(-8, 25, 2), 1.6), 40 + row))
    return kept


@pytest.mark.parametrize("tracer", ["embree", "portable"])
@pytest.mark.parametrize("environment", [NOON, LOW_SUN])
@pytest.mark.parametrize("quality", [DRAFT, Quality.preset("standard"), Quality(ao=False, aa_samples=1)])
def test_every_frame_is_as_if_rendered_anew(tracer, environment, quality, stale):
    static, instances = street()
    rng = np.random.default_rng(5)
    renderer = Renderer(static, threads=2, tracer=tracer)
    for number in range(8):
        hidden = {12} if number % 3 == 2 else set()
        frame = renderer.render(STREET_CAMERA, STREET_POSE, instances, environment, quality, hidden_object_ids=hidden)
        fresh = render(
            static, instances, environment=environment, quality=quality, tracer=tracer, hidden_object_ids=hidden
        )
        assert same(frame, fresh), number
        instances = changed(rng, instances)
    assert len(stale) == 7
    assert max(stale) < 1.0


def test_nothing_is_rendered_twice_where_nothing_changes(stale):
    static, instances = street()
    renderer = Renderer(static, threads=1)
    frames = [renderer.render(STREET_CAMERA, STREET_POSE, instances, NOON, DRAFT) for _ in range(3)]
    assert stale == [0.0, 0.0]
    assert same(frames[0], frames[2])
    frames[1].rgb[:] = 0  # a frame is its owner's
    assert same(frames[0], renderer.render(STREET_CAMERA, STREET_POSE, instances[::-1], NOON, DRAFT))


def test_a_shadow_is_followed_though_its_caster_is_out_of_sight(stale):
    ground = ground_mesh()
    camera, pose = PinholeCamera.from_fov(160, 96, 1.0), looking((0.0, 0.0, 8.0), (12.0, 0.0, 0.0))
    renderer = Renderer(ground, threads=1)
    shaded = []
    for x in (18.0, 18.5, 21.0):
        high = [placed(box_mesh(size=(3, 3, 3)), (x, 0.0, 20.0), 5)]
        frame = renderer.render(camera, pose, high, Environment(sun_direction=(0.24, 0.0, 0.97)), DRAFT)
        assert 5 not in frame.instance
        shaded.append(frame.rgb)
        fresh = render(ground, high, camera=camera, pose=pose, environment=Environment(sun_direction=(0.24, 0.0, 0.97)))
        assert same(frame, fresh)
    assert 0.0 < stale[-1] < 0.6
    assert (shaded[1] != shaded[2]).any()


def test_what_stands_around_or_beside_the_camera_is_followed():
    static, _ = street()
    renderer = Renderer(static, threads=1)
    for number in range(6):
        x = 1.5 - 0.6 * number  # a bus drives past and a hood swings in front of the lens
        instances = [
            placed(box_mesh(size=(9, 2.5, 3)), (x, -1.6, 1.5), 3),
            placed(box_mesh(size=(1, 1, 0.1)), (0.4, 0.2, 2.6 + 0.08 * number), 4, 0.3 * number),
        ]
        frame = renderer.render(STREET_CAMERA, STREET_POSE, instances, LOW_SUN, DRAFT)
        assert same(frame, render(static, instances, environment=LOW_SUN)), number


def test_other_light_is_another_picture():
    static, instances = street()
    renderer = Renderer(static, threads=1)
    night = Environment.from_conditions(lighting="night")
    for number in range(3):
        lights = [SpotLight((8.0 + number, 0.0, 6.0), (0, 0, -1), (40, 40, 40), 0.8, 0.5, 20.0)]
        for environment, lamps in ((LOW_SUN, []), (night, lights)):
            frame = renderer.render(STREET_CAMERA, STREET_POSE, instances, environment, DRAFT, lamps)
            assert same(frame, render(static, instances, environment=environment, lights=lamps)), number


def flooded_street():
    """The street on asphalt, and the lamp of each of its boxes."""
    static, instances = street()
    road = MeshBuilder()
    corners = [[-60.0, -60.0, 0.01], [60.0, -60.0, 0.01], [60.0, 60.0, 0.01], [-60.0, 60.0, 0.01]]
    road.add(corners, [[0, 1, 2], [0, 2, 3]], material=Material.ASPHALT, semantic=1, color=(88, 87, 86))
    return Mesh.merge([static, road.build()]), instances


def head_lamps(instances):
    """A lamp before every box."""
    poses = {instance.object_id: instance.transform for instance in instances if instance.transform[2, 3] < 1.5}
    return [
        SpotLight(pose[:, :3] @ (2.2, 0, 0) + pose[:, 3], pose[:, 0] - (0, 0, 0.1), (45, 43, 38), 0.97, 0.86, 20.0)
        for pose in poses.values()
    ]


@pytest.mark.parametrize("tracer", ["embree", "portable"])
@pytest.mark.parametrize("quality", [Quality.preset("standard"), Quality(reflections=True, aa_samples=1), DRAFT])
@pytest.mark.parametrize("light", ["night", "afternoon"])
def test_lamps_and_mirror_images_are_followed(tracer, quality, light, stale):
    static, instances = flooded_street()
    environment = Environment.from_conditions("raining" if light == "night" else "clear_sky", light, "flooding")
    rng = np.random.default_rng(6)
    renderer = Renderer(static, threads=2, tracer=tracer)
    for number in range(6):
        lights = head_lamps(instances) if light == "night" else []
        frame = renderer.render(STREET_CAMERA, STREET_POSE, instances, environment, quality, lights)
        fresh = render(static, instances, environment=environment, quality=quality, tracer=tracer, lights=lights)
        assert same(frame, fresh), number
        instances = changed(rng, instances)
    assert len(stale) == 5


def test_a_lamp_far_away_leaves_the_rest_of_the_picture(stale):
    # A lamp of 3 m reach moves 24 m away: it lights some blocks near it, and all others are kept.
    static, instances = flooded_street()
    night = Environment.from_conditions("clear_sky", "night", "puddles")
    renderer = Renderer(static, threads=1)
    for number in range(3):
        lights = [SpotLight((24.0 + number, 0.0, 1.0), (0, 0, -1), (40, 40, 40), 0.8, 0.5, 3.0)]
        frame = renderer.render(STREET_CAMERA, STREET_POSE, instances, night, Quality(), lights)
        assert same(frame, render(static, instances, environment=night, quality=Quality(), lights=lights)), number
    assert 0.0 < max(stale) < 0.7


def test_where_only_a_lamp_moves_nothing_but_its_light_is_computed_anew(monkeypatch):
    static, instances = flooded_street()
    night = Environment.from_conditions("clear_sky", "night", "puddles")
    renderer = Renderer(static, threads=1)
    wanted = []
    original = still.StillView.stale_blocks

    def recorded(view, reach, **options):
        again = view.reach is not None
        blocks = original(view, reach, **options)
        if again:
            wanted.append(blocks.copy())
        return blocks

    monkeypatch.setattr(still.StillView, "stale_blocks", recorded)
    for number, lamps in enumerate((1, 1, 0, 1)):
        lights = [SpotLight((14.0 + number, 0.0, 1.0), (0, 0, -1), (40, 40, 40), 0.8, 0.5, 3.0)][:lamps]
        frame = renderer.render(STREET_CAMERA, STREET_POSE, instances, night, Quality(), lights)
        assert same(frame, render(static, instances, environment=night, quality=Quality(), lights=lights)), number
    (moved_traced, moved), (gone_traced, gone), (_, back) = wanted
    assert not moved_traced.any()
    assert not gone_traced.any()
    assert set(moved) == set(gone) == {0, RELIT}
    assert back.all()  # without lamps, what they shine on is not kept


def test_windows_hold_every_point_of_a_box():
    rng = np.random.default_rng(11)
    packed = pack_camera(STREET_CAMERA, STREET_POSE, np.zeros(3))
    for _ in range(200):
        low = rng.uniform(-6, 6, 3) + STREET_POSE.translation
        size = rng.uniform(0.1, 5, 3)
        corners = low + size * np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)])
        left, top, right, bottom = still.box_windows(corners[None], packed, STREET_CAMERA)[0]
        inside = (low + size * rng.random((500, 3)) - STREET_POSE.translation) @ STREET_POSE.rotation
        inside = inside[inside[:, 2] > 0]
        u = STREET_CAMERA.fx * inside[:, 0] / inside[:, 2] + STREET_CAMERA.cx
        v = STREET_CAMERA.fy * inside[:, 1] / inside[:, 2] + STREET_CAMERA.cy
        seen = (u > 0) & (u < STREET_CAMERA.width) & (v > 0) & (v < STREET_CAMERA.height)
        assert ((left < u[seen]) & (u[seen] < right) & (top < v[seen]) & (v[seen] < bottom)).all()


def test_the_picture_used_longest_ago_is_forgotten_first(monkeypatch):
    monkeypatch.setattr(still, "MOST_BYTES", 200)
    views = still.StillViews()
    assert [views.find(key, 100)[0] for key in (b"a", b"b", b"a", b"c", b"a", b"b")] == [
        True, False, True, False, True, False,
    ]  # fmt: skip
