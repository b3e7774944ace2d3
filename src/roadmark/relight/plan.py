"""From conditions before and after to the numbers of a relight."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from roadmark.catalog import Conditions
from roadmark.errors import ConfigError
from roadmark.relight.images import Effect, Floats, Visibility
from roadmark.render import Environment
from roadmark.render.kernels import film_curve, srgb_decode

DEFAULT_SOURCE: Final = Conditions("clear_sky", "mid_morning", "dry")
"""What a picture is taken to show where nobody says: the light that simulators start with."""

FLOOD_DEPTH: Final = 0.22
"""Metres of water over the road; kerbs and pavements lie below it."""

_NO_WATER = -1.0e9
_LAMPS_FROM = 0.3  # of `Environment.night`
_DARK_SOURCES = frozenset({"night", "blue_hour", "twilight"})
_LOW_SUN = 0.3  # a beam dimmer than this casts no shadow that one sees
_TOWN_GLOW = 0.05
_SHINY = 0.3  # wetness below which a road is darker, but mirrors nothing that one sees
_PUDDLES_SEEN = 1.3  # a relight shows fewer mirrored things than a renderer, so that puddles take more room
_SAME_SUN = 0.9995  # cosine
_CURVE = np.linspace(0.0, 7.0, 20001)


@dataclass(frozen=True)
class Plan:
    """Everything about a relight that is the same in all frames of a clip.

    Attributes:
        source: Light of the pictures.
        target: Light of the results.
        source_conditions: Names of the first; None where they are not known.
        target_conditions: Names of the second.
        traced: Whether the target's sun casts new shadows.
        lifts_shadows: Whether shadows on the ground have to be found and lifted: where the sun shone is not known, and
            no sun shines afterwards.
    """

    source: Environment
    target: Environment
    source_conditions: Conditions | None
    target_conditions: Conditions
    traced: bool
    lifts_shadows: bool

    @property
    def same(self) -> bool:
        """Whether pictures already show the wished conditions."""
        return self.source == self.target

    @property
    def lamps_on(self) -> bool:
        """Whether street lamps and windows shine."""
        return self.target.night > _LAMPS_FROM

    @property
    def headlight_power(self) -> float:
        """Factor on the light of head and tail lamps: by day one sees the lamps, hardly what they light."""
        return 0.2 + 0.8 * min(1.0, self.target.night / 0.5)

    @property
    def headlights_on(self) -> bool:
        """Whether vehicles drive with their lamps on."""
        poor_sight = self.target_conditions.weather in {"fog", "raining", "snow_falling"}
        return self.target.night > 0.02 or poor_sight

    @property
    def mirrors(self) -> bool:
        """Whether anything shows a mirror image."""
        return self.target.wetness > self.source.wetness + _SHINY or self.target.puddles > 0.0

    @property
    def flooded(self) -> bool:
        """Whether water stands over the road."""
        before = self.source_conditions
        return self.target_conditions.road == "flooding" and (before is None or before.road != "flooding")

    def linear(self) -> Floats:
        """(256,) float32 radiance of the source's 8-bit values: the renderer's tone curve, undone."""
        shown = srgb_decode(np.arange(256) / 255.0)
        exposed = np.interp(shown, film_curve(_CURVE), _CURVE)
        return np.asarray(exposed / self.source.exposure, np.float32)

    def effects(self, *, has_visibility: bool, has_depth: bool) -> Floats:
        """Values by `Effect`, but for those that change from frame to frame.

        Args:
            has_visibility: Whether it is known where the source's sun shines.
            has_depth: Whether the scene's shape is known; where it is not, nothing can lie on surfaces.
        """
        values = np.zeros(len(Effect), np.float32)
        values[Effect.WATER_LEVEL] = _NO_WATER
        source, target = self.source, self.target
        values[Effect.VISIBILITY] = self._visibility(has_visibility)
        values[Effect.WET_FROM] = source.wetness
        values[Effect.WET] = max(target.wetness, source.wetness) if has_depth else source.wetness
        values[Effect.MIRROR] = self.mirrors and has_depth
        for effect, before, after in (
            (Effect.SNOW, source.snow, target.snow),
            (Effect.SAND, source.sand, target.sand),
            (Effect.PUDDLES, source.puddles, target.puddles),
        ):
            values[effect] = after if after > before + 0.02 and has_depth else 0.0
        values[Effect.PUDDLES] = min(1.0, _PUDDLES_SEEN * values[Effect.PUDDLES])
        values[Effect.WINDOWS] = max(0.0, (target.night - 0.15) / 0.85)
        values[Effect.RIPPLE] = 30.0 if self.target_conditions.weather == "raining" else 8.0
        values[Effect.SENSOR_NOISE] = 0.030 * max(0.0, target.night - 0.3) / 0.7
        values[Effect.BLOOM] = (
            1.0 if self.lamps_on or self.headlights_on or 0.0 < target.sun_direction[2] < 0.3 else 0.0
        )
        return values

    def _visibility(self, has_visibility: bool) -> Visibility:
        if self.traced:
            return Visibility.TRACED
        same_sun = np.dot(self.source.sun_direction, self.target.sun_direction) > _SAME_SUN
        return Visibility.AS_SOURCE if same_sun and has_visibility else Visibility.EVERYWHERE


def plan_relight(target: Conditions, source: Conditions | None, source_light: Environment | None, *,
                 has_visibility: bool, has_depth: bool, has_lamps: bool) -> Plan:  # fmt: skip
    """What a relight does.

    Args:
        target: The wished conditions.
        source: What the pictures show; None where it is not known.
        source_light: Their light where it is known better than by name.
        has_visibility: Whether it is known where the source's sun shines.
        has_depth: Whether the scene's shape is known.
        has_lamps: Whether street lamps are known; a night without any is lit by the glow of the town.

    Raises:
        ConfigError: The source's conditions cannot be taken away.
    """
    check_possible(source, target)
    before = source_light or _environment(source or DEFAULT_SOURCE)
    after = before if source == target and source is not None else _environment(target)
    sunny = max(before.sun_light) > _LOW_SUN
    if not has_visibility and before is not after:
        before = _shadows_stay(before)
    if not has_lamps and before is not after and after.night > _LAMPS_FROM:
        after = _with_town_glow(after)
    same_sun = np.dot(before.sun_direction, after.sun_direction) > _SAME_SUN
    beams = max(after.sun_light) > _LOW_SUN and after.night < 0.5 and after.sun_direction[2] > 0.0
    traced = beams and has_visibility and has_depth and not same_sun
    return Plan(before, after, source, target, traced, sunny and not has_visibility and not beams)


def _environment(conditions: Conditions) -> Environment:
    return Environment.from_conditions(conditions.weather, conditions.lighting, conditions.road)


def _with_town_glow(light: Environment) -> Environment:
    """A night as it is under lamps that nobody sees."""
    red, green, blue = (_TOWN_GLOW * light.night * value for value in (1.0, 0.86, 0.66))
    above, below = light.ambient_above, light.ambient_below
    return replace(
        light,
        ambient_above=(above[0] + red, above[1] + green, above[2] + blue),
        ambient_below=(below[0] + red, below[1] + green, below[2] + blue),
    )


def _shadows_stay(light: Environment) -> Environment:
    """The light to divide by where it is not known which surfaces the sun reaches: that of a level place in the sun.

    Shadows and shading then stay in the picture, as if they were painted.
    """
    sun = np.asarray(light.sun_light) * max(light.sun_direction[2], 0.0)
    red, green, blue = (float(value) for value in np.asarray(light.ambient_above) + sun)
    everywhere = (red, green, blue)
    return replace(light, sun_light=(0.0, 0.0, 0.0), ambient_above=everywhere, ambient_below=everywhere)


def check_possible(source: Conditions | None, target: Conditions) -> None:
    """Refuse what would have to be seen through darkness, fog, snow or water.

    Args:
        source: What the pictures show; None, not known, lets everything pass.
        target: The wished conditions.

    Raises:
        ConfigError: The source's conditions cannot be taken away.
    """
    if source is None or source == target:
        return
    reason = ""
    if source.lighting in _DARK_SOURCES and target.lighting not in _DARK_SOURCES:
        reason = f"daylight cannot be made of {source.lighting}"
    elif source.lighting in _DARK_SOURCES and target.lighting != source.lighting:
        reason = f"the lamps of {source.lighting} cannot be taken out of the picture"
    elif source.weather in {"fog", "raining", "snow_falling"} and target.weather != source.weather:
        reason = f"{source.weather} cannot be taken out of the picture"
    elif source.road not in ("dry", target.road):
        reason = f"the road under {source.road} is not seen"
    if reason:
        raise ConfigError(
            f"relight from {source.weather}, {source.lighting}, {source.road} to "
            f"{target.weather}, {target.lighting}, {target.road}: {reason}; "
            "relight a clip made in clear or overcast daylight on a dry road, or use the rerender backend"
        )
