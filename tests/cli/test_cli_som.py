"""`roadmark som` as the recipe calls it."""

import json
import subprocess
import sys

import numpy as np
import pytest

from roadmark.marks import read_marks
from roadmark.media import VideoWriter, video_info


@pytest.fixture
def scene(tmp_path, monkeypatch):
    """A gray video and labels as the published tool writes them, in the working folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bbox_odvg").mkdir()
    with VideoWriter(tmp_path / "augmented.mp4", 160, 90, 10) as video:
        for number in range(2):
            video.write(np.full((90, 160, 3), 90, np.uint8))
            objects = [
                {"object-id": actor, "category": "car", "bbox_2d": [left, 40, left + 29, 59], "mask": []}
                for actor, left in ((968, 20), (970, 100))
            ]
            record = {"width": 160, "height": 90, "timestamp": number / 10, "detections": {"instances": objects}}
            (tmp_path / "bbox_odvg" / f"odvg_{number:012d}.json").write_text(json.dumps(record))
    return tmp_path


RECIPE = ("som", "--input-video", "augmented.mp4", "--odvg-dir", "bbox_odvg", "--output-video")


def test_the_recipes_command(scene, roadmark):
    ran = roadmark(*RECIPE, "new/SOM.mp4")
    assert ran.code == 0
    assert "video new/SOM.mp4: 2 marks, 2 frames, matched by index" in ran.out
    assert video_info(scene / "new" / "SOM.mp4").codec == "h264"
    assert [mark.mark for mark in sorted(read_marks(scene / "new" / "SOM.mp4").marks, key=lambda it: it.mark)] == [
        "968",
        "970",
    ]


def test_ids_with_spaces_between_as_the_published_tool_takes_them(scene, roadmark):
    ran = roadmark(*RECIPE, "som.mp4", "--collision-actor-ids", "970", "968", "-at", "0", "-t", "masks")
    assert ran.code == 0
    assert {mark.actor_id for mark in read_marks(scene / "som.mp4").marks} == {968, 970}
    ran = roadmark(*RECIPE, "som.mp4", "--collision-actor-ids", "970", "-v")
    assert ran.code == 0
    assert "mark 970: car 970, frames 0-1" in ran.out
    assert {mark.actor_id for mark in read_marks(scene / "som.mp4").marks} == {970}


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (("som.avi",), "must end in .mp4"),
        (("som.mp4", "970"), "an id without --collision-actor-ids"),
        (("som.mp4", "--collision-actor-ids", "5"), "none of the actors 5"),
        (("augmented.mp4",), "is the video to be marked"),
        (("som.mp4", "-d", "nowhere"), "no such folder of labels"),
        (("som.mp4", "-i", "nowhere.mp4"), "no such file"),
        (("som.mp4", "-t", "3d"), "roadmark clip adopt"),
    ],
)
def test_what_goes_wrong_is_said(scene, roadmark, extra, message):
    before = sorted(path.name for path in scene.iterdir())
    ran = roadmark(*RECIPE, *extra)
    assert ran.code == 1
    assert message in ran.err
    assert sorted(path.name for path in scene.iterdir()) == before


def test_chosen_actors_that_are_nowhere_are_a_warning(scene, roadmark):
    ran = roadmark(*RECIPE, "som.mp4", "--collision-actor-ids", "970", "5")
    assert ran.code == 0
    assert "warning: actors 5 are labelled in no frame" in ran.err


def test_it_starts_without_kernels_and_tables():
    """They take longer to load than a short video takes to mark."""
    program = "import roadmark.marks, sys; print([m for m in ('numba', 'pyarrow', 'scipy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
