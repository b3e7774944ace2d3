"""The chart's pictures as a whole: what a photographer would check."""

from __future__ import annotations

import numpy as np
import pytest
from shading_chart import picture, sheet

from roadmark.render import Material
from roadmark.render.environment import Environment

STREET = (Material.ASPHALT, Material.PLASTER, Material.SIGN)
SMALL = {"size": (120, 90)}
DAY = Environment.from_conditions("clear_sky", "mid_morning", "dry")


def test_the_same_picture_twice():
    assert picture(STREET, DAY, **SMALL).tobytes() == picture(STREET, DAY, **SMALL).tobytes()


def test_a_sunny_street_is_exposed_like_a_photo():
    image = picture(STREET, DAY, **SMALL).astype(float)
    assert 90 < image.mean() < 190
    assert (image >= 255).mean() < 0.001  # white paint keeps its shape
    assert (image.max(axis=2) < 8).mean() < 0.001  # shadows are not black


def test_shadows_on_grey_are_bluish():
    image = picture((Material.GENERIC,) * 3, DAY, **SMALL).astype(float)
    ground = image[60:]
    dark = ground[ground.mean(axis=2) < 0.8 * np.median(ground.mean(axis=2))]
    assert len(dark) > 20
    red, _, blue = np.median(dark, axis=0)
    assert blue > red + 10


@pytest.mark.parametrize("lighting", ["twilight", "blue_hour", "night"])
def test_evenings_are_darker_than_days(lighting):
    evening = picture(STREET, Environment.from_conditions("clear_sky", lighting, "dry"), **SMALL)
    assert evening.mean() < 0.75 * picture(STREET, DAY, **SMALL).mean()


def test_materials_can_be_told_apart():
    pictures = [picture((kind,) * 3, DAY, **SMALL).astype(float) for kind in Material if kind != Material.LAMP_LENS]
    gaps = [np.abs(a - b).mean() for i, a in enumerate(pictures) for b in pictures[:i]]
    assert min(gaps) > 2.0


def test_a_sheet_tiles_pictures():
    tile = np.ones((4, 6, 3), np.uint8)
    assert sheet([tile] * 5, 3).shape == (8, 18, 3)
