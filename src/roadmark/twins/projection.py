"""The transverse Mercator plane of a twin: what the converters use, again in a few lines.

Source: C. F. F. Karney, "Transverse Mercator with an accuracy of a few nanometers", J. Geodesy 85 (2011), equations
7 to 11 and 35 (series of Krueger to the fourth order in the third flattening: micrometres within thousands of km).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from roadmark.errors import FormatError

SEMI_MAJOR = 6_378_137.0
"""WGS 84, metres."""
FLATTENING = 1.0 / 298.257223563
"""WGS 84."""

_N = FLATTENING / (2.0 - FLATTENING)
_RECTIFYING = SEMI_MAJOR / (1.0 + _N) * (1.0 + _N**2 / 4.0 + _N**4 / 64.0)
_ALPHA = (
    _N / 2.0 - 2.0 * _N**2 / 3.0 + 5.0 * _N**3 / 16.0 + 41.0 * _N**4 / 180.0,
    13.0 * _N**2 / 48.0 - 3.0 * _N**3 / 5.0 + 557.0 * _N**4 / 1440.0,
    61.0 * _N**3 / 240.0 - 103.0 * _N**4 / 140.0,
    49561.0 * _N**4 / 161280.0,
)
_ECCENTRICITY = math.sqrt(FLATTENING * (2.0 - FLATTENING))
_FIELD = re.compile(r"\+([a-z0-9_]+)(?:=(\S+))?")
_IGNORED = frozenset({"type", "no_defs", "wktext", "vunits"})


@dataclass(frozen=True)
class TransverseMercator:
    """A plane around a place.

    Attributes:
        latitude, longitude: Degrees of its origin.
        scale: Of lengths along the meridian through the origin.
        easting, northing: Metres of the origin in the plane.
    """

    latitude: float
    longitude: float
    scale: float = 1.0
    easting: float = 0.0
    northing: float = 0.0

    @property
    def proj(self) -> str:
        """As PROJ and OpenDRIVE's `geoReference` write it."""
        return (
            f"+proj=tmerc +lat_0={self.latitude:.12g} +lon_0={self.longitude:.12g} +k={self.scale:.12g} "
            f"+x_0={self.easting:.12g} +y_0={self.northing:.12g} +ellps=WGS84 +units=m +no_defs"
        )

    @classmethod
    def parse(cls, text: str, source: str) -> TransverseMercator:
        """Read a `geoReference`.

        Args:
            text: A PROJ string.
            source: The file, for errors.

        Raises:
            FormatError: It is no transverse Mercator on WGS 84 in metres.
        """
        fields = {key: value for key, value in _FIELD.findall(text) if key not in _IGNORED}
        known = {"proj": "tmerc", "ellps": "WGS84", "datum": "WGS84", "units": "m"}
        numbers = {"lat_0": 0.0, "lon_0": 0.0, "k": 1.0, "k_0": 1.0, "x_0": 0.0, "y_0": 0.0}
        for key, value in fields.items():
            if key in numbers:
                try:
                    numbers[key] = float(value)
                except ValueError:
                    numbers[key] = math.nan
                if not math.isfinite(numbers[key]):
                    raise FormatError(f"+{key}={value[:40]} is no number", path=source, field="geoReference")
            elif known.get(key) != value:
                raise FormatError(f"+{key}={value[:40]} is not read here", path=source, field="geoReference")
        if fields.get("proj") != "tmerc":
            raise FormatError(f"{text.strip()[:80]!r} is no +proj=tmerc", path=source, field="geoReference")
        scale = numbers["k"] * numbers["k_0"]
        return cls(numbers["lat_0"], numbers["lon_0"], scale, numbers["x_0"], numbers["y_0"])

    def forward(self, latitude: ArrayLike, longitude: ArrayLike) -> NDArray[np.float64]:
        """(N, 2) metres east and north of degrees (N,)."""
        phi = np.radians(np.asarray(latitude, dtype=np.float64))
        degrees = np.asarray(longitude, dtype=np.float64) - self.longitude
        xi, eta = _krueger(phi, np.radians((degrees + 180.0) % 360.0 - 180.0))
        xi_0, _ = _krueger(np.array([math.radians(self.latitude)]), np.zeros(1))
        radius = self.scale * _RECTIFYING
        return np.stack([self.easting + radius * eta, self.northing + radius * (xi - xi_0[0])], axis=-1)


def _krueger(phi: NDArray[np.float64], lam: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Northing and easting over the rectifying radius."""
    tau = np.tan(phi)
    sigma = np.sinh(_ECCENTRICITY * np.arctanh(_ECCENTRICITY * np.sin(phi)))
    conformal = tau * np.sqrt(1.0 + sigma**2) - sigma * np.sqrt(1.0 + tau**2)
    xi = np.arctan2(conformal, np.cos(lam))
    eta = np.arcsinh(np.sin(lam) / np.hypot(conformal, np.cos(lam)))
    north, east = xi.copy(), eta.copy()
    for order, alpha in enumerate(_ALPHA, start=1):
        north += alpha * np.sin(2 * order * xi) * np.cosh(2 * order * eta)
        east += alpha * np.cos(2 * order * xi) * np.sinh(2 * order * eta)
    return north, east
