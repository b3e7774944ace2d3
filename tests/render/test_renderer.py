"""Shadows, anti-aliasing, threads, hidden objects, lamps and wrong arguments."""

import numpy as np
import pytest
from render_samples import (
    CAR,
    DRAFT,
    NOON,
    STREET_CAMERA,
    STREET_POSE,
    box_mesh,
    ground_mesh,
    looking,
    looking_down,
    placed,
    render,
    street,
)

from roadmark.errors import GeometryError, RenderError
from roadmark.geometry.cameras import PinholeCamera
from roadmark.geometry.pose import Pose
from roadmark.render import Environment, Instance, Material, Mesh, Quality, Renderer, SpotLight, kernels_are_cached

ABOVE = PinholeCamera.from_fov(64, 64, 0.8)


@pytest.mark.parametrize("tracer", ["embree", "portable"])
def test_shadow_falls_where_the_sun_puts_it(tracer):
    # A 2 m cube floating at 3..5 m, sun at 45 degrees from the east: its shadow is 3..7 m further west.
    cube = placed(box_mesh(size=(2, 2, 2)), (4.0, 0.0, 4.0), 5)
    sun = Environment(sun_direction=(np.sqrt(0.5), 0.0, np.sqrt(0.5)))
    frame = render(
        ground_mesh(), [cube], camera=ABOVE, pose=looking_down(20.0), environment=sun, tracer=tracer, aov=True
    )
    rows, columns = np.nonzero((frame.sun_visibility == 0) & (frame.instance == 0))
    metres = frame.depth[rows, columns] / ABOVE.fx
    x, y = (columns + 0.5 - 32) * metres, (rows + 0.5 - 32) * metres
    pixel = 20.0 / ABOVE.fx
    assert x.min() == pytest.approx(3 - 5, abs=pixel)
    assert x.max() == pytest.approx(5 - 3, abs=pixel)
    assert (y.min(), y.max()) == (pytest.approx(-1, abs=pixel), pytest.approx(1, abs=pixel))
    shaded = frame.rgb[rows, columns].mean()
    assert shaded < 0.7 * frame.rgb[(frame.sun_visibility == 255) & (frame.instance == 0)].mean()


def test_without_sun_nothing_is_lit():
    night = Environment(sun_light=(0.0, 0.0, 0.0))
    frame = render(ground_mesh(), camera=ABOVE, pose=looking_down(20.0), environment=night, aov=True)
    assert (frame.sun_visibility == 0).all()


def test_occlusion_darkens_the_ground_beside_a_wall_only():
    wall = placed(box_mesh(size=(1, 30, 3)), (0.0, 0.0, 1.5), 5)
    overcast = Environment(sun_light=(0.0, 0.0, 0.0))
    options = {"camera": ABOVE, "pose": looking_down(20.0), "environment": overcast}
    plain = render(ground_mesh(), [wall], **options)
    shaded = render(ground_mesh(), [wall], quality=Quality(ao=True, aa_samples=0), **options)
    ratio = shaded.rgb[..., 1].astype(float) / plain.rgb[..., 1]
    # Half of the hemisphere is hidden at the wall's foot, nothing within 4 m at the image's border.
    row, middle = ratio[32], 32
    foot = np.nonzero(plain.instance[32] == 0)[0]
    foot = foot[foot > middle][1]
    assert row[foot] < 0.9
    np.testing.assert_allclose(row[:8], 1.0, atol=0.02)
    # No 4 x 4 pattern: along the wall the value hardly changes.
    assert ratio[20:44, foot].std() < 0.02


def test_anti_aliasing_changes_colours_and_no_label():
    static, instances = street()
    plain = render(static, instances, quality=Quality(ao=False, aa_samples=0))
    smooth = render(static, instances, quality=Quality(ao=False, aa_samples=4))
    for name in ("depth", "semantic", "instance", "normal"):
        np.testing.assert_array_equal(getattr(plain, name), getattr(smooth, name))
    changed = (plain.rgb != smooth.rgb).any(axis=2)
    assert 0.01 < changed.mean() < 0.5
    # What changed lies next to another surface or a shadow's edge, never inside the sky.
    sky = plain.semantic == 11
    inner_sky = sky & np.roll(sky, 1, 0) & np.roll(sky, -1, 0) & np.roll(sky, 1, 1) & np.roll(sky, -1, 1)
    assert not changed[inner_sky].any()


