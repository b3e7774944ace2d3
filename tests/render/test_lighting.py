from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmark.render.environment import Environment
from roadmark.render.lighting import (
    LAMP_COLUMNS,
    apply_fog,
    direct_radiance,
    fresnel,
    reflected_environment,
    spot_lights,
    surface_radiance,
)

f32 = np.float32
DAY = Environment.from_conditions("clear_sky", "afternoon", "dry")
UP = (0.0, 0.0, 1.0)
shares = st.floats(0.0, 1.0, width=32)
signed = st.floats(-1.0, 1.0, width=32)


def floats(values):
    return tuple(f32(v) for v in values)


def unit(x, y, z):
    length = math.sqrt(x * x + y * y + z * z)
    return (0.0, 0.0, 1.0) if length < 1e-3 else (x / length, y / length, z / length)


def radiance(
    function=surface_radiance, *, albedo=(0.5, 0.5, 0.5), f0=0.0, roughness=0.9, emission=(0, 0, 0), normal=UP, view=UP,
    sun=1.0, open_sky=1.0, spot=(0, 0, 0), environment=DAY,
):  # fmt: skip
    values = (*albedo, f0, roughness, *emission, *normal, *view, sun, open_sky, *spot)
    return np.array(function(*floats(values), environment.pack()))


def test_a_white_surface_in_uniform_light_is_as_bright_as_the_light():
    furnace = Environment(
        sun_light=(0, 0, 0), ambient_above=(0.7, 0.7, 0.7), ambient_below=(0.7, 0.7, 0.7), glow=(0, 0, 0),
    )  # fmt: skip
    assert radiance(albedo=(1, 1, 1), normal=unit(0.3, -0.4, 0.2), environment=furnace) == pytest.approx([0.7] * 3)


def test_matt_radiance_is_albedo_times_sun_and_sky():
    # Facing up at 42 degrees of sun: sin 42 = 0.66913 of the beam plus the whole sky.
    expected = 0.5 * (np.array(DAY.sun_light) * math.sin(math.radians(42.0)) + np.array(DAY.ambient_above))
    assert radiance() == pytest.approx(expected, rel=1e-4)


def test_shadow_occlusion_and_lamps():
    assert radiance(sun=0.0) == pytest.approx(0.5 * np.array(DAY.ambient_above), rel=1e-4)
    assert radiance(sun=0.0, open_sky=0.0) == pytest.approx([0.0] * 3)
    assert radiance(sun=0.0, open_sky=0.0, spot=(1, 2, 3)) == pytest.approx([0.5, 1.0, 1.5])
    assert radiance(sun=0.0, open_sky=0.0, emission=(3, 2, 1)) == pytest.approx([3.0, 2.0, 1.0])


def test_shadows_are_bluer_than_sunlight():
    shadow, lit = radiance(sun=0.0), radiance()
    assert shadow[2] / shadow[0] > lit[2] / lit[0]


def test_a_glossy_surface_mirrors_the_sun_in_the_mirror_direction_only():
    x, y, z = DAY.sun_direction
    mirror, elsewhere = (-x, -y, z), (x, y, z)
    glossy = {"albedo": (0.02, 0.02, 0.02), "f0": 0.05, "roughness": 0.1, "function": direct_radiance}
    assert radiance(view=mirror, **glossy)[0] > 10.0 * radiance(view=elsewhere, **glossy)[0]
    assert radiance(view=mirror, **{**glossy, "sun": 0.0})[0] < 0.1


def test_surface_is_direct_plus_reflected():
    glass = {"albedo": (0.02, 0.03, 0.02), "f0": 0.08, "roughness": 0.03, "view": unit(0.5, 0.1, 0.6)}
    direct = radiance(direct_radiance, **glass)
    mirrored = reflected_environment(*floats((0.08, 0.03, *UP, *glass["view"], 1.0)), DAY.pack())
    assert radiance(**glass) == pytest.approx(direct + np.array(mirrored), rel=1e-5)


