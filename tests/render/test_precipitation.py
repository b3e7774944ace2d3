"""Rain and snow over a picture: places that depend on time and seed alone, hidden by what is nearer."""

import numpy as np
import pytest
from render_samples import looking

from roadmark.errors import RenderError
from roadmark.geometry import PinholeCamera
from roadmark.render import Precipitation, draw_precipitation
from roadmark.render.precipitation import RAIN_RATE, SNOW_RATE

CAMERA = PinholeCamera.from_fov(240, 180, 1.0)
POSE = looking((0.0, 0.0, 3.0), (10.0, 0.0, 3.0))
DARK = np.full((180, 240, 3), 40, np.uint8)
FAR = np.full((180, 240), np.inf, np.float32)
RAIN = Precipitation("rain", RAIN_RATE, wind=(0.0, 0.0))
SNOW = Precipitation("snow", SNOW_RATE, wind=(0.0, 0.0))


def drops(falling, time=5.0, depth=FAR, pose=POSE, **options):
    """(H, W) how much brighter than the bare picture."""
    drawn = draw_precipitation(DARK, depth, CAMERA, pose, time, falling, **options)
    return drawn[..., 0].astype(np.int64) - 40


def shift_of(before, after, shifts):
    """Rows by which the second picture lies lower than the first: the best match."""
    score = [np.mean(np.roll(before, shift, axis=0)[40:-40] * after[40:-40]) for shift in shifts]
    return shifts[int(np.argmax(score))]


@pytest.mark.parametrize("falling", [RAIN, SNOW], ids=["rain", "snow"])
def test_the_same_time_has_the_same_drops_and_another_has_others(falling):
    assert (drops(falling) == drops(falling)).all()
    assert (drops(falling) != drops(falling, time=5.5)).mean() > 0.01
    assert (drops(falling) != drops(Precipitation(falling.kind, falling.rate, 7, wind=(0.0, 0.0)))).mean() > 0.01


@pytest.mark.parametrize(("falling", "slowest", "fastest"), [(RAIN, 5.0, 8.6), (SNOW, 0.9, 1.6)], ids=["rain", "snow"])
def test_what_falls_is_lower_in_the_next_frame(falling, slowest, fastest):
    # What is seen best lies 3 to 10 m away: v dt of 1 m there is a fifth of f to a third of it.
    step = 0.02
    rows = shift_of(drops(falling, 5.0), drops(falling, 5.0 + step), range(-20, 21))
    assert CAMERA.fy * slowest * step / 12.0 <= max(rows, 1) <= CAMERA.fy * fastest * step / 2.0 + 1
    assert rows >= 1 or falling is SNOW


def test_drops_behind_a_wall_are_hidden():
    wall = FAR.copy()
    wall[:, 120:] = 1.0
    seen = drops(RAIN, depth=wall)
    assert (seen[:, :120] == drops(RAIN)[:, :120]).all()
    assert np.count_nonzero(seen[:, 120:]) < 0.1 * np.count_nonzero(seen[:, :120])


def test_more_rain_is_more_drops_and_none_is_none():
    few, many = (np.count_nonzero(drops(Precipitation("rain", rate))) for rate in (3.0, 30.0))
    assert many > 3 * few > 0
    assert not drops(Precipitation("rain", 0.0)).any()


def test_drops_have_the_light_of_the_scene_and_of_what_shines_near():
    night = Precipitation("snow", SNOW_RATE, ambient=(30.0, 30.0, 30.0))
    dark = draw_precipitation(DARK, FAR, CAMERA, POSE, 5.0, night)
    assert (dark == 40).all()  # flakes darker than the picture take its light
    lamp = DARK.copy()
    lamp[60:120, 90:150] = 255
    lit = draw_precipitation(np.where(lamp > 40, 200, DARK).astype(np.uint8), FAR, CAMERA, POSE, 5.0, night)
    around = lit[50:130, 80:160][lit[50:130, 80:160] < 200]
    assert around.max() > 45


def test_streaks_lean_against_the_camera_s_way():
    # The camera goes left at 20 m/s, drops fall at 5 to 9: streaks are drawn out to the right, not downwards.
    def lying(image):  # how much more alike pixels are to those beside than to those below
        centred = image - image.mean()
        return np.mean(centred * np.roll(centred, 8, axis=1)) - np.mean(centred * np.roll(centred, 8, axis=0))

    near = np.full_like(FAR, 7.0)  # streaks of far drops are shorter than the 8 pixels between the two
    assert lying(drops(RAIN, depth=near)) < 0.0 < lying(drops(RAIN, depth=near, velocity=(0.0, 40.0, 0.0)))


def test_a_far_time_is_as_good_as_a_near_one():
    assert np.count_nonzero(drops(RAIN, time=1e6)) == pytest.approx(np.count_nonzero(drops(RAIN)), rel=0.3)


@pytest.mark.parametrize(
    "wrong", [{"kind": "hail"}, {"rate": -1.0}, {"rate": np.nan}, {"exposure_time": 0.0}, {"seed": -1}]
)
def test_what_cannot_fall_is_refused(wrong):
    with pytest.raises(RenderError):
        Precipitation(**{"kind": "rain", "rate": 1.0, **wrong})