def test_edge_pixels_become_mixtures():
    # A black slab with slanted edges before the sky: on them, greys between the two.
    slab = Instance(
        box_mesh(size=(0.2, 3, 3), material=Material.RUBBER, color=(20, 20, 20)), _rolled((10.0, 0.0, 6.0)), 5
    )
    camera, pose = PinholeCamera.from_fov(64, 64, 0.6), looking((0, 0, 6), (10, 0, 6))
    plain, smooth = (
        render(ground_mesh(), [slab], camera=camera, pose=pose, quality=Quality(ao=False, aa_samples=n)) for n in (0, 6)
    )
    darkest_sky = plain.rgb[plain.instance == 0].min()
    brightest_slab = plain.rgb[plain.instance == 5].max()
    between = ((smooth.rgb > brightest_slab + 5) & (smooth.rgb < darkest_sky - 5)).all(axis=2)
    assert between.sum() > 60
    assert not ((plain.rgb > brightest_slab) & (plain.rgb < darkest_sky)).any()


def test_threads_and_repetition_do_not_change_a_byte():
    static, instances = street()
    quality = Quality(ao=True, reflections=True, aa_samples=3)
    lights = [SpotLight((8.0, 0.0, 6.0), (0, 0, -1), (40, 40, 40), 0.8, 0.5, 20.0)]
    one, two = Renderer(static, threads=1), Renderer(static, threads=2)
    frames = []
    for renderer in (one, two, two):
        frames.append(renderer.render(STREET_CAMERA, STREET_POSE, instances, Environment(), quality, lights, aov=True))
    for name in ("rgb", "depth", "semantic", "instance", "normal", "sun_visibility", "albedo", "triangle"):
        first = getattr(frames[0], name)
        assert first.tobytes() == getattr(frames[1], name).tobytes() == getattr(frames[2], name).tobytes(), name


def test_albedo_does_not_change_colours():
    static, instances = street()
    assert render(static, instances, aov=True).rgb.tobytes() == render(static, instances).rgb.tobytes()


@pytest.mark.parametrize("tracer", ["embree", "portable"])
def test_a_hidden_object_is_not_seen_but_keeps_its_shadow(tracer):
    hood = placed(box_mesh(size=(2, 2, 1)), (0.0, 0.0, 15.0), 7)
    other = placed(box_mesh(size=(1, 1, 1)), (0.0, 0.0, 0.5), 8)
    options = {"camera": ABOVE, "pose": looking_down(20.0), "tracer": tracer, "aov": True}
    seen = render(ground_mesh(), [hood, other], **options)
    hidden = render(ground_mesh(), [hood, other], hidden_object_ids={7}, **options)
    assert set(np.unique(seen.instance)) == {0, 7}
    assert set(np.unique(hidden.instance)) == {0, 8}
    assert (hidden.sun_visibility[30:34, 30:34] == 0).all()


def test_paint_comes_from_the_instance():
    mesh = box_mesh(size=(4, 4, 1))
    cars = [placed(mesh, (-3, 0, 0.5), 1, color=(220, 20, 20)), placed(mesh, (3, 0, 0.5), 2, color=(20, 20, 220))]
    frame = render(ground_mesh(), cars, camera=ABOVE, pose=looking_down(20.0), aov=True)
    red, blue = frame.albedo[frame.instance == 1], frame.albedo[frame.instance == 2]
    assert (red[:, 0].astype(int) > red[:, 2] + 100).all()
    assert (blue[:, 2].astype(int) > blue[:, 0] + 100).all()


def test_emitters_shine_only_with_their_bit():
    lamp = box_mesh(size=(4, 4, 1), material=Material.LAMP_LENS, emitter=3, color=(200, 200, 200))
    night = Environment.from_conditions(lighting="night")
    options = {"camera": ABOVE, "pose": looking_down(20.0), "environment": night}
    brightness = [
        render(ground_mesh(), [placed(lamp, (0, 0, 0.5), 1, emission=mask)], **options).rgb[32, 32].mean()
        for mask in (0, 0b011, 0b100)
    ]
    assert brightness[0] == brightness[1]
    assert brightness[2] > brightness[0] + 50


def test_spot_lights_light_their_cone_only():
    night = Environment.from_conditions(lighting="night")
    # Axis down from 5 m, dark beyond 45 degrees: a disc of 5 m radius.
    lamp = SpotLight((0, 0, 5), (0, 0, -2), (80, 80, 80), 0.9, np.sqrt(0.5), 30.0)
    far = SpotLight((400, 0, 5), (0, 0, -1), (80, 80, 80), 0.9, 0.5, 30.0)
    options = {"camera": ABOVE, "pose": looking_down(20.0), "environment": night}
    dark, lit, unreached = (
        render(ground_mesh(), lights=lights, **options).rgb[..., 1].astype(int) for lights in ((), (lamp,), (far,))
    )
    x, y = np.meshgrid(np.arange(64) + 0.5 - 32, np.arange(64) + 0.5 - 32)
    radius = np.hypot(x, y) * 20.0 / ABOVE.fx
    assert (lit[radius < 3] > dark[radius < 3] + 20).all()
    np.testing.assert_array_equal(lit[radius > 5.2], dark[radius > 5.2])
    np.testing.assert_array_equal(unreached, dark)


