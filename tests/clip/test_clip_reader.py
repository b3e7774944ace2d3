import json
import os
import shutil
from dataclasses import fields, replace
from fractions import Fraction

import numpy as np
import pytest
from clip_samples import CAMERA, CAR, COLLISION, WALKER, images, labels, write_clip

from roadmark.clip import Clip, ClipEvent, ClipWriter, ObjectLabel
from roadmark.errors import FormatError, InputError
from roadmark.geometry import Box3D
from roadmark.media import encode_png

STOP = ClipEvent("sudden_stop", 0.05, 0.05, 1, 1, (CAR,), attributes={"deceleration": 7.5})


@pytest.fixture
def path(tmp_path):
    return write_clip(tmp_path / "clip", 3, collisions=[COLLISION], events=[STOP])


def test_frames_in_order(path):
    clip = Clip.open(path)
    assert len(clip) == 3
    assert (clip.size, clip.camera) == ((CAMERA.width, CAMERA.height), CAMERA)
    assert [frame.index for frame in clip] == [0, 1, 2]
    assert [frame.time for frame in clip] == [10.0, 10.05, 10.1]
    assert clip[-1].source_frame == 302
    with pytest.raises(IndexError):
        clip[3]


def test_labels_come_back(path):
    frame = Clip.open(path)[2].labels()
    expected = labels(2, images(2))
    assert (frame.time, frame.source_frame) == (expected.time, expected.source_frame)
    for found, given in zip(frame.objects, expected.objects, strict=True):
        assert (found.actor_id, found.bbox_2d, found.color) == (given.actor_id, given.bbox_2d, given.color)
        assert np.allclose(found.box.corners(), given.box.corners(), atol=1e-5)


def test_every_field_of_a_label_comes_back(tmp_path):
    """Numbers with at most six decimals are written exactly; boxes to a micrometre and a nanoradian."""
    picture = images(0)
    capsule = Box3D(np.array([7.0, -2.0, 0.93]), np.array([0.375, 0.375, 1.86]), np.eye(3))
    given = replace(labels(0, picture).objects[0], carla_box=capsule, caption="a taxi")
    names = [field.name for field in fields(ObjectLabel)]
    assert [name for name in names if getattr(given, name) is None] == []
    with ClipWriter(tmp_path / "clip", CAMERA, Fraction(20)) as writer:
        writer.write_frame(picture, replace(labels(0, picture), objects=(given,)))
        writer.finish()
    (found,) = Clip.open(tmp_path / "clip")[0].labels().objects
    for name in names:
        if name in ("box", "carla_box"):
            assert np.allclose(getattr(found, name).corners(), getattr(given, name).corners(), atol=1e-5), name
        else:
            assert getattr(found, name) == getattr(given, name), name


def test_what_is_not_known_stays_unknown(tmp_path):
    picture = images(0)
    unknown = ("mask_rle", "pixels", "visible_fraction", "truncation", "speed", "road_lane_id", "lane_position")
    car = replace(labels(0, picture).objects[0], **dict.fromkeys(unknown))
    with ClipWriter(tmp_path / "clip", CAMERA, Fraction(20)) as writer:
        writer.write_frame(picture, replace(labels(0, picture), objects=(car,)))
        writer.finish()
    clip = Clip.open(tmp_path / "clip")
    (found,) = clip[0].labels().objects
    assert {getattr(found, name) for name in unknown} == {None}
    assert clip.table()["speed"].to_pylist() == clip.table()["mask_area"].to_pylist() == [None]


@pytest.mark.parametrize("text", ["[]", "{}", '{"instances": []}', '{"instances": {"object_1": {"caption": "x"}}}'])
def test_broken_captions(path, text):
    (path / "instances.json").write_text(text)
    with pytest.raises(FormatError, match=r"instances\.json"):
        Clip.open(path)[0].labels()


def test_a_clip_without_captions(path):
    (path / "instances.json").unlink()
    assert [label.caption for label in Clip.open(path)[0].labels().objects] == [None, None]


def test_normals_are_unit_vectors_and_nan_in_the_sky(path):
    normals = Clip.open(path)[0].normals()
    sky = np.isinf(images(0).depth)
    assert np.isnan(normals[sky]).all()
    assert np.abs(np.linalg.norm(normals[~sky], axis=-1) - 1.0).max() < 0.01


def test_events_come_back(path):
    first, second = Clip.open(path).events()
    assert (first.category, first.start_time, first.end_time) == ("collision", 0.02, 0.07)
    assert (first.first_frame, first.last_frame, first.actor_ids) == (0, 1, (CAR, WALKER))
    assert second == STOP


def test_collisions_alone_are_placed_by_their_times(path):
    """The published tool's file has no frames: 0.02 to 0.07 s at 20 frames a second is frame 1."""
    (path / "events.json").unlink()
    (event,) = Clip.open(path).events()
    assert (event.first_frame, event.last_frame) == (1, 1)
    (path / "events_collision.json").unlink()
    assert Clip.open(path).events() == []


@pytest.mark.parametrize("value", [{}, [1], [{"category": "x"}], [{"category": "x", "start_time": 5, "end_time": 1}]])
def test_broken_events(path, value):
    (path / "events.json").write_text(json.dumps(value))
    with pytest.raises(FormatError, match=r"events\.json"):
        Clip.open(path).events()


