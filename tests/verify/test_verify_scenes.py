"""The promises: a video of ours is accepted under every condition; a shift and a missing vehicle are always found."""

import cv2
import numpy as np
import pytest

from roadmark.catalog import LIGHTING_NAMES, ROAD_NAMES, WEATHER_NAMES, Conditions
from roadmark.media import VideoWriter, read_video
from roadmark.verify import VerifyOptions, verify_video

EVERY = (
    *(Conditions(weather=name) for name in WEATHER_NAMES),
    *(Conditions(lighting=name) for name in LIGHTING_NAMES if name != "mid_morning"),
    *(Conditions(road=name) for name in ROAD_NAMES if name != "dry"),
    Conditions("raining", "night", "puddles"),
    Conditions("snow_falling", "night", "snow"),
    Conditions("fog", "night", "dry"),
    Conditions("fog", "zenith", "snow"),
    Conditions("overcast", "golden_hour", "flooding"),
)
"""Every weather, every light, every state of the road, and the hard mixtures."""
HARD = tuple(conditions for conditions in EVERY if conditions.weather == "fog" or conditions.lighting == "night")
CASES = [("street", conditions) for conditions in EVERY] + [("corner", conditions) for conditions in HARD]
SHIFTS = ((4, 0), (0, 4), (-4, 0), (0, -4), (3, 3), (-3, 3))
"""Pixels; about four in any direction."""


def name(case):
    return "-".join([case[0], *case[1].selections().values()])


@pytest.fixture(params=CASES, ids=name)
def case(request, scenes):
    """(scene, conditions, number of the case)."""
    camera, conditions = request.param
    return scenes[camera], conditions, CASES.index(request.param)


def judged(scene, video, conditions):
    return verify_video(scene.clip, video, conditions, options=VerifyOptions(every=1))


def shifted(video, target, clip, move):
    """A video moved by whole pixels; what comes in repeats the border."""
    x, y = move
    with VideoWriter(target, *clip.size, clip.fps) as writer:
        for image in read_video(video):
            padded = cv2.copyMakeBorder(image, 4, 4, 4, 4, cv2.BORDER_REPLICATE)
            height, width = image.shape[:2]
            writer.write(np.ascontiguousarray(padded[4 - y : 4 - y + height, 4 - x : 4 - x + width]))
    return target


def test_the_scenes_have_vehicles_to_miss(scenes):
    assert [len(scene.removed) for scene in scenes.values()] == [1, 2]


def test_videos_of_our_own_are_accepted(case):
    scene, conditions, _ = case
    for video in (scene.rerendered(conditions), scene.relit(conditions)):
        verification = judged(scene, video, conditions)
        assert verification.reasons == (), video.name
        assert verification.verdict == "accept"
        assert verification.metrics["blur_ssim"].identity.value == pytest.approx(1.0)
        assert verification.metrics["edge_f1"].identity.value == 1.0


def test_a_missing_vehicle_is_found(case):
    scene, conditions, _ = case
    for video in (scene.rerendered(conditions, emptied=True), scene.relit(conditions, emptied=True)):
        verification = judged(scene, video, conditions)
        assert verification.verdict == "reject", video.name
        states = {actor: verification.objects[str(actor)].state for actor in scene.removed}
        assert states == dict.fromkeys(scene.removed, "gone"), video.name


def test_a_picture_four_pixels_off_is_found(case, tmp_path):
    scene, conditions, number = case
    move = SHIFTS[number % len(SHIFTS)]
    video = shifted(scene.rerendered(conditions), tmp_path / "shifted.mp4", scene.clip, move)
    verification = judged(scene, video, conditions)
    assert verification.verdict == "reject"
    assert f"the picture has moved {np.hypot(*move):.0f} pixels against its labels" in verification.reasons
