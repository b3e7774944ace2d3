"""`roadmark verify`: what it prints, writes and returns."""

import json
import shutil

import pytest

from roadmark.catalog import Conditions
from roadmark.clip import Clip
from roadmark.verify import read_verification
from sample_street import CAR, FRAMES, paint_over, street_clip, street_pictures, write_augmented


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    """A clip that every test copies: writing it takes longest."""
    return street_clip(tmp_path_factory.mktemp("street") / "clip").path


@pytest.fixture
def run(street, tmp_path):
    """A run of two augmented clips: one as its source, one without the car."""
    shutil.copytree(street, tmp_path / "simulated/clip")
    clip = Clip.open(tmp_path / "simulated/clip")
    write_augmented(tmp_path / "augmented/clip/Augmentation_1", clip)
    write_augmented(tmp_path / "augmented/clip/Augmentation_2", clip, [paint_over(n) for n in range(FRAMES)])
    return tmp_path / "augmented"


def test_a_table_tells_verdicts_numbers_and_reasons(roadmark, run):
    done = roadmark("verify", run, "--every", "1")
    assert done.code == 1  # one is rejected
    lines = done.out.splitlines()
    assert any("Augmentation_1" in line and "accept" in line and "1 seen" in line for line in lines)
    assert f"rejected clip/Augmentation_2: car {CAR} is gone" in lines
    assert "1 accepted, 1 rejected" in lines
    assert "1.00 (1.00, " in done.out
    assert f"verify: {2 * FRAMES}/{2 * FRAMES} frames" in done.err
    assert read_verification(run / "clip/Augmentation_1").verdict == "accept"
    assert read_verification(run / "clip/Augmentation_2").objects[str(CAR)].state == "gone"


def test_one_clip_alone_is_accepted(roadmark, run):
    done = roadmark("verify", run / "clip/Augmentation_1")
    assert (done.code, done.err.count("error")) == (0, 0)
    assert "1 accepted, 0 rejected" in done.out


def test_json_holds_everything(roadmark, run):
    done = roadmark("verify", run, "--json")
    assert done.code == 1
    found = json.loads(done.out)
    assert list(found) == ["clip/Augmentation_1", "clip/Augmentation_2"]
    assert found["clip/Augmentation_2"]["verdict"] == "reject"
    assert found["clip/Augmentation_1"] == json.loads((run / "clip/Augmentation_1/verification.json").read_text())


def test_the_same_clips_give_the_same_bytes(roadmark, run):
    files = [run / f"clip/Augmentation_{number}/verification.json" for number in (1, 2)]
    roadmark("verify", run)
    first = [file.read_bytes() for file in files]
    roadmark("verify", run)
    assert [file.read_bytes() for file in files] == first


def test_chance_is_the_picture_of_another_clip_where_there_is_one(roadmark, run, street):
    other = run.parent / "simulated/other"
    shutil.copytree(street, other)
    write_augmented(run / "other/Augmentation_1", Clip.open(other))
    roadmark("verify", run)
    assert read_verification(run / "other/Augmentation_1").shuffled_with == "a video of another clip"


def test_moved_sources_are_found_where_the_option_says(roadmark, run):
    (run.parent / "simulated").rename(run.parent / "elsewhere")
    lost = roadmark("verify", run)
    assert lost.code == 2
    assert "its source clip" in lost.err
    assert "is not there" in lost.err
    assert roadmark("verify", run, "--clips", run.parent / "elsewhere").code == 1


def test_nothing_to_verify_is_an_error(roadmark, tmp_path):
    done = roadmark("verify", tmp_path)
    assert done.code == 2
    assert f"error: {tmp_path}: holds no augmented clip (output.json)" in done.err
    assert roadmark("verify", tmp_path / "nothing").code == 2


def test_one_that_cannot_be_judged_stops_the_run_unless_told_to_go_on(roadmark, run):
    (run / "clip/Augmentation_1/output.mp4").unlink()
    stopped = roadmark("verify", run)
    assert stopped.code == 2
    assert "Augmentation_1/output.mp4" in stopped.err
    assert not (run / "clip/Augmentation_2/verification.json").exists()
    going = roadmark("verify", run, "--keep-going")
    assert going.code == 2
    assert "error: clip/Augmentation_1: " in going.err
    assert read_verification(run / "clip/Augmentation_2").verdict == "reject"


def test_another_size_or_length_is_rejected_in_words(roadmark, run):
    clip = Clip.open(run.parent / "simulated/clip")
    shutil.rmtree(run / "clip")
    write_augmented(run / "short", clip, street_pictures()[:-1])
    done = roadmark("verify", run)
    assert done.code == 1
    assert f"rejected short: the video has {FRAMES - 1} frames, its source has {FRAMES}" in done.out


def test_conditions_come_from_the_record(roadmark, run):
    clip = Clip.open(run.parent / "simulated/clip")
    write_augmented(run / "night", clip, conditions=Conditions(lighting="night"))
    done = roadmark("verify", run / "night")
    assert done.code == 1
    assert "the conditions do not show: walls are dark at night" in done.out
