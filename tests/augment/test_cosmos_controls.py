"""Control videos: the clip's own, or the same made from its images; masks of actors."""

import numpy as np
import pytest

from roadmark.augment.transfer.controls import actor_mask, clip_controls, control_video
from roadmark.catalog import PALETTE
from roadmark.errors import ConfigError, InputError
from roadmark.media import inverse_depth_table, read_video, video_info
from transfer_samples import FPS, HEIGHT, WIDTH, make_clip
from transfer_samples.clips import CAR, MODALITIES

FRAMES = 4


@pytest.fixture(scope="module")
def with_videos(tmp_path_factory):
    return make_clip(tmp_path_factory.mktemp("controls") / "clip", FRAMES)


@pytest.fixture(scope="module")
def without_videos(tmp_path_factory):
    return make_clip(tmp_path_factory.mktemp("controls") / "clip", FRAMES, videos="none")


def frames(path):
    return np.stack(list(read_video(path)))


def test_a_clips_own_videos_are_taken(with_videos, tmp_path):
    controls = clip_controls(with_videos, {"edge": 1.0, "depth": 0.5, "seg": 0.25, "vis": 0.125}, tmp_path)
    assert {name: control.weight for name, control in controls.items()} == {
        "edge": 1.0,
        "depth": 0.5,
        "seg": 0.25,
        "vis": 0.125,
    }
    assert controls["depth"].video == with_videos.video("depth")
    assert controls["vis"].video is None  # services blur the picture themselves
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("control", ["edge", "depth", "seg"])
def test_videos_made_from_images_are_those_the_clip_would_have(with_videos, without_videos, control, tmp_path):
    made = control_video(without_videos, control, tmp_path)
    info = video_info(made)
    assert (info.frames, info.fps, info.width, info.height) == (FRAMES, FPS, WIDTH, HEIGHT)
    own = frames(control_video(with_videos, control, tmp_path)).astype(int)
    # Edges come from JPEG pictures here and from the rendered ones there; the others are the same numbers.
    difference = np.abs(frames(made).astype(int) - own)
    assert difference.mean() < 0.5
    assert made == control_video(without_videos, control, tmp_path)  # and not made twice


def test_depth_is_near_bright_inverse_depth_on_one_scale(without_videos, tmp_path):
    shown = frames(control_video(without_videos, "depth", tmp_path))[..., 0].astype(int)
    # The first frame's suggested near is 7.6 m: 255 * 7.6 / 16 m = 121 for the car, 0 for the sky.
    near = 7.6
    assert inverse_depth_table(near)[16 * 256] == 121
    for number in range(FRAMES):
        car = without_videos[number].instance() == CAR
        assert abs(np.median(shown[number][car]) - 121) <= 1
        assert np.median(shown[number][:10]) == 0


def test_segmentation_shows_the_palettes_colours(without_videos, tmp_path):
    shown = frames(control_video(without_videos, "seg", tmp_path)).astype(int)
    truth = PALETTE[without_videos[0].semantic()].astype(int)
    assert np.abs(shown[0] - truth).mean() < 3.0


def test_a_mask_is_white_where_its_actors_are(with_videos, tmp_path):
    mask = frames(actor_mask(with_videos, frozenset({CAR}), tmp_path))[..., 0] > 127
    for number in range(FRAMES):
        assert (mask[number] == (with_videos[number].instance() == CAR)).mean() > 0.995
    controls = clip_controls(with_videos, {"edge": 1.0, "depth": 1.0}, tmp_path, mask_actors=[CAR])
    assert controls["edge"].mask == controls["depth"].mask
    assert controls["edge"].mask is not None


def test_a_mask_of_actors_never_seen_is_an_error_and_leaves_no_file(with_videos, tmp_path):
    with pytest.raises(InputError, match=r"shows none of the actors 4, 5 in any frame"):
        actor_mask(with_videos, frozenset({5, 4}), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_modality_is_named_with_its_files(tmp_path):
    clip = make_clip(tmp_path / "clip", 2, videos="none", modalities=MODALITIES - {"depth"})
    with pytest.raises(InputError, match=r"depth control needs videos/depth\.mp4 or the images depth/"):
        control_video(clip, "depth", tmp_path)


def test_a_video_that_the_clip_promises_and_lacks_is_named(tmp_path):
    clip = make_clip(tmp_path / "clip", 2)
    clip.video("edges").unlink()
    with pytest.raises(InputError, match=r"edges\.mp4: the video of the edge control is missing"):
        control_video(clip, "edge", tmp_path)


def test_unknown_controls_are_refused(with_videos, tmp_path):
    with pytest.raises(ConfigError, match=r"unknown control 'lidar'; known: edge, vis, depth, seg"):
        control_video(with_videos, "lidar", tmp_path)
