"""What is drawn over a shaded picture: halos, moving water, spray; and that it leaves everything else alone."""

import numpy as np
import pytest
from render_samples import ROAD, box_mesh, looking, placed

from roadmark.geometry import PinholeCamera
from roadmark.render import (
    Environment,
    Material,
    MeshBuilder,
    Plume,
    Quality,
    Renderer,
    SpotLight,
    draw_air,
    draw_glow,
)

CAMERA = PinholeCamera.from_fov(240, 160, 1.2)
POSE = looking((0.0, 0.0, 4.0), (14.0, 0.0, 0.0))
PAVED = np.arange(256) == ROAD
DARK = np.full((160, 240, 3), 20, np.uint8)
FAR = np.full((160, 240), np.inf, np.float32)


def lamp(direction=(-1.0, 0.0, 0.0), place=(14.0, 0.0, 0.0)):
    return SpotLight(place, direction, (45.0, 45.0, 45.0), 0.97, 0.86, 40.0)


def halo(light, depth=FAR, *, fog=0.0, strength=1.0):
    drawn = draw_glow(DARK, depth, CAMERA, POSE, [light], fog_density=fog, strength=strength)
    return drawn[..., 0].astype(int) - 20


@pytest.fixture(scope="module")
def road():
    """A renderer of an asphalt plane."""
    builder = MeshBuilder()
    corners = [[-80.0, -80.0, 0.0], [80.0, -80.0, 0.0], [80.0, 80.0, 0.0], [-80.0, 80.0, 0.0]]
    builder.add(corners, [[0, 1, 2], [0, 2, 3]], material=Material.ASPHALT, semantic=ROAD, color=(88, 87, 86))
    return Renderer(builder.build(), threads=1)


def seen(road, environment, time=3.0, **options):
    car = placed(box_mesh(size=(4.0, 1.8, 1.5)), (14.0, 3.0, 0.8), 9)
    frame = road.render(CAMERA, POSE, [car], environment, Quality.preset("standard"))
    air = draw_air(frame, CAMERA, POSE, environment, time, patterns=road.patterns, paved=PAVED, **options)
    return frame, air


def test_a_lamp_dazzles_where_it_is_and_whom_it_shines_at():
    towards = halo(lamp())
    assert np.unravel_index(towards.argmax(), towards.shape) == pytest.approx((80, 120), abs=2)  # the camera's aim
    assert towards.max() > 100
    assert halo(lamp(direction=(1.0, 0.0, 0.0))).max() == 0


def test_a_covered_lamp_does_not():
    near = FAR.copy()
    near[70:90, 110:130] = 5.0
    assert halo(lamp(), near).max() == 0


def test_fog_widens_halos_and_day_outshines_them():
    assert (halo(lamp(), fog=0.02) > 10).sum() > 2 * (halo(lamp()) > 10).sum()
    assert halo(lamp(), strength=0.0).max() == 0


def test_clear_dry_days_have_nothing_in_the_air(road):
    frame, air = seen(road, Environment.from_conditions("clear_sky", "afternoon", "dry"), lamps=[lamp()])
    assert air is frame.rgb


def test_only_water_moves_in_a_flood(road):
    flood = Environment.from_conditions("clear_sky", "afternoon", "flooding")
    frame, first = seen(road, flood, 3.0)
    _, second = seen(road, flood, 3.1)
    moved = (first != second).any(axis=2)
    assert moved[PAVED[frame.semantic]].mean() > 0.2
    assert not moved[~PAVED[frame.semantic]].any()
    _, again = seen(road, flood, 3.0)
    assert (first == again).all()


def test_rain_rings_in_puddles_and_not_on_bare_road(road):
    rain = Environment.from_conditions("raining", "afternoon", "puddles")
    frame = road.render(CAMERA, POSE, [], rain, Quality.preset("standard"))
    from roadmark.render.water import moves, stir_water

    first, second = (stir_water(frame, CAMERA, POSE, rain, time, road.patterns, PAVED) for time in (3.0, 3.2))
    moved = (first != second).any(axis=2)[PAVED[frame.semantic]].mean()
    assert 0.005 < moved < 0.5
    assert moves(rain)
    assert not moves(Environment.from_conditions("clear_sky", "afternoon", "puddles"))
    assert not moves(Environment.from_conditions("snow_falling", "afternoon", "snow"))


def test_wheels_throw_spray_when_fast_and_the_road_wet(road):
    def spray(speed, weather="overcast", state="puddles"):
        environment = Environment.from_conditions(weather, "afternoon", state)
        plume = Plume(np.array([14.0, 3.0, 0.0]), np.array([0.0, 1.0, 0.0]), 1.5, speed, 9)
        frame, air = seen(road, environment, plumes=[plume])
        return np.count_nonzero((air != frame.rgb).any(axis=2))

    assert spray(15.0) > 100
    assert spray(3.0) == 0
    assert spray(15.0, state="dry") == 0


def test_snow_keeps_off_walls_and_wheel_tracks(road):
    # A wall keeps its colour, a roof does not; where wheels roll the road is darker than between.
    from roadmark.render import WheelTracks

    path = np.stack([np.linspace(-60.0, 60.0, 50), np.zeros(50)], axis=1)
    static = MeshBuilder()
    corners = [[-80.0, -80.0, 0.0], [80.0, -80.0, 0.0], [80.0, 80.0, 0.0], [-80.0, 80.0, 0.0]]
    static.add(corners, [[0, 1, 2], [0, 2, 3]], material=Material.ASPHALT, semantic=ROAD, color=(88, 87, 86))
    renderer = Renderer(static.build(), threads=1, tracks=WheelTracks.along([path], (0.0, 0.0)))
    block = placed(box_mesh(size=(6.0, 6.0, 6.0), material=Material.PLASTER, color=(150, 60, 40)), (18.0, 9.0, 3.0), 9)
    images = {}
    for state in ("dry", "snow"):
        environment = Environment.from_conditions("overcast", "afternoon", state)
        pose = looking((0.0, 0.0, 14.0), (18.0, 3.0, 0.0))
        images[state] = renderer.render(CAMERA, pose, [block], environment, Quality.preset("standard"), aov=True)
    snowed, dry = (images[state].albedo.astype(int).mean(axis=2) for state in ("snow", "dry"))
    up = images["dry"].normal[..., 2] > 250
    block_pixels = images["dry"].instance == 9
    assert (snowed - dry)[block_pixels & up].mean() > 40
    assert abs(snowed - dry)[block_pixels & ~up].mean() < 8
    ground = PAVED[images["dry"].semantic]
    height, width = ground.shape
    rays = CAMERA.rays(np.stack(np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5), -1).reshape(-1, 2))
    points = pose.apply(rays * (images["dry"].depth.reshape(-1, 1) / rays[:, 2:])).reshape(height, width, 3)
    side = np.abs(points[..., 1])
    in_track, beside = ground & (np.abs(side - 0.775) < 0.12), ground & (side > 2.0) & (side < 4.0)
    assert snowed[in_track].mean() < snowed[beside].mean() - 25
