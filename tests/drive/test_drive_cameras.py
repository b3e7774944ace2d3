"""Names of cameras in all forms, and where their pictures are."""

import numpy as np
import pytest

from roadmark.drive import ImageFiles, VideoFile, canonical_camera_name, choose_cameras
from roadmark.drive.footage import find_footage
from roadmark.errors import ConfigError, FormatError, InputError
from roadmark.media import encode_png

NAMES = ["camera_front_wide_120fov", "camera_front_tele_30fov", "camera_cross_left_120fov"]


@pytest.mark.parametrize(
    "form",
    [
        "camera:front:wide:120fov", "camera_front_wide_120fov", "ftheta_camera_front_wide_120fov",
        "pinhole_camera_front_wide_120fov", "Camera_Front_Wide_120FOV",
    ],
)  # fmt: skip
def test_forms_of_one_name(form):
    assert canonical_camera_name(form) == "camera_front_wide_120fov"


@pytest.mark.parametrize("text", ["", "..", "camera:../../etc", "camera/front", "camera front", "a" * 200, "camera\0"])
def test_what_is_no_name(text):
    with pytest.raises(FormatError, match="no name of a camera"):
        canonical_camera_name(text)


def test_cameras_are_chosen_by_any_form():
    asked = ["cross_left", "front_wide", "camera:front:wide:120fov"]
    assert choose_cameras(asked, NAMES) == ["camera_cross_left_120fov", "camera_front_wide_120fov"]
    with pytest.raises(ConfigError, match=r"'rear'.*there are camera_front_wide_120fov, "):
        choose_cameras(["rear"], NAMES)


def test_a_short_name_of_two_cameras_is_refused():
    with pytest.raises(ConfigError, match="more than one"):
        choose_cameras(["front"], ["camera_front_120fov", "camera_front_30fov"])


def test_images_are_in_the_order_of_their_numbers(tmp_path):
    folder = tmp_path / "front"
    folder.mkdir()
    for number, name in enumerate(["frame_10.png", "frame_9.PNG", "2_11.png"]):
        (folder / name).write_bytes(encode_png(np.full((4, 6), number, np.uint8)))
    (folder / "notes.txt").write_text("no image")
    found = find_footage(tmp_path / "front.mp4")
    assert isinstance(found, ImageFiles)
    assert [path.name for path in found.paths] == ["frame_9.PNG", "frame_10.png", "2_11.png"]
    assert found.measure() == (3, 6, 4)


@pytest.mark.parametrize(
    ("names", "said"),
    [([], "no .jpg or .png"), (["a_1.png", "b_01.png"], "one frame"), (["front.png"], "needs the number")],
)
def test_folders_that_are_no_pictures_of_a_camera(tmp_path, names, said):
    (tmp_path / "front").mkdir()
    for name in names:
        (tmp_path / "front" / name).write_bytes(b"")
    with pytest.raises(FormatError, match=said):
        find_footage(tmp_path / "front.mp4")


def test_a_video_comes_first_and_nothing_is_none(tmp_path):
    assert find_footage(tmp_path / "front.mp4") is None
    (tmp_path / "front.mp4").write_bytes(b"")
    assert find_footage(tmp_path / "front.mp4") == VideoFile(tmp_path / "front.mp4")
    (tmp_path / "rear.mp4").mkdir()
    with pytest.raises(InputError, match="not a regular file"):
        find_footage(tmp_path / "rear.mp4")
