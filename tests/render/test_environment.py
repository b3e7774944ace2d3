from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmark.catalog import LIGHTING_NAMES, ROAD_NAMES, WEATHER_NAMES
from roadmark.errors import ConfigError
from roadmark.render.daylight import clear_daylight
from roadmark.render.environment import Environment, EnvironmentIndex
from roadmark.render.sun import SunPosition
from roadmark.render.tone import TONE_SIZE

LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


def test_the_names_are_the_recipes():
    assert WEATHER_NAMES == ("clear_sky", "overcast", "snow_falling", "raining", "fog")
    assert set(LIGHTING_NAMES) == {
        "sunrise", "sunset", "twilight", "mid_morning", "afternoon", "zenith", "golden_hour", "blue_hour", "night",
    }  # fmt: skip
    assert ROAD_NAMES == ("dry", "snow", "sand", "puddles", "flooding")


@pytest.mark.parametrize(
    ("weather", "lighting", "road"), list(itertools.product(WEATHER_NAMES, LIGHTING_NAMES, ROAD_NAMES))
)
def test_every_combination_packs_to_finite_numbers(weather, lighting, road):
    packed = Environment.from_conditions(weather, lighting, road).pack()
    assert packed.dtype == np.float32
    assert packed.shape == (len(EnvironmentIndex) + 1 + TONE_SIZE,)
    assert np.isfinite(packed).all()


def test_names_tolerate_case_spaces_and_hyphens():
    wanted = Environment.from_conditions("clear_sky", "golden_hour", "dry")
    assert Environment.from_conditions("Clear Sky", "golden-hour", " DRY ") == wanted


@pytest.mark.parametrize(
    ("arguments", "known"),
    [
        (("hail", "night", "dry"), "snow_falling"),
        (("fog", "noon", "dry"), "zenith"),
        (("fog", "night", "ice"), "flooding"),
    ],
)
def test_an_unknown_name_lists_the_known_ones(arguments, known):
    with pytest.raises(ConfigError, match=known):
        Environment.from_conditions(*arguments)


def test_a_sun_position_overrides_the_preset():
    east = Environment.from_conditions("clear_sky", "night", "dry", sun_position=(math.pi / 2, math.radians(30)))
    assert east.sun_direction == pytest.approx((math.cos(math.radians(30)), 0.0, 0.5))
    assert east.night == 0.0
    assert east == Environment.from_conditions("clear_sky", "night", "dry", SunPosition.from_degrees(90, 30))


def test_conditions_do_what_their_names_say():
    dry = Environment.from_conditions("clear_sky", "afternoon", "dry")
    assert (dry.wetness, dry.puddles, dry.snow, dry.sand, dry.precipitation) == (0, 0, 0, 0, 0)
    overcast = Environment.from_conditions("overcast", "afternoon", "dry")
    assert overcast.cloud_cover == 1.0
    assert LUMINANCE @ overcast.sun_light < 0.1 * (LUMINANCE @ dry.sun_light)
    assert Environment.from_conditions("raining", "afternoon", "dry").wetness > 0.5
    assert Environment.from_conditions("fog", "afternoon", "dry").fog_density > 10 * dry.fog_density
    assert Environment.from_conditions("snow_falling", "afternoon", "dry").snow > 0.0
    assert Environment.from_conditions("clear_sky", "afternoon", "snow").snow > 0.7
    assert Environment.from_conditions("clear_sky", "afternoon", "sand").sand > 0.4
    puddles = Environment.from_conditions("clear_sky", "afternoon", "puddles").puddles
    assert 0.1 < puddles < Environment.from_conditions("clear_sky", "afternoon", "flooding").puddles
    night = Environment.from_conditions("clear_sky", "night", "dry")
    assert night.night == 1.0
    assert LUMINANCE @ night.ambient_above < 0.1 * (LUMINANCE @ dry.ambient_above)
    golden = Environment.from_conditions("clear_sky", "golden_hour", "dry").sun_light
    assert golden[0] > 1.8 * golden[2]


def test_snow_on_the_ground_lights_walls_from_below():
    dry = Environment.from_conditions("clear_sky", "afternoon", "dry")
    snow = Environment.from_conditions("clear_sky", "afternoon", "snow")
    assert LUMINANCE @ snow.ambient_below > 1.5 * (LUMINANCE @ dry.ambient_below)


def test_columns_hold_the_fields():
    environment = Environment(sun_light=(1.0, 2.0, 3.0), wetness=0.25, exposure=0.5)
    packed = environment.pack(pixel_angle=0.002)
    assert packed[EnvironmentIndex.SUN_R : EnvironmentIndex.SUN_B + 1].tolist() == [1.0, 2.0, 3.0]
    assert packed[EnvironmentIndex.WETNESS] == 0.25
    assert packed[EnvironmentIndex.EXPOSURE] == 0.5
    assert packed[EnvironmentIndex.PIXEL_ANGLE] == np.float32(0.002)


@pytest.mark.parametrize(
    "change",
    [
        {"wetness": 1.5}, {"snow": -0.1}, {"exposure": 0.0}, {"fog_density": math.inf},
        {"zenith": (0.0, math.nan, 0.0)}, {"sun_direction": (1.0, 1.0, 0.0)},
    ],
)  # fmt: skip
def test_values_out_of_range_are_refused(change):
    with pytest.raises(ConfigError, match=next(iter(change))):
        Environment(**change)


@given(st.floats(-90.0, 90.0), st.floats(0.0, 360.0))
def test_daylight_is_sane_for_every_sun(elevation, azimuth):
    light = clear_daylight(SunPosition.from_degrees(azimuth, elevation))
    assert math.hypot(*light.direction) == pytest.approx(1.0)
    assert 0.0 <= light.darkness <= 1.0
    assert light.exposure > 0.0
    for color in (light.beam, light.zenith, light.horizon, light.glow, light.above):
        assert min(color) >= 0.0


@given(st.floats(1.0, 89.0), st.floats(0.1, 1.0))
def test_a_higher_sun_is_brighter_and_whiter(elevation, step):
    low = clear_daylight(SunPosition.from_degrees(0.0, elevation)).beam
    high = clear_daylight(SunPosition.from_degrees(0.0, elevation + step)).beam
    assert LUMINANCE @ high >= LUMINANCE @ low
    assert high[2] / high[0] >= low[2] / low[0] - 1e-12
