"""The `relight` backend on a simulated clip: whole videos of the clip's rate, refusals, adopted clips."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from roadmark.augment.transfer.protocol import TransferRequest
from roadmark.augment.transfer.relight import RelightTransfer
from roadmark.augment.transfer.relight_source import ClipFrames
from roadmark.catalog import Conditions
from roadmark.clip import Clip
from roadmark.errors import ConfigError, InputError
from roadmark.media import VideoWriter, read_video, video_info
from roadmark.relight import MissingBufferError

RAIN = Conditions("raining", "night", "puddles")


def request_of(clip, conditions, video=None, seed=3):
    return TransferRequest(
        name="a_1",
        video=video or clip.video("rgb"),
        clip=clip,
        controls={},
        prompt="a street",
        selections=conditions.selections(),
        seed=seed,
    )


def quiet(done: float, message: str = "") -> None:
    """Progress that nobody looks at."""


def relight(request, output, threads=2):
    backend = RelightTransfer(threads)
    backend.check(request)
    result = backend.transfer(request, output, quiet)
    backend.close()
    return result


@pytest.fixture(scope="module")
def clip(crossing_run):
    return Clip.open(crossing_run / "a")


def without(two_clips, *folders):
    """The clip as if it had been made without some images."""
    path = two_clips / "a" / "clip.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    record["folders"] = [name for name in record["folders"] if name not in folders]
    path.write_text(json.dumps(record), encoding="utf-8")
    return Clip.open(two_clips / "a")


def test_a_clip_becomes_a_video_of_its_size_rate_and_length(clip, tmp_path):
    done = []
    backend = RelightTransfer()
    result = backend.transfer(
        request_of(clip, RAIN), tmp_path / "out.mp4", lambda share, message="": done.append(share)
    )
    info = video_info(tmp_path / "out.mp4")
    assert (info.codec, info.frames, info.fps) == ("h264", len(clip), clip.fps)
    assert (info.width, info.height) == clip.size
    assert done == sorted(done)
    assert done[-1] == 1.0
    assert result.facts["source_conditions"] == Conditions().selections()
    assert "depth" in result.facts["images_used"]
    night = np.mean([frame.mean() for frame in read_video(tmp_path / "out.mp4")])
    assert night < np.mean([frame.rgb().mean() for frame in clip]) - 30.0


def test_bytes_do_not_depend_on_threads_but_on_the_seed(clip, tmp_path):
    for name, threads, seed in (("one", 1, 3), ("three", 3, 3), ("other", 1, 4)):
        relight(request_of(clip, RAIN, seed=seed), tmp_path / f"{name}.mp4", threads)
    one, three, other = ((tmp_path / f"{name}.mp4").read_bytes() for name in ("one", "three", "other"))
    assert one == three
    assert one != other


def test_a_picture_of_the_sheet_is_a_frame_of_the_video(clip, tmp_path):
    fog = Conditions("fog", "afternoon", "dry")
    relight(request_of(clip, fog), tmp_path / "fog.mp4")
    frame = list(read_video(tmp_path / "fog.mp4"))[2]
    picture = RelightTransfer().picture(clip, fog, 2, seed=3)
    assert np.abs(picture.astype(int) - frame).mean() < 2.0  # the codec's loss


def test_what_lies_in_the_clip_is_read_for_the_relight(clip):
    source = ClipFrames(clip)
    assert source.conditions == Conditions()
    assert source.ground == pytest.approx(0.0, abs=0.1)
    vehicles = [vehicle for buffers, _ in source.frames() for vehicle in buffers.vehicles]
    assert vehicles
    assert all(vehicle.box.size[0] > 1.0 for vehicle in vehicles)


def test_missing_images_are_named_by_their_folder(two_clips):
    clip = without(two_clips, "depth")
    with pytest.raises(MissingBufferError, match="flooding needs images in depth, which are not there"):
        RelightTransfer().check(request_of(clip, Conditions("overcast", "afternoon", "flooding")))
    clip = without(two_clips, "semantic_segmentation_raw")
    with pytest.raises(MissingBufferError, match="depth and semantic_segmentation_raw"):
        RelightTransfer().check(request_of(clip, RAIN))
    RelightTransfer().check(request_of(clip, Conditions("raining", "night", "dry")))


def test_a_clip_of_pictures_alone_still_gets_weather(two_clips, tmp_path):
    clip = without(two_clips, "depth", "semantic_segmentation_raw", "normals")
    result = relight(request_of(clip, Conditions("snow_falling", "afternoon", "dry")), tmp_path / "out.mp4")
    assert result.facts["images_used"] == ["rgb"]
    assert video_info(tmp_path / "out.mp4").frames == len(clip)


def test_a_bare_video_gets_light_and_weather_but_no_flood(tmp_path, clip):
    video = tmp_path / "in.mp4"
    with VideoWriter(video, 96, 54, clip.fps) as writer:
        for level in (90, 110, 130):
            writer.write(np.full((54, 96, 3), level, np.uint8))
    request = replace(request_of(clip, Conditions("fog", "night", "dry"), video), clip=None)
    result = relight(request, tmp_path / "out.mp4")
    assert video_info(tmp_path / "out.mp4").frames == 3
    assert result.facts["source_conditions"] == "assumed"
    with pytest.raises(MissingBufferError, match=r"in\.mp4: a road under flooding needs images in depth and"):
        RelightTransfer().check(
            replace(request, selections=Conditions("overcast", "afternoon", "flooding").selections())
        )


def test_an_adopted_clip_is_relit_from_its_wrapped_depth(two_clips, tmp_path):
    """The published tool's output has no normals to trust, no ids, no conditions, and depth that wraps."""
    path = two_clips / "a" / "clip.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    record |= {"origin": "reference", "conditions": {}, "depth": {"unit": "mm", "saturates": False}}
    record["instance_encoding"] = "reference-tag-low-byte"
    path.write_text(json.dumps(record), encoding="utf-8")
    clip = Clip.open(two_clips / "a")
    source = ClipFrames(clip)
    assert source.available == {"rgb", "depth", "semantic"}
    assert source.conditions is None
    result = relight(request_of(clip, Conditions("overcast", "afternoon", "snow")), tmp_path / "out.mp4")
    assert result.facts["source_conditions"] == "assumed"


