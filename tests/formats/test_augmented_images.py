"""Images of augmented clips: the video's pictures with the source's labels."""

import json
import os

import cv2
import numpy as np
import pytest
from pycocotools.coco import COCO

from augmented_samples import LEVELS, write_augmented
from detection_samples import CAR, HEIGHT, WALKER, WIDTH, write_clip
from roadmark.errors import InputError, OutputError
from roadmark.formats import ImageChoice, ImageSource, write_coco, write_kitti, write_nuscenes, write_odvg, write_yolo
from roadmark.formats.augmented_pictures import is_rejected
from roadmark.formats.labelled_images import labelled_images
from roadmark.formats.placing import place_file

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools' own


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return write_clip(tmp_path_factory.mktemp("runs") / "clip_a")


@pytest.fixture(scope="module")
def slowed(clip):
    """Every source frame but the last shown twice, at twice the size; the walker is hidden in source frame 1."""
    folder = clip.parent / "augmented" / "Augmentation_0"
    size = (2 * WIDTH, 2 * HEIGHT)
    write_augmented(folder, clip, frame_map=(0, 0, 1, 1), size=size, invisible={WALKER: (1, 1)})
    return ImageSource("clip_a/Augmentation_0", folder, clip)


def test_labels_follow_the_frame_map_and_verification(slowed):
    images = list(labelled_images([slowed]))
    assert [(image.number, image.frame.index) for image in images] == [(0, 0), (1, 0), (2, 1), (3, 1)]
    assert [[label.actor_id for label in image.objects()] for image in images] == [[CAR, WALKER]] * 2 + [[CAR]] * 2
    assert [image.seconds for image in images] == [0.0, 0.1, 0.2, 0.3]  # the video's own, 10 frames a second
    assert images[3].name == "clip_a__Augmentation_0__000000000003"


def test_pictures_have_the_labels_size(slowed):
    images = list(labelled_images([slowed]))
    assert {image.rgb().shape for image in images} == {(HEIGHT, WIDTH, 3)}
    for image in [*images, images[0]]:  # going back decodes anew
        assert abs(int(np.median(image.rgb())) - LEVELS[image.number]) <= 2


def test_every_format_holds_them(slowed, clip, tmp_path, capsys):
    sources = [ImageSource("clip_a", clip), slowed]
    assert write_coco(tmp_path / "coco.json", sources, images=tmp_path / "images", media="link") == (7, 12)
    coco = COCO(str(tmp_path / "coco.json"))
    capsys.readouterr()  # it prints
    for image in coco.loadImgs(coco.getImgIds()):
        assert cv2.imread(str(tmp_path / "images" / image["file_name"])).shape == (HEIGHT, WIDTH, 3)
    assert coco.loadImgs(7)[0]["file_name"] == "clip_a/Augmentation_0/frame_000000000003.jpg"
    assert len(coco.getAnnIds(7)) == 1
    linked = tmp_path / "images" / "clip_a" / "rgb" / "frame_000000000000.jpg"
    assert os.path.samefile(linked, clip / "rgb" / "frame_000000000000.jpg")
    assert write_yolo(tmp_path / "yolo", sources, media="link") == {"train": 7}
    names = sorted(path.stem for path in (tmp_path / "yolo" / "images" / "train").iterdir())
    assert names == sorted(path.stem for path in (tmp_path / "yolo" / "labels" / "train").iterdir())
    assert write_kitti(tmp_path / "kitti", sources) == 7
    assert write_nuscenes(tmp_path / "nuscenes", sources)["sample_annotation"] == 12
    assert write_odvg(tmp_path / "odvg", sources, images=tmp_path / "odvg" / "images") == 7
    lines = (tmp_path / "odvg" / "annotations.jsonl").read_text().splitlines()
    assert [len(json.loads(line)["detection"]["instances"]) for line in lines] == [2, 2, 2, 2, 2, 1, 1]


def test_frames_that_are_no_files_cannot_be_named(slowed, tmp_path):
    for write in (write_coco, write_odvg):
        with pytest.raises(InputError, match="its frames are no files yet; name a folder for the images"):
            write(tmp_path / "out", [slowed])
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"frame_map": (0, 1), "frames": 3}, "has 3 frames, its record maps 2"),
        ({"frames": 4}, r"shows frames that its source clip does not have \(3 frames\)"),
        ({"frame_map": (0, 7)}, "shows frames that its source clip does not have"),
    ],
)
def test_a_video_that_does_not_fit_is_refused(clip, tmp_path, arguments, message):
    folder = write_augmented(tmp_path / "augmented", clip, **arguments)
    with pytest.raises(InputError, match=message):
        next(labelled_images([ImageSource("a/b", folder, clip)]))


def test_what_was_rejected_is_known_from_verification_or_the_record(clip, tmp_path):
    verified = write_augmented(tmp_path / "verified", clip, invisible={}, verdict="reject")
    assert is_rejected(verified)
    recorded = write_augmented(tmp_path / "recorded", clip)
    assert not is_rejected(recorded)
    record = json.loads((recorded / "output.json").read_text())
    (recorded / "output.json").write_text(json.dumps(record | {"verdict": "reject"}))
    assert is_rejected(recorded)
    record = json.loads((verified / "output.json").read_text())
    (verified / "output.json").write_text(json.dumps(record | {"verdict": "accept"}))
    assert is_rejected(verified)  # verification's own file is the newer one


def test_another_clips_verification_is_refused(clip, tmp_path):
    folder = write_augmented(tmp_path / "augmented", clip, invisible={})
    text = (folder / "verification.json").read_text()
    digest = json.loads(text)["source_digest"]
    (folder / "verification.json").write_text(text.replace(digest, "0" * 64))
    image = next(labelled_images([ImageSource("a/b", folder, clip)], ImageChoice()))
    with pytest.raises(InputError, match="is about another source clip; run roadmark verify"):
        image.objects()


def test_files_are_linked_where_that_works_and_copied_elsewhere(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(b"picture")
    place_file(tmp_path / "a", tmp_path / "new" / "link", "link")
    place_file(tmp_path / "a", tmp_path / "new" / "copy", "copy")
    assert os.path.samefile(tmp_path / "a", tmp_path / "new" / "link")
    assert not os.path.samefile(tmp_path / "a", tmp_path / "new" / "copy")

    def refused(*_):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refused)
    place_file(tmp_path / "a", tmp_path / "new" / "other", "link")
    assert (tmp_path / "new" / "other").read_bytes() == b"picture"
    for how in ("link", "copy"):
        with pytest.raises(OutputError):
            place_file(tmp_path / "a", tmp_path / "new" / "link", how)
    with pytest.raises(InputError, match="no such file"):
        place_file(tmp_path / "gone", tmp_path / "new" / "gone")


def test_a_copy_that_breaks_off_is_removed(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(b"picture")

    def unreadable(stream, source):
        raise InputError(f"{source}: cannot be read")

    monkeypatch.setattr("roadmark.formats.placing._piece", unreadable)
    with pytest.raises(InputError, match="a: cannot be read"):
        place_file(tmp_path / "a", tmp_path / "b")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
