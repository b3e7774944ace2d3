"""What a dataset is made of: clips and augmentations that do not belong there are named."""

import json
import shutil

import pytest

from roadmark.clip import Clip
from roadmark.errors import FormatError, InputError, OutputError
from roadmark.vqa import DatasetSettings, build_dataset, find_videos, left_over


def found_in(run, **options):
    return find_videos(run / "simulated", run / "augmented", **options)


def augmentation(run, number=0):
    return run / "augmented" / "1" / "crash" / f"Augmentation_{number}"


def change(path, **fields):
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


@pytest.mark.parametrize("name", ["rgb", "original", "Augmentation_1_som", "two words", "Augmentación"])
def test_a_name_whose_files_would_lie_where_others_do_is_refused(own_run, name):
    augmentation(own_run).rename(augmentation(own_run).with_name(name))
    with pytest.raises(InputError, match="rename the folder"):
        found_in(own_run)


def test_a_refused_augmentation_does_not_keep_the_others_out(own_run):
    (augmentation(own_run) / "output.json").write_text("{")
    refused = []
    found = found_in(own_run, keep_rejected=True, refused=lambda name, error: refused.append((name, type(error))))
    assert refused == [("1/crash/Augmentation_0", FormatError)]
    assert "1-crash.Augmentation_1" in [video.id for video in found.videos]


def test_a_video_that_is_not_beside_its_record_is_refused(own_run):
    change(augmentation(own_run) / "output.json", output_video_path="../Augmentation_1/output.mp4")
    with pytest.raises(InputError, match="is not beside it"):
        found_in(own_run)


def test_a_verification_of_another_clip_is_refused(own_run):
    other = Clip.open(own_run / "simulated" / "1" / "quiet").digest
    change(augmentation(own_run) / "verification.json", source_digest=other)
    with pytest.raises(InputError, match=r"verification.json: is of another clip's video"):
        found_in(own_run)


def test_a_frame_map_that_goes_back_in_time_is_refused(own_run):
    change(augmentation(own_run) / "output.json", frame_map=[3, 2, 1])
    with pytest.raises(InputError, match=r"output.json: frame_map goes back in time"):
        found_in(own_run)


def test_what_was_made_from_a_clip_that_has_changed_is_told(own_run):
    shutil.rmtree(own_run / "simulated" / "1" / "crash")
    found = found_in(own_run)
    assert found.foreign == tuple(augmentation(own_run, number) / "output.json" for number in (0, 1))
    assert {video.clip for video in found.videos} == {"1-quiet", "1-still"}


def test_a_copy_of_a_clip_is_refused_since_a_split_could_part_them(own_run):
    shutil.copytree(own_run / "simulated" / "1" / "quiet", own_run / "simulated" / "2" / "quiet")
    with pytest.raises(InputError, match="is a copy of"):
        found_in(own_run)


def test_a_clip_with_the_video_of_another_is_named_and_leaves_nothing(own_run, tmp_path):
    """The augmented video has fourteen frames, the clip ten."""
    video = own_run / "simulated" / "1" / "still" / "videos" / "rgb.mp4"
    shutil.copy(augmentation(own_run) / "output.mp4", video)
    run = build_dataset(DatasetSettings(), found_in(own_run), tmp_path / "dataset", keep_going=True)
    (failed,) = [result for result in run.marks.results if result.error is not None]
    assert failed.item_id == "1-still.original"
    assert "rgb.mp4: has 14 frames, the clip's labels 10; simulate the clip again" in failed.error.message
    assert not (tmp_path / "dataset" / "videos" / "1-still").exists()


def test_a_linked_video_comes_into_the_dataset_itself(own_run, tmp_path):
    """A hard link of a symbolic link would point nowhere from the dataset."""
    video = augmentation(own_run) / "output.mp4"
    video.rename(video.with_name("made.mp4"))
    video.symlink_to("made.mp4")
    assert build_dataset(DatasetSettings(), found_in(own_run), tmp_path / "dataset").succeeded
    shown = tmp_path / "dataset" / "videos" / "1-crash" / "Augmentation_0.mp4"
    assert shown.is_file()
    assert not shown.is_symlink()


def test_an_event_beyond_the_clip_is_named(own_run):
    path = own_run / "simulated" / "1" / "crash" / "events.json"
    (event,) = json.loads(path.read_text())
    path.write_text(json.dumps([{**event, "last_frame": 10**9}]))
    with pytest.raises(FormatError, match="last_frame 1000000000 is none of the clip's 10"):
        Clip.open(path.parent).events()


