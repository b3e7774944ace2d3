"""Lamps of streets and vehicles: what they light, and their lenses as one sees them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from roadmark.geometry import FloatArray
from roadmark.relight.buffers import Vehicle
from roadmark.relight.images import Floats
from roadmark.render import SpotLight
from roadmark.render.kernels import LAMP_COLUMNS

# The renderer's own lamps have these powers and cones, so that both ways to a night look alike.
_STREET_COLOR = np.array([1.0, 0.82, 0.58]) * 130.0
_HEAD_COLOR = np.array([45.0, 43.0, 38.0])
_TAIL_COLOR = np.array([1.1, 0.05, 0.03])
_HEAD_REACH, _STREET_REACH = 25.0, 28.0  # metres
_BRAKE_FACTOR = 3.0
_LAMP_HEIGHT_SHARE = 0.42  # of a vehicle's height
_SIDE_SHARE = 0.7  # of its half width

LENS_COLUMNS = 10
"""Columns of a lens: position 3, direction 3 (zero: visible from everywhere), radiance 3, radius."""


def street_lights(heads: ArrayLike, origin: FloatArray) -> tuple[Floats, Floats]:
    """Light and lenses of street lamps.

    Args:
        heads: (N, 3) world positions of the lamps' heads.
        origin: (3,) world position of the kernels' zero.

    Returns:
        (N, 12) lights for `spot_lights` and (N, 10) lenses.
    """
    places = np.asarray(heads, np.float64).reshape(-1, 3)
    down = (0.0, 0.0, -1.0)
    lights = [SpotLight(head, down, _STREET_COLOR, np.cos(0.75), np.cos(1.22), _STREET_REACH) for head in places]
    lenses = np.zeros((len(places), LENS_COLUMNS), np.float32)
    lenses[:, 0:3] = places - origin
    lenses[:, 6:9] = np.array([1.0, 0.82, 0.55]) * 14.0
    lenses[:, 9] = 0.16
    return _packed(lights, origin), lenses


def vehicle_lights(vehicles: Sequence[Vehicle], origin: FloatArray, power: float) -> tuple[Floats, Floats]:
    """Light and lenses of vehicles: two head lamps, two tail lamps, brighter where they brake.

    Args:
        vehicles: Those in view.
        origin: (3,) world position of the kernels' zero.
        power: Factor on what they light; the lenses stay as bright as they are.

    Returns:
        (N, 12) lights and (M, 10) lenses. The two lamps of a side shine as one light.
    """
    lights, lenses = [], []
    for vehicle in vehicles:
        if not vehicle.lamps:
            continue
        heading, left, up = vehicle.box.rotation.T
        length, width, height = vehicle.box.size
        middle = vehicle.box.center + (_LAMP_HEIGHT_SHARE - 0.5) * height * up
        front, rear = middle + 0.5 * length * heading, middle - 0.5 * length * heading + 0.06 * height * up
        sides = (0.0,) if width < 1.0 else (_SIDE_SHARE * 0.5 * width, -_SIDE_SHARE * 0.5 * width)
        tail = _TAIL_COLOR * (_BRAKE_FACTOR if vehicle.braking else 1.0)
        aim = heading - 0.07 * up
        lights.append(SpotLight(rear, -heading, tail * (power * len(sides)), 0.7, -0.1, 5.0))
        lights.append(SpotLight(front, aim, _HEAD_COLOR * (power * len(sides)), 0.97, 0.86, _HEAD_REACH))
        for side in sides:
            lenses.append(_lens(front + side * left, heading, _HEAD_COLOR * 0.42, 0.085, origin))
            red = np.array([2.6, 0.10, 0.06]) * (_BRAKE_FACTOR if vehicle.braking else 1.0)
            lenses.append(_lens(rear + side * left, -heading, red, 0.10, origin))
    table = np.array(lenses, np.float32).reshape(-1, LENS_COLUMNS)
    return _packed(lights, origin), table


def _lens(place: FloatArray, aim: FloatArray, color: FloatArray, radius: float, origin: FloatArray) -> FloatArray:
    return np.concatenate([place - origin, aim, color, [radius]])


def _packed(lights: Sequence[SpotLight], origin: FloatArray) -> Floats:
    rows = np.zeros((len(lights), LAMP_COLUMNS), np.float32)
    for row, light in enumerate(lights):
        rows[row] = light.pack(origin)
    return rows
