from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmark.catalog import LIGHTING_NAMES, ROAD_NAMES, WEATHER_NAMES
from roadmark.render.environment import Environment
from roadmark.render.noise import noise_table
from roadmark.render.sky import clear_sky, fog_radiance, sky_radiance

f32 = np.float32
TABLE = noise_table(0)
CLEAR = Environment(cloud_cover=0.0, fog_density=0.0)


def direction(azimuth, elevation):
    horizontal = math.cos(elevation)
    return f32(horizontal * math.sin(azimuth)), f32(horizontal * math.cos(azimuth)), f32(math.sin(elevation))


@settings(deadline=None)  # the first call compiles
@given(
    st.sampled_from(WEATHER_NAMES), st.sampled_from(LIGHTING_NAMES), st.sampled_from(ROAD_NAMES),
    st.floats(0.0, 6.283), st.floats(-1.57, 1.57),
)  # fmt: skip
def test_the_sky_is_light_in_every_direction_and_condition(weather, lighting, road, azimuth, elevation):
    env = Environment.from_conditions(weather, lighting, road).pack()
    color = sky_radiance(*direction(azimuth, elevation), env, TABLE)
    assert np.isfinite(color).all()
    assert min(color) > 0.0
    assert max(color) < 100.0
    assert color == pytest.approx(sky_radiance.py_func(*direction(azimuth, elevation), env, TABLE), rel=1e-3)


def test_straight_up_is_the_zenith_and_level_the_horizon():
    env = Environment(cloud_cover=0.0, fog_density=0.0, glow=(0.0, 0.0, 0.0)).pack()
    assert sky_radiance(f32(0), f32(0), f32(1), env, TABLE) == pytest.approx(CLEAR.zenith, rel=1e-5)
    assert sky_radiance(f32(1), f32(0), f32(0), env, TABLE) == pytest.approx(CLEAR.horizon, rel=1e-5)
    # Below the horizon nothing new appears: mirrors of the ground's edge stay calm.
    assert clear_sky(f32(0.6), f32(0), f32(-0.8), env) == pytest.approx(CLEAR.horizon, rel=1e-5)


def test_the_disc_is_where_the_sun_is():
    env = CLEAR.pack()
    sun = tuple(f32(v) for v in CLEAR.sun_direction)
    beside = tuple(f32(v) for v in (0.05, math.sqrt(1 - 0.766**2 - 0.05**2), 0.766))
    assert sky_radiance(*sun, env, TABLE)[0] > 5.0 * sky_radiance(*beside, env, TABLE)[0]


def test_thick_fog_hides_the_sky():
    env = Environment(fog_density=1.0).pack()
    up = direction(0.3, 1.2)
    assert sky_radiance(*up, env, TABLE) == pytest.approx(fog_radiance(*up, env), rel=0.01)


def test_an_overcast_is_grey_and_clouds_differ_from_blue():
    def spread(color):
        return (max(color) - min(color)) / max(color)

    overcast = Environment.from_conditions("overcast", "afternoon", "dry").pack()
    clear = Environment.from_conditions("clear_sky", "afternoon", "dry").pack()
    views = [direction(a, 0.6) for a in np.linspace(0, 6.28, 60)]
    assert max(spread(sky_radiance(*v, overcast, TABLE)) for v in views) < 0.15
    clear_spreads = [spread(sky_radiance(*v, clear, TABLE)) for v in views]
    assert max(clear_spreads) > 0.5 > min(clear_spreads)


@pytest.mark.parametrize("cover", [0.2, 0.5, 0.8])
def test_cloud_cover_is_about_the_share_of_the_sky_covered(cover):
    # White clouds on a black sky: brightness is coverage.
    env = Environment(
        cloud_cover=cover, fog_density=0.0, zenith=(0, 0, 0), horizon=(0, 0, 0), glow=(0, 0, 0), sun_disc=0.0,
        cloud_light=(1.0, 1.0, 1.0),
    ).pack()  # fmt: skip
    rng = np.random.default_rng(1)
    views = zip(rng.uniform(0, 6.283, 3000), np.arcsin(rng.uniform(0.3, 1.0, 3000)), strict=True)
    covered = np.mean([sky_radiance(*direction(a, e), env, TABLE)[0] > 0.25 for a, e in views])
    assert covered == pytest.approx(cover, abs=0.15)


def test_the_lights_of_the_day_are_ordered():
    def brightness(lighting):
        env = Environment.from_conditions("clear_sky", lighting, "dry").pack()
        return np.mean([sky_radiance(*direction(a, 0.5), env, TABLE)[1] for a in np.linspace(0, 6.28, 24)])

    assert brightness("night") < brightness("blue_hour") < brightness("twilight") < brightness("afternoon")
