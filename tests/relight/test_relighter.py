"""Pictures under other conditions: each effect where it belongs, as strong as it should be, the same on every run."""

from dataclasses import replace

import numpy as np
import pytest
from relight_samples import ALL, NOON, SHADED, camera, gray, pixel, pose, relit, street

from roadmark.catalog import LIGHTING_NAMES, WEATHER_NAMES, Conditions, SemanticClass
from roadmark.errors import ConfigError, InputError
from roadmark.geometry import Box3D
from roadmark.relight import MissingBufferError, Relighter, Vehicle, ViewBuffers, WheelPath, assumed_camera
from roadmark.render import Environment
from roadmark.render.kernels import film_curve, srgb_decode, srgb_encode

OVERCAST = Conditions("overcast", "afternoon", "dry")


def radiance(picture, exposure):
    """Linear radiance of 8-bit values: the tone curve undone."""
    x = np.linspace(0.0, 6.0, 60001)
    return np.interp(srgb_decode(picture / 255.0), film_curve(x), x) / exposure


def shaded(buffers, value=255):
    """The same with the source's sun shining everywhere, or nowhere."""
    return replace(buffers, sun_visibility=np.full(buffers.rgb.shape[:2], value, np.uint8))


def test_the_same_conditions_change_nothing():
    rng = np.random.default_rng(3)
    buffers = street()
    noisy = replace(buffers, rgb=rng.integers(0, 256, buffers.rgb.shape, dtype=np.uint8))
    assert (relit(noisy, NOON) == noisy.rgb).all()


def test_taking_light_away_and_giving_it_back_costs_no_gray_level():
    """The same light by another name (only the sun's disc, out of view, differs) goes the whole way."""
    rng = np.random.default_rng(3)
    buffers = street()
    noisy = replace(buffers, rgb=rng.integers(24, 256, buffers.rgb.shape, dtype=np.uint8))
    light = replace(Environment.from_conditions("clear_sky", "mid_morning", "dry"), sun_disc=7.0)
    solid = buffers.semantic != SemanticClass.SKY
    inside = solid & np.roll(solid, 1, axis=0)
    back = relit(shaded(noisy), NOON, source_light=light)
    assert np.abs(back.astype(int) - noisy.rgb)[inside].max() <= 1


def test_fog_leaves_exp_of_minus_extinction_times_distance():
    fog = Conditions("fog", "mid_morning", "dry")
    light = Environment.from_conditions("fog", "mid_morning", "dry")
    for distance in (15.0, 30.0, 60.0):
        black = street(wall=distance, gray=0, view=pose(tilt=0.0), wall_height=20.0)
        row, column = pixel((distance, 0.0, 5.0), view=pose(tilt=0.0))
        seen = radiance(relit(black, fog, ground=0.0)[row, column], light.exposure)
        # Looking level from 5 m, the air is 5/60 thinner than at the ground; the wall itself is black.
        expected = 1.0 - np.exp(-light.fog_density * distance * (1.0 - 5.0 / 60.0))
        glow = 0.6 * light.sun_direction[0] ** 4 if light.sun_direction[0] > 0.0 else 0.0
        thick = np.asarray(light.fog_color) + glow * np.asarray(light.glow)
        assert seen / thick == pytest.approx([expected] * 3, abs=0.02)


def test_the_sky_is_the_target_s_whatever_it_was():
    buffers = street()
    sky = buffers.semantic == SemanticClass.SKY
    deep = sky & np.roll(sky, -3, axis=0)  # not at its edge
    green = replace(buffers, rgb=np.where(sky[..., None], np.array([0, 250, 0], np.uint8), buffers.rgb))
    night = Conditions("clear_sky", "night", "dry")
    assert (relit(buffers, night)[deep] == relit(green, night)[deep]).all()
    assert gray(relit(buffers, night))[deep].max() < 90 < gray(buffers.rgb)[deep].min()


def test_a_roof_s_mixed_pixels_keep_no_day_sky():
    buffers = street()
    edge = (buffers.semantic == SemanticClass.BUILDING) & (np.roll(buffers.semantic, 1, axis=0) == SemanticClass.SKY)
    mixed = buffers.rgb.copy()
    mixed[edge] = (0.5 * mixed[edge] + 0.5 * np.array([120, 160, 210])).astype(np.uint8)
    night = Conditions("clear_sky", "night", "dry")
    once, inside = gray(relit(replace(buffers, rgb=mixed), night)), np.roll(edge, 4, axis=0)
    assert once[edge].mean() < max(once[inside].mean(), once[np.roll(edge, -4, axis=0)].mean()) + 3.0


