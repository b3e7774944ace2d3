"""A clip as a Rerun recording, read back by Rerun's own reader."""

import os
import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose

from detection_samples import CAR, CAR_BOX, HEIGHT, WALKER, WALKER_BOX, WIDTH, write_clip
from roadmark.catalog import SemanticClass
from roadmark.clip import Clip, CollisionEvent, Provenance, SourceFile
from roadmark.errors import ConfigError, InputError, MissingExtraError, OutputError
from roadmark.geometry import FThetaCamera
from roadmark.media import decode_image
from roadmark.report import RecordingOptions, write_recording
from sample_crossing.town import crossing_xodr

FRAMES = 4
EVENT = CollisionEvent(0.15, 0.25, 1, 2, (CAR, WALKER), sub_category="vehicle_walker", caption="They meet.")


@pytest.fixture(scope="module")
def reader():
    return pytest.importorskip("rerun.chunk", reason="rerun-sdk is not installed").RrdReader


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """The walker is labelled in frames 1 and 2 of 4; the map is a crossing."""
    sources = (SourceFile("map.xodr", crossing_xodr()),)
    path = tmp_path_factory.mktemp("clips") / "meeting"
    options = {"provenance": Provenance(sources=sources), "collisions": [EVENT]}
    return Clip.open(write_clip(path, FRAMES, walker_in=(1, 2), **options))


@pytest.fixture(scope="module")
def recorded(reader, clip, tmp_path_factory):
    """What `write_recording` says, and the rows of every entity."""
    path = tmp_path_factory.mktemp("recordings") / "meeting.rrd"
    done = write_recording(clip, path)
    return done, path, entities(reader, path)


def entities(reader, path):
    """Rows of every entity, in order, each with its components."""
    rows: dict[str, list[dict]] = {}
    for chunk in reader(path).stream():
        table = chunk.to_record_batch().to_pylist()
        rows.setdefault(chunk.entity_path, []).extend(
            {name: value for name, value in row.items() if value is not None} for row in table
        )
    return {name: sorted(found, key=lambda row: row.get("frame", -1)) for name, found in rows.items()}


def only(rows, component):
    return [row[component] for row in rows if component in row]


def test_everything_has_its_place(recorded):
    done, _, found = recorded
    assert (done.frames, done.actors, done.events, done.notes) == (FRAMES, 2, 1, ())
    assert {name for name in found if not name.startswith("/__")} == {
        "/", "/world", "/world/camera", "/world/camera/image", "/world/camera/image/rgb", "/world/camera/image/depth",
        "/world/camera/image/classes", "/world/camera/image/boxes", "/world/lanes", "/events",
        f"/world/actors/{CAR}", f"/world/actors/{WALKER}", f"/world/trajectories/{CAR}",
        f"/world/trajectories/{WALKER}",
    }  # fmt: skip


def test_both_time_lines_count_from_the_clips_start(recorded):
    rows = recorded[2]["/world/camera"]
    assert [row["frame"] for row in rows] == [0, 1, 2, 3]
    assert [row["time"].total_seconds() for row in rows] == [0.0, 0.1, 0.2, 0.3]


def test_boxes_are_where_the_labels_are(recorded):
    car, walker = (recorded[2][f"/world/actors/{actor}"] for actor in (CAR, WALKER))
    assert len(car) == len(walker) == FRAMES
    for row in car:
        assert_allclose(row["Boxes3D:centers"], [CAR_BOX.center], rtol=1e-6)
        assert_allclose(row["Boxes3D:half_sizes"], [[2.0, 0.9, 0.75]], rtol=1e-6)
        assert_allclose(row["Boxes3D:quaternions"], [[0.0, 0.0, np.sin(0.25), np.cos(0.25)]], atol=1e-6)  # 0.5 rad
        assert row["Boxes3D:labels"] == [f"car {CAR}"]
        assert row["Boxes3D:class_ids"] == [SemanticClass.CAR]
    assert [len(row["Boxes3D:centers"]) for row in walker] == [0, 1, 1, 0]  # only where it is labelled
    assert_allclose(walker[1]["Boxes3D:centers"], [WALKER_BOX.center], rtol=1e-6)


def test_the_camera_sees_boxes_where_the_clip_has_them(recorded):
    """World through the recorded transform and pinhole, as the viewer does it, against the clip's own projection."""
    found = recorded[2]
    (pinhole,) = found["/world/camera/image"]
    matrix = np.array(pinhole["Pinhole:image_from_camera"][0]).reshape(3, 3).T  # stored by columns
    assert pinhole["Pinhole:resolution"] == [[WIDTH, HEIGHT]]
    pose = found["/world/camera"][0]
    x, y, z, w = pose["Transform3D:quaternion"][0]
    rotation = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    center = np.array(found[f"/world/actors/{CAR}"][0]["Boxes3D:centers"][0])
    u, v, depth = matrix @ (rotation.T @ (center - np.array(pose["Transform3D:translation"][0])))
    # the camera stands in the origin and looks along x: 10 m ahead, 2 m left, 0.5 m below
    assert_allclose([u / depth, v / depth, depth], [32 - 32 * 2 / 10, 24 + 32 * 0.5 / 10, 10.0], atol=1e-4)


