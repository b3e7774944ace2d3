"""A clip made by the published tool, with its defects, is adopted and its wrong labels are named."""

import json
import os
from fractions import Fraction

import cv2
import numpy as np
import pytest
from clip_samples import CAMERA, CAR, HEIGHT, POSE, WIDTH, contents, images, labels, write_clip

from roadmark.catalog import PALETTE
from roadmark.clip import AdoptedCamera, Clip, adopt
from roadmark.clip.odvg import world_box_record
from roadmark.errors import FormatError, InputError, OutputError
from roadmark.geometry import PinholeCamera
from roadmark.media import VideoWriter, read_image

ADOPTED = AdoptedCamera(CAMERA, POSE, "north")


def reference_output(root, frames=4, *, log_rate=20, video_rate=30):
    """What the tool writes: wrapped millimetres, class and low byte as ids, bearings as rotations, its target rate."""
    folders = ("rgb", "depth", "semantic_segmentation", "semantic_segmentation_raw", "instance_segmentation")
    for name in (*folders, "instance_segmentation_raw", "normals", "edges", "odvg", "videos"):
        (root / name).mkdir(parents=True)
    video = VideoWriter(root / "videos/rgb.mp4", WIDTH, HEIGHT, Fraction(video_rate))
    for number in range(frames):
        picture = images(number)
        save_reference_images(root, number, picture)
        record = reference_record(number, picture, log_rate)
        (root / f"odvg/odvg_{number:012d}.json").write_text(json.dumps(record))
        video.write(picture.rgb)
    video.close()
    event = {"event_id": "event_000001", "start_time": 0, "end_time": 0, "category": "collision"}
    event |= {"event_sub_category": "", "objects": [str(CAR), "970"], "event_caption": ""}
    (root / "events_collision.json").write_text(json.dumps([event]))
    return root


def save_reference_images(root, number, picture):
    def save(name, image):
        cv2.imwrite(str(root / name), image)

    millimetres = np.where(np.isinf(picture.depth), 1_000_000, picture.depth * 1000).astype(np.int64)
    raw_ids = (picture.semantic.astype(np.uint16) << 8) | (picture.instance & 0xFF)
    semantic = np.where(picture.semantic == 1, 0, picture.semantic).astype(np.uint8)  # its road colour is wrong
    save(f"rgb/frame_{number:012d}.jpg", picture.rgb[..., ::-1])
    save(f"depth/depth_{number:012d}.png", (millimetres & 0xFFFF).astype(np.uint16))
    save(f"semantic_segmentation/seg_{number:012d}.png", PALETTE[picture.semantic][..., ::-1])
    save(f"semantic_segmentation_raw/seg_{number:012d}.png", semantic)
    save(f"instance_segmentation/seg_{number:012d}.png", PALETTE[picture.semantic])
    save(f"instance_segmentation_raw/seg_{number:012d}.png", raw_ids)
    save(f"normals/frame_{number:012d}.png", picture.normal[..., ::-1])
    save(f"edges/edge_{number:012d}.png", np.zeros((HEIGHT, WIDTH), np.uint8))


def reference_record(number, picture, log_rate):
    car = labels(number, picture).objects[0]
    center = car.box.transformed(POSE.inverse()).center
    bearing = {"yaw": float(np.arctan2(center[0], center[2])), "pitch": 0.1, "roll": 0.0}
    instance = {
        "object-id": CAR,
        "category": "car",
        "bbox_2d": list(car.bbox_2d),
        "mask": car.polygons,
        "road_lane_id": None,
        "lane_position": None,
        "blueprint_id": "vehicle.audi.tt",
        "vehicle_color": [1, 2, 3],
        "bbox_3d": {
            "center": dict(zip("xyz", center.tolist(), strict=True)),
            "dimensions": {"length": 4.0, "width": 1.8, "height": 1.5},
            "rotation": bearing,
            "distance_to_camera": float(np.linalg.norm(center)),
        },
        "bbox_3d_world": world_box_record(car.box),
    }
    return {
        "frame_id": f"frame_{number:012d}",
        "edge_file_name": f"edge/edge_{number:012d}.png",
        "timestamp": 5.0 + number / log_rate,
        "width": WIDTH,
        "height": HEIGHT,
        "detections": {"instances": [instance]},
        "events": [],
    }


