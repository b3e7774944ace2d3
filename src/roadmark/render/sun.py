"""Where the sun stands: from a date and a place, or from the name of a lighting condition.

Azimuth is the compass bearing (clockwise from north) and elevation the height above the horizon, both in radians. The
world is x = east, y = north, z = up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime

from roadmark.catalog import Conditions
from roadmark.errors import ConfigError


@dataclass(frozen=True)
class SunPosition:
    """Apparent direction to the sun.

    Attributes:
        azimuth: Compass bearing in radians, 0 = north, pi/2 = east, in [0, 2 pi).
        elevation: Height above the horizon in radians, negative below it.
    """

    azimuth: float
    elevation: float

    @classmethod
    def from_degrees(cls, azimuth: float, elevation: float) -> SunPosition:
        """Build from degrees."""
        return cls(math.radians(azimuth), math.radians(elevation))

    @property
    def direction(self) -> tuple[float, float, float]:
        """Unit vector towards the sun in the world frame (x east, y north, z up)."""
        horizontal = math.cos(self.elevation)
        return (
            horizontal * math.sin(self.azimuth),
            horizontal * math.cos(self.azimuth),
            math.sin(self.elevation),
        )


def sun_position(moment: datetime, latitude: float, longitude: float) -> SunPosition:
    """Apparent sun position by NOAA's solar calculator.

    Source: NOAA Global Monitoring Laboratory, "Solar Calculation Details" (after Meeus, Astronomical Algorithms, 1991),
    with its atmospheric refraction. Within about 0.02 degrees between 1900 and 2100.

    Args:
        moment: Date and time; a time zone is required.
        latitude: Degrees, north positive, in [-90, 90].
        longitude: Degrees, east positive, in [-180, 180].

    Raises:
        ConfigError: A naive time, or a place off the globe.
    """
    if moment.tzinfo is None:
        raise ConfigError(f"the time {moment.isoformat()} has no time zone; add one, for instance +00:00")
    if not (-90.0 <= latitude <= 90.0 and -180.0 <= longitude <= 180.0):
        raise ConfigError(
            f"latitude {latitude}, longitude {longitude} is not on the globe: latitude -90..90, longitude -180..180"
        )
    utc = moment.astimezone(UTC)
    minutes = utc.hour * 60.0 + utc.minute + (utc.second + utc.microsecond * 1e-6) / 60.0
    century = (utc.toordinal() + 1721424.5 + minutes / 1440.0 - 2451545.0) / 36525.0  # Julian centuries since J2000.0
    declination, equation_of_time = _solar_coordinates(century)
    hour_angle = math.radians((minutes + equation_of_time + 4.0 * longitude) / 4.0 - 180.0)

    phi = math.radians(latitude)
    east = -math.cos(declination) * math.sin(hour_angle)
    north = math.cos(phi) * math.sin(declination) - math.sin(phi) * math.cos(declination) * math.cos(hour_angle)
    up = math.sin(phi) * math.sin(declination) + math.cos(phi) * math.cos(declination) * math.cos(hour_angle)
    elevation = math.asin(min(1.0, max(-1.0, up)))
    return SunPosition(math.atan2(east, north) % (2.0 * math.pi), elevation + _refraction(elevation))


def _solar_coordinates(century: float) -> tuple[float, float]:
    """Declination (radians) and equation of time (minutes) at a time in Julian centuries since J2000.0."""
    t = century
    mean_longitude = math.radians((280.46646 + t * (36000.76983 + t * 0.0003032)) % 360.0)
    anomaly = math.radians(357.52911 + t * (35999.05029 - 0.0001537 * t))
    eccentricity = 0.016708634 - t * (0.000042037 + 0.0000001267 * t)
    centre = (
        math.sin(anomaly) * (1.914602 - t * (0.004817 + 0.000014 * t))
        + math.sin(2.0 * anomaly) * (0.019993 - 0.000101 * t)
        + math.sin(3.0 * anomaly) * 0.000289
    )
    node = math.radians(125.04 - 1934.136 * t)
    longitude = mean_longitude + math.radians(centre - 0.00569 - 0.00478 * math.sin(node))
    arc_seconds = 21.448 - t * (46.815 + t * (0.00059 - t * 0.001813))
    obliquity = math.radians(23.0 + (26.0 + arc_seconds / 60.0) / 60.0 + 0.00256 * math.cos(node))
    y = math.tan(obliquity / 2.0) ** 2
    equation = (
        y * math.sin(2.0 * mean_longitude)
        - 2.0 * eccentricity * math.sin(anomaly)
        + 4.0 * eccentricity * y * math.sin(anomaly) * math.cos(2.0 * mean_longitude)
        - 0.5 * y * y * math.sin(4.0 * mean_longitude)
        - 1.25 * eccentricity * eccentricity * math.sin(2.0 * anomaly)
    )
    return math.asin(math.sin(obliquity) * math.sin(longitude)), 4.0 * math.degrees(equation)


def _refraction(elevation: float) -> float:
    """Lift of the apparent sun by the air, radians, NOAA's piecewise approximation."""
    degrees = math.degrees(elevation)
    if degrees > 85.0:
        return 0.0
    tangent = math.tan(elevation)
    if degrees > 5.0:
        arc_seconds = 58.1 / tangent - 0.07 / tangent**3 + 0.000086 / tangent**5
    elif degrees > -0.575:
        arc_seconds = 1735.0 + degrees * (-518.2 + degrees * (103.4 + degrees * (-12.79 + degrees * 0.711)))
    else:
        arc_seconds = -20.774 / tangent
    return math.radians(arc_seconds / 3600.0)


# Azimuth and elevation in degrees for a street in mid latitudes.
_PRESETS: dict[str, tuple[float, float]] = {
    "sunrise": (82.0, 3.0),
    "sunset": (278.0, 2.5),
    "twilight": (285.0, -3.5),
    "mid_morning": (118.0, 36.0),
    "afternoon": (232.0, 42.0),
    "zenith": (180.0, 76.0),
    "golden_hour": (262.0, 9.0),
    "blue_hour": (292.0, -6.5),
    "night": (340.0, -35.0),
}


def preset_sun(lighting: str) -> SunPosition:
    """Sun position of a lighting condition.

    Raises:
        ConfigError: Unknown name; the message lists the known ones.
    """
    return SunPosition.from_degrees(*_PRESETS[Conditions(lighting=lighting).lighting])
