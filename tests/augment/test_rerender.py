"""The rerender backend: a video of a clip's scenario under other conditions, its labels proven to be the clip's."""

from fractions import Fraction

import pytest

from roadmark.augment.transfer.protocol import TransferRequest
from roadmark.augment.transfer.rerender import RerenderTransfer
from roadmark.clip import Clip
from roadmark.errors import ConfigError
from roadmark.media import read_video, video_info
from roadmark.simulate import LabelsDifferError, NoSourceError

RAIN = {"weather_condition": "raining", "lighting_condition": "night", "road_condition": "puddles"}


def request(clip, video=None, **selections):
    return TransferRequest(
        name="x", video=video or clip.path / "videos" / "rgb.mp4", clip=clip, controls={}, prompt="", seed=0,
        selections=selections or RAIN,
    )  # fmt: skip


@pytest.fixture
def clip(two_clips):
    return Clip.open(two_clips / "a")


def transferred(clip, output, threads=1, **selections):
    told = []
    backend = RerenderTransfer(threads)
    asked = request(clip, **selections)
    backend.check(asked)
    result = backend.transfer(asked, output, lambda done, message="": told.append(done))
    backend.close()
    return result, told


def test_a_clip_becomes_a_video_of_its_frames_and_rate(clip, tmp_path):
    result, told = transferred(clip, tmp_path / "out.mp4")
    info = video_info(tmp_path / "out.mp4")
    assert (info.width, info.height, info.frames) == (*clip.size, len(clip))
    assert (info.codec, info.pixel_format, info.fps) == ("h264", "yuv420p", Fraction(10))
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0.0, 1.0)
    assert result.frame_map is None
    assert result.facts["conditions"] == RAIN
    assert result.facts["labels"] == {
        "identical": True,
        "frames_compared": len(clip),
        "images_compared": ["instance", "semantic", "depth"],
    }
    night = next(iter(read_video(tmp_path / "out.mp4")))
    assert night.mean() < 0.7 * clip[0].rgb().mean()


def test_threads_change_no_byte(clip, tmp_path):
    for threads in (1, 2):
        transferred(clip, tmp_path / f"{threads}.mp4", threads)
    assert (tmp_path / "1.mp4").read_bytes() == (tmp_path / "2.mp4").read_bytes()


def test_unknown_conditions_are_refused_and_the_known_named(clip):
    with pytest.raises(ConfigError, match=r"unknown weather condition 'hail'; known: clear_sky, overcast"):
        RerenderTransfer().check(request(clip, weather_condition="hail"))


def test_a_video_alone_is_refused(clip):
    with pytest.raises(NoSourceError, match="without its clip cannot be drawn again; use the relight backend"):
        RerenderTransfer().check(request(None, video=clip.video("rgb")))


def test_a_failed_transfer_leaves_no_file(clip, tmp_path):
    later = Clip.open(clip.path.parent / "b")[5].file("instance_segmentation_raw")
    clip[1].file("instance_segmentation_raw").write_bytes(later.read_bytes())
    with pytest.raises(LabelsDifferError, match="frame 1"):
        transferred(clip, tmp_path / "out.mp4")
    assert list(tmp_path.glob("*out*")) == []