@pytest.mark.parametrize(("actor", "frames"), [("11", [0, 10**12]), ("11", [9, 0]), ("11", [-3, -1]), ("car", [0, 3])])
def test_what_no_verification_can_say_is_named(own_run, actor, frames):
    path = augmentation(own_run) / "verification.json"
    change(path, objects={actor: {
        "category": "car", "state": "not visible", "evidence": 0.0, "displacement": [0, 0], "pixels": 1.0,
        "contrast": 0.0, "expected": 0.0, "frames": 1, "invisible": [frames],
    }})  # fmt: skip
    with pytest.raises(FormatError, match=r"verification.json: objects"):
        found_in(own_run)


@pytest.mark.parametrize("place", ["simulated/1/crash", "simulated/1/crash/dataset"])
def test_a_dataset_in_a_clip_is_refused(own_run, place):
    with pytest.raises(OutputError, match="lies in the clip"):
        build_dataset(DatasetSettings(), found_in(own_run), own_run / place)
    assert not (own_run / "simulated" / "1" / "crash" / "questions").exists()


def test_files_of_something_else_are_not_replaced(own_run, tmp_path):
    (tmp_path / "README.md").write_text("my project")
    with pytest.raises(OutputError, match=r"README.md: is of something else"):
        build_dataset(DatasetSettings(), found_in(own_run), tmp_path)
    assert (tmp_path / "README.md").read_text() == "my project"


def test_a_dataset_whose_manifest_is_gone_is_built_anew(own_run, tmp_path):
    folder = tmp_path / "dataset"
    settings = DatasetSettings(families=("existence",))
    assert build_dataset(settings, found_in(own_run), folder).succeeded
    (folder / "run.json").unlink()
    assert build_dataset(settings, found_in(own_run), folder).succeeded


def test_videos_of_clips_that_are_gone_are_told(own_run, tmp_path):
    folder = tmp_path / "dataset"
    settings = DatasetSettings(families=("existence",))
    assert build_dataset(settings, found_in(own_run), folder).succeeded
    assert left_over(folder, found_in(own_run)) == ()
    shutil.rmtree(own_run / "simulated" / "1" / "still")
    assert left_over(folder, found_in(own_run)) == ("videos/1-still/rgb.mp4", "videos/1-still/rgb_som.mp4")


@pytest.mark.parametrize(("damaged", "advice"), [("marks", "--force marks"), ("questions", "--force questions")])
def test_what_was_damaged_between_stages_is_named_with_what_to_do(own_run, tmp_path, damaged, advice):
    folder = tmp_path / "dataset"
    settings = DatasetSettings(families=("existence",))
    assert build_dataset(settings, found_in(own_run), folder).succeeded
    marks, questions = folder / "videos" / "1-still" / "rgb_som.marks.json", folder / "questions" / "1-still.jsonl"
    (marks if damaged == "marks" else questions).write_text("{")
    run = build_dataset(settings, found_in(own_run), folder)
    (failed,) = [result for stage in run.stages for result in stage.results if result.error is not None]
    assert advice in failed.error.message
    assert build_dataset(settings, found_in(own_run), folder, force=[advice.split()[1]]).succeeded


def test_no_family_at_all_is_refused():
    with pytest.raises(ValueError, match="names none; leave it out"):
        DatasetSettings(families=())


def test_marks_drawn_again_leave_nothing_beside_the_links(own_run, tmp_path):
    """Renaming a link over another of the same file does nothing, and both stay."""
    folder = tmp_path / "dataset"
    settings = DatasetSettings(families=("existence",))
    for _ in range(2):
        assert build_dataset(settings, found_in(own_run), folder, force=["marks"]).succeeded
    shown = {path.name for path in (folder / "videos" / "1-still").iterdir()}
    assert shown == {"rgb.mp4", "rgb_som.mp4", "rgb_som.marks.json"}


def test_copies_that_are_asked_for_later_replace_the_links(own_run, tmp_path):
    video, shown = own_run / "simulated/1/still/videos/rgb.mp4", tmp_path / "dataset/videos/1-still/rgb.mp4"
    for media, linked in (("link", True), ("copy", False)):
        settings = DatasetSettings(families=("existence",), media=media)
        assert build_dataset(settings, found_in(own_run), tmp_path / "dataset").succeeded
        assert shown.samefile(video) is linked
        assert shown.read_bytes() == video.read_bytes()
