from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmark.catalog import LIGHTING_NAMES, ROAD_NAMES, WEATHER_NAMES
from roadmark.render.environment import Environment
from roadmark.render.material_kinds import Material, default_color
from roadmark.render.materials import material_sample
from roadmark.render.materials_building import CURTAIN_WALL
from roadmark.render.noise import noise_table

f32 = np.float32
TABLE = noise_table(0)
DRY = Environment.from_conditions("clear_sky", "afternoon", "dry").pack()
NIGHT = Environment.from_conditions("clear_sky", "night", "dry").pack()
GROUND = [Material.ASPHALT, Material.CONCRETE, Material.KERB, Material.GRASS, Material.SOIL, Material.GRAVEL]


def sample(
    material, *, color=(0.2, 0.3, 0.4), variation=7, local=None, world=(1.0, 2.0, 0.0), normal=(0.0, 0.0, 1.0),
    distance=10.0, glow=0.0, env=DRY, wheels=1.0, function=material_sample,
):  # fmt: skip
    numbers = (*(local or world), *world, *normal, distance, glow)
    result = function(
        np.uint8(material), *(f32(v) for v in color), np.uint32(variation), *(f32(v) for v in numbers), env, TABLE,
        f32(wheels),
    )  # fmt: skip
    return np.array(result, dtype=float)


def over_a_patch(material, **arguments):
    """(2500, 8) samples over 10 by 10 metres."""
    grid = np.random.default_rng(5).uniform(0.0, 10.0, (2500, 2))
    return np.array([sample(material, world=(x, y, 0.0), **arguments) for x, y in grid])


def test_every_material_has_a_plausible_default_colour():
    assert {default_color(material) for material in Material} <= {
        (r, g, b) for r, g, b in map(default_color, Material) if min(r, g, b) >= 0 and max(r, g, b) <= 255
    }
    assert max(default_color(Material.RUBBER)) < 60 < 200 < min(default_color(Material.MARKING))
    with pytest.raises(ValueError, match="99"):
        default_color(99)


def test_values_fit_a_byte_and_stay_fixed():
    # Meshes are cached with these numbers.
    assert [int(material) for material in Material] == list(range(27))
    assert (Material.ASPHALT, Material.CAR_PAINT, Material.WATER) == (1, 17, 26)


@settings(deadline=None)  # the first call compiles
@given(
    st.sampled_from(list(Material)), st.sampled_from(WEATHER_NAMES), st.sampled_from(LIGHTING_NAMES),
    st.sampled_from(ROAD_NAMES), st.tuples(*[st.floats(0.0, 1.0)] * 3), st.integers(0, 65535),
    st.tuples(*[st.floats(-2000.0, 2000.0)] * 3), st.tuples(st.floats(0.0, 6.29), st.floats(-1.57, 1.57)),
    st.floats(0.05, 3000.0), st.booleans(),
)  # fmt: skip
def test_a_surface_never_makes_energy(material, weather, lighting, road, color, variation, world, angles, distance, on):
    azimuth, elevation = angles
    normal = (
        math.cos(elevation) * math.cos(azimuth),
        math.cos(elevation) * math.sin(azimuth),
        math.sin(elevation),
    )
    env = Environment.from_conditions(weather, lighting, road).pack()
    result = sample(
        material,
        color=color,
        variation=variation,
        world=world,
        normal=normal,
        distance=distance,
        glow=float(on),
        env=env,
    )
    assert np.isfinite(result).all()
    assert (result[:3] >= 0.0).all()
    assert (result[:3] <= 1.0).all()
    assert 0.0 <= result[3] <= 1.0
    assert 0.0 < result[4] <= 1.0
    assert (result[5:] >= 0.0).all()
    assert (result[5:] < 50.0).all()


@pytest.mark.parametrize("material", list(Material))
def test_the_compiled_code_does_what_python_does(material):
    for env in (DRY, Environment.from_conditions("raining", "night", "puddles").pack()):
        for world in ((1.3, 2.7, 0.4), (-30.1, 12.9, 7.7)):
            arguments = {"world": world, "normal": (0.0, -0.6, 0.8), "glow": 1.0, "distance": 6.0, "env": env}
            compiled = sample(material, **arguments)
            assert compiled == pytest.approx(sample(material, function=material_sample.py_func, **arguments), abs=2e-3)
            assert compiled.tobytes() == sample(material, **arguments).tobytes()


@pytest.mark.parametrize("material", [*GROUND, Material.GENERIC])
def test_the_base_colour_modulates(material):
    single = sample(material, color=(0.1, 0.1, 0.1))
    double = sample(material, color=(0.2, 0.2, 0.2))
    assert double[:3] == pytest.approx(2.0 * single[:3], rel=1e-4)


@pytest.mark.parametrize("material", [*GROUND, Material.MARKING])
def test_the_mean_stays_near_the_base_colour_and_detail_fades(material):
    near = over_a_patch(material, distance=5.0, color=(0.3, 0.3, 0.3))[:, 1]
    far = over_a_patch(material, distance=400.0, color=(0.3, 0.3, 0.3))[:, 1]
    assert near.mean() == pytest.approx(0.3, rel=0.35)
    assert far.mean() == pytest.approx(near.mean(), rel=0.12)
    assert far.std() < near.std()


