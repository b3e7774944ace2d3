"""The light of a clear sky as a function of the sun's height, from noon to deep night.

Values are linear Rec. 709 radiance on the renderer's scale: 1 is a white matt surface in about a third of full sun.
They fall with the sun far less than nature's do (a camera adapts), so that lamps, windows and dusk can share a
picture; `exposure` does the rest. Colours follow photographs of clear skies; the direct beam is attenuated by air
mass (Kasten and Young, Applied Optics 28, 1989).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from roadmark.render.sun import SunPosition

Color = tuple[float, float, float]

_BEAM_ABOVE_AIR: Final = np.array([3.75, 3.72, 3.65])
_OPTICAL_DEPTH: Final = np.array([0.080, 0.145, 0.255])  # per air mass; red, green, blue, with some city haze
_MOON_LIGHT: Final[Color] = (0.036, 0.044, 0.062)
_MOON: Final = SunPosition.from_degrees(150.0, 42.0)

# Columns: sun elevation in degrees; rgb of zenith, horizon, glow around the sun, light from above; darkness; exposure.
_CLEAR_SKY: Final = np.array(
    [
        (-18.0, 0.0022, 0.0034, 0.0085, 0.0150, 0.0130, 0.0120, 0.000, 0.000, 0.000, 0.022, 0.024, 0.034, 1.00, 1.70),
        (-8.0, 0.0080, 0.0190, 0.0640, 0.0380, 0.0560, 0.1100, 0.030, 0.016, 0.006, 0.036, 0.056, 0.115, 0.85, 1.90),
        (-6.0, 0.0150, 0.0400, 0.1300, 0.0500, 0.0850, 0.1900, 0.130, 0.062, 0.026, 0.062, 0.092, 0.175, 0.70, 1.85),
        (-3.0, 0.0420, 0.0880, 0.2200, 0.2000, 0.1700, 0.2300, 0.560, 0.200, 0.060, 0.135, 0.160, 0.245, 0.45, 1.40),
        (0.0, 0.0650, 0.1300, 0.3000, 0.4400, 0.2900, 0.2300, 1.150, 0.360, 0.060, 0.300, 0.250, 0.300, 0.20, 1.10),
        (3.0, 0.0850, 0.1700, 0.4000, 0.5800, 0.4100, 0.3100, 1.350, 0.500, 0.090, 0.430, 0.330, 0.330, 0.04, 0.92),
        (9.0, 0.1150, 0.2250, 0.4800, 0.8200, 0.5900, 0.3700, 1.250, 0.600, 0.140, 0.470, 0.400, 0.385, 0.00, 0.76),
        (20.0, 0.1150, 0.2650, 0.6300, 0.6800, 0.7600, 0.8200, 0.450, 0.340, 0.190, 0.490, 0.560, 0.690, 0.00, 0.52),
        (40.0, 0.1200, 0.2850, 0.6900, 0.6200, 0.7800, 0.9400, 0.300, 0.260, 0.180, 0.530, 0.620, 0.780, 0.00, 0.47),
        (90.0, 0.1200, 0.2900, 0.7100, 0.6000, 0.7800, 0.9600, 0.240, 0.220, 0.170, 0.550, 0.650, 0.820, 0.00, 0.45),
    ]
)


@dataclass(frozen=True)
class Daylight:
    """Light of a clear sky; colours are linear radiance, directions point to the light.

    Attributes:
        direction: Unit vector to the sun, or to the moon when the sun is well below the horizon.
        beam: What a white surface facing the sun (or moon) shows of it.
        zenith: Sky straight up.
        horizon: Sky at the horizon, away from the sun.
        glow: Added around the sun, or above the place where it set.
        above: What a white surface facing up shows of the whole sky.
        darkness: 0 by day, 1 at night; windows and lamps are lit with it.
        exposure: Factor before the tone curve that suits this light.
    """

    direction: Color
    beam: Color
    zenith: Color
    horizon: Color
    glow: Color
    above: Color
    darkness: float
    exposure: float


def clear_daylight(sun: SunPosition) -> Daylight:
    """Light of a clear sky with the sun at a given place."""
    degrees = math.degrees(sun.elevation)
    values = [
        float(np.interp(degrees, _CLEAR_SKY[:, 0], _CLEAR_SKY[:, column])) for column in range(1, _CLEAR_SKY.shape[1])
    ]
    night = degrees <= -8.0
    return Daylight(
        direction=(_MOON if night else sun).direction,
        beam=_MOON_LIGHT if night else _beam(degrees),
        zenith=(values[0], values[1], values[2]),
        horizon=(values[3], values[4], values[5]),
        glow=(values[6], values[7], values[8]),
        above=(values[9], values[10], values[11]),
        darkness=values[12],
        exposure=values[13],
    )


def _beam(elevation_degrees: float) -> Color:
    """Direct sunlight after its way through the air; fades over the last degree as the disc sets."""
    visible = min(1.0, max(0.0, elevation_degrees + 0.5))
    height = max(elevation_degrees, 0.0)
    air_mass = 1.0 / (math.sin(math.radians(height)) + 0.50572 * (height + 6.07995) ** -1.6364)
    red, green, blue = _BEAM_ABOVE_AIR * np.exp(-_OPTICAL_DEPTH * min(air_mass, 14.0)) * visible * _low_sun(height)
    return float(red), float(green), float(blue)


def _low_sun(elevation_degrees: float) -> float:
    """How much brighter a low sun is drawn than it is, so that what it grazes glows as to the eye."""
    return 1.0 + 0.24 * max(0.0, 1.0 - elevation_degrees / 30.0) * min(1.0, elevation_degrees / 5.0)