def test_a_reference_clip_becomes_readable_and_nothing_of_it_changes(tmp_path):
    root = reference_output(tmp_path / "reference")
    before = contents(root)
    clip = adopt(root, ADOPTED)
    after = contents(root)
    assert after.pop("clip.json")
    assert after == before
    again = Clip.open(root)
    assert again.manifest == clip.manifest
    assert (len(again), again.camera, again.manifest.cameras[0].name) == (4, CAMERA, "north")
    assert np.allclose(again[3].pose.matrix, POSE.matrix)
    assert again.manifest.origin == "reference"
    assert again.verify() == []
    assert again.manifest.actors[str(CAR)].blueprint_id == "vehicle.audi.tt"
    assert np.abs(again[0].rgb().astype(int) - images(0).rgb).mean() < 6.0


def test_every_defect_is_named(tmp_path):
    clip = adopt(reference_output(tmp_path / "reference"), ADOPTED)
    named = {entry.label: entry.reason for entry in clip.manifest.untrusted}
    assert "wrapped" in named["depth"]
    assert "low byte" in named["instance_segmentation_raw"]
    assert "road" in named["semantic_segmentation_raw"]
    assert "bearing" in named["bbox_3d.rotation"]
    assert "class-masked" in named["edges"]
    assert "whole seconds" in named["events"]
    assert "target rate" in named["videos"]
    assert (clip.manifest.depth.unit, clip.manifest.depth.saturates) == ("mm", False)
    assert clip.manifest.box_convention == "reference-bearing"


def test_depth_reads_in_metres_where_it_did_not_wrap(tmp_path):
    clip = adopt(reference_output(tmp_path / "reference"), ADOPTED)
    depth, truth = clip[0].depth(), images(0).depth
    assert np.abs(depth[truth < 65] - truth[truth < 65]).max() < 0.0011
    sky = np.isinf(truth)
    assert depth[sky][0] == pytest.approx(16.960)  # 1,000,000 mm modulo 65,536: why it is not trusted


def test_orientations_come_from_the_world_box(tmp_path):
    clip = adopt(reference_output(tmp_path / "reference"), ADOPTED)
    (car,) = clip[2].labels().objects
    assert np.allclose(car.box.corners(), labels(2, images(2)).objects[0].box.corners(), atol=1e-5)


def test_its_instance_images_are_no_actor_ids(tmp_path):
    clip = adopt(reference_output(tmp_path / "reference"), ADOPTED)
    with pytest.raises(InputError, match="one byte of the id"):
        clip[0].actor_ids()
    assert read_image(clip[0].file("instance_segmentation_raw")).max() == (14 << 8) | (CAR & 0xFF)


def test_times_come_from_the_log_not_from_the_video(tmp_path):
    clip = adopt(reference_output(tmp_path / "reference"), ADOPTED)
    assert clip.fps == 20
    assert [frame.time for frame in clip] == pytest.approx([5.0, 5.05, 5.1, 5.15])
    assert any("1.5 times as fast" in note for note in clip.manifest.notes)


def test_without_timestamps_the_video_gives_the_rate(tmp_path):
    root = reference_output(tmp_path / "reference")
    for path in (root / "odvg").iterdir():
        path.unlink()
    clip = adopt(root, ADOPTED)
    assert clip.fps == 30
    assert clip[3].time == pytest.approx(0.1)
    (root / "videos/rgb.mp4").unlink()
    with pytest.raises(InputError, match="frame rate"):
        adopt(root, ADOPTED, overwrite=True)
    assert adopt(root, ADOPTED, fps=Fraction(25), overwrite=True).fps == 25


def test_timestamps_that_stand_still_are_replaced_with_a_note(tmp_path):
    root = reference_output(tmp_path / "reference")
    for number in range(4):
        path = root / f"odvg/odvg_{number:012d}.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"timestamp": 1.0}))
    clip = adopt(root, ADOPTED)
    assert any("do not ascend" in note for note in clip.manifest.notes)
    assert clip[1].time == pytest.approx(1 / 30)


