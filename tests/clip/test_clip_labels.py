"""Labels as records: the values the published tool gets wrong are right here."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from clip_samples import CAR, POSE, car_box, images, labels
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmark.clip import ClipEvent, CollisionEvent, FrameLabels, frames_during
from roadmark.clip.odvg import (
    camera_box_record,
    label_from_record,
    object_record,
    objects_entry,
    world_box,
    world_box_record,
)
from roadmark.clip.table import SCHEMA
from roadmark.errors import FormatError, InputError
from roadmark.geometry import Box3D, Pose, camera_pose_from_body, rotation_from_quaternion, rotation_from_rpy

ANGLES = st.floats(-3.1, 3.1)
PLACES = st.floats(-200.0, 200.0)


def sample_record():
    frame = labels(0, images(0))
    return object_record(frame.objects[0], POSE.inverse())


def test_every_field_of_the_record():
    record = sample_record()
    assert record["object-id"] == CAR
    assert record["category"] == "car"
    assert record["blueprint_id"] == "vehicle.audi.tt"
    assert record["bbox_2d"] == [10, 20, 29, 31]  # inclusive
    assert record["mask"] == [[10, 20, 10, 31, 29, 31, 29, 20]]
    assert record["mask_area"] == 20 * 12 - 5 * 3  # the window is a hole
    assert record["road_lane_id"] == "12_0_-1"
    assert record["lane_position"] == -0.5
    assert record["vehicle_color"] == [200, 10, 20]
    assert (record["visible_fraction"], record["truncation"], record["speed"]) == (0.75, 0.125, 8.25)
    assert record["bbox_3d"]["dimensions"] == {"length": 4.0, "width": 1.8, "height": 1.5}
    assert record["mask_rle"]["size"] == [48, 64]


def test_a_car_ahead_facing_away_has_its_heading_not_its_bearing():
    """Camera at the origin looking along world x; a car 10 m ahead, 5 m to the left, driving along x as well.

    Its orientation is pitch -90 degrees (facing away along camera z). The bearing of its centre, which the published
    tool writes, would be atan2(5, 10) = 26.6 degrees.
    """
    camera_from_world = camera_pose_from_body(Pose.identity(parent="world", child="body")).inverse()
    box = Box3D(np.array([10.0, 5.0, 0.75]), np.array([4.0, 2.0, 1.5]), np.eye(3))
    record = camera_box_record(box.transformed(camera_from_world))
    assert record["center"] == {"x": -5.0, "y": -0.75, "z": 10.0}
    assert record["rotation"]["pitch"] == pytest.approx(-math.pi / 2)
    assert record["distance_to_camera"] == pytest.approx(math.sqrt(5**2 + 0.75**2 + 10**2), abs=1e-6)
    turned = replace(box, rotation=rotation_from_rpy((0.0, 0.0, -math.pi / 2)))  # towards the camera's right
    rotation = camera_box_record(turned.transformed(camera_from_world))["rotation"]
    assert [rotation["yaw"], rotation["pitch"], rotation["roll"]] == pytest.approx([0.0, 0.0, 0.0], abs=1e-8)


def test_the_world_box_is_in_carla_s_left_handed_axes():
    box = Box3D(np.array([1.0, 2.0, 3.0]), np.array([4.0, 2.0, 1.5]), rotation_from_rpy((0.1, 0.2, 0.3)))
    record = world_box_record(box)
    assert record["center"] == {"x": 1.0, "y": -2.0, "z": 3.0}
    degrees = [record["rotation"][name] for name in ("roll", "pitch", "yaw")]
    assert degrees == pytest.approx(np.rad2deg([0.1, -0.2, -0.3]).tolist(), abs=1e-8)


@given(PLACES, PLACES, PLACES, ANGLES, st.floats(-1.5, 1.5), ANGLES)
@settings(max_examples=80, deadline=None)
def test_boxes_round_trip_and_all_three_forms_agree(x, y, z, roll, pitch, yaw):
    box = Box3D(np.array([x, y, z]), np.array([4.0, 2.0, 1.5]), rotation_from_rpy((roll, pitch, yaw)))
    back = world_box(world_box_record(box))
    assert np.allclose(back.corners(), box.corners(), atol=1e-5)
    record = camera_box_record(box.transformed(POSE.inverse()))
    angles = [record["rotation"][name] for name in ("roll", "pitch", "yaw")]
    center = [record["center"][axis] for axis in "xyz"]
    decoded = Box3D.from_lhw_xyz([*center, 4.0, 1.5, 2.0, *angles])
    assert np.allclose(decoded.corners(), box.transformed(POSE.inverse()).corners(), atol=1e-5)


def test_the_quaternion_is_the_same_orientation():
    record = sample_record()
    angles = [record["bbox_3d"]["rotation"][name] for name in ("roll", "pitch", "yaw")]
    assert np.allclose(rotation_from_quaternion(record["orientation_wxyz"]), rotation_from_rpy(angles), atol=1e-7)


def test_a_walker_keeps_carla_s_capsule_beside_its_body():
    record = object_record(labels(0, images(0)).objects[1], POSE.inverse())
    assert record["bbox_3d"]["dimensions"] == {"length": 0.5, "width": 0.6, "height": 1.8}
    assert record["bbox_3d_carla"]["dimensions"] == {"length": 0.375, "width": 0.375, "height": 1.86}
    assert record["vehicle_color"] is None


def test_records_read_back_as_labels():
    for original in labels(1, images(1)).objects:
        back = label_from_record(object_record(original, POSE.inverse()))
        for name in ("actor_id", "category", "blueprint_id", "bbox_2d", "pixels", "speed", "color", "road_lane_id"):
            assert getattr(back, name) == getattr(original, name)
        assert back.polygons == original.polygons
        assert back.mask_rle == original.mask_rle
        assert np.allclose(back.box.corners(), original.box.corners(), atol=1e-5)
        assert (back.carla_box is None) == (original.carla_box is None)


@pytest.mark.parametrize(
    "change",
    [
        {"bbox_2d": [1, 2, 3]},
        {"bbox_2d": [5, 0, 4, 9]},
        {"object-id": None},
        {"object-id": -4},
        {"mask": 7},
        {"visible_fraction": 1.5},
        {"speed": math.inf},
        {"speed": "fast"},
        {"vehicle_color": [1]},
        {"bbox_3d_world": {}},
        {"bbox_3d_world": {"center": {"x": 0, "y": 0, "z": math.nan}}},
        {"object-id": 1e400},
    ],
)
def test_wrong_records_are_typed_errors(change):
    with pytest.raises(FormatError):
        label_from_record(sample_record() | change)


def test_a_record_without_a_box_is_refused():
    record = sample_record()
    del record["bbox_3d_world"]
    with pytest.raises(FormatError, match="bbox_3d_world"):
        label_from_record(record)


def test_objects_json_repeats_the_fields_of_the_published_tool():
    record = sample_record()
    (entry,) = objects_entry(4, [record])["instances"]
    assert entry["bounding_box_2d_tight"] == record["bbox_2d"]
    expected = {"id", "category", "blueprint_id", "bounding_box_2d_tight"}
    expected |= {"mask", "road_lane_id", "lane_position", "vehicle_color", "bbox_3d"}
    assert set(entry) == expected


def test_every_field_and_column_is_in_the_format_s_description():
    text = (Path(__file__).parents[2] / "docs/formats/clip.md").read_text(encoding="utf-8")
    record = object_record(labels(0, images(0)).objects[1], POSE.inverse())
    for name in (*record, *SCHEMA.names):
        assert f"`{name}`" in text or f"`{name}." in text, name


def test_events_mark_exact_frames_and_every_event_at_least_one():
    """The published tool compares whole seconds: with 20 frames a second it may mark a frame 20 frames off."""
    times = np.arange(100) / 20
    assert frames_during(times, 1.26, 1.34) == (26, 26)  # 1.30 s
    assert frames_during(times, 1.25, 1.35) == (25, 27)
    assert frames_during(times, 1.26, 1.27) == (25, 25)  # between two frames: the nearest
    assert frames_during(times, 99.0, 99.0) == (99, 99)


def test_impossible_labels_are_refused():
    good = labels(0, images(0))
    with pytest.raises(InputError, match="labelled twice"):
        FrameLabels(0.0, 0, POSE, (good.objects[0], good.objects[0]))
    with pytest.raises(InputError, match="finite"):
        FrameLabels(math.nan, 0, POSE)
    with pytest.raises(InputError, match="visible_fraction"):
        replace(good.objects[0], visible_fraction=-0.1)
    with pytest.raises(InputError, match="speed"):
        replace(good.objects[0], speed=math.nan)
    with pytest.raises(InputError, match="in order"):
        CollisionEvent(2.0, 1.0, 0, 0, (1, 2))
    with pytest.raises(InputError, match="frames must be in order"):
        ClipEvent("stop", 1.0, 2.0, 5, 4, (1,))


def test_car_box_is_not_axis_aligned():
    assert not np.allclose(car_box(0).rotation, np.eye(3))
