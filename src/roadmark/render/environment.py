"""Light, weather and state of the road as the parameters of one picture."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from enum import IntEnum
from typing import Literal

import numpy as np
import numpy.typing as npt

from roadmark.catalog import Conditions
from roadmark.errors import ConfigError
from roadmark.render.daylight import Color, clear_daylight
from roadmark.render.sun import SunPosition, preset_sun
from roadmark.render.tone import tone_table


class EnvironmentIndex(IntEnum):
    """Columns of the array that `Environment.pack` makes for the kernels."""

    SUN_X = 0
    SUN_Y = 1
    SUN_Z = 2
    SUN_R = 3
    SUN_G = 4
    SUN_B = 5
    ZENITH_R = 6
    ZENITH_G = 7
    ZENITH_B = 8
    HORIZON_R = 9
    HORIZON_G = 10
    HORIZON_B = 11
    GLOW_R = 12
    GLOW_G = 13
    GLOW_B = 14
    ABOVE_R = 15
    ABOVE_G = 16
    ABOVE_B = 17
    BELOW_R = 18
    BELOW_G = 19
    BELOW_B = 20
    CLOUD_R = 21
    CLOUD_G = 22
    CLOUD_B = 23
    CLOUD_COVER = 24
    FOG_R = 25
    FOG_G = 26
    FOG_B = 27
    FOG_DENSITY = 28
    PRECIPITATION = 29
    WETNESS = 30
    PUDDLES = 31
    SNOW = 32
    SAND = 33
    NIGHT = 34
    EXPOSURE = 35
    PIXEL_ANGLE = 36
    DISC = 37


@dataclass(frozen=True)
class Environment:
    """Everything about a picture's light, air and ground state that is not geometry.

    Colours are linear Rec. 709 on the scale of `daylight`: a white matt surface in full noon sun has radiance about
    3.3. The world is x east, y north, z up.

    Attributes:
        sun_direction: Unit vector to the sun, or the moon at night.
        sun_light: Radiance of a white matt surface that faces the sun.
        zenith: Radiance of the sky straight up.
        horizon: Radiance of the sky at the horizon, away from the sun.
        glow: Radiance added to the sky around the sun.
        ambient_above: Radiance of a white matt surface facing up, from the sky alone.
        ambient_below: The same facing down, from light the ground returns.
        cloud_light: Radiance of a bright cloud.
        cloud_cover: Share of the sky covered, 0..1; 1 is an overcast.
        fog_color: Radiance of thick fog, away from the sun.
        fog_density: Extinction in 1/m; visibility is about 3.9 / density.
        precipitation: Rain or snow in the air, 0..1 (drawn by image effects; kernels only soften the sky).
        falling: Which of them.
        wetness: Wet surfaces, 0..1: darker and shinier.
        puddles: Share of flat ground under standing water, 0..1.
        snow: Share of upward surfaces under snow, 0..1.
        sand: Share of flat ground under drifted sand, 0..1.
        night: 0 by day, 1 at night: how many windows and lamps are lit, how strongly signs glare.
        exposure: Factor on radiance before the tone curve.
        sun_disc: Brightness of the sun's disc where no cloud hides it, as a factor on `sun_light`.
    """

    sun_direction: Color = (0.0, 0.643, 0.766)
    sun_light: Color = (3.3, 3.05, 2.7)
    zenith: Color = (0.14, 0.31, 0.71)
    horizon: Color = (0.68, 0.80, 0.92)
    glow: Color = (0.26, 0.22, 0.15)
    ambient_above: Color = (0.43, 0.51, 0.65)
    ambient_below: Color = (0.25, 0.24, 0.21)
    cloud_light: Color = (1.05, 1.05, 1.08)
    cloud_cover: float = 0.35
    fog_color: Color = (0.64, 0.75, 0.88)
    fog_density: float = 0.0009
    precipitation: float = 0.0
    falling: Literal["rain", "snow"] = "rain"
    wetness: float = 0.0
    puddles: float = 0.0
    snow: float = 0.0
    sand: float = 0.0
    night: float = 0.0
    exposure: float = 0.42
    sun_disc: float = 8.0

    def __post_init__(self) -> None:
        """Check finiteness, ranges and the unit length of the sun's direction."""
        for field in fields(self):
            if field.name == "falling":
                continue
            values = np.atleast_1d(np.asarray(getattr(self, field.name), dtype=np.float64))
            if not np.isfinite(values).all() or (field.name != "sun_direction" and (values < 0.0).any()):
                raise ConfigError(
                    f"environment: {field.name} = {getattr(self, field.name)} must be finite and not negative"
                )
        if self.exposure <= 0.0:
            raise ConfigError(f"environment: exposure = {self.exposure} must be positive")
        for name in ("cloud_cover", "precipitation", "wetness", "puddles", "snow", "sand", "night"):
            if getattr(self, name) > 1.0:
                raise ConfigError(f"environment: {name} = {getattr(self, name)} is a share, use 0..1")
        if abs(math.hypot(*self.sun_direction) - 1.0) > 1e-3:
            raise ConfigError(f"environment: sun_direction {self.sun_direction} must have length 1")

    @classmethod
    def from_conditions(
        cls,
        weather: str = "clear_sky",
        lighting: str = "afternoon",
        road: str = "dry",
        sun_position: SunPosition | tuple[float, float] | None = None,
    ) -> Environment:
        """The environment of three named conditions.

        Names may differ in case and use spaces or hyphens for underscores.

        Args:
            weather: One of `catalog.WEATHER_NAMES`.
            lighting: One of `catalog.LIGHTING_NAMES`; sets the sun unless `sun_position` does.
            road: One of `catalog.ROAD_NAMES`.
            sun_position: (azimuth, elevation) in radians, as `sun.sun_position` returns it.

        Raises:
            ConfigError: Unknown name; the message lists the known ones.
        """
        named = Conditions(weather, lighting, road)
        if sun_position is None:
            sun = preset_sun(named.lighting)
        else:
            sun = sun_position if isinstance(sun_position, SunPosition) else SunPosition(*sun_position)
        return _with_ground(_with_sky(_WEATHERS[named.weather], sun), _WEATHERS[named.weather], _ROADS[named.road])

    def pack(self, pixel_angle: float = 1.0e-3) -> npt.NDArray[np.float32]:
        """The parameters as one float32 array: columns as in `EnvironmentIndex`, then the tone table of its exposure.

        Args:
            pixel_angle: Angle between neighbouring camera rays in radians (1 / fx for a pinhole); fine patterns are
                filtered for it.
        """
        packed = np.zeros(len(EnvironmentIndex), dtype=np.float32)
        for start, values in (
            (EnvironmentIndex.SUN_X, self.sun_direction),
            (EnvironmentIndex.SUN_R, self.sun_light),
            (EnvironmentIndex.ZENITH_R, self.zenith),
            (EnvironmentIndex.HORIZON_R, self.horizon),
            (EnvironmentIndex.GLOW_R, self.glow),
            (EnvironmentIndex.ABOVE_R, self.ambient_above),
            (EnvironmentIndex.BELOW_R, self.ambient_below),
            (EnvironmentIndex.CLOUD_R, self.cloud_light),
            (EnvironmentIndex.FOG_R, self.fog_color),
        ):
            packed[start : start + 3] = values
        packed[EnvironmentIndex.CLOUD_COVER] = self.cloud_cover
        packed[EnvironmentIndex.FOG_DENSITY] = self.fog_density
        packed[EnvironmentIndex.PRECIPITATION] = self.precipitation
        packed[EnvironmentIndex.WETNESS] = self.wetness
        packed[EnvironmentIndex.PUDDLES] = self.puddles
        packed[EnvironmentIndex.SNOW] = self.snow
        packed[EnvironmentIndex.SAND] = self.sand
        packed[EnvironmentIndex.NIGHT] = self.night
        packed[EnvironmentIndex.EXPOSURE] = self.exposure
        packed[EnvironmentIndex.PIXEL_ANGLE] = pixel_angle
        packed[EnvironmentIndex.DISC] = self.sun_disc
        return np.concatenate([packed, tone_table(self.exposure)])