def test_wet_roads_are_darker():
    buffers = street()
    row, column = pixel((24.0, 0.0, 0.0))  # before the wall, so that it mirrors no bright sky
    around = np.s_[row - 1 : row + 2, column - 30 : column + 30]
    dry = gray(relit(buffers, OVERCAST))[around]
    wet = gray(relit(buffers, Conditions("overcast", "afternoon", "puddles")))[around]
    assert np.median(wet) < np.median(dry) - 8.0


def test_flood_water_mirrors_a_post_at_the_mirrored_pixel():
    post = (20.0, 3.0, 0.5, 5.0, SemanticClass.POLE, 250)
    buffers = street(wall=45.0, posts=[post], gray=40, wall_height=30.0)
    flooded = gray(relit(buffers, Conditions("overcast", "afternoon", "flooding"), ground=0.0))
    level = 0.22
    row, column = pixel((20.0, 3.0, 2.0 * level - 3.0))  # where a point 3 m up is seen in the water
    beside = flooded[row, [column - 12, column + 12]]
    assert flooded[row, column] > beside.max() + 15.0


def test_a_street_lamp_s_light_falls_with_distance():
    buffers = street(wall=60.0, gray=150)
    night = Conditions("clear_sky", "night", "dry")
    lit = gray(relit(buffers, night, street_lamps=[[14.0, 0.0, 7.5]]))
    dark = gray(relit(buffers, night))
    gain = [lit[pixel((x, 0.0, 0.0))] - dark[pixel((x, 0.0, 0.0))] for x in (14.0, 19.0, 26.0)]
    assert gain[0] > gain[1] + 10.0 > gain[2] + 20.0
    assert gain[2] >= -8.0  # the sensor's noise


def test_vehicles_light_the_road_ahead_at_night_and_brake_red():
    buffers = street(wall=60.0, gray=150)
    heading_left = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])  # columns: heading +y, left -x, up
    car = Box3D(np.array([16.0, -6.0, 0.8]), np.array([4.4, 1.8, 1.6]), heading_left)
    night = Conditions("clear_sky", "night", "dry")
    seen = relit(replace(buffers, vehicles=(Vehicle(car, braking=True),)), night).astype(int)
    none = relit(replace(buffers, vehicles=(Vehicle(car, lamps=False),)), night).astype(int)
    ahead, behind = pixel((16.0, 2.0, 0.0)), pixel((16.0, -9.2, 0.0))
    assert seen[ahead].sum() > none[ahead].sum() + 60
    assert seen[behind][0] - none[behind][0] > 2 * max(seen[behind][2] - none[behind][2], 5)


def test_a_low_sun_casts_the_shadow_of_what_is_seen():
    post = (18.0, 0.0, 0.6, 4.0, SemanticClass.CAR, 120)
    buffers = shaded(street(wall=70.0, posts=[post], gray=150, view=pose(tilt=20.0, eye=9.0)))
    golden = Conditions("clear_sky", "golden_hour", "dry")
    sun = np.asarray(Environment.from_conditions("clear_sky", "golden_hour", "dry").sun_direction)
    picture = gray(relit(buffers, golden, available=SHADED))
    # The shadow of the post's upper half: 3 m up, thrown along the sun's direction onto the road.
    foot = np.array([18.0, 0.0, 3.0]) - 3.0 / sun[2] * sun
    if foot[0] > 60.0 or foot[0] < 5.0 or abs(foot[1]) > 20.0:
        foot = np.array([18.0, 0.0, 0.6]) - 0.6 / sun[2] * sun
    inside = pixel(foot, view=pose(tilt=20.0, eye=9.0))
    outside = pixel(foot + np.array([6.0, 0.0, 0.0]), view=pose(tilt=20.0, eye=9.0))
    assert picture[inside] < picture[outside] - 8.0


