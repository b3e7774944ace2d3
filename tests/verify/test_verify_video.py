"""What is found in videos of a drawn street, each spoilt in one way."""

import shutil
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from roadmark.catalog import Conditions
from roadmark.clip import Clip, ClipEvent
from roadmark.errors import ConfigError, FormatError, InputError
from roadmark.media import VideoWriter
from roadmark.verify import VerifyOptions, read_verification, verify_video, write_verification
from sample_street import CAR, FPS, FRAMES, SIZE, paint_over, street_clip, street_pictures

EVERY = VerifyOptions(every=1)


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return street_clip(tmp_path_factory.mktemp("street") / "clip")


@pytest.fixture
def judge(clip, tmp_path):
    """Write pictures as a video and judge it."""

    def run(pictures, conditions=None, *, fps=FPS, **options):
        path = tmp_path / "output.mp4"
        height, width = pictures[0].shape[:2]
        with VideoWriter(path, width, height, fps) as video:
            for picture in pictures:
                video.write(picture)
        return verify_video(clip, path, conditions, options=EVERY, **options)

    return run


@pytest.fixture
def copy(clip, tmp_path):
    """The source's own video under another name."""
    return Path(shutil.copy(clip.video("rgb"), tmp_path / "output.mp4"))


def test_a_source_agrees_with_itself_in_every_number(clip, copy):
    found = verify_video(clip, copy, None, options=EVERY)
    assert (found.verdict, found.reasons, found.notes, found.judged) == ("accept", (), (), FRAMES)
    values = {name: metric.value.value for name, metric in found.metrics.items()}
    assert values["blur_ssim"] == pytest.approx(1.0)
    assert [values[name] for name in ("edge_f1", "edge_precision", "edge_recall")] == [1.0, 1.0, 1.0]
    assert (values["scene_shift"], values["flicker"]) == (0.0, 0.0)
    assert found.metrics["boundary_recall"].value == found.metrics["boundary_recall"].identity
    car = found.objects[str(CAR)]
    assert (car.state, car.displacement, car.pixels, car.frames) == ("seen", (0, 0), 64 * 32, FRAMES)
    assert not found.invisible


def test_numbers_stand_between_chance_and_identity(clip, judge):
    found = judge([255 - picture for picture in street_pictures()])
    assert found.shuffled_with == "the video itself, turned left to right"
    for name in ("edge_f1", "boundary_recall"):
        metric = found.metrics[name]
        assert metric.shuffled.value < metric.value.value <= metric.identity.value, name
    assert found.metrics["flicker"].shuffled.reason == "chance says nothing about it"


def test_chance_can_be_another_video(clip, copy, tmp_path):
    noise = tmp_path / "noise.mp4"
    rng = np.random.default_rng(1)
    with VideoWriter(noise, 64, 48, Fraction(10)) as video:
        video.write(rng.integers(0, 255, (48, 64, 3), np.uint8))
    found = verify_video(clip, copy, None, shuffled=noise, options=EVERY)
    assert found.shuffled_with == "a video of another clip"
    assert found.metrics["blur_ssim"].shuffled.value < 0.3


def test_published_numbers_stand_beside_their_control(clip, copy):
    edge = verify_video(clip, copy, None, controls=("edge",), options=EVERY).metrics["edge_f1"].published
    both = verify_video(clip, copy, None, controls=("edge", "depth"), options=EVERY).metrics["edge_f1"].published
    none = verify_video(clip, copy, None, options=EVERY).metrics["edge_f1"].published
    assert (edge.value, both.value, none.value) == (0.49, 0.41, None)
    assert none.reason.startswith("no control bound the video")


def test_a_car_painted_over_is_gone(judge):
    found = judge([paint_over(number) for number in range(FRAMES)])
    assert found.objects[str(CAR)].state == "gone"
    assert f"car {CAR} is gone" in found.reasons
    assert found.invisible == {CAR: tuple(range(FRAMES))}


def test_a_car_missing_for_a_while_is_flagged_there(judge):
    found = judge([paint_over(number, with_car=number < 4) for number in range(FRAMES)])
    assert found.objects[str(CAR)].state == "seen"
    assert found.objects[str(CAR)].contrast < 40
    assert set(found.invisible.get(CAR, ())) <= {4, 5, 6}