def neighbours_differ(material, distance, normal, step):
    """Mean difference between points one pixel apart, relative to the mean."""
    rng = np.random.default_rng(2)
    first = rng.uniform(0.0, 40.0, (400, 3))
    second = first + np.array(step) * distance * 1e-3
    pairs = [
        [sample(material, world=p, normal=normal, distance=distance)[0] for p in pair]
        for pair in zip(first, second, strict=True)
    ]
    values = np.array(pairs)
    return np.abs(values[:, 0] - values[:, 1]).mean() / values.mean()


@pytest.mark.parametrize("material", [Material.BRICK, Material.STONE, Material.ROOF, Material.WOOD])
def test_walls_do_not_flicker_in_the_distance(material):
    assert neighbours_differ(material, 300.0, (0.0, -1.0, 0.0), (1.0, 0.0, 0.7)) < 0.12


def test_a_brick_wall_has_courses():
    heights = np.arange(0.0, 0.75, 0.005)
    column = np.array(
        [
            sample(Material.BRICK, color=(0.3, 0.1, 0.08), world=(0.1, 0.0, z), normal=(0.0, -1.0, 0.0), distance=2.0)[
                2
            ]
            for z in heights
        ]
    )
    mortar = column > 0.5 * (column.min() + column.max())
    assert (np.diff(mortar.astype(int)) == 1).sum() == pytest.approx(10, abs=1)  # 0.75 m / 7.5 cm


def test_lamps_shine_with_their_emitter_only():
    assert sample(Material.LAMP_LENS, glow=0.0)[5:] == pytest.approx([0.0] * 3)
    red = sample(Material.LAMP_LENS, glow=1.0, color=(1.0, 0.0, 0.0))
    assert red[5] > 1.0
    assert red[6] == red[7] == 0.0


def test_some_windows_are_lit_at_night_and_none_by_day():
    wall = {"normal": (0.0, -1.0, 0.0)}
    lit = [sample(Material.WINDOW, variation=v, env=NIGHT, **wall)[5] > 0.0 for v in range(400)]
    assert np.mean(lit) == pytest.approx(0.36, abs=0.08)
    assert not any(sample(Material.WINDOW, variation=v, **wall)[5] > 0.0 for v in range(400))


def test_a_curtain_wall_is_divided_into_rooms():
    places = [(x, 0.0, z) for x in np.arange(1.0, 90.0, 4.5) for z in np.arange(1.0, 35.0, 3.5)]
    lit = [
        sample(Material.WINDOW, variation=CURTAIN_WALL | 3, world=p, normal=(0.0, -1.0, 0.0), env=NIGHT)[5] > 0.0
        for p in places
    ]
    assert 0.15 < np.mean(lit) < 0.6


def test_signs_glare_at_night():
    assert sample(Material.SIGN, env=NIGHT)[5:].min() > 0.0
    assert sample(Material.SIGN)[5:].max() == 0.0


def test_rain_darkens_and_puddles_mirror():
    wet = Environment.from_conditions("overcast", "afternoon", "puddles").pack()
    dry = Environment.from_conditions("overcast", "afternoon", "dry").pack()
    soaked, bare = over_a_patch(Material.ASPHALT, env=wet), over_a_patch(Material.ASPHALT, env=dry)
    assert soaked[:, 0].mean() < 0.75 * bare[:, 0].mean()
    assert bare[:, 3].max() == 0.0
    assert soaked[:, 3].max() == pytest.approx(0.03, abs=0.005)
    assert soaked[:, 4].min() < 0.1
    # A wall under the same rain has no puddles.
    assert sample(Material.ASPHALT, env=wet, normal=(0.0, -1.0, 0.0))[4] > 0.5


def test_flooding_covers_nearly_the_whole_road():
    flooded = over_a_patch(
        Material.ASPHALT, env=Environment.from_conditions("overcast", "afternoon", "flooding").pack()
    )
    assert (flooded[:, 4] < 0.2).mean() > 0.8


def test_snow_lies_on_what_faces_up():
    snow = Environment.from_conditions("overcast", "afternoon", "snow").pack()
    grass = over_a_patch(Material.GRASS, env=snow, color=(0.1, 0.15, 0.05))
    assert np.median(grass[:, 2]) > 0.5
    wall = {"world": (3.0, 1.0, 2.0), "normal": (0.0, -1.0, 0.0), "color": (0.1, 0.1, 0.1)}
    assert sample(Material.PLASTER, env=snow, **wall)[0] < 0.2
    road = over_a_patch(Material.ASPHALT, env=snow, color=(0.1, 0.1, 0.1))
    assert road[:, 1].mean() < grass[:, 1].mean()


def test_sand_colours_the_road():
    sand = over_a_patch(Material.ASPHALT, env=Environment.from_conditions("clear_sky", "afternoon", "sand").pack())
    bare = over_a_patch(Material.ASPHALT)
    assert sand[:, 0].mean() > bare[:, 0].mean()
    assert (sand[:, 0] / sand[:, 2]).mean() > (bare[:, 0] / bare[:, 2]).mean()