@pytest.mark.parametrize("text", ["[]", "{}", '{"detections": 3}', "{", '{"a": NaN}', "[" * 99999])
def test_broken_label_files(path, text):
    (path / "odvg/odvg_000000000001.json").write_text(text)
    with pytest.raises(FormatError, match="odvg_000000000001"):
        Clip.open(path)[1].labels()


def test_missing_label_files(path):
    (path / "odvg/odvg_000000000001.json").unlink()
    with pytest.raises(InputError, match="odvg_000000000001"):
        Clip.open(path)[1].labels()


def test_images_of_another_size_or_type(path):
    (path / "depth/depth_000000000000.png").write_bytes(encode_png(np.zeros((48, 64), np.uint8)))
    with pytest.raises(FormatError, match="uint16"):
        Clip.open(path)[0].depth()
    (path / "depth/depth_000000000000.png").write_bytes(encode_png(np.zeros((4, 4), np.uint16)))
    with pytest.raises(FormatError, match=r"\(48, 64\)"):
        Clip.open(path)[0].depth()


def test_links_out_of_the_clip_are_not_followed(path, tmp_path):
    secret = tmp_path / "secret.png"
    secret.write_bytes(encode_png(np.zeros((48, 64), np.uint16)))
    target = path / "depth/depth_000000000000.png"
    target.unlink()
    target.symlink_to(secret)
    with pytest.raises(FormatError, match="leads out"):
        Clip.open(path)[0].depth()


def test_the_digest_stands_for_the_content(path, tmp_path):
    again = write_clip(tmp_path / "again", 3, collisions=[COLLISION], events=[STOP])
    other = write_clip(tmp_path / "other", 2, collisions=[COLLISION], events=[STOP])
    assert Clip.open(again).digest == Clip.open(path).digest != Clip.open(other).digest


def test_unknown_names(path):
    clip = Clip.open(path)
    with pytest.raises(InputError, match="no masks images"):
        clip[0].file("masks")
    with pytest.raises(InputError, match="no masks video"):
        clip.video("masks")


def test_the_table(path):
    assert Clip.open(path).table().num_rows == 6
    (path / "labels.parquet").write_bytes(b"PAR1 not a table")
    with pytest.raises(FormatError, match="not a readable table"):
        Clip.open(path).table()
    (path / "labels.parquet").unlink()
    with pytest.raises(InputError, match="no such file"):
        Clip.open(path).table()


def test_verify_finds_damage(path):
    assert Clip.open(path).verify() == []
    (path / "normals/frame_000000000001.png").unlink()
    target = path / "rgb/frame_000000000000.jpg"
    data = bytearray(target.read_bytes())
    data[-10] ^= 1
    target.write_bytes(data)
    (path / "videos/rgb.mp4").unlink()
    problems = Clip.open(path).verify()
    assert len(problems) == 3
    assert any("normals" in problem and "found 2 files" in problem for problem in problems)
    assert any("rgb" in problem and "changed" in problem for problem in problems)
    assert any("rgb.mp4" in problem and "no such file" in problem for problem in problems)


def test_files_that_later_steps_add_do_not_disturb(path):
    (path / "events_noncollision_1.json").write_text("[]")
    (path / "rgb/notes.txt").write_text("looked at")
    assert Clip.open(path).verify() == []


def unlike_a_file(kind, place):
    place.unlink()
    if kind == "pipe":
        os.mkfifo(place)
    elif kind == "loop":
        place.symlink_to(place)
    elif kind == "folder":
        place.mkdir()
    else:
        place.symlink_to("a" * 300)


@pytest.mark.parametrize("kind", ["pipe", "loop", "folder", "long link"])
def test_what_is_no_file_is_named_and_never_waited_for(path, kind):
    rgb, odvg = "rgb/frame_000000000001.jpg", "odvg/odvg_000000000001.json"
    for name in (rgb, odvg, "events.json", "labels.parquet", "instances.json", "videos/rgb.mp4"):
        unlike_a_file(kind, path / name)
    clip = Clip.open(path)
    reads = (clip[1].rgb, clip[1].labels, clip.events, clip.table, lambda: clip.captions)
    for read, name in zip(reads, (rgb, odvg, "events.json", "labels.parquet", "instances.json"), strict=True):
        with pytest.raises(InputError, match=name):
            read()
    problems = "\n".join(clip.verify())
    for name in (rgb, odvg, "events.json", "labels.parquet", "instances.json"):
        assert name in problems
    unlike_a_file(kind, path / "clip.json")
    with pytest.raises(InputError, match=r"clip\.json"):
        Clip.open(path)


def test_verify_reads_nothing_outside_the_clip(path, tmp_path):
    shutil.move(path / "depth/depth_000000000001.png", tmp_path / "moved.png")
    (path / "depth/depth_000000000001.png").symlink_to(tmp_path / "moved.png")
    assert "leads out of the clip" in "\n".join(Clip.open(path).verify())


def test_a_clip_in_a_deleted_working_directory(tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(InputError):
        Clip.open("clip")
