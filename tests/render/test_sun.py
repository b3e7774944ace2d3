from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest

from roadmark.catalog import LIGHTING_NAMES
from roadmark.errors import ConfigError
from roadmark.render.sun import SunPosition, preset_sun, sun_position


def degrees(position: SunPosition) -> tuple[float, float]:
    return math.degrees(position.azimuth), math.degrees(position.elevation)


def test_the_worked_example_of_nrels_solar_position_report():
    # Reda and Andreas, NREL/TP-560-34302 (2008), table A5.1: zenith 50.11162, azimuth 194.34024 at Golden, Colorado.
    moment = datetime(2003, 10, 17, 12, 30, 30, tzinfo=timezone(timedelta(hours=-7)))
    azimuth, elevation = degrees(sun_position(moment, 39.742476, -105.1786))
    assert azimuth == pytest.approx(194.34024, abs=0.02)
    assert elevation == pytest.approx(90.0 - 50.11162, abs=0.02)


def test_solstice_noon_at_greenwich_is_the_co_latitude_plus_the_obliquity():
    # Declination 23.437 degrees on 21 June 2024: 90 - 51.4779 + 23.437 = 61.959 high, plus 0.009 of refraction.
    noon = datetime(2024, 6, 21, 12, 1, 50, tzinfo=UTC)  # equation of time: -1 min 50 s
    azimuth, elevation = degrees(sun_position(noon, 51.4779, 0.0))
    assert azimuth == pytest.approx(180.0, abs=0.1)
    assert elevation == pytest.approx(61.968, abs=0.02)


def test_the_equinox_sun_rises_due_east_and_sets_due_west_on_the_equator():
    # 20 March 2024, equation of time -7.5 min: the true centre rises at 6:07:30 and sets at 18:07:30.
    rise = sun_position(datetime(2024, 3, 20, 6, 7, 30, tzinfo=UTC), 0.0, 0.0)
    fall = sun_position(datetime(2024, 3, 20, 18, 7, 30, tzinfo=UTC), 0.0, 0.0)
    # The equinox was at 03:06; the declination then grows by 0.0165 degrees an hour, and so does the azimuth.
    assert degrees(rise)[0] == pytest.approx(90.0 - 0.050, abs=0.01)
    assert degrees(fall)[0] == pytest.approx(270.0 + 0.248, abs=0.01)
    # On the horizon the air lifts the sun by NOAA's 1735 arc seconds = 0.48 degrees.
    assert degrees(rise)[1] == pytest.approx(0.48, abs=0.1)


def test_the_southern_sun_stands_in_the_north():
    # Sydney, 21 December, near local noon (UTC+10:05 by longitude): 90 - (33.87 - 23.44) = 79.57 high, in the north.
    position = sun_position(datetime(2023, 12, 21, 1, 53, tzinfo=UTC), -33.8688, 151.2093)
    azimuth, elevation = degrees(position)
    assert elevation == pytest.approx(79.57, abs=0.1)
    assert position.direction[1] > 0.0
    assert abs((azimuth + 180.0) % 360.0 - 180.0) < 2.0


def test_the_time_zone_changes_the_clock_not_the_sun():
    utc = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    tokyo = utc.astimezone(timezone(timedelta(hours=9)))
    assert sun_position(utc, 48.0, 11.0) == sun_position(tokyo, 48.0, 11.0)


def test_below_the_horizon_refraction_is_small_and_continuous():
    midnight = sun_position(datetime(2024, 1, 1, 0, 0, tzinfo=UTC), 48.0, 0.0)
    assert degrees(midnight)[1] < -60.0


def test_a_naive_time_or_a_place_off_the_globe_is_refused():
    with pytest.raises(ConfigError, match="time zone"):
        sun_position(datetime(2024, 1, 1), 0.0, 0.0)
    with pytest.raises(ConfigError, match="globe"):
        sun_position(datetime(2024, 1, 1, tzinfo=UTC), 91.0, 0.0)
    with pytest.raises(ConfigError, match="globe"):
        sun_position(datetime(2024, 1, 1, tzinfo=UTC), 0.0, math.nan)


def test_direction_is_east_north_up():
    assert SunPosition.from_degrees(90.0, 0.0).direction == pytest.approx((1.0, 0.0, 0.0))
    assert SunPosition.from_degrees(0.0, 0.0).direction == pytest.approx((0.0, 1.0, 0.0))
    assert SunPosition.from_degrees(33.0, 90.0).direction == pytest.approx((0.0, 0.0, 1.0))


def test_presets_follow_the_day():
    height = {name: preset_sun(name).elevation for name in LIGHTING_NAMES}
    assert height["night"] < height["blue_hour"] < height["twilight"] < 0.0 < height["sunrise"] < height["golden_hour"]
    assert height["golden_hour"] < height["mid_morning"] < height["zenith"]
    assert preset_sun("sunrise").direction[0] > 0.9 > -0.9 > preset_sun("sunset").direction[0]
    with pytest.raises(ConfigError, match="golden_hour"):
        preset_sun("noonish")