def test_overcast_takes_known_shadows_away_and_finds_others_on_the_ground():
    buffers = street(gray=140)
    shadow = np.zeros(buffers.rgb.shape[:2], bool)
    shadow[60:80, 40:90] = True
    shadow[30:38, 40:90] = True  # on the wall
    assert (buffers.semantic[30:38] == SemanticClass.BUILDING).all()
    light = Environment.from_conditions("clear_sky", "mid_morning", "dry")
    sunny = np.asarray(light.sun_light) * light.sun_direction[2] + np.asarray(light.ambient_above)
    share = np.asarray(light.ambient_above) / sunny
    dim = radiance(np.array([140.0] * 3), light.exposure) * share
    rgb = buffers.rgb.copy()
    rgb[shadow] = np.rint(255 * srgb_encode(film_curve(dim * light.exposure))).astype(np.uint8)
    known = np.where(shadow, np.uint8(0), np.uint8(255))
    inside, beside = np.s_[64:76, 45:85], np.s_[64:76, 100:140]
    on_wall, beside_it = np.s_[32:36, 45:85], np.s_[32:36, 100:140]
    clear = replace(light, fog_density=0.0)
    taken = gray(relit(replace(buffers, rgb=rgb, sun_visibility=known), OVERCAST, source_light=clear))
    found = gray(relit(replace(buffers, rgb=rgb), OVERCAST, source_light=clear))
    assert taken[inside].mean() == pytest.approx(taken[beside].mean(), abs=3.0)
    assert found[inside].mean() == pytest.approx(found[beside].mean(), abs=3.0)
    assert found[on_wall].mean() < found[beside_it].mean() - 20.0  # a wall may be dark by itself
    sunny = gray(relit(replace(buffers, rgb=rgb), Conditions("clear_sky", "zenith", "dry"), source_light=clear))
    assert sunny[inside].mean() < sunny[beside].mean() - 20.0  # under another sun they may stay


def test_snow_lies_on_the_road_but_not_where_wheels_roll_nor_on_walls():
    buffers = street(gray=60)
    snow = Conditions("overcast", "afternoon", "snow")
    path = WheelPath(np.stack([np.linspace(5.0, 28.0, 60), np.zeros(60)], axis=1), gauge=2.0)
    plain, driven = gray(relit(buffers, snow)), gray(relit(buffers, snow, wheel_paths=[path]))
    before = gray(relit(buffers, OVERCAST))
    road = buffers.semantic == SemanticClass.ROADS
    assert np.median(plain[road]) > np.median(before[road]) + 60.0
    wheels = [pixel((x, 1.0, 0.0)) for x in (10.0, 11.0, 12.0, 13.0, 14.0, 15.0)]
    assert np.mean([driven[place] for place in wheels]) < np.mean([plain[place] for place in wheels]) - 25.0
    assert np.median(plain[buffers.semantic == SemanticClass.BUILDING]) < 140.0


def test_sand_is_warmer_than_the_road():
    buffers = street(gray=90)
    road = buffers.semantic == SemanticClass.ROADS
    sand = relit(buffers, Conditions("clear_sky", "mid_morning", "sand"))[road].astype(float).mean(axis=0)
    assert sand[0] - sand[2] > 25.0 > abs(buffers.rgb[road].astype(float).mean(axis=0) @ [1, 0, -1])


def test_lit_signals_shine_at_night_as_by_day():
    lamp = (20.0, 0.0, 0.4, 5.0, SemanticClass.TRAFFIC_LIGHT, (250, 30, 20))
    buffers = street(posts=[lamp])
    row, column = pixel((20.0, 0.0, 4.0))
    night = relit(buffers, Conditions("clear_sky", "night", "dry"))[row, column].astype(int)
    assert night[0] > 180
    assert night[1] < 90


@pytest.mark.parametrize(
    "target", [Conditions("raining", "night", "puddles"), Conditions("snow_falling", "sunset", "snow")]
)
def test_bytes_depend_on_seed_and_time_alone(target):
    buffers = street(posts=[(20.0, 3.0, 0.5, 5.0, SemanticClass.POLE, 200)])
    lamps = [[14.0, 0.0, 7.5]]
    options = {"street_lamps": lamps, "available": ALL, "seed": 5}
    one = Relighter(camera(), target, NOON, threads=1, **options)
    many = Relighter(camera(), target, NOON, threads=3, **options)
    times = (0.0, 0.1, 0.2)
    forward = [one.frame(buffers, time) for time in times]
    backward = [many.frame(buffers, time) for time in reversed(times)][::-1]
    many.close()
    for a, b in zip(forward, backward, strict=True):
        assert (a == b).all()
    assert (forward[0] != forward[1]).any()
    other = Relighter(camera(), target, NOON, threads=1, street_lamps=lamps, available=ALL, seed=6)
    assert (other.frame(buffers, 0.0) != forward[0]).any()


def test_patterns_on_the_ground_stick_to_the_world():
    """Half a metre further on, the same place of the road has the same snow, though it is another pixel."""
    snow = Conditions("overcast", "afternoon", "snow")
    here, there = pose(), pose(x=0.5)
    first = gray(relit(street(view=here, gray=60), snow))
    second = gray(relit(street(view=there, gray=60), snow))
    places = [(x, y, 0.0) for x in np.arange(9.5, 15.0, 0.5) for y in np.arange(-3.0, 3.0, 0.5)]
    a = np.array([first[pixel(place, view=here)] for place in places])
    b = np.array([second[pixel(place, view=there)] for place in places])
    assert a.std() > 5.0
    assert np.corrcoef(a, b)[0, 1] > 0.85