def test_mirrors_show_what_stands_before_them():
    # Looking down at glass 45 degrees tilted: it shows a bright wall in the east instead of the sky.
    glass = Instance(box_mesh(size=(8, 8, 0.1), material=Material.CAR_GLASS), _tilted(), 1)
    wall = placed(box_mesh(size=(1, 40, 60), material=Material.GENERIC, color=(250, 40, 40)), (15.0, 0.0, 0.0), 2)
    options = {"camera": PinholeCamera.from_fov(32, 32, 0.1), "pose": looking_down(20.0), "environment": NOON}
    plain = render(ground_mesh(z=-20.0), [glass, wall], quality=Quality(ao=False, aa_samples=0), **options)
    mirror = render(
        ground_mesh(z=-20.0), [glass, wall], quality=Quality(ao=False, reflections=True, aa_samples=0), **options
    )
    red = mirror.rgb.astype(int)[..., 0] - mirror.rgb[..., 2]
    assert (mirror.rgb != plain.rgb).any(axis=2).mean() > 0.9
    assert red.mean() > (plain.rgb.astype(int)[..., 0] - plain.rgb[..., 2]).mean() + 2


def _rolled(position):
    c, s = np.cos(0.3), np.sin(0.3)
    return np.array([[1, 0, 0, position[0]], [0, c, -s, position[1]], [0, s, c, position[2]]])


def _tilted():
    c = np.sqrt(0.5)
    return np.array([[c, 0, c, 0], [0, 1, 0, 0], [-c, 0, c, 0.0]])


def test_odd_sizes_are_filled_to_the_last_pixel():
    camera = PinholeCamera.from_fov(37, 19, 0.8)
    frame = render(ground_mesh(), camera=camera, pose=looking_down(20.0), quality=Quality.preset("standard"), aov=True)
    assert frame.rgb.shape == (19, 37, 3)
    np.testing.assert_allclose(frame.depth, 20.0, rtol=1e-6)
    assert (frame.rgb > 20).all()
    assert (frame.triangle >= 0).all()


def test_a_frame_is_not_touched_by_the_next():
    static, instances = street()
    renderer = Renderer(static, threads=1)
    frame = renderer.render(STREET_CAMERA, STREET_POSE, instances, NOON, DRAFT)
    kept = frame.rgb.copy(), frame.depth.copy()
    renderer.render(STREET_CAMERA, looking((0, 0, 9), (1, 5, 0)), [], NOON, DRAFT)
    np.testing.assert_array_equal(frame.rgb, kept[0])
    np.testing.assert_array_equal(frame.depth, kept[1])


def test_wrong_arguments_are_named():
    with pytest.raises(RenderError, match="no triangles"):
        Renderer(Mesh.empty())
    with pytest.raises(RenderError, match="at least one thread"):
        Renderer(ground_mesh(), threads=0)
    with pytest.raises(RenderError, match="unknown tracer"):
        Renderer(ground_mesh(), tracer="gpu")
    with pytest.raises(RenderError, match="without triangles"):
        render(ground_mesh(), [placed(Mesh.empty(), (0, 0, 0), 1)])
    with pytest.raises(GeometryError):
        PinholeCamera(0, 10, 5.0, 5.0, 0.0, 0.0)
    with pytest.raises(GeometryError):
        Pose(np.eye(3), np.array([0.0, np.nan, 0.0]))


def test_kernels_are_on_disk_once_they_ran():
    renderer = Renderer(ground_mesh(), threads=1)
    renderer.render(STREET_CAMERA, STREET_POSE, [], NOON, Quality.preset("standard"))
    renderer.silhouettes(STREET_CAMERA, STREET_POSE, [[placed(box_mesh(), (5, 0, 1), 1)]])
    assert kernels_are_cached(Quality.preset("standard"))


def test_a_draft_asks_only_for_the_kernels_it_needs(monkeypatch):
    asked = []
    monkeypatch.setattr("roadmark.render.renderer.is_cached", lambda kernels: asked.append(len(kernels)) or True)
    for name in ("draft", "standard", "high"):
        assert kernels_are_cached(Quality.preset(name))
    assert asked == [1, 4, 4]  # tracing and shading; the filter of occlusion, finding edges and sampling them


def test_other_sky_class():
    renderer = Renderer(ground_mesh(), threads=1, sky_semantic=42)
    frame = renderer.render(
        STREET_CAMERA, looking((0, 0, 2), (10, 0, 12)), [placed(box_mesh(), (3, 0, 2), 1)], NOON, DRAFT
    )
    assert {42} <= set(np.unique(frame.semantic)) <= {1, CAR, 42}