def test_impossible_changes_and_unknown_names_are_refused(two_clips):
    path = two_clips / "a" / "clip.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    record["conditions"]["lighting"] = "night"
    path.write_text(json.dumps(record), encoding="utf-8")
    dark = Clip.open(two_clips / "a")
    with pytest.raises(ConfigError, match="daylight cannot be made of night.*rerender"):
        RelightTransfer().check(request_of(dark, Conditions("clear_sky", "afternoon", "dry")))
    bright = Clip.open(two_clips / "b")
    request = replace(request_of(bright, RAIN), selections={"weather_condition": "hail"})
    with pytest.raises(ConfigError, match="unknown weather condition 'hail'"):
        RelightTransfer().check(request)
    with pytest.raises(ConfigError, match="seed -1"):
        RelightTransfer().check(request_of(bright, RAIN, seed=-1))


def test_a_damaged_image_is_named_and_leaves_no_video(two_clips, tmp_path):
    clip = Clip.open(two_clips / "a")
    clip[3].file("depth").write_bytes(b"no picture")
    with pytest.raises(InputError, match="depth_000000000003"):
        relight(request_of(clip, RAIN), tmp_path / "out.mp4")
    assert not list(tmp_path.glob("*.mp4*"))
    assert not list(tmp_path.glob(".*partial"))


def test_a_stopped_transfer_leaves_nothing(clip, tmp_path):
    def stop(done: float, message: str = "") -> None:
        if done > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        RelightTransfer().transfer(request_of(clip, RAIN), tmp_path / "out" / "out.mp4", stop)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_video_that_is_missing_is_named(tmp_path, clip):
    request = replace(request_of(clip, Conditions("fog", "night", "dry"), tmp_path / "gone.mp4"), clip=None)
    with pytest.raises(InputError, match=r"gone\.mp4"):
        RelightTransfer().check(request)


def test_clips_are_not_changed(clip, tmp_path):
    before = clip.digest
    copy = Clip.open(shutil.copytree(clip.path, tmp_path / "copy"))
    relight(request_of(copy, RAIN), tmp_path / "out.mp4")
    assert copy.digest == before
    assert copy.verify() == []