@pytest.mark.parametrize("weather", WEATHER_NAMES)
@pytest.mark.parametrize("lighting", LIGHTING_NAMES)
def test_a_picture_alone_takes_every_weather_and_light(weather, lighting):
    lens, view = assumed_camera(96, 54)
    rgb = np.random.default_rng(1).integers(40, 220, (54, 96, 3), dtype=np.uint8)
    relighter = Relighter(lens, Conditions(weather, lighting, "dry"), available=frozenset({"rgb"}), threads=1)
    picture = relighter.frame(ViewBuffers(rgb, view), 0.0)
    assert picture.shape == rgb.shape
    if lighting == "night":
        assert picture.mean() < rgb.mean() - 25.0


def test_on_a_picture_alone_nothing_lies_on_surfaces():
    rgb = np.full((54, 96, 3), 90, np.uint8)
    lens, view = assumed_camera(96, 54)
    snow = Relighter(lens, Conditions("snow_falling", "afternoon", "dry"), available=frozenset({"rgb"}), threads=1)
    below = gray(snow.frame(ViewBuffers(rgb, view), 0.0))[40:]
    assert np.median(below) < 150.0  # snow on the road would be above 200


def test_rain_that_falls_already_is_not_drawn_again():
    rain, flood = Conditions("raining", "afternoon", "dry"), Conditions("raining", "afternoon", "flooding")
    buffers = street(gray=60)
    wall = (buffers.semantic == SemanticClass.BUILDING) & (np.arange(90)[:, None] < 35)  # above the water

    def changes(source):
        return (relit(buffers, flood, source, time=0.5) != relit(buffers, flood, source, time=0.9))[wall].any()

    assert changes(NOON)
    assert not changes(rain)


def test_depth_of_a_gray_video_makes_no_steps_in_the_snow():
    buffers = street(gray=60)
    white = 5.0  # metres
    levels = np.rint(255.0 * np.clip(white / buffers.depth, 0.0, 1.0))
    with np.errstate(divide="ignore"):
        stepped = np.where(levels > 0, white * 255.0 / levels, np.inf).astype(np.float32)
    snow = Conditions("overcast", "afternoon", "snow")
    exact = gray(relit(replace(buffers, normals=None), snow))
    video = gray(relit(replace(buffers, depth=stepped, normals=None), snow))
    road = (buffers.semantic == SemanticClass.ROADS) & (buffers.depth < 25.0)
    assert np.mean(np.abs(exact - video)[road]) < 2.0


@pytest.mark.parametrize("road", ["snow", "sand", "puddles", "flooding"])
def test_a_road_that_is_not_known_cannot_be_changed(road):
    with pytest.raises(MissingBufferError, match="depth and semantic needed") as raised:
        Relighter(camera(), Conditions("overcast", "afternoon", road), available=frozenset({"rgb"}))
    assert raised.value.buffers == ("depth", "semantic")


def test_normals_are_found_in_depth():
    buffers = street()
    snow = Conditions("overcast", "afternoon", "snow")
    given, found = relit(buffers, snow), relit(replace(buffers, normals=None), snow)
    assert np.mean(np.abs(given.astype(int) - found).max(axis=-1) <= 3) > 0.97


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        (Conditions("clear_sky", "night", "dry"), NOON, "daylight cannot be made of night"),
        (Conditions("fog", "afternoon", "dry"), NOON, "fog cannot be taken out"),
        (Conditions("overcast", "afternoon", "snow"), NOON, "the road under snow is not seen"),
        (Conditions("clear_sky", "twilight", "dry"), Conditions("clear_sky", "night", "dry"), "lamps of twilight"),
    ],
)
def test_what_cannot_be_taken_away_is_refused(source, target, reason):
    with pytest.raises(ConfigError, match=reason):
        Relighter(camera(), target, source)


def bad_buffers():
    good = street()
    nan = good.depth.copy()
    nan[3, 4] = np.nan
    return {
        "another size": (replace(good, rgb=good.rgb[:-1]), "rgb: expected"),
        "another type": (replace(good, semantic=good.semantic.astype(np.int32)), "semantic: expected"),
        "not a number": (replace(good, depth=nan), "depth holds nan"),
        "negative": (replace(good, depth=-good.depth), "depth holds -inf"),
        "missing": (replace(good, normals=None), "the frame lacks normals"),
    }


@pytest.mark.parametrize("name", sorted(bad_buffers()))
def test_bad_buffers_are_named(name):
    buffers, message = bad_buffers()[name]
    with pytest.raises(InputError, match=message):
        relit(buffers, OVERCAST, available=ALL)
