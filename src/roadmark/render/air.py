"""What moves in a picture besides things: water, spray, halos of lamps, rain and snow, drawn after shading.

Nothing here changes labels, and nothing depends on the frame before: a still camera's shaded picture is reused, and the
air is drawn over a copy of it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from roadmark.geometry import Camera, Pose
from roadmark.render.environment import Environment
from roadmark.render.frame import Frame
from roadmark.render.glow import draw_glow
from roadmark.render.instances import SpotLight
from roadmark.render.precipitation import RAIN_RATE, SNOW_RATE, Precipitation, draw_precipitation
from roadmark.render.spray import Plume, draw_spray
from roadmark.render.tone import film_curve, srgb_encode
from roadmark.render.water import Patterns, moves, stir_water

_LAMP_LIGHT = np.array([0.10, 0.085, 0.065])
"""Radiance that the lamps of a street at night give to what falls through their light."""
_SOAKED = 0.7
"""Wetness from which wheels throw spray."""
_FULL_RATE = 0.8
"""Share of precipitation in an environment that is an ordinary shower or snowfall."""


def draw_air(
    frame: Frame,
    camera: Camera,
    pose: Pose,
    environment: Environment,
    time: float,
    *,
    lamps: Sequence[SpotLight] = (),
    seed: int = 0,
    velocity: tuple[float, float, float] = (0.0, 0.0, 0.0),
    plumes: Sequence[Plume] = (),
    patterns: Patterns | None = None,
    paved: NDArray[np.bool_] | None = None,
) -> NDArray[np.uint8]:
    """The picture of a rendered frame with its air.

    Args:
        frame: From `Renderer.render`.
        camera: Its camera.
        pose: world_from_camera.
        environment: Its environment.
        time: Seconds; the same time gives the same drops.
        lamps: Lights that are on, whether or not they are bright enough to light the scene.
        seed: Places drops and flakes.
        velocity: Of the camera in the world, m/s.
        plumes: Where wheels throw spray while the ground is wet.
        patterns: Of the renderer; without them, water stays still.
        paved: (256,) semantic classes on which water stands.

    Returns:
        (H, W, 3) uint8; the frame's own picture where the air holds nothing to see.
    """
    rgb = frame.rgb
    if patterns is not None and paved is not None and moves(environment):
        rgb = stir_water(frame, camera, pose, environment, time, patterns, paved)
    if plumes and environment.wetness >= _SOAKED:
        color = _display(_drop_light(environment), environment)
        rgb = draw_spray(rgb, frame.depth, camera, pose, time, plumes, color, depth_is_range=frame.depth_is_range)
    strength = lamp_strength(environment)
    if lamps and strength > 0.0:
        rgb = draw_glow(
            rgb, frame.depth, camera, pose, lamps, fog_density=environment.fog_density, strength=strength,
            depth_is_range=frame.depth_is_range,
        )  # fmt: skip
    if environment.precipitation > 0.0:
        falling = precipitation_of(environment, seed)
        rgb = draw_precipitation(
            rgb, frame.depth, camera, pose, time, falling, depth_is_range=frame.depth_is_range, velocity=velocity
        )
    return rgb


def lamp_strength(environment: Environment) -> float:
    """How strongly lamps dazzle, 0..1: fully at night, weakly in daylight under thick air, not at all on clear days."""
    dull = 0.35 if environment.fog_density > 0.0015 else 0.0
    return max(dull, min(1.0, environment.night * 1.15))


def precipitation_of(environment: Environment, seed: int) -> Precipitation:
    """What falls in an environment."""
    share = environment.precipitation / _FULL_RATE
    if environment.falling == "snow":
        light = np.array(environment.ambient_above) * 1.35 + 0.2 * np.array(environment.sun_light)
        light = light + environment.night * _LAMP_LIGHT
        return Precipitation("snow", SNOW_RATE * share, seed, _display(light, environment))
    return Precipitation("rain", RAIN_RATE * share, seed, _display(_drop_light(environment), environment))


def _drop_light(environment: Environment) -> NDArray[np.float64]:
    """Radiance of drops, in which the sky is seen upside down."""
    sky = 0.55 * np.array(environment.horizon) + 0.30 * np.array(environment.zenith)
    return np.asarray(sky + 0.5 * environment.night * _LAMP_LIGHT)


def _display(radiance: NDArray[np.float64], environment: Environment) -> tuple[float, float, float]:
    """Display colour 0..255 of a radiance."""
    red, green, blue = (255.0 * srgb_encode(film_curve(radiance * environment.exposure))).tolist()
    return red, green, blue