def test_pictures_are_the_clips_files(recorded, clip):
    found = recorded[2]
    pictures = only(found["/world/camera/image/rgb"], "EncodedImage:blob")
    depths = found["/world/camera/image/depth"]
    assert len(pictures) == len(depths) == FRAMES
    for index, frame in enumerate(clip):
        assert bytes(pictures[index][0]) == frame.file("rgb").read_bytes()
        stored = decode_image(bytes(depths[index]["EncodedDepthImage:blob"][0]))
        assert_allclose(stored / depths[index]["EncodedDepthImage:meter"][0], frame.depth())
    assert len(only(found["/world/camera/image/classes"], "SegmentationImage:buffer")) == FRAMES


def test_trajectories_lanes_and_events(recorded):
    found = recorded[2]
    (trajectory,) = found[f"/world/trajectories/{WALKER}"]
    assert np.array(trajectory["LineStrips3D:strips"]).shape == (1, 2, 3)  # two labelled frames
    (lanes,) = found["/world/lanes"]
    assert len(lanes["LineStrips3D:strips"]) > 10
    (event,) = found["/events"]
    assert (event["frame"], event["time"].total_seconds()) == (1, 0.15)
    assert event["TextLog:text"] == [
        f"collision (vehicle_walker) of {CAR}, {WALKER}, 0.150 s to 0.250 s: They meet."
    ]  # fmt: skip


def test_fewer_pictures_or_the_video(reader, clip, tmp_path):
    write_recording(clip, tmp_path / "few.rrd", RecordingOptions(every=3))
    few = entities(reader, tmp_path / "few.rrd")
    assert [row["frame"] for row in few["/world/camera/image/rgb"]] == [0, 3]
    assert len(few[f"/world/actors/{CAR}"]) == FRAMES
    write_recording(clip, tmp_path / "video.rrd", RecordingOptions(pictures="video"))
    rows = entities(reader, tmp_path / "video.rrd")["/world/camera/image/rgb"]
    (video,) = only(rows, "AssetVideo:blob")
    assert bytes(video[0]) == clip.video("rgb").read_bytes()
    shown = [row for row in rows if "VideoFrameReference:timestamp" in row]
    assert [row["VideoFrameReference:timestamp"] for row in shown] == [[0], [10**8], [2 * 10**8], [3 * 10**8]]


def test_a_camera_without_a_pinhole_has_no_frustum(reader, tmp_path):
    wide = FThetaCamera(WIDTH, HEIGHT, WIDTH / 2, HEIGHT / 2, (0.0, 0.05, 0.0, 0.0, 0.0, 0.0))
    clip = Clip.open(write_clip(tmp_path / "wide", 1, wide))
    done = write_recording(clip, tmp_path / "wide.rrd")
    assert "the camera is no pinhole (FThetaCamera): its place is recorded without a frustum" in done.notes[0]
    assert done.notes[1] == "the clip holds no map: no lanes are recorded"
    found = entities(reader, tmp_path / "wide.rrd")
    assert {"/world/camera", "/image/rgb", "/image/boxes", f"/world/actors/{CAR}"} <= set(found)
    assert not any("Pinhole:image_from_camera" in row for rows in found.values() for row in rows)


def test_a_map_that_is_known_by_its_hash_alone_is_said(reader, tmp_path):
    (tmp_path / "map.xodr").write_bytes(crossing_xodr())
    source = SourceFile("map.xodr", tmp_path / "map.xodr", stored=False)
    clip = Clip.open(write_clip(tmp_path / "clip", 1, provenance=Provenance(sources=(source,))))
    done = write_recording(clip, tmp_path / "clip.rrd")
    assert done.notes == ("the clip does not hold its map's file: no lanes are recorded",)


def test_reruns_own_command_verifies_it(recorded, tmp_path):
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}  # in a first session it sends no usage data
    done = subprocess.run(
        [sys.executable, "-m", "rerun_cli", "rrd", "verify", str(recorded[1])],
        check=False, capture_output=True, text=True, timeout=120, env=os.environ | home,
    )  # fmt: skip
    assert done.returncode == 0
    assert "1 file verified without error" in done.stdout + done.stderr


def test_what_goes_wrong_leaves_no_recording(reader, clip, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="file"):
        write_recording(clip, tmp_path / "file" / "out.rrd")
    broken = write_clip(tmp_path / "broken", 2)
    (broken / "rgb" / "frame_000000000001.jpg").unlink()
    with pytest.raises(InputError, match="frame_000000000001.jpg"):
        write_recording(Clip.open(broken), tmp_path / "out.rrd")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken", "file"]
    for wrong in ({"every": 0}, {"pictures": "none"}):
        with pytest.raises(ConfigError, match=next(iter(wrong))):
            RecordingOptions(**wrong)


def test_without_the_library_the_extra_is_named(clip, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "rerun", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'roadmark\[view\]'"):
        write_recording(clip, tmp_path / "out.rrd")
    assert list(tmp_path.iterdir()) == []