@pytest.mark.parametrize("move", [4, -5, 9])
def test_a_car_beside_its_label_has_moved(judge, move):
    found = judge([paint_over(number, with_car=True, move=move) for number in range(FRAMES)])
    assert found.objects[str(CAR)].state == "moved"
    assert f"car {CAR} has moved by ({move}, 0) pixels against its label" in found.reasons


@pytest.mark.parametrize("move", [(4, 0), (0, -4)])
def test_a_picture_beside_its_labels_has_moved(judge, move):
    found = judge([np.roll(picture, move, axis=(1, 0)) for picture in street_pictures()])
    assert "the picture has moved 4 pixels against its labels" in found.reasons


def test_flicker_is_what_motion_does_not_explain(judge):
    steady = judge(street_pictures())
    pulsing = judge([picture + np.uint8(12 * (number % 2)) for number, picture in enumerate(street_pictures())])
    assert abs(steady.metrics["flicker"].value.value) < 0.2  # though the car moves
    assert pulsing.metrics["flicker"].value.value == pytest.approx(12.0, abs=1.0)
    assert any(reason.startswith("flickers by 1") for reason in pulsing.reasons)
    assert not any("flickers" in reason for reason in steady.reasons)


def fogged(share):
    return [(share * picture + (1 - share) * 200.0).astype(np.uint8) for picture in street_pictures()]


def test_contrast_does_not_decide_whether_a_car_is_there(judge):
    assert judge(fogged(0.15), Conditions("fog")).objects[str(CAR)].state == "seen"


def test_what_air_hides_is_not_visible_and_not_gone(judge):
    found = judge(fogged(0.0), Conditions("fog"))
    car = found.objects[str(CAR)]
    assert (car.state, car.expected) == ("not visible", 0.0)
    assert found.invisible == {CAR: tuple(range(FRAMES))}
    assert found.notes == (f"not visible, and not to be asked about: car {CAR}",)
    assert not any("gone" in reason for reason in found.reasons)


def test_an_event_that_nobody_can_see_is_a_reason(tmp_path, judge):
    event = ClipEvent("collision", 0.1, 0.3, 1, 3, (CAR,), "rear_end")
    eventful = street_clip(tmp_path / "clip", events=(event,))
    with VideoWriter(tmp_path / "fog.mp4", *SIZE, FPS) as video:
        for picture in fogged(0.0):
            video.write(picture)
    found = verify_video(eventful, tmp_path / "fog.mp4", Conditions("fog"), options=EVERY)
    assert f"car {CAR}, which takes part in rear_end, cannot be seen" in found.reasons
    assert found.hides(event)


def test_a_day_is_no_night_and_no_fog(judge):
    assert judge(street_pictures(), Conditions()).reasons == ()
    night = judge(street_pictures(), Conditions(lighting="night"))
    assert any("walls are dark at night" in reason for reason in night.reasons)
    fog = judge(street_pictures(), Conditions("fog"))
    assert any("in fog nothing distant is dark" in reason for reason in fog.reasons)


def test_without_conditions_no_look_is_asked_for(judge):
    found = judge(street_pictures())
    assert (found.looks, found.conditions) == ((), None)


def test_a_file_that_does_not_fit_is_rejected_and_not_measured(judge):
    small = judge([picture[:90, :160] for picture in street_pictures()], fps=Fraction(12))
    assert small.reasons == (
        "the video is 160 x 90, its source 320 x 180: labels do not fit it",
        "the video has 12 frames per second, its source 10",
    )
    assert small.metrics["blur_ssim"].value.reason == "no frame was compared"
    assert (small.judged, small.objects) == (0, {})
    short = judge(street_pictures()[:-1])
    assert short.reasons == (f"the video has {FRAMES - 1} frames, its source has {FRAMES}",)


def test_a_frame_map_says_which_source_frames_are_shown(judge, clip):
    shown = (0, 2, 4, 6)
    pictures = [street_pictures()[index] for index in shown]
    found = judge(pictures, frame_map=shown)
    assert (found.verdict, found.judged) == ("accept", 4)
    assert found.objects[str(CAR)].displacement == (0, 0)
    with pytest.raises(InputError, match="goes back in time"):
        judge(pictures, frame_map=(0, 2, 1, 3))
    with pytest.raises(InputError, match=f"beyond 0 to {FRAMES - 1}"):
        judge(pictures, frame_map=(0, 2, 4, 9))