@settings(deadline=None)  # the first call compiles
@given(shares, shares, shares, signed, signed, signed, signed, signed, signed, shares, shares)
def test_light_is_finite_and_never_negative(a, f0, roughness, nx, ny, nz, vx, vy, vz, sun, open_sky):
    arguments = {
        "albedo": (a, a, a), "f0": f0, "roughness": roughness, "normal": unit(nx, ny, nz), "view": unit(vx, vy, vz),
        "sun": sun, "open_sky": open_sky,
    }  # fmt: skip
    color = radiance(**arguments)
    assert np.isfinite(color).all()
    assert (color >= 0.0).all()
    values = (a, a, a, f0, roughness, 0, 0, 0, *arguments["normal"], *arguments["view"], sun, open_sky, 0, 0, 0)
    assert color == pytest.approx(np.array(surface_radiance.py_func(*floats(values), DAY.pack())), rel=2e-3, abs=1e-4)


@settings(deadline=None)  # the first call compiles
@given(shares, shares, shares)
def test_fresnel_is_a_share_at_least_f0_for_smooth_surfaces(f0, roughness, cosine):
    value = fresnel(f32(f0), f32(roughness), f32(cosine))
    assert f0 - 1e-6 <= value <= 1.0 + 1e-6
    assert value == pytest.approx(float(fresnel.py_func(f32(f0), f32(roughness), f32(cosine))), abs=1e-6)


def test_fresnel_known_values():
    assert fresnel(f32(0.04), f32(0.0), f32(1.0)) == pytest.approx(0.04)
    assert fresnel(f32(0.04), f32(0.0), f32(0.0)) == pytest.approx(1.0)
    assert fresnel(f32(0.04), f32(0.6), f32(0.0)) == pytest.approx(0.4)
    assert fresnel(f32(0.0), f32(0.0), f32(0.0)) == 0.0  # matt surfaces never shine


def lamp(position=(0, 0, 3), direction=(0, 0, -1), color=(9, 6, 3), inner=0.9, outer=0.8, reach=30.0):
    row = np.array([[*position, *direction, *color, inner, outer, reach]], dtype=np.float32)
    assert row.shape == (1, LAMP_COLUMNS)
    return row


def test_a_lamp_falls_off_with_the_square_of_the_distance():
    # 3 m below: color / 9, times the window (1 - 9/900)^2 = 0.9801 that ends the lamp at its range.
    below = spot_lights(*floats((0, 0, 0, *UP)), lamp(), 0, 1)
    assert below == pytest.approx((0.9801, 0.9801 * 6 / 9, 0.9801 / 3), rel=1e-3)


def test_a_lamp_is_dark_behind_outside_its_cone_and_out_of_reach():
    assert spot_lights(*floats((0, 0, 6, 0, 0, -1)), lamp(), 0, 1) == (0, 0, 0)
    assert spot_lights(*floats((9, 0, 0, *UP)), lamp(), 0, 1) == (0, 0, 0)
    assert spot_lights(*floats((0, 0, -40, *UP)), lamp(), 0, 1) == (0, 0, 0)
    assert spot_lights(*floats((0, 0, 0, 0, 0, -1)), lamp(), 0, 1) == (0, 0, 0)  # the surface faces away


def test_lamps_add_up_within_the_range_of_rows():
    rows = np.concatenate([lamp(), lamp(), lamp()])
    one = spot_lights(*floats((0.2, 0, 0, *UP)), rows, 0, 1)
    assert spot_lights(*floats((0.2, 0, 0, *UP)), rows, 0, 3) == pytest.approx([3 * v for v in one], rel=1e-5)
    assert spot_lights(*floats((0.2, 0, 0, *UP)), rows, 1, 1) == (0, 0, 0)
    assert spot_lights.py_func(*floats((0.2, 0, 0, *UP)), rows, 0, 1) == pytest.approx(one, rel=1e-5)


def test_fog_takes_over_with_distance():
    environment = Environment(fog_density=0.01, glow=(0, 0, 0))
    env = environment.pack()

    def after(distance):
        return np.array(apply_fog(*floats((2, 0.1, 0.3, distance, 1, 0, 0)), env))

    assert after(0.0) == pytest.approx([2.0, 0.1, 0.3])
    # Half the light is lost after ln 2 / 0.01 = 69.3 m.
    assert after(69.31) == pytest.approx((np.array([2.0, 0.1, 0.3]) + environment.fog_color) / 2, abs=0.01)
    assert after(1e5) == pytest.approx(environment.fog_color, abs=1e-3)