@dataclass(frozen=True)
class _Weather:
    """What a weather does to a clear sky: cloud cover, share of the beam left, haze, and what falls."""

    cloud_cover: float
    beam: float
    grey: float  # 0 keeps the clear sky's colours, 1 makes the sky one grey
    fog_density: float
    precipitation: float = 0.0
    wetness: float = 0.0
    snow: float = 0.0
    exposure: float = 1.0


@dataclass(frozen=True)
class _Road:
    """State of the ground."""

    wetness: float = 0.0
    puddles: float = 0.0
    snow: float = 0.0
    sand: float = 0.0


_WEATHERS: dict[str, _Weather] = {
    "clear_sky": _Weather(cloud_cover=0.28, beam=1.0, grey=0.0, fog_density=0.0009),
    "overcast": _Weather(cloud_cover=1.0, beam=0.0, grey=0.95, fog_density=0.0010, exposure=1.12),
    "snow_falling": _Weather(
        cloud_cover=1.0,
        beam=0.0,
        grey=1.0,
        fog_density=0.0050,
        precipitation=0.8,
        wetness=0.15,
        snow=0.35,
        exposure=1.1,
    ),
    "raining": _Weather(
        cloud_cover=1.0, beam=0.0, grey=0.97, fog_density=0.0022, precipitation=0.8, wetness=0.85, exposure=1.15
    ),
    "fog": _Weather(cloud_cover=1.0, beam=0.0, grey=1.0, fog_density=0.0160, wetness=0.25, exposure=0.95),
}