def test_incomplete_folders_are_left_out_with_a_note(tmp_path):
    root = reference_output(tmp_path / "reference")
    (root / "normals/frame_000000000002.png").unlink()
    clip = adopt(root, ADOPTED)
    assert "normals" not in clip.manifest.folders
    assert any(note.startswith("normals: 3 of 4 frames") for note in clip.manifest.notes)


def test_events_are_read(tmp_path):
    (event,) = adopt(reference_output(tmp_path / "reference"), ADOPTED).events()
    assert (event.category, event.actor_ids, event.first_frame) == ("collision", (CAR, 970), 0)


def test_what_is_no_reference_output(tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        adopt(tmp_path / "none", ADOPTED)
    with pytest.raises(InputError, match="no output of the recipe's tool"):
        adopt(tmp_path, ADOPTED)
    root = reference_output(tmp_path / "reference")
    with pytest.raises(InputError, match=r"pictures are 64 x 48, the camera is 10 x 10"):
        adopt(root, AdoptedCamera(PinholeCamera.from_fov(10, 10, 1.0), POSE))
    (root / "rgb/frame_000000000001.jpg").unlink()
    with pytest.raises(InputError, match=r"frame_000000000001\.jpg is missing"):
        adopt(root, ADOPTED)


def test_damage_after_the_adoption_is_found(tmp_path):
    root = reference_output(tmp_path / "reference")
    (root / "events_noncollision_1.json").write_text("[]")
    clip = adopt(root, ADOPTED)
    (root / "events_collision.json").write_text("[]")
    (root / "depth/depth_000000000003.png").unlink()
    (root / "events_noncollision_1.json").write_text("[1]")
    assert len(clip.verify()) == 3


def test_broken_labels_are_named(tmp_path):
    root = reference_output(tmp_path / "reference")
    (root / "odvg/odvg_000000000001.json").write_text('{"detections": {"instances": [{}]}}')
    with pytest.raises(FormatError, match="no frame labels") as caught:
        adopt(root, ADOPTED)
    assert caught.value.path == root / "odvg/odvg_000000000001.json"


def test_labels_the_tool_does_not_write_are_unknown_not_invented(tmp_path):
    (car,) = adopt(reference_output(tmp_path / "reference"), ADOPTED)[0].labels().objects
    unknown = (car.speed, car.visible_fraction, car.truncation, car.pixels, car.mask_rle, car.carla_box, car.caption)
    assert unknown == (None,) * 7


def test_a_broken_manifest_can_be_replaced(tmp_path):
    root = reference_output(tmp_path / "reference")
    adopt(root, ADOPTED)
    (root / "clip.json").write_text("{")
    with pytest.raises(OutputError, match="broken manifest.*--overwrite"):
        adopt(root, ADOPTED)
    assert len(adopt(root, ADOPTED, overwrite=True)) == 4
    (root / "clip.json").write_text("{")
    (root / "labels.parquet").touch()  # only Roadmark writes one: its clip is not to be turned into an adopted one
    with pytest.raises(OutputError, match="nothing to adopt"):
        adopt(root, ADOPTED, overwrite=True)


def test_our_own_clips_and_adopted_ones_are_not_adopted_again(tmp_path):
    with pytest.raises(OutputError, match="nothing to adopt"):
        adopt(write_clip(tmp_path / "clip", 1), ADOPTED)
    root = reference_output(tmp_path / "reference")
    adopt(root, ADOPTED)
    with pytest.raises(OutputError, match="--overwrite"):
        adopt(root, ADOPTED)
    adopt(root, ADOPTED, overwrite=True)


@pytest.mark.parametrize("name", ["", "a" * 300, "a\0b", "loop"])
def test_a_folder_that_cannot_be_looked_at(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(InputError):
        adopt(name, ADOPTED)


def test_a_pipe_among_the_tools_files(tmp_path):
    root = reference_output(tmp_path / "tool")
    (root / "events_collision.json").unlink()
    os.mkfifo(root / "events_collision.json")
    with pytest.raises(InputError, match=r"events_collision\.json: is not a regular file"):
        adopt(root, ADOPTED)
    assert not (root / "clip.json").exists()
