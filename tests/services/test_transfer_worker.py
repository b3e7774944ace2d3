"""The work behind the servers: a relight with as much as the control videos tell."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from roadmark.augment.transfer.sidecar import clip_sidecar, read_sidecar
from roadmark.catalog import Conditions, SemanticClass
from roadmark.errors import ConfigError, FormatError, InputError
from roadmark.relight import ViewBuffers
from roadmark.services.transfer.worker import TransferJob, ground_height, relit, wanted_conditions
from transfer_samples import HEIGHT, WIDTH, make_clip
from transfer_samples.clips import CAR

EVERYTHING = frozenset({"rgb", "depth", "semantic"})


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return make_clip(tmp_path_factory.mktemp("worker") / "clip", 3)


@pytest.fixture
def job(clip):
    controls = {"depth": clip.video("depth"), "seg": clip.video("semantic_segmentation")}
    return TransferJob(clip.video("rgb"), "Night.", 3, controls, clip_sidecar(clip))


def pictures(job):
    return np.stack(list(relit(job)))


def test_night_is_dark_and_snow_is_white(job, clip):
    source = np.stack([frame.rgb() for frame in clip]).astype(float)
    night = pictures(job)
    assert night.shape == (3, HEIGHT, WIDTH, 3)
    assert night.mean() < 0.4 * source.mean()
    snow = pictures(replace(job, prompt="Overcast noon, the road is covered with snow."))
    road = np.zeros((HEIGHT, WIDTH), bool)
    road[50:] = True
    road &= clip[0].instance() != CAR
    assert snow[0][road].mean() > source[0][road].mean() + 40


def test_the_same_job_gives_the_same_pictures(job):
    job = replace(job, prompt="Snow is falling at noon.")
    digests = [hashlib.sha256(pictures(it).tobytes()).hexdigest() for it in (job, job, replace(job, seed=4))]
    assert digests[0] == digests[1] != digests[2]


def test_without_control_videos_weather_and_light_are_drawn_and_the_road_stays_dry(job):
    bare = replace(job, controls={}, sidecar=None, prompt="Fog at noon, the road is flooded.")
    source, target = wanted_conditions(bare, frozenset({"rgb"}))
    assert (source, target) == (None, Conditions("fog", "zenith", "dry"))
    assert pictures(bare).shape == (3, HEIGHT, WIDTH, 3)


def test_what_the_prompt_does_not_say_stays_as_the_source_is(job):
    source, target = wanted_conditions(replace(job, prompt="Puddles on the road."), EVERYTHING)
    assert source == Conditions("clear_sky", "mid_morning", "dry")
    assert target == Conditions("clear_sky", "mid_morning", "puddles")
    unknown = replace(job, sidecar=None, prompt="Two cars collide.")
    assert wanted_conditions(unknown, EVERYTHING) == (None, Conditions())


def test_the_roads_height_is_found(job, clip):
    # The sample's road is the plane z = 0 under a camera 6 m up.
    first = ViewBuffers(clip[0].rgb(), clip[0].pose, depth=clip[0].depth(), semantic=clip[0].semantic())
    assert ground_height(clip.camera, first, is_range=False) == pytest.approx(0.0, abs=0.02)
    sky = np.full((HEIGHT, WIDTH), SemanticClass.SKY, np.uint8)
    assert ground_height(clip.camera, replace(first, semantic=sky), is_range=False) is None


def test_only_so_many_frames_are_made_as_were_asked_for(job):
    assert len(pictures(replace(job, max_frames=2))) == 2


def test_control_videos_of_another_size_are_fitted(job, tmp_path):
    from fractions import Fraction

    from roadmark.media import VideoWriter

    with VideoWriter(tmp_path / "small.mp4", 64, 36, Fraction(30)) as video:
        for _ in range(3):
            video.write(np.full((36, 64), 100, np.uint8))
    assert len(pictures(replace(job, controls={"depth": tmp_path / "small.mp4"}))) == 3


def test_a_control_video_that_is_too_short_is_an_error(job, tmp_path):
    short = make_clip(tmp_path / "clip", 2)
    with pytest.raises(InputError, match=r"depth control video ends after 2 frames"):
        pictures(replace(job, controls={**job.controls, "depth": short.video("depth")}))


def test_a_source_that_cannot_be_made_light_is_an_error(job):
    dark = job.sidecar.model_copy(update={"conditions": {**job.sidecar.conditions, "lighting_condition": "night"}})
    with pytest.raises(ConfigError, match=r"night"):
        pictures(replace(job, sidecar=dark, prompt="Noon."))


def test_a_sidecar_holds_what_the_videos_do_not(clip):
    sidecar = clip_sidecar(clip)
    assert read_sidecar(sidecar.model_dump_json().encode()) == sidecar
    assert (sidecar.fx, sidecar.cx, sidecar.cy) == (clip.camera.fx, 64.0, 36.0)
    assert sidecar.depth_near == clip.manifest.depth.video_near
    assert len(sidecar.poses) == len(sidecar.times) == 3
    assert sidecar.conditions["lighting_condition"] == "mid_morning"


@pytest.mark.parametrize("data", [b"{}", b"[", b'{"format": "other"}', b"\xff", b'{"fx": NaN}'])
def test_what_is_no_sidecar_is_refused(data):
    with pytest.raises(FormatError, match="no sidecar"):
        read_sidecar(data)