_ROADS: dict[str, _Road] = {
    "dry": _Road(),
    "snow": _Road(wetness=0.2, snow=0.85),
    "sand": _Road(sand=0.6),
    "puddles": _Road(wetness=0.75, puddles=0.24),
    "flooding": _Road(wetness=1.0, puddles=0.92),
}

_MIXED_GROUND = np.array(
    [0.20, 0.19, 0.165]
)  # mean albedo of streets and facades; what they return reaches walls from below
_SNOW_GROUND = np.array([0.62, 0.64, 0.68])
_SAND_GROUND = np.array([0.36, 0.29, 0.20])


def _color(values: npt.NDArray[np.float64]) -> Color:
    return float(values[0]), float(values[1]), float(values[2])


def _with_sky(weather: _Weather, sun: SunPosition) -> Environment:
    """Sky, beam and air of a weather under a given sun; the ground stays dry."""
    light = clear_daylight(sun)
    zenith, horizon = np.array(light.zenith), np.array(light.horizon)
    above, beam = np.array(light.above), np.array(light.beam)
    up = max(light.direction[2], 0.0)

    # An overcast turns the beam into skylight: as bright as clear sky and sun together, less what the cloud keeps.
    luminance = np.array([0.2126, 0.7152, 0.0722])
    diffuse = float(luminance @ (above + 0.32 * beam * up))
    tint = (
        np.array([0.985, 1.0, 1.02]) if light.darkness < 0.9 else np.array([1.16, 1.0, 0.84])
    )  # city light on clouds by night
    warmth = above / max(float(luminance @ above), 1e-6)
    grey_sky = diffuse * tint * (0.85 + 0.15 * warmth)
    zenith = zenith + (grey_sky * 0.72 - zenith) * weather.grey
    horizon = horizon + (grey_sky * 0.88 - horizon) * weather.grey
    above = above + (grey_sky * 0.98 - above) * weather.grey
    cloud = grey_sky * 0.92 if weather.grey > 0.5 else np.array(light.horizon) * 0.35 + beam * 0.22 + above * 0.55
    fog = horizon * 0.92 + zenith * 0.08
    return Environment(
        sun_direction=light.direction,
        sun_light=_color(beam * weather.beam),
        zenith=_color(zenith),
        horizon=_color(horizon),
        glow=_color(np.array(light.glow) * (1.0 - 0.93 * weather.grey)),
        ambient_above=_color(above),
        cloud_light=_color(cloud),
        cloud_cover=weather.cloud_cover,
        fog_color=_color(fog),
        fog_density=weather.fog_density,
        precipitation=weather.precipitation,
        falling="snow" if weather.snow > 0.0 else "rain",
        night=light.darkness,
        exposure=light.exposure * weather.exposure,
        sun_disc=8.0 if light.darkness < 0.8 else 40.0,
    )


def _with_ground(sky: Environment, weather: _Weather, road: _Road) -> Environment:
    """Add the ground's state, and the light that ground returns."""
    snow = min(1.0, max(weather.snow, road.snow))
    wetness = min(1.0, max(weather.wetness, road.wetness))
    albedo = _MIXED_GROUND * (1.0 - 0.35 * wetness)
    albedo = albedo + (_SAND_GROUND - albedo) * road.sand
    albedo = albedo + (_SNOW_GROUND - albedo) * snow
    arriving = np.array(sky.ambient_above) + 0.55 * np.array(sky.sun_light) * max(sky.sun_direction[2], 0.0)
    bright_ground = 1.0 - (0.30 + 0.22 * sky.night) * snow
    return replace(
        sky,
        ambient_below=_color(albedo * arriving * 0.85),
        wetness=wetness,
        puddles=max(road.puddles, 0.08 if weather.precipitation > 0.0 and weather.wetness > 0.5 else 0.0),
        snow=snow,
        sand=road.sand,
        exposure=sky.exposure * bright_ground,
    )
