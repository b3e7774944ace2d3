"""The plane of a twin."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmark.errors import FormatError
from roadmark.twins import TransverseMercator


def test_a_known_place():
    # On its own meridian the plane shows true lengths: the arc of WGS 84 from the equator to 45 degrees.
    plane = TransverseMercator(0.0, 9.0)
    assert plane.forward([45.0], [9.0])[0] == pytest.approx([0.0, 4984944.378], abs=1e-3)


@given(st.floats(-80, 80), st.floats(-179, 179), st.floats(-0.05, 0.05), st.floats(-0.05, 0.05))
def test_near_its_origin_it_is_the_tangent_plane(latitude, longitude, north, east):
    plane = TransverseMercator(latitude, longitude)
    x, y = plane.forward([latitude + north], [longitude + east])[0]
    a, e2 = 6378137.0, 0.0066943799901413165
    phi = math.radians(latitude + north / 2.0)
    w = 1.0 - e2 * math.sin(phi) ** 2
    meridian, across = (
        a * (1.0 - e2) / w**1.5,
        a
        * math.cos(math.radians(latitude + north))
        / math.sqrt(1.0 - e2 * math.sin(math.radians(latitude + north)) ** 2),
    )
    assert x == pytest.approx(math.radians(east) * across, abs=0.02)
    # Parallels bend towards the pole: by a quarter of the square of the angle times the sine of twice the latitude.
    bend = 0.5 * math.radians(east) ** 2 * across * math.sin(math.radians(latitude + north))
    assert y == pytest.approx(math.radians(north) * meridian + bend, abs=0.02)


def test_it_crosses_the_date_line():
    plane = TransverseMercator(0.0, 179.99)
    assert plane.forward([0.0], [-179.99])[0] == pytest.approx([math.radians(0.02) * 6378137.0, 0.0], abs=0.01)


def test_its_name_is_read_back():
    plane = TransverseMercator(48.12345, -8.5, 0.9996, 500000.0, -3.0)
    assert TransverseMercator.parse(f"\n {plane.proj}\n", "map.xodr") == plane
    assert TransverseMercator.parse("+proj=tmerc", "map.xodr") == TransverseMercator(0.0, 0.0)


@pytest.mark.parametrize(
    "text", ["", "+proj=utm +zone=32", "+proj=tmerc +lat_0=abc", "+proj=tmerc +ellps=bessel", "+proj=tmerc +units=ft"]
)
def test_other_planes_are_refused(text):
    with pytest.raises(FormatError, match="geoReference"):
        TransverseMercator.parse(text, "map.xodr")


def test_shape():
    assert TransverseMercator(1.0, 2.0).forward(np.zeros(3), np.zeros(3)).shape == (3, 2)