def test_a_cut_file_is_rejected(clip, copy):
    data = copy.read_bytes()
    copy.write_bytes(data[: len(data) * 2 // 3])
    found = verify_video(clip, copy, None, options=EVERY)
    assert found.verdict == "reject"
    assert found.reasons[0].startswith("the video cannot be read to its end: ")


def test_a_video_that_is_not_there_is_an_error(clip, tmp_path):
    with pytest.raises(InputError, match=r"nothing\.mp4"):
        verify_video(clip, tmp_path / "nothing.mp4", None)


def test_black_and_frozen_videos_are_rejected(judge):
    black = judge([np.zeros_like(picture) for picture in street_pictures()])
    assert f"the video is black at frame 0 and {FRAMES - 1} more of those looked at" in black.reasons
    frozen = judge(street_pictures()[:1] * FRAMES)
    assert "the video stands still at frame 1, where its source moves and 5 more of those looked at" in frozen.reasons


def test_images_stand_in_for_a_source_without_video(clip, tmp_path):
    bare = tmp_path / "clip"
    shutil.copytree(clip.path, bare)
    source = Clip.open(bare)
    source.manifest = source.manifest.model_copy(update={"videos": ()})
    copied = tmp_path / "output.mp4"
    shutil.copy(clip.video("rgb"), copied)
    found = verify_video(source, copied, None, options=EVERY)
    assert found.verdict == "accept"
    assert found.metrics["blur_ssim"].value.value > 0.97  # JPEG on one side, H.264 on the other


def test_a_source_video_that_ends_early_is_an_error_not_a_verdict(tmp_path):
    clip = street_clip(tmp_path / "clip")
    pictures = street_pictures()
    for path, frames in ((clip.video("rgb"), pictures[:3]), (tmp_path / "output.mp4", pictures)):
        with VideoWriter(path, *SIZE, FPS) as video:
            for picture in frames:
                video.write(picture)
    with pytest.raises(FormatError, match="has no frame 3"):
        verify_video(clip, tmp_path / "output.mp4", None, options=EVERY)


def test_every_fifth_frame_is_judged_and_flags_cover_those_between(judge, clip, tmp_path):
    with VideoWriter(tmp_path / "gone.mp4", *SIZE, FPS) as video:
        for number in range(FRAMES):
            video.write(paint_over(number))
    found = verify_video(clip, tmp_path / "gone.mp4", None)
    assert (found.every, found.judged) == (5, 2)
    assert found.objects[str(CAR)].invisible == ((0, 6),)
    with pytest.raises(ConfigError, match="every = 0"):
        VerifyOptions(every=0)


def test_a_damaged_label_file_is_an_error_not_a_verdict(clip, copy, tmp_path):
    broken = tmp_path / "clip"
    shutil.copytree(clip.path, broken)
    next((broken / "odvg").glob("*2.json")).write_text("{")
    with pytest.raises(FormatError, match="odvg"):
        verify_video(Clip.open(broken), copy, None, options=EVERY)


def test_the_file_is_the_same_every_time_and_comes_back(clip, copy, tmp_path):
    first = verify_video(clip, copy, Conditions(), options=EVERY)
    again = verify_video(clip, copy, Conditions(), options=EVERY)
    assert first.to_json() == again.to_json()
    path = write_verification(first, tmp_path / "output.mp4")
    assert path == tmp_path / "verification.json"
    for place in (path, tmp_path, tmp_path / "output.mp4"):
        assert read_verification(place) == first
    assert str(tmp_path) not in path.read_text()
    path.write_text(path.read_text().replace('"accept"', '"maybe"'))
    with pytest.raises(FormatError, match="verdict"):
        read_verification(path)


def test_progress_counts_judged_frames(clip, copy):
    told = []
    verify_video(clip, copy, None, options=VerifyOptions(every=3), progress=told.append)
    assert told == [0, 3, 6]


def test_of_an_adopted_clip_objects_are_not_judged_and_missing_normals_are_borne(clip, copy):
    adopted = Clip.open(clip.path)
    folders = tuple(name for name in clip.manifest.folders if name != "normals")
    changes = {"instance_encoding": "reference-tag-low-byte", "folders": folders}
    adopted.manifest = clip.manifest.model_copy(update=changes)
    found = verify_video(adopted, copy, Conditions(), options=EVERY)
    assert (found.verdict, found.objects) == ("accept", {})
    assert found.notes == ("objects are not judged: the clip's instance images do not hold actors' ids",)
    walls = next(look for look in found.looks if look.number == "upright")
    assert (walls.holds, walls.value.reason) == (None, "the picture shows too little of it")
